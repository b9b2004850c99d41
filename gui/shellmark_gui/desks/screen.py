"""What a desk needs of the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from shellmark_gui.bridge import Bridge
from shellmark_gui.cases import Cases
from shellmark_gui.doors import StationDoor
from shellmark_gui.language import Language
from shellmark_gui.pages.choice_page import Question
from shellmark_gui.pages.page import Page


class Screen(Protocol):
    """The window, to a desk."""

    bridge: Bridge
    station: StationDoor
    cases: Cases
    operator: str
    language: Language

    @property
    def page(self) -> Page:
        """The page on the screen."""
        ...

    def show_page(self, page: Page) -> None:
        """Bring a page on the screen."""
        ...

    def home(self) -> None:
        """Bring the station's page on the screen."""
        ...

    def say(self, text: str) -> None:
        """Say one line for a while, on whatever page."""
        ...

    def ask(self, question: Question, back: Callable[[], None] | None = None) -> None:
        """Ask a question; `back` is where to go when nobody chooses, None: home."""
        ...

    def who(self, then: Callable[[], None], back: Callable[[], None] | None = None) -> None:
        """Ask who works here, then go on; `back` is where to go when nobody says."""
        ...
