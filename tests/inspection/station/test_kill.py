"""A real `shellmark run` ended by SIGKILL: every trigger has exactly one record after the next start."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from small_station import Place

from shellmark_inspect.station import Station
from shellmark_inspect.types import ReasonCode, Verdict

Open = Callable[..., Station]
WITHIN_S = 60.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL and no named pipes on Windows")


@contextmanager
def running(config: Path) -> Iterator[subprocess.Popen[str]]:
    """`shellmark run` without a window, killed in the end whatever happens."""
    program = "from shellmark_inspect.app import main; main()"
    command = [sys.executable, "-c", program, "run", str(config), "--headless"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    found: list[str] = []
    while len(found) < count:
        line = process.stdout.readline()
        assert line, "the station ended by itself"
        found += [line] if line.startswith(("PASS", "FAIL", "REVIEW")) else []
    return found


def triggers(database: Path) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM triggers").fetchone()[0])


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait(WITHIN_S) == -signal.SIGKILL


@pytest.mark.slow
def test_a_case_that_was_open_is_a_review_and_the_others_stay(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched"])
    os.mkfifo(place.cases / "003-never.png")  # a picture that never comes
    config = place.write_config(answer_within_s=600.0)
    with running(config) as process:
        said = lines(process, 2)
        deadline = time.monotonic() + WITHIN_S
        while triggers(place.folder / "data" / "records.db") < 3:  # another process' commit has no event to wait for
            assert time.monotonic() < deadline
            time.sleep(0.02)
        kill(process)
    (place.cases / "003-never.png").unlink()
    place.fill(["good"], first=4)

    station = opened()
    reader = station.reader()
    found = list(reader.iterate())
    reader.close()
    assert [line.split()[0] for line in said] == ["PASS", "FAIL"]
    assert [r.verdict for r in found] == [Verdict.PASS, Verdict.FAIL, Verdict.REVIEW]
    assert [r.inspection.trigger.number for r in found] == [1, 2, 3]
    assert [r.code for r in found[2].inspection.reasons] == [ReasonCode.INTERRUPTED]
    assert found[2].inspection.versions.model == "noise/1", "what would have judged it is known"
    assert station.trigger().result(WITHIN_S).inspection.trigger.number == 4


@pytest.mark.slow
def test_kills_at_any_moment_leave_one_record_a_trigger(place: Place, opened: Open) -> None:
    place.fill(["good", "scratched"])
    config = place.write_config(cameras={"front": {"kind": "folder", "path": "cases", "loop": True}})
    told = 0
    for count in (1, 7, 12):
        with running(config) as process:
            told += len(lines(process, count))
            kill(process)
    reader = opened().reader()
    found = list(reader.iterate())
    reader.close()
    assert [r.inspection.trigger.number for r in found] == list(range(1, len(found) + 1))
    assert [r.sequence for r in found] == list(range(1, len(found) + 1))
    interrupted = [r for r in found if r.verdict is Verdict.REVIEW]
    assert {str(reason.code) for r in interrupted for reason in r.inspection.reasons} <= {"interrupted"}
    assert len(found) - len(interrupted) >= told, "what was told was kept before it was told"
    assert len(interrupted) <= 3
