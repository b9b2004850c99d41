"""Outlines sharper than half a pixel: once a defect is found, its edge is taken from the light that shows it best.

Three kinds: a bowl (dent, bump) is fitted, a spot's edge lies where its contrast is half that of its strongest pixels,
a line ends where it is lost in the noise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.types import Mask, Pixels

from .bowl import fitted_bowl
from .contrast import Rest, rests

HALF = 0.5
"""A blurred edge is half-way up where it was sharp."""
STRONGEST = 0.95
"""The quantile of a spot's contrast that is taken for its full one: single pixels are noise."""
LIKE = (0.88, 1.4)
"""How the area of a sharper outline may stand to the first one's; else something else was outlined."""
NEAR_PX = 4
SLENDER, SLENDER_PX = 0.2, 4.0
LINE_SHARE = 0.2
"""The share of a line's own contrast at which it ends: a scratch fades out."""
LINE_OVER_NOISE = 1.15
LINE_GAP_PX = 6
END_BLUR_PX, FADING_PX = 1.25, 2.0
"""How far a sharp end, blurred by 1.3 px, goes from half its contrast to a fifth, and from where on one fades out."""
LINE_REACH_PX = 30
LEAST_RADIUS_PX = 2.0
LEAST_SEEN = 0.8
MOST_STEEP = 0.65
"""The change over the usual brightness beyond which it no longer follows the slope: a bubble's flanks."""
BOWL_WIDER = 1.18
"""1 / (1 - asin(0.45) / π): a slope of sin πr is 0.45 of its largest at 0.85 of the bowl's radius."""


def sharper(
    planes: Mapping[str, Pixels], good: Mapping[str, Pixels], around: Mask, allowed: Mask, mask: Mask, rough: Mask
) -> Mask | None:
    """A better mask (h, w) of what `mask` shows nearly; None when the pixels do not give one.

    `planes` and `good` are crops, `around` what is surely nothing, `allowed` what may be judged, `rough` the region as
    the model has it.
    """
    seen = rests(planes, good, around)
    line = _line(seen, allowed, mask)
    if line is not None:
        return line
    bowl = _bowl(seen, allowed, mask, rough)
    return bowl if bowl is not None else _spot(seen, allowed, mask)


def _bowl(seen: Sequence[Rest], allowed: Mask, mask: Mask, rough: Mask) -> Mask | None:
    clearest = max(seen, key=lambda rest: _contrast(rest, mask) / rest.noise)
    if float(np.quantile(np.abs(clearest.change[mask]) / clearest.usual[mask], STRONGEST)) > MOST_STEEP:
        return None
    ys, xs = np.nonzero(mask)
    radius = max(BOWL_WIDER * math.sqrt(len(xs) / math.pi), LEAST_RADIUS_PX)
    most = max(radius, math.sqrt(rough.sum() / math.pi))
    bowl = fitted_bowl(seen, allowed, (float(xs.mean()), float(ys.mean()), radius), most)
    if bowl is None:
        return None
    whole = bowl.mask(mask.shape)
    seen_of_it = whole & allowed
    return seen_of_it if seen_of_it.sum() > LEAST_SEEN * max(math.pi * bowl.radius**2, 1) else None


def _spot(seen: Sequence[Rest], allowed: Mask, mask: Mask) -> Mask | None:
    near = _widened(mask, NEAR_PX) & allowed
    best = max(seen, key=lambda rest: _contrast(rest, mask) / rest.noise)
    full = _contrast(best, mask)
    if not full > 0:
        return None
    inside = near & (np.abs(best.change) > HALF * full)
    _, labels = cv2.connectedComponents(inside.view(np.uint8), connectivity=8)
    touched = labels[mask & (labels > 0)]
    if not touched.size:
        return None
    largest = np.bincount(touched).argmax()
    filled = _filled(np.asarray(labels == largest)) & allowed
    return filled if LIKE[0] < filled.sum() / mask.sum() < LIKE[1] else None


def _contrast(rest: Rest, mask: Mask) -> float:
    return float(np.quantile(np.abs(rest.change[mask]), STRONGEST))


def _line(seen: Sequence[Rest], allowed: Mask, mask: Mask) -> Mask | None:
    """The mask with its ends moved to where the line is lost, for a straight and slender one; None for any other."""
    ys, xs = np.nonzero(mask)
    points = np.stack([xs, ys], 1).astype(np.float64)
    middle = points.mean(0)
    along, across = np.linalg.svd(np.vstack([points - middle, np.eye(2)]), full_matrices=False)[2]
    u, v = (points - middle) @ along, (points - middle) @ across
    length, width = float(np.ptp(u)), float(np.ptp(v))
    if length < 12 or width > max(SLENDER * length, SLENDER_PX):
        return None
    at, strength = _profile(seen, middle, along, across, (float(u.min()), float(u.max())), width)
    ends = _ends(at, strength, float(u.min()), float(u.max()))
    if ends is None:
        return None
    return _between(mask, middle, along, middle + float(np.median(v)) * across, ends) & allowed


