"""Step `bipolar`: dents and bumps by their bright and their dark slope under a low light."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

import cv2
import numpy as np
from pydantic import Field

from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.planes import side_by_side
from shellmark_inspect.recipe import Name, Positive, ViewSpec
from shellmark_inspect.types import Pixels, View

from .filters import AZIMUTHS, Floats, check_lights, contrast, signed, small, with_channels
from .step import Parameters, Setting

LEAST_SHARE = 1e-6
"""A light along an axis has no slope across it."""
SLOW = 3.0
"""What is slower than this many of the largest size is taken out first."""


class BipolarParameters(Parameters):
    """Which lights are looked at, and for what.

    `azimuths_deg` says where each light shines from, counter-clockwise from the right edge; lights named east, north,
    west and south need none. Low lights along the ribs show most. `over` is the light that is divided by, so that print
    vanishes; None divides by none. `sizes_mm` are diameters of dents and bumps; it is worked out at `px_per_mm`;
    `full` is the contrast (0.1 is 10 %) at which the channel ends.
    """

    azimuths_deg: dict[Name, Annotated[float, Field(ge=-360, le=360)]] = Field(default_factory=dict)
    over: Name | None = None
    sizes_mm: Annotated[tuple[Positive, ...], Field(min_length=1, max_length=6)] = (10.0, 20.0)
    px_per_mm: Positive = 1.0
    full: Positive = 0.1


def azimuths(parameters: BipolarParameters, spec: ViewSpec) -> dict[str, float]:
    """The lights the step looks at, each with where it shines from."""
    known = {name: AZIMUTHS[name] for name in spec.lights if name in AZIMUTHS}
    return {**known, **parameters.azimuths_deg}


def made(parameters: BipolarParameters, spec: ViewSpec) -> tuple[str, ...]:
    """The step's channels."""
    return tuple(f"bipolar.{name}" for name in azimuths(parameters, spec))


class Bipolar:
    """Makes `bipolar.<light>`: above 128 a dent, whose slope away from the light is bright; below it a bump.

    The light's contrast is compared with the derivative of a Gaussian along the light (the slopes of a shallow dent
    under it), largest size by size; what the reference shows of it is taken off where the view is aligned to one.
    """

    def __init__(self, parameters: BipolarParameters, setting: Setting) -> None:
        spec = setting.spec
        self._p = parameters
        self._azimuths = azimuths(parameters, spec)
        check_lights("bipolar", spec, {**self._azimuths, **({parameters.over: 0} if parameters.over else {})})
        if not self._azimuths:
            raise RecipeError(f"view {spec.name}, step bipolar: no light is called east, north, west or south: "
                              "give azimuths_deg")  # fmt: skip
        self._good: dict[str, Floats] = {}
        if "align" in [step.step for step in spec.steps]:
            for name in self._azimuths:
                if name in setting.references and (parameters.over or name) in setting.references:
                    self._good[name] = self._contrast(setting.references, name, spec.px_per_mm)[0]

    def __call__(self, view: View) -> View:
        """Add the channels; raises StepError when the view has not the reference's size."""
        made = side_by_side(self._azimuths, lambda name: self._looked_at(view, name))
        channels = {f"bipolar.{name}": pixels for name, pixels in zip(self._azimuths, made, strict=True)}
        return with_channels(view, channels)

    def _looked_at(self, view: View, name: str) -> Pixels:
        values, px_per_mm = self._contrast(view.planes, name, view.px_per_mm)
        if name in self._good:
            if self._good[name].shape != values.shape:
                raise StepError("view {view} has not the reference's size: let align come before", view=view.name)
            values -= self._good[name]
        sizes_px = [size * px_per_mm for size in self._p.sizes_mm]
        return signed(slopes(values, self._azimuths[name], sizes_px), self._p.full, view.size)

    def _contrast(self, planes: Mapping[str, Pixels], name: str, scale: float) -> tuple[Floats, float]:
        light, px_per_mm = small(planes, name, scale, self._p.px_per_mm)
        other = None if self._p.over is None else small(planes, self._p.over, scale, self._p.px_per_mm)[0]
        return contrast(light, other, SLOW * max(self._p.sizes_mm) * px_per_mm), px_per_mm


def slopes(values: Floats, azimuth_deg: float, sizes_px: list[float]) -> Floats:
    """The amplitude of a dent's two slopes at each place, along a light; bumps are negative; largest size by size.

    The filter is the derivative of a Gaussian of a quarter of the size, scaled so that its own likeness gives its peak.
    """
    along = (-math.cos(math.radians(azimuth_deg)), math.sin(math.radians(azimuth_deg)))
    best = np.zeros_like(values)
    for size in sizes_px:
        sigma = max(size / 4, 0.7)
        x = np.arange(-math.ceil(3 * sigma), math.ceil(3 * sigma) + 1, dtype=np.float64)
        smooth = np.exp(-(x**2) / (2 * sigma**2))
        slope = x * smooth / sigma * math.exp(0.5)  # its peak is 1
        slope_, smooth_ = slope / (slope @ slope), smooth / (smooth @ smooth)
        found = np.zeros_like(values)
        for share, kernels in ((along[0], (slope_, smooth_)), (along[1], (smooth_, slope_))):
            if abs(share) > LEAST_SHARE:
                x_, y_ = kernels
                found += share * cv2.sepFilter2D(values, cv2.CV_32F, x_, y_, borderType=cv2.BORDER_REFLECT)
        cv2.copyTo(found, cv2.compare(np.abs(found), np.abs(best), cv2.CMP_GT), best)
    return best
