"""The drawings in a recipe's file: read, and put back whole or not at all, what was there before kept beside it."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from shellmark_inspect.errors import RecipeError
from shellmark_inspect.recipe import Recipe, ViewSpec, first_fault
from shellmark_inspect.steps import build_steps

from .plan import ViewZones, ZoneFile

PAINTS, MASKS = "zones", "shell_mask"
AFTER_MASK = frozenset({PAINTS, "illumination"})
"""The steps that the recipe gives a mask to: one that is added comes before them."""


@dataclass(frozen=True, slots=True)
class SavedRecipe:
    """A recipe that was written: its new content, and the file that holds the former one."""

    recipe: Recipe
    former: Path


def recipe_file(path: Path) -> Path:
    """The file of a recipe that is given as the file or its folder."""
    return path / "recipe.toml" if path.is_dir() else path


def zones_of(recipe: Recipe) -> ZoneFile:
    """What is drawn on the views of a recipe."""
    return ZoneFile(sku=recipe.sku, views={view.name: _of_view(view) for view in recipe.views})


def _of_view(view: ViewSpec) -> ViewZones:
    masks = [step.parameters for step in view.steps if step.step == MASKS]
    outline = masks[0].get("outline", "found") if masks else None
    margin = masks[0].get("margin_mm") if masks else None
    try:
        return ViewZones(
            default_zone=view.default_zone, zones=view.zones, ignore=view.ignore, outline=outline, margin_mm=margin
        )
    except ValidationError as e:
        raise RecipeError(f"view {view.name}: {first_fault(e)}") from e


def save_zones(path: Path, drawn: ZoneFile, digest: str) -> SavedRecipe:
    """Put drawings into the recipe at `path`; views that are not in `drawn` stay as they are.

    `digest` is that of the recipe the drawing began with. The file keeps its leading comments and every other key; a
    step that the drawing needs and the view has not (zones, shell_mask) is added. The former file becomes
    "recipe.toml.<number>.bak" beside it.

    Raises:
        RecipeError: the file was changed meanwhile, a view is not the recipe's, a polygon lies outside its view, a
            zone that a limit names is gone, or the file cannot be written.
    """
    path = recipe_file(path)
    before = Recipe.read(path)
    if before.digest != digest:
        raise RecipeError(f"recipe {path} was changed by someone else meanwhile: open it anew and draw again")
    text = path.read_text("utf-8")
    content = tomllib.loads(text)
    _put(path, content, drawn)
    half = path.with_name(path.name + ".part")
    try:
        half.write_text(_leading_comments(text) + tomli_w.dumps(content), "utf-8")
        recipe = _checked(half, path)
        former = _former(path)
        shutil.copy2(path, former)
        half.replace(path)
    except OSError as e:
        raise RecipeError(f"recipe {path} cannot be written: {e.strerror or e}: check its rights") from e
    finally:
        half.unlink(missing_ok=True)
    return SavedRecipe(recipe, former)


def _put(path: Path, content: dict[str, Any], drawn: ZoneFile) -> None:
    views = {view["name"]: view for view in content["views"]}
    if strange := [name for name in drawn.views if name not in views]:
        raise RecipeError(f"recipe {path} has no view {strange[0]}: it has {', '.join(views)}")
    for name, zones in drawn.views.items():
        _put_view(views[name], zones)


def _put_view(view: dict[str, Any], drawn: ViewZones) -> None:
    """Put a drawing into a view as the TOML file has it."""
    lists = drawn.model_dump(mode="json", include={"zones", "ignore"})
    for key, value in lists.items():
        view.pop(key, None)
        if value:
            view[key] = value
    if drawn.default_zone != view.get("default_zone", "A"):
        view["default_zone"] = drawn.default_zone
    steps = view.setdefault("steps", [])
    if (drawn.zones or drawn.default_zone != "A") and not any(step["step"] == PAINTS for step in steps):
        at = next((n for n, step in enumerate(steps) if step["step"] == "illumination"), len(steps))
        steps.insert(at, {"step": PAINTS})
    mask = next((step for step in steps if step["step"] == MASKS), None)
    outline = drawn.outline
    if mask is None and (drawn.ignore or outline is not None):
        # without an outline the fittings alone are taken out: the rest is judged as before
        mask = {"step": MASKS} if outline is not None else {"step": MASKS, "margin_mm": 0.0}
        at = next((n for n, step in enumerate(steps) if step["step"] in AFTER_MASK), len(steps))
        steps.insert(at, mask)
        outline = outline or "whole"
    if mask is not None and outline is not None:
        mask["outline"] = outline if isinstance(outline, str) else [list(point) for point in outline]
    if mask is not None and drawn.margin_mm is not None:
        mask["margin_mm"] = drawn.margin_mm


def _leading_comments(text: str) -> str:
    lines = []
    for line in text.splitlines(keepends=True):
        if not line.startswith("#"):
            break
        lines.append(line)
    return "".join(lines)


def _checked(half: Path, path: Path) -> Recipe:
    """The recipe as it will be: read, its steps built, its polygons within their views."""
    try:
        recipe = Recipe.read(half)
        for view in recipe.views:
            build_steps(view, recipe.folder)
            _check_places(view)
    except RecipeError as e:
        said = str(e).replace(str(half), str(path))
        raise RecipeError(f"{said} (nothing was written)") from e
    return recipe


def _check_places(view: ViewSpec) -> None:
    """Refuse a polygon that has no point in a view of known size."""
    if view.frame_px is None or any(step.step in {"region", "rotate"} for step in view.steps):
        return
    width, height = (side / view.px_per_mm for side in view.frame_px)
    named = [(f"zone {zone.zone}", zone.polygon_mm) for zone in view.zones]
    named += [(f"ignore {one.name}", one.polygon_mm) for one in view.ignore]
    for name, polygon in named:
        xs, ys = zip(*polygon, strict=True)
        if min(xs) >= width or max(xs) <= 0 or min(ys) >= height or max(ys) <= 0:
            raise RecipeError(
                f"view {view.name}: the polygon of {name} lies outside the view, which is {width:.0f} x {height:.0f} mm"
            )


def _former(path: Path) -> Path:
    """The name the former file is kept by: the next free number."""
    number = 1
    while (kept := path.with_name(f"{path.name}.{number}.bak")).exists():
        number += 1
    return kept
