"""The page an operator looks at all day: picture, verdict, reasons, code, counters, lamps, last cases, keys."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QCoreApplication, QTimer, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from shellmark_gui.decisions import decision
from shellmark_gui.keys import Action
from shellmark_gui.labelwords import LabelLook
from shellmark_gui.pages.page import Page
from shellmark_gui.pictures import best_shot
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import FAIL_COLOUR, PASS_COLOUR, REVIEW_COLOUR, Sizes
from shellmark_gui.widgets.banner import Banner
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.code_panel import CodePanel
from shellmark_gui.widgets.counters import Counters
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.history import History
from shellmark_gui.widgets.label_panel import LabelPanel
from shellmark_gui.widgets.lamps import Lamps
from shellmark_gui.widgets.live_panel import LivePanel
from shellmark_gui.widgets.reason_card import ReasonCard, defect_of, reasons_of
from shellmark_gui.widgets.verdict_panel import VerdictPanel
from shellmark_gui.wording import action_word, state_word
from shellmark_inspect.labelling import Labelling
from shellmark_inspect.loop.status import TAKES_TRIGGERS, StationState, Status
from shellmark_inspect.types import Record, Verdict

translate = QCoreApplication.translate

CARDS = 3
SHARES = (5, 3, 3)
"""How the height is shared between the worst reason and the next two."""

SETTLE_MS = 700
"""After a verdict changed by itself the deciding keys rest so long: a thumb on its way meant the case before."""

DECIDING = (Action.OK, Action.NG, Action.FALSE_ALARM, Action.MORE)
LABEL_KEYS = (Action.LABEL_DONE, Action.LABEL_NONE, Action.LABELS)
PICTURE_KEYS = (Action.NEXT_VIEW, Action.NEXT_LIGHT, Action.HEAT, Action.LESSON)


class StationPage(Page):
    """The main page. `decided` carries (action, record) for the deciding keys, `pressed` every other action."""

    decided = pyqtSignal(object, object)
    pressed = pyqtSignal(object)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.status = Status(StationState.PREOPERATIONAL)
        self.live = LivePanel(keys, self)
        self.verdict = VerdictPanel(self)
        self.cards = [ReasonCard(self) for _ in range(CARDS)]
        self.code, self.label = CodePanel(self), LabelPanel(keys, self)
        self._label_look: LabelLook | None = None
        self.counters = Counters(self)
        self.lamps = Lamps(self)
        self.history = History(self)
        self.banner = Banner(keys[Action.CHECK], self)
        self.brand, self.state, self.more = (QLabel(self) for _ in range(3))
        self._sku, self._operator = "", ""
        self._target: Record | None = None
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self._enable)
        self._make_buttons()
        self._lay_out()
        self.code.show_code(None)
        self.label.hide()
        self.put_words()
        self._enable()

    def _make_buttons(self) -> None:
        marks = {
            Action.OK: (Shape.CIRCLE, PASS_COLOUR),
            Action.NG: (Shape.CROSS, FAIL_COLOUR),
            Action.FALSE_ALARM: (Shape.TRIANGLE, REVIEW_COLOUR),
        }
        quiet = (Action.SKU, Action.MODELS, Action.OPERATOR, Action.LANGUAGE)
        for action in (Action.TRIGGER, Action.RUN, *DECIDING, Action.RECORDS, *quiet):
            shape, colour = marks.get(action, (None, PASS_COLOUR))
            role = "quiet" if action in quiet else "decide"
            button = ActionButton(key=self.keys[action], role=role, shape=shape, colour=colour, parent=self)
            button.clicked.connect(lambda _=False, what=action: self._press(what))
            self.buttons[action] = button

    def _lay_out(self) -> None:
        page = QVBoxLayout(self)
        page.addLayout(self._top())
        page.addWidget(self.banner)
        page.addLayout(self._middle(), 1)
        page.addWidget(self.history)
        page.addLayout(self._bottom())

    def _top(self) -> QHBoxLayout:
        set_role(self.brand, "brand")
        set_role(self.state, "figure")
        self._top_row = QHBoxLayout()
        self._top_row.addWidget(self.brand)
        self._top_row.addWidget(self.state)
        self._top_row.addWidget(self.buttons[Action.SKU], 3)
        self._top_row.addWidget(self.buttons[Action.MODELS], 1)
        self._top_row.addWidget(self.lamps)
        self._top_row.addWidget(self.buttons[Action.OPERATOR], 2)
        self._top_row.addWidget(self.buttons[Action.LANGUAGE], 1)
        return self._top_row

    def _middle(self) -> QHBoxLayout:
        self._middle_row = QHBoxLayout()
        self._middle_row.addWidget(self.live, 1)
        self._column = QVBoxLayout()
        self._column.addWidget(self.verdict)
        self._column.addWidget(self.code, SHARES[0])
        self._column.addWidget(self.label, SHARES[0])
        for card, share in zip(self.cards, SHARES, strict=True):
            self._column.addWidget(card, share)
        set_role(self.more, "muted")
        self._column.addWidget(self.more)
        self._column.addWidget(self.counters)
        self._middle_row.addLayout(self._column)
        return self._middle_row

    def _bottom(self) -> QHBoxLayout:
        self._bottom_row = QHBoxLayout()
        for action in (Action.TRIGGER, Action.RUN, *DECIDING, Action.RECORDS):
            self._bottom_row.addWidget(self.buttons[action], 1)
        return self._bottom_row

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self.space(self.layout(), sizes, 20, 14)
        for row in (self._top_row, self._bottom_row, self._middle_row):
            row.setSpacing(sizes.px(24))
        self._column.setSpacing(sizes.px(12))
        self.verdict.setFixedSize(sizes.px(700), sizes.px(200))
        self.counters.setFixedHeight(sizes.px(104))
        for card in (*self.cards, self.code, self.label):
            card.setFixedWidth(sizes.px(700))

    def put_words(self) -> None:
        """Put the words again."""
        self.brand.setText("shellmark")
        for action, button in self.buttons.items():
            if action not in (Action.RUN, Action.LANGUAGE, Action.SKU, Action.OPERATOR):
                button.setText(action_word(action))
        self.buttons[Action.LANGUAGE].setText(translate("action", "中文"))
        self._put_names()
        self._put_state()
        self._put_more()

    def takes(self, action: Action) -> bool:
        """The buttons' keys, and those of the picture."""
        return super().takes(action) or action in (*PICTURE_KEYS, *LABEL_KEYS, Action.CHECK)

    def act(self, action: Action) -> None:
        """Do what the action's key says."""
        if action is Action.NEXT_VIEW:
            self.live.next_view()
        elif action is Action.NEXT_LIGHT:
            self.live.next_light()
        elif action is Action.HEAT:
            self.live.toggle_heat()
        elif action is Action.LESSON:
            self.live.lesson_button.click()
        elif action is Action.CHECK:
            self.pressed.emit(action)
        elif action in LABEL_KEYS:
            self.label.pressed.emit(action)
        else:
            super().act(action)

    def show_names(self, sku: str, operator: str) -> None:
        """Show the SKU in use and who works here."""
        self._sku, self._operator = sku, operator
        self._put_names()

    def show_status(self, status: Status) -> None:
        """Show state, lamps and counters."""
        self.status = status
        self.lamps.show_lamps(status.lamps)
        self.counters.show_counts(status.counts)
        self._put_state()
        if self.verdict.record is None:
            self.verdict.show_waiting(status.state, busy=status.open_cases > 0)
        self._enable()

    @property
    def target(self) -> Record | None:
        """The record the deciding keys are about: the one shown, or the last one shown."""
        return self._target

    def show_record(self, record: Record) -> None:
        """Show a verdict with its reasons, its code and its judged frames."""
        self.verdict.show_record(record)
        self.code.show_code(record.code)
        self._show_reasons(record)
        self.live.hold(record, best_shot(record))
        if self._target is not None and self._target.row != record.row:
            self._settling.start()
        self._target = record
        self._enable()

    def show_decision(self, record: Record) -> None:
        """Show what a person decided about the target."""
        self._target = record
        if self.verdict.record is not None:
            self.verdict.show_record(record)
            self.code.show_code(record.code)
            self._show_reasons(record)
        self._enable()

    def show_waiting(self, *, busy: bool) -> None:
        """Take the verdict away; the picture is live again."""
        self.verdict.show_waiting(self.status.state, busy=busy)
        self.code.show_code(None)
        self._show_reasons(None)
        self.live.release()
        self._enable()

    def show_label(self, look: LabelLook, now: Labelling, *, rested: bool) -> None:
        """Show how labelling stands; a station that prints labels shows it instead of the code's symbol."""
        before, self._label_look = self._label_look, look
        if before is None:  # a fifth lamp: the SKU's button gives way, a name needs its room
            self._top_row.setStretchFactor(self.buttons[Action.OPERATOR], 3)
        self.label.show_look(look, now, rested=rested)
        beside = not self.banner.isHidden()
        if before is None or (before.wants_person, self.label.beside) != (look.wants_person, beside or self.label.low):
            self._show_reasons(self.verdict.record)

    def say(self, text: str) -> None:
        """Say one line at the foot of the picture; "" says nothing."""
        self.live.canvas.set_footer(text)

    def _show_reasons(self, record: Record | None) -> None:
        reasons = reasons_of(record) if record is not None else []
        room = self._room(record, len(reasons))
        for place, card in enumerate(self.cards):
            reason = reasons[place] if place < min(room, len(reasons)) else None
            card.show_reason(reason, defect_of(record, reason) if record is not None and reason else None)
            card.setVisible(place < room)
        self._put_more()

    def _room(self, record: Record | None, reasons: int) -> int:
        """How many cards there are, with the panels that share their place shown or hidden.

        A verdict's reasons come first: beside them labelling is as low as its keys, and there only if a person has to
        act for it.
        """
        if self._label_look is None:
            taken = self.code.code is not None
            return max(min(CARDS - taken, reasons), int(not taken))  # an empty card keeps the place above the counters
        rejected = record is not None and record.verdict is not Verdict.PASS
        self.code.hide()
        self.label.arrange(beside=rejected or not self.banner.isHidden(), low=rejected)
        self.label.setVisible(self._label_look.wants_person or not rejected)
        if not self.label.isVisibleTo(self):
            return max(min(CARDS, reasons), 1)
        return min(CARDS - 1 - (not self.banner.isHidden()), reasons)

    def _press(self, action: Action) -> None:
        if action not in DECIDING:
            self.pressed.emit(action)
        elif self._target is not None:
            self.decided.emit(action, self._target)

    def _enable(self) -> None:
        state, record = self.status.state, self._target
        settled = record is not None and not self._settling.isActive()
        for action in DECIDING:
            means = action is Action.MORE or (record is not None and decision(action, record.verdict) is not None)
            self.buttons[action].setEnabled(settled and means)
            self._caption(action, record.inspection.trigger.case_id if record is not None else "")
        self.buttons[Action.TRIGGER].setEnabled(state is StationState.READY)
        self.buttons[Action.RUN].setEnabled(state in TAKES_TRIGGERS)
        self.buttons[Action.SKU].setEnabled(state in TAKES_TRIGGERS)

    def _caption(self, action: Action, case_id: str) -> None:
        button = self.buttons[action]
        if isinstance(button, ActionButton):
            button.set_caption(case_id)

    def _put_names(self) -> None:
        self.buttons[Action.SKU].setText(f"{action_word(Action.SKU)}  {self._sku}")
        who = self._operator or translate("action", "sign in")
        self.buttons[Action.OPERATOR].setText(f"{action_word(Action.OPERATOR)}  {who}")

    def _put_state(self) -> None:
        self.state.setText(state_word(self.status.state))
        running = self.status.state is StationState.CONTINUOUS_EXECUTION
        self.buttons[Action.RUN].setText(translate("action", "Hold") if running else translate("action", "Run"))

    def _put_more(self) -> None:
        record = self.verdict.record
        shown = sum(card.reason is not None for card in self.cards)
        hidden = len(record.inspection.reasons) - shown if record is not None else 0
        words = translate("reason", "{count} more reasons: {key}")
        self.more.setText(words.format(count=hidden, key=self.keys[Action.RECORDS]) if hidden else "")
        self.more.setVisible(hidden > 0)
