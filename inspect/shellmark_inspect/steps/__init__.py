"""Preprocessing steps: a new one is one file here and one line in `STEPS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import cast

import cv2
import numpy as np
from pydantic import ValidationError

from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.recipe import ViewSpec, first_fault
from shellmark_inspect.types import Pixels, View

from .align import Align, AlignParameters
from .evidence import evidence
from .illumination import Illumination, IlluminationParameters
from .moving import scaling
from .region import Region, RegionParameters
from .resize import Resize, ResizeParameters
from .rotate import Rotate, RotateParameters
from .shell_mask import ShellMask, ShellMaskParameters
from .step import Parameters, Setting, Step, StepKind
from .tiling import Canvas, Tiles, Tiling
from .zones import Zones, ZonesParameters

__all__ = [
    "STEPS",
    "Canvas",
    "Parameters",
    "Setting",
    "Step",
    "StepKind",
    "Tiles",
    "Tiling",
    "build_steps",
    "evidence",
    "good_planes",
]

STEPS: Mapping[str, StepKind] = MappingProxyType(
    {
        "region": StepKind(RegionParameters, Region),
        "rotate": StepKind(RotateParameters, Rotate),
        "resize": StepKind(ResizeParameters, Resize),
        "align": StepKind(AlignParameters, Align),
        "shell_mask": StepKind(ShellMaskParameters, ShellMask),
        "zones": StepKind(ZonesParameters, Zones),
        "illumination": StepKind(IlluminationParameters, Illumination),
    }
)
"""Every step a recipe can name."""


def build_steps(spec: ViewSpec, folder: Path) -> tuple[tuple[str, Step], ...]:
    """The recipe's steps of one view, in order, each with its name; reference pictures are read from `folder` here.

    Raises:
        RecipeError: a step or a key nobody knows, an impossible value, or a reference picture that cannot be used.
    """
    setting = Setting(spec, _pictures(spec, folder))
    return tuple((step.step, _built(step.step, step.parameters, setting)) for step in spec.steps)


def good_planes(spec: ViewSpec, folder: Path, steps: Sequence[tuple[str, Step]]) -> Mapping[str, Pixels]:
    """The reference pictures after the steps from `align` on: a good shell in the pixels of every aligned view.

    Empty when the recipe has no reference, or no step `align` that would bring a view onto it.

    Raises:
        RecipeError: the reference pictures cannot be read, or do not pass the steps themselves.
    """
    names = [name for name, _ in steps]
    if not spec.reference or "align" not in names:
        return MappingProxyType({})
    view = View(spec.name, _pictures(spec, folder), np.eye(3), scaling(1 / spec.px_per_mm))
    try:
        for _, step in steps[names.index("align") :]:
            view = step(view)
    except StepError as e:
        raise RecipeError(f"view {spec.name}: the reference pictures do not pass the steps: {e}") from e
    return view.planes


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
