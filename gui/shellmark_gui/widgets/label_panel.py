"""Labels on the station's page: what to do now in a shape, a word and a line, and the big key that says it is done."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.labelwords import LabelLook, done_word, has_other, other_word
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import Fitted
from shellmark_gui.widgets.state_tile import StateTile
from shellmark_gui.wording import action_word
from shellmark_inspect.labelling import Labelling, LabelState

LOW_PX = 112.0
MOST_PX = 16_777_215
"""Qt's own largest height: none of ours."""

_ACTIONS = (Action.LABEL_DONE, Action.LABEL_NONE, Action.LABELS)


class LabelPanel(Fitted):
    """A tile over its keys, or beside them where there is less room. `pressed` carries the action."""

    pressed = pyqtSignal(object)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tile = StateTile(None, self)
        self.now = Labelling(LabelState.IDLE)
        self.beside = self.low = False
        self._look: LabelLook | None = None
        self.buttons: dict[Action, ActionButton] = {}
        for action in _ACTIONS:
            self.buttons[action] = ActionButton(key=keys[action], role="decide", parent=self)
            self.buttons[action].clicked.connect(lambda _=False, what=action: self.pressed.emit(what))
        self._whole, self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self), QHBoxLayout()
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.addWidget(self.tile, 1)
        self._whole.addLayout(self._row, 0)
        for action in _ACTIONS:
            self._row.addWidget(self.buttons[action], 4 if action is Action.LABEL_DONE else 3)
        self.put_words()
        self.arrange(beside=False, low=False)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._row.setSpacing(sizes.px(24))
        self.arrange(beside=self.beside, low=self.low)

    def put_words(self) -> None:
        """Put the words again; the tile's come with `show_look`."""
        self.buttons[Action.LABEL_DONE].setText(done_word(self.now.state))
        self.buttons[Action.LABEL_NONE].setText(other_word(self.now.state))
        self.buttons[Action.LABELS].setText(action_word(Action.LABELS))

    def arrange(self, *, beside: bool, low: bool) -> None:
        """Put the keys under the tile or beside it, and take all the room there is or, low, no more than a key."""
        self.beside, self.low = beside, low
        ways = QBoxLayout.Direction
        self._whole.setDirection(ways.LeftToRight if beside else ways.TopToBottom)
        self._whole.setSpacing(self.sizes.px(24) if beside else self.sizes.px(12))
        self._whole.setStretch(0, 3 if beside else 1)
        self._whole.setStretch(1, 2 if beside else 0)
        vertical = QSizePolicy.Policy.Fixed if low else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        high = max(self.sizes.px(LOW_PX), self.sizes.touch(101))
        self.setMinimumHeight(high if low else 0)
        self.setMaximumHeight(high if low else MOST_PX)
        self._put_look()
        self._put_keys()

    def show_look(self, look: LabelLook, now: Labelling, *, rested: bool) -> None:
        """Show what to do; `rested` lets its keys be pressed: they rest a moment after they came to mean another thing.

        While nothing is to be confirmed the only key is the label's page.
        """
        self.now, self._look = now, look
        self._put_look()
        for action in (Action.LABEL_DONE, Action.LABEL_NONE):
            self.buttons[action].setEnabled(rested)
        self.put_words()
        self._put_keys()

    def _put_look(self) -> None:
        if (look := self._look) is not None:
            self.tile.show_state(look.shape, look.word, look.brief if self.low else look.line, look.colour)

    def _put_keys(self) -> None:
        """Only the keys that mean something now; beside the tile there is room for one."""
        due = self.now.state in (LabelState.STICK, LabelState.STRIP)
        self.buttons[Action.LABEL_DONE].setVisible(due)
        self.buttons[Action.LABEL_NONE].setVisible(due and has_other(self.now) and not self.beside)
        self.buttons[Action.LABELS].setVisible(not due or not self.beside)
