"""Records for others: JSON lines, CSV and XLSX, streamed; GTIN, serial and case id stay text."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from shellmark_inspect.errors import RecordsError
from shellmark_inspect.types import Defect, ImageRef, Reason, Record
from shellmark_trace import parse_link
from shellmark_trace.columns import FIELDS, TEXT_FIELDS, Table, plain_table
from shellmark_trace.epcis import Plant, events_of, write_document

from .database import mapped
from .ledger import Event
from .rows import plain

Progress = Callable[[int], None]
"""Told how many records have been written so far."""

SHEET_ROWS = 1_048_575
"""Records one sheet can hold below its heading."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def record_json(record: Record) -> dict[str, Any]:
    """A record as plain JSON values: times as ISO 8601 UTC, what is not finite as None, pictures by digest."""
    inspection = record.inspection
    found: dict[str, Any] = plain(
        {
            "row": record.row,
            "sequence": record.sequence,
            "station": record.station,
            "recorded_at": record.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "trigger": inspection.trigger.number,
            "case_id": inspection.trigger.case_id,
            "sku": inspection.sku,
            "verdict": inspection.verdict,
            "disposition": record.disposition,
            "operator": record.operator,
            "reason_code": record.reason_code,
            "note": record.note,
            "previous": record.previous,
            "master": record.master or None,
            "suspect": record.suspect or None,
            "order": record.order or None,
            "batch": record.batch or None,
            "scores": inspection.scores,
            "timings_ms": inspection.timings_ms,
            "notes": inspection.notes,
            "versions": {name: getattr(inspection.versions, name) for name in inspection.versions.__slots__},
        }
    )
    found["code"] = _code_json(record)
    found["reasons"] = [
        plain({"code": reason.code, "text": _sentence(reason), "values": reason.values, "defect": reason.defect})
        for reason in inspection.reasons
    ]
    found["defects"] = [_defect_json(defect) for defect in inspection.defects]
    found["images"] = [_image_json(image) for image in record.images]
    return found


def _sentence(reason: Reason) -> str:
    try:
        return str(reason)
    except (KeyError, ValueError, TypeError):  # a reason whose values do not fit its sentence must not cost the record
        return f"{reason.code}: {dict(reason.values)}"


def _code_json(record: Record) -> dict[str, str] | None:
    if record.code is None:
        return None
    gtin = parse_link(record.code.text).gtin
    return {"serial": record.code.serial, "gtin": gtin, "text": record.code.text, "state": record.code.state}


def _defect_json(defect: Defect) -> dict[str, Any]:
    names = ("view", "zone", "label", "label_score", "score", "length_mm", "width_mm", "diameter_mm", "area_mm2")
    rest = {"uncertainty_mm": defect.uncertainty_mm, "light": defect.light}
    found: dict[str, Any] = plain({name: getattr(defect, name) for name in names} | rest)
    found["centre_mm"] = [plain(float(value)) for value in defect.centre_mm]
    return found


def _image_json(image: ImageRef) -> dict[str, Any]:
    names = ("kind", "view", "light", "digest", "defect")
    found: dict[str, Any] = plain({name: getattr(image, name) for name in names})
    return found | {"file": f"{image.path.parent.name}/{image.path.name}"}


COLUMNS = tuple(FIELDS)
"""The columns of an export without a mapping, in order."""

TEXT_COLUMNS = TEXT_FIELDS
"""Columns a spreadsheet would take for numbers."""


def write_csv(
    records: Iterable[Record],
    path: Path,
    *,
    table: Table | None = None,
    progress: Progress | None = None,
    spreadsheet: bool = False,
) -> int:
    """Write records as CSV in UTF-8 with a byte order mark; how many rows.

    `table` says the columns, every field where it is left out. With `spreadsheet`, text columns end in a tab, which
    keeps Excel and WPS from taking them for numbers and dropping their leading zeros; other readers must strip it. A
    cell a spreadsheet would run as a formula gets an apostrophe.

    Raises:
        ExportError: a cell cannot be made.
        RecordsError: the file cannot be written.
    """
    table = table or plain_table()
    mark = "\t" if spreadsheet or table.spreadsheet else ""
    marked = [bool(mark) and name in table.text_names for name in table.names]
    count = 0
    with _whole(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        out.writerow([_harmless(name) for name in table.names])
        for count, told in enumerate(_wanted(records, table, progress), 1):  # noqa: B007 - it comes back
            cells = [_harmless(cell) for cell in table.row(told)]
            out.writerow(
                f"{cell}{mark}" if is_marked and cell else cell for cell, is_marked in zip(cells, marked, strict=True)
            )
    return count


def write_xlsx(
    records: Iterable[Record], path: Path, *, table: Table | None = None, progress: Progress | None = None
) -> int:
    """Write records as one sheet of a workbook, every text as text; how many rows.

    Raises:
        ExportError: a cell cannot be made.
        RecordsError: the file cannot be written, or there are more rows than a sheet holds.
    """
    table = table or plain_table()
    count = 0
    with _whole(path) as part, part.open("wb") as file:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("records")
        sheet.freeze_panes = "A2"
        try:
            sheet.append([_cell(sheet, name) for name in table.names])
            for count, told in enumerate(_wanted(records, table, progress), 1):
                if count > SHEET_ROWS:
                    raise RecordsError(
                        f"export {path}: a sheet holds {SHEET_ROWS} records: narrow the time, or use CSV"
                    )
                sheet.append([_cell(sheet, cell) for cell in table.row(told)])
            book.save(file)
        finally:
            if not sheet.closed:
                sheet.close()
    return count


def write_jsonl(
    records: Iterable[Record], path: Path, *, table: Table | None = None, progress: Progress | None = None
) -> int:
    """Write records as JSON, one a line, in UTF-8: whole as `record_json`, or a mapping's columns; how many.

    Raises:
        ExportError: a cell cannot be made.
        RecordsError: the file cannot be written.
    """
    count = 0
    with _whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for count, told in enumerate(_wanted(records, table or plain_table(), progress), 1):  # noqa: B007
            file.write(json.dumps(told if table is None else table.named(told), ensure_ascii=False, allow_nan=False))
            file.write("\n")
    return count


def write_epcis(
    told: Iterable[Event], path: Path, plant: Plant, created: datetime, *, progress: Progress | None = None
) -> int:
    """Write what the outbox told as one EPCIS document; how many EPCIS events.

    Raises:
        ExportError: something told cannot be an EPCIS event.
        RecordsError: the file cannot be written.
    """
    with _whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        return write_document(_as_epcis(told, plant, progress), plant, created, file)


def _as_epcis(told: Iterable[Event], plant: Plant, progress: Progress | None) -> Iterator[Mapping[str, Any]]:
    for count, event in enumerate(told, 1):
        yield from events_of(event.kind, event.payload, plant)
        if progress is not None:
            progress(count)


def _wanted(records: Iterable[Record], table: Table, progress: Progress | None) -> Iterator[Mapping[str, Any]]:
    """The records a table has rows for, as JSON; one is read when the one before is written."""
    for count, record in enumerate(records, 1):
        told = record_json(record)
        if table.wants(told):
            yield told
        if progress is not None:
            progress(count)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file beside the path that takes its place when everything is written, and goes when not."""
    part = path.with_name(f"{path.name}.part")
    with mapped("export", path):
        try:
            yield part
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _cell(sheet: Any, value: str | int | float | None) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, _CONTROL.sub("�", value))
    cell.data_type = "s"  # otherwise a text that begins with "=" becomes a formula
    cell.number_format = "@"
    return cell


def _harmless(value: str | int | float | None) -> str | int | float | None:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
