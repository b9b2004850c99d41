"""The shift's counters and its first-pass yield."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from shellmark_gui.theme import FAIL_COLOUR, MUTED, PASS_COLOUR, REVIEW_COLOUR, SURFACE, TEXT
from shellmark_gui.widgets.fitted import Fitted
from shellmark_inspect.types import Counts

translate = QCoreApplication.translate


class Counters(Fitted):
    """Six figures in a row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts = Counts()

    def show_counts(self, counts: Counts) -> None:
        """Show what the shift produced."""
        if counts != self.counts:
            self.counts = counts
            self.put_words()
            self.update()

    def figures(self) -> list[tuple[str, str, str]]:
        """(name, figure, colour) in the order shown."""
        counts = self.counts
        rate = counts.yield_rate
        return [
            (translate("counter", "Cases"), str(counts.cases), TEXT),
            (translate("counter", "Pass"), str(counts.passed), PASS_COLOUR),
            (translate("counter", "Fail"), str(counts.failed), FAIL_COLOUR),
            (translate("counter", "Review"), str(counts.review), REVIEW_COLOUR),
            (translate("counter", "Overruled"), str(counts.overruled), TEXT),
            (translate("counter", "Yield"), "-" if rate is None else f"{rate * 100:.1f}%", TEXT),
        ]

    def put_words(self) -> None:
        """Say the figures to assistive technology too."""
        self.setAccessibleName(", ".join(f"{name} {figure}" for name, figure, _ in self.figures()))

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw the figures in columns, the last one wider."""
        painter, px = QPainter(self), self.sizes.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(SURFACE))
        painter.drawRoundedRect(self.rect(), px(10), px(10))
        width = self.width() / 6.6
        for column, (name, figure, colour) in enumerate(self.figures()):
            room = QRectF(column * width, px(10), width * (1.6 if column == 5 else 1.0), self.height() - px(20))
            self._draw_figure(painter, room, name, figure, colour)
        painter.end()

    def _draw_figure(self, painter: QPainter, room: QRectF, name: str, figure: str, colour: str) -> None:
        centred = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        name_room = QRectF(room.left(), room.top(), room.width(), room.height() * 0.36)
        painter.setFont(self.sizes.font(20))
        painter.setPen(QColor(MUTED))
        painter.drawText(name_room, centred, name)
        size = 40.0
        painter.setFont(self.sizes.font(size, bold=True))
        while painter.fontMetrics().horizontalAdvance(figure) > room.width() * 0.96 and size > 16:
            size -= 3
            painter.setFont(self.sizes.font(size, bold=True))
        painter.setPen(QColor(colour))
        painter.drawText(room.adjusted(0, name_room.height(), 0, 0), centred, figure)
