"""Step `resize`: bring the view to the recipe's pixels per millimetre."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import cv2

from shellmark_inspect.errors import StepError
from shellmark_inspect.recipe import Positive
from shellmark_inspect.types import Pixels, View

from .moving import moved, resizing, scaling
from .step import Parameters, Setting


class ResizeParameters(Parameters):
    """`frame_px_per_mm` is the camera frame's own scale; None takes what the view's map says."""

    frame_px_per_mm: Positive | None = None


class Resize:
    """Resamples to `spec.px_per_mm`; the note `resize` says by how much (below 1: detail was averaged away).

    A view is never resized to fit a model. With a frame scale given, millimetres are counted anew from the frame's
    top-left pixel.
    """

    def __init__(self, parameters: ResizeParameters, setting: Setting) -> None:
        self._frame_px_per_mm = parameters.frame_px_per_mm
        self._px_per_mm = setting.spec.px_per_mm

    def __call__(self, view: View) -> View:
        """Bring the view to the recipe's scale."""
        if self._frame_px_per_mm is not None:
            if view.bend is not None:
                raise StepError(
                    "view {view}: its millimetres come from a profile: take frame_px_per_mm out", view=view.name
                )
            view = replace(view, to_mm=scaling(1 / self._frame_px_per_mm) @ view.to_frame)
        factor = self._px_per_mm / view.px_per_mm
        h, w = view.size
        new = round(h * factor), round(w * factor)
        if min(new) < 1 or max(new) > 32767:
            raise StepError(
                "view {view}: {w} x {h} px at {px_per_mm:.4g} px/mm cannot become {wanted:.4g} px/mm: check "
                "frame_px_per_mm",
                view=view.name,
                w=w,
                h=h,
                px_per_mm=view.px_per_mm,
                wanted=self._px_per_mm,
            )
        if new == (h, w):
            return view.noted(resize=1.0)
        interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC

        def move(pixels: Pixels) -> Pixels:
            return cast(Pixels, cv2.resize(pixels, new[::-1], interpolation=interpolation))

        def move_labels(labels: Pixels) -> Pixels:
            return cast(Pixels, cv2.resize(labels, new[::-1], interpolation=cv2.INTER_NEAREST_EXACT))

        return moved(view, resizing((h, w), new), move, move_labels).noted(resize=factor)
