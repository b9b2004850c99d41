"""`shellmark names`: a bundle that only names, taught once and used beside many models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from shellmark_inspect.app.printing import out
from shellmark_inspect.errors import CameraError, InputError, StepError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.teaching.goods import Prepared
from shellmark_inspect.teaching.marked import known_defects, labelled_crops, marked_cases
from shellmark_inspect.teaching.plain import valid_name
from shellmark_models import COLOUR, LabelledCrop, TaughtNames, learn_names, teach_names, write_names


def names(
    labelled: Annotated[Path, typer.Argument(help="Class folders of crops or of pictures with masks, or a manifest.")],
    recipe: Annotated[Path, typer.Option("--recipe", help="How the pictures are seen: steps, lights, scale.")],
    to: Annotated[
        Path, typer.Option("--out", help="The bundle to write: a folder NAME/VERSION that is not there yet.")
    ],
    onto: Annotated[
        Path | None,
        typer.Option("--continue", help="A bundle that keeps its finder and names, and gets these besides."),
    ] = None,
) -> None:
    """Teach names alone: to a new bundle that only names, or to a bundle there is.

    Example: `shellmark names crops --recipe recipes/gloss --out models/names/1`; a recipe with
    `classifier = "names/1"` then takes its names from it.
    """
    spec = Recipe.read(recipe)
    try:
        taught = _taught(spec, _crops(spec, labelled), to, onto)
    except (CameraError, StepError) as e:
        raise InputError(str(e)) from e
    write_names(taught, to, beside=onto)
    told = ", ".join(f"{label} {count}" for label, count in taught.crops.items())
    out.print(f"{to}: {told}", markup=False, soft_wrap=True)
    for remark in taught.remarks:
        out.print(remark, style="yellow", markup=False, soft_wrap=True)


def _crops(spec: Recipe, labelled: Path) -> Iterator[LabelledCrop]:
    if labelled.suffix == ".json":
        return known_defects(spec, labelled, _never)
    return labelled_crops(Prepared(spec), marked_cases(labelled), _never)


def _taught(spec: Recipe, crops: Iterator[LabelledCrop], to: Path, onto: Path | None) -> TaughtNames:
    name, version = valid_name(to.parent.name), valid_name(to.name)
    if onto is not None:
        return learn_names(onto, crops, name=name, version=version)
    view = spec.views[0]
    channels = COLOUR if len(view.channels) == 1 else tuple(view.channels)
    return teach_names(crops, name=name, version=version, channels=channels, px_per_mm=view.px_per_mm)


def _never() -> None:
    """Nobody asks for a stop but by Ctrl-C."""
