"""`shellmark keys`, `manifest` and `verify` on a small real station: ceremony, tag, lists, loss drill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import pytest
import zxingcpp
from logged_station import ORIGIN, PASSPHRASE, VARIABLE, log_section
from small_station import GTIN, Place
from typer.testing import CliRunner

from shellmark_inspect.app.checks import records_of
from shellmark_inspect.app.cli import app
from shellmark_inspect.errors import InputError
from shellmark_inspect.records import Proof
from shellmark_inspect.station import Station
from shellmark_trace import KeyFileError, SignatureInvalid, TraceError

RUNNER = CliRunner()
FROM = ("--passphrase-from", f"env:{VARIABLE}")
HOLDERS = ("alice", "bob", "chen")


def call(*arguments: object, code: int = 0) -> str:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.stdout


def refused(error: type[Exception], *arguments: object) -> str:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert isinstance(result.exception, error), result.output + repr(result.exception)
    assert "\n" not in str(result.exception)
    return str(result.exception)


class Office:
    """Where the keys and lists of one factory lie."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        for name in HOLDERS:
            call("keys", "init", "root", name, self.key(name), *FROM)
        cards = [(folder / f"{name}.pub").read_text() for name in HOLDERS]
        (folder / "roots.txt").write_text("".join(cards))

    def key(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    @property
    def root(self) -> tuple[str, Path]:
        return "--root", self / "roots.txt"

    def sign(self, name: str, *who: str, before: str | None = None) -> str:
        more = () if before is None else ("--before", self / before)
        told = ""
        for holder in who:
            told = call("keys", "sign", self / name, self.key(holder), *self.root, *more, "--yes", *FROM)
        return told

    def verify(self, text: str, *more: object, keys: str = "k2", code: int = 0) -> dict[str, Any]:
        seen = "--seen", self / "seen.json"
        said = call("verify", text, "--keys", self / keys, *self.root, *seen, *more, "--json", code=code)
        found: dict[str, Any] = json.loads(said)
        return found


@pytest.fixture
def office(tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Keys are drawn and listed before the station runs; list k2 is in force. Passphrases are stretched less."""
    monkeypatch.setattr("shellmark_trace.keys.files.SCRYPT", (1 << 10, 8, 1))
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    found = Office(tmp_path / "office")
    section = log_section(place)
    call("keys", "init", "manifest", "m1", found.key("m1"), *FROM)
    call("keys", "init", "station", "st01", found.key("st01"), *FROM)
    names = "--factory-zh", "平湖箱包厂", "--factory-en", "Pinghu Luggage", "--host", place.config(log=section).host
    call("keys", "draft", found / "k1", *names, "--card", place.folder / "log.key", "--card", found / "m1.pub")
    goods = "--gtin", GTIN, "--most", 3, "--log", ORIGIN
    call("keys", "rotate", found / "k1", found / "st01.pub", found / "k2", *goods)
    found.sign("k2", "alice", "chen")
    return found


@pytest.fixture
def codes(office: Office, place: Place) -> list[str]:
    """The station has run over four good shells: two codes are active, one is void, one has no label yet."""
    place.fill(["good", "good", "good", "good"])
    with Station(place.config(log=log_section(place))) as station:
        station.run()
        station.wait()
    with records_of(place.folder / "station.toml") as records:
        texts = [one.text for one in records.labels.waiting()]
        for number, text in enumerate(texts[:3], 40):
            records.labels.send(text[-13:])
            records.labels.count(text[-13:], number)
        for number, text in enumerate(texts[:2], 41):
            records.labels.activate(text[-13:], Proof(text, 0.9, number))
        records.labels.replace(texts[2][-13:], "read back as another")
    call("log", "publish", place.folder / "station.toml")
    return texts


def lists(office: Office, place: Place, *more: object, keys: str = "k2") -> tuple[object, ...]:
    """Both lists, written from the station's records."""
    signer = "--key", office.key("m1"), "--keys", office / keys, *office.root
    head = "--checkpoint", place.folder / "data" / "log" / "checkpoint"
    out = "--issued", office / "issued", "--voids", office / "voids"
    call("manifest", "build", *out, *signer, *head, "--data", place.folder / "station.toml", *FROM, *more)
    return "--manifest", office / "issued", "--voids", office / "voids"


def test_the_ceremony_of_three_holders(office: Office) -> None:
    said = call("keys", "list", office / "k2", *office.root)
    assert "version 2" in said
    assert "signed by alice, chen (in force)" in said
    found = json.loads(call("keys", "list", office / "k2", "--json"))
    assert [one["kind"] for one in found["keys"]] == ["log", "manifest", "station"]
    assert found["checked"] is False
    refused(SignatureInvalid, "keys", "list", office / "k1", *office.root)
    assert "not checked" in call("keys", "list", office / "k1")
    card = json.loads(call("keys", "show", office.key("st01"), "--json"))
    assert (card["kind"], card["id"]) == ("station", found["keys"][2]["id"])
    assert call("keys", "show", office / "st01.pub").split()[1] == "station"
    with_commas = ",".join((office / f"{name}.pub").read_text().strip() for name in HOLDERS)
    assert "in force" in call("keys", "list", office / "k2", "--root", with_commas)


def test_a_list_is_renewed_when_the_domain_changes(office: Office) -> None:
    said = call("keys", "renew", office / "k2", office / "k3", "--host", "v.example.cn")
    assert "V.EXAMPLE.CN" in said
    office.sign("k3", "bob", "chen", before="k2")
    found = json.loads(call("keys", "list", office / "k3", *office.root, "--json"))
    assert (found["version"], found["hosts"][1]) == (3, "V.EXAMPLE.CN")


def test_a_holder_sees_what_changes_and_may_say_no(office: Office) -> None:
    call("keys", "revoke", office / "k2", key_id(office), office / "k3", "--from-index", 5, "--why", "PC stolen")
    before = (office / "k3").read_bytes()
    sign = "keys", "sign", office / "k3", office.key("bob"), *office.root, "--before", office / "k2", *FROM
    result = RUNNER.invoke(app, [str(one) for one in sign], input="n\n")
    assert "revoked" in result.output
    assert "version: 2 -> 3" in result.output
    assert (office / "k3").read_bytes() == before
    assert "make a newer draft" in refused(InputError, *sign[:2], office / "k1", *sign[3:], "--yes")
    assert "a root key is due" in refused(
        KeyFileError, "keys", "sign", office / "k3", office.key("m1"), *office.root, "--yes", *FROM
    )


def key_id(office: Office) -> str:
    return str(json.loads(call("keys", "show", office.key("st01"), "--json"))["id"])


def test_a_dealer_s_day(office: Office, place: Place, codes: list[str]) -> None:
    papers = lists(office, place)
    found = office.verify(codes[0], *papers)
    assert (found["verdict"], found["why"]) == ("issued", "listed")
    assert found["zh"][0] == "本厂签发: 平湖箱包厂"
    assert found["en"][0] == "issued by this factory: Pinghu Luggage"
    assert [paper["what"] for paper in found["papers"]] == ["keys", "issued", "withdrawn"]
    assert office.verify(codes[2], *papers, code=1)["verdict"] == "void"
    assert office.verify(codes[3], *papers, code=1)["verdict"] == "unknown"  # its label was never proven
    assert office.verify(codes[0].replace("/01/", "/01"), *papers, code=2)["verdict"] == "no_code"
    assert office.verify(codes[0].replace(GTIN, "06901234567892"), *papers, code=1)["why"] == "other_factory"
    assert office.verify(codes[0], code=2)["why"] == "no_manifest"
    plain = call("verify", codes[0], "--keys", office / "k2", *office.root, "--seen", office / "seen.json", *papers)
    assert plain.splitlines()[0] == "本厂签发: 平湖箱包厂 | issued by this factory: Pinghu Luggage"
    counted = json.loads(call("keys", "list", office / "k2", "--data", place.folder / "station.toml", "--json", code=1))
    assert list(counted["drawn"].values()) == [5]  # four shells, one void label replaced: two more than the key may
    over = RUNNER.invoke(app, ["keys", "list", str(office / "k2"), "--data", str(place.folder / "station.toml")])
    assert "5 codes were drawn in the time of key" in over.stderr
    assert "which may sign 3: rotate it" in over.stderr
    shown = json.loads(call("manifest", "show", office / "issued", "--json"))
    assert (shown["counts"]["codes"], shown["version"], shown["expired"]) == (2, 1, False)
    assert shown["logs"][0]["origin"] == ORIGIN
    assert "withdrawn codes\n" in call("manifest", "show", office / "voids")
    said = call("manifest", "show", office / "issued")
    assert f"log      {ORIGIN}: signed to {shown['logs'][0]['size']} leaves, " in said
    assert "counts   2 codes" in said
    assert "EXPIRED" not in said
    assert not set("{}[]") & set(said)


def test_a_list_that_has_expired_is_shown_as_such(
    office: Office, place: Place, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lists(office, place)
    later = datetime.now(UTC) + timedelta(days=15)
    monkeypatch.setattr("shellmark_inspect.app.manifest.now", lambda: later)
    assert " UTC, EXPIRED\n" in call("manifest", "show", office / "issued")
    assert json.loads(call("manifest", "show", office / "issued", "--json"))["expired"] is True


def test_versions_grow_and_an_older_list_is_refused(office: Office, place: Place, codes: list[str]) -> None:
    papers = lists(office, place)
    old = (office / "issued").read_bytes()
    lists(office, place)
    assert office.verify(codes[0], *papers)["papers"][1]["version"] == 2
    (office / "issued").write_bytes(old)
    assert office.verify(codes[0], *papers, code=2)["why"] == "manifest_refused"
    refused(InputError, "manifest", "build", "--issued", office / "voids", *build(office, place))


def build(office: Office, place: Place) -> tuple[object, ...]:
    signer = "--key", office.key("m1"), "--keys", office / "k2", *office.root
    return *signer, "--data", place.folder / "station.toml", *FROM


def test_a_tag_is_signed_read_and_believed(office: Office, place: Place, codes: list[str]) -> None:
    data = "--data", place.folder / "station.toml"
    signer = "--key", office.key("st01"), "--keys", office / "k2", *office.root, *data, *FROM
    serial = codes[0][-13:]
    text = call("keys", "tag", serial, "--png", office / "tag.png", *signer).strip()
    assert text.startswith(codes[0] + "?91=")
    picture = cv2.imread(str(office / "tag.png"), cv2.IMREAD_GRAYSCALE)
    assert zxingcpp.read_barcodes(picture)[0].text == text
    assert office.verify(text)["why"] == "signed"
    assert office.verify(text, *lists(office, place))["why"] == "listed"
    assert "never drawn" in refused(InputError, "keys", "tag", "0" * 13, *signer)
    assert "is VOID" in refused(InputError, "keys", "tag", codes[2][-13:], *signer)
    assert "is RESERVED" in refused(InputError, "keys", "tag", codes[3][-13:], *signer)
    assert office.verify(text[:-1], code=2)["why"] == "signature_cut"
    forged = text[:-5] + ("A" if text[-5] != "A" else "B") + text[-4:]
    assert office.verify(forged, code=1)["why"] == "wrong_signature"
    assert office.verify(text, "--need-log", code=1)["why"] == "not_logged"
    call("log", "proof", place.folder / "station.toml", "--serial", serial, "--out", office / "tag", "--record")
    for asked in (text, codes[0]):  # the last leaf is that of its proven label, so the signature is not needed
        found = office.verify(asked, "--need-log", "--proof", office / "tag.tlog-proof")
        assert (found["verdict"], found["why"]) == ("issued", "proved")
    assert office.verify(codes[1], "--proof", office / "tag.tlog-proof", code=2)["why"] == "proof_refused"
    call(
        "log", "proof", place.folder / "station.toml", "--serial", codes[2][-13:], "--out", office / "gone", "--record"
    )
    assert office.verify(codes[2], "--proof", office / "gone.tlog-proof", code=1)["verdict"] == "void"
    (office / "tag.leaf").unlink()
    assert office.verify(text, "--proof", office / "tag.tlog-proof", code=2)["why"] == "proof_refused"


def test_the_loss_drill(office: Office, place: Place, codes: list[str]) -> None:
    config = place.folder / "station.toml"
    signer = "--key", office.key("st01"), *office.root, "--data", config, *FROM
    tag = call("keys", "tag", codes[0][-13:], "--keys", office / "k2", *signer).strip()
    papers = lists(office, place)
    call("log", "proof", config, "--serial", codes[0][-13:], "--out", office / "tag", "--record")

    end = json.loads(call("log", "publish", config, "--json"))["size"]
    for index, name in ((end, "k3"), (1, "k3-early")):
        call(
            "keys", "revoke", office / "k2", key_id(office), office / name, "--from-index", index, "--why", "PC stolen"
        )
    call("keys", "init", "station", "st01", office.key("st01-next"), *FROM)
    time.sleep(1.0)  # a key starts on a whole second: not on the one the codes were drawn in
    call("keys", "rotate", office / "k3", office / "st01-next.pub", office / "k4")
    office.sign("k4", "bob", "alice", before="k2")
    office.sign("k3-early", "bob", "chen", before="k2")

    assert office.verify(tag, keys="k3-early", code=1)["why"] == "revoked"
    assert office.verify(tag, *papers, keys="k4")["why"] == "listed_key_revoked"
    assert office.verify(tag, "--proof", office / "tag.tlog-proof", keys="k4")["verdict"] == "issued"
    assert office.verify(tag, keys="k4", code=1)["why"] == "revoked"
    assert office.verify(tag, keys="k2", code=2)["why"] == "keys_refused"  # k4 was seen: no way back
    assert "is revoked" in refused(KeyFileError, "keys", "tag", codes[0][-13:], "--keys", office / "k4", *signer)
    late = "--keys", office / "k4", "--key", office.key("st01-next"), *signer[2:]
    said = refused(KeyFileError, "keys", "tag", codes[1][-13:], *late)
    assert "was drawn" in said
    assert "`shellmark keys rotate --starts` at or before then" in said


def test_codes_from_before_the_key_are_signed_by_one_with_an_earlier_start(
    office: Office, place: Place, codes: list[str]
) -> None:
    """What the refusal says to do, done."""
    call("keys", "init", "station", "st01", office.key("late"), *FROM)
    time.sleep(1.0)  # a key starts on a whole second: not on the one the codes were drawn in
    card = office / "late.pub"
    data = "--key", office.key("late"), *office.root, "--data", place.folder / "station.toml", *FROM
    call("keys", "rotate", office / "k2", card, office / "k3")
    office.sign("k3", "bob", "alice", before="k2")
    assert "--starts" in refused(KeyFileError, "keys", "tag", codes[0][-13:], "--keys", office / "k3", *data)
    early = (datetime.now() - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
    call("keys", "rotate", office / "k2", card, office / "k3-early", "--most", 9, "--starts", early)
    office.sign("k3-early", "bob", "alice", before="k2")
    tag = call("keys", "tag", codes[0][-13:], "--keys", office / "k3-early", *data).strip()
    assert office.verify(tag, keys="k3-early")["why"] == "signed"


def test_nothing_is_written_over_and_bad_input_is_one_line(office: Office, tmp_path: Path) -> None:
    before = office.key("alice").read_bytes()
    assert "taken" in refused(InputError, "keys", "init", "root", "alice", office.key("alice"), *FROM)
    (office / "alice.pub").rename(office / "away")
    assert "stays as it is" in refused(KeyFileError, "keys", "init", "root", "alice", office.key("alice"), *FROM)
    assert office.key("alice").read_bytes() == before
    assert "no terminal" in refused(InputError, "keys", "init", "root", "x", office / "x.key")
    said = refused(KeyFileError, "keys", "init", "root", "x", office / "x.key", "--passphrase-from", "my secret words")
    assert "secret" not in said
    assert "cannot be read" in refused(InputError, "keys", "list", tmp_path / "none")
    assert "no key list" in refused(KeyFileError, "keys", "list", office / "roots.txt")
    refused(KeyFileError, "keys", "rotate", office / "k2", office / "st01.pub", office / "k9")
    refused(KeyFileError, "keys", "rotate", office / "k2", office / "bob.pub", office / "k9")
    refused(KeyFileError, "keys", "revoke", office / "k2", "ffffff", office / "k9", "--from-index", 1, "--why", "x")
    refused(KeyFileError, "keys", "revoke", office / "k2", key_id(office), office / "k9", "--why", "x")
    refused(KeyFileError, "keys", "draft", office / "k9", "--factory-zh", "厂", "--factory-en", "F", "--host", "a b")
    refused(KeyFileError, "keys", "show", office / "roots.txt")
    refused(TraceError, "manifest", "show", office / "roots.txt")
    refused(KeyFileError, "verify", "x", "--keys", office / "k2", "--root", office / "k2", "--seen", office / "s")
    assert not (office / "k9").exists()
    if os.name == "posix":
        office.key("bob").chmod(0o640)
        assert "chmod 600" in refused(KeyFileError, "keys", "show", office.key("bob"))


def test_the_program_itself_ends_with_the_exit_code(office: Office) -> None:
    run = [sys.executable, "-c", "from shellmark_inspect.app import main; main()"]
    environment = os.environ | {VARIABLE: PASSPHRASE}
    odd = subprocess.run(
        [*run, "verify", "ｈｔｔｐｓ://x"], env=environment, capture_output=True, text=True, check=False
    )
    assert (odd.returncode, odd.stderr) == (2, "")
    assert "全角" in odd.stdout
    assert PASSPHRASE not in odd.stdout


def test_a_pin_key_has_no_card(office: Office) -> None:
    assert "no card" in call("keys", "init", "pin", "pins", office.key("pins"), *FROM)
    assert not (office / "pins.pub").exists()
    assert "no card" in refused(KeyFileError, "keys", "show", office.key("pins"))


def test_a_missing_passphrase_is_one_line(office: Office) -> None:
    sign = (
        "keys",
        "sign",
        office / "k2",
        office.key("bob"),
        *office.root,
        "--yes",
        "--passphrase-from",
        "env:NOT_SET_HERE",
    )
    assert "gave no passphrase" in refused(KeyFileError, *sign)
