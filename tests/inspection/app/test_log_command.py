"""`shellmark log` on a small real station: publish, check, prove, verify, witness."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logged_station import ORIGIN, PASSPHRASE, VARIABLE, edit, log_key, log_section
from small_station import Place
from typer.testing import CliRunner

from shellmark_inspect.app.cli import app
from shellmark_inspect.errors import ConfigError, InputError
from shellmark_inspect.station import Station
from shellmark_trace import KeyFileError, LogError, SignatureInvalid
from shellmark_trace.keys import Kind, create_key
from shellmark_trace.log import Kind as CosignKind
from shellmark_trace.log import Signer, Verifier

RUNNER = CliRunner()


def call(*arguments: object, code: int = 0) -> str:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.stdout


def refused(error: type[Exception], *arguments: object) -> str:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert isinstance(result.exception, error), result.output + repr(result.exception)
    assert "\n" not in str(result.exception)
    return str(result.exception)


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory, noise_store: Path) -> Path:
    """The folder of a station with a log that has run over three shells."""
    place = Place(tmp_path_factory.mktemp("logged"), noise_store)
    place.fill(["good", "scratched", "good"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, PASSPHRASE)
        with Station(place.config(log=log_section(place))) as station:
            station.run()
            station.wait()
    return place.folder


@pytest.fixture
def config(place: Place, logged: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it; its configuration."""
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    shutil.copytree(logged, place.folder, dirs_exist_ok=True)
    return place.folder / "station.toml"


def serial_of(config: Path) -> str:
    said = json.loads(call("records", "list", "--data", config, "--json"))
    return next(str(record["code"]["serial"]) for record in said if record["code"])


def test_an_outsider_checks_a_proof_and_a_forged_one_is_refused(config: Path, place: Place, tmp_path: Path) -> None:
    assert call("log", "check", config).startswith("holds: 5 leaves, 5 signed, 0 witnessed")
    assert json.loads(call("log", "check", config, "--json"))["holds"] is True
    vkey = call("log", "key", config).strip()
    assert Verifier.parse(vkey) == log_key(place)
    serial, out = serial_of(config), tmp_path / "case"
    assert "case.record.json" in call("log", "proof", config, "--serial", serial, "--out", out, "--record")
    proof, record = tmp_path / "case.tlog-proof", tmp_path / "case.record.json"
    said = call("log", "verify-proof", proof, "--log", vkey, "--record", record)
    assert f"in the log {ORIGIN}: leaf " in said
    assert serial in said
    found = json.loads(call("log", "verify-proof", proof, "--log", vkey, "--json"))
    assert (found["size"], found["entry"]["kind"], found["witnesses"]) == (5, "code", [])
    stranger = Signer(ORIGIN, Ed25519PrivateKey.generate()).verifier.vkey
    refused(SignatureInvalid, "log", "verify-proof", proof, "--log", stranger)
    refused(LogError, "log", "verify-proof", proof, "--log", vkey, "--least", 1)
    (tmp_path / "case.leaf").write_bytes((tmp_path / "case.leaf").read_bytes().replace(b'"RESERVED"', b'"VOID"'))
    assert "entry or proof is wrong" in refused(LogError, "log", "verify-proof", proof, "--log", vkey)
    call("log", "proof", config, "--index", 0, "--out", out)
    assert "it was changed" in refused(InputError, "log", "verify-proof", proof, "--log", vkey, "--record", record)


def test_erased_payloads_are_counted_by_day(config: Path, place: Place) -> None:
    assert "0 payloads erased" in call("log", "check", config)
    assert json.loads(call("log", "check", config, "--json"))["erased"] == {"payloads": 0, "days": {}}
    database = place.folder / "data" / "records.db"
    edit(database, ('DELETE FROM log_payloads WHERE "index" IN (1, 3)', ()))
    told = json.loads(call("log", "check", config, "--json"))
    ((day, count),) = told["erased"]["days"].items()
    assert (told["holds"], told["erased"]["payloads"], count) == (True, 2, 2)
    assert f"witnessed, 2 payloads erased ({day}: 2)" in call("log", "check", config)
    days = [(f"2026-11-{20 + number} 08:00:00.000000", number + 1) for number in range(5)]
    moved = [("UPDATE outbox SET at = ? WHERE number = ?", one) for one in days]
    edit(database, ("DELETE FROM log_payloads", ()), *moved)
    said = call("log", "check", config, code=1)  # their events' times were edited too
    assert said.startswith("does not hold: leaf 0 ")
    assert "5 payloads erased (2026-11-20: 1, 2026-11-21: 1, 2026-11-22: 1, 2 more days)" in said


