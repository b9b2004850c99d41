"""The versions of a model, a row each: which one judges, what it promises, whether it passed the gate."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QWidget

from shellmark_gui.shapes import paint_shape
from shellmark_gui.theme import ACCENT, BACKGROUND, MUTED, PASS_COLOUR, TEXT
from shellmark_gui.widgets.paged import PagedList, Place
from shellmark_gui.workwords import bound_sentence, family_name, gate_look, gate_word
from shellmark_inspect.station.workshop import ModelVersion

translate = QCoreApplication.translate
ROWS = 6


class VersionRow(Place):
    """One version."""

    least = QSize(400, 96)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.version: ModelVersion | None = None
        self._shadow = False

    def show_version(self, version: ModelVersion | None, *, chosen: bool, shadow: bool) -> None:
        """Show a version; None empties the row."""
        self.version, self._shadow = version, shadow
        said = f"{self.title()}  {self.facts()}" if version else ""
        self.hold(version.version if version else "", said, chosen=chosen)

    def title(self) -> str:
        """The version, its family, and what it does now."""
        one = self.version
        if one is None:
            return ""
        parts = [translate("model", "Version {version}").format(version=one.version)]
        if one.broken:
            parts.append(translate("model", "cannot be used"))
        else:
            parts.append(family_name(one.family))
        return "   ".join(parts)

    def facts(self) -> str:
        """When it was taught, and what it promises; for a broken one, why it is."""
        one = self.version
        if one is None or one.broken:
            return one.broken if one else ""
        parts = [bound_sentence(one.false_reject_bound, one.goods)]
        if one.created is not None:
            parts.append(one.created.astimezone().strftime("%Y-%m-%d %H:%M"))
        if one.parent:
            parts.append(translate("model", "from {parent}").format(parent=one.parent.rpartition("/")[2]))
        return "   ".join(parts)

    def draw(self, painter: QPainter, room: QRectF) -> None:
        """Draw both lines, the mark of the active one, and the gate's state at the right."""
        one, px = self.version, self._sizes.px
        if one is None:
            return
        words = room
        if not one.broken:
            self._draw_gate(painter, QRectF(room.right() - px(190), room.top(), px(190), room.height()))
            words = room.adjusted(0, 0, -px(200), 0)
        top = QRectF(words.left(), words.top(), words.width(), words.height() * 0.52)
        self._draw_title(painter, top)
        painter.setFont(self._sizes.font(22))
        below = QRectF(words.left(), top.bottom(), words.width(), words.height() * 0.48)
        self.write(painter, below, self.facts(), MUTED)

    def _draw_title(self, painter: QPainter, room: QRectF) -> None:
        painter.setFont(self._sizes.font(28, bold=True))
        painter.setPen(QColor(TEXT))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.title())
        left = room.left() + painter.fontMetrics().horizontalAdvance(self.title()) + self._sizes.px(20)
        plates = []
        if self.version is not None and self.version.active:
            plates.append((translate("model", "in use"), PASS_COLOUR))
        if self._shadow:
            plates.append((translate("model", "shadow"), ACCENT))
        painter.setFont(self._sizes.font(20, bold=True))
        for word, colour in plates:
            width = painter.fontMetrics().horizontalAdvance(word) + self._sizes.px(20)
            plate = QRectF(left, room.top() + self._sizes.px(4), width, room.height() - self._sizes.px(8))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(plate, self._sizes.px(6), self._sizes.px(6))
            painter.setPen(QColor(BACKGROUND))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, word)
            left += width + self._sizes.px(10)

    def _draw_gate(self, painter: QPainter, room: QRectF) -> None:
        shape, colour = gate_look(self.version.gate if self.version else None)
        side = self._sizes.px(36)
        paint_shape(painter, QRectF(room.left(), room.center().y() - side / 2, side, side), shape, colour)
        painter.setFont(self._sizes.font(22, bold=True))
        painter.setPen(QColor(TEXT))
        words = room.adjusted(side + self._sizes.px(10), 0, 0, 0)
        gate = self.version.gate if self.version else None
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, gate_word(gate))


class VersionList(PagedList):
    """The versions, newest first, six to a page. `picked` carries the version's own name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.rows = [VersionRow() for _ in range(ROWS)]
        super().__init__(self.rows, parent)
        self._versions: tuple[ModelVersion, ...] = ()
        self._shadow = ""

    def put_words(self) -> None:
        """Put the words again."""
        self.before.setText(translate("model", "Newer versions"))
        self.after.setText(translate("model", "Older versions"))
        self.show_page()

    def show_versions(self, versions: Sequence[ModelVersion], chosen: str, shadow: str) -> None:
        """Show versions, given oldest first."""
        self._versions, self.chosen, self._shadow = tuple(reversed(versions)), chosen, shadow
        self.put_words()

    def count(self) -> int:
        """How many versions there are."""
        return len(self._versions)

    def put_page(self) -> None:
        """Fill the rows."""
        for row, one in zip(self.rows, self.page(self._versions), strict=True):
            name = one.version if one else None
            row.show_version(one, chosen=name == self.chosen, shadow=name == self._shadow)
