"""Channels that find defects by themselves: from a channel's levels to regions and measured defects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.recipe import Check, JudgeSpec
from shellmark_inspect.types import Mask, Pixels, View

from .measure import Measured, measured_as_found
from .regions import Region, find_regions

HALF = 0.5
"""A channel's response spreads beyond the defect; what reaches this share of its peak is taken for the defect."""
MOST_REGIONS = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A defect a check found, with the label the recipe gives it."""

    measured: Measured
    label: str


def checked(view: View, check: Check, spec: JudgeSpec) -> list[Found]:
    """What a check finds in a view that has its channel; at most the 50 highest of either sign."""
    pixels = view.channels[check.channel] if check.channel in view.channels else view.planes[check.channel]
    levels = deviations(pixels, view.shell)
    found = []
    for sign, label in ((1, check.label), (-1, check.label_below)):
        if label is None:
            continue
        table = np.asarray(sign * levels / check.above, np.float32)
        score = np.asarray(cv2.LUT(pixels, table), np.float32)
        regions = find_regions(
            score, view.shell, grow=min(spec.grow, HALF), merge_mm=0, smallest_mm=spec.smallest_mm,
            px_per_mm=view.px_per_mm,
        )[:MOST_REGIONS]  # fmt: skip
        found += [
            Found(one, label)
            for one in measured_as_found(view, [_half(region, score) for region in regions], check.channel, spec)
        ]
    return found


def highest(view: View, check: Check) -> float:
    """How many deviations a check's channel reaches on the shell, of either sign the check has a label for."""
    pixels = view.channels[check.channel] if check.channel in view.channels else view.planes[check.channel]
    levels = deviations(pixels, view.shell)
    seen = np.flatnonzero(np.bincount((pixels if view.shell is None else pixels[view.shell]).ravel(), minlength=256))
    below = -float(levels[seen[0]]) if check.label_below is not None else 0.0
    return max(float(levels[seen[-1]]), below)


def deviations(pixels: Pixels, shell: Mask | None) -> NDArray[np.float64]:
    """For each of the 256 levels of a grey channel, how many robust deviations of the shell it lies above its median.

    Both are read off the levels' distribution between whole levels: a channel's noise is a few levels, and counted in
    whole ones the deviation would jump by a half from shell to shell. It is 1.4826 times the median absolute deviation,
    at least one level.
    """
    mask = None if shell is None else shell.view(np.uint8)
    counts = cv2.calcHist([pixels], [0], mask, [256], [0, 256]).ravel().astype(np.float64)
    edges, below = np.arange(257) - 0.5, np.append(0.0, np.cumsum(counts))
    half = below[-1] / 2
    median = float(np.interp(half, below, edges))
    away = np.sort(np.abs(edges - median))
    within = np.interp(median + away, edges, below) - np.interp(median - away, edges, below)
    deviation = max(1.4826 * float(np.interp(half, within, away)), 1.0)
    return np.asarray((np.arange(256) - median) / deviation, np.float64)


def _half(region: Region, score: NDArray[np.float32]) -> Region:
    """The region's pixels of at least half its peak."""
    x, y, w, h = region.box_px
    mask = region.mask & (score[y : y + h, x : x + w] >= HALF * region.peak)
    return replace(region, mask=np.asarray(mask, np.bool_))


def overlap(one: Measured, other: Measured) -> bool:
    """Whether two measured defects of one view share a pixel."""
    (ax, ay, aw, ah), (bx, by, bw, bh) = one.box_px, other.box_px
    left, top, right, bottom = max(ax, bx), max(ay, by), min(ax + aw, bx + bw), min(ay + ah, by + bh)
    if right <= left or bottom <= top:
        return False
    return bool(
        (one.mask[top - ay : bottom - ay, left - ax : right - ax]
         & other.mask[top - by : bottom - by, left - bx : right - bx]).any()
    )  # fmt: skip
