"""What a buyer is told about a code: pure arithmetic over what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shellmark_trace.states import States, Suspicion


class Finding(StrEnum):
    """The five verdicts, and what is said where none of them can be.

    No count of queries ever makes a code a fake: OTHER asks the buyer to compare.
    """

    FIRST = "first"
    AGAIN = "again"
    OTHER = "other"
    VOID = "void"
    COPIED = "copied"
    UNSHIPPED = "unshipped"
    RETIRED = "retired"
    ISSUED = "issued"
    UNKNOWN = "unknown"


VERDICTS = (Finding.FIRST, Finding.AGAIN, Finding.OTHER, Finding.VOID, Finding.COPIED)
"""The verdicts proper."""

COUNTING = frozenset({States.SHIPPED, States.CLAIMED, States.RETURNED, States.REWORKED})
"""States in which a query counts: a scan in the factory must not take the buyer's first query away."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a code: its state, the station's suspicion and why, and the site's own alarm."""

    state: States
    suspicion: Suspicion
    suspicion_reason: str
    alarm: Suspicion

    @property
    def copied(self) -> bool:
        """Whether it may have been copied; a failed daily check is a doubt about the case, not about the code."""
        if Suspicion.COPIED in (self.suspicion, self.alarm) or self.alarm is Suspicion.SUSPECT:
            return True
        return self.suspicion is Suspicion.SUSPECT and not self.suspicion_reason.startswith("check ")


def without_counting(standing: Standing) -> Finding | None:
    """What is told whoever asks and however often, None where the queries decide."""
    if standing.state is States.VOID:
        return Finding.VOID
    if standing.copied:
        return Finding.COPIED
    if standing.state is States.RETIRED:
        return Finding.RETIRED
    return None if standing.state in COUNTING else Finding.UNSHIPPED


def by_counting(queries: int, earlier: int, others: int, *, owner: bool) -> Finding:
    """What query number `queries` (1 is the first) is told.

    `earlier` queries came from this device before, and `others` other devices have asked. The owner, who gave the PIN,
    has queried it whatever others did.
    """
    if queries == 1:
        return Finding.FIRST
    return Finding.AGAIN if owner or (earlier > 0 and others == 0) else Finding.OTHER
