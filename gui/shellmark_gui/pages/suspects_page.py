"""What a failed daily check puts in doubt: the cases since the last good one, and what people decide about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.shapes import VERDICT_COLOURS, VERDICT_SHAPES
from shellmark_gui.widgets.rows import Row, RowList
from shellmark_gui.wording import disposition_word, verdict_word
from shellmark_inspect.records import Suspect

translate = QCoreApplication.translate
ONE, ALL = "one", "all"
ROWS = 6


class SuspectsPage(WorkPage):
    """The suspects, newest first."""

    works = (ONE, ALL)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.list = RowList(ROWS, self)
        self.suspects: tuple[Suspect, ...] = ()
        self.chosen = ""
        self._busy = False
        self.list.picked.connect(self._pick)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self.frame(middle)
        self.put_words()

    def work_word(self, name: str) -> str:
        """The word on a button."""
        return {
            ONE: translate("check", "Decide about this one"),
            ALL: translate("check", "Decide about all"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("check", "Suspects"))
        words = translate("check", "{count} cases inspected since the last good check: inspect them again, then decide")
        self.about.setText(words.format(count=len(self.suspects)) if self.suspects else "")
        self._put()

    def show_suspects(self, suspects: Sequence[Suspect]) -> None:
        """Show the suspects nobody has decided about."""
        self.suspects = tuple(one for one in suspects if one.cleared_at is None)
        if self.chosen not in {str(one.row) for one in self.suspects}:
            self.chosen = str(self.suspects[0].row) if self.suspects else ""
        self.put_words()

    def show_busy(self, busy: bool) -> None:
        """Rest the keys while a decision is kept."""
        self._busy = busy
        self._enable()

    @property
    def suspect(self) -> Suspect | None:
        """The one a person looks at."""
        return next((one for one in self.suspects if str(one.row) == self.chosen), None)

    def _pick(self, key: str) -> None:
        self.chosen = key
        self._put()

    def _put(self) -> None:
        nothing = translate("check", "Nothing is in doubt")
        self.list.show_rows([self._row_of(one) for one in self.suspects], self.chosen, nothing)
        self._enable()

    @staticmethod
    def _row_of(one: Suspect) -> Row:
        parts = [
            f"{one.recorded_at.astimezone():%m-%d %H:%M}",
            translate("check", "check {check}").format(check=one.check),
        ]
        if one.serial:
            parts.append(one.serial)
        if one.disposition is not None:
            parts.append(disposition_word(one.disposition))
        shape, colour = VERDICT_SHAPES[one.verdict], VERDICT_COLOURS[one.verdict]
        return Row(str(one.row), one.case_id, "   ".join(parts), verdict_word(one.verdict), shape, colour)

    def _enable(self) -> None:
        self.work_buttons[ONE].setEnabled(self.suspect is not None and not self._busy)
        self.work_buttons[ALL].setEnabled(bool(self.suspects) and not self._busy)
