"""Area under the curve, exact intervals, and what a threshold lets through or stops."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, stats

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
class Area:
    """An area under a curve with its two-sided interval, the ``n`` it stands on, and the method of the interval."""

    value: float
    low: float
    high: float
    n: int
    method: str

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


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
    values, truth = _checked(scores, bad, "auroc")
    positives, negatives = int(truth.sum()), int((~truth).sum())
    ranks = stats.rankdata(values)
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def auroc_interval(
    scores: Sequence[float] | NDArray[np.floating],
    bad: Sequence[bool] | NDArray[np.bool_],
    groups: Sequence[str] | None = None,
    confidence: float = CONFIDENCE,
) -> Area:
    """The same with its interval; cases of one of ``groups`` (an object, a position) are not taken as independent.

    DeLong's variance (Biometrics 44, 1988), with groups Obuchowski's for clusters (Biometrics 53, 1997), on the logit
    scale; where it is 0 or cannot be had (a perfect separation, one bad case), Hanley and McNeil's variance solved
    for the area as Newcombe does (Stat. Med. 25, 2006, method 5). Raises as ``auroc``.
    """
    values, truth = _checked(scores, bad, "auroc")
    ranks, among_bad, among_good = stats.rankdata(values), stats.rankdata(values[truth]), stats.rankdata(values[~truth])
    good_below = (ranks[truth] - among_bad) / (~truth).sum()
    bad_above = 1 - (ranks[~truth] - among_good) / truth.sum()
    names = np.arange(len(values)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    table = np.zeros((int(names.max()) + 1, 4))
    np.add.at(table[:, 0], names[truth], good_below)
    np.add.at(table[:, 2], names[truth], 1)
    np.add.at(table[:, 1], names[~truth], bad_above)
    np.add.at(table[:, 3], names[~truth], 1)
    return clustered_area(table, confidence, grouped=groups is not None)


def clustered_area(table: NDArray[np.float64], confidence: float = CONFIDENCE, *, grouped: bool = True) -> Area:
    """An area and its interval from what each cluster gives to it.

    ``table`` (clusters, 4): the sum over the cluster's bad ones of the share of good ones below each; the sum over its
    good ones of the share of bad ones above each; how many bad; how many good. Raises EvaluationError when a kind is
    missing.
    """
    above, below, bad, good = (table[:, i] for i in range(4))
    positives, negatives = float(bad.sum()), float(good.sum())
    if not positives or not negatives:
        raise EvaluationError(f"auroc: needs good and bad cases, got {negatives:g} good and {positives:g} bad")
    area = float(above.sum() / positives)
    with_bad, with_good, every = int((bad > 0).sum()), int((good > 0).sum()), len(table)
    variance = 0.0
    if min(with_bad, with_good) > 1 and every > 1:
        of_bad, of_good = above - bad * area, below - good * area
        variance = (
            with_bad / (with_bad - 1) * float((of_bad**2).sum()) / positives**2
            + with_good / (with_good - 1) * float((of_good**2).sum()) / negatives**2
            + 2 * every / (every - 1) * float((of_bad * of_good).sum()) / (positives * negatives)
        )
    z = float(stats.norm.ppf((1 + confidence) / 2))
    if variance > 0 and 0 < area < 1:
        half = z * math.sqrt(variance) / (area * (1 - area))
        middle = math.log(area / (1 - area))
        low, high = _expit(middle - half), _expit(middle + half)
        method = "Obuchowski 1997, clusters, logit" if grouped else "DeLong 1988, logit"
        return Area(area, low, high, every, method)
    low, high = _hanley_mcneil(area, with_bad, with_good, z)
    return Area(area, low, high, every, "Hanley-McNeil by Newcombe 2006")


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _hanley_mcneil(area: float, positives: int, negatives: int, z: float) -> tuple[float, float]:
    """The areas whose own variance (Radiology 143, 1982; Newcombe's mean of the kinds) makes ``area`` z away."""
    more = (positives + negatives) / 2 - 1

    def away(theta: float) -> float:
        spread = theta * (1 - theta) * (1 + more * (1 - theta) / (2 - theta) + more * theta / (1 + theta))
        return (area - theta) ** 2 - z**2 * spread / (positives * negatives)

    near = 1e-9
    low = float(optimize.brentq(away, 0.0, area - near)) if area > near and away(area - near) < 0 else 0.0
    high = float(optimize.brentq(away, area + near, 1.0)) if area < 1 - near and away(area + near) < 0 else 1.0
    return low, high


def average_precision(scores: Sequence[float] | NDArray[np.floating], bad: Sequence[bool] | NDArray[np.bool_]) -> float:
    """The mean of the precision over the steps of the recall, ties one step (as scikit-learn). Raises as ``auroc``."""
    values, truth = _checked(scores, bad, "average precision")
    order = np.argsort(-values, kind="stable")
    last = np.flatnonzero(np.append(np.diff(values[order]) != 0, True))
    hits = np.cumsum(truth[order])[last]
    gained = np.diff(hits, prepend=0) / hits[-1]
    return float((gained * hits / (last + 1)).sum())


def average_precision_interval(
    scores: Sequence[float] | NDArray[np.floating],
    bad: Sequence[bool] | NDArray[np.bool_],
    confidence: float = CONFIDENCE,
) -> Area:
    """The same with the logit interval of Boyd, Eng and Page (ECML 2013), n the bad cases. Raises as ``auroc``."""
    value = average_precision(scores, bad)
    positives = int(np.asarray(bad, np.bool_).sum())
    if value >= 1:
        return Area(1.0, rate(positives, positives, confidence).low, 1.0, positives, "Clopper-Pearson at 1")
    half = float(stats.norm.ppf((1 + confidence) / 2)) / math.sqrt(positives * value * (1 - value))
    middle = math.log(value / (1 - value))
    return Area(value, _expit(middle - half), _expit(middle + half), positives, "Boyd 2013, logit")


def _checked(
    scores: Sequence[float] | NDArray[np.floating], bad: Sequence[bool] | NDArray[np.bool_], what: str
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    values, truth = np.asarray(scores, np.float64), np.asarray(bad, np.bool_)
    if values.ndim != 1 or values.shape != truth.shape or np.isnan(values).any():
        raise EvaluationError(f"{what}: {values.shape} scores for {truth.shape} cases, each a number and one per case")
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        raise EvaluationError(f"{what}: needs good and bad cases, got {negatives} good and {positives} bad")
    return values, truth


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
