"""Drift: its charts brought up to date, baselines begun anew in somebody's name."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QCoreApplication

from shellmark_gui.desks.screen import Screen
from shellmark_gui.pages.choice_page import Choice, Question
from shellmark_gui.pages.drift_page import CHECK, RESET, DriftPage

translate = QCoreApplication.translate
AGAIN_S = 1.0


class DriftDesk:
    """What the keys of the drift page do; `check` opens the daily check."""

    def __init__(self, screen: Screen, page: DriftPage, check: Callable[[], None]) -> None:
        self._screen, self._page = screen, page
        self._back: Callable[[], None] = screen.home
        self._looked_s = 0.0
        page.left.connect(self._leave)
        page.pressed.connect(lambda name: check() if name == CHECK else self._pressed(name))

    def open(self, back: Callable[[], None] | None = None) -> None:
        """Show the charts; `back` is where the page leads back to, None: home."""
        self._back = back or self._screen.home
        self._page.say("")
        self._again()

    def poll(self) -> None:
        """Bring the charts up to date, once a second."""
        if self._screen.page is self._page and time.monotonic() - self._looked_s > AGAIN_S:
            self._show()

    def _show(self) -> None:
        self._looked_s = time.monotonic()
        station = self._screen.station
        found = [station.drift.chart(quantity) for quantity in station.drift.quantities()]
        self._page.show_charts([one for one in found if one is not None], station.clearance.troubles())

    def _again(self) -> None:
        self._screen.show_page(self._page)
        self._show()

    def _leave(self) -> None:
        self._back()

    def _pressed(self, name: str) -> None:
        if name != RESET:
            return
        if self._screen.operator:
            self._ask()
        else:
            self._screen.who(self._ask, self._again)

    def _ask(self) -> None:
        reasons = {
            "lamp replaced": lambda: translate("drift", "a lamp was replaced"),
            "cleaned": lambda: translate("drift", "lamps and lenses were cleaned"),
            "camera aimed anew": lambda: translate("drift", "a camera was aimed or focused anew"),
            "material changed": lambda: translate("drift", "the material has changed"),
        }

        def chosen(reason: str) -> None:
            self._again()
            self._page.show_busy(True)
            request = partial(self._screen.station.drift.reset_baseline, self._screen.operator, reason)
            self._screen.bridge.ask(request, lambda _: self._reset(), self._not_reset)

        words = lambda: translate("drift", "Why do the baselines begin anew?")  # noqa: E731
        about = translate("drift", "all of this SKU; a daily check is due after it")
        choices = [Choice(reason, said) for reason, said in reasons.items()]
        self._screen.ask(Question(words, about, choices, chosen), self._again)

    def _reset(self) -> None:
        self._page.show_busy(False)
        self._show()
        self._screen.say(translate("drift", "The baselines begin anew with the next cases"))

    def _not_reset(self, why: str) -> None:
        self._page.show_busy(False)
        self._screen.say(why)
