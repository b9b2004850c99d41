"""Looking at one view with the network, piece by piece: cells of every backbone, and statistics of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shellmark_models.errors import InferenceError
from shellmark_models.families.memory.graph import INSIDE
from shellmark_models.features import TILES
from shellmark_models.session import finite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from shellmark_models.families.memory.plan import Working
    from shellmark_models.session import Session


@dataclass(frozen=True, slots=True)
class Sight:
    """What the network says of one view.

    ``cells`` are the outputs asked for, (h/8, w/8) or (h/8, w/8, c) each, ``inside`` (h/8, w/8) the cells that are
    looked at, ``whole`` per backbone the mean and deviation (2 c,) of each channel of its taps over those.
    """

    cells: Mapping[str, NDArray[np.float32]]
    inside: NDArray[np.bool_]
    whole: Mapping[str, NDArray[np.float32]]


def see(session: Session, view: Working, backbones: tuple[str, ...], outputs: tuple[str, ...]) -> Sight:
    """Runs the network over a view; tiles are blended where they overlap. Raises InferenceError."""
    if not view.inside.any():
        nothing = {name: np.zeros(0, np.float32) for name in backbones}
        return Sight({name: np.zeros(view.inside.shape, np.float32) for name in outputs}, view.inside, nothing)
    height, width = view.inside.shape
    weight = np.zeros((height, width), np.float32)
    total: dict[str, NDArray[np.float32]] = {}
    sums: dict[str, NDArray[np.float64]] = {}
    counted = 0.0
    for (left, top), tile, inside in view.pieces():
        found = session.run([*outputs, *(f"{name}.sums" for name in backbones)], {TILES: tile, INSIDE: inside})
        for array in found:
            finite(array, session.source)
        h, w = (min(a, b) for a, b in zip(inside.shape[2:], (height - top, width - left), strict=True))
        ramp = _ramp(inside.shape[2], inside.shape[3])[:h, :w] if view.tile_px else np.ones((h, w), np.float32)
        part = (slice(top, top + h), slice(left, left + w))
        weight[part] += ramp
        for name, array in zip(outputs, found, strict=False):
            cells = _last(array)
            if name not in total:
                total[name] = np.zeros((*weight.shape, *cells.shape[2:]), np.float32)
            total[name][part] += cells[:h, :w] * (ramp if cells.ndim == 2 else ramp[..., None])
        for name, array in zip(backbones, found[len(outputs) :], strict=True):
            sums[name] = sums.get(name, 0.0) + array[0].astype(np.float64)
        counted += float(inside.mean())
    if not total:
        raise InferenceError(f"{session.source}: no piece of the view was looked at")
    weight = np.maximum(weight, np.float32(1e-6))
    blended = {name: t / (weight if t.ndim == 2 else weight[..., None]) for name, t in total.items()}
    return Sight(blended, view.inside, {name: _moments(s / counted) for name, s in sums.items()})


def _last(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """The one picture of an output, its channels last: (h/8, w/8) or (h/8, w/8, c)."""
    return np.moveaxis(array[0], 0, -1) if array.ndim == 4 else array[0]


def _moments(means: NDArray[np.float64]) -> NDArray[np.float32]:
    """Mean and deviation (2 c,) from the means of the values and of their squares (2, c)."""
    deviation = np.sqrt(np.maximum(means[1] - np.square(means[0]), 0))
    return np.concatenate([means[0], deviation]).astype(np.float32)


def _ramp(height: int, width: int) -> NDArray[np.float32]:
    """Weights of a tile's cells: the nearer to its rim, the less of the surroundings the network saw."""
    sides = [np.minimum(np.arange(n) + 0.5, n - np.arange(n) - 0.5) for n in (height, width)]
    rows, columns = (np.clip(side - 1, 0.05, 8) for side in sides)
    return np.asarray(np.outer(rows, columns), np.float32)
