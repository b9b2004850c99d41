"""Step `difference`: each light less the reference's, slow differences of light taken out."""

from __future__ import annotations

from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.planes import Planes, side_by_side
from shellmark_inspect.recipe import Name, Positive, ViewSpec
from shellmark_inspect.types import Pixels, View

from .filters import check_lights, contrast, signed, small, with_channels
from .step import Parameters, Setting


class DifferenceParameters(Parameters):
    """Which lights are compared (None: those that have a reference).

    What is slower than `slow_mm` is light, not shell; it is worked out at `px_per_mm`; `full` is the contrast at which
    the channel ends.
    """

    lights: tuple[Name, ...] | None = None
    slow_mm: Positive = 60.0
    px_per_mm: Positive = 2.0
    full: Positive = 0.5


def made(parameters: DifferenceParameters, spec: ViewSpec) -> tuple[str, ...]:
    """The step's channels."""
    return tuple(f"difference.{name}" for name in parameters.lights or spec.reference)


class Difference:
    """Makes `difference.<light>`: above 128 brighter than the reference there, in contrast, below it darker."""

    def __init__(self, parameters: DifferenceParameters, setting: Setting) -> None:
        spec = setting.spec
        self._p = parameters
        lights = parameters.lights or tuple(spec.reference)
        check_lights("difference", spec, lights)
        if missing := [name for name in lights if name not in setting.references]:
            raise RecipeError(f"view {spec.name}, step difference: light {missing[0]} has no reference picture")
        if not lights or "align" not in [step.step for step in spec.steps]:
            raise RecipeError(f"view {spec.name}, step difference: it needs a reference and an align step before it")
        self._good, references = {}, Planes(setting.references)
        for name in lights:
            light, px_per_mm = small(references, name, spec.px_per_mm, parameters.px_per_mm)
            self._good[name] = contrast(light, None, parameters.slow_mm * px_per_mm)

    def __call__(self, view: View) -> View:
        """Add the channels; raises StepError when the view has not the reference's size."""
        made = side_by_side(self._good, lambda name: self._compared(view, name))
        channels = {f"difference.{name}": pixels for name, pixels in zip(self._good, made, strict=True)}
        return with_channels(view, channels)

    def _compared(self, view: View, name: str) -> Pixels:
        light, px_per_mm = small(view.planes, name, view.px_per_mm, self._p.px_per_mm)
        if light.shape != self._good[name].shape:
            raise StepError("view {view} has not the reference's size: let align come before", view=view.name)
        values = contrast(light, None, self._p.slow_mm * px_per_mm)
        values -= self._good[name]
        return signed(values, self._p.full, view.size)
