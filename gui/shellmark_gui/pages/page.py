"""What the window wants of a page: which keys it takes, and what they do."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtWidgets import QLayout, QPushButton, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.fitted import Fitted


class Page(Fitted):
    """A page of the screen. `buttons` are what its keys press; a disabled button's key does nothing."""

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys = keys
        self.buttons: dict[Action, QPushButton] = {}

    def takes(self, action: Action) -> bool:
        """Whether the page does something at an action's key."""
        return action in self.buttons

    def act(self, action: Action) -> None:
        """Do what the action's key says, as if its button were pressed."""
        self.buttons[action].click()

    def opened(self) -> None:
        """Come on the screen with no button in focus: a pedal meant for the page before must press nothing here."""
        self.setFocus()

    def say(self, text: str) -> None:
        """Say one line; a page with a place for it extends this."""

    @staticmethod
    def space(layout: QLayout | None, sizes: Sizes, margin: float, gap: float) -> None:
        """Set a layout's margin and gap, in design pixels."""
        if layout is not None:
            side = sizes.px(margin)
            layout.setContentsMargins(side, side, side, side)
            layout.setSpacing(sizes.px(gap))
