"""One reason: the crop, the limit drawn beside it at the crop's own scale, and the sentence.

A length is a bar, a diameter a circle, an area the circle of that area; above the limit's, below the measured one, in
pixels per millimetre of the crop as drawn, so that the eye can lay one on the other.
"""

from __future__ import annotations

import math

from PyQt6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from shellmark_gui.pictures import zero_copy
from shellmark_gui.theme import FAIL_COLOUR, LIGHT_TEXT, MUTED, PASS_COLOUR, RAISED, REVIEW_COLOUR, SURFACE, TEXT
from shellmark_gui.widgets.fitted import Fitted
from shellmark_gui.wording import CAMERA_DE, REJECTING, sentence
from shellmark_inspect.types import Defect, Reason, ReasonCode, Record

translate = QCoreApplication.translate

_ROUND = frozenset({"diameter", "area"})
WIDEST_CROP = 0.3
"""The crop's share of the card's width at most; the gauge takes as much again."""

SCALED_FROM_PX = 100
"""A crop drawn smaller than this has no room for words on it."""

_SCALE_BARS_MM = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def reasons_of(record: Record) -> list[Reason]:
    """A record's reasons, those that reject first."""
    return sorted(record.inspection.reasons, key=lambda reason: reason.code not in REJECTING)


def defect_of(record: Record, reason: Reason) -> Defect | None:
    """The defect a reason is about, or None."""
    defects = record.inspection.defects
    return defects[reason.defect] if reason.defect is not None and reason.defect < len(defects) else None


