"""Preprocessing steps: a new one is one file here and one line in `STEPS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import cast

import cv2
import numpy as np
from pydantic import ValidationError

from shellmark_calibration import Profile, ProfileError
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.recipe import ViewSpec, first_fault
from shellmark_inspect.types import Pixels, View, ZoneColour

from . import bipolar, difference, lines, normals
from .align import Align, AlignParameters
from .bipolar import Bipolar, BipolarParameters
from .colour import Colour, ColourParameters
from .depth import DepthParameters, DepthStep
from .difference import Difference, DifferenceParameters
from .evidence import colour_of, evidence, light_of, pictures, stacked
from .flat_field import FlatField, FlatFieldParameters, unlike_exposures
from .illumination import Illumination, IlluminationParameters
from .light_check import LightCheck, LightCheckParameters
from .lines import Lines, LinesParameters
from .moving import frame_in_view, scaling
from .normals import Normals, NormalsParameters
from .region import Region, RegionParameters
from .resize import Resize, ResizeParameters
from .rotate import Rotate, RotateParameters
from .shell_colour import ShellColour, ShellColourParameters, check_first_article
from .shell_mask import ShellMask, ShellMaskParameters
from .shell_reading import ShellReading, ShellReadingParameters
from .step import Parameters, Setting, Step, StepKind
from .tile import Tile, TileParameters
from .undistort import Undistort, UndistortParameters
from .zones import Zones, ZonesParameters

__all__ = [
    "STEPS",
    "Parameters",
    "Setting",
    "Step",
    "StepKind",
    "build_steps",
    "check_first_article",
    "colour_of",
    "evidence",
    "first_article",
    "frame_in_view",
    "good_planes",
    "good_view",
    "light_of",
    "pictures",
    "read_profile",
    "stacked",
    "unlike_exposures",
]

STEPS: Mapping[str, StepKind] = MappingProxyType(
    {
        "undistort": StepKind(UndistortParameters, Undistort),
        "flat_field": StepKind(FlatFieldParameters, FlatField),
        "light_check": StepKind(LightCheckParameters, LightCheck),
        "tile": StepKind(TileParameters, Tile),
        "region": StepKind(RegionParameters, Region),
        "rotate": StepKind(RotateParameters, Rotate),
        "resize": StepKind(ResizeParameters, Resize),
        "align": StepKind(AlignParameters, Align),
        "depth": StepKind(DepthParameters, DepthStep),
        "shell_mask": StepKind(ShellMaskParameters, ShellMask),
        "shell_reading": StepKind(ShellReadingParameters, ShellReading),
        "zones": StepKind(ZonesParameters, Zones),
        "illumination": StepKind(IlluminationParameters, Illumination),
        "colour": StepKind(ColourParameters, Colour),
        "shell_colour": StepKind(ShellColourParameters, ShellColour),
        "normals": StepKind(NormalsParameters, Normals, normals.made),
        "difference": StepKind(DifferenceParameters, Difference, difference.made),
        "bipolar": StepKind(BipolarParameters, Bipolar, bipolar.made),
        "lines": StepKind(LinesParameters, Lines, lines.made),
    }
)
"""Every step a recipe can name."""


def build_steps(spec: ViewSpec, folder: Path) -> tuple[tuple[str, Step], ...]:
    """The recipe's steps of one view, in order, each with its name; reference pictures are read from `folder` here.

    Raises:
        RecipeError: a step or a key nobody knows, an impossible value, a reference picture that cannot be used, or a
            profile of another camera or resolution.
    """
    setting = Setting(spec, _pictures(spec, folder), read_profile(spec, folder))
    built = tuple((step.step, _built(step.step, step.parameters, setting)) for step in spec.steps)
    _check_channels(spec)
    return built


def _check_channels(spec: ViewSpec) -> None:
    """Refuse a channel of a step that the step, as the recipe has it, does not make."""
    made: list[str] = []
    for step in spec.steps:
        kind = STEPS[step.step]
        if kind.makes is not None:
            made += kind.makes(kind.parameters.model_validate(step.parameters), spec)
    wanted = [*spec.channels, *(check.channel for check in spec.checks)]
    if strange := [name for name in wanted if name not in made and light_of(name) not in spec.lights]:
        raise RecipeError(
            f"view {spec.name}: no step makes channel {strange[0]}: there are {', '.join(made) or 'none'}"
        )


def good_planes(spec: ViewSpec, folder: Path, steps: Sequence[tuple[str, Step]]) -> Mapping[str, Pixels]:
    """The reference pictures as `good_view` has them, with the channels the steps made; empty when there is none.

    Raises:
        RecipeError: the reference pictures cannot be read, or do not pass the steps themselves.
    """
    view = good_view(spec, folder, steps)
    return MappingProxyType({}) if view is None else pictures(view)


def good_view(spec: ViewSpec, folder: Path, steps: Sequence[tuple[str, Step]]) -> View | None:
    """The reference pictures after the steps from `align` on: a good shell in the pixels of every aligned view.

    None when the recipe has no reference, or no step `align` that would bring a view onto it.

    Raises:
        RecipeError: the reference pictures cannot be read, or do not pass the steps themselves.
    """
    names = [name for name, _ in steps]
    if not spec.reference or "align" not in names:
        return None
    view = View(spec.name, _pictures(spec, folder), np.eye(3), scaling(1 / spec.px_per_mm))
    try:
        for _, step in steps[names.index("align") :]:
            view = step(view)
    except StepError as e:
        raise RecipeError(f"view {spec.name}: the reference pictures do not pass the steps: {e}") from e
    return view


def first_article(steps: Sequence[tuple[str, Step]], good: View | None) -> Mapping[str, ZoneColour]:
    """The colour to be of each zone of a view: what the recipe gives, else the reference shell's own; may be empty."""
    for _, step in steps:
        if isinstance(step, ShellColour):
            return step.first_article or (good.colours if good is not None else {})
    return {}


def read_profile(spec: ViewSpec, folder: Path) -> Profile | None:
    """The calibration of a view's camera; None when the recipe names none.

    Raises:
        RecipeError: it cannot be read, or is of another camera or resolution.
    """
    if spec.profile is None:
        return None
    try:
        profile = Profile.read(folder / spec.profile)
        profile.check_fits(spec.camera, spec.frame_px)
    except ProfileError as e:
        raise RecipeError(f"view {spec.name}: {e}") from e
    return profile


def _pictures(spec: ViewSpec, folder: Path) -> Mapping[str, Pixels]:
    return MappingProxyType({light: _picture(spec, folder / name) for light, name in spec.reference.items()})


def _built(name: str, parameters: dict[str, object], setting: Setting) -> Step:
    if name not in STEPS:
        raise RecipeError(f"view {setting.spec.name}: no step is called {name}: there are {', '.join(STEPS)}")
    kind = STEPS[name]
    try:
        return kind.build(kind.parameters.model_validate(parameters), setting)
    except ValidationError as e:
        raise RecipeError(f"view {setting.spec.name}, step {name}: {first_fault(e)}") from e


def _picture(spec: ViewSpec, path: Path) -> Pixels:
    try:
        data = np.fromfile(path, np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    except (OSError, cv2.error) as e:
        raise RecipeError(f"view {spec.name}: reference {path} cannot be read: {e}") from e
    if picture is None or picture.dtype != np.uint8 or not (picture.ndim == 2 or picture.shape[2] == 3):
        raise RecipeError(f"view {spec.name}: reference {path} is no 8-bit grey or colour picture")
    picture.setflags(write=False)
    return cast(Pixels, picture)
