"""What the engineer's pages share: a title, a line that is said, and a row of buttons with number keys."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from shellmark_gui.keys import CHOICE_KEYS, Action
from shellmark_gui.pages.page import Page
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.wording import action_word

WIDEST_PX = 460
"""A button of the row becomes no wider than so many design pixels."""


class WorkPage(Page):
    """A page of the engineer's. `left` says that it is done with; `pressed` carries the name of a button of `works`."""

    left = pyqtSignal()
    pressed = pyqtSignal(str)

    works: tuple[str, ...] = ()
    """The names of the buttons in the row at the foot, in the order of their number keys."""

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.title, self.about, self.line = QLabel(self), QLabel(self), QLabel(self)
        self.work_buttons = {
            name: ActionButton(key=key, parent=self) for name, key in zip(self.works, CHOICE_KEYS, strict=False)
        }
        for name, button in self.work_buttons.items():
            button.clicked.connect(lambda _=False, one=name: self.pressed.emit(one))
        back = ActionButton(key=keys[Action.BACK], parent=self)
        back.clicked.connect(self.left)
        self.buttons[Action.BACK] = back
        self._head, self._foot, self._page = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        self._beside: QHBoxLayout | None = None

    def beside(self, main: QWidget, main_share: int, side_share: int, *, side_first: bool = False) -> QVBoxLayout:
        """Put a widget and a column beside each other between head and foot; returns the column, to be filled."""
        middle, column = QWidget(self), QVBoxLayout()
        self._beside = QHBoxLayout(middle)
        self._beside.setContentsMargins(0, 0, 0, 0)
        if side_first:
            self._beside.addLayout(column, side_share)
        self._beside.addWidget(main, main_share)
        if not side_first:
            self._beside.addLayout(column, side_share)
        self.frame(middle)
        return column

    def frame(self, middle: QWidget) -> None:
        """Put head, middle and foot under each other."""
        set_role(self.title, "title")
        set_role(self.about, "muted")
        set_role(self.line, "said")
        self.line.setWordWrap(True)
        self.line.hide()
        self._head.addWidget(self.title)
        self._head.addStretch(1)
        self._head.addWidget(self.about)
        self._page.addLayout(self._head)
        self._page.addWidget(middle, 1)
        self._page.addWidget(self.line)
        self._foot.addWidget(self.buttons[Action.BACK], 1)
        for button in self.work_buttons.values():
            self._foot.addWidget(button, 1)
        self._foot.addStretch(0)
        self._page.addLayout(self._foot)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self.space(self._page, sizes, 20, 24)
        self._foot.setSpacing(sizes.px(24))
        if self._beside is not None:
            self._beside.setSpacing(sizes.px(24))
        for button in (self.buttons[Action.BACK], *self.work_buttons.values()):
            button.setMaximumWidth(sizes.px(WIDEST_PX))
        self.title.setFixedHeight(sizes.px(56))

    def put_words(self) -> None:
        """Put the words again; the number keys work while the button is on the screen."""
        self.buttons[Action.BACK].setText(action_word(Action.BACK))
        for name in self.work_buttons:
            self.put_word(name)

    def put_word(self, name: str) -> None:
        """Put the word of one button of the row again."""
        button = self.work_buttons[name]
        button.setText(self.work_word(name))
        button.setShortcut(QKeySequence(button.key))  # setText takes a shortcut away

    def work_word(self, name: str) -> str:
        """The word on a button of the row; a page with such buttons extends this."""
        return name

    def say(self, text: str) -> None:
        """Say one line above the buttons; "" says nothing."""
        self.line.setText(text)
        self.line.setVisible(bool(text))
