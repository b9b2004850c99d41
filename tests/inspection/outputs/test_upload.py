"""Uploads to a real verify site: at least once, each taken once, pictures by their digests, through every outage."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import sqlalchemy as sa
from site_stand import Stand

from shellmark_inspect.errors import ConfigError, WrongState
from shellmark_inspect.outputs import OutputError, VerifySite, VerifySiteSettings, deliver, read_output_settings
from shellmark_inspect.records import Proof, Records, SavePolicy
from shellmark_inspect.types import Evidence, Inspection, Reason, ReasonCode, Trigger, Verdict, Versions

GTIN = "06901234567892"
VERSIONS = Versions("0.1.0", "demo", "sha256:" + "a" * 64, "mobile 1", "sha256:" + "b" * 64)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Records]:
    """A station with two passes, their frames kept, and a fail."""
    policy = SavePolicy(frames="all", floor_bytes=0)
    records = Records.open(tmp_path / "r.db", tmp_path / "i", station="st01", host="id.example.cn", policy=policy)
    for number, verdict in enumerate((Verdict.PASS, Verdict.FAIL, Verdict.PASS), 1):
        pixels = np.random.default_rng(number).integers(0, 255, (60, 80, 3), np.uint8)
        trigger = Trigger(number, number, f"case-{number}")
        records.begin(trigger, "sku", VERSIONS)
        evidence = (Evidence("frame", "front", "left", cv2.blur(pixels, (9, 9))),)
        reasons = () if verdict is Verdict.PASS else (Reason(ReasonCode.INTERRUPTED),)
        inspection = Inspection(trigger, "sku", verdict, reasons, (), VERSIONS, evidence=evidence)
        records.store(inspection, gtin=GTIN, operator="王小明")
    yield records
    records.close()


def output(stand: Stand, folder: Path, **changes: Any) -> VerifySite:
    (folder / "token").write_text(stand.token + "\n")
    settings = {"url": stand.url, "token_file": folder / "token", "pictures": folder / "i"} | changes
    return VerifySite.of(VerifySiteSettings(**settings))


def column(stand: Stand, query: str) -> list[Any]:
    with stand.site.database.reading() as connection:
        return list(connection.scalars(sa.text(query)))


def test_events_and_pictures_arrive(stand: Stand, station: Records, tmp_path: Path) -> None:
    count = deliver(station, "site", output(stand, tmp_path))
    assert count == 5
    assert column(stand, "SELECT state FROM codes") == ["RESERVED", "RESERVED"]
    assert sorted(column(stand, "SELECT verdict FROM inspections")) == ["FAIL", "PASS", "PASS"]
    assert column(stand, "SELECT count(*) FROM photos") == [2]
    assert column(stand, "SELECT count(*) FROM code_photos WHERE public") == [2]


def test_people_go_as_pseudonyms(stand: Stand, station: Records, tmp_path: Path) -> None:
    deliver(station, "site", output(stand, tmp_path))
    told = column(stand, "SELECT payload FROM inspections")
    assert all("op-" in str(payload) and "王小明" not in str(payload) for payload in told)
    assert len({payload.split('"operator": "')[1][:11] for payload in told}) == 1


def test_what_is_sent_again_changes_nothing(stand: Stand, station: Records, tmp_path: Path) -> None:
    events = station.pending("site")
    for part in (events, events, events[2:], list(reversed(events))):
        output(stand, tmp_path).send(part)
    assert column(stand, "SELECT count(*) FROM events") == [5]
    assert column(stand, "SELECT count(*) FROM inspections") == [3]


def test_a_crash_between_events_and_pictures_is_made_good(stand: Stand, station: Records, tmp_path: Path) -> None:
    events = station.pending("site")
    output(stand, tmp_path, pictures=None).send(events)
    assert column(stand, "SELECT count(*) FROM photos") == [0]
    output(stand, tmp_path).send(events)
    assert column(stand, "SELECT count(*) FROM photos") == [2]


def test_a_picture_that_is_gone_holds_nothing_up(stand: Stand, station: Records, tmp_path: Path) -> None:
    for path in (tmp_path / "i").glob("*/*"):
        path.unlink()
    assert deliver(station, "site", output(stand, tmp_path)) == 5
    assert column(stand, "SELECT count(*) FROM photos") == [0]


def test_a_site_that_is_away_loses_nothing(stand: Stand, station: Records, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(OutputError, match="is not there"):
        deliver(station, "site", output(stand, tmp_path, url=away))
    assert deliver(station, "site", output(stand, tmp_path)) == 5


def test_a_wrong_token_is_said(stand: Stand, station: Records, tmp_path: Path) -> None:
    sender = output(stand, tmp_path)
    (tmp_path / "token").write_text("wrong")
    with pytest.raises(OutputError, match=r"answers 401: .*no token of a station"):
        deliver(station, "site", sender)
    (tmp_path / "token").unlink()
    with pytest.raises(OutputError, match="put it there"):
        deliver(station, "site", sender)


def test_plain_http_stays_on_this_machine() -> None:
    plain = {"kind": "verify", "url": "http://id.example.cn", "token_file": "t"}
    with pytest.raises(ConfigError, match="plain http"):
        read_output_settings("site", plain)
    VerifySite.of(VerifySiteSettings(**plain, insecure=True))
    with pytest.raises(ConfigError, match="url"):
        read_output_settings("site", {"kind": "verify", "url": "ftp://x", "token_file": "t"})


def test_a_labelled_case_is_shipped_once_the_site_knows_it_and_a_buyer_is_told(
    stand: Stand, station: Records, tmp_path: Path
) -> None:
    sender = output(stand, tmp_path)
    code = station.labels.waiting()[0]
    station.labels.send(code.serial)
    station.labels.count(code.serial, 41)
    shown = cv2.blur(np.random.default_rng(9).integers(0, 255, (90, 120), np.uint8), (9, 9))
    station.labels.activate(code.serial, Proof(code.text, 0.8, 42, "w17"), shown)
    with pytest.raises(WrongState):
        station.labels.ship(code.serial, target="site", operator="w17")
    deliver(station, "site", sender)
    station.labels.ship(code.serial, target="site", operator="w17")
    phone = stand.phone()
    path = code.text.partition(".CN")[2]
    assert 'id="unshipped"' in phone.get(path).text  # the last step is not there yet
    deliver(station, "site", sender)
    page = phone.get(path).text
    assert 'id="first"' in page
    assert page.count("<figure>") == 2  # the judged frame and the picture the label was read in
    assert stand.site.inspecting.trace("li", code.serial).steps[-1]["after"] == "SHIPPED"  # type: ignore[union-attr]
