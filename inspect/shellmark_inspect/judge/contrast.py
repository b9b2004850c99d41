"""Which pixels of a crop stand out from what is around them, plane by plane.

An anomaly map is as blurred as its model's stride, so a size is taken from the pixels themselves. What is around is
modelled so that ribs do not count: a slow surface, and on it a profile that repeats along the columns or the rows
when that explains the surroundings clearly better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.types import Mask, Pixels

Floats = NDArray[np.float32]

SEEN = 6.0
"""Noise deviations above which something is there at all."""
EDGE = 3.5
"""Noise deviations below which nothing belongs to it."""
HALF = 0.45
"""The share of the contrast nearby at which an edge lies: a blurred edge is half-way up where it was sharp,
a little less where the shape is small."""
LEAST_NOISE = 0.5
"""Grey levels: 8 bits cannot be quieter."""
BETTER = 0.8
"""A profile has to bring the noise of the surroundings down to this share to be believed."""
SAMPLES = 2_000
TURNS = 2
LEAST_LINE_PX = 8


@dataclass(frozen=True, slots=True)
class Standout:
    """What stands out in one light: `mask` (h, w), and every pixel's signed strength in noise deviations."""

    light: str
    mask: Mask
    strength: Floats


@dataclass(frozen=True, slots=True)
class Rest:
    """What one light shows beyond the usual: `change` (h, w) in grey levels, its `noise`, and the `usual` brightness.

    Unlike a standout's strength nothing is taken off at edges: it is for measuring what is known to be there.
    """

    light: str
    change: Floats
    noise: float
    usual: Floats


def rests(planes: Mapping[str, Pixels], good: Mapping[str, Pixels], around: Mask) -> list[Rest]:
    """Per light, and per colour of a colour light, what differs from the good shell's pixels, or else from around."""
    surroundings = Surroundings(around)
    found = []
    for light, pixels in planes.items():
        goods = repeat(None) if light not in good else map(_smooth, _channels(good[light]))
        for channel, good_channel in zip(map(_smooth, _channels(pixels)), goods, strict=False):
            change, noise = surroundings.differing(channel, good_channel)
            found.append(Rest(light, change, noise, np.maximum(channel - change, 2.0)))
    return found


def standouts(planes: Mapping[str, Pixels], good: Mapping[str, Pixels], around: Mask, reach_px: int) -> list[Standout]:
    """Per light, the pixels that stand out from those where `around` is True, and from the good shell's there.

    An edge is half as strong as the strongest within `reach_px`. The planes are crops (h, w[, 3]) of one size; the
    colours of a plane are looked at one by one, and the strongest counts.
    """
    surroundings = Surroundings(around)
    return [
        Standout(light, *_strongest(pixels, good.get(light), surroundings, reach_px))
        for light, pixels in planes.items()
    ]


def _strongest(pixels: Pixels, good: Pixels | None, around: Surroundings, reach_px: int) -> tuple[Mask, Floats]:
    mask, strength = np.zeros(pixels.shape[:2], np.bool_), np.zeros(pixels.shape[:2], np.float32)
    goods = repeat(None) if good is None else map(_smooth, _channels(good))
    for channel, good_channel in zip(_channels(pixels), goods, strict=False):
        rest, noise = around.removed(_smooth(channel), good_channel)
        mask |= _outlined(np.abs(rest), noise, reach_px)
        here = rest / np.float32(noise)
        np.copyto(strength, here, where=np.abs(here) > np.abs(strength))
    return mask, strength


def _channels(pixels: Pixels) -> Iterator[Pixels]:
    if pixels.ndim == 2:
        yield pixels
    else:
        yield from (np.ascontiguousarray(pixels[..., i]) for i in range(pixels.shape[2]))


def _smooth(channel: Pixels) -> Floats:
    return cast(Floats, cv2.GaussianBlur(channel.astype(np.float32), (0, 0), 0.7))


def _outlined(contrast: Floats, noise: float, reach_px: int) -> Mask:
    """Pixels at least half as strong as the strongest nearby, in parts that are surely there."""
    kernel = np.ones((2 * reach_px + 1, 2 * reach_px + 1), np.uint8)
    nearby = cast(Floats, cv2.dilate(contrast, kernel))
    inside = contrast > np.maximum(EDGE * noise, HALF * nearby)
    _, labels = cv2.connectedComponents(inside.view(np.uint8), connectivity=8)
    sure = np.unique(labels[inside & (contrast > SEEN * noise)])
    return np.asarray(np.isin(labels, sure) & inside)


