"""Power cuts at any moment: every image opens, is whole, and has every record and every step that was acknowledged."""

# ruff: noqa: T201 - the count is printed for whoever runs it
from __future__ import annotations

import hashlib
import importlib.util
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa

from shellmark_inspect.records import Records, SavePolicy, schema
from shellmark_trace import TRANSITIONS, States

HERE = Path(__file__).parent


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


power_cut = _module("power_cut")


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="no strace: apt-get install strace"),
]


def cut(tmp_path: Path, cases: int, images: int, *synchronous: str) -> list[str]:
    """What is missing in so many images of a station's run."""
    folder = tmp_path / "disk"
    folder.mkdir()
    trace = power_cut.record(HERE / "power_writer.py", folder, str(cases), *synchronous)
    if trace is None:
        pytest.skip("strace may not trace here")
    disk = power_cut.Disk(str(folder))
    calls = sum(1 for _ in disk.play(trace))
    assert disk.acknowledged[-1] == "closed"
    assert {name: inode.now() for name, inode in disk.names.items() if name.endswith(".jpg")} == {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.jpg")
    }, "the disk of the trace is not the real one"
    assert disk.names["r.db"].now() == (folder / "r.db").read_bytes()

    dice = random.Random(3)
    cuts = sorted(dice.randint(1, calls) for _ in range(images))
    disk, lost, told = power_cut.Disk(str(folder)), [], 0
    for done in disk.play(trace):
        while cuts and cuts[0] == done:
            del cuts[0]
            place = tmp_path / "image"
            place.mkdir()
            disk.image(place, dice)
            missing = _missing(place, disk.acknowledged)
            lost += [f"after {done} calls: {', '.join(missing)}"] if missing else []
            told += len(disk.acknowledged)
            shutil.rmtree(place)
    assert not cuts
    print(
        f"\n{images} images of {calls} calls, {cases} cases: {len(lost)} images lack one of {told} acknowledged things"
    )
    return lost


@pytest.mark.parametrize(
    ("cases", "images"), [(8, 30), pytest.param(150, 2000, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
)
def test_nothing_acknowledged_is_lost(tmp_path: Path, cases: int, images: int) -> None:
    assert cut(tmp_path, cases, images) == []


def test_these_power_cuts_find_what_a_weaker_setting_loses(tmp_path: Path) -> None:
    assert len(cut(tmp_path, 4, 10, "NORMAL")) >= 3


def _missing(place: Path, acknowledged: list[str]) -> list[str]:
    """What a station that starts on the image does not find again."""
    records = Records.open(place / "r.db", place / "i", station="st01", host="x.cn", policy=SavePolicy(floor_bytes=0))
    try:
        records.recover()
        return [*_broken(records, place), *_forgotten(records, acknowledged)]
    finally:
        records.close()


def _rows(records: Records, query: Any) -> list[tuple[Any, ...]]:
    return records._write("look", lambda: [tuple(row) for row in records._connection.execute(query)])


def _broken(records: Records, place: Path) -> Iterator[str]:
    """What is not whole: the file, a picture of a record, the outbox, the log."""
    for check, due in (("PRAGMA integrity_check", [("ok",)]), ("PRAGMA foreign_key_check", [])):
        if (found := _rows(records, sa.text(check))) != due:
            yield f"{check}: {found}"
    o = schema.images.c
    for path, digest in _rows(records, sa.select(o.path, o.digest)):
        file = place / "i" / path
        if not file.is_file() or "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            yield f"picture {path}"
    numbers = [row[0] for row in _rows(records, sa.select(schema.outbox.c.number).order_by(schema.outbox.c.number))]
    index = schema.log_leaves.c.index
    leaves = [row[0] for row in _rows(records, sa.select(index).order_by(index))]
    if numbers != list(range(1, len(numbers) + 1)) or leaves != list(range(len(numbers))):
        yield "outbox or log with a gap"


def _forgotten(records: Records, acknowledged: list[str]) -> list[str]:
    i, c = schema.inspections.c, schema.codes.c
    found = {number: (row, verdict) for number, row, verdict in _rows(records, sa.select(i.trigger, i.row, i.verdict))}
    states = dict(_rows(records, sa.select(c.serial, c.state)))
    counted = {row[0] for row in _rows(records, sa.text("SELECT serial FROM odometers WHERE cause = 'before'"))}

    def kept(line: str) -> bool:
        match line.split():
            case ["begun", number]:
                return int(number) in found
            case ["stored", number, row, verdict]:
                return found.get(int(number)) == (int(row), verdict)
            case ["code", serial, state]:
                return serial in states and _follows(States(state), States(states[serial]))
            case ["counted", serial]:
                return serial in counted
        return True

    return [line for line in acknowledged if not kept(line)]


def _follows(before: States, now: States) -> bool:
    """Whether a code that was `before` may have come to be `now`."""
    return now is before or any(_follows(after, now) for after in TRANSITIONS[before] - {States.SHIPPED})
