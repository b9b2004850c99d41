"""What people are asked about labels: who else, which case, why, how many, where the labels are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PyQt6.QtCore import QCoreApplication

from shellmark_gui.labelwords import COUNT_NOTES, RELABEL_REASONS
from shellmark_gui.pages.choice_page import Choice, Question
from shellmark_gui.pages.entry_page import Entry

translate = QCoreApplication.translate


def second_person(first: str, then: Callable[[str], None]) -> Entry:
    """Ask for a second person, who is not the first."""

    def fault(name: str) -> str:
        same = name.casefold() == first.strip().casefold()
        return translate("label", "{name} has signed in already: another person").format(name=name) if same else ""

    return Entry(
        lambda: translate("label", "{first} and who else? The second person's name or badge").format(first=first),
        lambda: translate("operator", "Name or badge number"),
        then,
        fault,
    )


def which_case(labelled: Sequence[tuple[str, str]], then: Callable[[str], None]) -> Question:
    """Ask which labelled case gets another label: (case, serial) of each."""
    return Question(
        lambda: translate("label", "Which case gets another label? Its label becomes void"),
        translate("label", "strip the old label off and destroy it"),
        [Choice(case, partial(str, f"{case}\n…{serial[-6:]}")) for case, serial in labelled],
        then,
    )


def why_anew(case: str, then: Callable[[str], None]) -> Question:
    """Ask why a case gets another label."""
    choices = [Choice(reason, partial(translate, "label", said)) for reason, said in RELABEL_REASONS.items()]
    return Question(lambda: translate("label", "Why does it get another label?"), case, choices, then)


def where_they_are(first: str, second: str, then: Callable[[str], None]) -> Question:
    """Ask two persons where the labels are that the printer's count does not fit."""
    choices = [Choice(note, partial(translate, "label", said)) for note, said in COUNT_NOTES.items()]
    about = translate("label", "Kept with both names: {first}, {second}").format(first=first, second=second)
    return Question(lambda: translate("label", "Where are the labels the count does not fit?"), about, choices, then)


def labels_left(then: Callable[[int | None], None]) -> Entry:
    """Ask how many labels are left on the roll; None where nobody counted them."""
    return Entry(
        lambda: translate("label", "How many labels are left on the roll? Nothing when they were not counted"),
        lambda: translate("label", "such as 640"),
        lambda text: then(int(text) if text else None),
        count_fault,
        empty=True,
    )


def roll_name(then: Callable[[str], None]) -> Entry:
    """Ask which roll was put in."""
    return Entry(
        lambda: translate("label", "Number or name of the new roll; scan it"),
        lambda: translate("label", "such as R2611-04"),
        then,
    )


def labels_on_roll(then: Callable[[int], None]) -> Entry:
    """Ask how many labels are on a new roll."""
    return Entry(
        lambda: translate("label", "How many labels are on the roll?"),
        lambda: translate("label", "such as 1000"),
        lambda text: then(int(text)),
        count_fault,
    )


def order_number(then: Callable[[str], None]) -> Entry:
    """Ask which order is made from the next case on."""
    return Entry(
        lambda: translate("label", "Which order comes next? Its number"),
        lambda: translate("label", "such as MO-2611-07"),
        then,
    )


def order_pieces(number: str, then: Callable[[int], None]) -> Entry:
    """Ask how many cases an order is of."""
    return Entry(
        lambda: translate("label", "Order {number}: how many pieces?").format(number=number),
        lambda: translate("label", "such as 1000"),
        lambda text: then(int(text)),
        count_fault,
    )


def order_batch(number: str, then: Callable[[str], None]) -> Entry:
    """Ask which batch an order is made as; nothing where there are none."""
    return Entry(
        lambda: translate("label", "Order {number}: which batch? Nothing where there is none").format(number=number),
        lambda: translate("label", "such as 2611-7"),
        then,
        empty=True,
    )


def count_fault(text: str) -> str:
    """What is wrong with a number: it has to be one, below ten million; "" for nothing."""
    if text.isascii() and text.isdigit() and len(text) <= 7:
        return ""
    return translate("label", "{text} is no number: digits only").format(text=text)
