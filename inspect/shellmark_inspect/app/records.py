"""`shellmark records`: look up and export what was recorded."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shellmark_inspect.app.printing import JsonOption, out, print_json, print_table, progress
from shellmark_inspect.folders import data_folder
from shellmark_inspect.records import RecordReader, Search, record_json, write_csv, write_xlsx
from shellmark_inspect.station import StationConfig
from shellmark_inspect.types import Record, Verdict

app = typer.Typer(no_args_is_help=True, help="List, show and export records.")

WhereOption = Annotated[
    Path | None,
    typer.Option("--data", help="A station's data folder, or its configuration file. Default: this user's."),
]
CaseOption = Annotated[str | None, typer.Option("--case", help="Only this case.")]
SkuOption = Annotated[str | None, typer.Option("--sku", help="Only this SKU.")]
VerdictOption = Annotated[Verdict | None, typer.Option("--verdict", help="Only this verdict.")]
SinceOption = Annotated[datetime | None, typer.Option("--since", help="Only from this local time on.")]


class Format(StrEnum):
    """What `export` writes."""

    CSV = "csv"
    XLSX = "xlsx"


@app.command("list")
def list_records(
    data: WhereOption = None,
    case: CaseOption = None,
    sku: SkuOption = None,
    verdict: VerdictOption = None,
    since: SinceOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help="At most so many.")] = 20,
    machine: JsonOption = False,
) -> None:
    """List records, newest first.

    Examples: `shellmark records list --data out` · `shellmark records list --verdict FAIL --json`
    """
    reader = open_reader(data)
    try:
        found = reader.find(limit=limit, **_search(case, sku, verdict, since))
    finally:
        reader.close()
    if machine:
        print_json([record_json(record) for record in found])
        return
    print_table(("row", "time", "case", "sku", "verdict", "serial", "mark", "why"), (_line(record) for record in found))


@app.command()
def show(
    row: Annotated[int, typer.Argument(min=1, max=2**63 - 1, help="The record's row.")],
    data: WhereOption = None,
    machine: JsonOption = False,
) -> None:
    """Show one record with its reasons, defects, pictures and versions.

    Example: `shellmark records show 12 --data out`
    """
    reader = open_reader(data)
    try:
        record = reader.get(row)
    finally:
        reader.close()
    if machine:
        print_json(record_json(record))
        return
    for name, value in _facts(record):
        out.print(f"{name:12} {value}", markup=False, soft_wrap=True)


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="The file to write; its ending says the format.")],
    data: WhereOption = None,
    case: CaseOption = None,
    sku: SkuOption = None,
    verdict: VerdictOption = None,
    since: SinceOption = None,
) -> None:
    """Export records as CSV or XLSX; case, GTIN and serial stay text, so leading zeros stay.

    Examples: `shellmark records export shift.xlsx --data out` · `shellmark records export all.csv --sku gloss-vertical`
    """
    ending = path.suffix.lower().lstrip(".")
    if ending not in set(Format):
        raise typer.BadParameter(f"{path}: give a file ending in .csv or .xlsx")
    if not path.parent.is_dir():
        raise typer.BadParameter(f"{path}: its folder is missing: make it first")
    if path.is_dir():
        raise typer.BadParameter(f"{path} is a folder: give a file")
    write = write_csv if ending == Format.CSV else write_xlsx
    search = _search(case, sku, verdict, since)
    reader = open_reader(data)
    try:
        with progress("export", reader.size(**search)) as advance:
            count = write(reader.iterate(**search), path, progress=advance)
    finally:
        reader.close()
    out.print(f"{count} records in {path}", markup=False, soft_wrap=True)


def open_reader(data: Path | None) -> RecordReader:
    """A reader of the records of a data folder or of a configuration's station."""
    if data is not None and data.is_file():
        config = StationConfig.read(data)
        return RecordReader(config.url, config.images)
    folder = data or data_folder()
    return RecordReader(folder / "records.db", folder / "images")


def _search(case: str | None, sku: str | None, verdict: Verdict | None, since: datetime | None) -> Search:
    search: Search = {}
    if case is not None:
        search["case_id"] = case.encode("utf-8", "replace").decode()  # as records keep a name that is no text
    if sku is not None:
        search["sku"] = sku
    if verdict is not None:
        search["verdict"] = verdict
    if since is not None:
        search["since"] = moment_of(since)
    return search


def moment_of(since: datetime) -> datetime:
    """A local time as a moment."""
    try:
        return since.astimezone()
    except (ValueError, OverflowError, OSError) as e:
        raise typer.BadParameter(f"--since {since}: no such local time: give a date such as 2026-11-23") from e


def _line(record: Record) -> tuple[object, ...]:
    inspection = record.inspection
    why = str(record.disposition or "") or "; ".join(str(reason) for reason in inspection.reasons[:2])
    when = f"{record.recorded_at.astimezone():%Y-%m-%d %H:%M:%S}"
    serial = record.code.serial if record.code else ""
    mark = record.suspect or (f"master {record.master}" if record.master else "")
    return record.row, when, inspection.trigger.case_id, inspection.sku, record.verdict, serial, mark, why


def _facts(record: Record) -> list[tuple[str, object]]:
    inspection, versions = record.inspection, record.inspection.versions
    facts: list[tuple[str, object]] = [
        ("case", inspection.trigger.case_id),
        ("verdict", record.verdict),
        ("disposition", f"{record.disposition} {record.reason_code} {record.note}" if record.disposition else "-"),
        ("operator", record.operator or "-"),
        ("time", f"{record.recorded_at.astimezone():%Y-%m-%d %H:%M:%S %z}"),
        ("station", f"{record.station}, sequence {record.sequence}, row {record.row}"),
        ("code", f"{record.code.text} {record.code.state}" if record.code else "-"),
        ("previous", record.previous or "-"),
        ("master", record.master or "-"),
        ("suspect", record.suspect or "-"),
        ("program", versions.program),
        ("recipe", f"{versions.recipe} {versions.recipe_digest}"),
        ("model", f"{versions.model} {versions.model_digest}"),
        ("calibration", versions.calibration or "-"),
    ]
    facts += [("reason", reason) for reason in inspection.reasons]
    facts += [
        (
            "defect",
            f"{d.label} ({d.label_score:.0%}) zone {d.zone}: {d.length_mm:.1f} x {d.width_mm:.1f} mm, "
            f"diameter {d.diameter_mm:.1f} mm, at ({d.centre_mm[0]:.0f}, {d.centre_mm[1]:.0f}) mm, light {d.light}",
        )
        for d in inspection.defects
    ]
    return facts + [("picture", f"{image.kind} {image.view} {image.light} {image.path}") for image in record.images]
