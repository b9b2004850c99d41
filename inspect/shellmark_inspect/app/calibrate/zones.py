"""`shellmark calibrate zones`: a recipe's zones, ignore areas and shell outline: listed, found, taken out, put in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from shellmark_inspect.app.printing import JsonOption, out, print_json, print_table, progress
from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Point, Recipe, ViewSpec
from shellmark_inspect.sets import read_set
from shellmark_inspect.zoning import (
    FoundOutline,
    ViewZones,
    ZoneFile,
    find_outline,
    polygon_area,
    recipe_file,
    save_zones,
    zones_of,
)


def zones(
    recipe: Annotated[Path, typer.Argument(help="The SKU's recipe: its file or folder.")],
    goods: Annotated[
        Path | None,
        typer.Option(
            "--goods", help="Good cases (20 or more) to find the shell's outline in; it goes into the recipe."
        ),
    ] = None,
    view: Annotated[str | None, typer.Option("--view", help="Only this view. Default: every one.")] = None,
    to: Annotated[Path | None, typer.Option("--export", help="Write what is drawn to this JSON file.")] = None,
    source: Annotated[
        Path | None, typer.Option("--import", help="Put what this JSON file holds into the recipe.")
    ] = None,
    margin_mm: Annotated[
        float | None,
        typer.Option("--margin-mm", min=0, help="With --goods: what is taken off the outline (a zip)."),
    ] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    machine: JsonOption = False,
) -> None:
    """List a recipe's zones, ignore areas and shell outlines; find the outline; take drawings out and in.

    Polygons are in mm on the reference view. The recipe's former file is kept beside it. Examples:
    `shellmark calibrate zones RECIPE` · `shellmark calibrate zones RECIPE --goods GOODS` ·
    `shellmark calibrate zones RECIPE --export zones.json`
    """
    if goods is not None and source is not None:
        raise InputError("--goods and --import both change the recipe: do one after the other")
    spec = Recipe.read(recipe)
    drawn, found = zones_of(spec), {}
    if source is not None:
        drawn = _of_views(ZoneFile.read(source), view, str(source))
    elif goods is not None:
        found = _found(spec, _views(spec, view), goods)
        changes = {} if margin_mm is None else {"margin_mm": margin_mm}
        views = {
            name: drawn.views[name].model_copy(update={"outline": one.polygon_mm} | changes)
            for name, one in found.items()
        }
        drawn = ZoneFile(sku=spec.sku, views=views)
    else:
        drawn = _of_views(drawn, view, f"recipe {spec.sku}")
    former = None
    if (goods is not None or source is not None) and not dry:
        former = save_zones(recipe, drawn, spec.digest).former
    if to is not None:
        drawn.write(to)
    if machine:
        print_json(_as_json(drawn, found, former))
        return
    for name, one in found.items():
        _say_found(name, one)
    _list(drawn)
    if to is not None:
        out.print(str(to), markup=False, soft_wrap=True)
    if former is not None:
        out.print(f"{recipe_file(recipe)} is written; the former one is {former.name}", markup=False, soft_wrap=True)


def _views(spec: Recipe, view: str | None) -> list[ViewSpec]:
    chosen = [one for one in spec.views if view in (None, one.name)]
    if not chosen:
        raise InputError(f"recipe {spec.sku} has no view {view}: it has {', '.join(one.name for one in spec.views)}")
    return chosen


def _of_views(drawn: ZoneFile, view: str | None, where: str) -> ZoneFile:
    if view is None:
        return drawn
    if view not in drawn.views:
        raise InputError(f"{where} has no view {view}: it has {', '.join(drawn.views)}")
    return drawn.model_copy(update={"views": {view: drawn.views[view]}})


def _found(spec: Recipe, views: Sequence[ViewSpec], goods: Path) -> dict[str, FoundOutline]:
    cases = read_set(goods).to_learn
    found = {}
    for one in views:
        with progress(f"outline of {one.name}", len(cases)) as advance:
            found[one.name] = find_outline(spec, one, cases, advance=advance)
    return found


def _say_found(view: str, one: FoundOutline) -> None:
    out.print(
        f"view {view}: outline of {len(one.polygon_mm)} corners from {len(one.cases)} good shells; nine in ten points "
        f"of theirs lie within {one.spread_mm:.2f} mm of it",
        markup=False,
        soft_wrap=True,
    )
    for remark in (*one.remarks, *(f"{case} had no say: {why}" for case, why in one.refused)):
        out.print(remark, style="yellow", markup=False, soft_wrap=True)


def _list(drawn: ZoneFile) -> None:
    print_table(("view", "what", "name", "corners", "area cm²", "from mm", "to mm"), _rows(drawn))


def _rows(drawn: ZoneFile) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for name, one in drawn.views.items():
        rows.append((name, "elsewhere", one.default_zone, "", "", "", ""))
        rows += [(name, "zone", zone.zone, *_extent(zone.polygon_mm)) for zone in one.zones]
        rows += [(name, "ignore", fitting.name, *_extent(fitting.polygon_mm)) for fitting in one.ignore]
        rows.append((name, "outline", *_outline(one)))
    return rows


def _outline(one: ViewZones) -> tuple[object, ...]:
    if isinstance(one.outline, tuple):
        return ("drawn", *_extent(one.outline))
    return (one.outline or "none", "", "", "", "")


def _extent(polygon: Sequence[Point]) -> tuple[object, ...]:
    points = np.asarray(polygon, np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    area = f"{polygon_area(points) / 100:.1f}"
    return len(points), area, f"{low[0]:.1f}, {low[1]:.1f}", f"{high[0]:.1f}, {high[1]:.1f}"


def _as_json(drawn: ZoneFile, found: dict[str, FoundOutline], former: Path | None) -> dict[str, Any]:
    return {
        **drawn.model_dump(mode="json", exclude_none=True),
        "found": {
            name: {
                "cases": list(one.cases),
                "refused": [{"case": case, "why": why} for case, why in one.refused],
                "spread_mm": round(one.spread_mm, 3),
                "remarks": list(one.remarks),
            }
            for name, one in found.items()
        },
        "former": str(former) if former else None,
    }
