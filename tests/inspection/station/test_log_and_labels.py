"""The log beside the label printer: every step of a code is in it, and a rolled-back database prints nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from label_shop import emulator
from logged_station import PASSPHRASE, VARIABLE, log_section
from small_station import Place

from shellmark_inspect.labelling import LabelState
from shellmark_inspect.records import RecordReader
from shellmark_inspect.station import Station, StationConfig, check_log

Open = Callable[..., Station]
WITHIN_S = 30.0


@pytest.fixture
def printer() -> Iterator[Any]:
    with emulator.Emulator() as one:
        yield one


def open_it(place: Place, opened: Open, printer: Any) -> Station:
    folder = place.folder / "under"
    folder.mkdir(exist_ok=True)
    if not (folder / "shell.png").exists():
        show(place, np.zeros((0, 0), np.bool_))
    place.fill(["good"])
    cameras = {
        "front": {"kind": "folder", "path": "cases"},
        "labels": {"kind": "folder", "path": "under", "loop": True},
    }
    zebra = {"kind": "zebra", "host": printer.host, "port": printer.port}
    return opened(cameras=cameras, label={"printer": zebra, "view": "labels"}, log=log_section(place))


def show(place: Place, label: Any) -> None:
    frame = np.full((420, 680), 120, np.uint8)
    frame[20 : 20 + label.shape[0], 20 : 20 + label.shape[1]] = np.where(label, 25, 235)
    part = place.folder / "under" / "shell.part"
    part.write_bytes(cv2.imencode(".png", frame)[1].tobytes())
    part.replace(place.folder / "under" / "shell.png")


def wait(station: Station, state: LabelState) -> None:
    deadline = time.monotonic() + WITHIN_S
    while (status := station.labels.status()) is None or status.state is not state:
        assert time.monotonic() < deadline, f"{status}, not {state}"
        time.sleep(0.01)


def take(here: Path, there: Path) -> None:
    there.mkdir(exist_ok=True)
    for old in there.glob("records.db*"):
        old.unlink()
    for file in here.glob("records.db*"):
        shutil.copy(file, there)


def faults(place: Place) -> tuple[str, ...]:
    config = StationConfig.read(place.folder / "station.toml")
    reader = RecordReader(config.url, config.images)
    try:
        return check_log(config, reader).faults
    finally:
        reader.close()


def test_a_rolled_back_database_prints_no_serial_again(
    place: Place, opened: Open, printer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    data, backup, newest = place.folder / "data", tmp_path / "backup", tmp_path / "newest"
    place.fill(["good"])
    station = opened(log=log_section(place))
    record = station.trigger().result(WITHIN_S)
    assert record.code is not None
    assert record.code.state == "RESERVED"
    station.close()
    take(data, backup)
    station = open_it(place, opened, printer)
    wait(station, LabelState.STICK)
    printer.wait(1)
    station.close()
    take(data, newest)
    take(backup, data)
    station = open_it(place, opened, printer)
    assert "were rolled back" in station.status().blocked[0]
    wait(station, LabelState.CLOSED)
    time.sleep(0.3)
    assert len(printer.pictures) == 1, "the database says RESERVED, the world has a label"
    station.close()
    take(newest, data)
    station = open_it(place, opened, printer)
    wait(station, LabelState.STICK)
    show(place, printer.pictures[0])
    station.labels.stuck("w17").result(WITHIN_S)
    wait(station, LabelState.IDLE)
    station.close()
    assert len(printer.pictures) == 1
    assert faults(place) == ()
