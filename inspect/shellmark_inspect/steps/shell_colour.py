"""Step `shell_colour`: the colour of each zone of the shell, for the camera ΔE to the first article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from shellmark_calibration import camera_de, lab_of_linear, linear_of_srgb
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.recipe import Name, NotNegative, Positive, Recipe, ViewSpec
from shellmark_inspect.types import COLOUR_DIFFERENCE, Pixels, View, ZoneColour

from .moving import shrunk, smaller
from .step import Parameters, Setting

Floats = NDArray[np.float64]
Lab = tuple[
    Annotated[float, Field(ge=0, le=100)],
    Annotated[float, Field(ge=-128, le=128)],
    Annotated[float, Field(ge=-128, le=128)],
]

TILE_PX = 8
"""Pixels a side of a tile, after the picture was made small."""
HIGHLIGHT = 250
"""From this level on, in any colour, a pixel is a highlight, which shows the lamp and not the shell."""
LEAST_OF_TILE = 0.5
LEAST_TILES = 4
WHOLE = ""


class ShellColourParameters(Parameters):
    """What is measured, and what it is compared with.

    `light` is the diffuse one, None for the view's first; `tile_mm` the side of the tiles whose middle colour counts
    once each. `first_article` is the Lab of each zone of the signed first article (a record's notes have them), empty
    for the reference pictures. `repeatability_de` is half the width of the 95 % interval of the camera ΔE of a shell
    that is loaded again. `gamma` "linear" is for frames of an industrial camera that no step `colour` has made sRGB.
    `tile_level` is the grey tile's level when the first article was taken: with it the light is brought back to what it
    was (the step `tile` has to come first); None takes the light as it is.
    """

    light: Name | None = None
    tile_mm: Positive = 10.0
    first_article: dict[Name, Lab] = Field(default_factory=dict)
    repeatability_de: NotNegative = 0.3
    gamma: Literal["srgb", "linear"] = "srgb"
    tile_level: Annotated[float, Field(gt=0, le=255)] | None = None


class ShellColour:
    """Measures the colour of each zone; notes `lab_l_<zone>`, `lab_a_<zone>`, `lab_b_<zone>`."""

    def __init__(self, parameters: ShellColourParameters, setting: Setting) -> None:
        self._p = parameters
        self._light = parameters.light or setting.spec.lights[0]
        self.first_article: Mapping[str, ZoneColour] = MappingProxyType(
            {zone: ZoneColour(lab, 0.0) for zone, lab in parameters.first_article.items()}
        )
        """The colour to be of each zone, as the recipe gives it."""

    def __call__(self, view: View) -> View:
        """Measure; raises StepError when the light is missing or grey, or a zone has too little to see."""
        colours = dict(self._measured(view))
        notes: dict[str, float] = {}
        for zone, colour in colours.items():
            if zone == WHOLE:
                continue
            notes |= {f"lab_{name}_{zone}": value for name, value in zip("lab", colour.lab, strict=True)}
        return replace(view, colours=MappingProxyType(colours)).noted(**notes)

    def _measured(self, view: View) -> Iterator[tuple[str, ZoneColour]]:
        tiles, shell, zones = self._tiles(view, self._plane(view))
        gain = self._gain(view)
        for index, name in [*enumerate(view.zone_names or ("A",)), (-1, WHOLE)]:
            wanted = shell if index < 0 else shell & (zones == index)
            if not wanted.any():
                continue
            labs = _tile_labs(tiles, wanted, self._p.gamma, gain)
            if len(labs) < LEAST_TILES:
                raise StepError(
                    "view {view}: zone {zone} has {count} tiles of {tile:g} mm that show its colour, {least} are "
                    "the least: a smaller tile_mm, or less light",
                    view=view.name,
                    zone=name or "all",
                    count=len(labs),
                    tile=self._p.tile_mm,
                    least=LEAST_TILES,
                )
            yield name, self._middle(labs)

    def _plane(self, view: View) -> Pixels:
        plane = view.planes.get(self._light)
        if plane is None:
            raise StepError(
                "view {view} has no light {light}: it has {there}",
                view=view.name,
                light=self._light,
                there=", ".join(view.planes),
            )
        if plane.ndim == 2:
            raise StepError(
                "view {view}: light {light} is grey: colour wants colour frames", view=view.name, light=self._light
            )
        return plane

    def _tiles(self, view: View, plane: Pixels) -> tuple[Pixels, NDArray[np.bool_], NDArray[np.uint8]]:
        """The plane, the shell and the zones, small: `TILE_PX` pixels a tile."""
        size = smaller(view.size, TILE_PX / self._p.tile_mm / view.px_per_mm)
        zones = np.zeros(view.size, np.uint8) if view.zones is None else view.zones
        small_zones = cv2.resize(zones, size[::-1], interpolation=cv2.INTER_NEAREST)
        shell = np.ones(size, np.bool_)
        if view.shell is not None:  # only what is shell all over: an edge's colour is half the background's
            shell = np.asarray(shrunk(view.shell.view(np.uint8) * np.uint8(255), size)) >= 254
        picture = np.asarray(shrunk(plane, size), np.uint8)
        return picture, shell & (picture.max(-1) < HIGHLIGHT), np.asarray(small_zones, np.uint8)

    def _gain(self, view: View) -> float:
        """What linear light is multiplied with to have the lamps as they were for the first article."""
        if self._p.tile_level is None:
            return 1.0
        now = view.notes.get(f"tile_level_{self._light}")
        if now is None:
            raise StepError(
                "view {view}: the grey tile was not read: let a step tile come before shell_colour", view=view.name
            )
        levels = _linear(np.array([self._p.tile_level, max(now, 1.0)]), self._p.gamma)
        return float(levels[0] / levels[1])

    def _middle(self, labs: Floats) -> ZoneColour:
        """The median of the tiles; its interval is that of a median of normal values, 1.25 sd / sqrt(n)."""
        middle = np.median(labs, axis=0)
        spread = 1.4826 * float(np.median(camera_de(labs, np.broadcast_to(middle, labs.shape))))
        own = 1.96 * 1.2533 * spread / np.sqrt(len(labs))
        lab = (float(middle[0]), float(middle[1]), float(middle[2]))
        return ZoneColour(lab, float(np.hypot(own, self._p.repeatability_de)))


def check_first_article(recipe: Recipe, view: ViewSpec, wanted: Mapping[str, ZoneColour]) -> None:
    """A zone whose colour is limited has a first article, or it would never be judged.

    Raises:
        RecipeError: it has none.
    """
    if not any(step.step == "shell_colour" for step in view.steps):
        return
    limited = {limit.zone for limit in recipe.limits if limit.label == COLOUR_DIFFERENCE}
    for zone in dict.fromkeys([view.default_zone, *(zone.zone for zone in view.zones)]):
        if limited & {zone, "*"} and zone not in wanted:
            raise RecipeError(
                f"recipe {recipe.sku}, view {view.name}: the colour of zone {zone} is limited, but nothing says what "
                f"it should be: give first_article.{zone} = [L, a, b] to the step shell_colour, or a reference picture"
            )


def _linear(levels: NDArray[np.floating], gamma: str) -> Floats:
    return linear_of_srgb(levels / 255.0) if gamma == "srgb" else np.asarray(levels, np.float64) / 255.0


def _tile_labs(picture: Pixels, wanted: NDArray[np.bool_], gamma: str, gain: float) -> Floats:
    """The Lab (n, 3) of each tile's median pixel, of tiles that are at least half wanted."""
    h, w = (side // TILE_PX * TILE_PX for side in wanted.shape)

    def tiled(values: NDArray[np.generic]) -> NDArray[np.generic]:
        parts = values[:h, :w].reshape(h // TILE_PX, TILE_PX, w // TILE_PX, TILE_PX, *values.shape[2:])
        return np.moveaxis(parts, 2, 1).reshape(-1, TILE_PX * TILE_PX, *values.shape[2:])

    inside = tiled(wanted)
    kept = inside.mean(1) >= LEAST_OF_TILE
    pixels = np.where(inside[kept][..., None], tiled(picture)[kept].astype(np.float64), np.nan)
    if not len(pixels):
        return np.empty((0, 3))
    middles = np.asarray(np.nanmedian(pixels, axis=1), np.float64)
    return lab_of_linear(_linear(middles[:, ::-1], gamma) * gain)
