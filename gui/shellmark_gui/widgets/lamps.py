"""Camera, disk, model and database, and labels where they are printed: a shape, a colour and a word each."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from shellmark_gui.shapes import LIGHT_COLOURS, LIGHT_SHAPES, paint_shape
from shellmark_gui.theme import MUTED, TEXT, Sizes
from shellmark_gui.widgets.fitted import Fitted
from shellmark_gui.wording import lamp_name, light_word, line
from shellmark_inspect.loop.status import Lamp, Light

LAMPS = ("camera", "disk", "model", "database")
LABEL = "label"
"""The lamp a station has that prints labels."""

_DARK = Lamp(Light.OFF)


class Lamps(Fitted):
    """The four lamps in a row, or five."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lamps: Mapping[str, Lamp] = {}
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_lamps(self, lamps: Mapping[str, Lamp]) -> None:
        """Show the lamps; one that is not given is off."""
        if dict(lamps) != self.lamps:
            self.lamps = dict(lamps)
            self.put_words()
            self.updateGeometry()
            self.update()

    @property
    def names(self) -> tuple[str, ...]:
        """The lamps in the row."""
        return (*LAMPS, LABEL) if LABEL in self.lamps else LAMPS

    def put_words(self) -> None:
        """Say the lamps to assistive technology too."""
        self.setAccessibleName(", ".join(self._words(name) for name in self.names))

    def complaints(self) -> list[str]:
        """Why lamps are not green, in one line each; light, calibration, checks and labels are said elsewhere."""
        return [
            f"{lamp_name(name)}: {line(lamp.text)}"
            for name, lamp in self.lamps.items()
            if name in LAMPS and lamp.light in (Light.YELLOW, Light.RED) and lamp.text
        ]

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the lamps."""
        return QSize(self.sizes.px(150) * len(self.names), self.sizes.px(81))

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self.updateGeometry()

    def _words(self, name: str) -> str:
        return f"{lamp_name(name)} {light_word(self.lamps.get(name, _DARK).light)}"

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw each lamp: shape left, name over word right."""
        painter = QPainter(self)
        width = self.width() / len(self.names)
        for column, name in enumerate(self.names):
            self._draw_lamp(painter, QRectF(column * width, 0, width, self.height()), name)
        painter.end()

    def _draw_lamp(self, painter: QPainter, room: QRectF, name: str) -> None:
        light, side = self.lamps.get(name, _DARK).light, self.sizes.px(34)
        paint_shape(
            painter,
            QRectF(room.left(), room.center().y() - side / 2, side, side),
            LIGHT_SHAPES[light],
            LIGHT_COLOURS[light],
        )
        words = room.adjusted(side + self.sizes.px(10), 0, 0, 0)
        painter.setFont(self.sizes.font(20))
        painter.setPen(QColor(MUTED))
        middle = words.center().y()
        painter.drawText(
            QRectF(words.left(), words.top(), words.width(), middle - words.top()),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom,
            lamp_name(name),
        )
        painter.setFont(self.sizes.font(22, bold=True))
        painter.setPen(QColor(LIGHT_COLOURS[light] if light is not Light.OFF else TEXT))
        painter.drawText(
            QRectF(words.left(), middle, words.width(), words.bottom() - middle),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop,
            light_word(light),
        )
