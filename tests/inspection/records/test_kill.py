"""kill -9 at random moments: every begun trigger has exactly one record, and nothing acknowledged is lost."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from shellmark_inspect.records import RecordReader, Records
from shellmark_inspect.types import ReasonCode, Verdict

NURSERY = Path(__file__).with_name("kill_nursery.py")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the nursery forks")
@pytest.mark.parametrize("kills", [20, pytest.param(500, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_every_begun_trigger_has_exactly_one_record(tmp_path: Path, kills: int) -> None:
    subprocess.run([sys.executable, str(NURSERY), str(tmp_path), str(kills), "7"], check=True)
    records = Records.open(tmp_path / "r.db", tmp_path / "i", station="st01", host="x.cn")
    records.recover()
    records.close()
    lines = [line.split() for line in (tmp_path / "acknowledged").read_text().splitlines()]
    begun = {int(line[1]) for line in lines if line[0] == "begun"}
    stored = {int(line[1]): (int(line[2]), Verdict(line[3])) for line in lines if line[0] == "stored"}
    assert stored, "no station lived long enough to store anything"
    reader = RecordReader(tmp_path / "r.db", tmp_path / "i")
    found = list(reader.iterate())
    reader.close()

    numbers = [record.inspection.trigger.number for record in found]
    assert sorted(numbers) == list(range(1, len(found) + 1)), "a trigger without a record, or with two"
    assert begun <= set(numbers)
    assert [record.sequence for record in found] == list(range(1, len(found) + 1))
    by_number = {record.inspection.trigger.number: record for record in found}
    for number, (row, verdict) in stored.items():
        assert (by_number[number].row, by_number[number].verdict) == (row, verdict)
    interrupted = [r for r in found if r.inspection.reasons and r.inspection.reasons[0].code is ReasonCode.INTERRUPTED]
    assert not {record.inspection.trigger.number for record in interrupted} & stored.keys()
    for record in found:
        for image in record.images:
            assert "sha256:" + hashlib.sha256(image.path.read_bytes()).hexdigest() == image.digest
    assert not list((tmp_path / "i").rglob(".unfinished-*"))
    check_database(tmp_path / "r.db")


def check_database(file: Path) -> None:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        leaves = [row[0] for row in db.execute('SELECT "index" FROM log_leaves ORDER BY 1')]
        assert leaves == list(range(len(leaves)))
        told = [row[0] for row in db.execute("SELECT number FROM outbox ORDER BY 1")]
        assert told == list(range(1, len(told) + 1))
        assert len(told) == len(leaves)
