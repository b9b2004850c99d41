"""The words of labels: what to do now, what is wrong with one, where its code stands, how well it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from shellmark_gui.shapes import Shape
from shellmark_gui.theme import ACCENT, FAIL_COLOUR, PASS_COLOUR, RAISED, REVIEW_COLOUR
from shellmark_gui.wording import code_state_word, line
from shellmark_inspect.labelling import Fault, Labelling, LabelState
from shellmark_inspect.records import Order
from shellmark_trace import States, Suspicion
from shellmark_trace.readback import UEC_GOOD, UEC_LEAST

translate = QCoreApplication.translate
_S = LabelState

WANTS_PERSON = frozenset({_S.STICK, _S.STRIP, _S.REFUSED, _S.SUPERVISOR, _S.HELD})
"""The states in which nothing goes on until somebody does something."""

_LOOKS: Mapping[LabelState, tuple[Shape, str]] = {
    _S.STARTING: (Shape.DOTS, RAISED),
    _S.IDLE: (Shape.RING, RAISED),
    _S.PRINTING: (Shape.DOTS, ACCENT),
    _S.STICK: (Shape.ARROW, ACCENT),
    _S.READING: (Shape.DOTS, ACCENT),
    _S.STRIP: (Shape.CROSS, FAIL_COLOUR),
    _S.OFFLINE: (Shape.TRIANGLE, REVIEW_COLOUR),
    _S.REFUSED: (Shape.BAR, FAIL_COLOUR),
    _S.SUPERVISOR: (Shape.TRIANGLE, FAIL_COLOUR),
    _S.HELD: (Shape.BAR, FAIL_COLOUR),
    _S.CLOSED: (Shape.BAR, RAISED),
}

_WORDS: Mapping[LabelState, str] = {
    _S.STARTING: QT_TRANSLATE_NOOP("label", "Labels are starting"),
    _S.IDLE: QT_TRANSLATE_NOOP("label", "No case waits for a label"),
    _S.PRINTING: QT_TRANSLATE_NOOP("label", "Printing the label"),
    _S.STICK: QT_TRANSLATE_NOOP("label", "Stick the label on"),
    _S.READING: QT_TRANSLATE_NOOP("label", "Reading the label back"),
    _S.STRIP: QT_TRANSLATE_NOOP("label", "Strip every label off"),
    _S.OFFLINE: QT_TRANSLATE_NOOP("label", "Printer offline"),
    _S.REFUSED: QT_TRANSLATE_NOOP("label", "Count is wrong: printing is stopped"),
    _S.SUPERVISOR: QT_TRANSLATE_NOOP("label", "A supervisor is needed"),
    _S.HELD: QT_TRANSLATE_NOOP("label", "Labels are stopped"),
    _S.CLOSED: QT_TRANSLATE_NOOP("label", "The station is stopped"),
}

_LINES: Mapping[LabelState, str] = {
    _S.STARTING: QT_TRANSLATE_NOOP("label", "looking at what the last run left"),
    _S.IDLE: QT_TRANSLATE_NOOP("label", "inspect on: a pass gets its label by itself"),
    _S.PRINTING: QT_TRANSLATE_NOOP("label", "case {case}: wait for the label"),
    _S.STICK: QT_TRANSLATE_NOOP("label", "on case {case}, under the camera; then press {done}"),
    _S.READING: QT_TRANSLATE_NOOP("label", "case {case}: leave it under the camera"),
    _S.STRIP: QT_TRANSLATE_NOOP("label", "{fault}. Case {case}: strip and destroy all its labels, then press {done}"),
    _S.OFFLINE: QT_TRANSLATE_NOOP(
        "label", "since {since}, {count} codes wait: see to power, labels, cable; inspect on"
    ),
    _S.REFUSED: QT_TRANSLATE_NOOP("label", "two persons look for the labels and reconcile: press {page}"),
    _S.SUPERVISOR: QT_TRANSLATE_NOOP("label", "case {case} has used up its labels: two persons, press {page}"),
    _S.HELD: QT_TRANSLATE_NOOP("label", "nothing is printed: {detail}"),
    _S.CLOSED: QT_TRANSLATE_NOOP("label", "labels go on at the next start"),
}

_FAULTS: Mapping[Fault, str] = {
    Fault.MISSING: QT_TRANSLATE_NOOP("label", "No label came"),
    Fault.LATE: QT_TRANSLATE_NOOP("label", "A label came after all: have it read again"),
    Fault.NOT_READ: QT_TRANSLATE_NOOP("label", "The camera reads no label"),
    Fault.WEAK: QT_TRANSLATE_NOOP("label", "The label is printed too badly"),
    Fault.OTHER: QT_TRANSLATE_NOOP("label", "It is another label"),
    Fault.SEVERAL: QT_TRANSLATE_NOOP("label", "There is more than one label on the case"),
    Fault.ODOMETER: QT_TRANSLATE_NOOP("label", "The printer's count did not go on by exactly one"),
    Fault.UNCOUNTED: QT_TRANSLATE_NOOP("label", "The printer's count before the job is not known"),
    Fault.NO_PICTURE: QT_TRANSLATE_NOOP("label", "The camera gives no picture"),
    Fault.VOIDED: QT_TRANSLATE_NOOP("label", "The case was judged anew and its code is void"),
    Fault.STILL_THERE: QT_TRANSLATE_NOOP("label", "There is still a label on the case"),
    Fault.PRINTER_GONE: QT_TRANSLATE_NOOP("label", "The printer went away before the job"),
}
"""The station's sentences (`shellmark_inspect.labelling.FAULTS`); tests/gui holds both languages to be the same."""

