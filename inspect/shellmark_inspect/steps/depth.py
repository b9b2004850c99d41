"""Step `depth`: how deep the shell's face lies, so that sizes on its crown, edges and corners come out right."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Self

from pydantic import Field, model_validator

from shellmark_calibration import CalibrationError, Depth, MeasuredDepth, RoundedBox
from shellmark_inspect.errors import RecipeError
from shellmark_inspect.recipe import Millimetre, NotNegative, Point, Positive
from shellmark_inspect.types import View

from .step import Parameters, Setting


class BoxParameters(Parameters):
    """The rounded box of a moulded shell, in mm on the view as the steps before leave it; see `RoundedBox`."""

    middle_mm: Point
    size_mm: tuple[Positive, Positive]
    corner_mm: NotNegative = 0.0
    edge_mm: NotNegative = 0.0
    crown_mm: NotNegative = 0.0
    top_mm: Millimetre = 0.0


class DepthParameters(Parameters):
    """`points` are measured heights [x_mm, y_mm, z_mm], z over the calibrated plane towards the camera; or `box`."""

    points: Annotated[tuple[tuple[Millimetre, Millimetre, Millimetre], ...], Field(min_length=4)] | None = None
    box: BoxParameters | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.points is None) == (self.box is None):
            raise ValueError("give either points or a box")
        return self


class DepthStep:
    """Gives the view its surface; no pixel is moved.

    Millimetres are those of the view as the steps before it leave it, x and y right above the plane (not where the
    camera sees the point). It comes after `undistort`, which knows the camera's eye, and after `align`, which says
    where the shell lies.
    """

    def __init__(self, parameters: DepthParameters, setting: Setting) -> None:
        names = [step.step for step in setting.spec.steps]
        here = names.index("depth") if "depth" in names else len(names)
        if "undistort" not in names[:here]:
            raise RecipeError(f"view {setting.spec.name}, step depth: nobody knows where the camera's eye is: "
                              "put a step undistort, with the view's profile, before it")  # fmt: skip
        if "align" in names[here:]:
            raise RecipeError(f"view {setting.spec.name}, step depth: the shell lies where align finds it: "
                              "put depth after align")  # fmt: skip
        try:
            self._surface = _surface(parameters)
        except CalibrationError as e:
            raise RecipeError(f"view {setting.spec.name}, step depth: {e}") from e
        self._check_below_the_camera(setting)

    def _check_below_the_camera(self, setting: Setting) -> None:
        """Refuse heights that reach the camera; undistort has refused a view without a plane."""
        if setting.profile is None or setting.profile.plane is None:
            return
        eye, top = -float(setting.profile.plane.eye_mm[2]), self._surface.span_mm[1]
        if top >= eye:
            raise RecipeError(f"view {setting.spec.name}, step depth: it reaches {top:.0f} mm over the plane, "
                              f"the camera is at {eye:.0f} mm: mend the heights")  # fmt: skip

    def __call__(self, view: View) -> View:
        """Give the view its surface; a reference picture, which no camera's eye is known of, stays flat."""
        return view if view.eye is None else replace(view, surface=self._surface)


def _surface(parameters: DepthParameters) -> Depth:
    if parameters.box is not None:
        return RoundedBox(**parameters.box.model_dump())
    return MeasuredDepth(parameters.points or ())
