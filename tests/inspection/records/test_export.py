"""Exports: text stays text, nothing a person typed becomes a formula, memory stays bounded."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from shellmark_inspect.errors import RecordsError
from shellmark_inspect.records import COLUMNS, TEXT_COLUMNS, export, record_json, write_csv, write_xlsx
from shellmark_inspect.types import Code, Disposition, Inspection, Record, Verdict

Make = Callable[..., Inspection]
GTIN = "06901234567892"
SERIAL = "0012345E67890"


@pytest.fixture
def records(sqlite: Any, inspection: Make) -> list[Record]:
    station = sqlite.open()
    station.store(sqlite.begin(station, inspection(1, "00012")), gtin=GTIN, operator="王")
    station.store(sqlite.begin(station, inspection(2, "=1+1", Verdict.FAIL)), gtin=GTIN)
    station.overrule(
        2, Disposition.REWORK, operator="p", reason_code="polish", note='=HYPERLINK("x")\x07, "two"\nlines'
    )
    first, *rest = sqlite.reader().iterate()
    code = Code(SERIAL, f"HTTPS://ID.EXAMPLE.CN/01/{GTIN}/21/{SERIAL}", "RESERVED")
    return [replace(first, code=code), *rest]


def test_csv_is_utf8_with_a_mark_and_keeps_leading_zeros(records: list[Record], tmp_path: Path) -> None:
    seen: list[int] = []
    assert write_csv(records, tmp_path / "o.csv", progress=seen.append) == 3
    assert (tmp_path / "o.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert seen == [1, 2, 3]
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second, third = csv.DictReader(file)
    assert (first["gtin"], first["serial"], first["case_id"]) == (GTIN, SERIAL, "00012")
    assert first["operator"] == "王"
    assert second["reasons"] == "scratch length 12.4 mm, zone A allows 5.0"
    assert second["longest_mm"] == "12.4"
    assert second["case_id"] == "'=1+1"
    assert third["note"] == '\'=HYPERLINK("x")\x07, "two"\nlines'
    assert third["disposition"] == "REWORK"


def test_csv_for_a_spreadsheet_marks_its_texts(records: list[Record], tmp_path: Path) -> None:
    write_csv(records, tmp_path / "o.csv", spreadsheet=True)
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))
    assert {name for name, cell in first.items() if cell.endswith("\t")} == TEXT_COLUMNS - {"order", "batch"}  # empty


def test_xlsx_holds_text_as_text(records: list[Record], tmp_path: Path) -> None:
    assert write_xlsx(records, tmp_path / "o.xlsx") == 3
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    heading, first, second, third = book["records"].iter_rows()
    assert [cell.value for cell in heading] == list(COLUMNS)
    at = {name: place for place, name in enumerate(COLUMNS)}
    for name, due in (("gtin", GTIN), ("serial", SERIAL), ("case_id", "00012")):
        cell = first[at[name]]
        assert (cell.value, cell.data_type, cell.number_format) == (due, "s", "@")
    assert second[at["case_id"]].value == "=1+1"
    assert second[at["case_id"]].data_type == "s"
    assert third[at["note"]].data_type == "s"
    assert "\x07" not in third[at["note"]].value
    assert second[at["longest_mm"]].value == 12.4


def test_a_json_row_is_json(records: list[Record]) -> None:
    for record in records:
        row = record_json(record)
        assert json.loads(json.dumps(row, allow_nan=False)) == row
    first, second, third = (record_json(record) for record in records)
    assert first["code"] == {"serial": SERIAL, "gtin": GTIN, "text": records[0].code.text, "state": "RESERVED"}  # type: ignore[union-attr]
    assert second["reasons"][0]["text"] == "scratch length 12.4 mm, zone A allows 5.0"
    assert second["defects"][0]["centre_mm"] == [12.5, 30.25]
    assert third["previous"] == second["row"]
    assert second["images"][0]["file"].count("/") == 1


def test_an_export_that_cannot_be_written_is_one_clear_line(records: list[Record], tmp_path: Path) -> None:
    for write in (write_csv, write_xlsx):
        with pytest.raises(RecordsError, match="nowhere"):
            write(records, tmp_path / "nowhere" / "o")


def test_a_sheet_has_an_end(records: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SHEET_ROWS", 2)
    with pytest.raises(RecordsError, match="use CSV"):
        write_xlsx(records, tmp_path / "o.xlsx")


def test_an_export_that_breaks_off_leaves_the_old_one(records: list[Record], tmp_path: Path) -> None:
    def broken() -> Any:
        yield records[0]
        raise RecordsError("the database went away")

    for write in (write_csv, write_xlsx):
        path = tmp_path / write.__name__
        path.write_text("the old one")
        with pytest.raises(RecordsError, match="went away"):
            write(broken(), path)
        assert path.read_text() == "the old one"
        assert not list(tmp_path.glob("*.part"))


def test_records_are_written_as_they_come(records: list[Record], tmp_path: Path) -> None:
    taken, written = 0, 0

    def feed() -> Any:
        nonlocal taken
        for _ in range(50):
            taken += 1
            assert taken - written <= 1, "records pile up"
            yield records[0]

    def progress(count: int) -> None:
        nonlocal written
        written = count

    for write in (write_csv, write_xlsx):
        taken = written = 0
        assert write(feed(), tmp_path / "o", progress=progress) == 50
