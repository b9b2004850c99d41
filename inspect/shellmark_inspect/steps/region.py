"""Step `region`: keep a rectangle of the camera's frame."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from shellmark_inspect.errors import StepError
from shellmark_inspect.types import View

from .moving import moved, shifting
from .step import Parameters, Setting

Whole = Annotated[int, Field(ge=0)]
Length = Annotated[int, Field(gt=0)]


class RegionParameters(Parameters):
    """`rectangle_px` is (x, y, width, height) in pixels of the camera's frame."""

    rectangle_px: tuple[Whole, Whole, Length, Length]


class Region:
    """Keeps the rectangle; after a turn by no whole quarter, the upright box around it."""

    def __init__(self, parameters: RegionParameters, setting: Setting) -> None:
        self._rectangle = parameters.rectangle_px
        self._view = setting.spec.name

    def __call__(self, view: View) -> View:
        """Keep the rectangle; raises StepError when it does not lie within the view."""
        left, top, right, bottom = self._box(view)
        h, w = view.size
        if left < 0 or top < 0 or right > w or bottom > h:
            raise StepError(
                "view {view}: the region {rectangle} does not lie within its {w} x {h} px: give a smaller "
                "one, or the frame's own size in frame_px",
                view=self._view,
                rectangle=self._rectangle,
                w=w,
                h=h,
            )
        return moved(view, shifting(left, top), lambda pixels: np.ascontiguousarray(pixels[top:bottom, left:right]))

    def _box(self, view: View) -> tuple[int, int, int, int]:
        x, y, w, h = self._rectangle
        outer = np.array([[x, y], [x + w, y], [x, y + h], [x + w, y + h]]) - 0.5
        there = view.of_frame(outer) + 0.5
        left, top = np.round(there.min(0)).astype(int)
        right, bottom = np.round(there.max(0)).astype(int)
        return int(left), int(top), int(right), int(bottom)
