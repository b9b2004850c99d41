"""The label at hand: as it should look, as the camera saw it, what was counted, and what people can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.labelwords import LabelLook, done_word, has_other, other_word, print_word
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.pictures import Picture
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import FAIL_COLOUR, MUTED, RAISED, TEXT, Sizes
from shellmark_gui.widgets.canvas import Canvas
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.rows import Row, RowList
from shellmark_gui.widgets.state_tile import StateTile
from shellmark_gui.wording import line
from shellmark_inspect.labelling import Labelling, LabelState, Sight
from shellmark_inspect.records import Order

translate = QCoreApplication.translate
DONE, NONE, SUPERVISE, RECONCILE = "done", "none", "supervise", "reconcile"
RELABEL, ROLL, ORDER = "relabel", "roll", "order"
ROWS = 5
_S = LabelState


@dataclass(frozen=True, slots=True)
class Labelled:
    """All the page shows: the labeller's status, what it drew and saw, and how many labels a case may use up."""

    now: Labelling
    sight: Sight
    look: LabelLook
    most: int
    order: Order | None = None


class LabelPage(WorkPage):
    """The keys of the station's page for labels work here too."""

    works = (DONE, NONE, SUPERVISE, RECONCILE, RELABEL, ROLL, ORDER)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.tile, self.list = StateTile(parent=self), RowList(ROWS, self)
        self.label, self.seen = Canvas(self), Canvas(self)
        self.detail, self.of_label, self.of_seen = (QLabel(self) for _ in range(3))
        self.shown: Labelled | None = None
        self._rested = self._busy = False
        self.buttons[Action.LABEL_DONE] = self.work_buttons[DONE]
        self.buttons[Action.LABEL_NONE] = self.work_buttons[NONE]
        self._lay_out()
        self.list.show_rows(())
        self.put_words()

    def _lay_out(self) -> None:
        pictures = QWidget(self)
        self._pictures = QVBoxLayout(pictures)
        self._pictures.setContentsMargins(0, 0, 0, 0)
        for words, canvas, share in ((self.of_label, self.label, 2), (self.of_seen, self.seen, 3)):
            set_role(words, "muted")
            self._pictures.addWidget(words)
            self._pictures.addWidget(canvas, share)
        self._column = self.beside(pictures, 1, 1)
        set_role(self.detail, "muted")
        self.detail.setWordWrap(True)
        self._column.addWidget(self.tile)
        self._column.addWidget(self.list, 1)
        self._column.addWidget(self.detail)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._column.setSpacing(sizes.px(16))
        self._pictures.setSpacing(sizes.px(6))

    def work_word(self, name: str) -> str:
        """The word on a button."""
        return {
            DONE: done_word(self.shown.now.state if self.shown else _S.IDLE),
            NONE: other_word(self.shown.now.state if self.shown else _S.IDLE),
            SUPERVISE: translate("label", "Supervisor"),
            RECONCILE: translate("label", "Reconcile"),
            RELABEL: translate("label", "Label anew"),
            ROLL: translate("label", "Roll changed"),
            ORDER: translate("label", "Next order"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("label", "Labels"))
        for name, action in ((DONE, Action.LABEL_DONE), (NONE, Action.LABEL_NONE)):
            button = self.work_buttons[name]
            button.set_caption(self.keys[action])
        self.of_label.setText(translate("label", "as it should look"))
        self.of_seen.setText(translate("label", "as the camera saw it last"))
        self._put()

    def show_labelling(self, shown: Labelled, *, rested: bool) -> None:
        """Show how it stands; `rested` lets the confirming keys be pressed."""
        other = self.shown is None or self.shown.now.state is not shown.now.state
        if (shown, rested) == (self.shown, self._rested):
            return
        self.shown, self._rested = shown, rested
        if other:
            self.put_word(DONE)
            self.put_word(NONE)
        self._put()

    def show_pictures(self, label: Picture | None, seen: Picture | None) -> None:
        """Show the label's picture and the camera's, each None where there is none."""
        for canvas, picture in ((self.label, label), (self.seen, seen)):
            if picture is None:
                canvas.show_nothing(translate("label", "no picture yet"))
            else:
                canvas.show_picture(picture, (), None)

    def show_busy(self, busy: bool) -> None:
        """Rest the keys while the station answers."""
        self._busy = busy
        self._enable()

    def _put(self) -> None:
        one = self.shown
        if one is None:
            return
        self.tile.show_state(one.look.shape, one.look.word, one.look.line, one.look.colour)
        self.about.setText(translate("label", "{count} codes wait").format(count=one.now.waiting))
        self.list.show_rows(self._rows(one))
        self.detail.setText(line(one.now.detail))
        self.detail.setVisible(bool(one.now.detail))
        self._enable()

    def _rows(self, one: Labelled) -> list[Row]:
        now, sight = one.now, one.sight
        attempt = translate("label", "label {attempt} of {most}").format(attempt=now.attempt, most=one.most)
        last = now.serial[-6:] or sight.serial[-6:]
        word, colour = print_word(sight.uec)
        figure = f"{sight.uec:.2f}" if sight.uec is not None else ""
        shape = Shape.RING if sight.uec is None else Shape.DISC
        return [
            Row("case", translate("label", "Case"), now.case_id or "-", attempt if now.attempt else "", None, TEXT),
            Row("code", translate("label", "Code, last six"), "", last or "-", None, TEXT),
            Row(
                "print",
                translate("label", "Print quality"),
                translate("label", "unused error correction, 0.37 at least: {uec}").format(uec=figure or "-"),
                word,
                shape,
                MUTED if colour == RAISED else colour,
            ),
            Row("count", translate("label", "Printer's count"), self._went_on(sight), self._counts(sight), None, TEXT),
            self._order_row(one.order),
        ]

    @staticmethod
    def _order_row(order: Order | None) -> Row:
        """The order that is made: codes issued of its pieces, a cross where it is full."""
        title = translate("label", "Order")
        if order is None:
            return Row("order", title, "", "-", None, TEXT)
        shape, colour = (None, TEXT) if order.has_room else (Shape.CROSS, FAIL_COLOUR)
        facts = " · ".join(part for part in (order.number, order.batch) if part)
        return Row("order", title, facts, f"{order.issued} / {order.quantity}", shape, colour)

    @staticmethod
    def _counts(sight: Sight) -> str:
        before, after = ("-" if one is None else str(one) for one in (sight.before, sight.after))
        return f"{before} → {after}"

    @staticmethod
    def _went_on(sight: Sight) -> str:
        """By how much the count went on around the one print command."""
        if sight.before is None or sight.after is None:
            return translate("label", "before and after the label")
        return translate("label", "went on by {count}, 1 is right").format(count=sight.after - sight.before)

    def _enable(self) -> None:
        state = self.shown.now.state if self.shown else _S.CLOSED
        due = {
            DONE: self._rested and state in (_S.STICK, _S.STRIP),
            NONE: self._rested and self.shown is not None and has_other(self.shown.now),
            SUPERVISE: state is _S.SUPERVISOR,
            RECONCILE: state is not _S.CLOSED,
            RELABEL: state is not _S.CLOSED,
            ROLL: state is not _S.CLOSED,
            ORDER: state is not _S.CLOSED,
        }
        for name, button in self.work_buttons.items():
            button.setEnabled(due[name] and not self._busy)
