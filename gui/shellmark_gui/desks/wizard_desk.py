"""What every wizard does alike: a view is chosen, its newest frame looked at on a worker, parts of its profile kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QCoreApplication

from shellmark_calibration import Measurement, Profile
from shellmark_gui.desks.screen import Screen
from shellmark_gui.pages.wizard_page import SAVE, VIEW, Showing, WizardPage
from shellmark_gui.profiles import keep_parts, profile_place, read_profile
from shellmark_gui.theme import ACCENT
from shellmark_gui.wording import zone_name
from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.types import Frame

translate = QCoreApplication.translate


class WizardDesk:
    """One wizard.

    It says what it shows (`showing`), what it does with a frame (`looked_at` on a worker, then `saw`), and what its
    buttons do (`press`). Frames are never queued: while one is looked at, the others pass.
    """

    def __init__(self, screen: Screen, page: WizardPage, back: Callable[[], None]) -> None:
        self.screen, self.page, self._back = screen, page, back
        self.view = 0
        self.profile: Profile | None = None
        self.busy = False
        self._active = self._looking = False
        self._round = 0
        self._seen: Frame | None = None
        page.left.connect(self._leave)
        page.pressed.connect(self._pressed)

    # what a wizard says

    def showing(self) -> Showing:
        """What the page shows now."""
        raise NotImplementedError

    def looked_at(self, frame: Frame) -> Any:
        """What a frame shows; on a worker's thread."""
        raise NotImplementedError

    def saw(self, frame: Frame, found: Any) -> None:
        """Take what a frame showed."""
        raise NotImplementedError

    def press(self, name: str) -> None:
        """Do what a button says."""
        raise NotImplementedError

    def shows_live(self) -> bool:
        """Whether the live picture is on the canvas; a wizard that shows something else says no."""
        return True

    def begin(self) -> None:
        """Begin anew: another view, or the wizard was opened."""
        raise NotImplementedError

    def kept(self) -> tuple[dict[str, Any], dict[str, Measurement]] | None:
        """The parts to keep in the profile and how they came about; None when there is nothing yet."""
        raise NotImplementedError

    # what all do alike

    @property
    def spec(self) -> ViewSpec:
        """The view that is calibrated."""
        views = self.screen.station.recipe().views
        return views[min(self.view, len(views) - 1)]

    @property
    def place(self) -> Path:
        """The file of the view's profile."""
        return profile_place(self.screen.station.recipe(), self.spec)

    @property
    def about(self) -> str:
        """The view, its camera and its profile."""
        words = translate("wizard", "view {view}, camera {camera}, {file}")
        return words.format(view=zone_name(self.spec.name), camera=self.spec.camera, file=self.place.name)

    def open(self) -> None:
        """Show the wizard, at the view it was at."""
        self._active, self._seen = True, None
        self.page.say("")
        self.page.canvas.show_nothing(translate("live", "No picture yet"))
        self.screen.show_page(self.page)
        self._begin()

    def poll(self) -> None:
        """Show the newest frame, look at it unless one is being looked at, and bring the page up to date."""
        if self.screen.page is not self.page or not self._active:
            return
        frame = self.screen.station.live().get(self.spec.name)
        if frame is not None:
            if self.shows_live():
                self.page.canvas.show_frame(frame)
            self.page.canvas.set_mark(translate("live", "LIVE"), ACCENT)
            if frame is not self._seen and not self._looking and not self.busy:
                self._look(frame)
        self.show()

    def show(self) -> None:
        """Bring the page up to date."""
        if self._active:
            self.page.show_wizard(self.showing())

    def work(self, what: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do slow work on a worker, frames resting meanwhile."""
        self.busy = True

        def ended(found: Any) -> None:
            self.busy = False
            done(found)
            self.show()

        self.screen.bridge.fetch(what, ended, self.failed)
        self.show()

    def failed(self, why: str) -> None:
        """Say what went wrong."""
        self.busy = False
        self.screen.say(why)
        self.show()

    def _begin(self) -> None:
        self.profile = None
        self._round += 1
        self.begin()
        place, camera = self.place, self.spec.camera
        self.screen.bridge.fetch(lambda: read_profile(place, camera), self._got_profile, self.failed)
        self.show()

    def _got_profile(self, profile: Profile | None) -> None:
        self.profile = profile
        self.show()

    def _look(self, frame: Frame) -> None:
        self._looking, self._seen = True, frame
        now = self._round
        saw = lambda found: self._saw(now, frame, found)  # noqa: E731
        self.screen.bridge.fetch(lambda: self.looked_at(frame), saw, self._unseen)

    def _saw(self, of_round: int, frame: Frame, found: Any) -> None:
        self._looking = False
        if self._active and not self.busy and of_round == self._round:
            self.saw(frame, found)
            self.show()

    def _unseen(self, why: str) -> None:
        self._looking = False
        self.page.say(why)

    def _pressed(self, name: str) -> None:
        if not self._active:
            return
        if name == VIEW:
            self.view = (self.view + 1) % len(self.screen.station.recipe().views)
            self._begin()
        elif name == SAVE:
            self._save()
        else:
            self.press(name)
            self.show()

    def _save(self) -> None:
        found, seen = self.kept(), self._seen
        if found is None or seen is None:
            return
        (parts, made), place, camera = found, self.place, self.spec.camera
        height, width = seen.pixels.shape[:2]
        self.work(lambda: keep_parts(place, camera, (width, height), parts, made), self._saved)

    def _saved(self, profile: Profile) -> None:
        self.profile = profile
        words = translate("wizard", "Saved in {file}")
        said = words.format(file=self.place.name)
        if self.spec.profile is None:
            named = translate("wizard", 'write profile = "{file}" into the view of the recipe to use it')
            said += f"   {named.format(file=self.place.name)}"
        self.screen.say(said)

    def _leave(self) -> None:
        if self._active:
            self._active = False
            self._back()
