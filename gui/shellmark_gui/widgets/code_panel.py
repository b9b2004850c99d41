"""The code of a stored PASS: the symbol as it will be on the label, and the serial's last six for the eye."""

from __future__ import annotations

import logging

import numpy as np
from PyQt6.QtCore import QCoreApplication, QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from shellmark_gui.pictures import zero_copy
from shellmark_gui.theme import MUTED, SURFACE, TEXT
from shellmark_gui.widgets.fitted import Fitted
from shellmark_inspect.types import Code
from shellmark_trace import States, TraceError, label_matrix

translate = QCoreApplication.translate
VOID = States.VOID.value
_log = logging.getLogger(__name__)


def symbol_of(text: str) -> QImage | None:
    """The symbol of a code with its quiet zone, a pixel per module; None for a text that is no code of ours.

    Takes some 25 ms (the encoder tries eight masks): never on the GUI thread.
    """
    try:
        modules = label_matrix(text)
    except TraceError:
        _log.exception("the code %s cannot be drawn", text)
        return None
    grey = np.where(modules, 0, 255).astype(np.uint8)
    return zero_copy(np.ascontiguousarray(grey)).copy()


class CodePanel(Fitted):
    """A code, or nothing where the record has none. `wanted` asks for the symbol of a text; see `show_symbol`."""

    wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code: Code | None = None
        self._symbol: QImage | None = None
        self._standing = ("", MUTED)

    @property
    def code(self) -> Code | None:
        """The code shown."""
        return self._code

    def show_code(self, code: Code | None) -> None:
        """Show a record's code; None, or a code that is void, hides the panel. The symbol follows when it is drawn."""
        code = None if code is not None and code.state == VOID else code
        new = code is not None and (self._code is None or code.text != self._code.text)
        self._code = code
        if code is not None and new:
            self._symbol = None
            self.wanted.emit(code.text)
        self._standing = ("", MUTED)
        self.setAccessibleName(code.text if code else "")
        self.setVisible(code is not None)
        self.update()

    def show_standing(self, words: str, colour: str) -> None:
        """Say where the code stands; the next code says nothing until its own is known."""
        if self._code is not None:
            self._standing = (words, colour)
            self.setAccessibleName(f"{self._code.text} {words}")
            self.update()

    @property
    def standing(self) -> str:
        """What is said of where the code stands, "" for nothing."""
        return self._standing[0]

    def show_symbol(self, text: str, symbol: QImage | None) -> None:
        """Show the symbol that was `wanted`; one that comes after another code took its place is not shown."""
        if self._code is not None and self._code.text == text:
            self._symbol = symbol
            self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw the symbol, and the serial beside it."""
        if self._code is None:
            return
        painter, px = QPainter(self), self.sizes.px
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(SURFACE))
        painter.drawRoundedRect(self.rect(), px(10), px(10))
        side = self._draw_symbol(painter)
        self._draw_words(painter, QRectF(px(44) + side, px(8), self.width(), self.height() - px(16)))
        painter.end()

    def _draw_symbol(self, painter: QPainter) -> int:
        """Draw the symbol in whole pixels per module; returns its side."""
        if self._symbol is None:
            return 0
        modules = self._symbol.width()
        side = max(1, min(self.height() - self.sizes.px(16), self.width() // 2) // modules) * modules
        painter.drawImage(QRect(self.sizes.px(16), (self.height() - side) // 2, side, side), self._symbol)
        return side

    def _draw_words(self, painter: QPainter, room: QRectF) -> None:
        if self._code is None:
            return
        room.setRight(self.width() - self.sizes.px(12))
        upper = room.adjusted(0, 0, 0, -room.height() * 0.55)
        if self._standing[0]:
            upper = self._draw_standing(painter, upper)
        painter.setFont(self.sizes.font(24))
        painter.setPen(QColor(MUTED))
        painter.drawText(upper, Qt.AlignmentFlag.AlignBottom, translate("code", "Code, last six"))
        painter.setFont(self.sizes.font(54, bold=True))
        painter.setPen(QColor(TEXT))
        lower = room.adjusted(0, room.height() * 0.45, 0, 0)
        painter.drawText(lower, Qt.AlignmentFlag.AlignTop, self._code.serial[-6:])

    def _draw_standing(self, painter: QPainter, room: QRectF) -> QRectF:
        """Say where the code stands at the right; returns the room left of it."""
        words, colour = self._standing
        painter.setFont(self.sizes.font(28, bold=True))
        painter.setPen(QColor(colour))
        painter.drawText(room, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, words)
        return room.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(words) - self.sizes.px(12), 0)
