"""Making a bank: the space of the distances, the few features that stand for all, how far goods stray from each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shellmark_models.families.memory.graph import Bank
from shellmark_models.training.coreset import coreset

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

MOST_SPREAD = 1500
"""Rows chosen to lie far from one another, so that the rare is there; choosing them costs the most."""
_WHITENED = 0.25
_NEIGHBOURS = 4
_SCALE_RANGE = (0.4, 2.5)
_CHUNK = 1024
_MOST_MEASURED = 8000
"""Rows among which the nearest others are looked for; with more, a random choice says as well where they lie dense."""


def fit_space(features: NDArray[np.float32], dims: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Projection (c, d) and offset (d,): channels to mean 0 and deviation 1, half whitened, then few random directions.

    Whitening (each principal direction divided by the square root of its deviation) lets what hardly varies among
    goods count for more. Random directions keep distances (Johnson, Lindenstrauss 1984), principal ones only how goods
    differ.
    """
    mean, deviation = features.mean(0), features.std(0) + 1e-3
    deviation = np.maximum(deviation, 0.1 * np.median(deviation))
    values, axes = np.linalg.eigh(np.cov(((features - mean) / deviation)[:8000].T))
    directions = axes * np.maximum(values, 1e-4 * values.max()) ** -_WHITENED
    count = len(mean)
    if dims < count:
        noise = np.random.default_rng(seed).normal(size=(count, count))
        directions = directions @ np.linalg.qr(noise)[0][:, :dims] * np.sqrt(count / dims)
    projection = (directions / deviation[:, None]).astype(np.float32)
    return projection, (-mean @ projection).astype(np.float32)


def choose(z: NDArray[np.float32], count: int, seed: int, check: Callable[[], None]) -> NDArray[np.intp]:
    """Which of ``z`` (n, d) stand for all: half of them (or MOST_SPREAD) far from one another, the rest at random."""
    order = np.random.default_rng(seed).permutation(len(z))
    if len(z) <= count:
        return np.sort(order)
    spread = order[coreset(z[order], min(count // 2, MOST_SPREAD), seed, check=check)]
    others = np.setdiff1d(order[: 2 * count], spread)
    drawn = np.random.default_rng(seed).permutation(others)[: count - len(spread)]
    return np.sort(np.concatenate([spread, drawn]))


def bank_of(
    space: tuple[NDArray[np.float32], NDArray[np.float32]], rows: NDArray[np.float32], defects: NDArray[np.float32]
) -> Bank:
    """A bank of these rows: where goods lie dense a small distance counts, where scattered only a large one."""
    return Bank(*space, rows, _scales(rows), defects)


def _scales(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Distance of each row to its nearest others (k,), 1 in the middle and drawn half to it."""
    count = min(_NEIGHBOURS, len(rows) - 1)
    if count < 1:
        return np.ones(len(rows), np.float32)
    squares = np.einsum("kd,kd->k", rows, rows)
    others = np.sort(np.random.default_rng(0).permutation(len(rows))[:_MOST_MEASURED])
    own = np.full(len(rows), -1)
    own[others] = np.arange(len(others))
    near = np.empty(len(rows), np.float32)
    for at in range(0, len(rows), _CHUNK):
        part = rows[at : at + _CHUNK]
        apart = squares[others] + squares[at : at + _CHUNK, None] - 2 * part @ rows[others].T
        itself = own[at : at + _CHUNK]
        apart[np.flatnonzero(itself >= 0), itself[itself >= 0]] = np.inf
        near[at : at + _CHUNK] = np.partition(apart, count - 1, axis=1)[:, :count].mean(1)
    near = np.sqrt(np.maximum(near, 0))
    middle = max(float(np.median(near)), 1e-6)
    return np.asarray(np.clip(np.sqrt(near / middle), *_SCALE_RANGE), np.float32)
