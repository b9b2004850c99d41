"""`shellmark codes` on the records of a small station, with the emulated printer and an output that is told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w
from label_shop import emulator, label_all
from logged_station import PASSPHRASE, VARIABLE, log_section
from site_stand import Stand
from small_station import GTIN, Place
from typer.testing import CliRunner

from shellmark_inspect.app import codes
from shellmark_inspect.app.cli import app
from shellmark_inspect.errors import DatabaseInUse, InputError, WrongState
from shellmark_inspect.records import Records
from shellmark_inspect.station import StationConfig
from shellmark_trace import KeyFileError, LogForked, SerialError, parse_link
from shellmark_trace.printers import Zebra
from shellmark_trace.site import Site, SiteSettings, pin_hash

RUNNER = CliRunner()
CASES = ("a", "b", "c")
WHO = ("--operator", "w17")
WHY = (*WHO, "--reason", "looked at")


def call(*arguments: object, code: int = 0) -> str:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.stdout


def refused(error: type[Exception], *arguments: object) -> str:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert isinstance(result.exception, error), result.output + repr(result.exception)
    assert "\n" not in str(result.exception)
    return str(result.exception)


def opened(config: Path) -> Records:
    settings = StationConfig.read(config)
    return Records.open(settings.url, settings.images, station="st01", host="EXAMPLE.COM", policy=settings.save)


@pytest.fixture
def printer() -> Iterator[Any]:
    with emulator.Emulator() as one:
        yield one


@pytest.fixture
def config(place: Place, printer: Any) -> Path:
    """A station whose three cases carry their proven labels."""
    label = {"printer": {"kind": "zebra", "host": "127.0.0.1", "port": printer.port}, "view": "label"}
    cameras = {name: {"kind": "folder", "path": "cases"} for name in ("front", "label")}
    told = {"events": {"kind": "jsonl", "path": "events.jsonl"}}
    path = place.write_config(label=label, cameras=cameras, outputs=told)
    records = opened(path)
    try:
        label_all(records, CASES, GTIN)
    finally:
        records.close()
    return path


def feed(printer: Any, labels: int) -> None:
    """Print labels that no code asked for."""
    zebra = Zebra(printer.host, printer.port)
    for _ in range(labels):
        zebra.print(np.ones((64, 64), np.bool_))
    zebra.close()


def texts(config: Path) -> list[str]:
    return call("codes", "list", "--data", config, "--state", "ACTIVE", "--texts").split()


def states(config: Path) -> dict[str, tuple[str, str]]:
    found = json.loads(call("codes", "list", "--data", config, "--json"))
    return {one["serial"]: (one["state"], one["suspicion"]) for one in found}


def test_a_delivery_goes_out_and_one_case_comes_back(config: Path, tmp_path: Path) -> None:
    loaded = tmp_path / "loaded.txt"
    loaded.write_text("\n".join(texts(config)) + "\n", "utf-8")
    said = call("codes", "ship", config, "--file", loaded, "--target", "events", *WHO)
    assert said.count("SHIPPED") == len(CASES)
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text("utf-8").splitlines()]
    shipped = [event for event in events if event["payload"].get("after") == "SHIPPED"]
    assert len(shipped) == len(CASES)  # told at once, not at the station's next run
    one, other, third = states(config)
    call("codes", "return", config, one, *WHY)
    call("codes", "rework", config, one, *WHY)
    call("codes", "ship", config, one, "--target", "events", *WHO)
    call("codes", "retire", config, other, *WHY)
    call("codes", "void", config, third, *WHY)
    assert [state for state, _ in states(config).values()] == ["SHIPPED", "RETIRED", "VOID"]


def test_a_buyers_claim_comes_back_to_the_station(config: Path, tmp_path: Path) -> None:
    with ExitStack() as closing:
        stand = Stand(Site(SiteSettings(tmp_path / "site", "EXAMPLE.COM")), closing)
        (tmp_path / "verify.token").write_text(stand.token, "utf-8")
        output = f'kind = "verify"\nurl = "{stand.url}"\ntoken_file = "verify.token"'
        text = config.read_text("utf-8").replace('kind = "jsonl"\npath = "events.jsonl"', output)
        config.write_text(text, "utf-8")
        one, *_ = states(config)
        call("codes", "ship", config, *states(config), *WHO)
        assert call("codes", "claims", config) == "no new claims\n"
        told = {"serial": one, "hash": pin_hash(stand.site.key, one, "AAAABBBB").hex()}
        told["text"] = str(parse_link(f"HTTPS://EXAMPLE.COM/01/{GTIN}/21/{one}"))
        at = "2026-11-29T00:00:00+00:00"
        pin = {"number": 900, "key": "pin:1", "kind": "pin", "at": at, "payload": told}
        assert stand.upload(pin).status_code == 200
        assert stand.site.claims.claim(one, "AAAABBBB", "buyer", 1.8e9) == "bound"
        assert call("codes", "claims", config) == f"{one}  CLAIMED\n"
        assert call("codes", "claims", config) == "no new claims\n"


def test_one_code_that_cannot_go_holds_back_no_other(config: Path) -> None:
    one, other, _ = states(config)
    call("codes", "void", config, one, *WHY)
    answer = json.loads(call("codes", "ship", config, one, other, "--target", "events", *WHO, "--json", code=1))
    assert [(row["state"], row["refused"] is None) for row in answer] == [("VOID", False), ("SHIPPED", True)]


def test_nothing_ships_before_the_site_knows_it(config: Path) -> None:
    text = config.read_text("utf-8").replace('kind = "jsonl"', 'kind = "verify"')
    config.write_text(text.replace('path = "events.jsonl"', 'url = "http://127.0.0.1:9"\ntoken_file = "t"'), "utf-8")
    (config.parent / "t").write_text("token", "utf-8")
    (config.parent / "t").chmod(0o600)
    answer = json.loads(call("codes", "ship", config, *states(config), *WHO, "--json", code=1))
    assert all("is not at events yet" in row["refused"] for row in answer)
    assert {state for state, _ in states(config).values()} == {"ACTIVE"}


def test_doubt_stands_beside_the_state(config: Path) -> None:
    one, other, _ = states(config)
    call("codes", "suspect", config, one, other, *WHY)
    call("codes", "clear", config, one, *WHY)
    call("codes", "copied", config, other, *WHY)
    assert list(states(config).values()) == [("ACTIVE", "CLEARED"), ("ACTIVE", "COPIED"), ("ACTIVE", "NONE")]


@pytest.mark.parametrize("step", ["return", "rework", "retire", "void", "suspect", "clear", "copied"])
def test_nobody_takes_a_step(config: Path, step: str) -> None:
    one = next(iter(states(config)))
    why = ("--operator", " ", "--reason", "looked at")
    assert "--operator names nobody" in refused(InputError, "codes", step, config, one, *why)
    assert states(config)[one] == ("ACTIVE", "NONE")


def test_a_new_label_takes_a_station_that_prints(config: Path) -> None:
    bare = config.with_name("bare.toml")
    kept = config.read_text("utf-8").partition("[label]")
    bare.write_text(kept[0], "utf-8")
    said = refused(InputError, "codes", "relabel", bare, "a", "--second", "s01", *WHY)
    assert said == "the station prints no labels: have the case relabelled where it got its label"


def test_a_new_label_takes_two_persons(config: Path) -> None:
    assert "two different persons" in refused(InputError, "codes", "relabel", config, "a", "--second", "w17", *WHY)
    said = call("codes", "relabel", config, "a", "--second", "s01", *WHY)
    assert "strip the old label" in said
    assert sorted(state for state, _ in states(config).values()) == ["ACTIVE", "ACTIVE", "RESERVED", "VOID"]


def test_orders_and_the_count_of_a_shift(config: Path, printer: Any) -> None:
    assert call("codes", "order", config) == "no order was taken\n"
    assert call("codes", "order", config, "4711", "--pieces", 5, "--batch", "B7", *WHO) == (
        "order 4711: 0 of 5 codes, batch B7\n"
    )
    assert "two different persons" in refused(InputError, "codes", "order", config, "4711", "--pieces", 6, *WHO)
    call("codes", "roll", config, "R-1", 100, *WHO)
    assert call("codes", "reconcile", config, code=1).startswith("DIFFERS")  # three by hand, none by the printer
    feed(printer, len(CASES))
    assert call("codes", "reconcile", config, "--left", 97).startswith("agrees")
    assert call("codes", "reconcile", config, "--left", 97, *WHO).endswith("kept\n")
    feed(printer, 1)
    wrong = ("codes", "reconcile", config, "--left", 97)
    assert "two different persons" in refused(InputError, *wrong, *WHO)
    assert "needs a note" in refused(InputError, *wrong, *WHO, "--second", "s01")
    assert call(*wrong, *WHO, "--second", "s01", "--note", "test label").startswith("DIFFERS")
    assert call("codes", "reconcile", config, *WHO).startswith("agrees")


def test_bad_input_is_one_line_and_changes_nothing(config: Path, tmp_path: Path) -> None:
    one, *_ = states(config)
    ship = ("codes", "ship", config, *WHO)
    assert "which codes" in refused(InputError, *ship, "--target", "events")
    assert "is given twice" in refused(InputError, *ship, one, one, "--target", "events")
    assert "no output of kind verify" in refused(InputError, *ship, one)
    assert "cannot be read" in refused(InputError, *ship, "--file", tmp_path, "--target", "events")
    refused(SerialError, *ship, one, "K7M2PQX4D8TZU", "--target", "events")
    assert "no code" in refused(InputError, *ship, one, "0000000000000", "--target", "events")
    assert "number and its --pieces" in refused(InputError, "codes", "order", config, "4711", *WHO)
    assert {state for state, _ in states(config).values()} == {"ACTIVE"}


def test_a_running_station_is_not_bypassed(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "TAKEN_WITHIN_S", 0.2)
    records = opened(config)
    try:
        one, *_ = states(config)  # looking is free
        said = refused(DatabaseInUse, "codes", "void", config, one, *WHY)
        assert "stop that station first, or use its label page" in said
    finally:
        records.close()


def test_no_count_while_a_label_is_on_its_way(config: Path) -> None:
    call("codes", "relabel", config, "a", "--second", "s01", *WHY)
    records = opened(config)
    try:
        records.labels.send(records.labels.waiting()[0].serial)
    finally:
        records.close()
    assert "is on its way" in refused(WrongState, "codes", "reconcile", config)


def test_what_was_rolled_back_is_not_touched_and_what_was_done_is_published(
    config: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = tomli_w.dumps({"log": log_section(place)})
    config.write_text(config.read_text("utf-8") + "\n" + section, "utf-8")
    one, other, _ = states(config)
    void = ("codes", "void", config)
    assert "gave no passphrase" in refused(KeyFileError, *void, one, *WHY)
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    database = place.folder / "data" / "records.db"
    old = database.read_bytes()  # closed by its last writer: nothing is left beside it
    assert call(*void, one, *WHY) == f"{one}  VOID\n"
    assert (place.folder / "data" / "log" / "checkpoint").is_file()
    assert call("log", "check", config).startswith("holds")
    with closing(sqlite3.connect(database)) as connection:
        (case,) = connection.execute("SELECT case_id FROM codes WHERE serial = ?", (other,)).fetchone()
    call("codes", "relabel", config, case, "--second", "s01", *WHY)
    assert call("log", "check", config).startswith("holds"), "a label that was replaced is no edit"
    database.write_bytes(old)
    assert "rolled back" in refused(LogForked, *void, other, *WHY)
    assert {state for state, _ in states(config).values()} == {"ACTIVE"}
