"""The last cases as thumbnails; one tap opens the case."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from shellmark_gui.shapes import DISPOSITION_LOOKS, VERDICT_COLOURS, VERDICT_SHAPES, paint_shape
from shellmark_gui.theme import ACCENT, BACKGROUND, RAISED, SURFACE, TEXT, Sizes
from shellmark_gui.widgets.fitted import Fitted
from shellmark_gui.wording import verdict_word
from shellmark_inspect.types import Disposition, Record

SHOWN = 12
HEIGHT_PX = 104


class Thumbnail(QAbstractButton):
    """One case: its picture, its verdict as a shape and a colour, and the end of its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.record: Record | None = None
        self._image: QImage | None = None
        self.standing = ("", "")
        self._sizes = Sizes()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setEnabled(False)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        self._sizes = sizes

    def show_case(self, record: Record | None, image: QImage | None) -> None:
        """Show a case, with its picture once that is there; None empties the place."""
        self.record, self._image = record, image
        self.setEnabled(record is not None)
        name = f"{record.inspection.trigger.case_id} {verdict_word(record.verdict)}" if record else ""
        self.setAccessibleName(name)
        self.update()

    def show_standing(self, words: str, colour: str) -> None:
        """Say where the case's code stands, "" for nothing."""
        if (words, colour) != self.standing:
            self.standing = (words, colour)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As large as it is touched."""
        return QSize(self._sizes.touch(81), self._sizes.touch(81))

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw picture, frame in the verdict's colour, shape and name."""
        painter, px = QPainter(self), self._sizes.px
        if self.record is None:
            painter.fillRect(self.rect(), QColor(SURFACE))
            painter.end()
            return
        colour = VERDICT_COLOURS[self.record.verdict]
        painter.fillRect(self.rect(), QColor(RAISED))
        foot = QRectF(0, self.height() - px(34), self.width(), px(34))
        if self._image is not None:
            self._draw_cover(painter, QRectF(0, 0, self.width(), foot.top()))
        painter.fillRect(foot, QColor(BACKGROUND))
        if self.standing[0]:
            self._draw_standing(painter, foot.top())
        paint_shape(
            painter, QRectF(px(6), foot.top() + px(6), px(24), px(24)), VERDICT_SHAPES[self.record.verdict], colour
        )
        painter.setFont(self._sizes.font(19))
        painter.setPen(QColor(TEXT))
        words = foot.adjusted(px(36), 0, -px(4), 0)
        if self.record.disposition is not None:
            self._draw_decision(painter, foot, self.record.disposition)
            words.setRight(words.right() - px(30))
        name = self.record.inspection.trigger.case_id
        cut = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideLeft, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, cut)
        width = px(4)
        painter.setPen(QPen(QColor(ACCENT if self.hasFocus() or self.isDown() else colour), width))
        painter.drawRect(self.rect().adjusted(width // 2, width // 2, -width // 2 - 1, -width // 2 - 1))
        painter.end()

    def _draw_decision(self, painter: QPainter, foot: QRectF, disposition: Disposition) -> None:
        """The decision's shape, at the right: what a person made of the verdict at the left."""
        px, look = self._sizes.px, DISPOSITION_LOOKS[disposition]
        place = QRectF(foot.right() - px(32), foot.top() + px(5), px(24), px(24))
        paint_shape(painter, place, VERDICT_SHAPES[look], VERDICT_COLOURS[look])

    def _draw_standing(self, painter: QPainter, bottom: float) -> None:
        """Where the code stands, over the foot of the picture."""
        words, colour = self.standing
        painter.setFont(self._sizes.font(18, bold=True))
        room = QRectF(0, bottom - self._sizes.px(27), self.width(), self._sizes.px(27))
        painter.fillRect(room, QColor(SURFACE))
        painter.setPen(QColor(colour))
        cut = painter.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, int(room.width()) - self._sizes.px(8)
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, cut)

    def _draw_cover(self, painter: QPainter, room: QRectF) -> None:
        """The picture's middle, filling the room."""
        if self._image is None:
            return
        size = self._image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        painter.save()
        painter.setClipRect(room)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        painter.restore()


class History(Fitted):
    """The last twelve cases, newest left. `chosen` carries the record that was tapped."""

    chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.thumbnails = [Thumbnail(self) for _ in range(SHOWN)]
        for thumbnail in self.thumbnails:
            self._row.addWidget(thumbnail)
            thumbnail.clicked.connect(lambda _=False, one=thumbnail: self.chosen.emit(one.record))

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._row.setSpacing(sizes.px(24))
        self.setFixedHeight(sizes.touch(HEIGHT_PX))
        for thumbnail in self.thumbnails:
            thumbnail.fit(sizes)

    def show_cases(self, cases: list[tuple[Record, QImage | None]]) -> None:
        """Show cases, newest first."""
        for place, thumbnail in enumerate(self.thumbnails):
            record, image = cases[place] if place < len(cases) else (None, None)
            thumbnail.show_case(record, image)

    def show_standings(self, standings: list[tuple[str, str]]) -> None:
        """Say where the codes of the cases shown stand: words and a colour each, newest first."""
        for place, thumbnail in enumerate(self.thumbnails):
            thumbnail.show_standing(*(standings[place] if place < len(standings) else ("", "")))
