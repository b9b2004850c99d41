"""How something stands, to be read from three metres: a shape, a word in its colour, and a line of what to do."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from shellmark_gui.shapes import Shape, paint_shape
from shellmark_gui.theme import ACCENT, DARK_TEXT, LIGHT_TEXT, MUTED, REVIEW_COLOUR, SURFACE, Sizes
from shellmark_gui.widgets.fitted import Fitted

WORD_PX, LINE_PX = 56.0, 28.0


class StateTile(Fitted):
    """A plate in the state's colour; the second line wraps and shrinks until it fits. No height: all there is."""

    def __init__(self, height_px: float | None = 210.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height_px = height_px
        self.word, self.line, self.colour = "", "", SURFACE
        self._shape = Shape.DOTS
        vertical = QSizePolicy.Policy.Expanding if height_px is None else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)

    def show_state(self, shape: Shape, word: str, line: str, colour: str) -> None:
        """Show a state."""
        if (shape, word, line, colour) != (self._shape, self.word, self.line, self.colour):
            self._shape, self.word, self.line, self.colour = shape, word, line, colour
            self.setAccessibleName(f"{word} {line}")
            self.update()

    @property
    def shape(self) -> Shape:
        """The shape shown."""
        return self._shape

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        if self._height_px is not None:
            self.setFixedHeight(sizes.px(self._height_px))

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw the plate, the shape, the word and the line."""
        painter, px = QPainter(self), self.sizes.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colour))
        painter.drawRoundedRect(self.rect(), px(12), px(12))
        ink = DARK_TEXT if self.colour in (REVIEW_COLOUR, MUTED, ACCENT) else LIGHT_TEXT
        room = QRectF(self.rect()).adjusted(px(24), px(12), -px(20), -px(12))
        side = min(px(92), int(room.height() * 0.6))
        paint_shape(painter, QRectF(room.left(), room.center().y() - side / 2, side, side), self._shape, ink)
        words = room.adjusted(side + px(28), 0, 0, 0)
        painter.setPen(QColor(ink))
        top = words.height() * (0.45 if self.line else 1.0)
        painter.setFont(self.sizes.font(self._fitting(self.word, words.width(), top, WORD_PX, bold=True), bold=True))
        place = QRectF(words.left(), words.top(), words.width(), top)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap), self.word)
        below = QRectF(words.left(), words.top() + top, words.width(), words.height() - top)
        painter.setFont(self.sizes.font(self._fitting(self.line, below.width(), below.height(), LINE_PX, bold=False)))
        painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap), self.line)
        painter.end()

    def _fitting(self, words: str, width: float, height: float, size: float, *, bold: bool) -> float:
        """The design pixels at which words fit a room, wrapped."""
        while size > 16.0:
            metrics = QFontMetrics(self.sizes.font(size, bold=bold))
            flags = int(Qt.TextFlag.TextWordWrap)
            box = metrics.boundingRect(0, 0, int(width), 10_000, flags, words)
            if box.height() <= height and box.width() <= width:
                break
            size -= 2
        return size
