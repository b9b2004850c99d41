"""What every part of the screen can do: take a scale, and put its words again when the language changes."""

from __future__ import annotations

from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from shellmark_gui.theme import Sizes


class Fitted(QWidget):
    """A part with a scale (`fit`) and words (`put_words`)."""

    sizes = Sizes()

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale; a part that sets sizes extends this."""
        self.sizes = sizes

    def put_words(self) -> None:
        """Put every word again, in the language now in use; a part with words extends this."""

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802 - Qt's name
        """Put the words again when Qt says that the language changed."""
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self.put_words()
            self.update()
        super().changeEvent(event)


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget its role in the style sheet."""
    widget.setProperty("role", role)
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)


def growing(widget: QWidget) -> None:
    """Let a widget take whatever room there is."""
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