def test_a_checkpoint_from_the_chat_shows_a_log_that_was_made_anew(config: Path, place: Place, tmp_path: Path) -> None:
    chat = tmp_path / "chat.txt"
    chat.write_text(call("log", "checkpoint", config).replace("\n", "\r\n"), "utf-8", newline="")
    assert call("log", "check", config, "--against", chat).startswith("holds")
    data = place.folder / "data"
    for old in [*data.glob("records.db*"), data / "log-signed.json"]:
        old.unlink()
    with Station(place.config(log=log_section(place, folder="log2"))) as station:
        station.trigger().result(60)
    assert "1 leaves signed" not in call("log", "check", config)
    said = call("log", "check", config, "--against", chat, code=1)
    assert said.startswith("does not hold: the records do not continue the checkpoint of 5 leaves that was given")
    assert "\n" not in said.rstrip("\n")


def test_an_edit_is_one_line_and_exit_code_1(config: Path, place: Place) -> None:
    edit(place.folder / "data" / "records.db", ("UPDATE inspections SET verdict = 'PASS' WHERE row = 2", ()))
    said = call("log", "check", config, code=1)
    assert said == "does not hold: leaf 2 (row 2): the record was edited: verdict\n"
    assert json.loads(call("log", "check", config, "--json", code=1))["holds"] is False


