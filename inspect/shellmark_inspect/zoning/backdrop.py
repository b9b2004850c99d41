"""What is drawn on: a view of a good shell, and where its pixels lie in mm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shellmark_inspect.cameras import read_still
from shellmark_inspect.errors import StepError
from shellmark_inspect.inspector import first_view
from shellmark_inspect.recipe import Recipe, ViewSpec
from shellmark_inspect.steps import Step, build_steps
from shellmark_inspect.steps.moving import scaling
from shellmark_inspect.types import Frame, Matrix, Pixels, View

EVEN = ("diffuse", "dome")
"""Lights a shell looks like itself in: the first of them is drawn on."""
MASK_STEPS = frozenset({"shell_mask", "zones", "illumination"})
"""The steps from the first of which on a view's pixels stay where they are."""


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A picture to draw on, (h, w) or (h, w, 3) uint8; `to_mm` takes its pixels to mm; `light` is what it shows."""

    pixels: Pixels
    to_mm: Matrix
    light: str
    from_reference: bool


def backdrop(recipe: Recipe, spec: ViewSpec, live: Frame | None) -> Backdrop | None:
    """The reference picture of a view, else its newest frame; None without either.

    A frame of the view's only light is brought where the mask is made; of several lights it stays as it is.

    Raises:
        RecipeError: a step cannot be built.
        BadFrame: the reference picture cannot be read.
        StepError: the frame does not pass the steps.
    """
    if spec.reference:
        light = _even(list(spec.reference))
        return Backdrop(
            read_still(recipe.folder / spec.reference[light]), scaling(1 / spec.px_per_mm), light, from_reference=True
        )
    if live is None:
        return None
    if spec.lights == (live.light,):
        view = before_mask(spec, build_steps(spec, recipe.folder), [live])
        return Backdrop(view.planes[live.light], view.to_mm, live.light, from_reference=False)
    return Backdrop(live.pixels, scaling(1 / spec.px_per_mm), live.light, from_reference=False)


def before_mask(spec: ViewSpec, steps: Sequence[tuple[str, Step]], frames: Sequence[Frame]) -> View:
    """A view where the mask is made: after the steps that move pixels.

    Raises:
        StepError: a step failed.
    """
    view = first_view(spec, frames)
    for name, step in steps:
        if name in MASK_STEPS:
            break
        try:
            view = step(view)
        except StepError as e:
            raise StepError(f"{name}: {e}") from e
    return view


def _even(lights: list[str]) -> str:
    return next((light for light in EVEN if light in lights), lights[-1])
