"""Where a long defect ends: a scratch, a crack, a scuff.

Along its middle line all lights together tell how much of it is there: at each place what they show is compared with
what they show of it on the whole, a light and a pixel counting as much as they are sure of (a matched filter). To that
profile an end is fitted: the defect is fully there up to some place, fades to nothing within some length, and is
blurred as a camera blurs. It ends where nothing is left of it, which lies below the noise; where it is cut off
sharply, that is where half is left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import grey_closing

from shellmark_inspect.types import Mask

from .contrast import Rest

Doubles = NDArray[np.float64]

BLUR_PX = 1.2
"""The camera's blur and the smoothing of 0.7 px together, as in the rendered frames."""
GAP_PX = 8
"""Shorter gaps in a line do not end it."""
BESIDE_PX, WIDE_PX = 3, 6.0
"""How far beside its middle a line shows, and from which width on all of the width does."""
ASTRAY_PX = 3.0
"""How far it may lie off the path that is known of it: a crack is jagged."""
SMOOTH_PX = 5
LEAST_OUTSIDE, CLEAR_PX = 10, 6
"""Places along the line needed to say what nothing looks like, and how far from the ends they lie."""
STEPS = 4
"""Ends are looked for at every quarter of a pixel."""
REACH_PX = 40.0
FADES_PX = (0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 5.5, 7.5, 10.0, 13.0, 17.0, 22.0, 28.0, 36.0, 46.0)
"""The lengths of fading that are tried, up to half the defect's own."""
_MOST = 60 * STEPS


@dataclass(frozen=True, slots=True)
class Line:
    """The straight line through a mask: a point on it and two directions of length 1 (x, y); its extents in pixels."""

    middle: Doubles
    along: Doubles
    across: Doubles
    first: float
    last: float
    width: float
    aside: float

    @property
    def length(self) -> float:
        """How far the mask reaches along the line."""
        return self.last - self.first


def line_of(mask: Mask) -> Line:
    """The line through a mask (h, w); `aside` is how far across from `middle` most of it lies."""
    ys, xs = np.nonzero(mask)
    points = np.stack([xs, ys], 1).astype(np.float64)
    middle = points.mean(0)
    along, across = np.linalg.svd(np.vstack([points - middle, np.eye(2)]), full_matrices=False)[2]
    u, v = (points - middle) @ along, (points - middle) @ across
    return Line(middle, along, across, float(u.min()), float(u.max()), float(np.ptp(v)), float(np.median(v)))


def ends_of(seen: Sequence[Rest], mask: Mask, line: Line) -> tuple[float, float] | None:
    """Where along the line the defect of a mask (h, w) begins and ends; None when too little of it shows."""
    at = _places(mask.shape, line)
    there = np.asarray(grey_closing(_presence(seen, line, at, _path(mask, line, at)), GAP_PX + 1))
    inside = (at >= line.first) & (at <= line.last)
    outside = (at < line.first - CLEAR_PX) | (at > line.last + CLEAR_PX)
    nothing = float(np.median(there[outside])) if outside.sum() > LEAST_OUTSIDE else 0.0
    full = float(np.median(there[inside]))
    if not full > nothing:
        return None
    share = np.clip((there - nothing) / (full - nothing), -1.0, 1.0)
    start, half = 0.5 * (line.first + line.last), 0.5 * line.length
    last = start + _faded(at - start, share, half)
    first = start - _faded(start - at[::-1], share[::-1], half)
    return (first, last) if last - first > 1 else None


def _places(size: tuple[int, ...], line: Line) -> Doubles:
    """Every pixel along the line that lies in the picture."""
    h, w = size
    corners = (np.array([[0, 0], [w - 1, 0], [0, h - 1], [w - 1, h - 1]], np.float64) - line.middle) @ line.along
    at = np.arange(math.ceil(corners.min()), math.floor(corners.max()) + 1, dtype=np.float64)
    x, y = line.middle[:, None] + line.along[:, None] * at
    return np.asarray(at[(x >= 0) & (x <= w - 1) & (y >= 0) & (y <= h - 1)])


def _path(mask: Mask, line: Line, at: Doubles) -> Doubles:
    """How far the mask's middle lies aside of the line at each place; beyond its ends it goes straight on."""
    ys, xs = np.nonzero(mask)
    points = np.stack([xs, ys], 1) - line.middle
    place, aside = np.rint(points @ line.along - at[0]).astype(int), points @ line.across
    known = (place >= 0) & (place < len(at))
    count = np.bincount(place[known], minlength=len(at))
    total = np.bincount(place[known], aside[known], minlength=len(at))
    there = np.flatnonzero(count)
    path = np.interp(np.arange(len(at)), there, total[there] / count[there])
    return np.convolve(np.pad(path, SMOOTH_PX // 2, mode="edge"), np.ones(SMOOTH_PX) / SMOOTH_PX, "valid")


def _presence(seen: Sequence[Rest], line: Line, at: Doubles, path: Doubles) -> Doubles:
    """How much of the defect shows at each place near its path, in any unit."""
    wide = line.width > WIDE_PX
    reach = BESIDE_PX + (math.ceil(line.width / 2) if wide else 1)
    aside = np.arange(-reach, reach + 0.5, 0.5)
    places = line.middle + at[:, None, None] * line.along + (path[:, None] + aside)[..., None] * line.across
    x, y = places[..., 0].astype(np.float32), places[..., 1].astype(np.float32)
    inside = (at > line.first) & (at < line.last)
    total = np.zeros(x.shape)
    for rest in seen:
        change = _at(rest.change, x, y)
        usual = np.median(change[inside], axis=0)
        weighed = change / np.square(_at(rest.doubt, x, y))
        total += cv2.filter2D(weighed, -1, usual[None], borderType=cv2.BORDER_CONSTANT)
    return np.asarray(total[:, abs(aside) <= ASTRAY_PX].max(1))


def _at(picture: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32]) -> Doubles:
    return np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float64)


def _faded(outward: Doubles, share: Doubles, half_length: float) -> float:
    """Where a profile that is 1 at 0 has faded to nothing: of all ends the one that is least off in sum."""
    mine = (outward >= 0) & (outward <= half_length + REACH_PX)
    there, seen = outward[mine], share[mine]
    if len(there) < 2:
        return half_length
    middles = np.arange(1, len(there) * STEPS)
    beyond = STEPS * np.arange(len(there)) - middles[:, None]
    best, end = math.inf, half_length
    for fade in FADES_PX:
        if fade > half_length:
            break
        off = np.abs(seen - _end(fade)[np.clip(beyond, -_MOST, _MOST) + _MOST]).sum(1)
        k = int(off.argmin())
        if off[k] < best:
            best, end = float(off[k]), float(there[0] + middles[k] / STEPS + fade / 2)
    return end


@cache
def _end(fade_px: float) -> Doubles:
    """What is left at each step from far inside to far beyond the middle of an end."""
    places = np.arange(-_MOST, _MOST + 1) / STEPS
    sharp = 0.5 - 0.5 * np.sin(np.pi * np.clip(places / max(fade_px, 0.5 / STEPS), -0.5, 0.5))
    blur = np.exp(-0.5 * np.square(np.arange(-6 * STEPS, 6 * STEPS + 1) / STEPS / BLUR_PX))
    return np.convolve(np.pad(sharp, len(blur) // 2, mode="edge"), blur / blur.sum(), "valid")
