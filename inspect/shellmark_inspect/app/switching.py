"""`shellmark models gate|activate|rollback|shadow|diff`: which version judges, and finding out which should."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import cv2
import typer

from shellmark_inspect.app.bundles import sought, stores
from shellmark_inspect.app.printing import JsonOption, out, print_json, print_table, progress
from shellmark_inspect.app.records import open_reader
from shellmark_inspect.errors import InputError
from shellmark_inspect.inspector import Inspector
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station import (
    Compared,
    GateProcess,
    GateTask,
    StoredCase,
    compare,
    folder_cases,
    golden_places,
    record_cases,
)
from shellmark_models import StoredModel, load
from shellmark_models.evaluation.gate import MEMORY_BYTES, SECONDS, GateCheck
from shellmark_models.switch import activate as make_active
from shellmark_models.switch import keep_gate
from shellmark_models.switch import rollback as roll_back

RECIPE_FOLDER = "recipe"

ModelArgument = Annotated[str, typer.Argument(help="NAME for the version that judges, or NAME/VERSION.")]
BundleArgument = Annotated[
    str, typer.Argument(help="NAME for the version that judges, NAME/VERSION, or a bundle's folder.")
]
RootOption = Annotated[
    list[Path] | None, typer.Option("--root", help="A store to look in first, as a station's `models` names it.")
]
RecipeOption = Annotated[
    Path | None, typer.Option("--recipe", help="The recipe to judge under. Default: the one in the bundle.")
]
ByOption = Annotated[str | None, typer.Option("--by", help="Who does it; kept. Default: this user's name.")]
OnOption = Annotated[Path | None, typer.Option("--on", help="Cases to judge: a folder or an image set.")]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="Cases to judge: the kept frames of a station's data folder.")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="At most so many stored cases, newest first.")]
ThreadsOption = Annotated[int, typer.Option("--threads", min=0, help="0: every core.")]


def gate(
    model: BundleArgument,
    root: RootOption = None,
    recipe: RecipeOption = None,
    golden: Annotated[
        list[Path] | None, typer.Option("--golden", help="Further cases of known verdict: golden.json or an image set.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=0.001, help="A case may take so long.")] = SECONDS,
    memory: Annotated[float, typer.Option("--memory-mb", min=1, help="The process may hold so much.")] = MEMORY_BYTES
    / 1e6,
    threads: ThreadsOption = 0,
    machine: JsonOption = False,
) -> None:
    """Put a version through the gate on this PC; only then can it be activated here.

    Checks: file, recipe, parity, threshold, golden, latency, memory. Ends with exit code 1 where one fails; the result
    is kept beside the version.

    Examples: `shellmark models gate gloss-vertical/2 --golden GOLDEN_SET` · `shellmark models gate BUNDLE`
    """
    store, one = sought(model, root)
    places = (*golden_places(store, one), *(_existing(place) for place in golden or ()))
    under = None if recipe is None else Recipe.read(recipe)
    process = GateProcess(GateTask(one.folder, one.digest, under, places, threads, seconds, memory * 1e6))
    try:
        report = process.report()
    except BaseException:
        process.stop()
        raise
    keep_gate(store, one, report)
    if machine:
        checks = [check_json(check) for check in report.checks]
        told = {"model": str(one), "path": str(one.path), "digest": one.digest}
        print_json(told | {"passed": report.passed, "checks": checks})
    else:
        print_checks(report.checks)
        what = str(one) if one.in_store else f"{one} in {one.folder}"
        out.print(f"{what} {'passed' if report.passed else 'did not pass'} the gate", markup=False, soft_wrap=True)
    raise typer.Exit(0 if report.passed else 1)


def activate(
    model: Annotated[str, typer.Argument(help="NAME/VERSION.")],
    root: RootOption = None,
    by: ByOption = None,
    force: Annotated[bool, typer.Option("--force", help="Without the gate; needs --reason. Both are kept.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why the gate is passed over.")] = "",
    machine: JsonOption = False,
) -> None:
    """Let a version judge: stations take it at their next changeover, or on request in their window.

    Example: `shellmark models activate gloss-vertical/2 --by Li`
    """
    name, _, version = model.partition("/")
    if not version:
        raise InputError(f"model {model}: say which version: {model}/VERSION")
    _say(make_active(stores(root), name, version, by=_who(by), reason=reason, force=force), machine=machine)


def rollback(
    model: Annotated[str, typer.Argument(help="NAME.")],
    root: RootOption = None,
    by: ByOption = None,
    machine: JsonOption = False,
) -> None:
    """Go back to the version that judged before; the gate is not asked again.

    Example: `shellmark models rollback gloss-vertical --by Li`
    """
    _say(roll_back(stores(root), model, by=_who(by)), machine=machine)


def shadow(
    model: ModelArgument,
    root: RootOption = None,
    recipe: RecipeOption = None,
    on: OnOption = None,
    data: DataOption = None,
    limit: LimitOption = 1000,
    pictures: Annotated[Path | None, typer.Option("--out", help="Write a picture of each flip there.")] = None,
    threads: ThreadsOption = 0,
    machine: JsonOption = False,
) -> None:
    """Let a candidate judge stored cases beside the version that judges, and list where they differ.

    On live cases a station does it: its window, or `Workshop.shadow`.

    Examples: `shellmark models shadow gloss-vertical/2 --on CASES` ·
    `shellmark models shadow gloss-vertical/2 --recipe gloss.toml --data out --out flips`
    """
    store = stores(root)
    candidate = store.find(model)
    active = store.find(candidate.name)
    flips = _flips(active, candidate, recipe, on, data, limit, threads)
    if pictures is not None:
        _write_pictures(flips, pictures)
    _say_flips(active, candidate, flips, machine=machine)


def diff(
    one: ModelArgument,
    other: Annotated[str, typer.Argument(help="NAME/VERSION to compare it with.")],
    root: RootOption = None,
    recipe: RecipeOption = None,
    on: OnOption = None,
    data: DataOption = None,
    limit: LimitOption = 1000,
    threads: ThreadsOption = 0,
    machine: JsonOption = False,
) -> None:
    """Compare two versions: their cards and metrics, and on stored cases the verdicts.

    Examples: `shellmark models diff noise/1 noise/2` · `shellmark models diff noise/1 noise/2 --on CASES`
    """
    store = stores(root)
    first, second = store.find(one), store.find(other)
    changes = list(_changes(first, second))
    compared = _flips(first, second, recipe, on, data, limit, threads) if on or data else None
    if machine:
        told: dict[str, Any] = {"changes": [{"key": key, "one": a, "other": b} for key, a, b in changes]}
        if compared is not None:
            told |= _flips_json(first, second, compared)
        print_json(told)
        return
    print_table(("what", str(first), str(second)), ((key, _short(a), _short(b)) for key, a, b in changes))
    if compared is not None:
        _say_flips(first, second, compared, machine=False)


def _changes(one: StoredModel, other: StoredModel) -> Iterator[tuple[str, Any, Any]]:
    """What differs between two versions' cards and metrics."""
    cards = [found.card.model_dump(mode="json") | {"digest": found.digest} for found in (one, other)]
    for key in cards[0]:
        if cards[0][key] != cards[1][key]:
            yield key, cards[0][key], cards[1][key]
    metrics = [_metrics(found.folder) for found in (one, other)]
    for key in sorted(metrics[0].keys() | metrics[1].keys()):
        a, b = metrics[0].get(key), metrics[1].get(key)
        if a != b:
            yield f"metrics.{key}", a, b


