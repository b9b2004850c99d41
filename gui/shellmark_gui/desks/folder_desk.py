"""A folder asked for on the folders' page, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from shellmark_gui.desks.screen import Screen
from shellmark_gui.folders import Listing, drives, listing
from shellmark_gui.pages.folder_page import FolderPage


class FolderDesk:
    """Asks for one folder at a time, beginning where the last one was found."""

    def __init__(self, screen: Screen, page: FolderPage) -> None:
        self._screen, self.page = screen, page
        self._start = Path.home()
        self._listed: object = None
        self._back: Callable[[], None] = screen.home
        page.left.connect(self._leave)
        page.wanted.connect(self._list)

    def _leave(self) -> None:
        self._back()

    def ask(self, words: Callable[[], str], then: Callable[[Path], None], back: Callable[[], None]) -> None:
        """Ask for a folder; `back` is where to go when nobody chooses one."""
        self._back = back
        self._screen.show_page(self.page)

        def took(path: Path) -> None:
            self._start = path.parent
            then(path)

        self.page.ask(words, self._start, took)

    def _list(self, path: Path | None) -> None:
        """List a folder; of several asked for one after the other only the last is shown, whichever answers first."""
        self._listed = asked = object()

        def show(found: Listing) -> None:
            if self._listed is asked:
                self.page.show_listing(found)

        work = drives if path is None else partial(listing, path)
        self._screen.bridge.fetch(work, show, self.page.say)
