"""One picture with what was found on it: live frames at 30 fps by the cheapest path, judged frames with their defects.

A live frame is drawn straight from the camera's own array with fast scaling (4 to 6 ms for 5 MP); a picture that stands
still comes here already shrunk smoothly by another thread. Nothing is ever stretched in brightness per picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF, QTransform
from PyQt6.QtWidgets import QWidget

from shellmark_gui.heat import LEGEND, legend_colour
from shellmark_gui.pictures import Picture, zero_copy
from shellmark_gui.theme import BACKGROUND, DARK_TEXT, FAIL_COLOUR, MUTED, PASS_COLOUR, REVIEW_COLOUR, TEXT
from shellmark_gui.widgets.fitted import Fitted, growing
from shellmark_gui.wording import REJECTING, label_name
from shellmark_inspect.types import Defect, Frame, Inspection, Reason

CONTOUR_POINTS = 200
NAMED_DEFECTS = 12
"""Defects that get their words on the picture, the worst first; more would hide it."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A defect as drawn: its contour in pixels of the frame, the defect for its words, and its colour."""

    contour: QPolygonF
    defect: Defect
    colour: str

    def words(self) -> str:
        """The defect's name and size."""
        return f"{label_name(self.defect.label)} {self.defect.length_mm:.1f} mm"


def outlines_of(inspection: Inspection, view: str) -> tuple[Outline, ...]:
    """The defects of a view: those that reject in the colour of FAIL, unsure ones of REVIEW, accepted ones of PASS."""
    return tuple(
        Outline(
            _polygon(defect),
            defect,
            _colour(inspection.reasons, index, defect),
        )
        for index, defect in enumerate(inspection.defects)
        if defect.view == view
    )


def _polygon(defect: Defect) -> QPolygonF:
    """The contour with at most `CONTOUR_POINTS` points: a scuffed shell has hundreds of contours, of thousands each."""
    step = len(defect.contour_px) // CONTOUR_POINTS + 1
    return QPolygonF([QPointF(x, y) for x, y in defect.contour_px[::step].tolist()])


def _colour(reasons: tuple[Reason, ...], index: int, defect: Defect) -> str:
    """The worst of the reasons about a defect; a reason about a group (a count) is about each of its class and zone."""
    group = (defect.label, defect.zone)
    about = [
        reason
        for reason in reasons
        if reason.defect == index
        or (reason.defect is None and (reason.values.get("label"), reason.values.get("zone")) == group)
    ]
    if any(reason.code in REJECTING for reason in about):
        return FAIL_COLOUR
    return REVIEW_COLOUR if about else PASS_COLOUR


