"""Ten thousand cases through one real station: every one recorded, and the memory flat.

`make soak`. SHELLMARK_SOAK_CASES and SHELLMARK_SOAK_OUT change how many cases and where the curve is written (CSV).
"""

# ruff: noqa: T201 - the curve is printed for whoever runs it
from __future__ import annotations

import csv
import os
import threading
import time
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
import psutil
import pytest
from small_station import Place, teach_noise

from shellmark_inspect.loop import StationState
from shellmark_inspect.station import Station
from shellmark_inspect.types import Record, Verdict

CASES = int(os.environ.get("SHELLMARK_SOAK_CASES", "10000"))
EVERY = 100
MOST_GROWTH_MB = 5.0
"""What the last half may grow: 10,000 cases of 1 kB kept by mistake would be 5 MB."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One point of the curve: the process after so many cases."""

    cases: int
    seconds: float
    resident_mb: float
    threads: int
    open_files: int


class Curve:
    """Takes a sample after every hundredth record."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self._process = psutil.Process()
        self._began = time.monotonic()
        self._seen = 0

    def __call__(self, record: Record) -> None:
        self._seen += 1
        if self._seen % EVERY == 0 or self._seen == 1:
            info = self._process
            mb, files = info.memory_info().rss / 2**20, info.num_fds() if hasattr(info, "num_fds") else 0
            took_s = round(time.monotonic() - self._began, 2)
            self.samples.append(Sample(self._seen, took_s, round(mb, 2), threading.active_count(), files))

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(field.name for field in fields(Sample))
            writer.writerows(astuple(sample) for sample in self.samples)

    def print(self) -> None:
        step = max(1, len(self.samples) // 20)
        print("\n  cases   seconds  resident MB  threads  files")
        for s in [*self.samples[::step], self.samples[-1]]:
            print(f"{s.cases:7} {s.seconds:9.1f} {s.resident_mb:12.2f} {s.threads:8} {s.open_files:6}")


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_memory_is_flat_over_ten_thousand_cases(tmp_path: Path) -> None:
    teach_noise(tmp_path / "store")
    place = Place(tmp_path, tmp_path / "store")
    place.fill(["good"] * 4 + ["scratched"] + ["good"] * 4 + ["blemished"] + ["good"] * 9 + ["blemished"])
    (place.cases / "torn.png").write_bytes(b"")
    config = place.config(
        cameras={"front": {"kind": "folder", "path": "cases", "loop": True}},
        outputs={"events": {"kind": "jsonl", "path": "events.jsonl"}},
    )
    curve, enough = Curve(), threading.Event()
    with Station(config) as station:
        station.subscribe(curve)
        station.subscribe(lambda record: enough.set() if record.inspection.trigger.number >= CASES else None)
        station.run()
        while not enough.wait(5):
            assert station.status().state is StationState.CONTINUOUS_EXECUTION, station.status().message
        station.hold()
        station.wait()
        reader = station.reader()
        rows = reader.size()
        reviews = reader.size(verdict=Verdict.REVIEW)
        reader.close()
    curve.write(Path(os.environ.get("SHELLMARK_SOAK_OUT", str(tmp_path / "memory.csv"))))
    curve.print()
    late = [s for s in curve.samples if s.cases >= CASES / 2]
    slope = float(np.polyfit([s.cases for s in late], [s.resident_mb for s in late], 1)[0])
    grown_mb = slope * (late[-1].cases - late[0].cases)
    print(
        f"last half: {grown_mb:+.2f} MB over {late[-1].cases - late[0].cases} cases; {rows} records, {reviews} REVIEW"
    )
    assert rows >= CASES
    assert reviews == pytest.approx(rows / 21, abs=1), "the torn picture of every round, and no other"
    assert grown_mb < MOST_GROWTH_MB
    assert late[-1].threads == late[0].threads
    assert late[-1].open_files <= late[0].open_files + 2
