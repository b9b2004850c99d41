"""`shellmark codes` while the station runs: the station itself takes the steps, each once, whatever is killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from label_shop import label_all
from small_station import GTIN, Place
from typer.testing import CliRunner

from shellmark_inspect.app import codes
from shellmark_inspect.app.cli import app
from shellmark_inspect.errors import DatabaseInUse, InputError
from shellmark_inspect.records import Records
from shellmark_inspect.station import WISHES, Answer, Spool, Station, StationConfig, Wish

RUNNER = CliRunner()
COUNT = 12
WHY = ("--operator", "w17", "--reason", "recycled")
WITHIN_S = 60.0
PROGRAM = """
import pathlib, sys, time
from shellmark_inspect.station import Station, StationConfig
station = Station(StationConfig.read(pathlib.Path(sys.argv[1]))).open()
print("open", flush=True)
time.sleep(120)
"""


@pytest.fixture
def config(place: Place) -> Path:
    """A station without a printer whose cases carry their proven labels."""
    told = {"events": {"kind": "jsonl", "path": "events.jsonl"}}
    path = place.write_config(outputs=told)
    settings = StationConfig.read(path)
    records = Records.open(settings.url, settings.images, station="st01", host="EXAMPLE.COM", policy=settings.save)
    try:
        label_all(records, [f"case-{number}" for number in range(1, COUNT + 1)], GTIN)
    finally:
        records.close()
    return path


def call(*arguments: object, code: int = 0) -> str:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.stdout


def spool_of(config: Path) -> Spool:
    settings = StationConfig.read(config)
    return Spool(settings.folder / settings.data / WISHES)


def database(config: Path) -> Path:
    return config.parent / "data" / "records.db"


def query(config: Path, words: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{database(config)}?mode=ro", uri=True)) as db:
        return db.execute(words).fetchall()


def serials(config: Path) -> list[str]:
    return [row[0] for row in query(config, "SELECT serial FROM codes ORDER BY serial")]


def steps(config: Path, after: str) -> dict[str, int]:
    found = query(config, f"SELECT serial, count(*) FROM code_events WHERE after = '{after}' GROUP BY serial")
    return dict(found)  # type: ignore[arg-type]


def wait_until(true: Any) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_running_station_ships_and_takes_back(config: Path) -> None:
    one, other, third, *_ = serials(config)
    with Station(StationConfig.read(config)):
        said = call("codes", "ship", config, one, other, "--target", "events", "--operator", "w17")
        assert said.split() == [one, "SHIPPED", other, "SHIPPED"]
        rows = json.loads(call("codes", "return", config, one, third, *WHY, "--json", code=1))
        assert [(row["state"], bool(row["refused"])) for row in rows] == [("RETURNED", False), ("ACTIVE", True)]
        call("codes", "suspect", config, third, *WHY)
        call("codes", "void", config, third, *WHY)
        assert query(config, "SELECT facts FROM code_events WHERE after = 'VOID'")[0][0].count("request") == 1
    assert list(spool_of(config).folder.iterdir()) == []
    leaves = [row[0] for row in query(config, 'SELECT "index" FROM log_leaves ORDER BY "index"')]
    assert leaves == list(range(len(leaves)))


def test_an_unknown_code_changes_nothing(config: Path) -> None:
    one = serials(config)[0]
    with Station(StationConfig.read(config)):
        result = RUNNER.invoke(app, ["codes", "retire", str(config), one, "0" * 13, *WHY])
        assert isinstance(result.exception, InputError)
        assert "there is no code" in str(result.exception)
    assert steps(config, "RETIRED") == {}


def test_who_holds_the_database_and_is_no_station_takes_no_wish(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "TAKEN_WITHIN_S", 0.2)
    settings = StationConfig.read(config)
    records = Records.open(settings.url, settings.images, station="st01", host="EXAMPLE.COM", policy=settings.save)
    try:
        result = RUNNER.invoke(app, ["codes", "retire", str(config), serials(config)[0], *WHY])
    finally:
        records.close()
    assert isinstance(result.exception, DatabaseInUse)
    assert "nothing was done" in str(result.exception)
    assert list(spool_of(config).folder.iterdir()) == [], "it was taken back"


def test_a_code_that_went_on_since_does_not_take_the_step_of_an_old_wish_again(config: Path) -> None:
    """The station died after the step and before its answer; meanwhile the case came back and was reworked."""
    one = serials(config)[0]
    call("codes", "ship", config, one, "--target", "events", "--operator", "w17")
    request = json.loads(query(config, "SELECT facts FROM code_events WHERE after = 'SHIPPED'")[0][0])["request"]
    call("codes", "return", config, one, *WHY)
    call("codes", "rework", config, one, *WHY)
    old = Wish(request=request, step="ship", serials=(one,), operator="w17", reason="ship", target="events")
    spool_of(config).hand_in(old)
    call("codes", "suspect", config, one, *WHY)  # does what was left first
    assert steps(config, "SHIPPED") == {one: 1}
    answer = spool_of(config).answer(request)
    assert answer is not None
    assert [(row.state, row.refused) for row in answer.taken] == [("REWORKED", None)]


def test_a_wish_that_cannot_be_read_is_answered_and_no_others_are_held_up(config: Path) -> None:
    spool = spool_of(config)
    wish = Wish(step="retire", serials=(serials(config)[0],), operator="w17", reason="recycled")
    spool.folder.mkdir(parents=True)
    (spool.folder / f"{'a' * 32}.new").write_text("{", "utf-8")
    spool.hand_in(wish)
    with Station(StationConfig.read(config)):
        wait_until(lambda: (spool.folder / f"{wish.request}.done").exists())
    broken = spool.answer("a" * 32)
    assert broken is not None
    assert "cannot be read" in broken.error
    assert isinstance(spool.answer(wish.request), Answer)
    assert not spool.withdraw(wish.request)


def test_an_answer_nobody_comes_for_is_forgotten_after_a_day(tmp_path: Path) -> None:
    spool = Spool(tmp_path / WISHES)
    for request, days in (("a" * 32, 2.0), ("b" * 32, 0.5)):
        spool.finish(request, Answer())
        then = time.time() - days * 86_400
        os.utime(spool.folder / f"{request}.done", (then, then))
    spool.finish("c" * 32, Answer())
    assert spool.answer("a" * 32) is None
    assert spool.answer("b" * 32) == spool.answer("c" * 32) == Answer()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
@pytest.mark.parametrize("done", [0, 1, 5, COUNT])
def test_a_station_killed_in_the_middle_of_a_wish_loses_no_step_and_takes_none_twice(config: Path, done: int) -> None:
    spool = spool_of(config)
    wish = Wish(step="retire", serials=tuple(serials(config)), operator="w17", reason="recycled")
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(config)], stdout=subprocess.PIPE, env=environment) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == b"open\n"
        spool.hand_in(wish)
        taken = spool.folder / f"{wish.request}.new"
        wait_until(lambda: not taken.exists() and len(steps(config, "RETIRED")) >= done)
        one.send_signal(signal.SIGKILL)
        one.wait(WITHIN_S)
    with Station(StationConfig.read(config)):
        wait_until(lambda: (spool.folder / f"{wish.request}.done").exists())
    answer = spool.answer(wish.request)
    assert answer is not None
    assert [(row.state, row.refused) for row in answer.taken] == [("RETIRED", None)] * COUNT
    assert steps(config, "RETIRED") == dict.fromkeys(serials(config), 1)
