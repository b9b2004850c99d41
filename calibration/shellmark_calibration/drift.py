"""Drift: a baseline of what was measured while all was well, and an exponentially weighted average against it.

The average is Roberts' (1959): z = w x + (1 - w) z; its limits are those of the NIST/SEMATECH e-Handbook of Statistical
Methods, section 6.3.2.4. Middle and spread of the baseline are median and MAD, so that one odd case does not set them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

WEIGHT = 0.2
"""How much the newest reading counts (design: quality.md 6.4; NIST: 0.2 to 0.3)."""
READINGS = 30
"""Readings that make a baseline."""
RUN = 3
"""So many readings in a row on one side tell a jump before the average has followed it."""
CONTROL_SIGMAS = 3.0
MAD_TO_SIGMA = 1.4826
"""The standard deviation of a normal distribution over its median absolute deviation."""
ROUNDING = 1e-9
"""What a computed share may be off: a drift of exactly the limit is at the limit."""
FORGOTTEN = 1e-6
"""The weight below which an old reading no longer matters."""


class Grade(StrEnum):
    """How far a quantity has drifted."""

    LEARNING = "learning"
    GOOD = "good"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What readings were while all was well: median, robust standard deviation (1.4826 MAD), and how many."""

    middle: float
    spread: float
    readings: int


def baseline_of(readings: Sequence[float]) -> Baseline:
    """The baseline of readings.

    Raises:
        ValueError: there are none, or one is not finite.
    """
    values = np.asarray(readings, np.float64)
    if values.size == 0 or not np.isfinite(values).all():
        raise ValueError("a baseline wants finite readings")
    middle = float(np.median(values))
    return Baseline(middle, MAD_TO_SIGMA * float(np.median(np.abs(values - middle))), values.size)


def control_limits(
    baseline: Baseline, weight: float, seen: int | None = None, sigmas: float = CONTROL_SIGMAS
) -> tuple[float, float]:
    """Low and high limit of the average after `seen` readings, None for ever so many.

    sigmas * spread * sqrt(w / (2 - w) * (1 - (1 - w)^(2 seen))).
    """
    grown = 1.0 if seen is None else 1 - (1 - weight) ** (2 * seen)
    half = sigmas * baseline.spread * math.sqrt(weight / (2 - weight) * grown)
    return baseline.middle - half, baseline.middle + half


def memory(weight: float) -> int:
    """After how many readings an older one no longer matters: what a restart has to read again."""
    return 1 if weight >= 1 else math.ceil(math.log(FORGOTTEN) / math.log(1 - weight))


@dataclass(frozen=True, slots=True)
class Track:
    """One quantity over time; `add` gives the next one.

    `first` are the readings the baseline is still made of, `last` the newest `RUN` since it is there, `seen` how many
    came since; `average` is None while there is no baseline and begins at its middle.
    """

    weight: float = WEIGHT
    needed: int = READINGS
    first: tuple[float, ...] = ()
    baseline: Baseline | None = None
    average: float | None = None
    seen: int = 0
    last: tuple[float, ...] = ()

    @classmethod
    def on(cls, baseline: Baseline, weight: float = WEIGHT) -> Track:
        """A track whose baseline is known."""
        return cls(weight, baseline.readings, (), baseline, baseline.middle)

    def add(self, reading: float) -> Track:
        """The track after a further reading; one that is not finite changes nothing."""
        if not math.isfinite(reading):
            return self
        if self.baseline is None or self.average is None:
            return self._learn(reading)
        weight = self.weight
        average = weight * reading + (1 - weight) * self.average
        last = (*self.last, reading)[-RUN:]
        return Track(weight, self.needed, (), self.baseline, average, self.seen + 1, last)

    def _learn(self, reading: float) -> Track:
        first = (*self.first, reading)
        if len(first) < self.needed:
            return replace(self, first=first)
        baseline = baseline_of(first)
        return replace(self, first=(), baseline=baseline, average=baseline.middle)

    @property
    def drift(self) -> float:
        """How far the average is from the baseline, in the quantity's unit; 0 while there is none."""
        return 0.0 if self.baseline is None or self.average is None else self.average - self.baseline.middle

    @property
    def jump(self) -> float:
        """The least of the last `RUN` readings' distances from the baseline when all lie on one side, else 0."""
        if self.baseline is None or len(self.last) < RUN:
            return 0.0
        lowest, highest = min(self.last) - self.baseline.middle, max(self.last) - self.baseline.middle
        return max(lowest, 0.0) + min(highest, 0.0)

    @property
    def departure(self) -> float:
        """The drift or the jump, whichever is farther."""
        drift, jump = self.drift, self.jump
        return jump if abs(jump) > abs(drift) else drift


def share(change: float, baseline: Baseline) -> float:
    """A change as a share of the baseline's middle; 0 where that is 0."""
    return change / abs(baseline.middle) if baseline.middle else 0.0


def grade(amount: float, warn: float | None, block: float | None) -> Grade:
    """What an amount (its sign is not looked at) means; at a limit it is reached, None is no limit."""
    size = abs(amount) + ROUNDING
    if block is not None and size >= block:
        return Grade.BLOCK
    return Grade.WARN if warn is not None and size >= warn else Grade.GOOD
