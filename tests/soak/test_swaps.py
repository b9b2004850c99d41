"""Two hundred real swaps on a running station: memory stays flat, every case is judged by one of the two versions.

`make soak`. SHELLMARK_SOAK_SWAPS and SHELLMARK_SOAK_OUT change how many swaps and where the curve is written (CSV).
"""

# ruff: noqa: T201 - the curve is printed for whoever runs it
from __future__ import annotations

import csv
import os
import threading
import time
from collections import Counter
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
import psutil
import pytest
import tomli_w

from shellmark_inspect.station import Station, StationConfig, samples_folder
from shellmark_inspect.types import Record
from shellmark_models import Store, bundle_roots
from shellmark_models.registry import FILE_NAME
from shellmark_models.rescale import rescaled
from shellmark_models.switch import activate
from shellmark_models.writing import write_folder

SKU = "gloss-vertical"
SWAPS = int(os.environ.get("SHELLMARK_SOAK_SWAPS", "200"))
MOST_GROWTH_MB = 20.0
"""What the last half may grow: 100 sessions of 6 MB kept by mistake would be 600 MB."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One point of the curve: the process after so many swaps."""

    swaps: int
    seconds: float
    swap_s: float
    cases: int
    resident_mb: float
    threads: int


def config(folder: Path) -> StationConfig:
    samples = samples_folder()
    place = {"kind": "folder", "path": str(samples / "manifest.json"), "loop": True}
    wanted = {"split": "test", "sku": SKU}
    settings = {
        "data": "data",
        "cameras": {"front": place | {"filter": wanted}},
        "recipes": [str(samples / SKU)],
        "models": ["store"],
        "save": {"floor_bytes": 10**15},
        "threads": 1,
    }
    path = folder / "station.toml"
    path.write_text(tomli_w.dumps(settings), "utf-8")
    return StationConfig.read(path)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_memory_is_flat_over_two_hundred_swaps(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", *bundle_roots())
    write_folder(rescaled(store.find(f"{SKU}/1"), 1.1, "2"), tmp_path / "store" / SKU / "2", holds=FILE_NAME)
    activate(store, SKU, "2", by="soak", force=True, reason="soak")
    activate(store, SKU, "1", by="soak", force=True, reason="soak")
    judged: Counter[str] = Counter()
    begun = threading.Event()

    def listen(record: Record) -> None:
        judged[record.inspection.versions.model] += 1
        begun.set()

    samples, process, began = [], psutil.Process(), time.monotonic()
    with Station(config(tmp_path)) as station:
        station.subscribe(listen)
        station.run()
        assert begun.wait(120)
        for swap in range(1, SWAPS + 1):
            at = time.monotonic()
            now = station.workshop.rollback("soak").result(120)
            took = time.monotonic() - at
            assert now.active
            activate(store, SKU, now.version, by="soak", force=True, reason="soak")  # so that there is one before again
            other = "1" if now.version == "2" else "2"
            activate(store, SKU, other, by="soak", force=True, reason="soak")
            activate(store, SKU, now.version, by="soak", force=True, reason="soak")
            if swap % 10 == 0 or swap <= 3:
                mb = process.memory_info().rss / 2**20
                cases = sum(judged.values())
                samples.append(
                    Sample(swap, round(at - began, 1), round(took, 3), cases, round(mb, 1), threading.active_count())
                )
                print(samples[-1], flush=True)
        station.hold()
        station.wait()
        reader = station.reader()
        rows = reader.size()
        reader.close()
    with Path(os.environ.get("SHELLMARK_SOAK_OUT", str(tmp_path / "swaps.csv"))).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(field.name for field in fields(Sample))
        writer.writerows(astuple(sample) for sample in samples)
    late = [s for s in samples if s.swaps >= SWAPS / 2]
    slope = float(np.polyfit([s.swaps for s in late], [s.resident_mb for s in late], 1)[0])
    grown_mb = slope * (late[-1].swaps - late[0].swaps)
    print(f"last half: {grown_mb:+.1f} MB over {late[-1].swaps - late[0].swaps} swaps; {dict(judged)}")
    assert set(judged) == {f"{SKU}/1", f"{SKU}/2"}
    assert rows == sum(judged.values())
    assert grown_mb < MOST_GROWTH_MB
    assert late[-1].threads == late[0].threads
    assert float(np.median([s.swap_s for s in samples])) < 2.0