class ReasonCard(Fitted):
    """A reason with its evidence; `show_reason(None, None)` empties the card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reason: Reason | None = None
        self._defect: Defect | None = None
        self._crop: QImage | None = None
        self._crop_px_per_mm = 0.0

    def show_reason(self, reason: Reason | None, defect: Defect | None) -> None:
        """Show a reason and, where it is about a defect that has its crop, the crop."""
        self.reason, self._defect = reason, defect
        self._crop, self._crop_px_per_mm = None, 0.0
        if defect is not None and defect.crop is not None:
            self.show_crop(zero_copy(defect.crop), defect.crop_px_per_mm)
        self.put_words()
        self.update()

    def show_crop(self, crop: QImage, px_per_mm: float) -> None:
        """Show a crop that came from disk; 0 px/mm draws no scale."""
        self._crop, self._crop_px_per_mm = crop, px_per_mm
        self.update()

    @property
    def words(self) -> str:
        """The sentence, "" on an empty card."""
        return sentence(self.reason) if self.reason is not None else ""

    def put_words(self) -> None:
        """Say the sentence to assistive technology too."""
        self.setAccessibleName(self.words)

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw stripe, crop, gauge and sentence."""
        if self.reason is None:
            return
        painter, px = QPainter(self), self.sizes.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(SURFACE))
        painter.drawRoundedRect(self.rect(), px(10), px(10))
        rejects = self.reason.code in REJECTING
        painter.fillRect(0, px(8), px(8), self.height() - px(16), QColor(FAIL_COLOUR if rejects else REVIEW_COLOUR))
        left = float(px(20))
        if self._crop is not None:
            side = min(self.height() - px(16), self.width() * WIDEST_CROP)
            box = QRectF(left, (self.height() - side) / 2, side, side)
            left = self._draw_evidence(painter, box) + px(16)
        self._draw_sentence(painter, QRectF(left, px(4), self.width() - left - px(10), self.height() - px(8)))
        painter.end()

    def _draw_sentence(self, painter: QPainter, room: QRectF) -> None:
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.setPen(QColor(TEXT))
        size = 28.0
        while size > 14:
            painter.setFont(self.sizes.font(size))
            needed = painter.fontMetrics().boundingRect(room.toRect(), int(flags), self.words)
            if needed.height() <= room.height() and needed.width() <= room.width():
                break
            size -= 2
        painter.drawText(room, int(flags), self.words)

    def _draw_evidence(self, painter: QPainter, box: QRectF) -> float:
        """Draw crop and gauge; returns where they end."""
        crop = self._crop
        if crop is None:
            return box.left()
        share = min(box.width() / crop.width(), box.height() / crop.height())
        place = QRectF(0, 0, crop.width() * share, crop.height() * share)
        place.moveCenter(box.center())
        painter.fillRect(box, QColor(RAISED))
        painter.drawImage(place, crop)
        px_per_mm = self._crop_px_per_mm * share
        if px_per_mm > 0:
            if box.width() >= self.sizes.px(SCALED_FROM_PX):
                self._draw_scale(painter, box, px_per_mm)
            longest_px = max((mm * px_per_mm for _, mm, _ in self._gauge_mm()), default=0.0)
            width = min(max(longest_px + self.sizes.px(8), self.sizes.px(96)), box.width())
            gauge = QRectF(box.right() + self.sizes.px(8), box.top(), width, box.height())
            self._draw_gauge(painter, gauge, px_per_mm)
            return gauge.right()
        return box.right()

    def _draw_scale(self, painter: QPainter, box: QRectF, px_per_mm: float) -> None:
        """A bar of a round length on the crop's lower edge."""
        fitting = [mm for mm in _SCALE_BARS_MM if mm * px_per_mm <= box.width() * 0.45]
        mm = fitting[-1] if fitting else _SCALE_BARS_MM[0]
        gap, high = self.sizes.px(5), self.sizes.px(22)
        plate = QRectF(box.left(), box.bottom() - high, box.width(), high)
        painter.fillRect(plate, QColor(0, 0, 0, 170))
        bar = QRectF(plate.left() + gap, plate.center().y() - gap / 2, mm * px_per_mm, gap)
        painter.fillRect(bar, QColor(LIGHT_TEXT))
        painter.setFont(self.sizes.font(16, bold=True))
        painter.setPen(QColor(LIGHT_TEXT))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(plate.adjusted(gap, 0, -gap, 0), right, f"{mm:g} mm")

    def _draw_gauge(self, painter: QPainter, box: QRectF, px_per_mm: float) -> None:
        """The limit and the measured size, at the crop's scale."""
        sizes = self._gauge_mm()
        row = QRectF(box.left(), box.top(), box.width(), box.height() / max(1, len(sizes)))
        named = row.height() >= self.sizes.px(50) and row.width() >= self.sizes.px(96)
        for name, mm, colour in sizes:
            room = QRectF(row)
            if named:
                painter.setPen(QColor(MUTED))
                painter.setFont(self.sizes.font(18))
                painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, f"{name} {mm:.1f}")
                room.setTop(row.top() + painter.fontMetrics().height())
            self._draw_size(painter, room, mm * px_per_mm, colour)
            row.translate(0, row.height())

    def _draw_size(self, painter: QPainter, room: QRectF, size_px: float, colour: str) -> None:
        painter.save()
        painter.setClipRect(room)
        if self._measure() in _ROUND:
            painter.setPen(QPen(QColor(colour), self.sizes.px(3)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            radius = max(size_px / 2, 1.0)
            centre = QPointF(room.left() + max(radius, 4) + 2, room.center().y())
            painter.drawEllipse(centre, radius, radius)
        else:
            thick = self.sizes.px(8)
            bar = QRectF(room.left(), room.center().y() - thick / 2, max(size_px, 2.0), thick)
            painter.fillRect(bar, QColor(colour))
        painter.restore()

    def _measure(self) -> str:
        return str(self.reason.values.get("measure", "length")) if self.reason else ""

    def _gauge_mm(self) -> list[tuple[str, float, str]]:
        """(name, size in mm, colour) of what is drawn; an area as its circle's diameter."""
        values = self.reason.values if self.reason else {}
        found: list[tuple[str, float, str]] = []
        about_size = self.reason is not None and self.reason.code in (ReasonCode.OVER_LIMIT, ReasonCode.NEAR_LIMIT)
        about_size = about_size and self._measure() != CAMERA_DE  # a colour has no size to draw
        if about_size and isinstance(values.get("limit"), (int, float)):
            found.append((translate("reason", "limit"), float(values["limit"]), PASS_COLOUR))
        if about_size and isinstance(values.get("value"), (int, float)):
            found.append((translate("reason", "found"), float(values["value"]), FAIL_COLOUR))
        elif self._defect is not None:
            found.append((translate("reason", "found"), self._defect.length_mm, FAIL_COLOUR))
        if self._measure() == "area":
            return [(name, math.sqrt(4 * area / math.pi), colour) for name, area, colour in found]
        return found
