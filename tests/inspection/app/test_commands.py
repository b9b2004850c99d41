"""Every command of the command line, on a small real station."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import typer.main
from openpyxl import load_workbook
from small_station import GTIN, SIDE_PX, Place
from typer.testing import CliRunner

from shellmark_inspect.app.cli import COMMANDS as WORDS
from shellmark_inspect.app.cli import app
from shellmark_inspect.app.demo import demo_config
from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station import Station, samples_folder
from shellmark_models import ModelError, Store, bundle_roots

RUNNER = CliRunner()
COMMANDS = [
    (),
    ("demo",),
    ("run",),
    ("gui",),
    ("train",),
    ("names",),
    ("bench",),
    ("doctor",),
    ("records", "list"),
    ("records", "show"),
    ("records", "export"),
    ("checks", "due"),
    ("checks", "run"),
    ("checks", "list"),
    ("checks", "suspects"),
    ("checks", "clear"),
    ("checks", "work"),
    ("label", "preview"),
    ("label", "print-test"),
    ("label", "read"),
    *(("codes", name) for name in ("list", "ship", "return", "rework", "retire", "void", "suspect", "clear", "copied")),
    *(("codes", name) for name in ("claims", "relabel", "order", "roll", "reconcile")),
    ("drift", "show"),
    ("drift", "reset"),
    ("cameras", "list"),
    ("models", "list"),
    ("models", "import"),
    ("models", "show"),
    ("models", "check"),
    ("models", "gate"),
    ("models", "activate"),
    ("models", "rollback"),
    ("models", "shadow"),
    ("models", "diff"),
    ("models", "export"),
    ("models", "unpack"),
    ("calibrate", "board"),
    ("calibrate", "lens"),
    ("calibrate", "scale"),
    ("calibrate", "light"),
    ("calibrate", "colour"),
    ("calibrate", "check"),
    ("calibrate", "zones"),
    ("evidence",),
    ("calibrate", "checks"),
    *(("log", name) for name in ("check", "publish", "checkpoint", "key", "proof", "verify-proof", "witness")),
    ("export", "epcis"),
    ("export", "csv"),
    ("export", "xlsx"),
    ("export", "jsonl"),
    ("trace", "show"),
    ("log", "check"),
    ("log", "publish"),
    ("log", "checkpoint"),
    ("log", "key"),
    ("log", "proof"),
    ("log", "verify-proof"),
    ("log", "witness"),
    ("keys", "init"),
    ("keys", "draft"),
    ("keys", "rotate"),
    ("keys", "renew"),
    ("keys", "revoke"),
    ("keys", "sign"),
    ("keys", "list"),
    ("keys", "show"),
    ("keys", "tag"),
    ("manifest", "build"),
    ("manifest", "show"),
    ("verify", "text"),
    ("verify", "serve"),
    ("verify", "token"),
    ("verify", "pins"),
    ("verify", "proof"),
]


def call(*arguments: object, code: int = 0) -> str:
    """What a command prints."""
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.stdout


def call_json(*arguments: object, code: int = 0) -> Any:
    return json.loads(call(*arguments, "--json", code=code))


@pytest.fixture
def data(place: Place) -> Path:
    """The data folder of a station that judged three cases."""
    place.fill(["good", "scratched", "good"])
    with Station(place.config()) as station:
        station.run()
        station.wait()
    return place.folder / "data"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_shows_an_example(command: tuple[str, ...]) -> None:
    text = call(*command, "--help")
    assert re.search(r"Examples?:", text)
    assert "shellmark " + " ".join(command) in re.sub(r"\s+", " ", text)


def test_every_command_is_in_the_list_of_this_test() -> None:
    found = set()
    for name in WORDS:
        command = typer.main.get_command(app).get_command(None, name)  # type: ignore[attr-defined,arg-type]
        found |= {(name, below) for below in getattr(command, "commands", ())} or {(name,)}
    assert found == set(COMMANDS) - {()}


def test_a_command_loads_no_room_it_does_not_need() -> None:
    program = "import sys, shellmark_inspect.app.verify; print([name for name in sys.modules if 'shellmark' in name])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "shellmark_inspect.station" not in loaded
    assert "shellmark_models" not in loaded


def test_the_version_is_said() -> None:
    assert re.fullmatch(r"shellmark \d+\.\d+\.\d+\n", call("--version"))


def test_run_prints_a_line_per_case_and_a_summary(place: Place) -> None:
    place.fill(["good", "scratched", "good"])
    out = call("run", place.write_config(), "--headless")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["PASS", "FAIL", "PASS"]
    assert "HTTPS://EXAMPLE.COM/01/" in lines[0]
    assert "zone A allows 2.0" in lines[1]
    assert "3 cases  PASS 2  FAIL 1  REVIEW 0" in out
    assert re.search(r"p50 \d+ ms  p95 \d+ ms  p99 \d+ ms", out)
    assert str(place.folder / "data" / "records.db") in out


def test_run_as_json_is_json_and_nothing_else(place: Place) -> None:
    place.fill(["good", "scratched", "good"])
    told = call_json("run", place.write_config(), "--cases", "2")
    assert (told["cases"], told["PASS"], told["FAIL"], told["REVIEW"]) == (2, 1, 1, 0)
    assert set(told["ms"]) == {"p50", "p95", "p99"}
    assert {"steps", "infer", "judge"} <= set(told["stages_ms"])
    assert Path(told["images"]).is_dir()


def test_run_judges_a_bad_picture_as_review_and_ends_well(place: Place) -> None:
    place.fill(["good", "good"])[0].write_bytes(b"")
    told = call_json("run", place.write_config())
    assert (told["PASS"], told["REVIEW"]) == (1, 1)


def test_records_are_listed_newest_first(data: Path) -> None:
    told = call_json("records", "list", "--data", data)
    assert [row["row"] for row in told] == [3, 2, 1]
    failed = call_json("records", "list", "--data", data, "--verdict", "FAIL")
    assert [row["case_id"] for row in failed] == ["002-scratched.png"]
    assert call_json("records", "list", "--data", data, "--sku", "silk") == []
    assert "002-scratched.png" in call("records", "list", "--data", data)


def test_records_are_found_through_the_configuration_too(data: Path) -> None:
    assert len(call_json("records", "list", "--data", data.parent / "station.toml", "--limit", "2")) == 2


def test_a_record_is_shown_whole(data: Path) -> None:
    text = call("records", "show", "2", "--data", data)
    for part in ("002-scratched.png", "FAIL", "zone A allows 2.0", "noise/1 sha256:", "crop front", "sequence 2"):
        assert part in text
    told = call_json("records", "show", "1", "--data", data)
    assert told["code"]["gtin"] == GTIN
    assert told["versions"]["model_digest"].startswith("sha256:")


def test_csv_keeps_text_as_text(data: Path, tmp_path: Path) -> None:
    call("records", "export", tmp_path / "o.csv", "--data", data)
    rows = list(csv.DictReader((tmp_path / "o.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 3
    assert rows[0]["gtin"] == GTIN


def test_xlsx_keeps_text_as_text(data: Path, tmp_path: Path) -> None:
    call("records", "export", tmp_path / "o.xlsx", "--data", data, "--verdict", "PASS")
    book = load_workbook(tmp_path / "o.xlsx", read_only=True)
    heading, *rows = book.active.iter_rows(values_only=True)
    book.close()
    assert len(rows) == 2
    assert rows[0][heading.index("gtin")] == GTIN


def test_cameras_are_listed() -> None:
    told = call_json("cameras", "list")
    assert told["kinds"] == ["folder", "newest", "opencv", "basler"]
    assert all(set(row) == {"kind", "address", "detail", "usable"} for row in told["found"])


def test_models_are_listed_with_what_they_promise(noise_store: Path) -> None:
    told = call_json("models", "list", "--root", noise_store)
    mine = next(row for row in told if row["name"] == "noise")
    assert mine["family"] == "memory"
    assert 0 < mine["false_reject_bound"] < 1
    assert "noise" in call("models", "list", "--root", noise_store)


def test_the_doctor_checks_a_station(data: Path) -> None:
    result = RUNNER.invoke(app, ["doctor", str(data.parent / "station.toml"), "--json"])
    assert result.exit_code in (0, 1)
    findings = {row["what"]: row for row in json.loads(result.stdout)}
    assert {"qt", "camera", "database", "disk", "clock", "model"} <= set(findings)
    assert findings["database"]["health"] == "good"
    assert "3 records" in findings["database"]["text"]
    assert findings["model"]["health"] == "good"
    assert "noise runs" in findings["model"]["text"]
    assert all(row["mend"] for row in findings.values() if row["health"] == "bad")


def test_the_doctor_says_what_is_wrong_and_what_to_do(place: Place) -> None:
    recipe = place.recipe(model="silk", view={"camera": "back"})
    result = RUNNER.invoke(app, ["doctor", str(place.write_config(recipe)), "--json"])
    bad = {row["what"]: row for row in json.loads(result.stdout) if row["health"] == "bad"}
    assert result.exit_code == 1
    assert "silk" in bad["model"]["text"]
    assert "back is not configured" in bad["camera"]["text"]
    assert all(row["mend"] for row in bad.values())


def findings(config: Path, code: int) -> list[dict[str, str]]:
    return call_json("doctor", config, code=code)  # type: ignore[no-any-return]


def test_the_doctor_goes_on_where_a_recipe_cannot_be_read(place: Place) -> None:
    found = findings(place.write_config(place.recipe(tint="red")), 1)
    assert [row["what"] for row in found if "tint: unknown key" in row["text"]] == ["cameras", "model"]
    assert {"qt", "clock", "disk"} <= {row["what"] for row in found}


def test_the_doctor_knows_a_database_of_a_newer_program_and_a_clock_that_went_back(data: Path) -> None:
    config = data.parent / "station.toml"
    with closing(sqlite3.connect(data / "records.db")) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in names:
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE inspections SET recorded_at = '2999-01-01 00:00:00.000000'")
        db.commit()
    clock = [row for row in findings(config, 1) if row["what"] == "clock" and row["health"] == "bad"]
    assert "from the future" in clock[0]["text"]
    with closing(sqlite3.connect(data / "records.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.commit()
    (database,) = [row for row in findings(config, 1) if row["what"] == "database"]
    assert (database["health"], database["text"].count("9999")) == ("bad", 1)


def test_the_doctor_asks_for_room(place: Place) -> None:
    place.fill(["good"])
    config = place.write_config(save={"floor_bytes": 10**18})
    (disk,) = [row for row in call_json("doctor", config) if row["what"] == "disk"]
    assert disk["health"] == "warn"
    assert "free some space" in disk["mend"]


def test_teaching_gives_a_bundle_that_runs(place: Place) -> None:
    place.fill(["good"] * 4)
    out = call("train", place.cases, "--recipe", place.recipe(), "--store", place.folder / "own", "--name", "own")
    path = place.folder / "own" / "own" / "1" / "model.onnx"
    assert path.is_file()
    assert str(path.parent) in out.replace("\n", "")
    told = call_json("run", place.write_config(place.recipe(model="own"), models=["own"]), "--cases", "1")
    assert told["cases"] == 1


def manifest_row(place: Place, number: int, kind: str, label: str | None) -> dict[str, Any]:
    """A case of a manifest, written with its mask where it has a defect."""
    row: dict[str, Any] = {
        "case": f"c{number}",
        "sku": "noise",
        "split": "learn",
        "kind": "defect" if label else "good",
    }
    still = place.fill([kind], first=number)[0]
    row |= {"frames": {"front": {"top": f"cases/{still.name}"}}, "mask": None, "defects": []}
    if label:
        mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
        mask[28:84, 28:84] = 1
        cv2.imwrite(str(place.folder / f"mask{number}.png"), mask)
        row |= {"mask": f"mask{number}.png", "defects": [{"label": label, "mask_value": 1}]}
    return row


def test_teaching_from_a_manifest_learns_the_names_of_its_defects(place: Place) -> None:
    kinds = [("good", None)] * 4 + [("scratched", "scratch")] * 5 + [("blemished", "stain")] * 5
    rows = [manifest_row(place, number, *kind) for number, kind in enumerate(kinds, 1)]
    (place.folder / "manifest.json").write_text(json.dumps({"cases": rows}))
    store = place.folder / "own"
    manifest = place.folder / "manifest.json"
    call("train", manifest, "--recipe", place.recipe(), "--store", store, "--name", "named")
    told = call_json("models", "list", "--root", store)
    mine = next(row for row in told if row["name"] == "named")
    assert set(mine["labels"]) == {"scratch", "stain"}
    assert mine["goods"] == 4


def test_a_mask_that_is_missing_is_named(place: Place) -> None:
    rows = [manifest_row(place, number, "good", None) for number in (1, 3, 4)]
    rows.append(manifest_row(place, 2, "scratched", "scratch"))
    (place.folder / "manifest.json").write_text(json.dumps({"cases": rows}))
    (place.folder / "mask2.png").unlink()
    manifest, out = place.folder / "manifest.json", place.folder / "out"
    result = RUNNER.invoke(app, ["train", str(manifest), "--recipe", str(place.recipe()), "--out", str(out)])
    assert not out.exists()
    assert isinstance(result.exception, InputError)
    assert "mask2.png cannot be read" in str(result.exception)


def shellmark(*arguments: object, **more: Any) -> subprocess.Popen[str]:
    program = "from shellmark_inspect.app import main; main()"
    command = [sys.executable, "-c", program, *(str(argument) for argument in arguments)]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}
    listening = None if sys.platform == "win32" else listen_to_ctrl_c
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, preexec_fn=listening, **pipes, **more)


def listen_to_ctrl_c() -> None:
    """Undo what a shell does to jobs in its background, and what they hand on: they ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child on Windows")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_with_its_summary(place: Place, sign: signal.Signals) -> None:
    place.fill(["good"])
    config = place.write_config(cameras={"front": {"kind": "folder", "path": "cases", "loop": True}})
    with shellmark("run", config, "--headless") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("PASS")
        process.send_signal(sign)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert " cases  PASS" in out
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_name_the_console_cannot_write_is_no_traceback(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = place.fill(["good"])
    file.rename(file.with_name("箱壳.png"))
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    with shellmark("run", place.write_config(), "--headless") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "\\u7bb1\\u58f3.png" in out


@pytest.mark.slow
def test_a_pipe_that_closes_is_no_traceback(place: Place) -> None:
    place.fill(["good"] * 30)
    with shellmark("run", place.write_config(), "--headless") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        process.wait(60)
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_folder_that_goes_and_comes_back_in_a_run_is_said_and_waited_for(place: Place) -> None:
    place.fill(["good"] * 3)
    loop = {"front": {"kind": "folder", "path": "cases", "loop": True}}
    with shellmark("run", place.write_config(cameras=loop), "--headless", "--cases", "9999") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        away = place.cases.rename(place.folder / "away")
        assert "waiting for it" in process.stderr.readline()
        away.rename(place.cases)
        while not (line := process.stdout.readline()).startswith("REVIEW"):
            assert line.startswith("PASS")
        assert "is gone: put it back" in line
        assert process.stdout.readline().startswith("PASS")
        process.terminate()


def needs_a_sample(sku: str) -> None:
    """Skips where the sample images or the SKU's model are missing."""
    try:
        Store(*bundle_roots()).find(Recipe.read(samples_folder() / sku).model)
    except (InputError, ModelError) as e:
        pytest.skip(str(e))


@pytest.mark.slow
def test_the_demo_runs_on_the_samples(tmp_path: Path) -> None:
    needs_a_sample("gloss-vertical")
    where = ("--sku", "gloss-vertical", "--data", tmp_path / "demo")
    told = call_json("demo", "--headless", "--cases", "2", *where)
    assert told["cases"] == 2
    assert told["PASS"] + told["FAIL"] + told["REVIEW"] == 2
    assert sum(sum(counts.values()) for counts in told["truth"].values()) == 2, "the manifest knows each case"
    assert (tmp_path / "demo" / "records.db").is_file()
    records = call_json("records", "list", "--data", tmp_path / "demo")
    assert [(row["code"] is not None) for row in records] == [row["verdict"] == "PASS" for row in records]


@pytest.mark.slow
def test_the_demo_prints_labels_reads_them_back_and_says_that_they_are_drawn(tmp_path: Path) -> None:
    needs_a_sample("gloss-vertical")
    data = tmp_path / "demo"
    arguments = ["demo", "--labels", "--headless", "--cases", "2", "--sku", "gloss-vertical", "--data", str(data)]
    result = RUNNER.invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "2 labels printed, 2 read back and active" in result.stdout
    assert "the printed file itself, no photograph; nobody counts them" in " ".join(result.output.split())
    printed = sorted((data / "labels").glob("*.png"))
    codes = call_json("codes", "list", "--data", data, "--state", "ACTIVE")
    read = call_json("label", "read", data / "labels")
    assert {row["text"] for one in read for row in one["labels"]} == {row["text"] for row in codes}
    assert len(printed) == len(codes) == 2
    told = call_json(
        "demo", "--labels", "--headless", "--cases", "1", "--sku", "gloss-vertical", "--data", tmp_path / "b"
    )
    assert told["labels"] == {"printed": 1, "active": 1, "read_back": "drawn", "folder": str(tmp_path / "b" / "labels")}


def test_a_demo_without_labels_has_no_printer(tmp_path: Path) -> None:
    assert demo_config(tmp_path).label is None
    with_labels = demo_config(tmp_path, labels=True)
    assert with_labels.label is not None
    assert with_labels.label.uncounted, "the picture files are not counted"
    assert set(with_labels.cameras) == {"front", "label"}


@pytest.mark.slow
def test_the_demo_for_people_says_that_its_images_are_rendered(tmp_path: Path) -> None:
    needs_a_sample("gloss-vertical")
    arguments = ["demo", "--headless", "--cases", "1", "--sku", "gloss-vertical", "--data", str(tmp_path / "demo")]
    result = RUNNER.invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "1 cases" in result.stdout
    assert "rendered" in result.output
    assert str(tmp_path / "demo" / "images") in result.stdout


def test_the_doctor_runs_every_model_that_ships() -> None:
    shipped = [
        finding for finding in json.loads(RUNNER.invoke(app, ["doctor", "--json"]).stdout) if finding["what"] == "model"
    ]
    assert len(shipped) >= 4
    assert {finding["health"] for finding in shipped} == {"good"}, [finding["text"] for finding in shipped]


def test_the_command_line_starts_without_what_draws_or_serves() -> None:
    program = "import sys, shellmark_inspect.app.cli; print({'matplotlib', 'fastapi', 'uvicorn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