_STANDINGS: Mapping[States, str] = {
    States.RESERVED: ACCENT,
    States.SENT: ACCENT,
    States.ACTIVE: PASS_COLOUR,
    States.SHIPPED: PASS_COLOUR,
    States.CLAIMED: PASS_COLOUR,
    States.RETURNED: REVIEW_COLOUR,
    States.REWORKED: REVIEW_COLOUR,
    States.RETIRED: FAIL_COLOUR,
    States.VOID: FAIL_COLOUR,
}

_SUSPICIONS: Mapping[Suspicion, tuple[str, str]] = {
    Suspicion.NONE: ("", ""),
    Suspicion.SUSPECT: (QT_TRANSLATE_NOOP("label", "in doubt"), REVIEW_COLOUR),
    Suspicion.CLEARED: ("", ""),
    Suspicion.COPIED: (QT_TRANSLATE_NOOP("label", "perhaps copied"), FAIL_COLOUR),
}
"""A doubt that was cleared is none."""

RELABEL_REASONS: Mapping[str, str] = {
    "damaged": QT_TRANSLATE_NOOP("label", "The label is damaged or dirty"),
    "fell_off": QT_TRANSLATE_NOOP("label", "The label fell off"),
    "wrong_place": QT_TRANSLATE_NOOP("label", "The label is in the wrong place"),
    "wrong_text": QT_TRANSLATE_NOOP("label", "The label says something wrong"),
    "wrong_case": QT_TRANSLATE_NOOP("label", "The label is on the wrong case"),
    "reworked": QT_TRANSLATE_NOOP("label", "The case was reworked"),
}
"""Why a labelled case gets a new label: the reason kept, and its words."""

COUNT_NOTES: Mapping[str, str] = {
    "found and destroyed": QT_TRANSLATE_NOOP("label", "The labels were found and destroyed"),
    "test print": QT_TRANSLATE_NOOP("label", "Labels were printed as a test"),
    "roll changed": QT_TRANSLATE_NOOP("label", "Labels ran off when the roll was changed"),
    "printer changed": QT_TRANSLATE_NOOP("label", "Another printer was put in"),
    "jam": QT_TRANSLATE_NOOP("label", "A label jammed in the printer, destroyed"),
    "not found": QT_TRANSLATE_NOOP("label", "Looked for, not found"),
}
"""Where the labels are that the count does not fit: the note kept, and its words."""


@dataclass(frozen=True, slots=True)
class LabelLook:
    """How labelling stands, for a tile: shape, word, line and colour.

    `brief` is the line where there is no room for it: which case. `wants_person` says that somebody has to act.
    """

    shape: Shape
    word: str
    line: str
    colour: str
    brief: str = ""
    wants_person: bool = False


