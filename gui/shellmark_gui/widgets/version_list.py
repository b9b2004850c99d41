"""The versions of a model, a row each: which one judges, what it promises, whether it passed the gate."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QCoreApplication, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from shellmark_gui.shapes import paint_shape
from shellmark_gui.theme import ACCENT, BACKGROUND, EDGE, MUTED, PASS_COLOUR, PRESSED, SURFACE, TEXT, Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import Fitted, growing
from shellmark_gui.workwords import bound_sentence, family_name, gate_look, gate_word
from shellmark_inspect.station.workshop import ModelVersion

translate = QCoreApplication.translate
ROWS = 6


class VersionRow(QAbstractButton):
    """One version."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.version: ModelVersion | None = None
        self._shadow = False
        self._sizes = Sizes()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        self._sizes = sizes
        self.updateGeometry()

    def show_version(self, version: ModelVersion | None, *, chosen: bool, shadow: bool) -> None:
        """Show a version; None empties the row."""
        self.version, self._shadow = version, shadow
        self.setVisible(version is not None)
        self.setChecked(chosen)
        self.setAccessibleName(f"{self.title()}  {self.facts()}" if version else "")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as it is touched."""
        return QSize(self._sizes.touch(400), self._sizes.touch(96))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as it is touched."""
        return self.sizeHint()

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

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw both lines, the mark of the active one, and the gate's state at the right."""
        one, px = self.version, self._sizes.px
        if one is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(ACCENT if self.isChecked() or self.hasFocus() else EDGE), px(3)))
        painter.setBrush(QColor(PRESSED if self.isChecked() else SURFACE))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), px(10), px(10))
        room = QRectF(self.rect()).adjusted(px(20), px(8), -px(16), -px(8))
        gate = QRectF(room.right() - px(190), room.top(), px(190), room.height())
        if not one.broken:
            self._draw_gate(painter, gate)
        words = room.adjusted(0, 0, -px(200), 0) if not one.broken else room
        top = QRectF(words.left(), words.top(), words.width(), words.height() * 0.52)
        self._draw_title(painter, top)
        painter.setFont(self._sizes.font(22))
        painter.setPen(QColor(MUTED))
        below = QRectF(words.left(), top.bottom(), words.width(), words.height() * 0.48)
        cut = painter.fontMetrics().elidedText(self.facts(), Qt.TextElideMode.ElideRight, int(below.width()))
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, cut)
        painter.end()

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


class VersionList(Fitted):
    """The versions, newest first, six to a page. `picked` carries the version's own name."""

    picked = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        growing(self)
        self.rows = [VersionRow(self) for _ in range(ROWS)]
        self.before, self.after = (ActionButton(role="quiet", parent=self) for _ in range(2))
        self._versions: tuple[ModelVersion, ...] = ()
        self._chosen, self._shadow, self._first = "", "", 0
        for row in self.rows:
            row.clicked.connect(lambda _=False, one=row: self._pick(one))
        self.before.clicked.connect(lambda: self._turn(-ROWS))
        self.after.clicked.connect(lambda: self._turn(ROWS))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for row in self.rows:
            self._column.addWidget(row)
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
        for row in self.rows:
            row.fit(sizes)

    def put_words(self) -> None:
        """Put the words again."""
        self.before.setText(translate("model", "Newer versions"))
        self.after.setText(translate("model", "Older versions"))
        self._put_rows()

    def show_versions(self, versions: Sequence[ModelVersion], chosen: str, shadow: str) -> None:
        """Show versions, given oldest first."""
        self._versions, self._chosen, self._shadow = tuple(reversed(versions)), chosen, shadow
        self._first = min(self._first, max(len(versions) - 1, 0) // ROWS * ROWS)
        self.put_words()

    def _pick(self, row: VersionRow) -> None:
        if row.version is not None:
            self.picked.emit(row.version.version)

    def _turn(self, step: int) -> None:
        self._first = min(max(self._first + step, 0), max(len(self._versions) - 1, 0) // ROWS * ROWS)
        self._put_rows()

    def _put_rows(self) -> None:
        for place, row in enumerate(self.rows):
            at = self._first + place
            one = self._versions[at] if at < len(self._versions) else None
            name = one.version if one else None
            row.show_version(one, chosen=name == self._chosen, shadow=name == self._shadow)
        for button in (self.before, self.after):
            button.setVisible(len(self._versions) > ROWS)
        self.before.setEnabled(self._first > 0)
        self.after.setEnabled(self._first + ROWS < len(self._versions))
