"""`shellmark models import`: a network made elsewhere becomes a bundle like any other."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from shellmark_inspect.app.cases import asked_to_stop
from shellmark_inspect.app.printing import JsonOption, out, print_json, progress
from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.sets import read_set
from shellmark_inspect.teaching import Advance, TeachPlan, plain_recipe, teach_plan, valid_name
from shellmark_inspect.teaching.bundle import Workplace, on_disk
from shellmark_inspect.teaching.goods import Prepared
from shellmark_inspect.teaching.kept import LEARNED_FILE, RECIPE_FOLDER, learned_bytes
from shellmark_inspect.teaching.teacher import METRICS_FILE, write_recipe
from shellmark_inspect.types import Pixels
from shellmark_models import COLOUR, TaughtBundle, TeachCancelled, TeachOptions, load, promise, teach_bundle
from shellmark_models.card import digest_of
from shellmark_models.evaluation.parity import PARITY_FILE, Sample, parity_bytes
from shellmark_models.families.imported import Import, Statement, import_network, read_statement
from shellmark_models.registry import FILE_NAME

AS_EXPORTED = "as-exported"
"""The version a network has before goods set its threshold; the parent of the one that is kept."""
_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class _Order:
    """What is imported: the network by its card, the bundle's name, the recipe it is looked with, and goods."""

    network: Path
    statement: Statement
    name: str
    recipe: Recipe
    goods: Path | None
    threads: int


def import_model(
    network: Annotated[Path, typer.Argument(help="The ONNX file.")],
    out_folder: Annotated[Path, typer.Option("--out", help="The bundle: a folder that must not exist yet.")],
    card: Annotated[
        Path | None,
        typer.Option("--card", help="What the network is, in TOML. What it leaves out is guessed and said."),
    ] = None,
    goods: Annotated[
        Path | None, typer.Option("--goods", help="Good cases that set the threshold: a folder or a set.")
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="The SKU's recipe. Default: plain pictures, scale unknown.")
    ] = None,
    threads: Annotated[int, typer.Option("--threads", min=0, help="0: every core.")] = 0,
    machine: JsonOption = False,
) -> None:
    """Import a network exported elsewhere: anomalib, torchvision, detectors, segmenters.

    Examples: `shellmark models import model.onnx --card card.toml --out BUNDLE` ·
    `shellmark models import model.onnx --goods GOODS --out BUNDLE`
    """
    statement = read_statement(card) if card is not None else Statement()
    name = statement.name or valid_name(out_folder.resolve().name)
    order = _Order(network, statement, name, _recipe(recipe, statement, name), goods, threads)
    imported = import_network(network, statement, _samples(order), threads=threads)
    if goods is None:
        with Workplace(out_folder) as place, on_disk(out_folder):
            _write(place.folder, _taught(order, imported, statement.version), order)
            folder = place.finish()
    else:
        folder = _with_goods(order, imported, out_folder)
    _say(folder, imported, machine=machine)


def _recipe(path: Path | None, statement: Statement, name: str) -> Recipe:
    if path is not None:
        return Recipe.read(path)
    if statement.channels != COLOUR:
        lights = ", ".join(statement.channels)
        raise InputError(f"the card says the network sees {lights}: give the recipe that takes them with --recipe")
    plain = plain_recipe(name)
    view = plain.views[0].model_copy(update={"px_per_mm": statement.px_per_mm})
    return plain.model_copy(update={"views": (view,)})


def _samples(order: _Order) -> list[Pixels]:
    """A few good views to try the network on; none without goods."""
    if order.goods is None:
        return []
    prepared = Prepared(order.recipe)
    return [shot.image for case in read_set(order.goods).to_learn[:_SAMPLES] for shot in prepared.shots(case)[:1]]


def _taught(order: _Order, imported: Import, version: str) -> TaughtBundle:
    view, statement = order.recipe.views[0], order.statement
    side = max(imported.plan.input.size_px)
    return teach_bundle(
        (),
        family="imported",
        before=imported.before if order.goods is None else imported.to_be_set(),
        name=order.name,
        version=version,
        channels=COLOUR if len(view.channels) == 1 else tuple(view.channels),
        px_per_mm=view.px_per_mm,
        options=TeachOptions(
            tile_px=max(side, 32),
            overlap_px=min(imported.plan.input.overlap_px, max(side, 32) // 2),
            threads=order.threads,
            licence=imported.licence,
            notes=statement.notes,
        ),
    )


def _write(folder: Path, taught: TaughtBundle, order: _Order) -> None:
    """A bundle without goods: what it answers to two made-up pictures stands for parity."""
    (folder / FILE_NAME).write_bytes(taught.model)
    (folder / LEARNED_FILE).write_bytes(learned_bytes(taught.kept, ()))
    write_recipe(order.recipe, folder / RECIPE_FOLDER)
    metrics = {"goods": 0, "false_reject_bound": taught.card.false_reject_bound, "good_scores": []}
    (folder / METRICS_FILE).write_text(json.dumps(metrics, indent=1), "utf-8")
    model = load(folder / FILE_NAME, threads=order.threads)
    try:
        generator = np.random.default_rng(0)
        pictures = [generator.integers(0, high, (256, 320, 3)).astype(np.uint8) for high in (256, 60)]
        (folder / PARITY_FILE).write_bytes(parity_bytes(model, map(Sample, pictures)))
    finally:
        model.close()


def _with_goods(order: _Order, imported: Import, target: Path) -> Path:
    with tempfile.TemporaryDirectory(prefix="shellmark-import-") as temporary:
        first = Path(temporary) / "bundle"
        first.mkdir()
        _write(first, _taught(order, imported, AS_EXPORTED), order)
        plan = TeachPlan(
            goods=order.goods,
            out=target,
            continue_from=first,
            name=order.name,
            version=order.statement.version,
            threads=order.threads,
            notes=order.statement.notes,
        )
        with progress("threshold", 1.0) as show, asked_to_stop() as stop:

            def advance(to: Advance) -> None:
                show(to.done, to.stage)

            try:
                outcome = teach_plan(plan, advance=advance, cancelled=stop.is_set)
            except TeachCancelled as e:
                raise InputError("importing was stopped: nothing was written") from e
    for remark in outcome.report.remarks:
        out.print(remark.text, style="yellow", markup=False, soft_wrap=True)
    return outcome.folder


def _say(folder: Path, imported: Import, *, machine: bool) -> None:
    model = load(folder, threads=1)
    model.close()
    card, digest = model.card, digest_of((folder / FILE_NAME).read_bytes())
    if machine:
        told = {"bundle": str(folder), "digest": digest, "guessed": list(imported.told)}
        print_json({**told, "plan": imported.plan.model_dump(mode="json"), "card": card.model_dump(mode="json")})
        return
    for line in imported.told:
        out.print(f"guessed: {line}", style="dim", markup=False, soft_wrap=True)
    if "agpl" in imported.licence.lower():
        owed = f"licence: {imported.licence}: who offers this station to others owes them its source"
        out.print(owed, style="yellow", markup=False, soft_wrap=True)
    promised = promise(card.false_reject_bound, card.goods) if card.goods else "nothing is promised, no goods set it"
    out.print(f"threshold {card.threshold:.4g}; good shells rejected: {promised}", markup=False, soft_wrap=True)
    out.print(f"{folder}\n{digest}", markup=False, soft_wrap=True)
