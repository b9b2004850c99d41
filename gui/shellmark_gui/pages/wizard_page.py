"""The shape every wizard has: the live picture left; its steps, one clear instruction and the figures right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QLabel, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import ACCENT, MUTED, PASS_COLOUR, Sizes
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.rows import Row, RowList
from shellmark_gui.widgets.wizard_canvas import WizardCanvas

translate = QCoreApplication.translate
VIEW, WHAT, TAKE, AUTO, DROP, SOLVE, SAVE = "view", "what", "take", "auto", "drop", "solve", "save"
STEPS = 5


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a wizard: its words, what is known of it, and whether it is done."""

    words: str
    facts: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Showing:
    """All that a wizard shows at one instant.

    `at` is the step one is at; `buttons` the words of the buttons there are, by their names; `enabled` those that can
    be pressed; `figures` are what was measured, a line each.
    """

    title: str
    about: str
    steps: tuple[Step, ...]
    at: int
    instruction: str
    figures: tuple[str, ...] = ()
    buttons: Mapping[str, str] = field(default_factory=dict)
    enabled: frozenset[str] = frozenset()


class WizardPage(WorkPage):
    """Shows a `Showing`; the trigger's key (a pedal) takes the picture."""

    works = (VIEW, WHAT, TAKE, AUTO, DROP, SOLVE, SAVE)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.canvas, self.list = WizardCanvas(self), RowList(STEPS, self)
        self.instruction, self.figures = QLabel(self), QLabel(self)
        self.showing: Showing | None = None
        self.buttons[Action.TRIGGER] = self.work_buttons[TAKE]
        self._lay_out()
        self.put_words()

    def _lay_out(self) -> None:
        self._column = self.beside(self.canvas, 3, 2)
        set_role(self.instruction, "about")
        for label in (self.instruction, self.figures):
            label.setWordWrap(True)
        self._column.addWidget(self.instruction)
        self._column.addWidget(self.list, 1)
        self._column.addWidget(self.figures)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._column.setSpacing(sizes.px(12))
        self.instruction.setMinimumHeight(sizes.px(96))

    def work_word(self, name: str) -> str:
        """The word on a button; what the wizard has no word for is not there."""
        return self.showing.buttons.get(name, "") if self.showing is not None else ""

    def show_wizard(self, showing: Showing) -> None:
        """Show how the wizard stands."""
        if showing == self.showing:
            return
        words_stay = self.showing is not None and showing.buttons == self.showing.buttons
        self.showing = showing
        if not words_stay:
            self.put_words()
        self.title.setText(showing.title)
        self.about.setText(showing.about)
        self.instruction.setText(showing.instruction)
        self.figures.setText("\n".join(showing.figures))
        self.list.show_rows([self._row_of(n, step) for n, step in enumerate(showing.steps)], str(showing.at))
        for name, button in self.work_buttons.items():
            button.setVisible(name in showing.buttons)
            button.setEnabled(name in showing.enabled)

    def _row_of(self, number: int, step: Step) -> Row:
        at = self.showing is not None and number == self.showing.at
        shape, colour = (Shape.CIRCLE, PASS_COLOUR) if step.done else (Shape.RING, ACCENT if at else MUTED)
        return Row(str(number), f"{number + 1}  {step.words}", step.facts, "", shape, colour)
