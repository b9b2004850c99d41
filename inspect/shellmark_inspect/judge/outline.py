"""Outlines sharper than half a pixel: once a defect is found, its edge is taken from all lights together.

Four kinds: a line (scratch, crack) and a cloud of lines (scuff) have two ends, a bowl (dent, bump) is fitted, any other
spot's edge lies where its contrast is half that of its strong pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.types import Mask, Pixels

from .bowl import fitted_bowl
from .contrast import Rest
from .ends import Line, ends_of, line_of

HALF = 0.5
"""A blurred edge is half-way up where it was sharp."""
STRONGEST = 0.95
"""The quantile of a bowl's contrast that is taken for its full one: single pixels are noise."""
FULL = 0.85
"""The same of a spot in all lights together (chosen on the cases to learn from)."""
LIKE = (0.7, 1.4)
"""How the area of a sharper outline may stand to the first one's; else something else was outlined: a burn's core."""
NEAR_PX = 4
SLENDER, SLENDER_PX, OBLONG = 0.2, 4.0, 0.5
"""How wide for its length a line may be, or how wide anyway; and what else has two ends rather than an edge."""
LEAST_LENGTH_PX = 12.0
LEAST_RADIUS_PX = 2.0
LEAST_SEEN = 0.8
MOST_STEEP = 0.65
"""The change over the usual brightness beyond which it no longer follows the slope: a bubble's flanks."""
BOWL_WIDER = 1.18
"""1 / (1 - asin(0.45) / π): a slope of sin πr is 0.45 of its largest at 0.85 of the bowl's radius."""


def sharper(seen: Sequence[Rest], allowed: Mask, mask: Mask, rough: Mask) -> Mask | None:
    """A better mask (h, w) of what `mask` shows nearly; None when the pixels do not give one.

    `seen` is what the lights show beyond the usual in the same crop, `allowed` what may be judged, `rough` the region
    as the model has it.
    """
    line = line_of(mask)
    if line.length >= LEAST_LENGTH_PX and line.width <= max(OBLONG * line.length, SLENDER_PX):
        ends = ends_of(seen, mask, line)
        if ends is not None:
            slender = line.width <= max(SLENDER * line.length, SLENDER_PX)
            return (_between if slender else _stretched)(mask, line, ends) & allowed
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
    strength = np.sqrt(np.add.reduce([np.square(rest.change / np.float32(rest.noise)) for rest in seen]))
    inside = _widened(mask, NEAR_PX) & allowed & (strength > HALF * float(np.quantile(strength[mask], FULL)))
    _, labels = cv2.connectedComponents(inside.view(np.uint8), connectivity=8)
    touched = labels[mask & (labels > 0)]
    if not touched.size:
        return None
    largest = np.bincount(touched).argmax()
    filled = _filled(np.asarray(labels == largest)) & allowed
    return filled if LIKE[0] < filled.sum() / mask.sum() < LIKE[1] else None


def _contrast(rest: Rest, mask: Mask) -> float:
    return float(np.quantile(np.abs(rest.change[mask]), STRONGEST))


def _between(mask: Mask, line: Line, ends: tuple[float, float]) -> Mask:
    """The mask cut off at the ends, and drawn on to them."""
    h, w = mask.shape
    y, x = np.mgrid[:h, :w].astype(np.float64)
    u = (x - line.middle[0]) * line.along[0] + (y - line.middle[1]) * line.along[1]
    on_line = line.middle + line.aside * line.across
    tips = np.round(np.array([on_line + end * line.along for end in ends]) * 16).astype(np.int32)
    drawn = np.zeros(mask.shape, np.uint8)
    cv2.line(drawn, tips[0].tolist(), tips[1].tolist(), 1, 1, cv2.LINE_8, 4)
    return np.asarray((mask | drawn.view(np.bool_)) & (u >= ends[0]) & (u <= ends[1]))


def _stretched(mask: Mask, line: Line, ends: tuple[float, float]) -> Mask:
    """The mask stretched or pressed along its line so that it reaches from end to end."""
    share = (ends[1] - ends[0]) / (line.length + 1)
    pull = np.eye(2) + (1 / share - 1) * np.outer(line.along, line.along)
    centre = line.middle + 0.5 * (line.first + line.last) * line.along
    now = line.middle + 0.5 * (ends[0] + ends[1]) * line.along
    back = np.column_stack([pull, centre - pull @ now])
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return cast(Pixels, cv2.warpAffine(mask.view(np.uint8), back, mask.shape[::-1], flags=flags)).view(np.bool_)


def _filled(mask: Mask) -> Mask:
    contours, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    canvas = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(canvas, contours, -1, 1, cv2.FILLED)
    return canvas.view(np.bool_)


def _widened(mask: Mask, by: int) -> Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    return cast("NDArray[np.uint8]", cv2.dilate(mask.view(np.uint8), kernel)).view(np.bool_)
