"""`shellmark bench`: models on image sets, judged as on the station; tables, JSON, CSV and a report to look at."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer

from shellmark_inspect.app.bundles import path_meant, stores
from shellmark_inspect.app.cases import asked_to_stop
from shellmark_inspect.app.files import check_writable
from shellmark_inspect.app.printing import errors, out, print_table, progress
from shellmark_inspect.bench import (
    Contestant,
    Engine,
    Grouping,
    Ledger,
    Progress,
    Run,
    carry_out,
    cluster,
    plan,
    processes,
    read_contestant,
    report_of,
    result,
    write_csv,
    write_html,
)
from shellmark_inspect.errors import InputError
from shellmark_inspect.sets import ImageSet, check_set, read_set
from shellmark_models import promise

_OVERKILL_SHOWN = ("escapes", "overkill")
_AREAS = ("image_auroc", "image_ap", "pixel_auroc", "pixel_ap", "aupro")


STOPPED = 130


class Stopped(Exception):
    """Someone asked the run to end; what was judged is kept."""


def bench(
    sets: Annotated[list[Path], typer.Argument(metavar="SET_DIR...", help="Image sets: see docs/benchmarking.md.")],
    models: Annotated[list[str], typer.Option("--model", metavar="BUNDLE", help="A bundle; may be given again.")],
    recipes: Annotated[
        list[Path] | None, typer.Option("--recipe", help="Instead of the bundles' own: one for all, or one per model.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Every figure as JSON.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="A line per case.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="A report in one file.")] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="Processes that inspect.")] = 1,
    threads: Annotated[int, typer.Option("--threads", min=1, max=256, help="Threads of each.")] = 1,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="DIR", help="Keep rows there, go on there.")
    ] = None,
    group_by: Annotated[
        str | None, typer.Option("--group-by", help='"index", or a regular expression on case names.')
    ] = None,
    groups: Annotated[str | None, typer.Option("--groups", help="Judge these groups only: a,b,c.")] = None,
    cluster_at: Annotated[
        str | None, typer.Option("--cluster", metavar="ADDRESS", help='A Ray cluster; "local" starts one here.')
    ] = None,
) -> None:
    """Judge image sets with models and say how well, with intervals, and at what cost.

    Example: `shellmark bench SET_DIR --model BUNDLE --json figures.json --html report.html`
    """
    check_writable(json_file, csv_file, html)
    engine = cluster(cluster_at, workers) if cluster_at else processes(workers)
    only = frozenset(name.strip() for name in groups.split(",") if name.strip()) if groups else None
    grouping = Grouping(group_by, only)
    image_sets = [_read(path) for path in sets]
    contestants = _contestants(models, recipes or [])
    with asked_to_stop() as stop, _ledger(resume) as ledger:
        runs = list(_runs(image_sets, contestants, grouping, ledger, engine, threads, workers, stop))
        if stop.is_set():
            where = (
                f"its rows are kept in {resume}, the same command goes on" if resume else "use --resume to keep rows"
            )
            errors.print(f"shellmark: stopped: {where}", style="red", markup=False, soft_wrap=True)
            raise typer.Exit(STOPPED)
        results = [result(run, ledger) for run in runs]
        _print(results)
        if json_file:
            _write(json_file, json.dumps(report_of(results), ensure_ascii=False, indent=1, allow_nan=False))
        if csv_file:
            write_csv(csv_file, runs, ledger)
        if html:
            write_html(html, runs, results, ledger, threads)
    for file in (json_file, csv_file, html):
        if file:
            out.print(f"{file}", markup=False, soft_wrap=True)


def _read(path: Path) -> ImageSet:
    image_set = read_set(path)
    for line in [*image_set.remarks, *check_set(image_set)]:
        errors.print(f"set {image_set.name}: {line}", style="yellow", markup=False, soft_wrap=True)
    return image_set


def _contestants(models: Sequence[str], recipes: Sequence[Path]) -> list[Contestant]:
    if len(recipes) > 1 and len(recipes) != len(models):
        raise InputError(f"{len(recipes)} recipes for {len(models)} models: give one for all, or one for each in order")
    of_each: list[Path | None] = [None] * len(models)
    if recipes:
        of_each = list(recipes) if len(recipes) == len(models) else [recipes[0]] * len(models)
    return [read_contestant(_bundle(model), recipe) for model, recipe in zip(models, of_each, strict=True)]


def _bundle(model: str) -> Path:
    """A path, or "name" or "name/version" of a store."""
    store = stores(None)
    return path_meant(model, store) or store.find(model).path


@contextmanager
def _ledger(resume: Path | None) -> Iterator[Ledger]:
    folder = resume or Path(tempfile.mkdtemp(prefix="shellmark-bench-"))
    try:
        with Ledger(folder) as ledger:
            yield ledger
    finally:
        if resume is None:
            shutil.rmtree(folder, ignore_errors=True)


def _runs(
    sets: Sequence[ImageSet],
    contestants: Sequence[Contestant],
    grouping: Grouping,
    ledger: Ledger,
    engine: Engine,
    threads: int,
    workers: int,
    stop: Event,
) -> Iterator[Run]:
    for image_set, contestant, cases in plan(sets, contestants, grouping):
        with progress(f"{contestant.name} on {image_set.name}", len(cases)) as advance:

            def tell(_title: str, done: int, _of: int, advance: Any = advance) -> None:
                advance(done)
                if stop.is_set():
                    raise Stopped

            told: Progress = tell
            try:
                run = carry_out(
                    image_set, contestant, cases, ledger, engine, threads=threads, workers=workers, progress=told
                )
            except Stopped:
                return
        for line in run.remarks:
            errors.print(f"{run.title}: {line}", style="yellow", markup=False, soft_wrap=True)
        yield run


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", "utf-8")
    except OSError as e:
        raise InputError(f"{path} cannot be written: {e.strerror or e}: give another file") from e


def _print(results: Sequence[dict[str, Any]]) -> None:
    """The table of all runs, then what each cannot say."""
    columns = ("set", "model", "good", "defect", "image AUROC", "pixel AUROC", "AUPRO", "escapes", "overkill",
               "CPU-ms/MP", "p95 ms", "MB")  # fmt: skip
    rows = []
    for one in results:
        cases = one["cases"]
        areas = [_area(one[name]) for name in ("image_auroc", "pixel_auroc", "aupro")]
        shares = [_share(one[name]) for name in _OVERKILL_SHOWN]
        speed = one["speed"].get("wall_ms_p95", "-")
        cost = (one["cpu_ms_per_mp"] if one["cpu_ms_per_mp"] is not None else "-", speed, one["peak_memory_mb"])
        rows.append((one["set"], one["model"], cases["good"], cases["defect"], *areas, *shares, *cost))
    print_table(columns, rows)
    out.print(
        "intervals 95 %: areas "
        + ", ".join(sorted({str(one["image_auroc"].get("method", "none")) for one in results}))
        + "; shares Clopper-Pearson; "
        "operating point: score 1.0 and the recipe's limits",
        soft_wrap=True,
        markup=False,
    )
    for one in results:
        _print_gaps(one)


def _print_gaps(one: dict[str, Any]) -> None:
    title = f"{one['model']} on {one['set']}"
    for name in _AREAS:
        if one[name]["value"] is None:
            out.print(f"{title}: no {name}: {one[name]['why']}", markup=False, soft_wrap=True)
    text = f"{title}: good shells rejected: {promise(one['false_reject_bound'], one['goods'])}"
    out.print(text, markup=False, soft_wrap=True)
    for line in one["remarks"]:
        if "optimistic" in line:
            out.print(f"{title}: {line}", style="yellow", markup=False, soft_wrap=True)
    for reason, n in one["cases"]["faults"].items():
        out.print(f"{title}: {n} cases not judged as they should be: {reason}", markup=False, soft_wrap=True)


def _area(area: dict[str, Any]) -> str:
    if area["value"] is None:
        return "-"
    if "low" not in area:
        return f"{area['value']:.3f}"
    return f"{area['value']:.3f} ({area['low']:.3f} to {area['high']:.3f})"


def _share(share: dict[str, Any]) -> str:
    return f"{share['k']}/{share['n']} ({100 * share['low']:.1f} to {100 * share['high']:.1f} %)" if share["n"] else "-"
