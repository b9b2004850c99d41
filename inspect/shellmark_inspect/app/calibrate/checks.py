"""`shellmark calibrate checks`: from what deviation on a recipe's checks call a defect, told from good shells."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shellmark_inspect.app.printing import JsonOption, errors, out, print_json, print_table, progress
from shellmark_inspect.errors import CameraError, InputError, StepError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.sets import read_set
from shellmark_inspect.teaching.above import MARGIN, Above, Place, above_of, heights
from shellmark_inspect.teaching.goods import Prepared
from shellmark_models import promise


def checks(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A recipe whose views have [[views.checks]].")],
    goods: Annotated[
        Path, typer.Option("--goods", metavar="DIR", help="Good cases: a folder or a set; 60 are useful.")
    ],
    margin: Annotated[float, typer.Option(min=1.0, max=3.0, help="Lifts every `above` further: 1.1 by 10 %.")] = MARGIN,
    to: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the recipe with these values (no comments).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say how high each check comes on good shells, the `above` that follows, and how many goods it may stop.

    Example: `shellmark calibrate checks recipe.toml --goods goods --out recipe-new.toml`
    """
    known = Recipe.read(recipe)
    found = _heights(known, goods)
    above = above_of(found, margin)
    rows = [_row(known, place, value, above) for place, value in above.values.items()]
    if to is not None:
        _write(known, above, to)
    if as_json:
        print_json({
            "goods": above.goods, "margin": margin, "false_reject_bound": above.false_reject_bound, "checks": rows,
        })  # fmt: skip
        return
    print_table(tuple(rows[0]), [tuple(row.values()) for row in rows])
    out.print(f"good shells stopped by any check: {promise(above.false_reject_bound, above.goods)}", markup=False)
    out.print(f"{to} is written" if to is not None else "the recipe is as it was: --out FILE writes it", markup=False)


def _heights(recipe: Recipe, folder: Path) -> dict[str, dict[Place, float]]:
    """How high each check comes on each good case; a case that cannot be looked at is said and left out."""
    cases = [case for case in read_set(folder).cases if case.kind == "good"]
    prepared = Prepared(recipe)
    found: dict[str, dict[Place, float]] = {}
    with progress("goods", len(cases)) as show:
        for done, case in enumerate(cases, 1):
            try:
                found[case.name] = heights([(shot.spec, shot.view) for shot in prepared.shots(case)])
            except (CameraError, InputError, StepError) as e:
                errors.print(f"{case.name} is left out: {e}", markup=False, style="yellow", soft_wrap=True)
            show(done, case.name)
    return found


def _row(recipe: Recipe, place: Place, value: float, above: Above) -> dict[str, object]:
    view = next(view for view in recipe.views if view.name == place[0])
    now = next(check.above for check in view.checks if check.channel == place[1])
    return {"view": place[0], "channel": place[1], "above": round(value, 2), "recipe has": now,
            "highest good": above.worst[place]}  # fmt: skip


def _write(recipe: Recipe, above: Above, to: Path) -> None:
    views = tuple(
        view.model_copy(update={"checks": tuple(
            check.model_copy(update={"above": round(above.values[view.name, check.channel], 2)})
            for check in view.checks
        )})
        for view in recipe.views
    )  # fmt: skip
    try:
        recipe.model_copy(update={"views": views}).write(to)
    except OSError as e:
        raise InputError(f"{to} cannot be written: {e.strerror or e}: give another place") from e
