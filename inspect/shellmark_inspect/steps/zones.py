"""Step `zones`: paint the recipe's zones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shellmark_inspect.errors import StepError
from shellmark_inspect.recipe import Name
from shellmark_inspect.types import View

from .moving import painted
from .step import Parameters, Setting


class ZonesParameters(Parameters):
    """`strictest_first` orders the zones' names; those not named follow by the alphabet (A before B before C)."""

    strictest_first: tuple[Name, ...] = ()


class Zones:
    """Paints the zone polygons in the recipe's order over the default zone.

    `zone_names` comes out strictest first: a defect on a border belongs to the first of the zones it touches.
    """

    def __init__(self, parameters: ZonesParameters, setting: Setting) -> None:
        spec = setting.spec
        used = {spec.default_zone, *(zone.zone for zone in spec.zones)}
        first = [name for name in parameters.strictest_first if name in used]
        self._names = (*first, *sorted(used - set(first)))
        self._default = self._names.index(spec.default_zone)
        self._indices = [self._names.index(zone.zone) for zone in spec.zones]
        self._polygons = [zone.polygon_mm for zone in spec.zones]

    def __call__(self, view: View) -> View:
        """Paint the zones; raises StepError when a polygon lies outside the view, so that none is passed over."""
        zones = np.full(view.size, self._default, np.uint8)
        for index, inside in zip(self._indices, painted(view.size, view.to_mm, self._polygons), strict=True):
            if not inside.any():
                raise StepError(
                    "view {view}: a polygon of zone {zone} lies outside the view: mend its millimetres, which "
                    "count from the view's top-left pixel",
                    view=view.name,
                    zone=self._names[index],
                )
            zones[inside] = index
        return replace(view, zones=zones, zone_names=self._names)
