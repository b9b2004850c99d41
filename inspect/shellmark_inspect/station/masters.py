"""Masters: the order they are placed in, what their verdicts say of the station, and how a check ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shellmark_inspect.judge import FAILS
from shellmark_inspect.recipe import MasterSpec
from shellmark_inspect.records import Answer, CheckRecord, MasterAnswer, Outcome
from shellmark_inspect.types import Inspection, ReasonCode, Verdict

NOT_JUDGED = frozenset(
    {
        ReasonCode.VIEW_MISSING,
        ReasonCode.CAMERA,
        ReasonCode.STEP,
        ReasonCode.MODEL,
        ReasonCode.FRAMES_LOST,
        ReasonCode.OVERRUN,
        ReasonCode.STOPPED,
        ReasonCode.INTERRUPTED,
        ReasonCode.FAULT,
    }
)
"""Why a case is REVIEW without having been judged: what holds a master back so would hold goods back too."""


def in_order(masters: Sequence[MasterSpec]) -> tuple[MasterSpec, ...]:
    """The masters as they are placed: each once, then those that come again (an OK one frames the check)."""
    most = max((master.rounds for master in masters), default=0)
    return tuple(master for turn in range(most) for master in masters if master.rounds > turn)


def answer_of(master: MasterSpec, inspection: Inspection) -> tuple[Answer, str]:
    """What a master's inspection says of the station, and why it is not right ("" when it is).

    An OK master must PASS. An NG master must FAIL for a defect of its label (in its zone, when it names one): a REVIEW
    is not enough, since a person who looks is not what is checked. A REVIEW that could not be judged (camera, step,
    model) says nothing of the judgement: the master is placed again.
    """
    faults = [reason for reason in inspection.reasons if reason.code in NOT_JUDGED]
    if inspection.verdict is Verdict.REVIEW and faults:
        return Answer.VOID, f"not judged: {faults[0]}"
    why = _ok_fault(inspection) if master.kind == "ok" else _ng_fault(master, inspection)
    return (Answer.WRONG, why) if why else (Answer.RIGHT, "")


def _ok_fault(inspection: Inspection) -> str:
    if inspection.verdict is Verdict.PASS:
        return ""
    return f"a good master is {inspection.verdict}: {inspection.reasons[0]}"


def _ng_fault(master: MasterSpec, inspection: Inspection) -> str:
    where = f" in zone {master.zone}" if master.zone else ""
    wanted = f"FAIL for {master.label}{where} is wanted"
    if inspection.verdict is not Verdict.FAIL:
        return f"a bad master is {inspection.verdict}: {wanted}"
    causes = [reason.values for reason in inspection.reasons if reason.code in FAILS]
    if any(_fits(master, values) for values in causes):
        return ""
    said = ", ".join(
        dict.fromkeys(f"{values.get('label', '?')} in zone {values.get('zone', '?')}" for values in causes)
    )
    return f"a bad master failed for {said}: {wanted}"


def _fits(master: MasterSpec, values: Mapping[str, object]) -> bool:
    return values.get("label") == master.label and master.zone in (None, values.get("zone"))


def answered(answers: Sequence[MasterAnswer]) -> dict[int, MasterAnswer]:
    """Per place the answer that counts: the last one that was judged, else the last one."""
    found: dict[int, MasterAnswer] = {}
    for answer in answers:
        if answer.place not in found or answer.answer is not Answer.VOID:
            found[answer.place] = answer
    return found


def outcome_of(check: CheckRecord, *, ending: bool) -> Outcome | None:
    """How a check stands: None while a place is empty; `ending` says that nothing more will be placed.

    A wrong answer fails a check whatever else happens to it, so that breaking it off hides nothing.
    """
    said = [answer.answer for answer in answered(check.answers).values()]
    whole = len(said) == len(check.masters) and Answer.VOID not in said
    if not whole and not ending:
        return None
    if Answer.WRONG in [answer.answer for answer in check.answers]:
        return Outcome.FAILED
    return Outcome.PASSED if whole else Outcome.BROKEN_OFF