@dataclass(frozen=True, slots=True)
class LabelKeys:
    """What the keys are called on this station: label is on (or off), no label came, the label's page."""

    done: str
    none: str
    page: str


def label_look(now: Labelling, keys: LabelKeys, since: datetime | None = None) -> LabelLook:
    """What the labeller does or wants, in the screen's language; `since` is when the printer went away."""
    shape, colour = _LOOKS[now.state]
    said = translate("label", _LINES[now.state]).format(
        case=now.case_id or "-",
        done=keys.done,
        page=keys.page,
        fault=fault_word(now.fault),
        since=f"{since.astimezone():%H:%M}" if since else "-",
        count=_count(now.waiting),
        detail=line(now.detail) or "-",
    )
    if now.state is _S.REFUSED and now.fault is Fault.UNCOUNTED:
        said = translate("label", "the printer does not count its labels: see [label] uncounted")
    if now.doubted:
        sixes = " …".join(serial[-6:] for serial in now.doubted)
        said += " · " + translate("label", "Label …{six} may be out twice: look for it").format(six=sixes)
    brief = translate("label", "case {case}").format(case=now.case_id) if now.case_id else keys.page
    word = translate("label", _WORDS[now.state])
    return LabelLook(shape, word, said.lstrip("。. "), colour, brief, now.state in WANTS_PERSON)


def active_look(serial: str) -> LabelLook:
    """A label that is proven."""
    word = translate("label", "Label active: {six}").format(six=serial[-6:])
    return LabelLook(Shape.TICK, word, translate("label", "done; the next case, please"), PASS_COLOUR, serial[-6:])


def order_look(order: Order, keys: LabelKeys) -> LabelLook:
    """An order all of whose codes are issued: nothing passes until the next one is told."""
    words = translate("label", "order {number} has its {count} codes: for the next order press {page}")
    said = words.format(number=order.number, count=order.quantity, page=keys.page)
    return LabelLook(
        Shape.BAR, translate("label", "The order is complete"), said, REVIEW_COLOUR, order.number, wants_person=True
    )


def fault_word(fault: Fault | None) -> str:
    """What is wrong with a label, "" for nothing."""
    return translate("label", _FAULTS[fault]) if fault is not None else ""


def standing_word(state: States, suspicion: Suspicion = Suspicion.NONE, *, brief: bool = False) -> tuple[str, str]:
    """Where a code stands, and the colour it is said in; a doubt is said behind it, or brief instead, in its colour."""
    said, colour = code_state_word(state), _STANDINGS[state]
    doubt, doubtful = _SUSPICIONS[suspicion]
    if doubt and brief:
        return translate("label", doubt), doubtful
    return (f"{said} · {translate('label', doubt)}", doubtful) if doubt else (said, colour)


def print_word(uec: float | None) -> tuple[str, str]:
    """How well a label is printed in one word and its colour, by its unused error correction (ISO/IEC 15415)."""
    if uec is None:
        return translate("label", "not read"), RAISED
    if uec >= UEC_GOOD:
        return translate("label", "good"), PASS_COLOUR
    return (
        (translate("label", "fair"), REVIEW_COLOUR) if uec >= UEC_LEAST else (translate("label", "poor"), FAIL_COLOUR)
    )


def done_word(state: LabelState) -> str:
    """What the big key says: that the label is on, or that all are off."""
    return translate("label", "All are off") if state is _S.STRIP else translate("label", "Label is on")


def other_word(state: LabelState) -> str:
    """What the key beside it says: that no label came, or that the label is to be read once more."""
    return translate("label", "Read again") if state is _S.STRIP else translate("label", "No label came")


def has_other(now: Labelling) -> bool:
    """Whether the key beside the big one means something: a void or uncounted code is not read again."""
    return now.state is _S.STICK or (now.state is _S.STRIP and now.fault not in (Fault.VOIDED, Fault.UNCOUNTED))


def _count(waiting: int) -> str:
    """How many codes wait; the station counts to a hundred."""
    return str(waiting) if waiting < 100 else "100+"
