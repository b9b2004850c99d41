"""Records on SQLite and, where a server can be started, on PostgreSQL; and inspections to put into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from shellmark_inspect.records import RecordReader, Records, SavePolicy
from shellmark_inspect.types import (
    Defect,
    Evidence,
    Inspection,
    Reason,
    ReasonCode,
    Trigger,
    Verdict,
    Versions,
)

GTIN = "06901234567892"
VERSIONS = Versions("0.1.0", "demo", "sha256:" + "a" * 64, "mobile 1", "sha256:" + "b" * 64, "lens 3")
HERE_POLICY = SavePolicy(frames="all", floor_bytes=0)


def make_inspection(
    number: int, case_id: str = "case-1", verdict: Verdict = Verdict.PASS, *, side_px: int = 24, **changes: object
) -> Inspection:
    random = np.random.default_rng(number)
    crop = random.integers(0, 255, (9, 12, 3), np.uint8)
    defect = Defect(
        view="front",
        zone="A",
        label="scratch",
        label_score=0.75,
        score=1.5,
        centre_mm=(12.5, 30.25),
        length_mm=12.4,
        width_mm=0.3,
        diameter_mm=2.0,
        area_mm2=3.7,
        uncertainty_mm=0.2,
        light="left",
        contour_px=np.array([[1.5, 2.0], [4.0, 8.25], [9.0, 1.0]]),
        crop=crop,
        crop_px_per_mm=10.0,
    )
    values = {"label": "scratch", "measure": "length", "value": 12.4, "unit": "mm", "zone": "A", "limit": 5.0}
    bad = verdict is not Verdict.PASS
    found: dict[str, object] = {
        "trigger": Trigger(number, 10**18 + number, case_id),
        "sku": "sku-1",
        "verdict": verdict,
        "reasons": (Reason(ReasonCode.OVER_LIMIT, values, 0),) if bad else (),
        "defects": (defect,) if bad else (),
        "versions": VERSIONS,
        "scores": {"front": 1.5 if bad else 0.5},
        "timings_ms": {"capture": 12.5},
        "notes": {"front.shift_mm": 0.25},
        "evidence": (Evidence("frame", "front", "left", random.integers(0, 255, (side_px, side_px, 3), np.uint8)),),
    }
    return Inspection(**(found | changes))  # type: ignore[arg-type]


class Bench:
    """One database under test: opens stations and readers on it and keeps one station's trigger count."""

    def __init__(self, url: str, images: Path, closing: ExitStack) -> None:
        self.url = url
        self.images = images
        self._closing = closing

    def open(self, station: str = "st01", policy: SavePolicy = HERE_POLICY) -> Records:
        records = Records.open(self.url, self.images, station=station, host="id.example.cn", policy=policy)
        self._closing.callback(records.close)
        return records

    def reader(self) -> RecordReader:
        reader = RecordReader(self.url, self.images)
        self._closing.callback(reader.close)
        return reader

    @staticmethod
    def begin(records: Records, inspection: Inspection) -> Inspection:
        records.begin(inspection.trigger, inspection.sku, inspection.versions)
        return inspection


@pytest.fixture
def inspection() -> Callable[..., Inspection]:
    return make_inspection


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as closing:
        yield Bench(f"sqlite:///{tmp_path / 'records.db'}", tmp_path / "images", closing)


@pytest.fixture(params=["sqlite", "postgresql"])
def bench(request: pytest.FixtureRequest) -> Bench:
    found: Bench = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def postgresql(empty_postgresql: str, tmp_path: Path) -> Iterator[Bench]:
    """An empty database on the server of this session."""
    with ExitStack() as closing:
        yield Bench(empty_postgresql, tmp_path / "images", closing)
