"""What can be taught of a person's decision against the machine, and the masks of what was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QPolygonF

from shellmark_inspect.station.workshop import Correction
from shellmark_inspect.types import Disposition, Mask, Record, Verdict

_FALSE_CALLS = frozenset({"false_alarm", "rib_or_grain", "reflection", "fitting"})
"""Reasons that make a stopped case a further good. Dust, a stain that was wiped off, or a bad picture do not: nothing
of them should look good to the model; and a limit sample is about limits, not about what is found."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn on a view: the frame's size, and the regions in its pixels."""

    size: QSize
    regions: tuple[QPolygonF, ...]


def lesson_of(record: Record) -> Correction | None:
    """What a decided record can teach: a false call, a missed defect, or nothing."""
    if record.disposition is Disposition.OK and record.verdict is not Verdict.PASS:
        return "false_call" if record.reason_code in _FALSE_CALLS else None
    if record.disposition is Disposition.NG and record.verdict is Verdict.PASS:
        return "missed"
    return None


def masks_of(drawn: Mapping[str, Drawn]) -> dict[str, Mask]:
    """The regions of each view as a mask (h, w) of its frame."""
    return {view: _mask(one) for view, one in drawn.items() if one.regions}


def _mask(drawn: Drawn) -> Mask:
    canvas = np.zeros((drawn.size.height(), drawn.size.width()), np.uint8)
    for region in drawn.regions:
        points = [region.at(at) for at in range(region.count())]
        corners = np.array([[point.x(), point.y()] for point in points], np.float64)
        cv2.fillPoly(canvas, [np.round(corners).astype(np.int32)], (255,))
    return np.asarray(canvas > 0)
