"""`shellmark checks` and `shellmark drift` on a small real station."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_station import Place
from typer.testing import CliRunner

from shellmark_inspect.app.cli import app
from shellmark_inspect.errors import ConfigError, InputError, RecordsError
from shellmark_inspect.loop import NotReady

RUNNER = CliRunner()
MASTERS = [{"name": "fine", "kind": "ok"}, {"name": "scratch", "kind": "ng", "label": "unknown"}]
WHO = ("--operator", "w17", "--reason", "looked again")


def call(*arguments: object, code: int = 0) -> str:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.stdout


def call_json(*arguments: object, code: int = 0) -> Any:
    return json.loads(call(*arguments, "--json", code=code))


def refused(error: type[Exception], *arguments: object) -> str:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert isinstance(result.exception, error), result.output + repr(result.exception)
    assert "\n" not in str(result.exception)
    return str(result.exception)


def fill(place: Place, *kinds: str) -> Path:
    """The cases the station sees next, and its configuration."""
    for old in place.cases.glob("*.png") if place.cases.is_dir() else ():
        old.unlink()
    place.fill(kinds)
    recipe = place.recipe(
        masters=MASTERS, view={"steps": [{"step": "illumination"}]}, drift={"readings": 5, "light_block": 0.15}
    )
    return place.write_config(recipe, checks={"shifts": []})


def test_a_day_with_masters_from_the_command_line(place: Place, tmp_path: Path) -> None:
    config = fill(place, "good", "scratched", "good")
    assert "there is no database" in refused(RecordsError, "checks", "due", config)
    with_nothing = refused(NotReady, "run", config, "--headless")
    assert with_nothing == "automatic mode is refused: noise: a daily check is due (first): place the masters"
    assert call("checks", "due", config) == "noise: first, automatic mode is refused\n"
    said = call("checks", "run", config, "--operator", "w17")
    assert "2/3  scratch          right" in said
    assert "check 1: passed, 0 inspections put in doubt" in said
    assert call("checks", "due", config) == "noise: nothing is due\n"
    fill(place, *["good"] * 6)
    assert call_json("run", config, "--headless")["PASS"] == 6
    fill(place, "good", "good", "good")
    failed = call_json("checks", "run", config, "--operator", "w18", code=1)
    assert (failed["outcome"], failed["suspects"]) == ("failed", 6)
    assert failed["places"][1]["why"] == "a bad master is PASS: FAIL for unknown is wanted"
    assert call_json("checks", "due", config) == {
        "noise": [{"why": "failed", "blocks": True, "since": call_json("checks", "due", config)["noise"][0]["since"]}]
    }
    marks = {one["row"]: one["suspect"] for one in call_json("records", "list", "--data", config)}
    assert sorted(row for row, mark in marks.items() if mark) == [4, 5, 6, 7, 8, 9]
    assert "SUSPECT" in call("records", "list", "--data", config)
    assert [one["row"] for one in call_json("checks", "suspects", "--data", config)] == [9, 8, 7, 6, 5, 4]
    cleared = call("checks", "clear", config, 4, 5, "--disposition", "OK", *WHO)
    assert cleared == "2 inspections cleared: OK\n"
    assert "record 4 is not suspect" in refused(InputError, "checks", "clear", config, 4, "--disposition", "OK", *WHO)
    assert "4 inspections" in call("checks", "clear", config, "--all", "--disposition", "OK", *WHO)
    assert call_json("checks", "suspects", "--data", config) == []
    assert len(call_json("checks", "suspects", "--data", config, "--all")) == 6
    listed = call_json("checks", "list", "--data", config)
    assert [(one["number"], one["outcome"], one["operator"]) for one in listed] == [
        (2, "failed", "w18"), (1, "passed", "w17"),
    ]  # fmt: skip
    assert "scratch: a bad master is PASS" in call("checks", "list", "--data", config)
    shown = call_json("drift", "show", "--data", config, "--html", tmp_path / "drift.html")
    assert {one["name"] for one in shown["quantities"]} == {"gain_top", "score", "alarms"}
    assert shown["quantities"][2]["baseline"] == pytest.approx(1.0, abs=0.1)
    page = (tmp_path / "drift.html").read_text("utf-8")
    assert page.count("<img") == 3
    assert "gain_top" in call("drift", "show", "--data", place.folder / "data")
    call("drift", "reset", config, "--operator", "e1", "--reason", "new lamp")
    assert call_json("drift", "show", "--data", config)["quantities"] == []
    assert [one["why"] for one in call_json("checks", "due", config)["noise"]] == ["failed", "work"]


def test_bad_input_is_one_line(place: Place) -> None:
    config = fill(place, "good")
    assert "give the rows" in refused(InputError, "checks", "clear", config, "--disposition", "OK", *WHO)
    both = ("checks", "clear", config, 1, "--all", "--disposition", "OK", *WHO)
    assert "give the rows" in refused(InputError, *both)
    assert "'magic' is none" in refused(InputError, "checks", "work", config, "magic", *WHO)
    assert "is missing" in refused(ConfigError, "checks", "due", place.folder / "no.toml")
    assert not (place.folder / "data").exists(), "a command that only asks makes no database"
    assert "needs an operator" in refused(InputError, "checks", "run", config, "--operator", " ")
    assert "there is no recipe for SKU x" in refused(InputError, "checks", "due", config, "--sku", "x")
    assert "there is no record of SKU x" in refused(InputError, "drift", "show", "--data", config, "--sku", "x")
    bare = place.write_config(place.recipe())
    assert "no recipe has masters" in refused(InputError, "checks", "due", bare)
    assert "has no masters" in refused(InputError, "checks", "run", bare, "--operator", "w17")


def test_a_check_whose_masters_run_out_is_broken_off(place: Place) -> None:
    config = fill(place, "good", "scratched")
    assert "no further case" in refused(NotReady, "checks", "run", config, "--operator", "w17")
    (check,) = call_json("checks", "list", "--data", config)
    assert (check["outcome"], check["note"]) == ("broken_off", "the command ended")
