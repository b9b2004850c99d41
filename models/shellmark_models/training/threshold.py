"""The threshold that goods alone set, and what may be promised of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from shellmark_models.errors import TeachError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CONFIDENCE = 0.95
MOST_LIFT = 1.5
FEW = 0.03
"""The share of goods a threshold is set to stop, as far as few goods let guess it; the highest of 30 stops 1 in 31."""
DRAWS = 40_000
"""Sets of goods that are drawn to learn how far a fit to so few may be off."""
AT_ONCE = 1_000_000
"""Numbers drawn at once, 8 bytes each."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold set by ``goods`` cases; ``false_reject_bound`` is its upper bound at 95 % confidence."""

    value: float
    goods: int
    false_reject_bound: float

    def of(self, cases: Sequence[str], scores: Sequence[float]) -> dict[str, float]:
        """Held-out scores by case in units of the threshold, as ``Taught.case_scores`` wants them."""
        return {case: float(score) / self.value for case, score in zip(cases, scores, strict=True)}


def false_reject_bound(goods: int, rank: int = 1, confidence: float = CONFIDENCE) -> float:
    """Upper bound on the share of goods scoring above the ``rank``-th highest of ``goods`` good scores.

    That share is distributed as Beta(rank, goods + 1 - rank) when the cases are exchangeable, whatever the scores'
    distribution (order statistics; arXiv 2104.08279, section 3). Raises TeachError for an impossible rank.
    """
    if not 1 <= rank <= goods:
        raise TeachError(f"threshold: rank {rank} of {goods} goods; give at least {max(rank, 1)} good cases")
    return float(stats.beta.ppf(confidence, rank, goods + 1 - rank))


def promise(bound: float, goods: int) -> str:
    """What ``goods`` good cases promise of false rejects, in signs alone: ``<= 9.5 % at 95 %, n = 30``."""
    return f"<= {100 * bound:.1f} % at {100 * CONFIDENCE:.0f} %, n = {goods}"


def from_goods(
    scores: Sequence[float] | NDArray[np.float32],
    margin: float = 1.0,
    measures: int = 1,
    tolerated_share: float | None = None,
) -> Threshold:
    """The highest good score, one per case (the maximum over its views), or what few goods let expect above it.

    ``scores`` are of cases the memory did not see. Where a Gumbel distribution fitted to them (by moments, in their
    logarithms) has its 97 % point above the highest, that point counts: 10 goods alone would stop 1 in 11. ``margin``
    >= 1 lifts either. Lifting only lowers the false-reject rate, so the bound of the order statistics holds whatever
    the scores' distribution. From 60 goods on the highest of them nearly always counts.
    ``measures`` is how many measures were each brought to their own highest before the worst of them was taken: each
    costs one statistically equivalent block (Tukey 1947). Where a ``tolerated_share`` is given, the point counts that
    no more than this share of goods lies above at 95 % confidence (``tolerated``). Raises TeachError.
    """
    values = np.asarray(scores, np.float64)
    if values.size == 0 or not np.isfinite(values).all() or values.min() <= 0 or margin < 1:
        raise TeachError(f"threshold: needs finite scores above 0 of at least one good case, got {values.size}")
    rank = min(measures, values.size)
    beyond = expected(values, FEW) if tolerated_share is None else tolerated(values, tolerated_share)
    highest = max(float(values.max()), min(beyond, MOST_LIFT * float(values.max())))
    return Threshold(highest * margin, values.size, false_reject_bound(values.size, rank))


def expected(scores: NDArray[np.float64], share: float) -> float:
    """What ``share`` of goods would score above if the logarithms of their scores followed Gumbel's distribution."""
    logs = np.log(scores)
    scale = float(logs.std(ddof=1)) * math.sqrt(6) / math.pi if len(logs) > 1 else 0.0
    return math.exp(float(logs.mean()) - np.euler_gamma * scale + scale * _gumbel(share))


def tolerated(scores: NDArray[np.float64], share: float) -> float:
    """What at most ``share`` of goods scores above at 95 % confidence, the logarithms of their scores Gumbel's.

    A one-sided tolerance limit: the mean of the logarithms and so many of their deviations as cover the point in 95 %
    of sets of as many goods.
    """
    logs = np.log(scores)
    if len(logs) == 1:
        return math.exp(float(logs[0]))
    return math.exp(float(logs.mean()) + _deviations(len(logs), share) * float(logs.std(ddof=1)))


@lru_cache(maxsize=64)
def _deviations(goods: int, share: float) -> float:
    """How many deviations above the mean of so many goods a tolerance limit lies, by sets drawn of Gumbel's own."""
    generator, wanted = np.random.default_rng(0), []
    for some in np.array_split(np.arange(DRAWS), math.ceil(DRAWS * goods / AT_ONCE)):
        drawn = generator.gumbel(size=(len(some), goods))
        wanted.append((_gumbel(share) - drawn.mean(axis=1)) / drawn.std(axis=1, ddof=1))
    return float(np.quantile(np.concatenate(wanted), CONFIDENCE))


def _gumbel(share: float) -> float:
    """The point of Gumbel's standard distribution that a share lies above."""
    return -math.log(-math.log1p(-share))


def folds(count: int, most: int) -> NDArray[np.intp]:
    """Which fold each of ``count`` cases is held out in: each its own when few, else ``most`` blocks of neighbours.

    Cases that were seen one after the other are alike; held out together they cannot vouch for each other.
    """
    return np.arange(count) * min(count, most) // max(count, 1)
