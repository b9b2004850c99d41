"""A list of places a thumb can touch, a page at a time; what stands in a place is the subclass's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from shellmark_gui.theme import ACCENT, EDGE, PRESSED, SURFACE, Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import Fitted, growing

T = TypeVar("T")


class Place(QAbstractButton):
    """One place of a list: a frame that shows touch and choice. `key` names what stands in it, "" where nothing."""

    least = QSize(240, 88)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = ""
        self._sizes = Sizes()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        self._sizes = sizes
        self.updateGeometry()

    def hold(self, key: str, said: str, *, chosen: bool) -> None:
        """Hold what has this key, and say so to a screen reader; "" empties the place."""
        self.key = key
        self.setVisible(bool(key))
        self.setChecked(chosen)
        self.setAccessibleName(said)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as it is touched."""
        return QSize(self._sizes.touch(self.least.width()), self._sizes.touch(self.least.height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as it is touched."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw the frame, then what stands in it."""
        if not self.key:
            return
        px = self._sizes.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(ACCENT if self.isChecked() or self.hasFocus() else EDGE), px(3)))
        painter.setBrush(QColor(PRESSED if self.isChecked() else SURFACE))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), px(10), px(10))
        self.draw(painter, QRectF(self.rect()).adjusted(px(16), px(6), -px(16), -px(6)))
        painter.end()

    def draw(self, painter: QPainter, room: QRectF) -> None:
        """Draw what stands in the place, inside `room`."""
        raise NotImplementedError

    @staticmethod
    def write(painter: QPainter, room: QRectF, words: str, colour: str) -> None:
        """Write words at the left of a room, half way up, cut where they are too long."""
        painter.setPen(QColor(colour))
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()) + 1)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, cut)


class PagedList(Fitted):
    """Places below one another and two buttons that turn the page. `picked` carries the key of the place touched.

    Whoever listens chooses: `chosen` is the key that is shown as chosen.
    """

    picked = pyqtSignal(str)

    def __init__(self, places: Sequence[Place], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        growing(self)
        self._touched = tuple(places)
        self.before, self.after = (ActionButton(role="quiet", parent=self) for _ in range(2))
        self.chosen, self._first = "", 0
        for place in places:
            place.clicked.connect(lambda _=False, one=place: self._pick(one))
        self.before.clicked.connect(lambda: self._turn(-len(places)))
        self.after.clicked.connect(lambda: self._turn(len(places)))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        for place in places:
            self.column.addWidget(place)
        self.column.addStretch(1)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.before)
        self._foot.addWidget(self.after)
        self.column.addLayout(self._foot)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self.column.setSpacing(sizes.px(8))
        self._foot.setSpacing(sizes.px(24))
        for place in self._touched:
            place.fit(sizes)

    def count(self) -> int:
        """How many things the list has, on whatever page."""
        raise NotImplementedError

    def put_page(self) -> None:
        """Fill the places with what `page` gives; called whenever another page is shown."""
        raise NotImplementedError

    def show_page(self, at: int | None = None) -> None:
        """Show the page with the thing at this index; without one, the page shown last as far as there is one."""
        self._first = self._page_of(self._first if at is None else at)
        self.put_page()
        most = len(self._touched)
        for turn in (self.before, self.after):
            turn.setVisible(self.count() > most)
        self.before.setEnabled(self._first > 0)
        self.after.setEnabled(self._first + most < self.count())

    def page(self, things: Sequence[T]) -> list[T | None]:
        """What stands on the page shown, a thing a place; None where the last page has no more."""
        shown = things[self._first : self._first + len(self._touched)]
        return [*shown, *[None] * (len(self._touched) - len(shown))]

    def _page_of(self, at: int) -> int:
        most = len(self._touched)
        return min(max(at, 0), max(self.count() - 1, 0)) // most * most

    def _turn(self, step: int) -> None:
        self.show_page(self._first + step)

    def _pick(self, place: Place) -> None:
        place.setChecked(place.key == self.chosen)  # the touch chooses nothing by itself
        if place.key:
            self.picked.emit(place.key)
