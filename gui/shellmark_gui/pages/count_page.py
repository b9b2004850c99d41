"""The shift's labels laid side by side: the printer's count, the records, the cases, the bin, the roll; and to sign."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QLabel, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import ACCENT, FAIL_COLOUR, MUTED, PASS_COLOUR, REVIEW_COLOUR, TEXT, Sizes
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.rows import Row, RowList
from shellmark_gui.widgets.state_tile import StateTile
from shellmark_inspect.records import Tally

translate = QCoreApplication.translate
LEFT, SIGN, AGAIN = "left", "sign", "again"
ROWS = 6

Look = tuple[Shape, str, str, str]


class CountPage(WorkPage):
    """A `Tally` in six rows, what it comes to in a tile, and the keys to count the roll, to sign and to look again."""

    works = (LEFT, SIGN, AGAIN)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.list, self.tile = RowList(ROWS, self), StateTile(parent=self)
        self.signed, self.hint = QLabel(self), QLabel(self)
        self.tally: Tally | None = None
        self._busy = False
        self._column = self.beside(self.list, 5, 4)
        for words in (self.signed, self.hint):
            set_role(words, "muted")
            words.setWordWrap(True)
        self._column.addWidget(self.tile)
        self._column.addWidget(self.signed)
        self._column.addStretch(1)
        self._column.addWidget(self.hint)
        self.list.show_rows(())
        self.put_words()

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._column.setSpacing(sizes.px(16))

    def work_word(self, name: str) -> str:
        """The word on a button."""
        return {
            LEFT: translate("count", "Labels left"),
            SIGN: translate("count", "Sign"),
            AGAIN: translate("count", "Count again"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("count", "The shift's labels"))
        self.hint.setText(
            translate(
                "count", "Count the labels in the bin and those left on the roll, then sign: alone when all agrees"
            )
        )
        self._put()

    def show_tally(self, tally: Tally) -> None:
        """Show how the labels stand."""
        self.tally = tally
        self._put()

    def show_busy(self, busy: bool) -> None:
        """Rest the keys while the station answers."""
        self._busy = busy
        self._enable()

    def _put(self) -> None:
        self._enable()
        if self.tally is None:
            return
        self.tile.show_state(*_look(self.tally))
        self.list.show_rows(_rows(self.tally))
        self.about.setText(_since(self.tally))
        self.signed.setText(_signed(self.tally))

    def _enable(self) -> None:
        ready = self.tally is not None and self.tally.asked and not self.tally.on_way
        for name, button in self.work_buttons.items():
            button.setEnabled(not self._busy and (ready if name == SIGN else True))


def _look(tally: Tally) -> Look:
    """What it comes to: all agrees, or what differs, or that it cannot be signed yet."""
    if tally.on_way:
        words = translate("count", "A label is on its way")
        return Shape.DOTS, words, translate("count", "finish it first, then count again"), ACCENT
    if not tally.asked:
        words = translate("count", "The printer was not asked")
        line = translate("count", "it is away or at work: its count is the last kept one; count again later")
        return Shape.TRIANGLE, words, line, REVIEW_COLOUR
    if tally.counts.agrees:
        line = translate("count", "{count} labels: one person may sign").format(count=tally.counts.known)
        return Shape.TICK, translate("count", "All counts agree"), line, PASS_COLOUR
    line = translate("count", "look for the labels; two persons sign and say where they are")
    return Shape.CROSS, translate("count", "The counts differ"), line, FAIL_COLOUR


def _rows(tally: Tally) -> list[Row]:
    counts = tally.counts
    known = translate("count", "{jobs} print commands").format(jobs=counts.jobs)
    bin_words = translate("count", "the bin has to hold {count} labels").format(count=tally.in_bin)
    wait = translate("count", "{count} codes wait to be printed").format(count=tally.reserved)
    return [
        _printer_row(tally),
        Row("known", translate("count", "In the records"), known, str(counts.known), None, TEXT),
        Row("active", translate("count", "Proven on cases"), "", str(tally.on_cases), Shape.CIRCLE, PASS_COLOUR),
        Row("void", translate("count", "Void, in the bin"), bin_words, str(tally.void), Shape.CROSS, MUTED),
        Row("way", translate("count", "On the way"), wait, str(tally.on_way), None, TEXT),
        _roll_row(tally),
    ]


def _printer_row(tally: Tally) -> Row:
    """The odometer from the last reconciliation to now, and whether it says what the records say."""
    counts, title = tally.counts, translate("count", "Printed, by the printer's count")
    if counts.printed is None or counts.odometer is None:
        return Row("printer", title, translate("count", "this printer does not count"), "-", None, TEXT)
    facts = f"{counts.odometer - counts.printed} → {counts.odometer}"
    return Row("printer", title, facts, str(counts.printed), *_fits(counts.printed, counts.known))


def _roll_row(tally: Tally) -> Row:
    """The roll: how many labels went from it, once somebody has counted what is left."""
    counts = tally.counts
    title = translate("count", "Roll {roll}").format(roll=counts.roll) if counts.roll else translate("count", "No roll")
    if not counts.roll:
        return Row("roll", title, translate("count", "none was loaded: see Roll changed"), "-", None, TEXT)
    if counts.left is None:
        return Row("roll", title, translate("count", "nobody has counted what is left"), "-", None, TEXT)
    if counts.used is None:
        facts = translate("count", "{left} left; the time before nobody counted").format(left=counts.left)
        return Row("roll", title, facts, "-", None, TEXT)
    facts = translate("count", "{left} left").format(left=counts.left)
    return Row("roll", title, facts, str(counts.used), *_fits(counts.used, counts.known))


def _fits(count: int, known: int) -> tuple[Shape, str]:
    return (Shape.CIRCLE, PASS_COLOUR) if count == known else (Shape.CROSS, FAIL_COLOUR)


def _since(tally: Tally) -> str:
    if tally.since is None:
        return translate("count", "since the first label")
    return translate("count", "since {since}").format(since=f"{tally.since.astimezone():%m-%d %H:%M}")


def _signed(tally: Tally) -> str:
    if tally.since is None:
        return translate("count", "nobody has signed yet")
    words = translate("count", "last signed by {names}, {at}")
    return words.format(names=tally.by, at=f"{tally.since.astimezone():%m-%d %H:%M}")