def test_publishing_by_hand(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(call("log", "publish", config, "--json"))["size"] == 5
    assert call("log", "publish", config).endswith("cosigned by nobody\n")
    monkeypatch.setenv(VARIABLE, "another passphrase")
    assert RUNNER.invoke(app, ["log", "publish", str(config)]).exception is not None
    assert call("log", "checkpoint", config).startswith(f"{ORIGIN}\n5\n")


def test_what_cannot_be_done_is_said_in_one_line(config: Path, place: Place, tmp_path: Path) -> None:
    assert "one of --index" in refused(InputError, "log", "proof", config)
    assert "one of --index" in refused(InputError, "log", "proof", config, "--index", 1, "--row", 1)
    assert "not published yet" in refused(InputError, "log", "proof", config, "--index", 99, "--out", tmp_path / "p")
    none = refused(InputError, "log", "proof", config, "--serial", "0" * 13, "--out", tmp_path / "p")
    assert "tells of code" in none
    assert "no witnessed" in refused(InputError, "log", "checkpoint", config, "--witnessed")
    assert "cannot be read" in refused(InputError, "log", "verify-proof", tmp_path / "none", "--log", "x")
    (tmp_path / "x.tlog-proof").write_text("nothing")
    assert "no proof file" in refused(LogError, "log", "verify-proof", tmp_path / "x.tlog-proof", "--log", "x")
    out = tmp_path / "case"
    call("log", "proof", config, "--index", 1, "--out", out)
    (tmp_path / "deep.json").write_text("[" * 200_000)
    deep = ("--log", log_key(place).vkey, "--record", tmp_path / "deep.json")
    assert "no disclosed record" in refused(InputError, "log", "verify-proof", tmp_path / "case.tlog-proof", *deep)
    bare = place.write_config()
    assert "add a [log] section" in refused(ConfigError, "log", "check", bare)


def test_a_witness_is_served_and_cosigns(config: Path, place: Place, tmp_path: Path) -> None:
    """The command itself, as another station or the MES host runs it."""
    create_key(Kind.LOG, "witness.example.cn/mes", tmp_path / "mes.key", PASSPHRASE.encode())
    vkey = call("log", "witness", "--key", tmp_path / "mes.key", "--log", log_key(place).vkey, "--show-key").strip()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--key", tmp_path / "mes.key", "--log", log_key(place).vkey, "--state", tmp_path / "state"]
    options += ["--port", port, "--passphrase-from", f"env:{VARIABLE}"]
    code = "from shellmark_inspect.app import main; main()"
    command = [sys.executable, "-c", code, "log", "witness", *map(str, options)]
    service = subprocess.Popen(command, env=os.environ | {VARIABLE: PASSPHRASE}, stdout=subprocess.PIPE)
    try:
        _wait(f"http://127.0.0.1:{port}/")
        section = log_section(place) | {"witnesses": [{"address": f"http://127.0.0.1:{port}", "key": vkey}]}
        place.write_config(log=section)
        said: dict[str, Any] = json.loads(call("log", "publish", config, "--json"))
        assert (said["cosigned"], said["missing"]) == (["witness.example.cn/mes"], [])
    finally:
        service.terminate()
        service.communicate(timeout=20)
    assert call("log", "check", config).startswith("holds: 5 leaves, 5 signed, 5 witnessed")
    out = tmp_path / "p"
    call("log", "proof", config, "--index", 3, "--out", out)
    options = ["--log", log_key(place).vkey, "--witness", vkey, "--least", "1"]
    assert "seen by witness.example.cn/mes" in call("log", "verify-proof", tmp_path / "p.tlog-proof", *options)


def test_a_log_is_not_its_own_witness(config: Path, place: Place, tmp_path: Path) -> None:
    """The log's key, as it is or in a witness's clothes, counts for no `--least`, nor does a witness's for the log."""
    call("log", "proof", config, "--index", 3, "--out", tmp_path / "p")
    log, proof = log_key(place), tmp_path / "p.tlog-proof"
    dressed = Verifier(log.name, log.key, CosignKind.COSIGNATURE).vkey
    said = refused(LogError, "log", "verify-proof", proof, "--log", log.vkey, "--witness", log.vkey, "--least", 1)
    assert "a log's key, not a witness's" in said
    assert "--show-key" in said
    assert "signs the log itself" in refused(
        LogError, "log", "verify-proof", proof, "--log", log.vkey, "--witness", dressed
    )
    assert "a witness's key, not a log's" in refused(LogError, "log", "verify-proof", proof, "--log", dressed)
    place.write_config(log=log_section(place) | {"witnesses": [{"address": "http://127.0.0.1:9", "key": log.vkey}]})
    assert "a log's key, not a witness's" in refused(ConfigError, "log", "check", config)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.LOG, Kind.PIN}])
def test_a_witness_takes_no_key_of_another_end(
    kind: Kind, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shellmark_trace.keys.files.SCRYPT", (1 << 10, 8, 1))
    create_key(kind, "st01", tmp_path / "st.key", PASSPHRASE.encode())
    for more in ((), ("--show-key",)):
        said = refused(InputError, "log", "witness", "--key", tmp_path / "st.key", "--log", log_key(place).vkey, *more)
        assert f"is a {kind} key, and no key serves two ends" in said


def test_a_witness_takes_neither_a_pin_key_nor_that_of_its_log(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shellmark_trace.keys.files.SCRYPT", (1 << 10, 8, 1))
    create_key(Kind.PIN, "pin", tmp_path / "pin.key", PASSPHRASE.encode())
    log = log_key(place).vkey
    assert "pin key" in refused(KeyFileError, "log", "witness", "--key", tmp_path / "pin.key", "--log", log)
    said = refused(InputError, "log", "witness", "--key", place.folder / "log.key", "--log", log, "--show-key")
    assert f"signs the log {ORIGIN} itself" in said


@pytest.mark.parametrize("name", ["nowhere", "empty", "a file"])
def test_a_mirror_without_a_log_is_bad_input_not_a_broken_log(name: str, config: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a file").touch()
    said = refused(InputError, "log", "check", config, "--mirror", tmp_path / name)
    assert said.startswith(f"there is no log at {tmp_path / name}: ")


def _wait(address: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
