"""A list of rows a thumb can touch: a shape, a title, a line of facts, a word at the right; a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication, QRectF
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QLabel, QWidget

from shellmark_gui.shapes import Shape, paint_shape
from shellmark_gui.theme import MUTED, TEXT
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.paged import PagedList, Place

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its own key, what it says, and the shape and colour at its left; `word` stands at the right."""

    key: str
    title: str
    facts: str = ""
    word: str = ""
    shape: Shape | None = None
    colour: str = MUTED


class RowButton(Place):
    """One place of the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row: Row | None = None

    def show_row(self, row: Row | None, *, chosen: bool) -> None:
        """Show a row; None empties the place."""
        self.row = row
        self.hold(row.key if row else "", f"{row.title} {row.facts} {row.word}" if row else "", chosen=chosen)

    def draw(self, painter: QPainter, room: QRectF) -> None:
        """Draw the shape, both lines and the word."""
        row, px = self.row, self._sizes.px
        if row is None:
            return
        if row.shape is not None:
            side = px(38)
            paint_shape(painter, QRectF(room.left(), room.center().y() - side / 2, side, side), row.shape, row.colour)
            room.setLeft(room.left() + side + px(14))
        painter.setFont(self._sizes.font(24, bold=True))
        if row.word:
            width = min(painter.fontMetrics().horizontalAdvance(row.word) + px(4), int(room.width() * 0.5))
            place = QRectF(room.right() - width, room.top(), width, room.height())
            self.write(painter, place, row.word, row.colour if row.colour != MUTED else TEXT)
            room.setRight(place.left() - px(10))
        painter.setFont(self._sizes.font(25, bold=True))
        height = room.height() * (0.54 if row.facts else 1.0)
        self.write(painter, QRectF(room.left(), room.top(), room.width(), height), row.title, TEXT)
        if row.facts:
            painter.setFont(self._sizes.font(20))
            below = QRectF(room.left(), room.top() + height, room.width(), room.height() - height)
            self.write(painter, below, row.facts, MUTED)


class RowList(PagedList):
    """Rows, `most` to a page. `picked` carries the key of the row that was touched."""

    def __init__(self, most: int = 6, parent: QWidget | None = None) -> None:
        self.places = [RowButton() for _ in range(most)]
        super().__init__(self.places, parent)
        self.empty = QLabel(self)
        set_role(self.empty, "muted")
        self.empty.setWordWrap(True)
        self.column.insertWidget(0, self.empty)
        self._rows: tuple[Row, ...] = ()
        self._nothing = ""

    def put_words(self) -> None:
        """Put the words again; the rows' own come with `show_rows`."""
        self.before.setText(translate("tile", "Before"))
        self.after.setText(translate("tile", "Further"))

    def show_rows(self, rows: Sequence[Row], chosen: str = "", nothing: str = "") -> None:
        """Show rows, on the page where the chosen one is; `nothing` is said where there are none."""
        moved = chosen != self.chosen
        self._rows, self.chosen, self._nothing = tuple(rows), chosen, nothing
        self.put_words()
        self.show_page(next((n for n, row in enumerate(rows) if row.key == chosen), None) if moved else None)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, on whatever page."""
        return self._rows

    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def put_page(self) -> None:
        """Fill the places, and say so where there is nothing."""
        for button, row in zip(self.places, self.page(self._rows), strict=True):
            button.show_row(row, chosen=row is not None and row.key == self.chosen)
        self.empty.setVisible(not self._rows)
        self.empty.setText(self._nothing)