class Surroundings:
    """The pixels around a region (`around` (h, w) is True there), and what they say lies under it."""

    def __init__(self, around: Mask) -> None:
        self._around = around
        h, w = around.shape
        ys, xs = np.nonzero(around)
        some = np.linspace(0, max(len(ys) - 1, 0), min(len(ys), SAMPLES)).astype(int)
        self._some = (ys[some], xs[some])
        self._terms = _terms(self._some[1] / w, self._some[0] / h)

    def removed(self, pixels: Floats, good: Floats | None = None) -> tuple[Floats, float]:
        """The pixels less what lies under them, and the noise (deviation) left in the surroundings.

        Of all explanations the plainest is taken that is clearly quieter than those before it: a surface; a surface
        and a profile; the same with the good shell's pixels, give or take a pixel.
        """
        best = pixels - self._surface(pixels)
        noise = self._noise(best)
        for candidate, least in self._candidates(pixels, good):
            if noise <= LEAST_NOISE:
                break
            quieter = max(self._noise(candidate), least)
            if quieter < BETTER * noise:
                best, noise = candidate, quieter
        return best, max(noise, LEAST_NOISE)

    def differing(self, pixels: Floats, good: Floats | None) -> tuple[Floats, float]:
        """The pixels less the good shell's and a surface, edges and all, with their noise; as `removed` without one."""
        if good is None:
            return self.removed(pixels)
        difference = pixels - good
        difference = difference - self._surface(difference)
        return difference, max(self._noise(difference), LEAST_NOISE)

    def _candidates(self, pixels: Floats, good: Floats | None) -> Iterator[tuple[Floats, float]]:
        """What is left by each explanation, and the least noise to believe of it."""
        if good is not None:
            difference = pixels - good
            difference = difference - self._surface(difference)
            middle = 1.4826 * float(np.median(np.abs(difference[self._some]))) if self._some[0].size else 0.0
            yield _beyond_edges(difference, good), middle
        for axis in (0, 1):
            candidate = self._without_profile(pixels, axis)
            if candidate is not None:
                yield candidate, 0.0

    def _noise(self, rest: Floats) -> float:
        """The deviation of the surroundings, from their middle or from their tails, whichever is larger.

        The middle (1.4826 times the median of the absolute) overlooks edges that nothing explains; the tails (the
        95th percentile, at 1.96 deviations) do not, and both overlook a defect nearby.
        """
        values = np.abs(rest[self._some])
        if not values.size:
            return 0.0
        middle, tail = np.quantile(values, (0.5, 0.95))
        return max(1.4826 * float(middle), float(tail) / 1.96)

    def _without_profile(self, pixels: Floats, axis: int) -> Floats | None:
        """The pixels less a surface and a profile, fitted in turns so that the surface does not follow the ribs."""
        rest, surface = pixels, np.full_like(pixels, np.median(pixels))
        for _ in range(TURNS):
            profile = self._profile(pixels - surface, axis)
            if profile is None:
                return None
            surface = self._surface(pixels - profile)
            rest = pixels - surface - profile
        return rest

    def _surface(self, pixels: Floats) -> Floats:
        """A surface of second order through the surroundings, once more without what lies far off it."""
        values = pixels[self._some].astype(np.float64)
        if len(values) < 2 * self._terms.shape[1]:
            return np.full_like(pixels, np.median(pixels))
        numbers = _fitted(self._terms, values)
        off = np.abs(values - self._terms @ numbers)
        near = off <= 3 * 1.4826 * np.median(off) + 1e-6
        a, b, c, d, e, f = _fitted(self._terms[near], values[near]).astype(np.float32)
        h, w = pixels.shape
        x, y = np.arange(w, dtype=np.float32)[None] / w, np.arange(h, dtype=np.float32)[:, None] / h
        return cast(Floats, (a + b * x + d * x * x) + (c * y + f * y * y) + e * x * y)

    def _profile(self, rest: Floats, axis: int) -> Floats | None:
        """The median of the surroundings down each column (axis 0) or along each row (1), as a row or a column.

        None when there are too few pixels to believe it. A line without surroundings is filled from its neighbours.
        """
        counts = self._around.sum(axis)
        known = counts >= LEAST_LINE_PX
        if known.mean() < 0.5:
            return None
        ordered = np.sort(np.where(self._around, rest, np.float32(np.inf)), axis=axis)
        middle = np.expand_dims(np.maximum(counts - 1, 0) // 2, axis)
        lines = np.take_along_axis(ordered, middle, axis).ravel()
        places = np.arange(len(lines))
        filled = np.interp(places, places[known], lines[known]).astype(np.float32)
        return cast(Floats, np.expand_dims(filled, axis))


def _beyond_edges(difference: Floats, good: Floats) -> Floats:
    """The difference to a good shell less what a pixel's shift of its edges explains."""
    kernel = np.ones((3, 3), np.uint8)
    above = cast(Floats, cv2.dilate(good, kernel)) - good
    below = good - cast(Floats, cv2.erode(good, kernel))
    return cast(Floats, np.clip(difference - above, 0, None) + np.clip(difference + below, None, 0))


def _fitted(terms: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares by the normal equations: six terms of 0..1 are well enough conditioned, and small ones are fast.

    A ridge far below the data's own precision keeps them solvable where the surroundings are a single line.
    """
    normal = terms.T @ terms
    normal.flat[:: len(normal) + 1] += 1e-9 * len(terms)
    return np.asarray(np.linalg.solve(normal, terms.T @ values), np.float64)


def _terms(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
