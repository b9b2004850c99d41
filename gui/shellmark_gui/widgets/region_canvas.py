"""A picture a person draws regions on: rectangles by two corners (two taps or one pull), polygons by their corners."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTransform
from PyQt6.QtWidgets import QWidget

from shellmark_gui.theme import ACCENT, DARK_TEXT, Sizes
from shellmark_gui.widgets.canvas import Canvas

PULL_PX = 24
"""A finger that moved so far between press and release pulled, it did not tap."""

CLOSE_PX = 48
"""A tap so near the first corner closes a polygon."""

LEAST_SIDE_PX = 2
"""A region has at least so many pixels of the frame to either side."""


class RegionCanvas(Canvas):
    """Regions in pixels of the frame. `changed` says that there is one more or less, or a corner of one."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.regions: list[QPolygonF] = []
        self.corners: list[QPointF] = []
        self.polygons = False
        self._pressed: QPointF | None = None
        self._at: QPointF | None = None

    def show_regions(self, regions: list[QPolygonF]) -> None:
        """Go on with regions drawn before; the list is kept and grows."""
        self.regions, self.corners = regions, []
        self.update()

    def undo(self) -> None:
        """Take away the last corner, else the last region."""
        if self.corners:
            self.corners.pop()
        elif self.regions:
            self.regions.pop()
        self._tell()

    def close_polygon(self) -> None:
        """Make the corners a region, where they are enough for one."""
        if self.polygons and len(self.corners) > 2:
            self._keep(QPolygonF(self.corners))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        """A finger comes down."""
        if event is not None and self._image is not None:
            self._pressed = self._at = event.position()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        """A finger pulls a rectangle."""
        if event is not None and self._pressed is not None:
            self._at = event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        """A finger goes: a corner, or a rectangle."""
        pressed, self._pressed, self._at = self._pressed, None, None
        if event is None or pressed is None:
            return
        pulled = (event.position() - pressed).manhattanLength() > self.sizes.px(PULL_PX)
        if self.polygons:
            self._corner(event.position())
        elif pulled:
            self.corners = []
            self._rectangle(self._in_frame(pressed), self._in_frame(event.position()))
        elif self.corners:
            self._rectangle(self.corners.pop(), self._in_frame(event.position()))
        else:
            self.corners.append(self._in_frame(pressed))
            self._tell()

    def _corner(self, at: QPointF) -> None:
        first = self._on_screen().map(self.corners[0]) if self.corners else None
        near = first is not None and (at - first).manhattanLength() <= self.sizes.px(CLOSE_PX)
        if near and len(self.corners) > 2:
            self.close_polygon()
        else:
            self.corners.append(self._in_frame(at))
            self._tell()

    def _rectangle(self, one: QPointF, other: QPointF) -> None:
        self._keep(QPolygonF(QRectF(one, other).normalized()))

    def _keep(self, region: QPolygonF) -> None:
        self.corners = []
        box = region.boundingRect()
        if min(box.width(), box.height()) >= LEAST_SIDE_PX:
            self.regions.append(region)
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    def _on_screen(self) -> QTransform:
        """From pixels of the frame to those of the widget."""
        place = self._place()
        share = place.width() / max(1, self._source.width())
        return QTransform(share, 0, 0, share, place.left(), place.top())

    def _in_frame(self, at: QPointF) -> QPointF:
        """A point of the widget in pixels of the frame, within it."""
        back, _ = self._on_screen().inverted()
        point = back.map(at)
        return QPointF(
            min(max(point.x(), 0.0), float(self._source.width())),
            min(max(point.y(), 0.0), float(self._source.height())),
        )

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, then regions and corners."""
        super().paintEvent(event)
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        move = self._on_screen()
        painter.setBrush(QColor(98, 181, 255, 70))
        for region in self.regions:
            self._draw(painter, move.map(region))
        if self._pressed is not None and self._at is not None and not self.polygons:
            self._draw(painter, QPolygonF(QRectF(self._pressed, self._at).normalized()))
        self._draw_corners(painter, [move.map(corner) for corner in self.corners], self.sizes)
        painter.end()

    def _draw(self, painter: QPainter, shape: QPolygonF) -> None:
        for colour, width in ((DARK_TEXT, 7), (ACCENT, 4)):
            painter.setPen(QPen(QColor(colour), self.sizes.px(width)))
            painter.drawPolygon(shape)

    @staticmethod
    def _draw_corners(painter: QPainter, corners: list[QPointF], sizes: Sizes) -> None:
        painter.setPen(QPen(QColor(ACCENT), sizes.px(4)))
        painter.drawPolyline(QPolygonF(corners))
        painter.setBrush(QColor(ACCENT))
        for corner in corners:
            painter.setPen(QPen(QColor(DARK_TEXT), sizes.px(2)))
            painter.drawEllipse(corner, sizes.px(9), sizes.px(9))
            painter.setPen(Qt.PenStyle.NoPen)
