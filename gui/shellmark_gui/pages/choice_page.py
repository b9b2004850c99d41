"""A question with large buttons for answers: a SKU, a disposition, a reason. Twelve to a page, a number key each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication, pyqtSignal
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from shellmark_gui.keys import CHOICE_KEYS, Action
from shellmark_gui.pages.page import Page
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.wording import action_word

translate = QCoreApplication.translate
COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: what it stands for, and its words (called again when the language changes)."""

    value: str
    words: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its words, what it is about, the answers in order, and what to do with the chosen value."""

    words: Callable[[], str]
    about: str
    choices: Sequence[Choice]
    then: Callable[[str], None]


class ChoicePage(Page):
    """Asks one question at a time. `left` says that nobody chose."""

    left = pyqtSignal()

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.title, self.about = QLabel(self), QLabel(self)
        self.answers = [ActionButton(key=key, growing=True, parent=self) for key in CHOICE_KEYS]
        self.further = ActionButton(key="+", parent=self)
        self._question: Question | None = None
        self._first = 0
        back = ActionButton(key=keys[Action.BACK], parent=self)
        back.clicked.connect(self.left)
        self.buttons[Action.BACK] = back
        self.further.clicked.connect(self._turn)
        for place, button in enumerate(self.answers):
            button.clicked.connect(lambda _=False, at=place: self._choose(at))
        self._lay_out(back)

    def _lay_out(self, back: ActionButton) -> None:
        set_role(self.title, "title")
        set_role(self.about, "about")
        page = QVBoxLayout(self)
        page.addWidget(self.title)
        page.addWidget(self.about)
        self._grid = QGridLayout()
        for place, button in enumerate(self.answers):
            self._grid.addWidget(button, place // COLUMNS, place % COLUMNS)
        page.addLayout(self._grid, 1)
        page.addStretch(0)
        foot = QHBoxLayout()
        foot.addWidget(back, 1)
        foot.addStretch(2)
        foot.addWidget(self.further, 1)
        page.addLayout(foot)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self.space(self.layout(), sizes, 48, 24)
        self._grid.setSpacing(sizes.touch(24))
        for button in self.answers:
            button.setMaximumHeight(sizes.touch(190))
        for label in (self.title, self.about):
            label.setFixedHeight(sizes.px(56))

    def ask(self, question: Question) -> None:
        """Ask a question."""
        self._question, self._first = question, 0
        self.put_words()

    def put_words(self) -> None:
        """Put the question and its answers again."""
        self.buttons[Action.BACK].setText(action_word(Action.BACK))
        self.further.setText(translate("action", "Further..."))
        self.further.setShortcut(QKeySequence("+"))
        if self._question is None:
            return
        self.title.setText(self._question.words())
        self.about.setText(self._question.about)
        self.further.setVisible(len(self._question.choices) > len(self.answers))
        for place, button in enumerate(self.answers):
            self._put_answer(button, place)

    def _put_answer(self, button: ActionButton, place: int) -> None:
        choices = self._question.choices if self._question else ()
        at = self._first + place
        button.setVisible(at < len(choices))
        button.setText(choices[at].words() if at < len(choices) else "")
        button.setShortcut(QKeySequence(CHOICE_KEYS[place]) if at < len(choices) else QKeySequence())

    def _turn(self) -> None:
        count = len(self._question.choices) if self._question else 0
        self._first = self._first + len(self.answers) if self._first + len(self.answers) < count else 0
        self.put_words()

    def _choose(self, place: int) -> None:
        question, at = self._question, self._first + place
        if question is not None and at < len(question.choices):
            question.then(question.choices[at].value)
