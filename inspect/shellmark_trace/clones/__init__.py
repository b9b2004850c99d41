"""Is a code copied: the score over its scans, the rules without a score, the test of a whole batch."""

from .rule import (
    ALARM_AT,
    BASE_SHARE,
    BATCH_Z,
    HARD_STATES,
    HardRule,
    Place,
    Scan,
    Sighting,
    batch_z,
    distance_km,
    gain,
    hard_rule,
    score,
    spread_out,
)

__all__ = [
    "ALARM_AT",
    "BASE_SHARE",
    "BATCH_Z",
    "HARD_STATES",
    "HardRule",
    "Place",
    "Scan",
    "Sighting",
    "batch_z",
    "distance_km",
    "gain",
    "hard_rule",
    "score",
    "spread_out",
]
