"""Dark frames and flat fields: what is kept of each, and why one is refused."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from .errors import LightError
from .light import CELL_PX, Floats, Pixels

SATURATED_FROM = 250
MOST_SATURATED = 0.001
"""Of a flat field's pixels: a hot pixel is none of it, a lamp's reflection is."""
BLACK_BELOW = 5.0
LEAST_FLAT = 60.0
"""A flat field below it wastes half of the 8 bits its gain is told by (a proposal)."""
MOST_DARK = 16.0
"""Cameras are set to a black level of a few grey levels: more is light (a proposal)."""
MOST_FLICKER = 0.05
"""How far the level of one frame may lie from that of the others: lamps flicker less, clouds more (a proposal)."""
QUARTER = 4
"""A frame is kept at a quarter of its size, where dust can still be told from the light."""


@dataclass(frozen=True, slots=True)
class LightFrame:
    """One dark frame or flat field, small enough to keep many.

    `size_px` (width, height); `level` the mean; `saturated` the share of pixels from `SATURATED_FROM` on; `quarter`
    the frame averaged over squares of `QUARTER` pixels, padded to whole cells; `sampled` every fourth pixel of every
    fourth row as it is, for the noise. Colours are averaged.
    """

    name: str
    size_px: tuple[int, int]
    level: float
    saturated: float
    quarter: Floats
    sampled: Floats

    @classmethod
    def of(cls, name: str, pixels: Pixels) -> LightFrame:
        """What is kept of `pixels` (h, w[, 3]), uint8; `name` is what refusals call it.

        Raises:
            LightError: the pixels are no such array.
        """
        shape = pixels.shape
        if pixels.dtype != np.uint8 or len(shape) not in (2, 3) or 0 in shape or (len(shape) == 3 and shape[2] != 3):
            raise LightError(f"{name}: {shape} {pixels.dtype} is no 8-bit grey or colour frame: take it anew")
        brightest = pixels if pixels.ndim == 2 else pixels.max(axis=2)
        saturated = float(np.mean(brightest >= SATURATED_FROM))
        sampled = pixels[::QUARTER, ::QUARTER].astype(np.float32)
        quarter = _quarter(pixels)
        grey = sampled if pixels.ndim == 2 else sampled.mean(axis=2)
        return cls(name, (shape[1], shape[0]), float(pixels.mean()), saturated, quarter, grey)

    @property
    def black(self) -> bool:
        """Whether there is next to no light in it."""
        return self.level < BLACK_BELOW


def _quarter(pixels: Pixels) -> Floats:
    h, w = pixels.shape[:2]
    below, right = -h % CELL_PX, -w % CELL_PX
    if below or right:
        pixels = cast(Pixels, cv2.copyMakeBorder(pixels, 0, below, 0, right, cv2.BORDER_REPLICATE))
    size = pixels.shape[1] // QUARTER, pixels.shape[0] // QUARTER
    mean = cv2.resize(pixels.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return cast(Floats, mean if mean.ndim == 2 else mean.mean(axis=2))


def check_frames(light: str, flats: list[LightFrame], darks: list[LightFrame], size_px: tuple[int, int] | None) -> None:
    """Refuse frames that do not do, each with its reason.

    `size_px` is the profile's (width, height), None when there is none yet.

    Raises:
        LightError: none at all, sizes that differ, dark and flat swapped, a dark frame with light, a flat field that
            is black, too dark or saturated, or frames of unlike level.
    """
    if not flats or not darks:
        raise LightError(f"light {light}: no {'dark frame' if flats else 'flat field'} was given: take at least one")
    _check_sizes(light, [*flats, *darks], size_px)
    flat, dark = _middle(flats), _middle(darks)
    if flat < dark:
        raise LightError(
            f"light {light}: the dark frames (level {dark:.0f}) are brighter than the flat fields ({flat:.0f}): "
            f"they have changed places"
        )
    for frame in darks:
        if frame.level > MOST_DARK:
            raise LightError(
                f"light {light}: {frame.name} is not dark: level {frame.level:.1f}, {MOST_DARK:g} is the most: switch "
                f"every lamp off and cover the lens, or lower the camera's black level"
            )
    for frame in flats:
        _check_flat(light, frame, flat)


def _check_sizes(light: str, frames: list[LightFrame], size_px: tuple[int, int] | None) -> None:
    wanted = size_px or frames[0].size_px
    for frame in frames:
        if frame.size_px != wanted:
            (w, h), (pw, ph) = frame.size_px, wanted
            whose = "the profile was measured at" if size_px else f"{frames[0].name} has"
            raise LightError(f"light {light}: {frame.name} has {w} x {h} px, {whose} {pw} x {ph}: take it at that size")


def _check_flat(light: str, frame: LightFrame, level: float) -> None:
    what = f"light {light}: {frame.name}"
    if frame.saturated > MOST_SATURATED:
        raise LightError(
            f"{what} is saturated: {frame.saturated:.1%} of its pixels are {SATURATED_FROM} or more, "
            f"{MOST_SATURATED:.1%} is the most: shorten the exposure"
        )
    if frame.black:
        raise LightError(f"{what} is black (level {frame.level:.1f}): see whether the lamp fires and the lens is open")
    if frame.level < LEAST_FLAT:
        raise LightError(
            f"{what} is too dark: level {frame.level:.0f}, {LEAST_FLAT:g} is the least: lengthen the exposure"
        )
    if abs(frame.level / level - 1) > MOST_FLICKER:
        raise LightError(
            f"{what} has level {frame.level:.1f}, the others {level:.1f}: keep the light and the exposure as they are "
            f"for all of them"
        )


def _middle(frames: list[LightFrame]) -> float:
    return float(np.median([frame.level for frame in frames]))


def noise_of(frames: list[LightFrame]) -> float | None:
    """The standard deviation of one pixel from frame to frame, in grey levels; None with a single frame.

    Half the variance of the difference of two frames that follow each other, less the difference of their levels.
    """
    if len(frames) < 2:
        return None
    spreads = [float(np.var(b.sampled - a.sampled)) / 2 for a, b in itertools.pairwise(frames)]
    return float(np.sqrt(np.mean(spreads)))


def mean_of(frames: list[LightFrame]) -> Floats:
    """The mean of the frames at a quarter of their size."""
    total = np.zeros_like(frames[0].quarter, np.float64)
    for frame in frames:
        total += frame.quarter
    return cast("NDArray[np.float32]", (total / len(frames)).astype(np.float32))