def _metrics(folder: Path) -> dict[str, Any]:
    """A bundle's metrics but for the scores of single goods; none where there are none to be read."""
    try:
        said = json.loads((folder / "metrics.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in said.items() if key != "good_scores"} if isinstance(said, dict) else {}


def _short(value: object) -> str:
    text = (
        "-"
        if value is None
        else json.dumps(value, ensure_ascii=False)
        if isinstance(value, dict | list)
        else str(value)
    )
    return text if len(text) <= 60 else f"{text[:57]}..."


# ── stored cases ────────────────────────────────────────────────────────────────────────────────────────────────


def _flips(
    one: StoredModel,
    other: StoredModel,
    recipe: Path | None,
    on: Path | None,
    data: Path | None,
    limit: int,
    threads: int,
) -> list[Compared]:
    under = Recipe.read(recipe or other.folder / RECIPE_FOLDER)
    with ExitStack() as closing:
        cases = _cases(under, on, data, limit, closing)
        inspectors = [_opened(under, found, threads, closing) for found in (one, other)]
        with progress("compare", None) as advance:
            found = []
            for number, compared in enumerate(compare(inspectors[0], inspectors[1], cases), 1):
                found.append(compared)
                advance(number)
    if not found:
        raise InputError("there was no case to judge: give cases with --on, or a station that keeps frames with --data")
    return found


def _cases(recipe: Recipe, on: Path | None, data: Path | None, limit: int, closing: ExitStack) -> Iterator[StoredCase]:
    if (on is None) == (data is None):
        raise InputError("say which cases: either --on FOLDER or --data STATION")
    if on is not None:
        return folder_cases(recipe, on)
    reader = open_reader(data)
    closing.callback(reader.close)
    return islice(record_cases(recipe, reader.find(limit=limit, sku=recipe.sku)), limit)


def _opened(recipe: Recipe, found: StoredModel, threads: int, closing: ExitStack) -> Inspector:
    model = load(found.path, digest=found.digest, threads=threads)
    closing.callback(model.close)
    return Inspector(recipe, model)


def _flips_json(one: StoredModel, other: StoredModel, compared: Sequence[Compared]) -> dict[str, Any]:
    flips = [
        {
            "case": found.case_id,
            "row": found.row,
            "one": str(found.verdicts[0]),
            "other": str(found.verdicts[1]),
            "scores": found.scores,
        }
        for found in compared
        if found.flip is not None
    ]
    return {"one": str(one), "other": str(other), "cases": len(compared), "flips": flips}


def _say_flips(one: StoredModel, other: StoredModel, compared: Sequence[Compared], *, machine: bool) -> None:
    if machine:
        print_json(_flips_json(one, other, compared))
        return
    flips = [found for found in compared if found.flip is not None]
    print_table(
        ("case", "row", str(one), str(other), "score", "score"),
        ((f.case_id, f.row or "", *f.verdicts, *(f"{score:.2f}" for score in f.scores)) for f in flips),
    )
    out.print(f"{len(flips)} of {len(compared)} cases are judged differently", markup=False)


def _write_pictures(compared: Sequence[Compared], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, found in enumerate(compared, 1):
            if found.flip is not None and found.flip.picture is not None:
                data = cv2.imencode(".png", found.flip.picture)[1].tobytes()
                (folder / f"{number:05}-{found.verdicts[0]}-{found.verdicts[1]}.png").write_bytes(data)
    except OSError as e:
        raise InputError(f"{folder} cannot be written ({e.strerror or e}): give another folder") from e


# ── printing ────────────────────────────────────────────────────────────────────────────────────────────────────


def print_checks(checks: Sequence[GateCheck]) -> None:
    """Print checks, one a line."""
    rows = [
        (
            "ok" if check.passed else "FAILED",
            check.name,
            "" if check.figure is None else f"{check.figure:.4g}",
            "" if check.limit is None else f"{check.limit:.4g}",
            check.detail,
        )
        for check in checks
    ]
    print_table(("", "check", "found", "limit", "what"), rows)


def check_json(check: GateCheck) -> dict[str, Any]:
    """A check for a machine."""
    return {
        "name": check.name,
        "passed": check.passed,
        "figure": check.figure,
        "limit": check.limit,
        "detail": check.detail,
    }


def _say(stored: StoredModel, *, machine: bool) -> None:
    if machine:
        print_json({"model": str(stored), "digest": stored.digest, "path": str(stored.path)})
        return
    out.print(f"{stored} judges from the next changeover on\n{stored.digest}", markup=False, soft_wrap=True)


def _existing(place: Path) -> Path:
    if not place.exists():
        raise InputError(f"golden cases {place} are missing: give a folder with golden.json, or an image set")
    return place


def _who(by: str | None) -> str:
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as e:
        raise InputError("say who does it with --by NAME") from e
