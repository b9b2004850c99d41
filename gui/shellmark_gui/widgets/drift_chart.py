"""A control chart: readings, their exponentially weighted average, the baseline, and where it warns and blocks."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from shellmark_gui.theme import ACCENT, EDGE, FAIL_COLOUR, FAINT, MUTED, RAISED, REVIEW_COLOUR, SURFACE, TEXT
from shellmark_gui.widgets.fitted import Fitted, growing
from shellmark_inspect.station import Chart

translate = QCoreApplication.translate
TICKS = 4


def shown_range(chart: Chart) -> tuple[float, float]:
    """The lowest and highest value a chart shows: its readings and its finite limits, with a margin."""
    values = [float(one) for one in (*chart.values, *chart.ewma) if math.isfinite(one)]
    for pair in (chart.warn, chart.block, chart.control):
        values += [one for one in pair or () if math.isfinite(one)]
    if chart.baseline is not None:
        values.append(chart.baseline.middle)
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    margin = 0.06 * (high - low) or max(abs(high), 1.0) * 0.05
    return low - margin, high + margin


class DriftChart(Fitted):
    """One quantity's chart, oldest reading at the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        growing(self)
        self.chart: Chart | None = None

    def show_chart(self, chart: Chart | None) -> None:
        """Show a chart; None empties it."""
        self.chart = chart
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw limits, axis, readings and average."""
        painter, px = QPainter(self), self.sizes.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(SURFACE))
        chart = self.chart
        if chart is None or not len(chart.values):
            painter.setFont(self.sizes.font(26))
            painter.setPen(QColor(MUTED))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, translate("drift", "Nothing has been read yet"))
            painter.end()
            return
        room = QRectF(self.rect()).adjusted(px(130), px(64), -px(24), -px(52))
        self._draw_limits(painter, room, chart)
        self._draw_axis(painter, room, chart)
        self._draw_points(painter, room, chart)
        self._draw_legend(painter, chart)
        painter.end()

    def _at(self, room: QRectF, chart: Chart, place: int, value: float) -> QPointF:
        low, high = shown_range(chart)
        share = place / max(1, len(chart.values) - 1)
        return QPointF(room.left() + room.width() * share, room.bottom() - room.height() * (value - low) / (high - low))

    def _draw_limits(self, painter: QPainter, room: QRectF, chart: Chart) -> None:
        if chart.control is not None:
            top, bottom = (self._at(room, chart, 0, one).y() for one in reversed(chart.control))
            painter.fillRect(QRectF(room.left(), top, room.width(), bottom - top), QColor(RAISED))
        lines = [(one, REVIEW_COLOUR, Qt.PenStyle.DashLine) for one in chart.warn or ()]
        lines += [(one, FAIL_COLOUR, Qt.PenStyle.SolidLine) for one in chart.block or ()]
        if chart.baseline is not None:
            lines.append((chart.baseline.middle, MUTED, Qt.PenStyle.DotLine))
        for value, colour, style in lines:
            if math.isfinite(value):
                pen = QPen(QColor(colour), self.sizes.px(3))
                pen.setStyle(style)
                painter.setPen(pen)
                y = self._at(room, chart, 0, value).y()
                painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))

    def _draw_axis(self, painter: QPainter, room: QRectF, chart: Chart) -> None:
        px = self.sizes.px
        low, high = shown_range(chart)
        painter.setFont(self.sizes.font(20))
        painter.setPen(QPen(QColor(EDGE), px(2)))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.drawLine(room.topLeft(), room.bottomLeft())
        painter.setPen(QColor(MUTED))
        for value in np.linspace(low, high, TICKS + 2)[1:-1]:
            y = self._at(room, chart, 0, float(value)).y()
            place = QRectF(0, y - px(16), room.left() - px(10), px(32))
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:.4g}")
        words = translate("drift", "record {first} to {last}").format(first=chart.rows[0], last=chart.rows[-1])
        foot = QRectF(room.left(), room.bottom() + px(8), room.width(), px(36))
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, words)

    def _draw_points(self, painter: QPainter, room: QRectF, chart: Chart) -> None:
        px = self.sizes.px
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(FAINT))
        for place, value in enumerate(chart.values.tolist()):
            if math.isfinite(value):
                painter.drawEllipse(self._at(room, chart, place, value), px(4), px(4))
        line = [
            self._at(room, chart, place, value)
            for place, value in enumerate(chart.ewma.tolist())
            if math.isfinite(value)
        ]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(ACCENT), px(4)))
        painter.drawPolyline(QPolygonF(line))

    def _draw_legend(self, painter: QPainter, chart: Chart) -> None:
        px = self.sizes.px
        painter.setFont(self.sizes.font(20))
        named = [
            (translate("drift", "reading"), FAINT, True),
            (translate("drift", "average"), ACCENT, True),
            (translate("drift", "baseline"), MUTED, chart.baseline is not None),
            (translate("drift", "warns"), REVIEW_COLOUR, chart.warn is not None),
            (translate("drift", "blocks"), FAIL_COLOUR, chart.block is not None),
        ]
        left = float(px(130))
        for words, colour, there in named:
            if not there:
                continue
            painter.fillRect(QRectF(left, px(28), px(28), px(6)), QColor(colour))
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.setPen(QColor(TEXT))
            painter.drawText(QRectF(left + px(38), px(8), width + px(8), px(46)), Qt.AlignmentFlag.AlignVCenter, words)
            left += px(38) + width + px(36)
