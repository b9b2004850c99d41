"""The judge: regions of an anomaly map → defects in millimetres → verdict and reasons. Pure arithmetic."""

from .measure import Measured, measure
from .regions import Region, find_regions
from .verdict import Judgement, judge
from .zones import zone_areas_cm2

__all__ = ["Judgement", "Measured", "Region", "find_regions", "judge", "measure", "zone_areas_cm2"]
