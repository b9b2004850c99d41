"""In which zone a defect lies, and how large the zones are."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from shellmark_inspect.types import Mask, View, project

BORDER_SHARE = 0.1
"""From this share of a defect's pixels on, the zone counts as touched."""


def zone_of(view: View, box_px: tuple[int, int, int, int], mask: Mask) -> str:
    """The zone of the pixels of a mask inside a box (x, y, width, height).

    The majority's zone; on a border, where a stricter zone holds at least a tenth of the pixels, that one: the
    strictest of them, `zone_names` being in order of strictness. "A" when the view has no zones.
    """
    if view.zones is None or not view.zone_names:
        return "A"
    x, y, w, h = box_px
    counts = np.bincount(view.zones[y : y + h, x : x + w][mask], minlength=len(view.zone_names))
    touched = np.flatnonzero(counts >= BORDER_SHARE * max(counts.sum(), 1))
    return view.zone_names[int(min(touched.min(), counts.argmax()))]


def zone_areas_cm2(view: View) -> Mapping[tuple[str, str], float]:
    """The area of shell per (view, zone) in cm²; zones without any are there with 0."""
    names = view.zone_names or ("A",)
    zones = np.zeros(view.size, np.uint8) if view.zones is None else view.zones
    areas = dict.fromkeys(names, 0.0)
    rows = np.linspace(0, view.size[0], 9).astype(int)
    columns = np.linspace(0, view.size[1], 9).astype(int)
    # the scale changes slowly over a view, so one value serves an eighth of it
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            if bottom == top or right == left:
                continue
            part = zones[top:bottom, left:right]
            here = part if view.shell is None else part[view.shell[top:bottom, left:right]]
            counts = np.bincount(here.ravel(), minlength=len(names))
            mm2 = px_area_mm2(view, (left + right) / 2, (top + bottom) / 2)
            for i, name in enumerate(names):
                areas[name] += float(counts[i]) * mm2 / 100
    return {(view.name, name): area for name, area in areas.items()}


def px_area_mm2(view: View, x: float, y: float) -> float:
    """The area on the shell of the pixel at (x, y)."""
    corner, right, down = project(view.to_mm, np.array([[x, y], [x + 1, y], [x, y + 1]]))
    return abs(float(np.linalg.det(np.stack([right - corner, down - corner]))))
