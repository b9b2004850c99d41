"""Area under the curve, exact intervals, and what a threshold lets through or stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from shellmark_models.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """``hits`` of ``n`` with the exact two-sided interval ``low`` to ``high`` at 95 % confidence."""

    hits: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself; not a number when n is 0."""
        return self.hits / self.n if self.n else float("nan")

    def __str__(self) -> str:
        return f"{self.hits}/{self.n} ({100 * self.low:.1f} to {100 * self.high:.1f} %)"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one threshold does to cases whose truth is known."""

    image_auroc: float
    escapes: Rate
    overkill: Rate


def rate(hits: int, n: int, confidence: float = CONFIDENCE) -> Rate:
    """A share with its Clopper-Pearson interval (Biometrika 26, 1934); 0 of 0 may be anything from 0 to 1.

    Raises EvaluationError when ``hits`` is not within 0..n.
    """
    if not 0 <= hits <= n:
        raise EvaluationError(f"rate: {hits} of {n} is impossible")
    tail = (1 - confidence) / 2
    low = float(stats.beta.ppf(tail, hits, n - hits + 1)) if hits else 0.0
    high = float(stats.beta.ppf(1 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return Rate(hits, n, low, high)


def auroc(scores: Sequence[float] | NDArray[np.floating], bad: Sequence[bool] | NDArray[np.bool_]) -> float:
    """The chance that a bad case scores above a good one, ties counting half (Mann-Whitney).

    Raises EvaluationError when either kind is missing or a score is not a number.
    """
    values, truth = np.asarray(scores, np.float64), np.asarray(bad, np.bool_)
    if values.ndim != 1 or values.shape != truth.shape or np.isnan(values).any():
        raise EvaluationError(f"auroc: {values.shape} scores for {truth.shape} cases, each a number and one per case")
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        raise EvaluationError(f"auroc: needs good and bad cases, got {negatives} good and {positives} bad")
    ranks = stats.rankdata(values)
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def outcome(
    scores: Sequence[float] | NDArray[np.floating], bad: Sequence[bool] | NDArray[np.bool_], threshold: float = 1.0
) -> Outcome:
    """Curve, escapes (bad below the threshold) and overkill (good at or above it), one score per case."""
    values, truth = np.asarray(scores, np.float64), np.asarray(bad, np.bool_)
    area = auroc(values, truth)
    passed = values < threshold
    escapes = rate(int((passed & truth).sum()), int(truth.sum()))
    overkill = rate(int((~passed & ~truth).sum()), int((~truth).sum()))
    return Outcome(area, escapes, overkill)
