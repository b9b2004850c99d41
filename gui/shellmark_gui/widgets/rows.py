"""A list of rows a thumb can touch: a shape, a title, a line of facts, a word at the right; a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from shellmark_gui.shapes import Shape, paint_shape
from shellmark_gui.theme import ACCENT, EDGE, MUTED, PRESSED, SURFACE, TEXT, Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import Fitted, growing, set_role

translate = QCoreApplication.translate
HEIGHT_PX = 88


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its own key, what it says, and the shape and colour at its left; `word` stands at the right."""

    key: str
    title: str
    facts: str = ""
    word: str = ""
    shape: Shape | None = None
    colour: str = MUTED


class RowButton(QAbstractButton):
    """One place of the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row: Row | None = None
        self._sizes = Sizes()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        self._sizes = sizes
        self.updateGeometry()

    def show_row(self, row: Row | None, *, chosen: bool) -> None:
        """Show a row; None empties the place."""
        self.row = row
        self.setVisible(row is not None)
        self.setChecked(chosen)
        self.setAccessibleName(f"{row.title} {row.facts} {row.word}" if row else "")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as it is touched."""
        return QSize(self._sizes.touch(240), self._sizes.touch(HEIGHT_PX))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as it is touched."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw the shape, both lines and the word."""
        row, px = self.row, self._sizes.px
        if row is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(ACCENT if self.isChecked() or self.hasFocus() else EDGE), px(3)))
        painter.setBrush(QColor(PRESSED if self.isChecked() else SURFACE))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), px(10), px(10))
        room = QRectF(self.rect()).adjusted(px(16), px(6), -px(16), -px(6))
        if row.shape is not None:
            side = px(38)
            paint_shape(painter, QRectF(room.left(), room.center().y() - side / 2, side, side), row.shape, row.colour)
            room.setLeft(room.left() + side + px(14))
        painter.setFont(self._sizes.font(24, bold=True))
        if row.word:
            width = min(painter.fontMetrics().horizontalAdvance(row.word) + px(4), int(room.width() * 0.5))
            place = QRectF(room.right() - width, room.top(), width, room.height())
            self._text(painter, place, row.word, row.colour if row.colour != MUTED else TEXT)
            room.setRight(place.left() - px(10))
        self._lines(painter, room, row)
        painter.end()

    def _lines(self, painter: QPainter, room: QRectF, row: Row) -> None:
        painter.setFont(self._sizes.font(25, bold=True))
        height = room.height() * (0.54 if row.facts else 1.0)
        self._text(painter, QRectF(room.left(), room.top(), room.width(), height), row.title, TEXT)
        if row.facts:
            painter.setFont(self._sizes.font(20))
            below = QRectF(room.left(), room.top() + height, room.width(), room.height() - height)
            self._text(painter, below, row.facts, MUTED)

    @staticmethod
    def _text(painter: QPainter, room: QRectF, words: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()) + 1)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, cut)


class RowList(Fitted):
    """Rows, `most` to a page. `picked` carries the key of the row that was touched."""

    picked = pyqtSignal(str)

    def __init__(self, most: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        growing(self)
        self._most = most
        self.places = [RowButton(self) for _ in range(most)]
        self.before, self.after = (ActionButton(role="quiet", parent=self) for _ in range(2))
        self.empty = QLabel(self)
        self._rows: tuple[Row, ...] = ()
        self._chosen, self._first, self._nothing = "", 0, ""
        for place in self.places:
            place.clicked.connect(lambda _=False, one=place: self._pick(one))
        self.before.clicked.connect(lambda: self._turn(-most))
        self.after.clicked.connect(lambda: self._turn(most))
        self._lay_out()

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        set_role(self.empty, "muted")
        self.empty.setWordWrap(True)
        self._column.addWidget(self.empty)
        for place in self.places:
            self._column.addWidget(place)
        self._column.addStretch(1)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.before)
        self._foot.addWidget(self.after)
        self._column.addLayout(self._foot)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._column.setSpacing(sizes.px(8))
        self._foot.setSpacing(sizes.px(24))
        for place in self.places:
            place.fit(sizes)

    def put_words(self) -> None:
        """Put the words again; the rows' own come with `show_rows`."""
        self.before.setText(translate("tile", "Before"))
        self.after.setText(translate("tile", "Further"))

    def show_rows(self, rows: Sequence[Row], chosen: str = "", nothing: str = "") -> None:
        """Show rows, on the page where the chosen one is; `nothing` is said where there are none."""
        moved = chosen != self._chosen
        self._rows, self._chosen, self._nothing = tuple(rows), chosen, nothing
        at = next((n for n, row in enumerate(rows) if row.key == chosen), None)
        if at is not None and moved:
            self._first = at // self._most * self._most
        self._first = min(self._first, max(len(rows) - 1, 0) // self._most * self._most)
        self.put_words()
        self._put_rows()

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, on whatever page."""
        return self._rows

    def _pick(self, place: RowButton) -> None:
        if place.row is not None:
            place.setChecked(place.row.key == self._chosen)
            self.picked.emit(place.row.key)

    def _turn(self, step: int) -> None:
        self._first = min(max(self._first + step, 0), max(len(self._rows) - 1, 0) // self._most * self._most)
        self._put_rows()

    def _put_rows(self) -> None:
        for place, button in enumerate(self.places):
            at = self._first + place
            row = self._rows[at] if at < len(self._rows) else None
            button.show_row(row, chosen=row is not None and row.key == self._chosen)
        for turn in (self.before, self.after):
            turn.setVisible(len(self._rows) > self._most)
        self.before.setEnabled(self._first > 0)
        self.after.setEnabled(self._first + self._most < len(self._rows))
        self.empty.setVisible(not self._rows)
        self.empty.setText(self._nothing)
