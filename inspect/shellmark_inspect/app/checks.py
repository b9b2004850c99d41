"""`shellmark checks`: the daily check with masters, and what a failed one puts in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from shellmark_inspect.app.printing import JsonOption, out, print_json, print_table
from shellmark_inspect.app.records import SkuOption, WhereOption, open_reader
from shellmark_inspect.errors import InputError
from shellmark_inspect.records import CheckRecord, Outcome, RecordReader, Records, Suspect
from shellmark_inspect.station import WORKS, CheckState, Due, Station, StationConfig, judging_versions, read_recipes
from shellmark_inspect.station.due import due as due_now
from shellmark_inspect.types import Disposition

app = typer.Typer(no_args_is_help=True, help="The daily check with masters, and the output a failed one puts in doubt.")

ConfigArgument = Annotated[Path, typer.Argument(help="The station's configuration (TOML).", show_default=False)]
OperatorOption = Annotated[str, typer.Option("--operator", help="Who does it.")]
FAILED = 1
"""The exit code of a check that did not pass."""


@app.command()
def due(config: ConfigArgument, sku: SkuOption = None, machine: JsonOption = False) -> None:
    """Say why a daily check is due, for each SKU with masters.

    Example: `shellmark checks due station.toml`
    """
    settings = StationConfig.read(config)
    reader = RecordReader(settings.url, settings.images)
    try:
        found = {name: _due(settings, reader, name) for name in _skus(settings, sku)}
    finally:
        reader.close()
    if machine:
        print_json({name: [_due_json(one) for one in whys] for name, whys in found.items()})
        return
    for name, whys in found.items():
        for one in whys:
            when = f" ({one.since.astimezone():%Y-%m-%d %H:%M})" if one.since else ""
            out.print(
                f"{name}: {one.why}{when}{', automatic mode is refused' if one.blocks else ''}",
                markup=False,
                soft_wrap=True,
            )
        if not whys:
            out.print(f"{name}: nothing is due", markup=False, soft_wrap=True)


@app.command()
def run(config: ConfigArgument, operator: OperatorOption, sku: SkuOption = None, machine: JsonOption = False) -> None:
    """Make a daily check without the window: the masters come from the station's cameras one after the other.

    Ends with exit code 1 when the check did not pass.

    Example: `shellmark checks run station.toml --operator w17`
    """
    with Station(StationConfig.read(config), sku) as station:
        station.check_cameras()
        state = station.checks.begin(operator).result()
        try:
            while (place := state.next) is not None:
                state = station.checks.place(place.master.name).result()
                if not machine:
                    _print_place(state, place.number)
        except BaseException:
            station.checks.break_off(operator, "the command ended").result()
            raise
    if machine:
        print_json(_state_json(state))
    else:
        out.print(f"check {state.number}: {state.outcome}, {state.suspects} inspections put in doubt")
    if state.outcome is not Outcome.PASSED:
        raise typer.Exit(FAILED)


@app.command("list")
def list_checks(
    data: WhereOption = None,
    sku: SkuOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help="At most so many.")] = 20,
    machine: JsonOption = False,
) -> None:
    """List daily checks, newest first.

    Example: `shellmark checks list --data out`
    """
    reader = open_reader(data)
    try:
        found = reader.checks(sku=sku, limit=limit)
    finally:
        reader.close()
    if machine:
        print_json([_json(asdict(check)) for check in found])
        return
    print_table(("check", "time", "sku", "operator", "why", "outcome", "suspects", "wrong"), map(_check_line, found))


@app.command()
def suspects(
    data: WhereOption = None,
    sku: SkuOption = None,
    all_of: Annotated[bool, typer.Option("--all", help="Also those a person has decided about.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help="At most so many.")] = 200,
    machine: JsonOption = False,
) -> None:
    """List inspections that a failed check puts in doubt, newest first.

    Example: `shellmark checks suspects --data out --all`
    """
    reader = open_reader(data)
    try:
        found = reader.suspects(sku=sku, limit=limit, all_of=all_of)
    finally:
        reader.close()
    if machine:
        print_json([_json(asdict(one)) for one in found])
        return
    print_table(
        ("row", "check", "time", "case", "sku", "verdict", "serial", "decided", "operator", "reason"),
        map(_suspect_line, found),
    )


@app.command()
def clear(
    config: ConfigArgument,
    operator: OperatorOption,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a word: what was looked at.")],
    disposition: Annotated[Disposition, typer.Option("--disposition", help="What becomes of the cases.")],
    rows: Annotated[list[int] | None, typer.Argument(help="The records' rows.", min=1, max=2**63 - 1)] = None,
    every: Annotated[bool, typer.Option("--all", help="Every suspect, of one SKU with --sku.")] = False,
    sku: SkuOption = None,
    note: Annotated[str, typer.Option("--note", help="More of it.")] = "",
) -> None:
    """Decide about suspects once they were looked at again; the station must not run meanwhile.

    Example: `shellmark checks clear station.toml --all --disposition OK --operator qc1 --reason "looked at again"`
    """
    if bool(rows) == every:
        raise InputError("give the rows of the suspects, or --all")
    with records_of(config) as records:
        who = {"operator": operator, "reason_code": reason, "note": note}
        count = records.checks.clear(rows or None, sku if every else None, disposition, **who)
    out.print(f"{count} inspections cleared: {disposition}")


@app.command()
def work(
    config: ConfigArgument,
    kind: Annotated[str, typer.Argument(help=f"What was worked on: {', '.join(WORKS)}.")],
    operator: OperatorOption,
    reason: Annotated[str, typer.Option("--reason", help="What was done.")],
) -> None:
    """Say that the station was worked on, so that a daily check is due; the station must not run meanwhile.

    Example: `shellmark checks work station.toml lamp --operator e1 --reason "west bar replaced"`
    """
    if kind not in WORKS:
        raise InputError(f"work {kind!r} is none: give {', '.join(WORKS)}")
    with records_of(config) as records:
        records.checks.note_work(kind, "", operator=operator, reason=reason)
    out.print("a daily check is due")


@contextmanager
def records_of(config: Path) -> Iterator[Records]:
    """The records of a configuration's station, to write to while it does not run.

    Raises:
        RecordsError: there are none yet, or the station runs.
    """
    settings = StationConfig.read(config)
    RecordReader(settings.url, settings.images).close()  # a configuration of no station must not make a database
    records = Records.open(
        settings.url, settings.images, station=settings.station, host=settings.host, policy=settings.save
    )
    try:
        yield records
    finally:
        records.close()


def _skus(settings: StationConfig, sku: str | None) -> list[str]:
    masters = {name: recipe.masters for name, recipe in read_recipes(settings).items()}
    if sku is not None and sku not in masters:
        raise InputError(f"there is no recipe for SKU {sku}: there are {', '.join(masters)}")
    found = [name for name, some in masters.items() if some and sku in (None, name)]
    if not found:
        raise InputError("no recipe has masters: add [[masters]] to it, see docs/daily-check.md")
    return found


def _due(settings: StationConfig, reader: RecordReader, sku: str) -> tuple[Due, ...]:
    facts = reader.check_facts(settings.station, sku)
    return due_now(facts, settings.checks, judging_versions(settings, sku), datetime.now(UTC))


def _due_json(one: Due) -> dict[str, Any]:
    return {"why": str(one.why), "blocks": one.blocks, "since": _json(one.since)}


def _print_place(state: CheckState, number: int) -> None:
    place = state.places[number - 1]
    out.print(
        f"{number}/{len(state.places)}  {place.master.name:16} {place.answer}  {place.why}",
        markup=False,
        soft_wrap=True,
    )


def _state_json(state: CheckState) -> dict[str, Any]:
    places = [{"master": one.master.name, "answer": one.answer, "why": one.why, "row": one.row} for one in state.places]
    return {"check": state.number, "outcome": state.outcome, "suspects": state.suspects, "places": places}


def _check_line(check: CheckRecord) -> tuple[object, ...]:
    wrong = "; ".join(f"{check.masters[one.place - 1]}: {one.why}" for one in check.answers if one.why)
    when = f"{check.begun_at.astimezone():%Y-%m-%d %H:%M:%S}"
    return check.number, when, check.sku, check.operator, check.why, check.outcome or "open", check.suspects, wrong


def _suspect_line(one: Suspect) -> tuple[object, ...]:
    when = f"{one.recorded_at.astimezone():%Y-%m-%d %H:%M:%S}"
    decided = (one.disposition or "-", one.operator, one.reason_code)
    return one.row, one.check, when, one.case_id, one.sku, one.verdict, one.serial or "", *decided


def _json(value: Any) -> Any:
    """Moments as ISO 8601 UTC."""
    if isinstance(value, dict):
        return {name: _json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    return value.astimezone(UTC).isoformat(timespec="milliseconds") if isinstance(value, datetime) else value
