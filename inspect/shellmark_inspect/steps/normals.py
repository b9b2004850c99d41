"""Step `normals`: the shell's slopes, its own lightness and its relief from three lights or more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import cv2
import numpy as np
from pydantic import Field

from shellmark_calibration import LightError, Lights
from shellmark_calibration.normals import scales_of, solved
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.planes import in_bands, side_by_side
from shellmark_inspect.recipe import Name, Positive, ViewSpec
from shellmark_inspect.types import Pixels, View

from .filters import Floats, check_lights, enlarged, signed, small, with_channels
from .step import Parameters, Setting

BAND = 1 << 13
"""Pixels that are solved at a time: what they need stays in the cache."""
ROUNDS = 4
"""Rounds of reweighting: a shell is nearly flat, and what a round more would change is below a level."""


class NormalsParameters(Parameters):
    """The lights: name → direction (dx, dy, dz) from the shell to the light, x right, y up, z to the camera.

    A fourth number is its intensity. It is worked out at `px_per_mm`; `full_slope` is the slope at which normals.x and
    normals.y end, `full_relief` that of the bend of normals.relief, per mm.
    """

    lights: Annotated[dict[Name, Annotated[tuple[float, ...], Field(min_length=3, max_length=4)]], Field(min_length=3)]
    px_per_mm: Positive = 1.0
    full_slope: Positive = 0.5
    full_relief: Positive = 0.1


def made(_parameters: NormalsParameters, _spec: ViewSpec) -> tuple[str, ...]:
    """The step's channels."""
    return ("normals.x", "normals.y", "normals.albedo", "normals.relief")


class Normals:
    """Makes normals.x and normals.y (tilt to the right and up), normals.albedo, normals.relief.

    The albedo is the level a place would have if it lay flat, in the mean of the lights.

    The relief is how much the normals lean apart: above 128 on a bump's top, below it in a dent. Where the view is
    aligned to a reference with all these lights, the relief is less the reference's, so that ribs vanish.
    """

    def __init__(self, parameters: NormalsParameters, setting: Setting) -> None:
        spec = setting.spec
        self._p = parameters
        check_lights("normals", spec, parameters.lights)
        try:
            lights = Lights.of(parameters.lights)
        except LightError as e:
            raise RecipeError(f"view {spec.name}, step normals: {e}") from e
        self._vectors = lights.directions * lights.intensities[:, None]
        self._flat = np.float32(max(float(self._vectors[:, 2].mean()), 0.05))
        self._good: Floats | None = None
        if "align" in [step.step for step in spec.steps] and parameters.lights.keys() <= setting.references.keys():
            normals, _, px_per_mm = self._solved(spec.name, setting.references, spec.px_per_mm)
            self._good = relief_of(normals) * np.float32(px_per_mm)

    def __call__(self, view: View) -> View:
        """Add the channels; raises StepError when every light is black or the view has not the reference's size."""
        normals, albedo, px_per_mm = self._solved(view.name, view.planes, view.px_per_mm)
        if self._good is not None and self._good.shape != albedo.shape:
            raise StepError("view {view} has not the reference's size: let align come before", view=view.name)
        level = enlarged(np.clip(np.rint(albedo * self._flat), 0, 255).astype(np.uint8), view.size)
        return with_channels(view, {**self._shapes(normals, px_per_mm, view.size), "normals.albedo": level})

    def _solved(self, view: str, planes: Mapping[str, Pixels], scale: float) -> tuple[Floats, Floats, float]:
        """Normals (3, h, w), albedo (h, w), and the scale they came to."""
        small_ones = side_by_side(self._p.lights, lambda name: small(planes, name, scale, self._p.px_per_mm))
        h, w = small_ones[0][0].shape
        levels = np.stack([light.ravel() for light, _ in small_ones]).astype(np.float32).T
        if float(levels.max()) < 5:
            raise StepError("view {view}: every light is black: check the lamps", view=view)
        scales = scales_of(levels, self._vectors, ROUNDS)
        scaled = np.empty((3, h * w), np.float32)

        def solve(first: int, last: int) -> None:
            scaled[:, first:last] = solved(levels[first:last], self._vectors, ROUNDS, scales)[0].T

        in_bands(h * w, BAND, solve)
        albedo = np.maximum(np.sqrt(np.einsum("ip,ip->p", scaled, scaled)), np.float32(1e-6))
        scaled /= albedo
        return scaled.reshape(3, h, w), albedo.reshape(h, w), small_ones[0][1]

    def _shapes(self, normals: Floats, px_per_mm: float, size: tuple[int, int]) -> dict[str, Pixels]:
        relief = relief_of(normals) * np.float32(px_per_mm)
        if self._good is not None:
            relief = relief - self._good
        shapes = {
            "normals.x": (normals[0], self._p.full_slope),
            "normals.y": (normals[1], self._p.full_slope),
            "normals.relief": (relief, self._p.full_relief),
        }
        made = side_by_side(shapes.values(), lambda one: signed(one[0], one[1], size))
        return dict(zip(shapes, made, strict=True))


def relief_of(normals: Floats) -> Floats:
    """How much normals (3, h, w) lean apart per pixel: their divergence, y up, over three pixels."""
    right = cv2.Sobel(cv2.GaussianBlur(normals[0], (0, 0), 1.0), cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(cv2.GaussianBlur(normals[1], (0, 0), 1.0), cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    return np.asarray(right - down, np.float32)