class Canvas(Fitted):
    """A picture fitted into the widget, outlines over it, and a mark in the corner that says what it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        growing(self)
        self._image: QImage | None = None
        self._source = QSize()
        self._frame: Frame | None = None
        self._outlines: tuple[Outline, ...] = ()
        self._heat: QImage | None = None
        self._mark, self._mark_colour = "", MUTED
        self._border: str | None = None
        self._empty = ""
        self._footer = ""
        self.painted = 0

    def show_frame(self, frame: Frame) -> None:
        """Show a live frame, without copying it; nothing is drawn on it."""
        if frame is self._frame:
            return
        self._frame = frame
        self._image = zero_copy(frame.pixels)
        self._source = self._image.size()
        self._outlines, self._border, self._heat = (), None, None
        self.update()

    def show_picture(self, picture: Picture, outlines: tuple[Outline, ...], border: str | None) -> None:
        """Show a picture that stands still, with outlines in the source's pixels and a border in a verdict's colour."""
        self._frame = None
        self._image, self._source = picture.image, picture.source
        self._outlines, self._border = outlines, border
        self.update()

    def show_nothing(self, words: str) -> None:
        """Show words where a picture is missing."""
        if self._image is None and self._empty == words:
            return
        self._frame = self._image = self._border = self._heat = None
        self._outlines, self._empty = (), words
        self.update()

    def show_heat(self, heat: QImage | None) -> None:
        """Lay a map of scores over the picture that stands still; None takes it away."""
        if heat is not self._heat:
            self._heat = heat
            self.update()

    @property
    def heat(self) -> QImage | None:
        """The map of scores over the picture."""
        return self._heat

    def set_mark(self, words: str, colour: str) -> None:
        """Say in the corner what the picture is."""
        if (words, colour) != (self._mark, self._mark_colour):
            self._mark, self._mark_colour = words, colour
            self.update()

    def set_footer(self, words: str) -> None:
        """Say one line at the foot of the picture; "" says nothing."""
        if words != self._footer:
            self._footer = words
            self.update()

    @property
    def footer(self) -> str:
        """What the foot says."""
        return self._footer

    @property
    def mark(self) -> str:
        """What the corner says."""
        return self._mark

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """What is drawn over the picture."""
        return self._outlines

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, the outlines, the border and the mark."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(BACKGROUND))
        if self._image is None:
            painter.setFont(self.sizes.font(34))
            painter.setPen(QColor(MUTED))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._empty)
        place = QRectF(self.rect()) if self._image is None else self._place()
        if self._image is not None:
            painter.drawImage(place, self._image)
            self._draw_heat(painter, place)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_outlines(painter, place)
            self._draw_border(painter, place)
        self._draw_mark(painter, place)
        self._draw_footer(painter)
        painter.end()
        self.painted += 1

    def _place(self) -> QRectF:
        size = QSizeF(self._source).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(0, 0), size)
        place.moveCenter(QRectF(self.rect()).center())
        return place

    def _draw_heat(self, painter: QPainter, place: QRectF) -> None:
        """The map of scores, and at the foot its scale, which is always the same."""
        if self._heat is None:
            return
        painter.drawImage(place, self._heat)
        px = self.sizes.px
        plate = QRectF(0, 0, px(300), px(64))
        plate.moveBottomRight(place.bottomRight() - QPointF(px(16), px(16)))
        painter.fillRect(plate, QColor(BACKGROUND))
        bar = plate.adjusted(px(14), px(32), -px(14), -px(10))
        painter.setFont(self.sizes.font(20, bold=True))
        painter.setPen(QColor(TEXT))
        for score, words in LEGEND:
            left = bar.left() + bar.width() * (score - LEGEND[0][0]) / (LEGEND[-1][0] - LEGEND[0][0])
            room = QRectF(left - px(50), plate.top(), px(100), px(32))
            room.moveLeft(min(max(room.left(), bar.left() - px(10)), bar.right() - px(90)))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
        for step in range(int(bar.width())):
            share = step / bar.width()
            painter.fillRect(QRectF(bar.left() + step, bar.top(), 1.0, bar.height()), legend_colour(share))

    def _draw_outlines(self, painter: QPainter, place: QRectF) -> None:
        share = place.width() / max(1, self._source.width())
        move = QTransform(share, 0, 0, share, place.left(), place.top())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for outline in self._outlines:
            contour = move.map(outline.contour)
            for colour, width in ((DARK_TEXT, 6), (outline.colour, 3)):
                painter.setPen(QPen(QColor(colour), self.sizes.px(width)))
                painter.drawPolygon(contour)
        worst = sorted(self._outlines, key=lambda outline: (outline.colour == PASS_COLOUR, -outline.defect.score))
        for outline in worst[:NAMED_DEFECTS]:
            self._draw_words(painter, outline, move.mapRect(outline.contour.boundingRect()), place)

    def _draw_words(self, painter: QPainter, outline: Outline, box: QRectF, place: QRectF) -> None:
        words = outline.words()
        painter.setFont(self.sizes.font(22, bold=True))
        gap = self.sizes.px(8)
        size = QRectF(painter.fontMetrics().boundingRect(words)).adjusted(-gap, -gap / 2, gap, gap / 2).size()
        plate = QRectF(QPointF(box.left(), box.top() - size.height() - gap), size)
        if plate.top() < place.top():
            plate.moveTop(box.bottom() + gap)
        plate.moveRight(min(plate.right(), self.width() - gap))
        plate.moveLeft(max(plate.left(), gap))
        painter.fillRect(plate, QColor(outline.colour))
        painter.setPen(QColor(TEXT if outline.colour == FAIL_COLOUR else DARK_TEXT))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def _draw_border(self, painter: QPainter, place: QRectF) -> None:
        if self._border is None:
            return
        width = self.sizes.px(8)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._border), width))
        painter.drawRect(place.adjusted(width / 2, width / 2, -width / 2, -width / 2))

    def _draw_mark(self, painter: QPainter, place: QRectF) -> None:
        if not self._mark:
            return
        painter.setFont(self.sizes.font(26, bold=True))
        gap = self.sizes.px(14)
        size = painter.fontMetrics().boundingRect(self._mark).size()
        plate = QRectF(place.left(), place.top(), size.width() + 2 * gap, size.height() + gap)
        painter.fillRect(plate, QColor(self._mark_colour))
        painter.setPen(QColor(DARK_TEXT if self._mark_colour != FAIL_COLOUR else TEXT))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self._mark)

    def _draw_footer(self, painter: QPainter) -> None:
        if not self._footer:
            return
        painter.setFont(self.sizes.font(26, bold=True))
        gap = self.sizes.px(12)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
        room = self.rect().adjusted(gap, 0, -gap, 0)
        height = painter.fontMetrics().boundingRect(room, flags, self._footer).height() + 2 * gap
        plate = QRectF(0, self.height() - height, self.width(), height)
        painter.fillRect(plate, QColor(REVIEW_COLOUR))
        painter.setPen(QColor(DARK_TEXT))
        painter.drawText(plate.adjusted(gap, 0, -gap, 0), flags, self._footer)
