"""What is known of a case against what was found: which true defects were hit, and by what name."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from shellmark_inspect.recipe import Recipe
from shellmark_inspect.sets import SetCase
from shellmark_inspect.steps import frame_in_view
from shellmark_inspect.types import Defect, Mask, Pixels, View

NEAR_PX = 5
"""A true defect is hit where a reported one touches it or comes this near, in the frame's pixels."""


SCALE_UNKNOWN = 1.0
"""The px/mm of a recipe that was made for pictures of no known scale: their sizes are in pixels only."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One true defect of a case: its class, size, and whether and as what it was found.

    `diameter_px` is of the circle of equal area in the frame, `diameter_mm` what the set says or what the recipe's
    scale makes of it, `times_limit` its size over the limit; None where not known. `named` is the class it was reported
    as, None where it was not found.
    """

    label: str
    found: bool
    named: str | None
    diameter_px: float | None
    diameter_mm: float | None
    times_limit: float | None


def is_due(case: SetCase) -> bool:
    """Whether a case has to be stopped: it has a defect at or above its limit, or one whose limit nobody knows."""
    limits = [one.times_limit for one in case.defects if one.times_limit is not None]
    return case.kind == "defect" and (not limits or max(limits) >= 1.0)


def mask_view(case: SetCase, recipe: Recipe) -> str:
    """The view a case's mask is of: the one its name begins with, else the recipe's first."""
    stem = case.mask.stem if case.mask else ""
    return next((view.name for view in recipe.views if stem.startswith(f"{view.name}_")), recipe.views[0].name)


def mask_in_view(mask: Pixels, view: View) -> Mask:
    """A mask of the frame's pixels in the pixels of a view."""
    return frame_in_view(mask, view) > 0


def hits(case: SetCase, mask: Pixels | None, defects: Sequence[Defect], recipe: Recipe, stopped: bool) -> list[Hit]:
    """The true defects of a case against the reported ones.

    By mask where there is one: each value of it that the set knows as a defect, else all of it as one defect. Without a
    mask the case is one defect, found when the case was `stopped` (not passed).
    """
    if case.kind == "good":
        return []
    if mask is None or not mask.any():
        return [_whole(case, defects, stopped)]
    view = mask_view(case, recipe)
    spec = next(one for one in recipe.views if one.name == view)
    near = [defect for defect in defects if defect.view == view]
    return list(_by_mask(case, mask, near, spec.px_per_mm))


def _whole(case: SetCase, defects: Sequence[Defect], stopped: bool) -> Hit:
    best = max(defects, key=lambda one: one.score, default=None)
    known = max(case.defects, key=lambda one: one.times_limit or 0.0, default=None)
    diameter_px = math.sqrt(4 * case.area_px / math.pi) if case.area_px else None
    return Hit(
        case.label or "defect",
        stopped,
        best.label if best and stopped else None,
        diameter_px,
        known.diameter_mm if known else None,
        known.times_limit if known else None,
    )


def _by_mask(case: SetCase, mask: Pixels, defects: Sequence[Defect], px_per_mm: float) -> Iterator[Hit]:
    valued = [one for one in case.defects if one.mask_value is not None and (mask == one.mask_value).any()]
    for one in valued:
        region = mask == one.mask_value
        named = _named(region, defects)
        yield Hit(one.label, named is not None, named, _diameter(region), one.diameter_mm, one.times_limit)
    if not valued:
        region = mask > 0
        named, size = _named(region, defects), _diameter(region)
        scale = None if px_per_mm == SCALE_UNKNOWN else px_per_mm
        yield Hit(case.label or "defect", named is not None, named, size, size / scale if scale else None, None)


def _diameter(region: Mask) -> float:
    return math.sqrt(4 * float(np.count_nonzero(region)) / math.pi)


def _named(region: Mask, defects: Sequence[Defect]) -> str | None:
    """The class of the strongest reported defect that touches a region, or comes near it; None when none does."""
    ys, xs = np.nonzero(region.any(1))[0], np.nonzero(region.any(0))[0]
    top, left = max(int(ys[0]) - NEAR_PX, 0), max(int(xs[0]) - NEAR_PX, 0)
    part = region[top : int(ys[-1]) + NEAR_PX + 1, left : int(xs[-1]) + NEAR_PX + 1].astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * NEAR_PX + 1, 2 * NEAR_PX + 1))
    near = np.asarray(cv2.dilate(part, kernel), np.uint8)
    touching = [defect for defect in defects if _touches(defect, near, left, top)]
    best = max(touching, key=lambda one: one.score, default=None)
    return best.label if best else None


def _touches(defect: Defect, near: Pixels, left: int, top: int) -> bool:
    points = np.round(defect.contour_px - (left, top)).astype(np.int32)
    low, high = points.min(0), points.max(0)
    if (high < 0).any() or low[0] >= near.shape[1] or low[1] >= near.shape[0]:
        return False
    canvas = np.zeros(near.shape, np.uint8)
    cv2.fillPoly(canvas, [points], 1)
    return bool((canvas & near).any())
