"""A disk without room: one clear error, nothing half written, and work goes on when there is room again."""

from __future__ import annotations

import ctypes
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shellmark_inspect.errors import StorageFull
from shellmark_inspect.records import RecordReader, Records, SavePolicy, database
from shellmark_inspect.types import Inspection, Verdict

Make = Callable[..., Inspection]
SIZE_BYTES = 12 * 1024**2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("a small file system can only be mounted by root")
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("no file system may be mounted here")
    yield folder
    ctypes.CDLL(None).sync()
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path, leave_bytes: int) -> Path:
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        file.write(b"\x00" * max(0, shutil.disk_usage(folder).free - leave_bytes))
    return ballast


def check(folder: Path, rows: int) -> None:
    with closing(sqlite3.connect(f"file:{folder / 'r.db'}?mode=ro", uri=True)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("SELECT count(*) FROM inspections").fetchone() == (rows,)
        for table in ("reasons", "defects", "images"):
            assert db.execute(f"SELECT count(*) FROM {table} WHERE row > ?", (rows,)).fetchone() == (0,)


@pytest.fixture
def station(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    monkeypatch.setattr("shellmark_inspect.records.writer.RECORD_ROOM_BYTES", 0)
    policy = SavePolicy(frames="all", floor_bytes=0)
    records = Records.open(small_disk / "r.db", small_disk / "i", station="st01", host="x.cn", policy=policy)
    yield records
    records.close()


def begin(records: Records, inspection: Inspection) -> Inspection:
    records.begin(inspection.trigger, inspection.sku, inspection.versions)
    return inspection


def test_no_room_for_a_picture(station: Records, small_disk: Path, inspection: Make) -> None:
    station.store(begin(station, inspection(1)))
    big = begin(station, inspection(2, verdict=Verdict.FAIL, side_px=600))
    ballast = fill(small_disk, 200_000)
    kept = sorted(small_disk.rglob("*.jpg"))
    with pytest.raises(StorageFull, match="no room"):
        station.store(big)
    assert sorted(small_disk.rglob("*.jpg")) == kept
    assert not list(small_disk.rglob("*.png"))
    assert not list(small_disk.rglob(".unfinished-*"))
    check(small_disk, 1)
    ballast.unlink()
    assert station.store(big).sequence == 2
    check(small_disk, 2)


def store_until_full(records: Records, inspections: list[Inspection]) -> int:
    for stored, one in enumerate(inspections):
        try:
            records.store(one, gtin="06901234567892")
        except StorageFull:
            return stored
    return len(inspections)


def test_no_room_for_the_record(station: Records, small_disk: Path, inspection: Make) -> None:
    station.store(begin(station, inspection(1)))
    open_ones = [begin(station, inspection(number, f"c{number}")) for number in range(2, 40)]
    ballast = fill(small_disk, 60_000)
    stored = 1 + store_until_full(station, open_ones)
    assert stored <= len(open_ones)
    with pytest.raises(StorageFull, match="free some space"):
        station.store(open_ones[stored - 1], gtin="06901234567892")
    check(small_disk, stored)
    pictures = len(list(small_disk.rglob("*.jpg")))
    assert pictures == stored
    ballast.unlink()
    assert [record.verdict for record in station.recover()] == [Verdict.REVIEW] * (len(open_ones) + 1 - stored)
    reader = RecordReader(small_disk / "r.db", small_disk / "i")
    assert [record.sequence for record in reader.iterate()] == list(range(1, len(open_ones) + 2))
    reader.close()


def test_a_case_is_not_begun_without_room_for_its_record(tmp_path: Path, inspection: Make, monkeypatch: object) -> None:
    assert isinstance(monkeypatch, pytest.MonkeyPatch)
    records = Records.open(tmp_path / "r.db", tmp_path / "i", station="st01", host="x.cn")
    monkeypatch.setattr("shellmark_inspect.records.writer.free_bytes", lambda _: database.RECORD_ROOM_BYTES - 1)
    with pytest.raises(StorageFull, match="no case is begun"):
        begin(records, inspection(1))
    assert records.next_trigger_number() == 1
    records.close()
    with pytest.raises(StorageFull):
        Records.open(tmp_path / "r.db", tmp_path / "i", station="st01", host="x.cn")
    monkeypatch.undo()
    Records.open(tmp_path / "r.db", tmp_path / "i", station="st01", host="x.cn").close()
