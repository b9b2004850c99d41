"""The verdict, readable from 3 m: colour, word and shape, and always the case it is about.

At 1080p the word is 96 px high: 24 mm on a 21.5 inch panel, 27 minutes of arc from 3 m. The shape is 150 px, 37 mm.
"""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from shellmark_gui.shapes import DISPOSITION_LOOKS, VERDICT_COLOURS, VERDICT_INKS, VERDICT_SHAPES, Shape, paint_shape
from shellmark_gui.theme import ACCENT, MUTED, RAISED, SURFACE, TEXT
from shellmark_gui.widgets.fitted import Fitted
from shellmark_gui.wording import disposition_word, overrule_word, state_word, verdict_word
from shellmark_inspect.loop.status import StationState
from shellmark_inspect.types import Disposition, Record

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Banner:
    """What the panel says: shape and colours, the word, the case below it and who decided against what.

    A machine's verdict is a filled ground, a person's decision an outlined one.
    """

    shape: Shape
    ground: str
    ink: str
    word: str
    second: str = ""
    case: str = ""
    decided: str = ""
    outlined: bool = False


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
        if self._record.disposition is not None:
            return self._decision(self._record, self._record.disposition)
        verdict = self._record.verdict
        word = verdict_word(verdict)
        return Banner(
            VERDICT_SHAPES[verdict],
            VERDICT_COLOURS[verdict],
            VERDICT_INKS[verdict],
            word,
            verdict.value if word != verdict.value else "",
            self._case(self._record),
        )

    def _decision(self, record: Record, disposition: Disposition) -> Banner:
        look = DISPOSITION_LOOKS[disposition]
        parts = (overrule_word(record.reason_code), record.operator)
        words = translate("verdict", "Decided: {what}   machine: {verdict}")
        return Banner(
            VERDICT_SHAPES[look],
            SURFACE,
            VERDICT_COLOURS[look],
            disposition_word(disposition),
            case=self._case(record),
            decided=words.format(what=" · ".join(part for part in parts if part), verdict=verdict_word(record.verdict)),
            outlined=True,
        )

    @staticmethod
    def _case(record: Record) -> str:
        return translate("verdict", "Case {case}").format(case=record.inspection.trigger.case_id)

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

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw ground, shape, word, case and decision."""
        painter, banner, px = QPainter(self), self.banner, self.sizes.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(banner.ink), px(8)) if banner.outlined else QPen(Qt.PenStyle.NoPen))
        painter.setBrush(QColor(banner.ground))
        edge = px(4) if banner.outlined else 0
        painter.drawRoundedRect(self.rect().adjusted(edge, edge, -edge, -edge), px(12), px(12))
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
