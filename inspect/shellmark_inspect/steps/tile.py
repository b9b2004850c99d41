"""Step `tile`: read the grey tile on the fixture, which tells a camera's and a lamp's drift."""

from __future__ import annotations

import numpy as np

from shellmark_calibration import CalibrationError, read_tile
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.recipe import Polygon
from shellmark_inspect.types import View, project

from .step import Parameters, Setting


class TileParameters(Parameters):
    """`tile_mm` is the tile's outline, convex, in mm of the camera's own frame (pixel / px_per_mm of the view)."""

    tile_mm: Polygon


class Tile:
    """Notes what the tile looks like and changes nothing.

    The tile is fixed to the fixture and not to the shell: the step belongs before `align`, which moves the view with
    the shell. Notes per light: tile_level_, tile_noise_, tile_sharpness_<light>, of a colour light also tile_blue_,
    tile_green_ and tile_red_<light>; and once tile_x_mm, tile_y_mm: the tile's middle, the median over the lights.
    """

    def __init__(self, parameters: TileParameters, setting: Setting) -> None:
        spec = setting.spec
        steps = [step.step for step in spec.steps]
        if "align" in steps and "tile" in steps[steps.index("align") :]:
            raise RecipeError(
                f"view {spec.name}, step tile: it comes after align, which moves the tile with the shell: let it come "
                f"first"
            )
        self._corners = np.array(parameters.tile_mm, np.float64)

    def __call__(self, view: View) -> View:
        """Read the tile under every light; raises StepError where there is none to be seen."""
        corners = [
            (float(x), float(y)) for x, y in project(np.asarray(np.linalg.inv(view.to_mm), np.float64), self._corners)
        ]
        notes: dict[str, float] = {}
        places = []
        for light, pixels in view.planes.items():
            try:
                reading = read_tile(pixels, corners)
            except CalibrationError as e:
                raise StepError("view {view}, light {light}: {why}", view=view.name, light=light, why=e) from e
            notes |= {
                f"tile_level_{light}": reading.level,
                f"tile_noise_{light}": reading.noise,
                f"tile_sharpness_{light}": reading.sharpness,
            }
            if pixels.ndim == 3:
                notes |= {f"tile_{name}_{light}": reading.colour[i] for i, name in enumerate(("blue", "green", "red"))}
            places.append(reading.position_px)
        x_mm, y_mm = project(view.to_mm, np.median(np.array(places), axis=0)[None])[0]
        return view.noted(**notes, tile_x_mm=float(x_mm), tile_y_mm=float(y_mm))
