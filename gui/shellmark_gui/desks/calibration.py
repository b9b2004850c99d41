"""The pages of calibration together: the way from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from shellmark_calibration import Profile
from shellmark_gui.desks.check_desk import CheckDesk
from shellmark_gui.desks.colour_desk import ColourDesk
from shellmark_gui.desks.drift_desk import DriftDesk
from shellmark_gui.desks.folder_desk import FolderDesk
from shellmark_gui.desks.lens_desk import LensDesk
from shellmark_gui.desks.light_desk import LightDesk
from shellmark_gui.desks.scale_desk import ScaleDesk
from shellmark_gui.desks.screen import Screen
from shellmark_gui.desks.wizard_desk import WizardDesk
from shellmark_gui.desks.zones_desk import ZonesDesk
from shellmark_gui.keys import Action
from shellmark_gui.pages.calibration_page import CHECK, COLOUR, DRIFT, LENS, LIGHT, SCALE, ZONES, CalibrationPage
from shellmark_gui.pages.check_page import CheckPage
from shellmark_gui.pages.drift_page import DriftPage
from shellmark_gui.pages.folder_page import FolderPage
from shellmark_gui.pages.page import Page
from shellmark_gui.pages.suspects_page import SuspectsPage
from shellmark_gui.pages.wizard_page import WizardPage
from shellmark_gui.pages.zones_page import ZonesPage
from shellmark_gui.standings import lamp_row, profile_row, profiles_of, zones_row

WIZARDS: Mapping[str, type[WizardDesk]] = MappingProxyType(
    {LENS: LensDesk, SCALE: ScaleDesk, LIGHT: LightDesk, COLOUR: ColourDesk}
)
"""The wizards that measure a part of a profile with the live picture."""


class Calibration:
    """The wizards and checks, and their desks. `back` is where the first page leads back to."""

    def __init__(self, screen: Screen, keys: Mapping[Action, str], back: Callable[[], None]) -> None:
        self._screen = screen
        self.page, self.zones_page, self.folder_page = CalibrationPage(keys), ZonesPage(keys), FolderPage(keys)
        self.check_page, self.suspects_page, self.drift_page = CheckPage(keys), SuspectsPage(keys), DriftPage(keys)
        self.folders = FolderDesk(screen, self.folder_page)
        self.zones = ZonesDesk(screen, self.zones_page, self.folders, self.open)
        self.check = CheckDesk(screen, self.check_page, self.suspects_page)
        self.drift = DriftDesk(screen, self.drift_page, self._check_from_drift)
        self.wizard_page = WizardPage(keys)
        self.wizards: dict[str, WizardDesk] = {
            name: kind(screen, self.wizard_page, self.open) for name, kind in WIZARDS.items()
        }
        self.page.left.connect(back)
        self.page.pressed.connect(self._pressed)

    @property
    def pages(self) -> tuple[Page, ...]:
        """All of them, for the window's stack."""
        return (
            self.page,
            self.zones_page,
            self.folder_page,
            self.check_page,
            self.suspects_page,
            self.wizard_page,
            self.drift_page,
        )

    def open(self) -> None:
        """Show what there is."""
        self.page.say("")
        self._screen.show_page(self.page)
        self._show({})
        recipe = self._screen.station.recipe()
        self._screen.bridge.fetch(lambda: profiles_of(recipe), self._show, self._screen.say)

    def _show(self, profiles: Mapping[str, Profile | None]) -> None:
        """Show how each part stands; profiles are none until they are read."""
        station, word = self._screen.station, self.page.work_word
        rows = [profile_row(name, word(name), profiles) for name in WIZARDS]
        rows.append(zones_row(ZONES, word(ZONES), station.recipe()))
        troubles = station.clearance.troubles()
        for name, lamp in ((CHECK, "check"), (DRIFT, "light")):
            rows.append(lamp_row(name, word(name), [one.blocks for one in troubles if one.lamp == lamp]))
        self.page.show_rows(rows)

    def poll(self) -> None:
        """Bring what changes by itself up to date; called a few times a second."""
        self.check.poll()
        self.drift.poll()
        for wizard in self.wizards.values():
            wizard.poll()

    def _pressed(self, name: str) -> None:
        if name in self.wizards:
            self.wizards[name].open()
        elif name == ZONES:
            self.zones.open()
        elif name == CHECK:
            self.check.open(self.open)
        elif name == DRIFT:
            self.drift.open(self.open)

    def _check_from_drift(self) -> None:
        self.check.open(self.drift.open)
