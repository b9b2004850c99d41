"""The judge: regions of an anomaly map → defects in millimetres → verdict and reasons. Pure arithmetic."""

from .checks import Found, checked, highest, overlap
from .colours import Deviation, colour_notes, deviations
from .measure import Measured, measure
from .regions import Region, find_regions
from .score_map import score_map
from .verdict import FAILS, Judgement, judge
from .zones import zone_areas_cm2

__all__ = [
    "FAILS",
    "Deviation",
    "Found",
    "Judgement",
    "Measured",
    "Region",
    "checked",
    "colour_notes",
    "deviations",
    "find_regions",
    "highest",
    "judge",
    "measure",
    "overlap",
    "score_map",
    "zone_areas_cm2",
]
