"""The engineer's pages together: models, shadow, teaching, threshold, calibration."""

from __future__ import annotations

from collections.abc import Mapping

from shellmark_gui.desks.calibration import Calibration
from shellmark_gui.desks.models_desk import ModelsDesk
from shellmark_gui.desks.screen import Screen
from shellmark_gui.desks.teach_desk import TeachDesk
from shellmark_gui.desks.threshold_desk import ThresholdDesk
from shellmark_gui.keys import Action
from shellmark_gui.pages.flips_page import FlipsPage
from shellmark_gui.pages.folder_page import FolderPage
from shellmark_gui.pages.models_page import CALIBRATION, TEACH, THRESHOLD, ModelsPage
from shellmark_gui.pages.page import Page
from shellmark_gui.pages.teach_page import TeachPage
from shellmark_gui.pages.threshold_page import ThresholdPage


class Engineer:
    """The pages and their desks; the way from one to the other."""

    def __init__(self, screen: Screen, keys: Mapping[Action, str]) -> None:
        self.models_page, self.flips_page = ModelsPage(keys), FlipsPage(keys)
        self.teach_page, self.folder_page = TeachPage(keys), FolderPage(keys)
        self.threshold_page = ThresholdPage(keys)
        self.models = ModelsDesk(screen, self.models_page, self.flips_page)
        self.teaching = TeachDesk(screen, self.teach_page, self.folder_page, self.models.open, self._to_gate)
        self.threshold = ThresholdDesk(screen, self.threshold_page, self.models.open, self._to_gate)
        self.calibration = Calibration(screen, keys, self.models.open)
        self.models_page.pressed.connect(self._pressed)

    @property
    def pages(self) -> tuple[Page, ...]:
        """All of them, for the window's stack."""
        own = (self.models_page, self.flips_page, self.teach_page, self.folder_page, self.threshold_page)
        return (*own, *self.calibration.pages)

    def open(self) -> None:
        """Show the models."""
        self.models.open()

    def poll(self) -> None:
        """Bring what changes by itself up to date; called a few times a second."""
        self.models.poll()
        self.teaching.poll()
        self.calibration.poll()

    def _pressed(self, name: str) -> None:
        if name == TEACH:
            self.teaching.open()
        elif name == THRESHOLD:
            self.threshold.open()
        elif name == CALIBRATION:
            self.calibration.open()

    def _to_gate(self, version: str) -> None:
        """A candidate: through the gate, and in full before the person's eyes."""
        self.models.open(version)
        self.models.begin_gate(version)
