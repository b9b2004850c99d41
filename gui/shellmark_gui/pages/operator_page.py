"""Who works here: a name typed, a badge scanned or keyed in on the screen, or a name from before."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QCoreApplication, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.pages.page import Page
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.wording import action_word

translate = QCoreApplication.translate
LONGEST_NAME = 40
REMEMBERED = 4
_DIGITS = "789456123"


class OperatorPage(Page):
    """Asks for the operator. `named` carries the name, `left` says that nobody gave one."""

    named = pyqtSignal(str)
    left = pyqtSignal()

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.title, self.entry = QLabel(self), QLineEdit(self)
        self.digits = {digit: ActionButton(parent=self) for digit in (*_DIGITS, "C", "0", "<")}
        self.accept = ActionButton(key="Enter", role="decide", parent=self)
        self.before = [ActionButton(parent=self) for _ in range(REMEMBERED)]
        self._names: list[str] = []
        self.buttons[Action.BACK] = ActionButton(key=keys[Action.BACK], role="decide", parent=self)
        self.entry.setMaxLength(LONGEST_NAME)
        self._connect()
        self._lay_out()
        self.put_words()

    def _connect(self) -> None:
        self.entry.returnPressed.connect(self._accept)
        self.accept.clicked.connect(self._accept)
        self.buttons[Action.BACK].clicked.connect(self.left)
        for digit, button in self.digits.items():
            button.setText({"C": "C", "<": "<"}.get(digit, digit))
            button.clicked.connect(lambda _=False, what=digit: self._type(what))
        for button in self.before:
            button.clicked.connect(lambda _=False, one=button: self._name(one.text()))

    def _lay_out(self) -> None:
        set_role(self.title, "title")
        page = QVBoxLayout(self)
        page.addWidget(self.title)
        page.addWidget(self.entry)
        middle = QHBoxLayout()
        self._pad, names = QGridLayout(), QVBoxLayout()
        for place, button in enumerate(self.digits.values()):
            self._pad.addWidget(button, place // 3, place % 3)
        for button in self.before:
            names.addWidget(button)
        names.addStretch(1)
        middle.addLayout(self._pad, 1)
        middle.addLayout(names, 1)
        page.addLayout(middle)
        page.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.buttons[Action.BACK], 1)
        foot.addStretch(1)
        foot.addWidget(self.accept, 1)
        page.addLayout(foot)
        self._rows = (middle, names, foot)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self.space(self.layout(), sizes, 48, 24)
        self._pad.setSpacing(sizes.touch(24))
        for row in self._rows:
            row.setSpacing(sizes.touch(24))

    def put_words(self) -> None:
        """Put the words again."""
        self.title.setText(translate("operator", "Who works here? Name, or scan the badge"))
        self.entry.setPlaceholderText(translate("operator", "Name or badge number"))
        self.accept.setText(translate("operator", "Sign in"))
        self.buttons[Action.BACK].setText(action_word(Action.BACK))
        for place, button in enumerate(self.before):
            button.setText(self._names[place] if place < len(self._names) else "")
            button.setVisible(place < len(self._names))

    def opened(self) -> None:
        """Be ready for the keyboard or the scanner."""
        self.entry.clear()
        self.entry.setFocus()

    def _type(self, digit: str) -> None:
        if digit == "C":
            self.entry.clear()
        elif digit == "<":
            self.entry.backspace()
        else:
            self.entry.insert(digit)

    def _accept(self) -> None:
        if name := self.entry.text().strip():
            self._name(name)

    def _name(self, name: str) -> None:
        self._names = [name, *(one for one in self._names if one != name)][:REMEMBERED]
        self.put_words()
        self.named.emit(name)
