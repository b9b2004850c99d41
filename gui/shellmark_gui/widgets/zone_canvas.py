"""A picture of the reference view with zones, fittings and outline on it, drawn and changed by taps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTransform
from PyQt6.QtWidgets import QWidget

from shellmark_gui.calibrationwords import shape_name
from shellmark_gui.drawing import Drawing, Drawn, middles_of
from shellmark_gui.theme import ACCENT, DARK_TEXT, LIGHT_TEXT, REVIEW_COLOUR
from shellmark_gui.widgets.canvas import Canvas
from shellmark_inspect.recipe import Point
from shellmark_inspect.types import Matrix, project

REACH_PX = 34
"""A finger means what lies so near, in design pixels."""
PULL_PX = 24
"""A finger that moved so far between press and release pulled, it did not tap."""
ZONE_COLOURS = {"A": "#62b5ff", "B": "#c49bff", "C": "#7fd8c8"}
OTHER_ZONE, OUTLINE, IGNORED = "#ff9ecb", LIGHT_TEXT, "#d9b26f"


def shape_colour(shape: Drawn) -> str:
    """The colour a shape is drawn in; none of them is a verdict's."""
    if shape.kind == "zone":
        return ZONE_COLOURS.get(shape.name, OTHER_ZONE)
    return OUTLINE if shape.kind == "outline" else IGNORED


