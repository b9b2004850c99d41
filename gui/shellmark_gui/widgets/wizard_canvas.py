"""The live picture of a wizard: which parts of the frame were covered, what was just found, and where."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QTransform
from PyQt6.QtWidgets import QWidget

from shellmark_gui.theme import DARK_TEXT, PASS_COLOUR, REVIEW_COLOUR, TEXT
from shellmark_gui.widgets.canvas import Canvas

MOST_POINTS = 600


class WizardCanvas(Canvas):
    """Shows frames like the station's canvas, with a grid of what was covered, points, and outlines over them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.coverage: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self.points: NDArray[np.float64] = np.empty((0, 2))
        self.outlines_px: tuple[NDArray[np.float64], ...] = ()
        self.labels: tuple[tuple[float, float, str], ...] = ()
        self.found = False

    def show_found(
        self,
        coverage: NDArray[np.int64] | None = None,
        points: NDArray[np.float64] | None = None,
        outlines: tuple[NDArray[np.float64], ...] = (),
        *,
        labels: tuple[tuple[float, float, str], ...] = (),
        found: bool = True,
    ) -> None:
        """Draw over the picture: counts per cell (rows, columns), points (n, 2), outlines, labels.

        Points, outlines and labels (x, y, words) are in the frame's pixels.
        """
        self.coverage = np.zeros((0, 0), np.int64) if coverage is None else coverage
        self.points = np.empty((0, 2)) if points is None else points[:MOST_POINTS]
        self.outlines_px, self.labels, self.found = outlines, labels, found
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, then what was found."""
        super().paintEvent(event)
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = self._place()
        self._draw_coverage(painter, place)
        share = place.width() / max(1, self._source.width())
        move = QTransform(share, 0, 0, share, place.left(), place.top())
        colour = PASS_COLOUR if self.found else REVIEW_COLOUR
        for outline in self.outlines_px:
            shape = move.map(QPolygonF([QPointF(x + 0.5, y + 0.5) for x, y in outline.tolist()]))
            for ink, width in ((DARK_TEXT, 7), (colour, 4)):
                painter.setPen(QPen(QColor(ink), self.sizes.px(width)))
                painter.drawPolygon(shape)
        painter.setPen(QPen(QColor(DARK_TEXT), self.sizes.px(1)))
        painter.setBrush(QColor(colour))
        for x, y in self.points.tolist():
            painter.drawEllipse(move.map(QPointF(x + 0.5, y + 0.5)), self.sizes.px(5), self.sizes.px(5))
        self._draw_labels(painter, move)
        painter.end()

    def _draw_labels(self, painter: QPainter, move: QTransform) -> None:
        painter.setFont(self.sizes.font(20, bold=True))
        for x, y, words in self.labels:
            plate = QRectF(painter.fontMetrics().boundingRect(words)).adjusted(-4, -2, 4, 2)
            plate.moveCenter(move.map(QPointF(x + 0.5, y + 0.5)))
            painter.fillRect(plate, QColor(DARK_TEXT))
            painter.setPen(QColor(TEXT))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def _draw_coverage(self, painter: QPainter, place: QRectF) -> None:
        """Covered cells green with their count, the others framed."""
        if not self.coverage.size:
            return
        rows, columns = self.coverage.shape
        green = QColor(PASS_COLOUR)
        green.setAlpha(75)
        painter.setFont(self.sizes.font(18))
        for row in range(rows):
            for column in range(columns):
                count = int(self.coverage[row, column])
                width, height = place.width() / columns, place.height() / rows
                cell = QRectF(place.left() + column * width, place.top() + row * height, width, height)
                if count:
                    painter.fillRect(cell.adjusted(1, 1, -1, -1), green)
                    painter.setPen(QColor(TEXT))
                    corner = cell.adjusted(0, 0, -self.sizes.px(8), -self.sizes.px(4))
                    flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
                    painter.drawText(corner, flags, f"✓ {count}")
                painter.setPen(QPen(QColor(255, 255, 255, 60), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(cell)
