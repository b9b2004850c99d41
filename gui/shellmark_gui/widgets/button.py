"""A button for thumbs in gloves: large, with its key in the corner and, where colour matters, its shape."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ..shapes import Shape, paint_shape
from ..theme import FAINT, MUTED, Sizes
from .fitted import set_role

PRIMARY_PX = 81
DECIDE_PX = 101


class ActionButton(QPushButton):
    """A button of a least height (design pixels), the key that does the same, and a shape or None.

    Its words are set by whoever owns it. `role` is the style sheet's.
    """

    def __init__(
        self,
        *,
        key: str = "",
        role: str = "primary",
        shape: Shape | None = None,
        colour: str = MUTED,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.key = key
        self._shape, self._colour = shape, colour
        self._design_px = DECIDE_PX if role == "decide" else PRIMARY_PX
        self._sizes = Sizes()
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_role(self, role)
        self.fit(self._sizes)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        self._sizes = sizes
        self.setFixedHeight(sizes.touch(self._design_px))
        self.setMinimumWidth(sizes.touch(self._design_px))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as its words want at most, and as high as it is touched."""
        return QSize(self._sizes.touch(self._design_px), self._sizes.touch(self._design_px))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """The button of the style sheet, then key and shape."""
        super().paintEvent(event)
        painter = QPainter(self)
        inset = self._sizes.px(10)
        if self.key:
            painter.setFont(self._sizes.font(17))
            painter.setPen(QColor(MUTED if self.isEnabled() else FAINT))
            corner = self.rect().adjusted(inset, inset // 2, -inset, -inset // 2)
            painter.drawText(corner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, self.key)
        if self._shape is not None:
            side = self.height() * 0.42
            place = QRectF(inset * 1.6, (self.height() - side) / 2, side, side)
            paint_shape(painter, place, self._shape, self._colour if self.isEnabled() else FAINT)
        painter.end()
