"""What good shells look like at each place of an aligned view, and how far a tile is from that.

Two measures are taken, each in units of the highest that unseen good shells reached, and the higher one counts:

* pixels: the blurred grey level against the goods' mean there, in units of how much goods vary near there (their
  deviation, widened by the alignment's error) plus what the sensor adds;
* features: the root mean square of the backbone's features against the goods' mean there, each channel in units of
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

STRIDE = 8
BLUR_PX = 1.2
"""Deviation of the blur before pixels are compared: the alignment is good to about half a pixel."""
SPREAD_BLUR_PX = 2.0
SPREAD_REACH_PX = 5
SPREAD_STRIDE = 4
USUAL_REACH, USUAL_FLOOR = 5, 0.7
"""Places it is averaged over, and the least it may be of its own median."""
SENSOR = 1.5
"""Grey levels of noise that no good shell shows as a deviation."""
SENSOR_SHARE = 0.02
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


def blurred(pixels: NDArray[np.uint8]) -> Floats:
    """Pixels (h, w, 3) as they are compared."""
    return np.asarray(cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), BLUR_PX), np.float32)


def pixel_spread(variance: Floats) -> Floats:
    """How much goods vary near each pixel, (h, w, 3) grey levels, from their variance at it."""
    spread = cv2.GaussianBlur(np.sqrt(variance), (0, 0), SPREAD_BLUR_PX)
    return np.asarray(cv2.dilate(spread, np.ones((SPREAD_REACH_PX, SPREAD_REACH_PX), np.uint8)), np.float32)


def pixel_distance(pixels: Floats, mean: Floats, spread: Floats) -> Floats:
    """How far blurred pixels (h, w, 3) are from the goods' mean, (h, w); the worst plane counts."""
    off = np.abs(pixels - mean) / (spread + SENSOR + SENSOR_SHARE * mean)
    return np.asarray(cv2.blur(off, (3, 3)).max(axis=2), np.float32)


def feature_spread(variance: Floats) -> Floats:
    """The deviation each feature is measured in, (gh, gw, c), from its variance at each place."""
    near = np.stack([cv2.blur(np.ascontiguousarray(plane), (3, 3)) for plane in np.moveaxis(variance, 2, 0)], axis=2)
    whole = variance.mean(axis=(0, 1))
    return np.asarray(np.sqrt((1 - SHRINK) * near + SHRINK * whole + 1e-6), np.float32)


def feature_distance(features: Floats, mean: Floats, spread: Floats) -> Floats:
    """How far features (gh, gw, c) are from the goods' mean, (gh, gw)."""
    off = (features - mean) / spread
    return np.asarray(np.sqrt(np.einsum("yxc,yxc->yx", off, off) / off.shape[2]), np.float32)


