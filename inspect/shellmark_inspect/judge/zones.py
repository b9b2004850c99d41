"""In which zone a defect lies, and how large the zones are."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise, product

import numpy as np

from shellmark_inspect.types import Mask, Matrix, View

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
    cells = [cell for cell in product(pairwise(rows), pairwise(columns)) if all(end > start for start, end in cell)]
    # the scale changes slowly over a view, so one value serves an eighth of it
    mm2 = px_areas_mm2(view, np.array([[sum(across) / 2, sum(down) / 2] for down, across in cells]))
    for ((top, bottom), (left, right)), one_mm2 in zip(cells, mm2, strict=True):
        part = zones[top:bottom, left:right]
        here = part if view.shell is None else part[view.shell[top:bottom, left:right]]
        counts = np.bincount(here.ravel(), minlength=len(names))
        for i, name in enumerate(names):
            areas[name] += float(counts[i]) * float(one_mm2) / 100
    return {(view.name, name): area for name, area in areas.items()}


def px_areas_mm2(view: View, points: Matrix) -> Matrix:
    """The areas (n,) on the shell of the pixels at points (n, 2)."""
    right, down = np.eye(2)
    here, beside, below = np.split(view.on_shell(np.concatenate([points, points + right, points + down])), 3)
    return np.asarray(np.linalg.norm(np.cross(beside - here, below - here), axis=1), np.float64)
