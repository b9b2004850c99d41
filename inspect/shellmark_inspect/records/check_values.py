"""Values of the daily check and of drift as records keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shellmark_inspect.types import Disposition, Verdict, Versions


class Answer(StrEnum):
    """What a master's record says of the station; `VOID` is a case that was not judged: place the master again."""

    RIGHT = "right"
    WRONG = "wrong"
    VOID = "void"


class Outcome(StrEnum):
    """How a daily check ended."""

    PASSED = "passed"
    FAILED = "failed"
    BROKEN_OFF = "broken_off"


BASELINE = "baseline"
"""The kind of work that begins the baselines of drift anew."""


@dataclass(frozen=True, slots=True)
class MasterAnswer:
    """What one placing of a master came to: its place in the check, its record's row, and why it is not right."""

    place: int
    row: int
    answer: Answer
    why: str


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A daily check as kept.

    `masters` are the names in the order they are to be placed; `why` what made it due, words joined by a blank; `row`
    the station's last record when it was begun; `outcome`, `ended_at` and `end_row` None while it is open; `suspects`
    how many inspections it put in doubt.
    """

    number: int
    sku: str
    operator: str
    why: str
    begun_at: datetime
    row: int
    masters: tuple[str, ...]
    model_digest: str
    recipe_digest: str
    calibration: str
    answers: tuple[MasterAnswer, ...] = ()
    outcome: Outcome | None = None
    ended_at: datetime | None = None
    end_row: int | None = None
    note: str = ""
    suspects: int = 0

    def fits(self, versions: Versions) -> Mapping[str, bool]:
        """Per part that judges, whether it is the one the check was made with."""
        return {
            "model": versions.model_digest == self.model_digest,
            "recipe": versions.recipe_digest == self.recipe_digest,
            "calibration": versions.calibration == self.calibration,
        }


@dataclass(frozen=True, slots=True)
class Work:
    """Work on the station: `sku` "" for every SKU, `row` the station's last record then."""

    kind: str
    sku: str
    row: int
    at: datetime
    operator: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """What a station knows of one SKU's checks: the last one, the last good one, and what came after that.

    `other_sku` says whether another SKU was inspected since, `work` the newest work since.
    """

    last: CheckRecord | None = None
    good: CheckRecord | None = None
    other_sku: bool = False
    work: Work | None = None


@dataclass(frozen=True, slots=True)
class Suspect:
    """An inspection that a failed check puts in doubt; the last fields are a person's decision, None or "" before."""

    row: int
    check: int
    case_id: str
    sku: str
    recorded_at: datetime
    verdict: Verdict
    serial: str | None
    cleared_at: datetime | None = None
    disposition: Disposition | None = None
    operator: str = ""
    reason_code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeptBaseline:
    """A baseline of one quantity of a view; `row` is the last record that went in.

    `basis` is what it rests on: the calibration, or the model's digest for what the model says.
    """

    basis: str
    view: str
    name: str
    middle: float
    spread: float
    readings: int
    row: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What one record says of drift: `accepted` for a good production case, `master` for one of a daily check."""

    row: int
    at: datetime
    calibration: str
    model_digest: str
    verdict: Verdict
    accepted: bool
    master: bool
    notes: Mapping[str, float]
    scores: Mapping[str, float]
