"""The shapes that say a verdict without its colour: a circle, a cross, a triangle, and a bar for all that stopped."""

from __future__ import annotations

from enum import Enum, auto

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from shellmark_gui.theme import DARK_TEXT, FAIL_COLOUR, LIGHT_TEXT, MUTED, PASS_COLOUR, REVIEW_COLOUR
from shellmark_inspect.loop.status import Light
from shellmark_inspect.types import Disposition, Verdict


class Shape(Enum):
    """One shape of the screen."""

    CIRCLE = auto()
    CROSS = auto()
    TRIANGLE = auto()
    BAR = auto()
    DOTS = auto()
    DISC = auto()
    RING = auto()
    ARROW = auto()
    TICK = auto()


VERDICT_SHAPES = {Verdict.PASS: Shape.CIRCLE, Verdict.FAIL: Shape.CROSS, Verdict.REVIEW: Shape.TRIANGLE}
VERDICT_COLOURS = {Verdict.PASS: PASS_COLOUR, Verdict.FAIL: FAIL_COLOUR, Verdict.REVIEW: REVIEW_COLOUR}
VERDICT_INKS = {Verdict.PASS: LIGHT_TEXT, Verdict.FAIL: LIGHT_TEXT, Verdict.REVIEW: DARK_TEXT}
DISPOSITION_LOOKS = {
    Disposition.OK: Verdict.PASS,
    Disposition.NG: Verdict.FAIL,
    Disposition.SCRAP: Verdict.FAIL,
    Disposition.RECHECK: Verdict.REVIEW,
    Disposition.REWORK: Verdict.REVIEW,
    Disposition.B_GRADE: Verdict.REVIEW,
}
"""The verdict whose shape and colour a disposition borrows."""

LIGHT_SHAPES = {
    Light.GREEN: Shape.DISC,
    Light.YELLOW: Shape.TRIANGLE,
    Light.RED: Shape.CROSS,
    Light.OFF: Shape.RING,
}
LIGHT_COLOURS = {
    Light.GREEN: PASS_COLOUR,
    Light.YELLOW: REVIEW_COLOUR,
    Light.RED: FAIL_COLOUR,
    Light.OFF: MUTED,
}


def paint_shape(painter: QPainter, rect: QRectF, shape: Shape, colour: str) -> None:
    """Paint a shape into the middle of a rectangle, as large as fits."""
    side = min(rect.width(), rect.height())
    box = QRectF(0, 0, side, side)
    box.moveCenter(rect.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), side * 0.14, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _PAINTERS[shape](painter, box.adjusted(side * 0.1, side * 0.1, -side * 0.1, -side * 0.1), QColor(colour))
    painter.restore()


def _circle(painter: QPainter, box: QRectF, _colour: QColor) -> None:
    painter.drawEllipse(box)


def _cross(painter: QPainter, box: QRectF, _colour: QColor) -> None:
    painter.drawLine(box.topLeft(), box.bottomRight())
    painter.drawLine(box.topRight(), box.bottomLeft())


def _triangle(painter: QPainter, box: QRectF, colour: QColor) -> None:
    pen = painter.pen()
    pen.setWidthF(pen.widthF() * 0.7)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    top = QPointF(box.center().x(), box.top())
    painter.drawPolygon(QPolygonF([top, box.bottomRight(), box.bottomLeft()]))
    middle, height = box.center().x(), box.height()
    painter.drawLine(QPointF(middle, box.top() + height * 0.42), QPointF(middle, box.top() + height * 0.62))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(middle, box.top() + height * 0.82), height * 0.05, height * 0.05)


def _bar(painter: QPainter, box: QRectF, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    thick = box.height() * 0.26
    painter.drawRoundedRect(QRectF(box.left(), box.center().y() - thick / 2, box.width(), thick), thick / 4, thick / 4)


def _dots(painter: QPainter, box: QRectF, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    radius = box.width() * 0.11
    for share in (0.11, 0.5, 0.89):
        painter.drawEllipse(QPointF(box.left() + box.width() * share, box.center().y()), radius, radius)


def _disc(painter: QPainter, box: QRectF, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(box)


def _ring(painter: QPainter, box: QRectF, _colour: QColor) -> None:
    pen = painter.pen()
    pen.setWidthF(pen.widthF() * 0.6)
    painter.setPen(pen)
    painter.drawEllipse(box)


def _arrow(painter: QPainter, box: QRectF, _colour: QColor) -> None:
    """Down onto a ground: lay it on."""
    middle, tip, wing = box.center().x(), box.top() + box.height() * 0.7, box.width() * 0.28
    painter.drawLine(QPointF(middle, box.top()), QPointF(middle, tip))
    painter.drawLine(QPointF(middle - wing, tip - wing), QPointF(middle, tip))
    painter.drawLine(QPointF(middle + wing, tip - wing), QPointF(middle, tip))
    painter.drawLine(box.bottomLeft(), box.bottomRight())


def _tick(painter: QPainter, box: QRectF, _colour: QColor) -> None:
    foot = QPointF(box.left() + box.width() * 0.36, box.bottom() - box.height() * 0.1)
    painter.drawLine(QPointF(box.left(), box.center().y() + box.height() * 0.05), foot)
    painter.drawLine(foot, QPointF(box.right(), box.top() + box.height() * 0.12))


_PAINTERS = {
    Shape.CIRCLE: _circle,
    Shape.CROSS: _cross,
    Shape.TRIANGLE: _triangle,
    Shape.BAR: _bar,
    Shape.DOTS: _dots,
    Shape.DISC: _disc,
    Shape.RING: _ring,
    Shape.ARROW: _arrow,
    Shape.TICK: _tick,
}
