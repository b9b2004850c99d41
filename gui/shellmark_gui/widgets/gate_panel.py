"""One version in full: what it promises, where it comes from, and the gate's checks, each with its figure."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from shellmark_gui.shapes import Shape, paint_shape
from shellmark_gui.theme import ACCENT, FAIL_COLOUR, MUTED, PASS_COLOUR, SURFACE, TEXT
from shellmark_gui.widgets.fitted import Fitted, growing
from shellmark_gui.workwords import bound_sentence, check_figure, check_name, gate_look, gate_word
from shellmark_inspect.station.workshop import GateCheck, ModelVersion

translate = QCoreApplication.translate
DIGEST_SHOWN = 12


class GatePanel(Fitted):
    """A version and its gate; while the gate runs it says for how long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        growing(self)
        self.version: ModelVersion | None = None
        self._running_s: int | None = None
        self._done: tuple[GateCheck, ...] = ()

    def show_version(
        self, version: ModelVersion | None, running_s: int | None, done: tuple[GateCheck, ...] = ()
    ) -> None:
        """Show a version; `running_s` is how long its gate runs already, None while it does not, `done` its checks."""
        if (version, running_s, done) != (self.version, self._running_s, self._done):
            self.version, self._running_s, self._done = version, running_s, done
            self.put_words()
            self.update()

    def put_words(self) -> None:
        """Say it to assistive technology too."""
        self.setAccessibleName("\n".join(self.lines()))

    def headline(self) -> tuple[Shape, str, str]:
        """The gate's state: shape, colour and words."""
        if self._running_s is not None:
            words = translate("gate", "checking, {seconds} s").format(seconds=self._running_s)
            return Shape.DOTS, ACCENT, words
        gate = self.version.gate if self.version else None
        return (*gate_look(gate), gate_word(gate))

    def facts(self) -> list[str]:
        """What the version is, a line each."""
        one = self.version
        if one is None:
            return [translate("model", "Choose a version")]
        if one.broken:
            return [translate("model", "Version {version}").format(version=one.version), one.broken]
        found = [bound_sentence(one.false_reject_bound, one.goods)]
        found.append(translate("model", "It says nothing about misses."))
        digest = one.digest.removeprefix("sha256:")[:DIGEST_SHOWN]
        found.append(translate("model", "digest {digest}").format(digest=digest or "-"))
        return found

    def checks(self) -> tuple[GateCheck, ...]:
        """The checks shown: those of the last gate, or those the running one has done so far."""
        if self._running_s is not None:
            return self._done
        return self.version.gate.checks if self.version is not None and self.version.gate is not None else ()

    def lines(self) -> list[str]:
        """Everything that is shown, as text."""
        said = [f"{check_name(one.name)} {check_figure(one)} {one.detail}".strip() for one in self.checks()]
        return [*self.facts(), self.headline()[2], *said]

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Draw the facts, the gate's state, and a row per check."""
        painter, px = QPainter(self), self.sizes.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(SURFACE))
        painter.drawRoundedRect(self.rect(), px(10), px(10))
        room = QRectF(self.rect()).adjusted(px(24), px(18), -px(24), -px(18))
        top = self._draw_facts(painter, room)
        if self.version is not None and not self.version.broken:
            top = self._draw_headline(painter, QRectF(room.left(), top, room.width(), px(64)))
            if self.checks():
                self._draw_checks(painter, QRectF(room.left(), top, room.width(), room.bottom() - top))
        painter.end()

    def _draw_facts(self, painter: QPainter, room: QRectF) -> float:
        top = room.top()
        flags = int(Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        for place, text in enumerate(self.facts()):
            painter.setFont(self.sizes.font(30 if place == 0 else 22, bold=place == 0))
            painter.setPen(QColor(TEXT if place == 0 else MUTED))
            line = QRectF(room.left(), top, room.width(), room.bottom() - top)
            painter.drawText(line, flags, text)
            top += painter.fontMetrics().boundingRect(line.toRect(), flags, text).height() + self.sizes.px(6)
        return top + self.sizes.px(10)

    def _draw_headline(self, painter: QPainter, room: QRectF) -> float:
        shape, colour, words = self.headline()
        side = self.sizes.px(44)
        paint_shape(painter, QRectF(room.left(), room.center().y() - side / 2, side, side), shape, colour)
        painter.setFont(self.sizes.font(32, bold=True))
        painter.setPen(QColor(TEXT))
        words_room = room.adjusted(side + self.sizes.px(16), 0, 0, 0)
        painter.drawText(words_room, Qt.AlignmentFlag.AlignVCenter, words)
        return room.bottom() + self.sizes.px(8)

    def _draw_checks(self, painter: QPainter, room: QRectF) -> None:
        checks = self.checks()
        height = min(room.height() / len(checks), self.sizes.px(76))
        for place, check in enumerate(checks):
            self._draw_check(painter, QRectF(room.left(), room.top() + place * height, room.width(), height), check)

    def _draw_check(self, painter: QPainter, room: QRectF, check: GateCheck) -> None:
        """Shape, name and figure on one line, the detail on the next."""
        px = self.sizes.px
        side = px(26)
        shape, colour = (Shape.CIRCLE, PASS_COLOUR) if check.passed else (Shape.CROSS, FAIL_COLOUR)
        paint_shape(painter, QRectF(room.left() + px(4), room.top() + px(5), side, side), shape, colour)
        words = room.adjusted(side + px(20), 0, 0, 0)
        first = QRectF(words.left(), words.top(), words.width(), px(36))
        painter.setFont(self.sizes.font(24, bold=True))
        painter.setPen(QColor(TEXT if check.passed else FAIL_COLOUR))
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, check_name(check.name))
        painter.setFont(self.sizes.font(22))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(first, right, check_figure(check))
        if check.detail and room.height() >= px(60):
            painter.setFont(self.sizes.font(19))
            painter.setPen(QColor(MUTED))
            below = QRectF(words.left(), first.bottom(), words.width(), px(28))
            cut = painter.fontMetrics().elidedText(check.detail, Qt.TextElideMode.ElideRight, int(below.width()))
            painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, cut)
