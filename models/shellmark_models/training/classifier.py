"""Teaching the classifier that names a region from a few labelled crops a class."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from shellmark_models.errors import TeachError
from shellmark_models.looks import backbone
from shellmark_models.naming import SOURCES, Kept, Namer, Source, verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]
    Codes = NDArray[np.int64]

_SHRINK = ((0.3, 0.5), (0.1, 0.1))  # of measures and looks: share of the covariance replaced by its mean variance
_VOICES = ((2, 1, 1, 1), (1, 1, 1, 1), (0, 1, 1, 1), (1, 0, 0, 0))  # of measures, excess, colour, colour's excess
_SHARPNESS = (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0)
_MOST_FOLDS = 10
_RIGHT = 0.97  # of the crops left out and named right: so many are near enough
_BEYOND = 0.2  # and so much further, in decades of e: crops to come are of other shells than those left out
_FLOOR = 1e-3


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """Squared distances (s, r, c) of rows left out, infinite to a class that was not learned, and the rows' codes."""

    squares: Doubles
    codes: Codes

    def scales(self) -> Doubles:
        """The spread of each source's distances between classes; 1 where it has none."""
        known = np.where(np.isfinite(self.squares), self.squares, np.nan)
        spread = np.nanstd(known - np.nanmean(known, axis=2, keepdims=True), axis=(1, 2))
        return np.where(spread > 0, spread, 1.0)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to learn: shrinkage, the sources' voices and scales, sharpness, reach, and how surprised it was."""

    shrink: tuple[float, float]
    voices: Doubles
    scales: Doubles
    sharpness: float
    reach: float
    surprise: float


def fit(descriptions: Floats, labels: Sequence[str], groups: Sequence[int], marks: Sequence[str] = ()) -> Namer:
    """Fits the classifier to ``descriptions`` (m, n); those of one group are variants of one crop.

    ``marks`` are the digests of the crops, by group, kept to know them again.

    Which sources have a voice, how sure it may be and what is too far comes from crops left out. Raises TeachError for
    one class.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise TeachError(
            f"names: crops of two classes or more are needed, all {len(labels)} are called {', '.join(names)}: "
            f"mark and name defects of another class, too"
        )
    codes, group = np.array([names.index(label) for label in labels], np.int64), np.asarray(groups, np.int64)
    kept = descriptions.astype(np.float16)
    x = kept.astype(np.float32)  # what is learned now is what is learned again from what was kept
    fold = _folds(codes, group)
    plan = min((_plan(x, codes, fold, len(names), shrink) for shrink in _SHRINK), key=lambda plan: plan.surprise)
    sources = []
    for i, part in enumerate(SOURCES):
        projection, offset, centres = _fisher(x[:, part], codes, len(names), plan.shrink[min(i, 1)])
        sources.append(Source(projection, offset, centres, float(plan.voices[i]), float(plan.scales[i])))
    return Namer(
        names, tuple(sources), plan.sharpness, plan.reach, backbone().digest, Kept(kept, codes, group, tuple(marks))
    )


def _plan(x: Floats, codes: Codes, fold: Codes, classes: int, shrink: tuple[float, float]) -> _Plan:
    """The best voices and sharpness with a shrinkage, by the crops left out."""
    spoken = np.array([float(np.ptp(x[:, part], axis=0).max() > 0) for part in SOURCES])
    left_out = _leave_out(x, codes, fold, classes, shrink)
    if left_out is None:
        return _Plan(shrink, spoken, np.ones(len(SOURCES)), 1.0, np.inf, 0.0)
    scales = left_out.scales()
    row = np.arange(len(left_out.codes))
    plans = []
    for voices, sharpness in product(_VOICES, _SHARPNESS):
        weights = np.array(voices) * spoken
        if not weights.any():
            continue
        share, away = verdicts(left_out.squares, weights / weights.sum(), scales, 4 * sharpness)
        right = share.argmax(axis=1) == left_out.codes
        surprise = float(-np.log(np.maximum(share[row, left_out.codes], _FLOOR)).mean())
        reach = float(np.quantile(away[right], _RIGHT)) + _BEYOND if right.any() else np.inf
        plans.append(_Plan(shrink, weights / weights.sum(), scales, 4 * sharpness, reach, surprise))
    return min(plans, key=lambda plan: plan.surprise)


def _folds(codes: Codes, group: Codes) -> Codes:
    """A fold for each row: the groups of every class dealt out in turn."""
    fold = np.zeros(len(codes), np.int64)
    for code in np.unique(codes):
        for index, member in enumerate(np.unique(group[codes == code])):
            fold[group == member] = index % _MOST_FOLDS
    return fold


def _leave_out(x: Floats, codes: Codes, fold: Codes, classes: int, shrink: tuple[float, float]) -> _LeftOut | None:
    """Every fold against what the others teach; None when no class has a crop besides those left out."""
    found, own = [], []
    for number in range(fold.max() + 1):
        rest = fold != number
        there = np.unique(codes[rest])
        held = ~rest & np.isin(codes, there)
        if not held.any() or len(there) < 2:
            continue
        squares = np.full((len(SOURCES), int(held.sum()), classes), np.inf)
        inner = np.searchsorted(there, codes[rest])
        for i, part in enumerate(SOURCES):
            source = Source(*_fisher(x[rest][:, part], inner, len(there), shrink[min(i, 1)]), 1.0, 1.0)
            squares[i][:, there] = source.squares(x[held][:, part])
        found.append(squares)
        own.append(codes[held])
    return _LeftOut(np.concatenate(found, axis=1), np.concatenate(own)) if found else None


def _fisher(x: Floats, codes: Codes, classes: int, shrink: float) -> tuple[Floats, Floats, Floats]:
    """Projection (n, c - 1), offset and centres (c, c - 1) to where the pooled, shrunk covariance is the identity.

    Fisher's discriminants with the covariance's inverse by Woodbury's identity: there are fewer rows than numbers.
    """
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    deviation = deviation + 1e-3 + 0.1 * deviation.mean()
    z = ((x - mean) / deviation).astype(np.float64)
    centres = np.stack([z[codes == code].mean(axis=0) for code in range(classes)])
    within = z - centres[codes]
    variance = max(float(np.square(within).sum()) / within.size, 1e-3)
    a, b = (1 - shrink) / len(z), shrink * variance
    core = within @ within.T + np.eye(len(z)) * b / a
    apart = centres - centres.mean(axis=0)
    solved = (apart - np.linalg.solve(core, within @ apart.T).T @ within) / b
    u, values, _ = np.linalg.svd(apart @ solved.T)
    directions = solved.T @ u[:, : classes - 1] / np.sqrt(np.maximum(values[: classes - 1], 1e-12))
    projection = directions / deviation[:, None]
    return (
        projection.astype(np.float32),
        (mean @ projection).astype(np.float32),
        (centres @ directions).astype(np.float32),
    )
