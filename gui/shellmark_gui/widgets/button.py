"""A button for thumbs in gloves: large, with its key in the corner and, where colour matters, its shape."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from shellmark_gui.shapes import Shape, paint_shape
from shellmark_gui.theme import FAINT, MUTED, TEXT, Sizes
from shellmark_gui.widgets.fitted import set_role

PRIMARY_PX = 81
DECIDE_PX = 101
WORDS_PX = {"decide": 36.0, "primary": 28.0, "quiet": 24.0}
LEAST_WORDS_PX = 15.0
_ARROWS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


class ActionButton(QPushButton):
    """A button, the key that does the same, and a shape or None.

    Its words are set by whoever owns it and shrink until they fit. `role` is the style sheet's; `least_width_px` is in
    design pixels; `growing` lets the button become higher than it must be.
    """

    def __init__(
        self,
        *,
        key: str = "",
        role: str = "primary",
        shape: Shape | None = None,
        colour: str = MUTED,
        growing: bool = False,
        least_width_px: float = 0.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.key = key
        self.caption = ""
        self._shape, self._colour = shape, colour
        self._design_px = DECIDE_PX if role == "decide" else PRIMARY_PX
        self._least_width_px = max(least_width_px, self._design_px)
        self._words_px = WORDS_PX[role]
        self._sizes = Sizes()
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a tap is no choice of what the next key presses
        vertical = QSizePolicy.Policy.Expanding if growing else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        set_role(self, role)
        self.fit(self._sizes)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        self._sizes = sizes
        self.setMinimumSize(sizes.touch(self._least_width_px), sizes.touch(self._design_px))
        self.updateGeometry()

    def set_caption(self, caption: str) -> None:
        """Say below the word what the button is about, "" for nothing."""
        if caption != self.caption:
            self.caption = caption
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As large as it is touched; the layout gives it more."""
        return self.minimumSize()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As large as it is touched."""
        return self.minimumSize()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        """Enter presses the button in focus, as the space bar does."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """The style sheet's button, then its shape and words, its key and its caption."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        inset = self._sizes.px(10)
        room = self.rect().adjusted(inset, inset // 2, -inset, -inset // 2)
        self._draw_words(painter, QRectF(room))
        painter.setFont(self._sizes.font(17))
        painter.setPen(QColor(MUTED if self.isEnabled() else FAINT))
        right_top = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        painter.drawText(room, right_top, _ARROWS.get(self.key, self.key))
        if self.caption:
            cut = painter.fontMetrics().elidedText(self.caption, Qt.TextElideMode.ElideLeft, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, cut)
        painter.end()

    def words_px(self, width: float) -> float:
        """The design pixels at which the words fit a width."""
        size = self._words_px
        while size > LEAST_WORDS_PX and self._words_width(size) > width:
            size -= 1
        return size

    def _words_width(self, size: float) -> int:
        metrics = QFontMetrics(self._sizes.font(size, bold=True))
        return max(metrics.horizontalAdvance(line) for line in self.text().split("\n"))

    def _draw_words(self, painter: QPainter, room: QRectF) -> None:
        """Shape and words beside each other, in the middle."""
        side = self._sizes.px(44) if self._shape is not None else 0
        gap = self._sizes.px(12) if side else 0
        size = self.words_px(room.width() - side - gap)
        painter.setFont(self._sizes.font(size, bold=True))
        painter.setPen(QColor(TEXT if self.isEnabled() else FAINT))
        width = min(self._words_width(size), room.width() - side - gap)
        left = room.center().x() - (side + gap + width) / 2
        if self._shape is not None:
            place = QRectF(left, room.center().y() - side / 2, side, side)
            paint_shape(painter, place, self._shape, self._colour if self.isEnabled() else FAINT)
        words = QRectF(left + side + gap, room.top(), width + 1, room.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())