@dataclass(frozen=True, slots=True)
class Reference:
    """The goods' appearance in one view of (h, w) pixels.

    `pixel_mean` uint8 (h, w, 3) and `pixel_spread` (h/4, w/4, 3); `feature_mean` uint8 (h/8, w/8, c), of which
    `feature_scale` (2, c) gives the step and the lowest value, and `feature_spread` (h/16, w/16, c). `usual`
    (2, h/8, w/8) is how far unseen goods usually are near each place, by pixels and by features: both are taken in
    units of it, so that a quiet place is as watched as a lively one.
    """

    pixel_mean: NDArray[np.uint8]
    pixel_spread: NDArray[np.float16]
    feature_mean: NDArray[np.uint8]
    feature_scale: NDArray[np.float32]
    feature_spread: NDArray[np.float16]
    usual: NDArray[np.float16]

    def distance(
        self, tile: NDArray[np.uint8], features: Floats, left: int, top: int, limits: tuple[float, float]
    ) -> Floats:
        """The map of a tile (t, t, 3) whose top-left pixel lies at (left, top) of the view, in units of the limits.

        What lies outside the view is 0.
        """
        found = np.zeros(tile.shape[:2], np.float32)
        height, width = (min(tile.shape[i], self.pixel_mean.shape[i] - at) for i, at in enumerate((top, left)))
        part = np.s_[top : top + height, left : left + width]
        mean = self.pixel_mean[part].astype(np.float32)
        spread = self._spread_at(left, top, (height, width))
        pixels = blurred(tile)[:height, :width]
        usual = self._usual_at(left, top, (height, width))
        found[:height, :width] = pixel_distance(pixels, mean, spread) / (usual[0] * np.float32(limits[0]))
        grid = self._feature_map(features, left, top)[:height, :width] / (usual[1] * np.float32(limits[1]))
        np.maximum(found[:height, :width], grid, out=found[:height, :width])
        return found

    def _spread_at(self, left: int, top: int, size: tuple[int, int]) -> Floats:
        x, y = left // SPREAD_STRIDE, top // SPREAD_STRIDE
        w, h = -(-size[1] // SPREAD_STRIDE) + 1, -(-size[0] // SPREAD_STRIDE) + 1
        small = self.pixel_spread[y : y + h, x : x + w].astype(np.float32)
        large = cv2.resize(small, (small.shape[1] * SPREAD_STRIDE, small.shape[0] * SPREAD_STRIDE))
        dx, dy = left % SPREAD_STRIDE, top % SPREAD_STRIDE
        below, right = (max(0, d + want - have) for d, want, have in zip((dy, dx), size, large.shape, strict=False))
        large = cv2.copyMakeBorder(large, 0, below, 0, right, cv2.BORDER_REPLICATE)
        return np.asarray(large[dy : dy + size[0], dx : dx + size[1]], np.float32)

    def _usual_at(self, left: int, top: int, size: tuple[int, int]) -> Floats:
        x, y, w, h = (-(-value // STRIDE) for value in (left, top, size[1], size[0]))
        part = self.usual[:, y : y + h, x : x + w].astype(np.float32)
        return part.repeat(STRIDE, axis=1).repeat(STRIDE, axis=2)[:, : size[0], : size[1]]

    def _feature_map(self, features: Floats, left: int, top: int) -> Floats:
        x, y = round(left / STRIDE), round(top / STRIDE)
        gh, gw = (
            min(features.shape[0], self.feature_mean.shape[0] - y),
            min(features.shape[1], self.feature_mean.shape[1] - x),
        )
        part = np.s_[y : y + gh, x : x + gw]
        mean = self.feature_mean[part] * self.feature_scale[0] + self.feature_scale[1]
        rows, columns = np.arange(y, y + gh) // 2, np.arange(x, x + gw) // 2
        spread = self.feature_spread[rows[:, None], columns].astype(np.float32)
        grid = feature_distance(features[:gh, :gw], mean, spread)
        full = cv2.resize(grid, (gw * STRIDE, gh * STRIDE), interpolation=cv2.INTER_LINEAR)
        lack = (features.shape[0] * STRIDE - full.shape[0], features.shape[1] * STRIDE - full.shape[1])
        return np.asarray(cv2.copyMakeBorder(full, 0, lack[0], 0, lack[1], cv2.BORDER_REPLICATE), np.float32)


def highest_near(distance: Floats) -> Floats:
    """The highest of each 8 x 8 pixels of a map (h, w), (ceil h/8, ceil w/8)."""
    h, w = (-(-side // STRIDE) * STRIDE for side in distance.shape)
    padded = np.pad(distance, ((0, h - distance.shape[0]), (0, w - distance.shape[1])))
    return np.asarray(padded.reshape(h // STRIDE, STRIDE, w // STRIDE, STRIDE).max(axis=(1, 3)), np.float32)


def usual(mean: Floats) -> NDArray[np.float16]:
    """How far unseen goods usually are near each place (2, gh, gw), from the mean of their highest distances there."""
    near = np.stack([cv2.blur(plane, (USUAL_REACH, USUAL_REACH)) for plane in mean])
    floor = USUAL_FLOOR * np.median(near, axis=(1, 2), keepdims=True)
    return np.asarray(np.maximum(near, np.maximum(floor, 1e-3)), np.float16)


def shrunk_spread(spread: Floats) -> NDArray[np.float16]:
    """A spread as it is kept: the largest of each 4 x 4 pixels."""
    h, w = (-(-side // SPREAD_STRIDE) * SPREAD_STRIDE for side in spread.shape[:2])
    padded = cv2.copyMakeBorder(spread, 0, h - spread.shape[0], 0, w - spread.shape[1], cv2.BORDER_REPLICATE)
    cells = padded.reshape(h // SPREAD_STRIDE, SPREAD_STRIDE, w // SPREAD_STRIDE, SPREAD_STRIDE, 3)
    return np.asarray(cells.max(axis=(1, 3)), np.float16)


def stepped(values: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """Feature means as they are kept, in 256 steps a channel, with the step and the lowest value (2, c)."""
    low, high = values.min(axis=(0, 1)), values.max(axis=(0, 1))
    step = np.maximum((high - low) / 255, 1e-6)
    return np.round((values - low) / step).astype(np.uint8), np.stack([step, low]).astype(np.float32)


def coarse(spread: Floats) -> NDArray[np.float16]:
    """A feature spread as it is kept: the mean of each 2 x 2 places, for it is smooth."""
    h, w = (side + side % 2 for side in spread.shape[:2])
    padded = np.pad(spread, ((0, h - spread.shape[0]), (0, w - spread.shape[1]), (0, 0)), mode="edge")
    return np.asarray(padded.reshape(h // 2, 2, w // 2, 2, -1).mean(axis=(1, 3)), np.float16)
