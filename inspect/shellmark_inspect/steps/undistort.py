"""Step `undistort`: take lens and perspective out, so that a pixel is the same part of a millimetre everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import cv2
import numpy as np

from shellmark_calibration import MmMap
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.recipe import Millimetre, Positive
from shellmark_inspect.types import Eye, Mask, Matrix, Pixels, View

from .moving import scaling
from .step import Parameters, Setting
from .straightened import Straightened

MOVING = frozenset({"region", "rotate", "resize", "align"})
MOST_SIDE_PX = 32_000
MOST_GROWTH = 8.0
"""How many times the frame's pixels a view may have: more is a wrong scale, not a view."""
FLAGS = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC}


class UndistortParameters(Parameters):
    """`area_mm` (x, y, width, height) of the plane to show, None for the upright part that the frame sees whole.

    Millimetres of the plane count from what the frame's middle sees, x to the right, y down.
    """

    area_mm: tuple[Millimetre, Millimetre, Positive, Positive] | None = None
    interpolation: Literal["linear", "cubic"] = "linear"


class Undistort:
    """Shows the calibrated plane from straight above, `spec.px_per_mm` pixels per millimetre, with the view's profile.

    (0, 0) mm is the view's top-left pixel. What the frame does not see is black and no shell. Pixels are resampled when
    a plane is asked for: an `align` right after this step moves them in the same go.
    """

    def __init__(self, parameters: UndistortParameters, setting: Setting) -> None:
        self._name = setting.spec.name
        self._to_mm = _map_of(setting)
        _check_order(setting)
        self._interpolation = parameters.interpolation
        self._px_per_mm = setting.spec.px_per_mm
        corner, self._size = _area(parameters.area_mm, self._to_mm, self._px_per_mm)
        self._check_size()
        self._to_plane = np.array(
            [[1 / self._px_per_mm, 0, corner[0]], [0, 1 / self._px_per_mm, corner[1]], [0, 0, 1.0]]
        )
        self._to_straight = self._to_mm.to_straight @ self._to_plane
        self._eye = self._seen_from()
        self._inside = self._frame_in_view()

    def __call__(self, view: View) -> View:
        """Straighten the view; raises StepError when its frames are not the profile's or were moved before."""
        h, w = view.size
        if (w, h) != self._to_mm.size_px or view.bend is not None or not np.array_equal(view.to_frame, np.eye(3)):
            pw, ph = self._to_mm.size_px
            raise StepError(
                "view {view}: {w} x {h} px are not the whole frame of {pw} x {ph} px that the profile is of: "
                "calibrate this camera at this resolution",
                view=self._name,
                w=w,
                h=h,
                pw=pw,
                ph=ph,
            )
        if view.shell is not None or view.zones is not None:
            raise StepError(
                "view {view}: the shell was found before the lens was taken out: put undistort first", view=self._name
            )
        return replace(
            view,
            planes=self._moved(view.planes),
            channels=self._moved(view.channels),
            to_frame=self._to_straight,
            to_mm=scaling(1 / self._px_per_mm),
            shell=None if self._inside is None else self._inside.copy(),
            bend=self._to_mm.lens,
            eye=self._eye,
        )

    def _moved(self, planes: Mapping[str, Pixels]) -> Straightened:
        return Straightened(
            planes, self._to_mm.lens, self._to_straight, self._size, self._inside, FLAGS[self._interpolation]
        )

    def _seen_from(self) -> Eye:
        eye = self._to_mm.plane.eye_mm
        x, y = (eye[:2] - self._to_plane[:2, 2]) * self._px_per_mm
        return Eye((float(x), float(y)), float(-eye[2]))

    def _frame_in_view(self) -> Mask | None:
        """Where the view shows something of the frame, by the frame's outline on the plane; None for everywhere."""
        border = self._to_mm.mm(self._to_mm.border_px)
        points = (border - self._to_plane[:2, 2]) * self._px_per_mm
        canvas = np.zeros(self._size, np.uint8)
        cv2.fillPoly(canvas, [np.round(points * 16).astype(np.int32)], 1, shift=4)
        return None if canvas.all() else canvas.view(np.bool_)

    def _check_size(self) -> None:
        h, w = self._size
        pw, ph = self._to_mm.size_px
        if min(h, w) < 1 or max(h, w) > MOST_SIDE_PX or h * w > MOST_GROWTH * pw * ph:
            raise RecipeError(f"view {self._name}, step undistort: {w} x {h} px at {self._px_per_mm:g} px/mm of a "
                              f"frame of {pw} x {ph} px: mend px_per_mm or give a smaller area_mm")  # fmt: skip


def _map_of(setting: Setting) -> MmMap:
    profile, name = setting.profile, setting.spec.name
    if profile is None:
        raise RecipeError(f"view {name}, step undistort: the view names no profile: calibrate its camera and name it")
    if profile.lens is None or profile.plane is None:
        missing, command = ("lens", "lens") if profile.lens is None else ("plane", "scale")
        raise RecipeError(f"view {name}, step undistort: the profile has no {missing}: "
                          f"measure it with shellmark calibrate {command}")  # fmt: skip
    return MmMap(profile.lens, profile.plane, profile.size_px)


def _check_order(setting: Setting) -> None:
    names = [step.step for step in setting.spec.steps]
    before = names[: names.index("undistort")] if "undistort" in names else []
    if moving := [name for name in before if name in MOVING]:
        raise RecipeError(f"view {setting.spec.name}, step undistort: {moving[0]} moves pixels before it: "
                          "the profile is of whole frames, put undistort first")  # fmt: skip


def _area(
    area_mm: tuple[float, float, float, float] | None, to_mm: MmMap, px_per_mm: float
) -> tuple[Matrix, tuple[int, int]]:
    """The plane's millimetres of the view's top-left pixel, and the view's (h, w)."""
    if area_mm is not None:
        x, y, width, height = area_mm
        return np.array([x, y]), (round(height * px_per_mm), round(width * px_per_mm))
    # without black corners, which would lie still while the shell moves, and mislead align
    top, right, bottom, left = np.split(to_mm.mm(to_mm.border_px), 4)
    start = np.array([left[:, 0].max(), top[:, 1].max()]) + 0.5 / px_per_mm
    end = np.array([right[:, 0].min(), bottom[:, 1].min()])
    # what is too large for a number is refused with the rest
    w, h = (int(side) for side in np.clip((end - start) * px_per_mm, 0, 10 * MOST_SIDE_PX))
    return start, (h, w)
