"""What is kept of one judged case: a JSON line, and its pixels' counts beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from .truth import Hit

MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """One reported defect, without its pixels."""

    view: str
    zone: str
    label: str
    label_score: float
    score: float
    length_mm: float
    width_mm: float
    diameter_mm: float


@dataclass(frozen=True, slots=True)
class Row:
    """One judged case.

    `score` is the highest of its views' (1.0 = the limit), None where no view reached the model; `cpu_ms` the
    processor time of the inspecting process around the inspection alone, `wall_ms` its duration, `read_ms` reading and
    decoding; `mp` the megapixels of its views; `first` the first of its process, slower than the others; `no_pixels`
    why it has no pixel figures, "" where it has; `learned` whether the bundle learned these very pictures.
    """

    digest: str
    verdict: str
    score: float | None
    scores: Mapping[str, float]
    reasons: tuple[str, ...]
    faulty: bool
    found: tuple[Found, ...]
    hits: tuple[Hit, ...]
    cpu_ms: float
    wall_ms: float
    read_ms: float
    mp: float
    first: bool
    no_pixels: str = ""
    learned: bool = False

    def as_json(self) -> dict[str, Any]:
        """For a line of JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """What `as_json` gave.

        Raises:
            TypeError: it is no such thing.
            KeyError: a field is missing.
        """
        found = tuple(Found(**one) for one in told["found"])
        hit = tuple(Hit(**one) for one in told["hits"])
        return cls(**{**told, "found": found, "hits": hit, "reasons": tuple(told["reasons"])})


@dataclass(frozen=True, slots=True)
class Judged:
    """One case as it comes from a worker: its number in the run, its row, its pixel counts (bytes) or None.

    `peak_mb` is the most memory the worker has held so far, `pid` its process.
    """

    number: int
    row: Row
    pixels: bytes | None
    peak_mb: float
    pid: int
