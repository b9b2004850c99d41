"""The threshold that goods alone set, and what may be promised of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from shellmark_models.errors import TeachError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold set by ``goods`` cases; ``false_reject_bound`` is its upper bound at 95 % confidence."""

    value: float
    goods: int
    false_reject_bound: float


def false_reject_bound(goods: int, rank: int = 1, confidence: float = CONFIDENCE) -> float:
    """Upper bound on the share of goods scoring above the ``rank``-th highest of ``goods`` good scores.

    That share is distributed as Beta(rank, goods + 1 - rank) when the cases are exchangeable, whatever the scores'
    distribution (order statistics; arXiv 2104.08279, section 3). Raises TeachError for an impossible rank.
    """
    if not 1 <= rank <= goods:
        raise TeachError(f"threshold: rank {rank} of {goods} goods; give at least {max(rank, 1)} good cases")
    return float(stats.beta.ppf(confidence, rank, goods + 1 - rank))


def from_goods(scores: Sequence[float] | NDArray[np.float32], margin: float = 1.0) -> Threshold:
    """The highest good score, times ``margin`` >= 1, one score per case (the maximum over its views).

    The scores must be of cases the memory did not see. A margin only lowers the false-reject rate, so the bound holds.
    """
    values = np.asarray(scores, np.float64)
    if values.size == 0 or not np.isfinite(values).all() or values.max() <= 0 or margin < 1:
        raise TeachError(f"threshold: needs finite scores above 0 of at least one good case, got {values.size}")
    return Threshold(float(values.max() * margin), values.size, false_reject_bound(values.size))


def folds(count: int, most: int) -> NDArray[np.intp]:
    """Which fold each of ``count`` cases is held out in: each its own when few, else ``most`` folds in turn."""
    return np.arange(count) % min(count, most)
