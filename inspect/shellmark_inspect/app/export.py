"""`shellmark export`: records for other systems, as EPCIS events or as tables in a plant's own columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from shellmark_inspect.app.files import check_writable
from shellmark_inspect.app.printing import JsonOption, out, print_json, progress
from shellmark_inspect.app.records import SinceOption, SkuOption, WhereOption, moment_of, open_reader
from shellmark_inspect.outputs import EpcisSettings, read_output_settings
from shellmark_inspect.records import RecordReader, Search, write_csv, write_epcis, write_jsonl, write_xlsx
from shellmark_inspect.station import StationConfig
from shellmark_trace.columns import Table, plain_table, read_table
from shellmark_trace.epcis import Plant

app = typer.Typer(no_args_is_help=True, help="Records for other systems: EPCIS events, or tables in your own columns.")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.", show_default=False)]
MapOption = Annotated[
    Path | None, typer.Option("--map", help="A column mapping (TOML), see docs/exports.md. Default: every field.")
]


@app.command()
def epcis(
    file: FileArgument,
    data: WhereOption = None,
    since: SinceOption = None,
    sku: SkuOption = None,
    gln: Annotated[str, typer.Option("--gln", help="The plant's 13-digit GLN; without it no place is named.")] = "",
    host: Annotated[str, typer.Option("--host", help="The domain private names of shells begin with.")] = "",
    offset: Annotated[str, typer.Option("--offset", help="Local time's distance from UTC, such as +08:00.")] = "",
    machine: JsonOption = False,
) -> None:
    """Write inspections, decisions and steps of codes as one EPCIS 2.0 document (JSON-LD).

    What is left out is taken from the configuration's output of kind "epcis", so that both name events alike.

    Examples: `shellmark export epcis events.jsonld --data station.toml` ·
    `shellmark export epcis events.jsonld --data out --host id.example.cn --gln 6901234567892 --offset +08:00`
    """
    check_writable(file)
    plant = _plant(data, gln=gln, host=host, offset=offset)
    asked: dict[str, Any] = {"since": None if since is None else moment_of(since), "sku": sku}
    with _reading(data) as reader:
        told = reader.tellings()
        with progress("export", told.size(**asked)) as advance:
            count = write_epcis(told.iterate(**asked), file, plant, datetime.now(UTC), progress=advance)
    _say(file, count, "EPCIS events", machine=machine)


@app.command("csv")
def as_csv(
    file: FileArgument,
    data: WhereOption = None,
    since: SinceOption = None,
    sku: SkuOption = None,
    columns: MapOption = None,
    machine: JsonOption = False,
) -> None:
    """Write records as CSV in UTF-8 with a byte order mark; case, GTIN and serial stay text.

    Example: `shellmark export csv mes.csv --data out --map mes.toml`
    """
    _write(write_csv, file, data, since, sku, _table(columns), machine=machine)


@app.command("xlsx")
def as_xlsx(
    file: FileArgument,
    data: WhereOption = None,
    since: SinceOption = None,
    sku: SkuOption = None,
    columns: MapOption = None,
    machine: JsonOption = False,
) -> None:
    """Write records as a workbook of one sheet; every text is a text cell, so leading zeros stay.

    Example: `shellmark export xlsx shift.xlsx --data out --since 2026-11-23`
    """
    _write(write_xlsx, file, data, since, sku, _table(columns), machine=machine)


@app.command("jsonl")
def as_jsonl(
    file: FileArgument,
    data: WhereOption = None,
    since: SinceOption = None,
    sku: SkuOption = None,
    columns: MapOption = None,
    machine: JsonOption = False,
) -> None:
    """Write records as JSON, one a line: whole, or in the columns of a mapping.

    Example: `shellmark export jsonl all.jsonl --data out`
    """
    _write(write_jsonl, file, data, since, sku, None if columns is None else read_table(columns), machine=machine)


def _table(columns: Path | None) -> Table:
    return plain_table() if columns is None else read_table(columns)


def _write(
    write: Any,
    file: Path,
    data: Path | None,
    since: datetime | None,
    sku: str | None,
    table: Table | None,
    *,
    machine: bool,
) -> None:
    check_writable(file)
    search: Search = {"sku": sku, "since": None if since is None else moment_of(since)}
    with _reading(data) as reader, progress("export", reader.size(**search)) as advance:
        count = write(reader.iterate(**search), file, table=table, progress=advance)
    _say(file, count, "rows", machine=machine)


def _say(file: Path, count: int, what: str, *, machine: bool) -> None:
    if machine:
        print_json({"file": str(file), "count": count})
        return
    out.print(f"{count} {what} in {file}", markup=False, soft_wrap=True)


def _plant(data: Path | None, *, gln: str, host: str, offset: str) -> Plant:
    """What the command line says of the plant, over what the configuration says, over the configuration's host."""
    found = Plant(host=host or "EXAMPLE.COM", gln=gln, offset=offset)
    if data is None or not data.is_file():
        return found
    config = StationConfig.read(data)
    told = [read_output_settings(name, settings, config.folder) for name, settings in config.outputs.items()]
    kept = next((one.plant for one in told if isinstance(one, EpcisSettings)), Plant(host=config.host))
    return Plant(
        host=host or kept.host,
        gln=gln or kept.gln,
        offset=offset or kept.offset,
        station=kept.station,
        order=kept.order,
        lot=kept.lot,
        operators=kept.operators,
    )


@contextmanager
def _reading(data: Path | None) -> Iterator[RecordReader]:
    reader = open_reader(data)
    try:
        yield reader
    finally:
        reader.close()
