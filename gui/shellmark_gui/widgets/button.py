"""A button for thumbs in gloves: large, with its key in the corner and, where colour matters, its shape."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import QPushButton, QSizePolicy, QWidget

from shellmark_gui.shapes import Shape, paint_shape
from shellmark_gui.theme import FAINT, MUTED, Sizes
from shellmark_gui.widgets.fitted import set_role

PRIMARY_PX = 81
DECIDE_PX = 101
_ARROWS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


class ActionButton(QPushButton):
    """A button of a least height (design pixels), the key that does the same, and a shape or None.

    Its words are set by whoever owns it. `role` is the style sheet's; `growing` lets it become higher than it must be.
    """

    def __init__(
        self,
        *,
        key: str = "",
        role: str = "primary",
        shape: Shape | None = None,
        colour: str = MUTED,
        growing: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.key = key
        self.caption = ""
        self._shape, self._colour = shape, colour
        self._design_px = DECIDE_PX if role == "decide" else PRIMARY_PX
        self._sizes = Sizes()
        self.setAutoDefault(False)
        vertical = QSizePolicy.Policy.Expanding if growing else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        set_role(self, role)
        self.fit(self._sizes)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        self._sizes = sizes
        side = sizes.touch(self._design_px)
        self.setMinimumSize(side, side)
        if self._shape is not None:
            self.setIconSize(QSize(sizes.px(44), sizes.px(44)))
            self.setIcon(_icon(self._shape, self._colour, sizes.px(44)))
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

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """The button of the style sheet, then its key and its caption."""
        super().paintEvent(event)
        painter = QPainter(self)
        inset = self._sizes.px(10)
        room = self.rect().adjusted(inset, inset // 2, -inset, -inset // 2)
        painter.setFont(self._sizes.font(17))
        painter.setPen(QColor(MUTED if self.isEnabled() else FAINT))
        right_top = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        painter.drawText(room, right_top, _ARROWS.get(self.key, self.key))
        if self.caption:
            cut = painter.fontMetrics().elidedText(self.caption, Qt.TextElideMode.ElideLeft, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, cut)
        painter.end()


def _icon(shape: Shape, colour: str, side: int) -> QIcon:
    icon = QIcon()
    for mode, ink in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, FAINT)):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_shape(painter, QRectF(0, 0, side, side), shape, ink)
        painter.end()
        icon.addPixmap(pixmap, mode)
    return icon
