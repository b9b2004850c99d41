"""Teaching the classifier that names a region from a few labelled crops a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shellmark_models.errors import TeachError
from shellmark_models.naming import Namer, shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_SHRINK = 0.3  # share of the pooled covariance replaced by its mean variance
_WIDTHS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_MOST_FOLDS = 10


def fit(descriptions: Floats, labels: Sequence[str], groups: Sequence[int]) -> Namer:
    """Fits the classifier to ``descriptions`` (m, n); those of one group are variants of one crop.

    How far a sample speaks and what is too far comes from crops left out. Raises TeachError for one class.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise TeachError(f"classifier: crops of two classes or more are needed, got {names}")
    codes = np.array([names.index(label) for label in labels], np.int64)
    fold = _folds(codes, np.asarray(groups))
    left_out = [_left_out(descriptions, codes, fold == number, len(names)) for number in range(fold.max() + 1)]
    known = [each for each in left_out if each is not None]
    width = min(_WIDTHS, key=lambda width: sum(_surprise(*each, len(names), width) for each in known))
    nearest = np.concatenate([squares.min(axis=1) for squares, _, _ in known]) if known else np.array([np.inf])
    projection, offset = _whiten(descriptions, codes, len(names))
    samples = descriptions @ projection - offset
    return Namer(names, projection, offset, samples, codes, width, float(2 * np.quantile(nearest, 0.95)))


def _folds(codes: NDArray[np.int64], group: NDArray[np.int64]) -> NDArray[np.int64]:
    """A fold for each row: the groups of every class dealt out in turn."""
    fold = np.zeros(len(codes), np.int64)
    for code in np.unique(codes):
        for index, member in enumerate(np.unique(group[codes == code])):
            fold[group == member] = index % _MOST_FOLDS
    return fold


def _left_out(
    x: Floats, codes: NDArray[np.int64], held: NDArray[np.bool_], classes: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]] | None:
    """Squared distances of held-out rows to all others, the others' codes and the held ones'; None: a class is gone."""
    rest = ~held
    if not held.any() or len(set(codes[rest])) < classes:
        return None
    projection, offset = _whiten(x[rest], codes[rest], classes)
    z = (x @ projection - offset).astype(np.float64)
    squares = np.square(z[held][:, None] - z[rest][None]).sum(axis=2)
    return squares, codes[rest], codes[held]


def _surprise(
    squares: NDArray[np.float64], codes: NDArray[np.int64], own: NDArray[np.int64], classes: int, width: float
) -> float:
    share = shares(squares, codes, classes, width)[np.arange(len(own)), own]
    return float(-np.log(np.maximum(share, 1e-6)).sum())


def _whiten(x: Floats, codes: NDArray[np.int64], classes: int) -> tuple[Floats, Floats]:
    """Projection and offset to where the classes' pooled, shrunk covariance is the identity, as in Fisher's."""
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-3
    z = ((x - mean) / deviation).astype(np.float64)
    centres = np.stack([z[codes == code].mean(axis=0) for code in range(classes)])
    within = z - centres[codes]
    covariance = within.T @ within / len(x)
    mean_variance = max(float(np.trace(covariance)) / len(covariance), 1e-3)
    covariance = (1 - _SHRINK) * covariance + _SHRINK * mean_variance * np.eye(len(covariance))
    projection = np.linalg.cholesky(np.linalg.inv(covariance)) / deviation[:, None]
    return projection.astype(np.float32), (mean @ projection).astype(np.float32)
