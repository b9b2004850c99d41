"""The shift's count of labels: opened at any time, signed by one person when all agrees, else by two with a note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PyQt6.QtCore import QCoreApplication

from shellmark_gui.desks.person_desk import PersonDesk
from shellmark_gui.desks.screen import Screen
from shellmark_gui.doors import LabelDoor
from shellmark_gui.keys import Action
from shellmark_gui.labelquestions import labels_left, where_they_are
from shellmark_gui.pages.count_page import AGAIN, LEFT, SIGN, CountPage
from shellmark_inspect.records import Reconciliation, Tally

translate = QCoreApplication.translate


class CountDesk:
    """What the page of the count does; whoever leaves it goes `back`."""

    def __init__(
        self, screen: Screen, keys: Mapping[Action, str], persons: PersonDesk, back: Callable[[], None]
    ) -> None:
        self._screen, self._persons = screen, persons
        self.page = CountPage(keys)
        self._left: int | None = None
        self.page.left.connect(back)
        self.page.pressed.connect(self._pressed)

    @property
    def door(self) -> LabelDoor:
        """The labels of the station."""
        return self._screen.station.labels

    def open(self) -> None:
        """Show the count, the labels left on the roll not counted yet."""
        self._left = None
        self._show("")

    def _show(self, said: str) -> None:
        self._screen.show_page(self.page)
        self.page.say(said)
        self._look()

    def _again(self) -> None:
        self._show("")

    def _look(self) -> None:
        self.page.show_busy(True)
        self._screen.bridge.ask(partial(self.door.tally, self._left), self._seen, self._failed)

    def _seen(self, tally: Tally) -> None:
        self.page.show_busy(False)
        self.page.show_tally(tally)

    def _failed(self, why: str) -> None:
        self.page.show_busy(False)
        self._screen.say(why)

    def _pressed(self, name: str) -> None:
        if name == LEFT:
            self._persons.ask(labels_left(self._counted), self._again)
        elif name == AGAIN:
            self._again()
        elif name == SIGN and self.page.tally is not None:
            if self.page.tally.counts.agrees:
                self._persons.named(self._sign_alone, self._again)
            else:
                self._persons.two(self._ask_where, self._again)

    def _counted(self, left: int | None) -> None:
        self._left = left
        self._again()

    def _sign_alone(self) -> None:
        self._sign(self._screen.operator, "", "")

    def _ask_where(self, first: str, second: str) -> None:
        self._screen.ask(where_they_are(first, second, partial(self._sign, first, second)), self._again)

    def _sign(self, first: str, second: str, note: str) -> None:
        self._screen.show_page(self.page)
        self.page.show_busy(True)
        request = partial(self.door.reconcile, first, second, left=self._left, note=note)
        self._screen.bridge.ask(request, self._signed, self._refused)

    def _signed(self, kept: Reconciliation) -> None:
        self._left = None
        names = " ".join(filter(None, (kept.operator, kept.second_operator)))
        self._show(translate("count", "Signed by {names}: {count} labels").format(names=names, count=kept.known))

    def _refused(self, why: str) -> None:
        """It has changed meanwhile, or cannot be: say why, and show how it stands now."""
        self._show(why)