class ZoneCanvas(Canvas):
    """The picture and a `Drawing` in mm. `changed` says that something of it changed, `touched` where a finger was."""

    changed = pyqtSignal()
    touched = pyqtSignal(float, float)
    refused = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawing = Drawing()
        self._to_mm: Matrix = np.eye(3)
        self._pressed: QPointF | None = None
        self._pulled: Point | None = None

    def show_drawing(self, drawing: Drawing, to_mm: Matrix) -> None:
        """Draw on; `to_mm` takes pixels of the picture's source to mm."""
        self.drawing, self._to_mm = drawing, to_mm
        self._pressed = self._pulled = None
        self.update()

    # taps

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        """A finger comes down; on a corner of the chosen shape it may pull it."""
        if event is not None and self._image is not None:
            self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        """A finger pulls a corner."""
        if event is None or self._pressed is None or self._image is None:
            return
        far = (event.position() - self._pressed).manhattanLength() > self.sizes.px(PULL_PX)
        if self._pulled is None and far and self.drawing.picked is None:
            if not self.drawing.pick(self.mm_at(self._pressed), self.reach_mm()):
                return
            self._pulled = self.mm_at(event.position())
        if self._pulled is not None:
            self._pulled = self.mm_at(event.position())
            self.touched.emit(*self._pulled)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        """A finger goes: a pulled corner is put down, else it was a tap."""
        pressed, self._pressed, pulled, self._pulled = self._pressed, None, self._pulled, None
        if event is None or pressed is None or self._image is None:
            return
        at = self.mm_at(event.position())
        self.touched.emit(*at)
        try:
            if pulled is not None:
                self.drawing.put(at)
            else:
                self.drawing.tap(at, self.reach_mm())
        except ValueError as e:
            self.refused.emit(str(e))
        self.update()
        self.changed.emit()

    # where things are

    def mm_at(self, at: QPointF) -> Point:
        """A point of the widget in mm, within the picture, to the tenth."""
        back, _ = self._on_screen().inverted()
        point = back.map(at)
        x = min(max(point.x(), 0.0), float(self._source.width()))
        y = min(max(point.y(), 0.0), float(self._source.height()))
        mm = project(self._to_mm, np.array([[x - 0.5, y - 0.5]]))[0]
        return round(float(mm[0]), 1), round(float(mm[1]), 1)

    def at_mm(self, points: Sequence[Point]) -> list[QPointF]:
        """Points in mm on the widget."""
        back = np.asarray(np.linalg.inv(self._to_mm), np.float64)
        pixels = project(back, np.array(points, np.float64).reshape(-1, 2))
        move = self._on_screen()
        return [move.map(QPointF(x + 0.5, y + 0.5)) for x, y in pixels.tolist()]

    def reach_mm(self) -> float:
        """How far a finger reaches, in mm."""
        middle = QPointF(self.rect().center())
        x, y = self.mm_at(middle)
        other = self.mm_at(middle + QPointF(self.sizes.touch(REACH_PX), 0))
        return max(0.1, float(np.hypot(other[0] - x, other[1] - y)))

    def _on_screen(self) -> QTransform:
        """From pixels of the source to those of the widget."""
        place = self._place()
        share = place.width() / max(1, self._source.width())
        return QTransform(share, 0, 0, share, place.left(), place.top())

    # painting

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, then the shapes, the chosen one last."""
        super().paintEvent(event)
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing = self.drawing
        for index, shape in enumerate(drawing.shapes):
            if index != drawing.chosen:
                self._draw_shape(painter, shape, chosen=False)
        if drawing.chosen is not None:
            self._draw_shape(painter, drawing.shapes[drawing.chosen], chosen=True)
            self._draw_handles(painter, drawing.shapes[drawing.chosen].polygon)
        for shape in drawing.shapes:
            self._draw_name(painter, shape)
        self._draw_corners(painter)
        painter.end()

    def _draw_shape(self, painter: QPainter, shape: Drawn, *, chosen: bool) -> None:
        polygon = QPolygonF(self.at_mm(shape.polygon))
        colour = QColor(shape_colour(shape))
        fill = QColor(colour)
        fill.setAlpha(70 if chosen else 34)
        painter.setBrush(Qt.BrushStyle.NoBrush if shape.kind == "outline" else QBrush(fill))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(polygon)
        if shape.kind == "ignore":
            hatch = QColor(colour)
            hatch.setAlpha(150)
            painter.setBrush(QBrush(hatch, Qt.BrushStyle.BDiagPattern))
            painter.drawPolygon(polygon)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.DashLine if shape.kind == "outline" else Qt.PenStyle.SolidLine
        for ink, width in ((QColor(DARK_TEXT), 7 if chosen else 5), (colour, 4 if chosen else 2)):
            pen = QPen(ink, self.sizes.px(width))
            pen.setStyle(style if ink == colour else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            painter.drawPolygon(polygon)

    def _draw_handles(self, painter: QPainter, polygon: Sequence[Point]) -> None:
        px, drawing = self.sizes.px, self.drawing
        middles = [point for _, point in middles_of(polygon, self.reach_mm())]
        painter.setPen(QPen(QColor(ACCENT), px(2)))
        painter.setBrush(QColor(DARK_TEXT))
        for point in self.at_mm(middles):
            painter.drawEllipse(point, px(7), px(7))
        dense = len(polygon) > 24
        for index, point in enumerate(self.at_mm(polygon)):
            picked = index == drawing.picked
            painter.setPen(QPen(QColor(DARK_TEXT), px(2)))
            painter.setBrush(QColor(REVIEW_COLOUR if picked else ACCENT))
            size = px(15) if picked else px(5 if dense else 10)
            painter.drawEllipse(point, size, size)
        if self._pulled is not None:
            painter.setBrush(QColor(REVIEW_COLOUR))
            painter.drawEllipse(self.at_mm([self._pulled])[0], px(15), px(15))

    def _draw_name(self, painter: QPainter, shape: Drawn) -> None:
        words = shape_name(shape.kind, shape.name)
        painter.setFont(self.sizes.font(22, bold=True))
        gap = self.sizes.px(8)
        size = QRectF(painter.fontMetrics().boundingRect(words)).adjusted(-gap, -gap / 2, gap, gap / 2).size()
        box = QPolygonF(self.at_mm(shape.polygon)).boundingRect()
        plate = QRectF(QPointF(0, 0), size)
        if shape.kind == "outline":
            plate.moveBottomLeft(QPointF(box.left() + box.width() * 0.62, box.top()))
        elif shape.kind == "zone":
            plate.moveTopLeft(box.topLeft() + QPointF(box.width() * 0.08, gap))
        else:
            plate.moveCenter(box.center())
        plate.moveTop(max(plate.top(), gap))
        painter.fillRect(plate, QColor(shape_colour(shape)))
        painter.setPen(QColor(DARK_TEXT))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def _draw_corners(self, painter: QPainter) -> None:
        if not self.drawing.corners:
            return
        px, corners = self.sizes.px, self.at_mm(self.drawing.corners)
        for colour, width in ((DARK_TEXT, 7), (ACCENT, 4)):
            painter.setPen(QPen(QColor(colour), px(width)))
            painter.drawPolyline(QPolygonF(corners))
        painter.setPen(QPen(QColor(DARK_TEXT), px(2)))
        for index, corner in enumerate(corners):
            painter.setBrush(QColor(REVIEW_COLOUR if index == 0 else ACCENT))
            painter.drawEllipse(corner, px(14 if index == 0 else 10), px(14 if index == 0 else 10))
