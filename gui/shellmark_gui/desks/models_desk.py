"""The versions of the model: looked up, put through the gate, put to use, rolled back, run as a shadow."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from PyQt6.QtCore import QCoreApplication, QSize

from shellmark_gui.desks.screen import Screen
from shellmark_gui.pages.choice_page import Choice, Question
from shellmark_gui.pages.flips_page import FlipsPage
from shellmark_gui.pages.models_page import ACTIVATE, FLIPS, FOLLOW, GATE, ROLLBACK, SHADOW, ModelsPage
from shellmark_gui.pictures import Picture, smooth
from shellmark_gui.workwords import bound_sentence
from shellmark_inspect.station.workshop import GateReport, ModelVersion
from shellmark_inspect.types import Pixels

translate = QCoreApplication.translate
TILE_PX = QSize(640, 480)


class ModelsDesk:
    """What the keys of the models' page do. `poll` is called a few times a second while a page of it is shown."""

    def __init__(self, screen: Screen, page: ModelsPage, flips: FlipsPage) -> None:
        self._screen, self._page, self._flips = screen, page, flips
        self._gates: dict[str, float] = {}
        self._doing = False
        page.left.connect(screen.home)
        page.pressed.connect(self._pressed)
        page.picked.connect(lambda _: self._tick())
        flips.left.connect(self.open)
        flips.tiles.wanted.connect(self._want_picture)

    def open(self, version: str = "") -> None:
        """Show the models, and one version in full."""
        if version:
            self._page.chosen = version
        self._page.say("")
        self._screen.show_page(self._page)
        self.look()

    def look(self) -> None:
        """Look the versions up again, and whether another was activated elsewhere."""
        workshop = self._screen.station.workshop
        self._screen.bridge.fetch(workshop.versions, self._got, self._screen.say)
        self._screen.bridge.fetch(workshop.news, self._page.show_news, self._screen.say)

    def begin_gate(self, version: str) -> None:
        """Put a version through the gate."""
        if version in self._gates:
            return
        self._gates[version] = time.monotonic()
        request = partial(self._screen.station.workshop.gate, version)
        self._screen.bridge.ask(request, partial(self._gated, version), partial(self._not_gated, version))
        self._tick()

    def poll(self) -> None:
        """Bring the shadow and the clock of a gate up to date."""
        if self._screen.page is self._page:
            self._page.show_shadow(self._screen.station.workshop.shadowing())
            self._tick()
        elif self._screen.page is self._flips:
            workshop = self._screen.station.workshop
            self._flips.show_flips(workshop.flips(), workshop.shadowing())

    def _got(self, versions: Sequence[ModelVersion]) -> None:
        names = [one.version for one in versions]
        active = next((one.version for one in versions if one.active), names[-1] if names else "")
        chosen = self._page.chosen if self._page.chosen in names else active
        self._page.show_versions(versions, chosen)
        self.poll()

    def _tick(self) -> None:
        began = self._gates.get(self._page.chosen)
        if began is None:
            self._page.show_gate(None)
            return
        first = self._page.chosen == next(iter(self._gates))  # gates go one after the other
        done = self._screen.station.workshop.gating() if first else ()
        self._page.show_gate(int(time.monotonic() - began), done)

    def _pressed(self, name: str) -> None:
        one = self._page.version
        if name == GATE and one is not None:
            self.begin_gate(one.version)
        elif name == ACTIVATE and one is not None:
            self._ask_activate(one)
        elif name == ROLLBACK:
            self._ask_rollback()
        elif name == SHADOW:
            self._shadow()
        elif name == FOLLOW:
            self._do(self._screen.station.workshop.follow)
        elif name == FLIPS:
            self._flips.say("")
            self._screen.show_page(self._flips)
            self.poll()

    def _gated(self, version: str, report: GateReport) -> None:
        del self._gates[version]
        words = (
            translate("gate", "Version {version} passed the gate")
            if report.passed
            else translate("gate", "Version {version} did not pass the gate")
        )
        self._screen.say(words.format(version=version))
        self.look()

    def _not_gated(self, version: str, why: str) -> None:
        del self._gates[version]
        self._screen.say(why)
        self.look()

    # what judges

    def _ask_activate(self, one: ModelVersion) -> None:
        promise = bound_sentence(one.false_reject_bound, one.goods)
        self._sure(
            lambda: translate("model", "Put version {version} to use?").format(version=one.version),
            f"{promise}   {translate('model', 'from the next case on')}",
            lambda: self._do(partial(self._screen.station.workshop.activate, one.version, self._screen.operator)),
        )

    def _ask_rollback(self) -> None:
        self._sure(
            lambda: translate("model", "Go back to the version before?"),
            translate("model", "from the next case on"),
            lambda: self._do(partial(self._screen.station.workshop.rollback, self._screen.operator)),
        )

    def _sure(self, words: Callable[[], str], about: str, then: Callable[[], None]) -> None:
        """Ask by name: yes in the operator's name, or in another's."""
        if not self._screen.operator:
            self._screen.who(partial(self._sure, words, about, then), self.open)
            return
        by = self._screen.operator
        choices = [
            Choice("yes", lambda: translate("model", "Yes, {name}").format(name=by)),
            Choice("other", lambda: translate("model", "I am somebody else")),
        ]

        def chosen(value: str) -> None:
            if value == "yes":
                self.open()
                then()
            else:
                self._screen.who(partial(self._sure, words, about, then), self.open)

        self._screen.ask(Question(words, about, choices, chosen), self.open)

    def _do(self, request: Callable[[], Future[ModelVersion]]) -> None:
        self._page.show_busy(True)
        self._screen.bridge.ask(request, self._changed, self._not_changed)

    def _changed(self, version: ModelVersion) -> None:
        self._page.show_busy(False)
        self._page.chosen = version.version
        self._screen.say(translate("model", "Version {version} judges from now on").format(version=version.version))
        self.look()

    def _not_changed(self, why: str) -> None:
        self._page.show_busy(False)
        self._screen.say(why)
        self.look()

    # the shadow

    def _shadow(self) -> None:
        version = None if self._page.ends_shadow else self._page.chosen
        self._page.show_busy(True)
        request = partial(self._screen.station.workshop.shadow, version)
        self._screen.bridge.ask(request, lambda _: self._shadowed(version), self._not_changed)

    def _shadowed(self, version: str | None) -> None:
        self._page.show_busy(False)
        if version is None:
            self._screen.say(translate("model", "The shadow is off"))
        else:
            words = translate("model", "Version {version} sees every case now, and decides none")
            self._screen.say(words.format(version=version))
        self.poll()

    def _want_picture(self, case_id: str) -> None:
        flip = self._flips.flips.get(case_id)
        if flip is not None and flip.picture is not None:
            pixels: Pixels = flip.picture
            self._screen.bridge.fetch(partial(smooth, pixels, TILE_PX), partial(self._got_picture, case_id))
        else:
            self._flips.tiles.show_picture(case_id, None)

    def _got_picture(self, case_id: str, picture: Picture) -> None:
        self._flips.tiles.show_picture(case_id, picture.image)
