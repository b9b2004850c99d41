"""Step `flat_field`: take the camera's dark level and the uneven light out of every plane, as the profile has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from shellmark_calibration import CalibrationError, Profile, flattened
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.planes import side_by_side
from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.types import View

from .step import Parameters, Setting

SAME_EXPOSURE = 0.01


class FlatFieldParameters(Parameters):
    """What happens to a light the profile has no flat field of: "refuse" the recipe, or "leave" its plane as it is."""

    missing: Literal["refuse", "leave"] = "refuse"


class FlatField:
    """Makes every plane (pixels - dark) x gain; the colours of a plane share the gain.

    It belongs first: the gain is of the camera's own frame, untouched and of the profile's size.
    """

    def __init__(self, parameters: FlatFieldParameters, setting: Setting) -> None:
        spec, profile = setting.spec, setting.profile
        if profile is None:
            raise RecipeError(f"view {spec.name}, step flat_field: the view names no profile: give it the camera's")
        missing = [light for light in spec.lights if light not in profile.lights]
        if missing and parameters.missing == "refuse":
            raise RecipeError(
                f"view {spec.name}, step flat_field: the profile has no flat field of light {missing[0]}: measure it "
                f'with shellmark calibrate light, or write missing = "leave"'
            )
        self._size_px = profile.size_px
        self._fields = {light: profile.lights[light] for light in spec.lights if light not in missing}
        try:
            self._gains = {light: field.gain_map(profile.size_px) for light, field in self._fields.items()}
        except CalibrationError as e:
            raise RecipeError(f"view {spec.name}, step flat_field: {e}") from e

    def __call__(self, view: View) -> View:
        """Flatten every plane that has a field; raises StepError when a step before has moved or cut the frame."""
        h, w = view.size
        if (w, h) != self._size_px or not np.array_equal(view.to_frame, np.eye(3)):
            raise StepError(
                "view {view}: {w} x {h} px are not the camera's own frame of {full_w} x {full_h} px: let "
                "flat_field come first",
                view=view.name,
                w=w,
                h=h,
                full_w=self._size_px[0],
                full_h=self._size_px[1],
            )
        flat = side_by_side(view.planes.items(), lambda one: self._flat(*one))
        return view.moved(dict(zip(view.planes, flat, strict=True)), np.eye(3))

    def _flat(self, light: str, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        field = self._fields.get(light)
        return pixels if field is None else flattened(pixels, field.dark, self._gains[light])


def unlike_exposures(spec: ViewSpec, profile: Profile, camera: Mapping[str, Any]) -> tuple[str, ...]:
    """A line for every light of a view that a camera's settings expose otherwise than when it was measured.

    The gain is a ratio and holds at any exposure of a linear camera; the dark level and what drift is told by do not.
    `camera` are the camera's settings as the station lays the recipe's over its own.
    """
    exposures = camera.get("exposure_us")
    exposures = exposures if isinstance(exposures, Mapping) else {}
    lines = []
    for light in spec.lights:
        field, now = profile.lights.get(light), exposures.get(light, exposures.get("*"))
        measured = None if field is None else field.exposure_us
        if measured is None or not isinstance(now, int | float):
            continue
        if abs(now / measured - 1) > SAME_EXPOSURE:
            lines.append(
                f"view {spec.name}, light {light}: exposed {now:g} us, its flat field was measured at {measured:g} us: "
                f"measure it at this exposure, or set that one"
            )
    return tuple(lines)
