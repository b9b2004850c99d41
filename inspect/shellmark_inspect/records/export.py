"""Records for others: JSON, CSV and XLSX, streamed; GTIN, serial and case id stay text."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from types import MappingProxyType
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from shellmark_inspect.errors import RecordsError
from shellmark_inspect.types import Defect, ImageRef, Reason, Record
from shellmark_trace import parse_link

from .database import mapped
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


def _gtin(record: Record) -> str:
    return "" if record.code is None else parse_link(record.code.text).gtin


_COLUMNS: Mapping[str, Callable[[Record], str | int | float | None]] = MappingProxyType(
    {
        "row": lambda r: r.row,
        "sequence": lambda r: r.sequence,
        "station": lambda r: r.station,
        "recorded_at": lambda r: r.recorded_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "case_id": lambda r: r.inspection.trigger.case_id,
        "sku": lambda r: r.inspection.sku,
        "verdict": lambda r: str(r.verdict),
        "disposition": lambda r: str(r.disposition or ""),
        "reasons": lambda r: "; ".join(_sentence(reason) for reason in r.inspection.reasons),
        "defects": lambda r: len(r.inspection.defects),
        "longest_mm": lambda r: plain(max((float(d.length_mm) for d in r.inspection.defects), default=None)),
        "gtin": _gtin,
        "serial": lambda r: "" if r.code is None else r.code.serial,
        "code": lambda r: "" if r.code is None else r.code.text,
        "code_state": lambda r: "" if r.code is None else r.code.state,
        "operator": lambda r: r.operator,
        "reason_code": lambda r: r.reason_code,
        "note": lambda r: r.note,
        "previous": lambda r: r.previous,
        "pictures": lambda r: len(r.images),
        "program": lambda r: r.inspection.versions.program,
        "recipe": lambda r: r.inspection.versions.recipe,
        "recipe_digest": lambda r: r.inspection.versions.recipe_digest,
        "model": lambda r: r.inspection.versions.model,
        "model_digest": lambda r: r.inspection.versions.model_digest,
        "calibration": lambda r: r.inspection.versions.calibration,
        "master": lambda r: r.master,
        "suspect": lambda r: r.suspect,
        "order": lambda r: r.order,
        "batch": lambda r: r.batch,
    }
)

COLUMNS = tuple(_COLUMNS)
"""The columns of an export, in order."""

TEXT_COLUMNS = frozenset({"case_id", "gtin", "serial"})
"""Columns a spreadsheet would take for numbers."""


def write_csv(
    records: Iterable[Record], path: Path, *, progress: Progress | None = None, spreadsheet: bool = False
) -> int:
    """Write records as CSV in UTF-8 with a byte order mark; how many.

    With `spreadsheet`, text columns end in a tab, which keeps Excel and WPS from taking them for numbers and dropping
    their leading zeros; other readers must strip it. A cell a spreadsheet would run as a formula gets an apostrophe.

    Raises:
        RecordsError: the file cannot be written.
    """
    mark = "\t" if spreadsheet else ""
    count = 0
    with _whole(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        out.writerow(COLUMNS)
        for count, record in enumerate(records, 1):
            cells = {name: _harmless(read(record)) for name, read in _COLUMNS.items()}
            out.writerow(f"{cell}{mark}" if name in TEXT_COLUMNS and cell else cell for name, cell in cells.items())
            if progress is not None:
                progress(count)
    return count


def write_xlsx(records: Iterable[Record], path: Path, *, progress: Progress | None = None) -> int:
    """Write records as one sheet of a workbook, every text as text; how many.

    Raises:
        RecordsError: the file cannot be written, or there are more records than a sheet holds.
    """
    count = 0
    with _whole(path) as part, part.open("wb") as file:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("records")
        sheet.freeze_panes = "A2"
        try:
            sheet.append(list(COLUMNS))
            for count, record in enumerate(records, 1):
                if count > SHEET_ROWS:
                    raise RecordsError(
                        f"export {path}: a sheet holds {SHEET_ROWS} records: narrow the time, or use CSV"
                    )
                sheet.append([_cell(sheet, read(record)) for read in _COLUMNS.values()])
                if progress is not None:
                    progress(count)
            book.save(file)
        finally:
            if not sheet.closed:
                sheet.close()
    return count


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
