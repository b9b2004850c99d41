"""Pictures of cases in a grid, a page at a time: each with its words, its mark, and, where they are chosen, a cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from shellmark_gui.shapes import VERDICT_COLOURS, VERDICT_SHAPES, Shape, paint_shape
from shellmark_gui.theme import ACCENT, BACKGROUND, EDGE, FAIL_COLOUR, MUTED, RAISED, SURFACE, TEXT, Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import Fitted, growing, set_role
from shellmark_inspect.types import Verdict

translate = QCoreApplication.translate
COLUMNS, ROWS = 4, 2
PAGE = COLUMNS * ROWS
NOTE_PX = 30


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture of the grid: its key, the words below it, and the verdicts it goes from and to (none: no mark)."""

    key: str
    words: str
    note: str = ""
    verdicts: tuple[Verdict, ...] = ()
    alarming: bool = False


class TileButton(QAbstractButton):
    """One place of the grid."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tile: Tile | None = None
        self._image: QImage | None = None
        self._missing = False
        self._sizes = Sizes()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        self._sizes = sizes

    def show_tile(self, tile: Tile | None, image: QImage | None, *, missing: bool, checked: bool) -> None:
        """Show a tile with its picture once that is there, `missing` where it will not come; None empties the place."""
        self.tile, self._image, self._missing = tile, image, missing
        self.setVisible(tile is not None)
        self.setChecked(checked)
        self.setAccessibleName(f"{tile.words} {tile.note}" if tile else "")
        self.update()

    @property
    def image(self) -> QImage | None:
        """The picture shown."""
        return self._image

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As large as it is touched."""
        return QSize(self._sizes.touch(160), self._sizes.touch(120))

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw picture, words, marks and the cross of a tile that is left out."""
        tile = self.tile
        if tile is None:
            return
        painter, px = QPainter(self), self._sizes.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(SURFACE))
        foot = px(NOTE_PX) * 2 + px(8)
        room = QRectF(0, 0, self.width(), self.height() - foot)
        self._draw_picture(painter, room)
        self._draw_verdicts(painter, room, tile.verdicts)
        self._draw_words(painter, QRectF(px(10), room.bottom() + px(4), self.width() - px(20), foot - px(8)), tile)
        if self.isChecked():
            painter.fillRect(room, QColor(0, 0, 0, 130))
            paint_shape(painter, room.adjusted(px(20), px(20), -px(20), -px(20)), Shape.CROSS, FAIL_COLOUR)
        colour = ACCENT if self.hasFocus() or self.isDown() else FAIL_COLOUR if self.isChecked() else EDGE
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colour), px(3)))
        painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()

    def _draw_picture(self, painter: QPainter, room: QRectF) -> None:
        painter.fillRect(room, QColor(BACKGROUND))
        if self._image is None:
            painter.setFont(self._sizes.font(22))
            painter.setPen(QColor(MUTED))
            words = translate("tile", "no picture kept") if self._missing else translate("record", "Loading...")
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
            return
        size = self._image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)

    def _draw_verdicts(self, painter: QPainter, room: QRectF, verdicts: tuple[Verdict, ...]) -> None:
        """The verdicts in the corner, an arrow between them."""
        px = self._sizes.px
        side, gap = px(34), px(8)
        left = room.left() + gap
        for place, verdict in enumerate(verdicts):
            box = QRectF(left, room.top() + gap, side, side)
            plate = box.adjusted(-gap / 2, -gap / 2, gap / 2, gap / 2)
            painter.fillRect(plate, QColor(RAISED))
            paint_shape(painter, box, VERDICT_SHAPES[verdict], VERDICT_COLOURS[verdict])
            left += side + gap
            if place + 1 < len(verdicts):
                painter.setFont(self._sizes.font(28, bold=True))
                painter.setPen(QColor(TEXT))
                arrow = QRectF(left, room.top() + gap, side, side)
                painter.fillRect(arrow.adjusted(-gap / 2, -gap / 2, gap / 2, gap / 2), QColor(RAISED))
                painter.drawText(arrow, Qt.AlignmentFlag.AlignCenter, "→")
                left += side + gap

    def _draw_words(self, painter: QPainter, room: QRectF, tile: Tile) -> None:
        line = QRectF(room.left(), room.top(), room.width(), self._sizes.px(NOTE_PX))
        lines = ((tile.words, TEXT, True), (tile.note, FAIL_COLOUR if tile.alarming else MUTED, False))
        for text, colour, bold in lines:
            if text:
                painter.setFont(self._sizes.font(21, bold=bold))
                painter.setPen(QColor(colour))
                cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(line.width()))
                painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, cut)
                line.translate(0, line.height())


class PictureTiles(Fitted):
    """A grid of tiles. `wanted` carries the key of each tile that came up without a picture, `checked` every choice."""

    wanted = pyqtSignal(str)
    checked = pyqtSignal()

    def __init__(self, *, checkable: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        growing(self)
        self.places = [TileButton(self) for _ in range(PAGE)]
        self.before, self.after = (ActionButton(role="quiet", parent=self) for _ in range(2))
        self.empty, self.page_words = QLabel(self), QLabel(self)
        self._tiles: tuple[Tile, ...] = ()
        self._images: dict[str, QImage | None] = {}
        self._chosen: set[str] = set()
        self._asked: set[str] = set()
        self._first = 0
        self._nothing = ""
        for button in self.places:
            button.setCheckable(checkable)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus if checkable else Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, one=button: self._choose(one))
        self.before.clicked.connect(lambda: self._turn(-PAGE))
        self.after.clicked.connect(lambda: self._turn(PAGE))
        self._lay_out()

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        for place, button in enumerate(self.places):
            self._grid.addWidget(button, place // COLUMNS, place % COLUMNS)
        for row in range(ROWS):
            self._grid.setRowStretch(row, 1)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        set_role(self.empty, "about")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        whole.addWidget(self.empty, 1)
        whole.addLayout(self._grid, 1)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.before, 1)
        self._foot.addWidget(self.page_words, 2)
        self._foot.addWidget(self.after, 1)
        self.page_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        whole.addLayout(self._foot)
        self._whole = whole

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._whole.setSpacing(sizes.px(24))
        self._grid.setSpacing(sizes.px(16))
        self._foot.setSpacing(sizes.px(24))
        for button in self.places:
            button.fit(sizes)

    def put_words(self) -> None:
        """Put the words again."""
        self.before.setText(translate("tile", "Before"))
        self.after.setText(translate("tile", "Further"))
        self._put_tiles()

    def show_tiles(self, tiles: Sequence[Tile], nothing: str) -> None:
        """Show tiles from the first page on; `nothing` is said where there are none. Pictures known stay."""
        same = [tile.key for tile in tiles] == [tile.key for tile in self._tiles]
        self._tiles, self._nothing = tuple(tiles), nothing
        keys = {tile.key for tile in tiles}
        self._chosen &= keys
        self._asked &= keys
        self._images = {key: image for key, image in self._images.items() if key in keys}
        self._first = self._first if same else 0
        self.put_words()

    def show_picture(self, key: str, image: QImage | None) -> None:
        """Take a picture that was asked for, or None where there is none."""
        if any(tile.key == key for tile in self._tiles):
            self._images[key] = image
            self._put_tiles()

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """All tiles, on whatever page."""
        return self._tiles

    @property
    def chosen(self) -> frozenset[str]:
        """The keys of the tiles that were tapped."""
        return frozenset(self._chosen)

    def _choose(self, button: TileButton) -> None:
        if button.tile is not None and button.isCheckable():
            self._chosen ^= {button.tile.key}
            self.checked.emit()

    def _turn(self, step: int) -> None:
        self._first = min(max(self._first + step, 0), (len(self._tiles) - 1) // PAGE * PAGE)
        self._put_tiles()

    def _put_tiles(self) -> None:
        shown = self._tiles[self._first : self._first + PAGE]
        for place, button in enumerate(self.places):
            tile = shown[place] if place < len(shown) else None
            key = tile.key if tile else ""
            missing = key in self._images and self._images[key] is None
            button.show_tile(tile, self._images.get(key), missing=missing, checked=key in self._chosen)
        many = len(self._tiles) > PAGE
        for part in (self.before, self.after, self.page_words):
            part.setVisible(many)
        self.before.setEnabled(self._first > 0)
        self.after.setEnabled(self._first + PAGE < len(self._tiles))
        words = translate("tile", "{first} to {last} of {count}")
        last = self._first + len(shown)
        self.page_words.setText(words.format(first=self._first + 1, last=last, count=len(self._tiles)))
        self.empty.setVisible(not self._tiles)
        self.empty.setText(self._nothing)
        for tile in shown:
            if tile.key not in self._images and tile.key not in self._asked:
                self._asked.add(tile.key)
                self.wanted.emit(tile.key)
