"""What the network sees of good shells at each place of an aligned view, and how far a view is from that.

The measure is the root mean square of the backbone's features against the goods' mean there, each channel in units of
its own deviation there (a diagonal Gaussian per place, as PaDiM's, arXiv 2011.08785, without the covariances).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SHRINK = 0.3
"""How much a place's variance of a feature is drawn to the whole view's: few goods know it badly."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over good cases of values and of their squares; those of all but one are had by taking that one away."""

    count: int
    total: NDArray[np.float64]
    squares: NDArray[np.float64]

    @classmethod
    def of_none(cls, shape: tuple[int, ...]) -> Sums:
        """No case yet."""
        return cls(0, np.zeros(shape), np.zeros(shape))

    def add(self, values: Floats) -> Sums:
        """With one more case; the arrays are changed in place."""
        wide = values.astype(np.float64)
        self.total.__iadd__(wide)
        self.squares.__iadd__(wide * wide)
        return Sums(self.count + 1, self.total, self.squares)

    def without(self, values: Floats) -> tuple[Floats, Floats]:
        """Mean and variance of all cases but this one."""
        wide = values.astype(np.float64)
        return _moments(self.count - 1, self.total - wide, self.squares - wide * wide)

    def moments(self) -> tuple[Floats, Floats]:
        """Mean and variance of all cases."""
        return _moments(self.count, self.total, self.squares)


def _moments(count: int, total: NDArray[np.float64], squares: NDArray[np.float64]) -> tuple[Floats, Floats]:
    mean = total / count
    variance = np.maximum(squares - count * mean * mean, 0) / max(count - 1, 1)
    return mean.astype(np.float32), variance.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Reference:
    """The goods' features in one view, (gh, gw) places.

    ``mean`` uint8 (gh, gw, c), of which ``scale`` (2, c) gives the step and the lowest value; ``spread``
    (gh/2, gw/2, c).
    """

    mean: NDArray[np.uint8]
    scale: Floats
    spread: NDArray[np.float16]

    @classmethod
    def of(cls, mean: Floats, variance: Floats) -> Reference:
        """From mean and variance (gh, gw, c) of goods' features."""
        steps, scale = _stepped(mean)
        return cls(steps, scale, _coarse(_spread(variance)))

    def distance(self, features: Floats) -> Floats:
        """How far features (gh, gw, c) are from the goods' mean, (gh, gw)."""
        height, width, count = features.shape
        found = np.empty((height, width), np.float32)
        columns = np.arange(width) // 2
        for row, seen in enumerate(features):  # row by row, so that nothing of the whole is held twice
            off = seen - (self.mean[row] * self.scale[0] + self.scale[1])
            off /= self.spread[row // 2].astype(np.float32)[columns]
            found[row] = np.sqrt(np.einsum("xc,xc->x", off, off) / count)
        return found


def _spread(variance: Floats) -> Floats:
    """The deviation each feature is measured in, (gh, gw, c), from its variance at each place."""
    near = np.stack([cv2.blur(np.ascontiguousarray(plane), (3, 3)) for plane in np.moveaxis(variance, 2, 0)], axis=2)
    whole = variance.mean(axis=(0, 1))
    return np.asarray(np.sqrt((1 - SHRINK) * near + SHRINK * whole + 1e-6), np.float32)


def _stepped(values: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """Means in 256 steps a channel, with the step and the lowest value (2, c)."""
    low, high = values.min(axis=(0, 1)), values.max(axis=(0, 1))
    step = np.maximum((high - low) / 255, 1e-6)
    return np.round((values - low) / step).astype(np.uint8), np.stack([step, low]).astype(np.float32)


def _coarse(spread: Floats) -> NDArray[np.float16]:
    """The mean of each 2 x 2 places, for a spread is smooth."""
    rows, columns, count = spread.shape
    down, right = rows % 2, columns % 2
    padded = np.pad(spread, ((0, down), (0, right), (0, 0)), mode="edge")
    quarters = padded.reshape((rows + down) // 2, 2, (columns + right) // 2, 2, count)
    return np.asarray(quarters.mean(axis=(1, 3)), np.float16)
