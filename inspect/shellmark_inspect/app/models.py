"""`shellmark models`: the bundles this PC has, what they promise, and carrying them elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from shellmark_inspect.app import importing, switching
from shellmark_inspect.app.bundles import path_meant, sought, stores
from shellmark_inspect.app.printing import JsonOption, out, print_json, print_table
from shellmark_inspect.app.switching import BundleArgument, ModelArgument, RootOption, check_json, print_checks
from shellmark_inspect.errors import InputError
from shellmark_inspect.station import golden_places
from shellmark_models import ModelError, Store, StoredModel, load, promise
from shellmark_models.activation import read_active
from shellmark_models.evaluation.gate import GateCheck, GateReport, parity_check, threshold_check
from shellmark_models.evaluation.parity import PARITY_FILE, compare
from shellmark_models.registry import BrokenModel
from shellmark_models.rescale import good_scores
from shellmark_models.switch import gate_of
from shellmark_models.transport import export_bundle, unpack_bundle

app = typer.Typer(no_args_is_help=True, help="Models that recipes can name: versions, gate, activation, transport.")
app.command("import")(importing.import_model)
for command in (switching.gate, switching.activate, switching.rollback, switching.shadow, switching.diff):
    app.command()(command)


@app.command("list")
def list_models(root: RootOption = None, machine: JsonOption = False) -> None:
    """List models with what they may promise, which version judges, and what the gate said of each.

    A bundle that cannot be used is listed with what is wrong.

    Examples: `shellmark models list` · `shellmark models list --json`
    """
    store = stores(root)
    found = store.everything()
    active = {name: _active(store, name) for name in {one.name for one in found}}
    if machine:
        print_json([_as_json(store, one, active[one.name]) for one in found])
        return
    print_table(
        ("name", "version", "judges", "gate", "family", "sees", "px/mm", "false rejects", "names", "licence"),
        (_row(store, one, active[one.name]) for one in found if isinstance(one, StoredModel)),
    )
    for one in found:
        if isinstance(one, BrokenModel):
            out.print(f"broken: {one}: {one.reason}", style="red", markup=False, soft_wrap=True)


def _active(store: Store, name: str) -> str | None:
    """The version a recipe that names the model would get; None where that is an error."""
    try:
        return store.find(name).version
    except ModelError:
        return None


def _judging(store: Store, one: StoredModel) -> str | None:
    """The version that judges in the store a bundle lies in; None outside of one."""
    return _active(store, one.name) if one.in_store else None


def gate_word(report: GateReport | None) -> str:
    """What the gate said, in a word."""
    return "-" if report is None else "passed" if report.passed else "failed"


def _row(store: Store, one: StoredModel, active: str | None) -> tuple[object, ...]:
    card = one.card
    return (
        one.name,
        one.version,
        "yes" if one.version == active else "",
        gate_word(gate_of(store, one)),
        card.family,
        " ".join(card.channels),
        card.px_per_mm,
        promise(card.false_reject_bound, card.goods),
        len(card.labels),
        card.licence,
    )


def _as_json(store: Store, one: StoredModel | BrokenModel, active: str | None) -> dict[str, Any]:
    if isinstance(one, BrokenModel):
        return {"name": one.name, "version": one.version, "path": str(one.path), "broken": one.reason}
    facts = {"path": str(one.path), "digest": one.digest, "active": one.version == active}
    return facts | {"gate": gate_word(gate_of(store, one)), **one.card.model_dump(mode="json")}


@app.command()
def show(model: BundleArgument, root: RootOption = None, machine: JsonOption = False) -> None:
    """Show one version: its card, digests, licence, parents, gate, and the goods that set its threshold.

    Examples: `shellmark models show gloss-vertical/1` · `shellmark models show BUNDLE`
    """
    store, one = sought(model, root)
    report, scores = gate_of(store, one), good_scores(one.folder)
    active = read_active(store.roots, one.name) if one.in_store else None
    if machine:
        gate = None if report is None else {"passed": report.passed, "checks": [check_json(c) for c in report.checks]}
        history = [] if active is None else [switch.model_dump(mode="json") for switch in active.history]
        golden = [str(place) for place in golden_places(store, one)]
        more = {"gate": gate, "good_scores": scores, "parents": _parents(store, one), "golden": golden}
        print_json(_as_json(store, one, _judging(store, one)) | more | {"history": history})
        return
    for name, value in _facts(store, one):
        out.print(f"{name:14} {value}", markup=False, soft_wrap=True)
    for case, score in sorted((scores or {}).items(), key=lambda item: -item[1]):
        out.print(f"{'good':14} {score:.3f} of the threshold: {case}", markup=False, soft_wrap=True)
    if report is not None:
        print_checks(report.checks)
    for switch in active.history if active else ():
        reason = f": {switch.reason}" if switch.reason else ""
        told = f"{switch.at:%Y-%m-%d %H:%M:%S %z} {switch.how} {switch.version} by {switch.by}{reason}"
        out.print(f"{'switch':14} {told}", markup=False, soft_wrap=True)


def _facts(store: Store, one: StoredModel) -> list[tuple[str, object]]:
    card = one.card
    facts: list[tuple[str, object]] = [
        ("model", f"{one}, {card.family}, {'judges' if one.version == _judging(store, one) else 'does not judge'}"),
        ("file", one.path),
        ("digest", one.digest),
        ("network", card.graph_digest),
        ("goods", f"{card.data_digest}, {card.learned_cases} learned"),
        ("sees", f"{' '.join(card.channels)} at {card.px_per_mm:g} px/mm"),
        ("threshold", f"{card.threshold:.6g}, false rejects {promise(card.false_reject_bound, card.goods)}"),
        ("names", " ".join(card.labels) or "-"),
        ("licence", card.licence),
        ("taught", f"{card.created:%Y-%m-%d %H:%M:%S %z} with {card.program}"),
        ("parents", " < ".join(_parents(store, one)) or "-"),
        ("gate", gate_word(gate_of(store, one))),
    ]
    if card.backbone is not None:
        bone = card.backbone
        facts.append(("backbone", f"{bone.name}, {bone.licence}, {bone.source}, {bone.digest}"))
    return facts + ([("notes", card.notes)] if card.notes else [])


def _parents(store: Store, one: StoredModel) -> list[str]:
    """The versions it comes from, nearest first, as far as they are there; each once."""
    found: list[str] = []
    parent = one.card.parent
    while parent is not None and parent not in found:
        found.append(parent)
        try:
            parent = store.find(parent).card.parent
        except ModelError:
            break
    return found


@app.command()
def check(
    model: Annotated[str, typer.Argument(help="NAME, NAME/VERSION, or a bundle's folder or file.")],
    root: RootOption = None,
    machine: JsonOption = False,
) -> None:
    """Check a bundle: whole, digests its own, opens and runs, answers as where it was taught, threshold of its goods.

    Ends with exit code 1 where a check fails. The gate checks more, and alone lets a version judge.

    Examples: `shellmark models check gloss-vertical/1` · `shellmark models check BUNDLE`
    """
    store = stores(root)
    checks = _checked(path_meant(model, store) or store.find(model).path)
    print_json([check_json(one) for one in checks]) if machine else print_checks(checks)
    raise typer.Exit(0 if all(one.passed for one in checks) else 1)


def _checked(path: Path) -> list[GateCheck]:
    folder = path if path.is_dir() else path.parent
    checks: list[GateCheck] = []
    try:
        opened = load(path, threads=1)
    except ModelError as e:
        return [GateCheck("file", False, detail=" ".join(str(e).split()))]
    try:
        checks.append(GateCheck("file", True, detail=f"{opened.digest}; it opens and runs"))
        tries: tuple[tuple[str, Callable[[], GateCheck]], ...] = (
            ("parity", lambda: parity_check(compare(opened, folder / PARITY_FILE))),
            ("threshold", lambda: threshold_check(opened.card, list((good_scores(folder) or {}).values()))),
        )
        for name, do in tries:
            try:
                checks.append(do())
            except ModelError as e:
                checks.append(GateCheck(name, False, detail=" ".join(str(e).split())))
        return checks
    finally:
        opened.close()


@app.command()
def export(
    model: ModelArgument,
    file: Annotated[Path, typer.Argument(help="The zip to write; it must not exist yet.")],
    root: RootOption = None,
    machine: JsonOption = False,
) -> None:
    """Write one version as a zip with the digest of each file, to be carried to another PC.

    Example: `shellmark models export gloss-vertical/1 gloss.zip`
    """
    one = stores(root).find(model)
    if not file.parent.is_dir():
        raise InputError(f"{file}: its folder is missing: make it first")
    export_bundle(one, file)
    size = file.stat().st_size
    if machine:
        print_json({"model": str(one), "file": str(file), "bytes": size})
        return
    out.print(f"{one}: {size / 1e6:.1f} MB in {file}", markup=False, soft_wrap=True)


@app.command()
def unpack(
    file: Annotated[Path, typer.Argument(help="A zip that `shellmark models export` wrote.")],
    root: RootOption = None,
    machine: JsonOption = False,
) -> None:
    """Take an exported version into the store (the first --root, else this user's). It judges nothing before the gate.

    Example: `shellmark models unpack gloss.zip`
    """
    store = stores(root)
    one = unpack_bundle(file, store, store.roots[0])
    if machine:
        print_json({"model": str(one), "path": str(one.path), "digest": one.digest})
        return
    out.print(f"{one} in {one.folder}\n{one.digest}", markup=False, soft_wrap=True)
