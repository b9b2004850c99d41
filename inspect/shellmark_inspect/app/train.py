"""`shellmark train`: from good shells to a bundle, seen through the same steps as on the station."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shellmark_inspect.app.cases import asked_to_stop
from shellmark_inspect.app.printing import JsonOption, errors, out, print_json, progress
from shellmark_inspect.teaching import Advance, GoodsReport, Kind, TeachPlan, teach_plan
from shellmark_models import TeachCancelled, bundle_roots, promise

_INTERRUPTED = 130
_NOTED = frozenset({Kind.SCALE, Kind.KNOWN, Kind.NAMES})


def train(
    goods: Annotated[
        Path | None,
        typer.Argument(help="Good cases: a folder, an MVTec-like root (train/good), a manifest or an index.csv."),
    ] = None,
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="The bundle: a folder that must not exist yet.")
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="Into this store instead, as NAME/VERSION; `user` for this user's.")
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="The SKU's recipe. Default: plain pictures, scale unknown.")
    ] = None,
    continue_from: Annotated[
        Path | None, typer.Option("--continue", help="Go on from this bundle; its goods count, too.")
    ] = None,
    labelled: Annotated[
        Path | None, typer.Option("--labelled", help="Named defects: class folders (crops, or with masks), a set.")
    ] = None,
    missed: Annotated[
        Path | None, typer.Option("--missed", help="Defects the bundle passed: NAME.png with NAME_mask.png, or a set.")
    ] = None,
    false_call: Annotated[
        Path | None, typer.Option("--false-call", help="Good cases the bundle stopped: learned, they set no threshold.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", help="Leave this case out, as the report names it.")
    ] = None,
    family: Annotated[
        str | None,
        typer.Option(
            "--family", help="Default: registered where all views are aligned, else memory. Or classical, memory-lean."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="The model's name. Default: the folder's.")] = None,
    version: Annotated[str | None, typer.Option("--version", help="The model's version. Default: the next.")] = None,
    threads: Annotated[int, typer.Option("--threads", min=0, help="0: every core.")] = 0,
    machine: JsonOption = False,
) -> None:
    """Teach a model from good shells. Nothing uses it before it passed the gate and was activated.

    Examples: `shellmark train GOODS --out BUNDLE` · `shellmark train MORE --continue BUNDLE --out BUNDLE2` ·
    `shellmark train sample_images/manifest.json --recipe sample_images/gloss-vertical --store out/models`
    """
    plan = TeachPlan(
        goods=goods,
        out=out_folder,
        store=bundle_roots()[0] if store == Path("user") else store,
        recipe=recipe,
        continue_from=continue_from,
        labelled=labelled,
        missed=missed,
        false_calls=false_call,
        family=family,
        name=name,
        version=version,
        without=tuple(without or ()),
        threads=threads,
    )
    with progress("teach", 1.0) as show, asked_to_stop() as stop:

        def advance(to: Advance) -> None:
            show(to.done, to.stage)

        try:
            outcome = teach_plan(plan, advance=advance, cancelled=stop.is_set)
        except TeachCancelled as e:
            errors.print("shellmark: teaching was stopped: nothing was written", style="red", highlight=False)
            raise typer.Exit(_INTERRUPTED) from e
    if machine:
        print_json({"bundle": str(outcome.folder), "digest": outcome.digest, **outcome.report.as_json()})
        return
    print_report(outcome.report)
    out.print(f"{outcome.folder}\n{outcome.digest}", markup=False, soft_wrap=True)


def print_report(report: GoodsReport) -> None:
    """What teaching says of the goods, a line each, and what the threshold promises."""
    for remark in report.remarks:
        style = "dim" if remark.kind in _NOTED else "yellow"
        out.print(remark.text, style=style, markup=False, soft_wrap=True)
    out.print(f"learned {report.learned} goods, {report.new} of them now", markup=False, soft_wrap=True)
    if report.missed:
        said = f"missed defects learned from {len(report.missed)} cases: {', '.join(report.missed)}"
        out.print(said, markup=False, soft_wrap=True)
    said = promise(report.false_reject_bound, report.goods)
    out.print(f"good shells rejected: {said}", markup=False, soft_wrap=True)
