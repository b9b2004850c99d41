"""Bad input to the command line: exit code 2 and one line that names what, where and what to do; never a traceback."""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from small_station import Place

from shellmark_inspect.app import main
from shellmark_inspect.station import Station

Case = Callable[[Place], list[str]]


@pytest.fixture(autouse=True)
def _same_logging_after() -> Iterator[None]:
    before = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:], logging.root.level = before


def call(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of the command line, run in this process as the console script runs it."""
    monkeypatch.setattr(sys, "argv", ["shellmark", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    code = ended.value.code
    assert code is None or isinstance(code, int)
    return code or 0


def recorded(place: Place) -> Path:
    """A place with one record in it; its data folder."""
    place.fill(["good"])
    with Station(place.config()) as station:
        station.trigger().result(30)
    return place.folder / "data"


def no_config(place: Place) -> list[str]:
    return ["run", str(place.folder / "none.toml"), "--headless"]


def bad_toml(place: Place) -> list[str]:
    path = place.folder / "station.toml"
    path.write_text("station = [")
    return ["run", str(path), "--headless"]


def not_text(place: Place) -> list[str]:
    path = place.folder / "station.toml"
    path.write_bytes(b"\xff\xfe\x00")
    return ["run", str(path), "--headless"]


def config_is_a_folder(place: Place) -> list[str]:
    return ["run", str(place.folder), "--headless"]


def unknown_key(place: Place) -> list[str]:
    return ["run", str(place.write_config(colour="red")), "--headless"]


def no_recipe(place: Place) -> list[str]:
    return ["run", str(place.write_config(recipes=["none.toml"])), "--headless"]


def recipe_with_unknown_key(place: Place) -> list[str]:
    return ["run", str(place.write_config(place.recipe(tint="red"))), "--headless"]


def recipe_with_impossible_limit(place: Place) -> list[str]:
    limits = [{"label": "scratch", "length_mm": 1.0, "width_mm": 2.0}]
    return ["run", str(place.write_config(place.recipe(limits=limits))), "--headless"]


def no_screen(place: Place) -> list[str]:
    return ["gui", str(place.write_config())]


def more_than_there_can_be(place: Place) -> list[str]:
    return ["records", "list", "--data", str(recorded(place)), "--limit", "9" * 20]


def before_all_time(place: Place) -> list[str]:
    return ["records", "list", "--data", str(recorded(place)), "--since", "0001-01-01"]


def a_row_there_cannot_be(place: Place) -> list[str]:
    return ["records", "show", "9" * 20, "--data", str(recorded(place))]


def no_folder(place: Place) -> list[str]:
    return ["run", str(place.write_config()), "--headless"]


def unknown_sku(place: Place) -> list[str]:
    return ["run", str(place.write_config()), "--headless", "--sku", "silk"]


def unknown_camera_kind(place: Place) -> list[str]:
    return ["run", str(place.write_config(cameras={"front": {"kind": "eye"}})), "--headless"]


def unknown_output_kind(place: Place) -> list[str]:
    return ["run", str(place.write_config(outputs={"plc": {"kind": "fax"}})), "--headless"]


def wrong_digest(place: Place) -> list[str]:
    place.fill(["good"])
    return ["run", str(place.write_config(place.recipe(model_digest="sha256:" + "0" * 64))), "--headless"]


def no_model(place: Place) -> list[str]:
    return ["run", str(place.write_config(place.recipe(model="silk"))), "--headless"]


def newer_database(place: Place) -> list[str]:
    data = recorded(place)
    with closing(sqlite3.connect(data / "records.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.commit()
    return ["run", str(place.folder / "station.toml"), "--headless"]


def newer_database_to_read(place: Place) -> list[str]:
    newer_database(place)
    return ["records", "list", "--data", str(place.folder / "data")]


def database_is_something_else(place: Place) -> list[str]:
    (place.folder / "data").mkdir()
    (place.folder / "data" / "records.db").write_text(
        "a shopping list, long enough to be looked at by the library\n" * 9
    )
    return ["records", "list", "--data", str(place.folder / "data")]


def no_database(place: Place) -> list[str]:
    return ["records", "list", "--data", str(place.folder / "nowhere")]


def no_such_record(place: Place) -> list[str]:
    return ["records", "show", "999", "--data", str(recorded(place))]


def record_zero(place: Place) -> list[str]:
    return ["records", "show", "0", "--data", str(place.folder)]


def export_to_text(place: Place) -> list[str]:
    return ["records", "export", str(place.folder / "out.txt"), "--data", str(recorded(place))]


def export_into_no_folder(place: Place) -> list[str]:
    return ["records", "export", str(place.folder / "none" / "out.csv"), "--data", str(recorded(place))]


def export_over_a_folder(place: Place) -> list[str]:
    (place.folder / "out.xlsx").mkdir()
    return ["records", "export", str(place.folder / "out.xlsx"), "--data", str(recorded(place))]


def impossible_time(place: Place) -> list[str]:
    return ["records", "list", "--since", "yesterday", "--data", str(place.folder)]


def impossible_verdict(place: Place) -> list[str]:
    return ["records", "list", "--verdict", "MAYBE", "--data", str(place.folder)]


def no_cases_wanted(place: Place) -> list[str]:
    return ["demo", "--headless", "--cases", "0"]


def unknown_sample(place: Place) -> list[str]:
    return ["demo", "--headless", "--sku", "silk", "--data", str(place.folder)]


def unknown_command(place: Place) -> list[str]:
    return ["rn"]


def unknown_option(place: Place) -> list[str]:
    return ["run", "--fast", "x.toml"]


def missing_argument(place: Place) -> list[str]:
    return ["run"]


def doctor_without_config(place: Place) -> list[str]:
    return ["doctor", str(place.folder / "none.toml")]


def train_from_nothing(place: Place) -> list[str]:
    return ["train", str(place.folder / "none"), "--out", str(place.folder / "b")]


def train_from_no_manifest(place: Place) -> list[str]:
    return ["train", str(place.folder / "none.json"), "--out", str(place.folder / "b")]


def train_from_a_bad_manifest(place: Place) -> list[str]:
    (place.folder / "m.json").write_text('{"cases": 7}')
    return ["train", str(place.folder / "m.json"), "--recipe", str(place.recipe()), "--store", str(place.folder / "s")]


def train_with_no_such_recipe(place: Place) -> list[str]:
    place.fill(["good"] * 3)
    none = str(place.folder / "none.toml")
    return ["train", str(place.cases), "--recipe", none, "--out", str(place.folder / "b")]


def train_to_nowhere(place: Place) -> list[str]:
    return ["train", str(place.folder)]


def train_over_a_bundle(place: Place) -> list[str]:
    place.fill(["good"] * 3)
    return ["train", str(place.cases), "--out", str(place.folder)]


def train_from_two_goods(place: Place) -> list[str]:
    place.fill(["good"] * 2)
    return ["train", str(place.cases), "--out", str(place.folder / "b")]


def train_without_a_stranger(place: Place) -> list[str]:
    place.fill(["good"] * 3)
    return ["train", str(place.cases), "--out", str(place.folder / "b"), "--without", "nobody.png"]


def continue_from_nothing(place: Place) -> list[str]:
    place.fill(["good"] * 3)
    return ["train", str(place.cases), "--continue", str(place.folder / "none"), "--out", str(place.folder / "b")]


def train_an_unknown_family(place: Place) -> list[str]:
    place.fill(["good"] * 3)
    return ["train", str(place.cases), "--out", str(place.folder / "b"), "--family", "tea-leaves"]


def train_an_imported_family(place: Place) -> list[str]:
    place.fill(["good"] * 3)
    return ["train", str(place.cases), "--out", str(place.folder / "b"), "--family", "imported"]


def train_an_imported_family_of_nothing(place: Place) -> list[str]:
    return ["train", str(place.folder / "none"), "--out", str(place.folder / "b"), "--family", "imported"]


def train_a_family_that_only_names(place: Place) -> list[str]:
    place.fill(["good"] * 3)
    return ["train", str(place.cases), "--out", str(place.folder / "b"), "--family", "classifier"]


def key_with_too_long_a_name(place: Place) -> list[str]:
    return ["keys", "init", "root", "li", "k" * 300]


CASES: list[tuple[Case, str]] = [
    (no_config, "none.toml is missing: see docs/station.md"),
    (bad_toml, "mend the file, see docs/station.md"),
    (not_text, "station.toml cannot be read"),
    (config_is_a_folder, "is a folder: give its file"),
    (unknown_key, "station.toml: colour: unknown key: mend its name or take it out"),
    (no_recipe, "none.toml is missing: give a recipe"),
    (recipe_with_unknown_key, "noise.toml: tint: unknown key"),
    (recipe_with_impossible_limit, "impossible: width 2.0 over length 1.0"),
    (no_folder, "cases is missing: put it there"),
    (unknown_sku, "no recipe for SKU silk: there are noise"),
    (unknown_camera_kind, "camera front: kind 'eye' is unknown: say one of folder"),
    (unknown_output_kind, "output plc: kind 'fax' is unknown: say one of jsonl"),
    (wrong_digest, "the recipe wants sha256:0000"),
    (no_model, "silk"),
    (newer_database, "has schema 9999, this program knows up to"),
    (newer_database_to_read, "has schema 9999, this program knows up to"),
    (database_is_something_else, "records.db is no database: move it away"),
    (no_database, "run a station first"),
    (no_such_record, "`shellmark records list` shows those there are"),
    (record_zero, "see shellmark records show --help"),
    (export_to_text, "ending in .csv or .xlsx"),
    (export_into_no_folder, "its folder is missing: make it first"),
    (export_over_a_folder, "out.xlsx is a folder"),
    (impossible_time, "'--since'"),
    (impossible_verdict, "'MAYBE' is not one of 'PASS', 'FAIL', 'REVIEW'"),
    (no_cases_wanted, "'--cases'"),
    (unknown_sample, "silk"),
    (unknown_command, "Did you mean 'run'"),
    (unknown_option, "No such option: --fast"),
    (missing_argument, "see shellmark run --help"),
    (no_screen, "no screen for the window: set DISPLAY"),
    (more_than_there_can_be, "--limit"),
    (a_row_there_cannot_be, "row"),
    (before_all_time, "no such local time: give a date"),
    (doctor_without_config, "none.toml is missing"),
    (key_with_too_long_a_name, "File name too long: give another file"),
    (train_from_nothing, "none is missing"),
    (train_from_no_manifest, "none.json is missing"),
    (train_from_a_bad_manifest, "m.json cannot be read"),
    (train_with_no_such_recipe, "none.toml is missing: give a recipe"),
    (train_to_nowhere, "say where the bundle goes"),
    (train_over_a_bundle, "exists: a bundle is never overwritten"),
    (train_from_two_goods, "2 good case(s): at least 3 are needed, 20 to 30 are useful"),
    (train_without_a_stranger, "there is no such case"),
    (continue_from_nothing, "none is no folder: give the folder that train wrote"),
    (
        train_an_unknown_family,
        "'tea-leaves' cannot be taught here; choose one of: classical, memory, memory-lean, registered",
    ),
    (train_an_imported_family, "use `shellmark models import FILE --goods DIR` instead"),
    (train_an_imported_family_of_nothing, "use `shellmark models import FILE --goods DIR` instead"),
    (train_a_family_that_only_names, "use `shellmark names CROPS --recipe RECIPE` instead"),
]


@pytest.mark.parametrize(("case", "says"), CASES, ids=[case.__name__ for case, _ in CASES])
def test_bad_input_is_one_line_and_exit_code_2(
    case: Case, says: str, place: Place, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HEADLESS", "1")
    arguments = case(place)
    capfd.readouterr()
    code = call(arguments, monkeypatch)
    told = capfd.readouterr().err
    assert code == 2, told
    assert "Traceback" not in told
    lines = [line for line in told.splitlines() if line.strip()]
    assert len(lines) == 1, told
    assert lines[0].startswith("shellmark: ")
    assert says in lines[0]


def test_a_database_in_use_says_by_whom(
    place: Place, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place.fill(["good"])
    with Station(place.config()):
        assert call(["run", str(place.folder / "station.toml"), "--headless"], monkeypatch) == 2
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "is in use by station st01" in lines[0]
    assert "stop that station first" in lines[0]


def test_no_command_is_answered_with_the_help(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert call([], monkeypatch) == 2
    out, err = capfd.readouterr()
    assert "Examples" in out
    assert err.strip() == ""