def _profile(
    seen: Sequence[Rest],
    middle: NDArray[np.float64],
    along: NDArray[np.float64],
    across: NDArray[np.float64],
    ends: tuple[float, float],
    width: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How strongly all lights together show a line at every pixel along it, in deviations of the noise."""
    at = np.arange(ends[0] - LINE_REACH_PX, ends[1] + LINE_REACH_PX + 1)
    half = math.ceil(width / 2) + 2
    aside = np.arange(-half, half + 1)
    places = middle + at[:, None, None] * along + aside[None, :, None] * across
    x, y = places[..., 0].astype(np.float32), places[..., 1].astype(np.float32)
    energy = np.zeros(x.shape, np.float64)
    for rest in seen:
        there = cv2.remap(rest.change / np.float32(rest.noise), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        there = cv2.GaussianBlur(there, (1, 7), 0.1, sigmaY=1.0)
        energy += np.square(there, dtype=np.float64)
    return at, np.sqrt(energy).max(1)


def _ends(
    at: NDArray[np.float64], strength: NDArray[np.float64], first: float, last: float
) -> tuple[float, float] | None:
    """Where the line that lies from `first` to `last` really begins and ends, gaps of a few pixels bridged.

    A sharp end lies where the contrast is half; one that fades out where it is lost, less what the blur adds.
    """
    inside, outside = (at > first) & (at < last), (at < first - 6) | (at > last + 6)
    usual = LINE_OVER_NOISE * float(np.quantile(strength[outside], 0.98)) if outside.sum() > 10 else 0.0
    own = float(np.median(strength[inside]))
    lost = _reach(at, strength / max(LINE_SHARE * own, usual), first, last)
    half = _reach(at, strength / max(HALF * own, usual), first, last)
    if lost is None or half is None:
        return None
    return lost[0] + _blurred(half[0] - lost[0]), lost[1] - _blurred(lost[1] - half[1])


def _blurred(fading_px: float) -> float:
    """What the blur alone adds to an end that goes from half its contrast to lost within so many pixels."""
    return END_BLUR_PX * float(np.clip((FADING_PX - fading_px) / (FADING_PX - END_BLUR_PX), 0, 1))


def _reach(
    at: NDArray[np.float64], strength: NDArray[np.float64], first: float, last: float
) -> tuple[float, float] | None:
    """Where the runs above 1 that touch first..last begin and end, between the pixels; None when none does."""
    places = np.flatnonzero(strength > 1)
    if not places.size:
        return None
    runs = np.split(places, np.flatnonzero(np.diff(places) > LINE_GAP_PX + 1) + 1)
    mine = [run for run in runs if at[run[-1]] >= first and at[run[0]] <= last]
    if not mine:
        return None
    i, k = int(mine[0][0]), int(mine[-1][-1])
    return _crossing(at, strength, i - 1, i), _crossing(at, strength, k + 1, k)


def _crossing(at: NDArray[np.float64], strength: NDArray[np.float64], outer: int, inner: int) -> float:
    """Where a profile passes 1 between two neighbouring places."""
    if not 0 <= outer < len(at):
        return float(at[inner])
    low, high = strength[outer], strength[inner]
    return float(at[inner] + (at[outer] - at[inner]) * (high - 1) / max(high - low, 1e-9))


def _between(
    mask: Mask,
    middle: NDArray[np.float64],
    along: NDArray[np.float64],
    on_line: NDArray[np.float64],
    ends: tuple[float, float],
) -> Mask:
    """The mask cut off at the ends, and drawn on to them."""
    h, w = mask.shape
    y, x = np.mgrid[:h, :w].astype(np.float64)
    u = (x - middle[0]) * along[0] + (y - middle[1]) * along[1]
    tips = np.round(np.array([on_line + end * along for end in ends]) * 16).astype(np.int32)
    drawn = np.zeros(mask.shape, np.uint8)
    cv2.line(drawn, tips[0].tolist(), tips[1].tolist(), 1, 1, cv2.LINE_8, 4)
    return np.asarray((mask | drawn.view(np.bool_)) & (u >= ends[0]) & (u <= ends[1]))


def _filled(mask: Mask) -> Mask:
    contours, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    canvas = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(canvas, contours, -1, 1, cv2.FILLED)
    return canvas.view(np.bool_)


def _widened(mask: Mask, by: int) -> Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    return cast("NDArray[np.uint8]", cv2.dilate(mask.view(np.uint8), kernel)).view(np.bool_)
