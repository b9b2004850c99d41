"""Which row of the limit table a defect falls under, and how a measure stands to a limit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from shellmark_inspect.recipe import Limit
from shellmark_inspect.types import Defect

ANY = "*"


class Standing(IntEnum):
    """How a measure stands to its limit, from good to bad."""

    WITHIN = 0
    NEAR = 1
    OVER = 2


class Measure(NamedTuple):
    """One measured value of a defect: its word, value, half the width of its 95 % interval, unit."""

    word: str
    value: float
    uncertainty: float
    unit: str


def limit_for(limits: Sequence[Limit], zone: str, label: str) -> Limit | None:
    """The most particular row: zone and label, then label in any zone, then any label in the zone, then any."""
    rows = {(limit.zone, limit.label): limit for limit in limits}
    for key in ((zone, label), (ANY, label), (zone, ANY), (ANY, ANY)):
        if key in rows:
            return rows[key]
    return None


def uncertainty_mm(defect: Defect, value: float) -> float:
    """Half the width of the 95 % interval of another length of a defect than `length_mm`.

    `defect.uncertainty_mm` is a pixel and a share of the length; the pixel is known from the crop's scale, the share
    is the rest. Without a crop's scale it is the same for every length.
    """
    if defect.crop_px_per_mm <= 0 or defect.length_mm <= 0:
        return defect.uncertainty_mm
    pixel = min(1 / defect.crop_px_per_mm, defect.uncertainty_mm)
    return pixel + (defect.uncertainty_mm - pixel) * value / defect.length_mm


def measures(defect: Defect, limit: Limit) -> list[tuple[Measure, float]]:
    """What the row limits of one defect's size, each with its limit.

    The area's uncertainty follows from that of the diameter: A = π d² / 4, so dA = 2 A dd / d.
    """
    lengths = (
        ("length", defect.length_mm, limit.length_mm),
        ("width", defect.width_mm, limit.width_mm),
        ("diameter", defect.diameter_mm, limit.diameter_mm),
    )
    found = [
        (Measure(word, value, uncertainty_mm(defect, value), "mm"), most)
        for word, value, most in lengths
        if most is not None
    ]
    if limit.area_mm2 is not None:
        diameter = math.sqrt(4 * defect.area_mm2 / math.pi)
        spread = math.pi / 2 * diameter * uncertainty_mm(defect, diameter)
        found.append((Measure("area", defect.area_mm2, spread, "mm²"), limit.area_mm2))
    return found


def standing(measure: Measure, most: float) -> Standing:
    """Over the limit beyond the uncertainty, within it on either side, or surely below; what is no number is near."""
    if measure.value - measure.uncertainty > most:
        return Standing.OVER
    return Standing.WITHIN if measure.value + measure.uncertainty <= most else Standing.NEAR
