"""Teaching the classifier that names a region from a few labelled crops a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shellmark_models.errors import TeachError
from shellmark_models.naming import Namer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_DIMS = 48  # principal directions kept before the discriminant
_SHRINK = 0.5  # share of the pooled covariance replaced by its mean variance
_TEMPERATURES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


def fit(descriptions: NDArray[np.float32], labels: Sequence[str], groups: Sequence[int]) -> Namer:
    """Fits the classifier to ``descriptions`` (m, n); those of one group are variants of one crop.

    Temperature and reach come from crops left out, a fifth of the groups at a time. Raises TeachError for one class.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise TeachError(f"classifier: crops of two classes or more are needed, got {names}")
    codes = np.array([names.index(label) for label in labels])
    group = np.asarray(groups)
    squares = np.full((len(codes), len(names)), np.nan)
    order = _folds(codes, group)
    for fold in range(order.max() + 1):
        held = order == fold
        if len(set(codes[~held])) == len(names):
            projection, offset, centres = _discriminant(descriptions[~held], codes[~held], len(names))
            squares[held] = _squares(descriptions[held] @ projection - offset, centres)
    projection, offset, centres = _discriminant(descriptions, codes, len(names))
    temperature, reach = _calibrate(squares, codes)
    return Namer(names, projection, offset, centres, reach, temperature)


def _folds(codes: NDArray[np.intp], group: NDArray[np.intp]) -> NDArray[np.intp]:
    """A fold for each row: the groups of every class dealt out in turn."""
    fold = np.zeros(len(codes), np.intp)
    for code in np.unique(codes):
        members = np.unique(group[codes == code])
        for index, member in enumerate(members):
            fold[group == member] = index % 5
    return fold


def _discriminant(
    x: NDArray[np.float32], codes: NDArray[np.intp], classes: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Projection, offset and class centres where the pooled, shrunk covariance of the classes is the identity."""
    mean, deviation = x.mean(0), x.std(0) + 1e-3
    z = ((x - mean) / deviation).astype(np.float64)
    _, values, directions = np.linalg.svd(z, full_matrices=False)
    kept = min(_DIMS, int((values > 1e-6 * values[0]).sum()))
    basis = directions[:kept].T
    low = z @ basis
    centres = np.stack([low[codes == code].mean(0) for code in range(classes)])
    within = low - centres[codes]
    covariance = within.T @ within / max(1, len(x) - classes)
    covariance = (1 - _SHRINK) * covariance + _SHRINK * np.trace(covariance) / kept * np.eye(kept)
    whiten = np.linalg.cholesky(np.linalg.inv(covariance + 1e-9 * np.eye(kept)))
    projection = basis / deviation[:, None] @ whiten
    offset = mean @ projection
    return projection.astype(np.float32), offset.astype(np.float32), (centres @ whiten).astype(np.float32)


def _squares(z: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.float64]:
    squares: NDArray[np.float64] = np.square(z[:, None] - centres[None]).sum(2).astype(np.float64)
    return squares


def _calibrate(squares: NDArray[np.float64], codes: NDArray[np.intp]) -> tuple[float, float]:
    """Temperature of the highest likelihood on crops left out, and a reach that holds nearly all of them."""
    known = ~np.isnan(squares[:, 0])
    if not known.any():
        return 4.0, float("inf")
    d, c = squares[known], codes[known]
    own = d[np.arange(len(c)), c]

    def surprise(t: float) -> float:
        log = np.log(np.exp(-(d - d.min(1, keepdims=True)) / (2 * t)).sum(1))
        return float(((own - d.min(1)) / (2 * t) + log).mean())

    temperature = min(_TEMPERATURES, key=surprise)
    return temperature, float(np.quantile(d.min(1), 0.99) * 2)
