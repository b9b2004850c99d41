"""One thing typed, scanned or keyed in: a second person's name, a roll's number, how many labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication

from shellmark_gui.pages.operator_page import OperatorPage

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Entry:
    """What is asked for, an example, and who gets the text; `fault` says in words what is wrong with a text, "" well.

    `empty` lets nothing be given; the words are called again when the language changes.
    """

    words: Callable[[], str]
    example: Callable[[], str]
    then: Callable[[str], None]
    fault: Callable[[str], str] = lambda _text: ""
    empty: bool = False


class EntryPage(OperatorPage):
    """Asks for one `Entry` after the other, with the digits of the operator's page."""

    _entry: Entry | None = None

    def ask(self, entry: Entry) -> None:
        """Ask for something; names remembered for one question are not offered for the next."""
        self._entry = entry
        self._names = []
        self.put_words()

    def put_words(self) -> None:
        """Put the question again."""
        super().put_words()
        self.accept.setText(translate("action", "Accept"))
        if self._entry is not None:
            self.title.setText(self._entry.words())
            self.entry.setPlaceholderText(self._entry.example())

    def _accept(self) -> None:
        text, asked = self.entry.text().strip(), self._entry
        if asked is None or not (text or asked.empty):
            return
        if fault := asked.fault(text) if text else "":
            self.title.setText(fault)
            self.entry.selectAll()
            return
        asked.then(text)
