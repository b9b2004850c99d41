"""`export` and `trace show` on a small real station, as files that other programs read back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from logged_station import PASSPHRASE, VARIABLE, edit, log_section
from openpyxl import load_workbook
from small_station import GTIN, Place
from typer.testing import CliRunner

from shellmark_inspect.app.checks import records_of
from shellmark_inspect.app.cli import app
from shellmark_inspect.errors import ConfigError, InputError
from shellmark_inspect.records import Proof, Records
from shellmark_inspect.station import Station
from shellmark_inspect.types import Disposition
from shellmark_trace import ExportError
from shellmark_trace.epcis import check_event, event_hash

RUNNER = CliRunner()
GLN = "6901234567892"
MAPPING = """
[[columns]]
name = "追溯码"
from = "serial"
[[columns]]
name = "GTIN"
from = "gtin"
[[columns]]
name = "结果"
from = "result"
words = { PASS = "合格", FAIL = "不合格", REWORK = "返工" }
[[columns]]
name = "工序"
value = "0900"
"""


def call(*arguments: object, code: int = 0) -> str:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.stdout


def failure(*arguments: object) -> BaseException:
    """What a command ends with; `main` makes one line and exit code 2 of it."""
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exception is not None
    return result.exception


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, noise_store: Path) -> Place:
    """A station that judged three cases, of which a person has decided about one; tests only read it."""
    place = Place(tmp_path_factory.mktemp("judged"), noise_store)
    place.fill(["good", "scratched", "good"])
    with Station(place.config()) as station:
        station.run()
        station.wait()
    folder = place.folder / "data"
    records = Records.open(folder / "records.db", folder / "images", station="st01", host="id.example.cn")
    records.overrule(2, Disposition.REWORK, operator="王", reason_code="polish")
    records.close()
    return place


@pytest.fixture
def data(judged: Place) -> Path:
    """Its data folder."""
    return judged.folder / "data"


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mes.toml"
    path.write_text(MAPPING, "utf-8")
    return path


def test_csv_in_a_plants_columns_keeps_zeros_and_words(data: Path, mapping: Path, tmp_path: Path) -> None:
    told = json.loads(call("export", "csv", tmp_path / "o.csv", "--data", data, "--map", mapping, "--json"))
    assert told == {"file": str(tmp_path / "o.csv"), "count": 4}
    assert (tmp_path / "o.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader((tmp_path / "o.csv").read_text("utf-8-sig").splitlines()))
    assert [row["结果"] for row in rows] == ["合格", "不合格", "合格", "返工"]
    assert {row["工序"] for row in rows} == {"0900"}
    assert rows[0]["GTIN"] == GTIN
    assert len(rows[0]["追溯码"]) == 13


def test_xlsx_in_a_plants_columns_keeps_zeros(data: Path, mapping: Path, tmp_path: Path) -> None:
    call("export", "xlsx", tmp_path / "o.xlsx", "--data", data, "--map", mapping)
    book = load_workbook(tmp_path / "o.xlsx")
    heading, first, *_ = book.active.iter_rows()
    assert [cell.value for cell in heading] == ["追溯码", "GTIN", "结果", "工序"]
    assert [(cell.data_type, cell.number_format) for cell in first] == [("s", "@")] * 4
    assert (first[1].value, first[3].value) == (GTIN, "0900")


def test_jsonl_is_whole_without_a_mapping_and_flat_with_one(data: Path, mapping: Path, tmp_path: Path) -> None:
    call("export", "jsonl", tmp_path / "o.jsonl", "--data", data)
    whole = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text("utf-8").splitlines()]
    assert [row["row"] for row in whole] == [1, 2, 3, 4]
    assert whole[1]["defects"]
    call("export", "jsonl", tmp_path / "o.jsonl", "--data", data, "--map", mapping, "--sku", "noise")
    flat = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text("utf-8").splitlines()]
    assert flat[0]["GTIN"] == GTIN
    assert call("export", "jsonl", tmp_path / "o.jsonl", "--data", data, "--sku", "silk").startswith("0 rows in ")


def test_epcis_is_one_document_whose_events_have_their_own_names(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "e.jsonld"
    options = ("--data", data, "--gln", GLN, "--host", "id.example.cn", "--offset", "+08:00")
    assert call("export", "epcis", file, *options).startswith("4 EPCIS events in ")
    whole = json.loads(file.read_text("utf-8"))
    events = whole["epcisBody"]["eventList"]
    assert [event["disposition"] for event in events] == [
        "conformant",
        "non_conformant",
        "conformant",
        "non_conformant",
    ]
    for event in events:
        check_event(event)
        assert event["eventID"] == event_hash(event, {"shellmark": "https://id.example.cn/epcis/"})
        assert event["readPoint"] == {"id": f"https://id.gs1.org/414/{GLN}/254/st01"}
    assert call("export", "epcis", file, *options, "--sku", "silk").startswith("0 EPCIS events")
    assert call("export", "epcis", file, *options, "--since", "2126-01-01").startswith("0 EPCIS events")


def test_epcis_by_file_names_events_as_the_live_output_does(judged: Place, tmp_path: Path) -> None:
    output = {"kind": "epcis", "url": "https://x", "host": "brand.example", "gln": GLN, "offset": "+08:00"}
    config = judged.write_config(outputs={"brand": output})
    file = tmp_path / "e.jsonld"
    call("export", "epcis", file, "--data", config)
    event = json.loads(file.read_text("utf-8"))["epcisBody"]["eventList"][0]
    assert event["epcList"][0].startswith("https://brand.example/shell/")
    assert event["eventTimeZoneOffset"] == "+08:00"
    call("export", "epcis", file, "--data", config, "--host", "id.example.cn")
    event = json.loads(file.read_text("utf-8"))["epcisBody"]["eventList"][0]
    assert event["epcList"][0].startswith("https://id.example.cn/shell/")


def test_bad_input_of_an_export_is_one_line_and_writes_nothing(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[[columns]]\nname = "a"\nfrom = "colour"\n', "utf-8")
    for kind in ("csv", "xlsx", "jsonl"):
        found = failure("export", kind, file, "--data", data, "--map", wrong)
        assert isinstance(found, ExportError)
        assert "there is no field 'colour'" in str(found)
        assert isinstance(failure("export", kind, tmp_path / "no" / "o", "--data", data), InputError)
    assert "wrong check digit" in str(failure("export", "epcis", file, "--data", data, "--gln", "6901234567893"))
    assert "no distance from UTC" in str(failure("export", "epcis", file, "--data", data, "--offset", "8"))
    assert "there is no database" in str(failure("export", "epcis", file, "--data", tmp_path / "none"))
    assert not file.exists()


def test_the_story_of_a_case_is_on_one_screen(data: Path) -> None:
    text = call("trace", "show", "002-scratched.png", "--data", data)
    for part in (
        "case 002-scratched.png",
        "FAIL",
        "zone A allows 2.0",
        "model noise/1 sha256:",
        "recipe noise sha256:",
    ):
        assert part in text
    for part in ("calibration -", "picture crop front", "decision REWORK polish", "by 王", "leaf ", " holds"):
        assert part in text
    told = json.loads(call("trace", "show", "001-good.png", "--data", data, "--json"))
    serial = told["codes"][0]["serial"]
    assert told["codes"][0]["steps"][0]["after"] == "RESERVED"
    assert told["records"][0]["leaf"]["state"] == "holds"
    again = json.loads(call("trace", "show", f"https://x.y/01/{GTIN}/21/{serial.lower()}", "--data", data, "--json"))
    assert again == told


def test_an_unknown_case_is_one_line_with_what_is_near(data: Path) -> None:
    found = failure("trace", "show", "scratched", "--data", data)
    assert isinstance(found, InputError)
    assert "near are 002-scratched.png" in str(found)


def test_the_story_says_whether_the_published_log_has_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    place.fill(["good"])
    config = place.write_config(log=log_section(place))
    with Station(place.config(log=log_section(place))) as station:
        station.run()
        station.wait()
    call("log", "publish", config)
    assert "in the signed log of 2 leaves" in call("trace", "show", "001-good.png", "--data", config)
    database = place.folder / "data" / "records.db"
    records = Records.open(database, place.folder / "data" / "images", station="st01", host="id.example.cn")
    records.overrule(1, Disposition.OK, operator="a", reason_code="b")
    records.close()
    text = call("trace", "show", "001-good.png", "--data", config)
    assert text.count("in the signed log of 2 leaves") == 2
    assert text.count("not published yet") == 1
    edit(database, ('UPDATE log_leaves SET hash = ? WHERE "index" = 1', (b"\0" * 32,)))
    text = call("trace", "show", "001-good.png", "--data", config)
    assert "edited, NOT in the published log: leaf 1 is published with another entry" in text
    (place.folder / "log.key").unlink()
    assert "the published log cannot be read" in call("trace", "show", "001-good.png", "--data", config)


def test_outputs_that_had_nothing_yet_are_listed(judged: Place, tmp_path: Path) -> None:
    config = judged.write_config(outputs={"events": {"kind": "jsonl", "path": "e.jsonl"}})
    text = call("trace", "show", "002-scratched.png", "--data", config)
    assert "target events of st01: lacks 2 of this case's events (at 0)" in text
    broken = tmp_path / "broken.toml"
    broken.write_text("colour = 1\n", "utf-8")
    assert isinstance(failure("trace", "show", "x", "--data", broken), ConfigError)


def test_the_odometer_of_a_proven_label_is_told_in_words(place: Place) -> None:
    place.fill(["good", "good"])
    with Station(place.config()) as station:
        station.run()
        station.wait()
    with records_of(place.folder / "station.toml") as records:
        first, second = (one.serial for one in records.labels.waiting())
        for serial, before, after in ((first, 18231, 18232), (second, None, None)):
            records.labels.send(serial)
            records.labels.count(serial, before)
            text = next(one.text for one in records.labels.waiting() if one.serial == serial)
            records.labels.activate(serial, Proof(text, 0.9, after))
    shown = [call("trace", "show", serial, "--data", place.folder / "data") for serial in (first, second)]
    assert "odometer 18231 -> 18232" in shown[0]
    assert "printer does not count" in shown[1]
    assert not set("[]'{}") & set("".join(shown))
