"""The probability of detection over the size of a defect, from hits and misses (after MIL-HDBK-1823A, appendix G)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, stats

from shellmark_models.errors import EvaluationError

from .metrics import Rate, rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WANTED = 0.9
"""The probability that a90 stands for."""
FEWEST = 12
"""Fewer defects fit no curve of two parameters with an honest bound."""
HANDBOOK = 60
"""The hits and misses the handbook asks for."""
_REACH = 20.0
_LR_95 = float(stats.chi2.ppf(0.90, 1))
"""One-sided 95 %: the likelihood ratio's two-sided 90 % (handbook, G.4)."""


@dataclass(frozen=True, slots=True)
class SizeBin:
    """Defects from ``low`` to below ``high`` in size, and how many of them were found."""

    low: float
    high: float
    found: Rate


@dataclass(frozen=True, slots=True)
class Pod:
    """POD(size): logit p = ``intercept`` + ``slope`` ln size.

    ``a90`` is found with probability 0.9, ``a90_95`` is its upper bound at 95 % confidence (likelihood ratio); all four
    are None where the data allow no curve, ``a90_95`` alone where they do not bound it; ``why_not`` then says so.
    ``curve`` holds (size, p, lower 95 % bound of p) for a picture.
    """

    n: int
    found: int
    bins: tuple[SizeBin, ...]
    intercept: float | None = None
    slope: float | None = None
    a90: float | None = None
    a90_95: float | None = None
    why_not: str = ""
    curve: tuple[tuple[float, float, float], ...] = ()


def pod(sizes: Sequence[float] | NDArray[np.floating], found: Sequence[bool] | NDArray[np.bool_], bins: int = 5) -> Pod:
    """The curve through hits and misses over sizes (> 0, any unit).

    Raises EvaluationError when a size is not a number above 0.
    """
    size, hit = np.asarray(sizes, np.float64), np.asarray(found, np.bool_)
    if size.ndim != 1 or size.shape != hit.shape or not (np.isfinite(size) & (size > 0)).all():
        raise EvaluationError(f"pod: {size.shape} sizes for {hit.shape} defects, each a number above 0")
    table = size_bins(size, hit, bins)
    n, hits = len(size), int(hit.sum())
    if why := _why_not(size, hit):
        return Pod(n, hits, table, why_not=why)
    x = np.log(size)
    b0, b1, best = _fit(x, hit)
    if b1 <= 0:
        return Pod(n, hits, table, why_not="larger defects are not found more often: no curve", intercept=b0, slope=b1)
    a90 = _size_at(b0, b1)
    bound = _upper(x, hit, math.log(a90), best)
    why = "" if bound is not None else "the data do not bound a90 from above: more defects of its size are needed"
    if not why and n < HANDBOOK:
        why = f"{n} defects: MIL-HDBK-1823A asks for {HANDBOOK} or more"
    return Pod(n, hits, table, b0, b1, a90, bound, why, _curve(x, b0, b1))


def size_bins(size: NDArray[np.float64], hit: NDArray[np.bool_], bins: int) -> tuple[SizeBin, ...]:
    """Bins of about as many defects each, with exact intervals."""
    if not len(size):
        return ()
    edges = np.unique(np.quantile(size, np.linspace(0, 1, bins + 1)))
    if len(edges) < 2:
        return (SizeBin(float(edges[0]), float(edges[0]), rate(int(hit.sum()), len(hit))),)
    which = np.clip(np.searchsorted(edges, size, side="right") - 1, 0, len(edges) - 2)
    return tuple(
        SizeBin(float(edges[i]), float(edges[i + 1]), rate(int(hit[which == i].sum()), int((which == i).sum())))
        for i in range(len(edges) - 1)
    )


def _why_not(size: NDArray[np.float64], hit: NDArray[np.bool_]) -> str:
    n, hits = len(size), int(hit.sum())
    if n == 0:
        return "no defect of known size"
    if hits == n:
        return f"all {n} were found: a90 is below the sizes tested, or they are too few (POD >= {rate(n, n).low:.2f})"
    if hits == 0:
        return f"none of {n} was found: a90 is above the sizes tested"
    if n < FEWEST:
        return f"{n} defects are too few for a curve: {FEWEST} at least"
    if size.min() == size.max():
        return "all defects are of one size: no curve"
    if size[hit].min() >= size[~hit].max():
        return (
            f"hits and misses do not overlap (missed up to {size[~hit].max():.3g}, found from {size[hit].min():.3g}): "
            f"the slope is not determined"
        )
    return ""


def _deviance(b: NDArray[np.float64], x: NDArray[np.float64], hit: NDArray[np.bool_]) -> float:
    eta = b[0] + b[1] * x
    return float(np.logaddexp(0, np.where(hit, -eta, eta)).sum())


def _fit(x: NDArray[np.float64], hit: NDArray[np.bool_]) -> tuple[float, float, float]:
    middle = float(x.mean())
    centred = x - middle
    found = optimize.minimize(_deviance, np.array([0.0, 1.0]), (centred, hit), method="BFGS", options={"gtol": 1e-9})
    b0, b1 = (float(v) for v in found.x)
    return b0 - b1 * middle, b1, float(found.fun)


def _size_at(b0: float, b1: float, p: float = WANTED) -> float:
    return math.exp(min((math.log(p / (1 - p)) - b0) / b1, 700.0))


def _upper(x: NDArray[np.float64], hit: NDArray[np.bool_], log_a90: float, best: float) -> float | None:
    """Where the likelihood of a90 lying there has fallen by what 95 % confidence allows; None when it never does."""
    wanted = math.log(WANTED / (1 - WANTED))

    def over(log_a: float) -> float:
        def misfit(slope: float) -> float:
            return _deviance(np.array([wanted - slope * log_a, slope]), x, hit)

        lowest = optimize.minimize_scalar(misfit, bounds=(0.0, 200.0), method="bounded", options={"xatol": 1e-9})
        return 2 * (float(lowest.fun) - best) - _LR_95

    far = float(x.max()) + _REACH
    if over(log_a90) > 0 or over(far) < 0:
        return None
    return math.exp(float(optimize.brentq(over, log_a90, far, xtol=1e-9)))


def _curve(x: NDArray[np.float64], b0: float, b1: float, points: int = 60) -> tuple[tuple[float, float, float], ...]:
    """The fitted curve and its one-sided 95 % lower bound (Wald, from the Fisher information)."""
    p = 1 / (1 + np.exp(-(b0 + b1 * x)))
    design = np.column_stack([np.ones_like(x), x])
    covariance = np.linalg.pinv(design.T @ (design * (p * (1 - p))[:, None]))
    at = np.linspace(float(x.min()), float(x.max()), points)
    rows = np.column_stack([np.ones_like(at), at])
    eta = b0 + b1 * at
    low = eta - float(stats.norm.ppf(0.95)) * np.sqrt(np.einsum("ij,jk,ik->i", rows, covariance, rows))
    fitted, bound = (1 / (1 + np.exp(-np.clip(v, -50, 50))) for v in (eta, low))
    return tuple(zip(np.exp(at).tolist(), fitted.tolist(), bound.tolist(), strict=True))
