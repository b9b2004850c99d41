"""Step `colour`: the profile's colour correction on the colour lights."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from shellmark_calibration import ColourTable
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.recipe import Name
from shellmark_inspect.types import View

from .step import Parameters, Setting


class ColourParameters(Parameters):
    """`lights` are corrected, None for all: the card has to have been lit by the same ones."""

    lights: tuple[Name, ...] | None = None


class Colour:
    """Takes a light's BGR from the camera's own colour to sRGB under D65, by the profile of the view's camera.

    Raises:
        RecipeError: the view has no profile with a colour part, or not the light.
    """

    def __init__(self, parameters: ColourParameters, setting: Setting) -> None:
        spec, profile = setting.spec, setting.profile
        if profile is None or profile.colour is None:
            what = "has no profile" if profile is None else f"has a profile without colour ({spec.profile})"
            raise RecipeError(
                f"view {spec.name}, step colour: the view {what}: make one with shellmark calibrate colour"
            )
        self._lights = parameters.lights or spec.lights
        if strange := [light for light in self._lights if light not in spec.lights]:
            raise RecipeError(
                f"view {spec.name}, step colour: light {strange[0]} is not among {', '.join(spec.lights)}"
            )
        self._table = ColourTable(profile.colour)

    def __call__(self, view: View) -> View:
        """Correct the lights; raises StepError when one is grey."""
        planes = dict(view.planes)
        for light in self._lights:
            if planes[light].ndim == 2:
                raise StepError(
                    "view {view}: light {light} is grey, a colour correction wants colour frames",
                    view=view.name,
                    light=light,
                )
            planes[light] = self._table(planes[light])
            planes[light].setflags(write=False)
        return replace(view, planes=MappingProxyType(planes))
