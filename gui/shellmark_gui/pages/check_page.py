"""The daily check: which master comes next, what each came out as, and whether the station may work by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QLabel, QWidget

from shellmark_gui.calibrationwords import master_name, master_wants
from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import ACCENT, FAIL_COLOUR, MUTED, PASS_COLOUR, RAISED, REVIEW_COLOUR, Sizes
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.rows import Row, RowList
from shellmark_gui.widgets.state_tile import StateTile
from shellmark_gui.wording import why_word
from shellmark_inspect.recipe import MasterSpec
from shellmark_inspect.records import Answer, Outcome
from shellmark_inspect.station import CheckState, Due, Place

translate = QCoreApplication.translate
START, PLACE, BREAK, WORK, SUSPECTS = "start", "place", "break", "work", "suspects"
ROWS = 6
_MARKS: Mapping[Answer | None, tuple[Shape, str]] = {
    None: (Shape.RING, MUTED),
    Answer.RIGHT: (Shape.CIRCLE, PASS_COLOUR),
    Answer.WRONG: (Shape.CROSS, FAIL_COLOUR),
    Answer.VOID: (Shape.TRIANGLE, REVIEW_COLOUR),
}


class CheckPage(WorkPage):
    """A check. The trigger's key (a pedal) places the master that is wanted."""

    works = (START, PLACE, BREAK, WORK, SUSPECTS)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.tile, self.list, self.asks = StateTile(parent=self), RowList(ROWS, self), QLabel(self)
        self.state: CheckState | None = None
        self.masters: tuple[MasterSpec, ...] = ()
        self.due: tuple[Due, ...] = ()
        self.chinese = True
        self._busy = False
        self.buttons[Action.TRIGGER] = self.work_buttons[PLACE]
        self._lay_out()
        self.put_words()

    def _lay_out(self) -> None:
        self._column = self.beside(self.list, 2, 3, side_first=True)
        set_role(self.asks, "stop-text")
        self.asks.setWordWrap(True)
        self._column.addWidget(self.tile)
        self._column.addWidget(self.asks)
        self._column.addStretch(1)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._column.setSpacing(sizes.px(28))

    def work_word(self, name: str) -> str:
        """The word on a button."""
        return {
            START: translate("check", "Begin"),
            PLACE: translate("check", "Master is placed"),
            BREAK: translate("check", "Break off"),
            WORK: translate("check", "Work was done"),
            SUSPECTS: translate("check", "Suspects"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("check", "Daily check"))
        key = self.keys[Action.TRIGGER]
        self.work_buttons[PLACE].set_caption(key)
        self._put()

    def show_check(
        self, state: CheckState | None, masters: Sequence[MasterSpec], due: Sequence[Due], *, chinese: bool
    ) -> None:
        """Show how the check stands, and why one is due."""
        now = (state, tuple(masters), tuple(due), chinese)
        if now != (self.state, self.masters, self.due, self.chinese):
            self.state, self.masters, self.due, self.chinese = now
            self._put()

    def show_busy(self, busy: bool) -> None:
        """Rest the keys while a master is inspected."""
        self._busy = busy
        self._put()

    @property
    def open_check(self) -> CheckState | None:
        """The check that is going on."""
        return self.state if self.state is not None and self.state.outcome is None else None

    def _put(self) -> None:
        one = self.state
        words = translate("check", "check {number}, {operator}, {at}")
        self.about.setText(
            words.format(number=one.number, operator=one.operator, at=f"{one.begun_at.astimezone():%m-%d %H:%M}")
            if one
            else ""
        )
        self.tile.show_state(*self._look())
        self.asks.setText(self._asks())
        places = one.places if one is not None else ()
        wanted = one.next if one is not None else None
        rows = [self._row_of(place) for place in places] or [self._master_row(one) for one in self.masters]
        nothing = translate("check", "The recipe has no masters: add [[masters]] to it (docs/daily-check.md)")
        self.list.show_rows(rows, str(wanted.number) if wanted else "", nothing)
        self._enable()

    def _look(self) -> tuple[Shape, str, str, str]:
        """Shape, word, line and colour of how it stands."""
        one, blocks = self.state, any(due.blocks for due in self.due)
        why = " · ".join(why_word(due.why) for due in self.due)
        if not self.masters:
            return Shape.DOTS, translate("check", "No masters"), translate("check", "nothing is checked daily"), RAISED
        if one is not None and one.outcome is None:
            done = sum(place.answer not in (None, Answer.VOID) for place in one.places)
            words = translate("check", "Going on: {done} of {count}").format(done=done, count=len(one.places))
            return Shape.DOTS, words, translate("check", "automatic mode is off until it has passed"), ACCENT
        if one is not None and one.outcome is Outcome.FAILED:
            words = translate("check", "automatic mode is off; {count} cases since the last good check are SUSPECT")
            return Shape.CROSS, translate("check", "Check failed"), words.format(count=one.suspects), FAIL_COLOUR
        if blocks:
            words = translate("check", "automatic mode is off: {why}").format(why=why)
            return Shape.BAR, translate("check", "Check is due"), words, FAIL_COLOUR
        if self.due:
            return Shape.TRIANGLE, translate("check", "Check is due soon"), why, REVIEW_COLOUR
        if one is not None and one.outcome is Outcome.PASSED:
            return (
                Shape.CIRCLE,
                translate("check", "Check passed"),
                translate("check", "the station may run"),
                PASS_COLOUR,
            )
        return Shape.RING, translate("check", "No check is due"), "", RAISED

    def _asks(self) -> str:
        """The one thing to do now."""
        one = self.state
        if self._busy:
            return translate("check", "Inspecting the master...")
        if one is not None and one.next is not None:
            place = one.next
            name = master_name(place.master, chinese=self.chinese)
            words = translate("check", "Put master {master} before the cameras, then press {key}")
            said = words.format(master=name, key=self.keys[Action.TRIGGER])
            return said if place.answer is None else f"{said}\n{place.why}"
        if one is not None and one.outcome is Outcome.FAILED:
            wrong = [place for place in one.places if place.answer is Answer.WRONG]
            what = "\n".join(f"{master_name(place.master, chinese=self.chinese)}: {place.why}" for place in wrong[:3])
            todo = translate("check", "Mend what is wrong, then begin again; decide about the suspects")
            return f"{what}\n{todo}"
        if self.masters and self.due:
            words = translate("check", "Have {count} masters ready, then begin")
            return words.format(count=len(self.masters))
        return ""

    def _row_of(self, place: Place) -> Row:
        shape, colour = _MARKS[place.answer]
        word = {
            None: "",
            Answer.RIGHT: translate("check", "right"),
            Answer.WRONG: translate("check", "wrong"),
            Answer.VOID: translate("check", "again"),
        }[place.answer]
        name = master_name(place.master, chinese=self.chinese)
        return Row(str(place.number), f"{place.number}  {name}", master_wants(place.master), word, shape, colour)

    def _master_row(self, master: MasterSpec) -> Row:
        name = master_name(master, chinese=self.chinese)
        return Row(master.name, name, master_wants(master), "", *_MARKS[None])

    def _enable(self) -> None:
        going, idle = self.open_check is not None, not self._busy
        enabled = {
            START: bool(self.masters) and not going and idle,
            PLACE: going and idle,
            BREAK: going and idle,
            WORK: not going and idle,
            SUSPECTS: idle,
        }
        for name, button in self.work_buttons.items():
            button.setEnabled(enabled[name])
