"""The life of a code, as an enum and a table of the steps that are allowed.

RESERVED ─▶ SENT ─▶ ACTIVE ─▶ SHIPPED ─▶ CLAIMED ─▶ RETURNED ─▶ REWORKED ─▶ SHIPPED or RETIRED
every state but VOID and RETIRED may become VOID; both are for ever
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from .errors import TransitionError


class States(StrEnum):
    """Where a code stands in its life."""

    RESERVED = "RESERVED"
    SENT = "SENT"
    ACTIVE = "ACTIVE"
    SHIPPED = "SHIPPED"
    CLAIMED = "CLAIMED"
    RETURNED = "RETURNED"
    REWORKED = "REWORKED"
    RETIRED = "RETIRED"
    VOID = "VOID"


class Suspicion(StrEnum):
    """Whether a code is in doubt: thought to be copied, or of a shell judged before a daily check failed.

    It is beside the state, so that the state survives.
    """

    NONE = "NONE"
    SUSPECT = "SUSPECT"
    CLEARED = "CLEARED"
    COPIED = "COPIED"


LIVE = frozenset(
    {States.RESERVED, States.SENT, States.ACTIVE, States.SHIPPED, States.CLAIMED, States.RETURNED, States.REWORKED}
)
"""The states of which a case has at most one code."""

TRANSITIONS: Mapping[States, frozenset[States]] = MappingProxyType(
    {
        States.RESERVED: frozenset({States.SENT, States.VOID}),
        States.SENT: frozenset({States.ACTIVE, States.VOID}),
        States.ACTIVE: frozenset({States.SHIPPED, States.RETIRED, States.VOID}),
        States.SHIPPED: frozenset({States.CLAIMED, States.RETURNED, States.RETIRED, States.VOID}),
        States.CLAIMED: frozenset({States.RETURNED, States.RETIRED, States.VOID}),
        States.RETURNED: frozenset({States.REWORKED, States.SHIPPED, States.RETIRED, States.VOID}),
        States.REWORKED: frozenset({States.SHIPPED, States.RETIRED, States.VOID}),
        States.RETIRED: frozenset(),
        States.VOID: frozenset(),
    }
)
"""From each state the states that may follow."""

SUSPICIONS: Mapping[Suspicion, frozenset[Suspicion]] = MappingProxyType(
    {
        Suspicion.NONE: frozenset({Suspicion.SUSPECT}),
        Suspicion.SUSPECT: frozenset({Suspicion.CLEARED, Suspicion.COPIED}),
        Suspicion.CLEARED: frozenset({Suspicion.SUSPECT}),
        Suspicion.COPIED: frozenset(),
    }
)
"""From each suspicion the ones that may follow."""


def check_transition(before: States, after: States) -> States:
    """The state after, when the step is allowed.

    Raises:
        TransitionError: the table does not have the step.
    """
    if after not in TRANSITIONS[before]:
        allowed = ", ".join(sorted(TRANSITIONS[before])) or "nothing"
        raise TransitionError(f"a code that is {before} cannot become {after}: {allowed} may follow")
    return after
