"""Who does something: the one who works here, a second person beside, and single things people type or scan."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from shellmark_gui.desks.screen import Screen
from shellmark_gui.labelquestions import second_person
from shellmark_gui.pages.entry_page import Entry, EntryPage

Persons = Callable[[str, str], None]


class PersonDesk:
    """Asks for names and entries, one page after the other; whoever leaves goes back to where it began."""

    def __init__(self, screen: Screen, page: EntryPage) -> None:
        self._screen, self._page = screen, page
        self._back: Callable[[], None] = screen.home
        page.left.connect(self._leave)

    def named(self, then: Callable[[], None], back: Callable[[], None]) -> None:
        """Go on in somebody's name, which is asked for where nobody has signed in."""
        if self._screen.operator:
            then()
        else:
            self._screen.who(then, back)

    def two(self, then: Persons, back: Callable[[], None]) -> None:
        """Go on in two persons' names: who works here, and another one, who gives the name now."""
        self.named(partial(self._second, then, back), back)

    def ask(self, entry: Entry, back: Callable[[], None]) -> None:
        """Ask for one thing."""
        self._back = back
        self._page.ask(entry)
        self._screen.show_page(self._page)

    def _second(self, then: Persons, back: Callable[[], None]) -> None:
        first = self._screen.operator
        self.ask(second_person(first, partial(then, first)), back)

    def _leave(self) -> None:
        back, self._back = self._back, self._screen.home
        back()
