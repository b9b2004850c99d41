"""Step `align`: bring the view onto the recipe's reference view."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import cv2
import numpy as np
from pydantic import Field

from shellmark_inspect.errors import NotAligned, RecipeError, StepError
from shellmark_inspect.recipe import Name, Positive
from shellmark_inspect.said import Said
from shellmark_inspect.types import Matrix, View

from .moving import scaling, warped
from .registration import Match, Reference
from .step import Parameters, Setting

FLAGS = {"cubic": cv2.INTER_CUBIC, "linear": cv2.INTER_LINEAR}


class AlignParameters(Parameters):
    """How far a shell may lie from the reference, and how sure the step must be.

    `light` is the plane both are compared in, None the first that has a reference. `most_shift_mm`, `most_turn_deg`
    and `most_growth` (0.005 is half a percent of size) bound what is put right. `least_correlation` is over the whole
    view; `most_doubt` is how well another place (a whole rib off) may explain the outline and the fittings, 1 being
    as well. `resampling` is how pixels between pixels are had: "linear" takes a third of the time of "cubic" and blurs
    what is one or two pixels wide. Right after `undistort` pixels are resampled but once, for both, as that step says.
    """

    light: Name | None = None
    most_shift_mm: Positive = 5.0
    most_turn_deg: Annotated[float, Field(gt=0, le=10)] = 2.0
    most_growth: Annotated[float, Field(gt=0, le=0.1)] = 0.005
    least_correlation: Annotated[float, Field(ge=0, le=1)] = 0.5
    most_doubt: Annotated[float, Field(gt=0, le=1)] = 0.7
    resampling: Literal["cubic", "linear"] = "cubic"


@dataclass(frozen=True, slots=True)
class Offset:
    """How a shell lies against the reference: its middle's shift (x right, y down), turn counter-clockwise, size."""

    shift_x_mm: float
    shift_y_mm: float
    turn_deg: float
    scale: float


class Align:
    """Moves the view so that the shell lies as in the reference picture, by shift, turn and scale.

    The reference is a good shell's picture as the steps before this one leave it. The view's pixels are the
    reference's afterwards, and millimetres are counted on it: (0, 0) is its top-left pixel, `spec.px_per_mm` its
    scale everywhere, so that a lens or a perspective has to be taken out before. Notes: shift_x_mm, shift_y_mm,
    turn_deg, scale, correlation.
    """

    def __init__(self, parameters: AlignParameters, setting: Setting) -> None:
        spec = setting.spec
        light = parameters.light or next(iter(setting.references), None)
        if light is None or light not in setting.references:
            raise RecipeError(f"view {spec.name}, step align: there is no reference picture"
                              f"{f' of light {light}' if light else ''}: name one in the view's reference")  # fmt: skip
        self._p = parameters
        self._light = light
        self._reference = Reference(setting.references, light, spec.px_per_mm)

    def __call__(self, view: View) -> View:
        """Bring the view onto the reference; raises NotAligned when that is not to be had within the limits."""
        match = self._match(view)
        offset = offset_of(match.back, view.size, self._reference.px_per_mm)
        self._check(view.name, match, offset)
        there = replace(
            warped(view, match.back, self._reference.size, FLAGS[self._p.resampling]),
            to_mm=scaling(1 / self._reference.px_per_mm),
        )
        return there.noted(shift_x_mm=offset.shift_x_mm, shift_y_mm=offset.shift_y_mm, turn_deg=offset.turn_deg,
                           scale=offset.scale, correlation=match.correlation)  # fmt: skip

    def _match(self, view: View) -> Match:
        if self._light not in view.planes:
            raise StepError(
                "view {view} has no plane {light} to align by: it has {there}",
                view=view.name,
                light=self._light,
                there=", ".join(view.planes),
            )
        if view.size != self._reference.size:
            (h, w), (rh, rw) = view.size, self._reference.size
            raise StepError(
                "view {view}: {w} x {h} px cannot be aligned to a reference of {rw} x {rh} px: take the "
                "reference anew with this recipe's steps",
                view=view.name,
                w=w,
                h=h,
                rw=rw,
                rh=rh,
            )
        best, doubt = self._reference.match(view.planes, self._p.most_shift_mm + 3, self._p.most_turn_deg + 1)
        if best.correlation >= self._p.least_correlation and doubt > self._p.most_doubt:
            raise NotAligned(
                "view {view}: two places fit the reference alike (doubt {doubt:.2f}, at most {most:g}): the "
                "ribs repeat and no outline or fitting tells them apart",
                view=view.name,
                doubt=doubt,
                most=self._p.most_doubt,
            )
        return best

    def _check(self, name: str, match: Match, offset: Offset) -> None:
        p = self._p
        shift = math.hypot(offset.shift_x_mm, offset.shift_y_mm)
        if match.correlation < p.least_correlation:
            what = Said(
                "unlike the reference: correlation {found:.2f}, {least:g} is the least",
                found=match.correlation,
                least=p.least_correlation,
            )
        elif shift > p.most_shift_mm:
            what = Said("{mm:.1f} mm off, {most:g} mm is the most", mm=shift, most=p.most_shift_mm)
        elif abs(offset.turn_deg) > p.most_turn_deg:
            what = Said(
                "turned by {degrees:.1f} deg, {most:g} deg is the most", degrees=offset.turn_deg, most=p.most_turn_deg
            )
        elif abs(offset.scale - 1) > p.most_growth:
            off, most = 100 * abs(offset.scale - 1), 100 * p.most_growth
            if offset.scale > 1:
                what = Said("{percent:.2f} % larger than the reference, {most:g} % is the most", percent=off, most=most)
            else:
                what = Said(
                    "{percent:.2f} % smaller than the reference, {most:g} % is the most", percent=off, most=most
                )
        else:
            return
        raise NotAligned("view {view}: the shell is {what}", view=name, what=what)


def offset_of(back: Matrix, size: tuple[int, int], px_per_mm: float) -> Offset:
    """What a map from reference pixels to view pixels says of the shell."""
    middle = np.array([(size[1] - 1) / 2, (size[0] - 1) / 2, 1.0])
    shift = (back @ middle - middle) / px_per_mm
    scale = math.sqrt(abs(float(np.linalg.det(back[:2, :2]))))
    return Offset(float(shift[0]), float(shift[1]), -math.degrees(math.atan2(back[1, 0], back[0, 0])), scale)
