"""The verdict, readable from 3 m: colour, word and shape, and always the case it is about.

At 1080p the word is 96 px high: 24 mm on a 21.5 inch panel, 27 minutes of arc from 3 m. The shape is 150 px, 37 mm.
"""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from shellmark_gui.shapes import VERDICT_COLOURS, VERDICT_INKS, VERDICT_SHAPES, Shape, paint_shape
from shellmark_gui.theme import ACCENT, MUTED, RAISED, TEXT
from shellmark_gui.widgets.fitted import Fitted
from shellmark_gui.wording import disposition_word, overrule_word, state_word, verdict_word
from shellmark_inspect.loop.status import StationState
from shellmark_inspect.types import Record

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Banner:
    """What the panel says: shape and colours, the word, the case below it and what a person decided."""

    shape: Shape
    ground: str
    ink: str
    word: str
    second: str = ""
    case: str = ""
    decided: str = ""


class VerdictPanel(Fitted):
    """Waiting, inspecting (the case before is named), or the verdict of one named case."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record: Record | None = None
        self._last = ""
        self._busy = False
        self._state = StationState.PREOPERATIONAL
        self.banner = self._banner()

    @property
    def record(self) -> Record | None:
        """The record whose verdict is shown, or None."""
        return self._record

    def show_record(self, record: Record) -> None:
        """Show a verdict and whose it is."""
        self._record = record
        self._again()

    def show_waiting(self, state: StationState, *, busy: bool) -> None:
        """Take the verdict away: the station waits, or inspects the next case."""
        if self._record is not None:
            self._last = self._line(self._record)
            self._record = None
        elif (state, busy) == (self._state, self._busy):
            return
        self._state, self._busy = state, busy
        self._again()

    def put_words(self) -> None:
        """Say the same in the new language."""
        self._again()

    def _again(self) -> None:
        self.banner = self._banner()
        self.setAccessibleName(f"{self.banner.word} {self.banner.case}")
        self.update()

    def _banner(self) -> Banner:
        if self._record is None:
            return self._waiting()
        verdict = self._record.verdict
        word = verdict_word(verdict)
        return Banner(
            VERDICT_SHAPES[verdict],
            VERDICT_COLOURS[verdict],
            VERDICT_INKS[verdict],
            word,
            verdict.value if word != verdict.value else "",
            translate("verdict", "Case {case}").format(case=self._record.inspection.trigger.case_id),
            self._decided(self._record),
        )

    def _waiting(self) -> Banner:
        if self._busy:
            return Banner(Shape.DOTS, RAISED, ACCENT, translate("verdict", "Inspecting..."), case=self._before())
        takes = self._state in (StationState.READY, StationState.CONTINUOUS_EXECUTION)
        word = translate("verdict", "Waiting") if takes else state_word(self._state)
        return Banner(Shape.BAR, RAISED, TEXT if takes else MUTED, word, case=self._before())

    def _before(self) -> str:
        return translate("verdict", "before: {case}").format(case=self._last) if self._last else ""

    @staticmethod
    def _line(record: Record) -> str:
        return f"{record.inspection.trigger.case_id} {verdict_word(record.verdict)}"

    @staticmethod
    def _decided(record: Record) -> str:
        if record.disposition is None:
            return ""
        parts = (disposition_word(record.disposition), overrule_word(record.reason_code), record.operator)
        return translate("verdict", "Decided: {what}").format(what=" · ".join(part for part in parts if part))

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw ground, shape, word, case and decision."""
        painter, banner, px = QPainter(self), self.banner, self.sizes.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(banner.ground))
        painter.drawRoundedRect(self.rect(), px(12), px(12))
        side = min(self.height() - px(48), px(150))
        paint_shape(painter, QRectF(px(28), (self.height() - side) / 2, side, side), banner.shape, banner.ink)
        painter.setPen(QColor(banner.ink))
        left = px(28) + side + px(32)
        self._draw_lines(painter, QRectF(left, px(10), self.width() - left - px(16), self.height() - px(20)))
        painter.end()

    def _draw_lines(self, painter: QPainter, room: QRectF) -> None:
        banner, small = self.banner, self.sizes.px(40)
        below = [text for text in (banner.case, banner.decided) if text]
        word_room = room.adjusted(0, 0, 0, -small * len(below))
        self._draw_word(painter, word_room)
        painter.setFont(self.sizes.font(26, bold=bool(self._record)))
        for row, text in enumerate(below):
            line = QRectF(room.left(), word_room.bottom() + row * small, room.width(), small)
            cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(line.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, cut)

    def _draw_word(self, painter: QPainter, room: QRectF) -> None:
        design_px = 96.0 if self._record is not None else 64.0
        painter.setFont(self.sizes.font(design_px, bold=True))
        flags = Qt.AlignmentFlag.AlignVCenter
        while painter.fontMetrics().horizontalAdvance(self.banner.word) > room.width() and design_px > 24:
            design_px *= 0.9
            painter.setFont(self.sizes.font(design_px, bold=True))
        painter.drawText(room, flags, self.banner.word)
        if self.banner.second:
            right = painter.fontMetrics().horizontalAdvance(self.banner.word) + self.sizes.px(28)
            painter.setFont(self.sizes.font(design_px * 0.55, bold=True))
            painter.drawText(room.adjusted(right, 0, 0, 0), flags, self.banner.second)
