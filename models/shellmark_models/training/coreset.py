"""Choosing the few features that stand for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_CHUNK = 4096
_MOST_PRODUCTS = 4096 * 8192


def coreset(
    features: NDArray[np.float32], count: int, seed: int, *, check: Callable[[], None] = lambda: None
) -> NDArray[np.intp]:
    """Rows of ``features`` (n, d) so spread that none is far from a chosen one: k-centre by farthest point first.

    Gonzalez 1985; as used for memory banks by Roth et al., CVPR 2022. ``check`` is called now and then and may raise.
    """
    total = len(features)
    if total <= count:
        return np.arange(total)
    chosen = np.empty(count, np.intp)
    chosen[0] = np.random.default_rng(seed).integers(total)
    squares = np.einsum("nd,nd->n", features, features)
    nearest = np.full(total, np.inf, np.float32)
    for index in range(1, count):
        last = features[chosen[index - 1]]
        np.minimum(nearest, squares - 2 * (features @ last) + last @ last, out=nearest)
        chosen[index] = int(nearest.argmax())
        if index % 64 == 0:
            check()
    return chosen


def nearest(
    features: NDArray[np.float32], rows: NDArray[np.float32], scales: NDArray[np.float32] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Distance of each feature (n, d) to its nearest row (k, d), in units of that row's scale, and which row."""
    weight = np.ones(len(rows), np.float32) if scales is None else (1 / np.square(scales)).astype(np.float32)
    columns = np.vstack([-2 * rows.T * weight, weight, np.einsum("kd,kd->k", rows, rows) * weight])
    distance = np.empty(len(features), np.float32)
    which = np.empty(len(features), np.intp)
    chunk = max(1, min(_CHUNK, _MOST_PRODUCTS // max(1, len(rows))))
    for at in range(0, len(features), chunk):
        part = features[at : at + chunk]
        squares = np.einsum("nd,nd->n", part, part)[:, None]
        product = np.hstack([part, squares, np.ones_like(squares)]) @ columns
        least = product.argmin(1)
        which[at : at + chunk] = least
        distance[at : at + chunk] = product[np.arange(len(part)), least]
    return np.sqrt(np.maximum(distance, 0)), which
