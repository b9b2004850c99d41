"""What a person's key means for a verdict: the disposition that is kept, and the reason code that goes with it."""

from __future__ import annotations

from shellmark_gui.keys import Action
from shellmark_inspect.types import Disposition, Verdict

ASK = ""
"""In the place of a reason code: the person has to give it."""

_DECISIONS: dict[tuple[Action, Verdict], tuple[Disposition, str]] = {
    (Action.OK, Verdict.PASS): (Disposition.OK, "confirmed"),
    (Action.OK, Verdict.FAIL): (Disposition.OK, ASK),
    (Action.OK, Verdict.REVIEW): (Disposition.OK, "confirmed"),
    (Action.NG, Verdict.PASS): (Disposition.NG, "missed"),
    (Action.NG, Verdict.FAIL): (Disposition.NG, "confirmed"),
    (Action.NG, Verdict.REVIEW): (Disposition.NG, "confirmed"),
    (Action.FALSE_ALARM, Verdict.FAIL): (Disposition.OK, "false_alarm"),
    (Action.FALSE_ALARM, Verdict.REVIEW): (Disposition.OK, "false_alarm"),
}


def decision(action: Action, verdict: Verdict) -> tuple[Disposition, str] | None:
    """The disposition and reason code of a key on a verdict; None where the key means nothing."""
    return _DECISIONS.get((action, verdict))
