"""Step `lines`: scratches, bright or dark, by how a line bends the light across it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

import cv2
import numpy as np
from pydantic import Field

from shellmark_inspect.errors import StepError
from shellmark_inspect.planes import in_bands, side_by_side
from shellmark_inspect.recipe import Name, Positive, ViewSpec
from shellmark_inspect.types import Pixels, View

from .filters import Floats, check_lights, contrast, signed, small, with_channels
from .step import Parameters, Setting

BAND_ROWS = 32
"""Rows that are looked at at a time: what they need stays in the cache."""


class LinesParameters(Parameters):
    """Which lights are looked at (None: all) for lines of which widths.

    It is worked out at `px_per_mm`; `full` is the contrast at which the channel ends.
    """

    lights: tuple[Name, ...] | None = None
    widths_mm: Annotated[tuple[Positive, ...], Field(min_length=1, max_length=4)] = (0.6, 1.2)
    px_per_mm: Positive = 2.0
    full: Positive = 0.5


def made(parameters: LinesParameters, spec: ViewSpec) -> tuple[str, ...]:
    """The step's channels."""
    return tuple(f"lines.{name}" for name in parameters.lights or spec.lights)


class Lines:
    """Makes `lines.<light>`: above 128 a bright line, below it a dark one; the reference's own lines are taken off."""

    def __init__(self, parameters: LinesParameters, setting: Setting) -> None:
        spec = setting.spec
        self._p = parameters
        self._lights = parameters.lights or spec.lights
        check_lights("lines", spec, self._lights)
        aligned = "align" in [step.step for step in spec.steps]
        references = setting.references if aligned else {}
        self._good = {
            name: self._contrast(references, name, spec.px_per_mm)[0] for name in self._lights if name in references
        }

    def __call__(self, view: View) -> View:
        """Add the channels; raises StepError when the view has not the reference's size."""
        made = side_by_side(self._lights, lambda name: self._looked_at(view, name))
        return with_channels(view, {f"lines.{name}": pixels for name, pixels in zip(self._lights, made, strict=True)})

    def _looked_at(self, view: View, name: str) -> Pixels:
        values, px_per_mm = self._contrast(view.planes, name, view.px_per_mm)
        if name in self._good:
            if self._good[name].shape != values.shape:
                raise StepError("view {view} has not the reference's size: let align come before", view=view.name)
            values -= self._good[name]
        return signed(ridges(values, [width * px_per_mm for width in self._p.widths_mm]), self._p.full, view.size)

    def _contrast(self, planes: Mapping[str, Pixels], name: str, scale: float) -> tuple[Floats, float]:
        light, px_per_mm = small(planes, name, scale, self._p.px_per_mm)
        return contrast(light, None, 20 * max(self._p.widths_mm) * px_per_mm), px_per_mm


def ridges(values: Floats, widths_px: list[float]) -> Floats:
    """How high a line stands above what is beside it, dark ones negative; the strongest width by width.

    The Hessian's eigenvalue of larger magnitude times the squared scale (Lindeberg 1998), less the other's magnitude:
    a spot bends both ways and is no line.
    """
    sigmas = [max(width / 2, 0.7) for width in widths_px]
    beyond = math.ceil(4 * max(sigmas)) + 2  # what a filter sees of the rows beside a band
    best = np.empty_like(values)

    def look(top: int, bottom: int) -> None:
        first = max(0, top - beyond)
        here = values[first : bottom + beyond]
        found = _bends(here, sigmas[0])
        for sigma in sigmas[1:]:
            other = _bends(here, sigma)
            cv2.copyTo(other, cv2.compare(np.abs(other), np.abs(found), cv2.CMP_GT), found)
        best[top:bottom] = found[top - first : bottom - first]

    in_bands(values.shape[0], BAND_ROWS, look)
    return best


def _bends(values: Floats, sigma: float) -> Floats:
    """The larger eigenvalue's magnitude less the smaller one's, with the larger one's sign turned about.

    That is 2 |mean| or the difference of both, whichever is less: Sobel's second derivatives (3 x 3) summed up.
    """
    smooth = cv2.GaussianBlur(values, (0, 0), sigma)
    twice, both = (cv2.filter2D(smooth, cv2.CV_32F, kernel * sigma**2) for kernel in (_MEAN, _DIFFERENCE))
    root = cv2.magnitude(both, cv2.filter2D(smooth, cv2.CV_32F, _MIXED * sigma**2))
    np.minimum(twice, root, out=twice)
    return np.maximum(twice, np.negative(root, out=root), out=twice)


_MEAN = np.array([[-1, 0, -1], [0, 4, 0], [-1, 0, -1]]) / 2
_DIFFERENCE = np.array([[0, -1, 0], [1, 0, 1], [0, -1, 0]], np.float64)
_MIXED = np.array([[1, 0, -1], [0, 0, 0], [-1, 0, 1]]) / 2
"""-(xx + yy), xx - yy and 2 xy, where xx is Sobel's second derivative in x over 4."""
