"""What keeping a record costs: the commit alone, with its pictures, and looking records up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from shellmark_inspect.records import RecordReader, Records, SavePolicy, write_csv
from shellmark_inspect.types import Defect, Evidence, Inspection, Reason, ReasonCode, Trigger, Verdict, Versions
from shellmark_trace import digital_link, label_png, new_serial

GTIN = "06901234567892"
VERSIONS = Versions("0.1.0", "demo", "sha256:" + "a" * 64, "mobile 1", "sha256:" + "b" * 64)
NUMBERS = count(1)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    policy = SavePolicy(frames="all", floor_bytes=0)
    found = Records.open(tmp_path / "r.db", tmp_path / "i", station="st01", host="id.example.cn", policy=policy)
    yield found
    found.close()


def defect(crop: np.ndarray) -> Defect:
    turn = np.linspace(0, 2 * np.pi, 300)
    contour_px = np.column_stack([np.cos(turn), np.sin(turn)]) * 80 + 500
    sizes = {"length_mm": 12.4, "width_mm": 0.3, "diameter_mm": 2.0, "area_mm2": 3.7, "uncertainty_mm": 0.2}
    return Defect(
        "front", "A", "scratch", 0.8, 1.4, (10.0, 20.0), **sizes, light="left", contour_px=contour_px, crop=crop
    )


def an_inspection(verdict: Verdict, evidence: tuple[Evidence, ...] = ()) -> Inspection:
    number = next(NUMBERS)
    bad = verdict is not Verdict.PASS
    values = {"label": "scratch", "measure": "length", "value": 12.4, "unit": "mm", "zone": "A", "limit": 5.0}
    return Inspection(
        trigger=Trigger(number, time.monotonic_ns(), f"case-{number}"),
        sku="sku",
        verdict=verdict,
        reasons=(Reason(ReasonCode.OVER_LIMIT, values, 0),) * 3 if bad else (),
        defects=tuple(defect(crop_of(number, place)) for place in range(3)) if bad else (),
        versions=VERSIONS,
        scores={"front": 0.4, "back": 0.5},
        timings_ms={"capture": 12.0, "inspect": 400.0},
        evidence=evidence,
    )


def begun(records: Records, inspection: Inspection) -> Inspection:
    records.begin(inspection.trigger, inspection.sku, inspection.versions)
    return inspection


def photograph(height: int, width: int) -> np.ndarray:
    """A picture with the detail and the noise of a camera's."""
    random = np.random.default_rng(0)
    coarse = cv2.resize(random.integers(60, 200, (height // 40, width // 40, 3), np.uint8), (width, height))
    noise = random.normal(0, 2, (height, width, 1))
    return np.clip(coarse + noise, 0, 255).astype(np.uint8)


PHOTOGRAPH = photograph(400, 400)


def crop_of(number: int, place: int) -> np.ndarray:
    return np.roll(PHOTOGRAPH, number + 100 * place, axis=0)[:256, :256].copy()


def percentile_ms(benchmark: BenchmarkFixture, share: float) -> float:
    return float(np.percentile(benchmark.stats.stats.data, share * 100) * 1e3)


def test_begin(benchmark: BenchmarkFixture, records: Records) -> None:
    def setup() -> tuple[tuple[Inspection], dict[str, object]]:
        return (an_inspection(Verdict.PASS),), {}

    benchmark.pedantic(lambda one: begun(records, one), setup=setup, rounds=300)
    benchmark.extra_info["p99_ms"] = percentile_ms(benchmark, 0.99)


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL])
def test_commit(benchmark: BenchmarkFixture, records: Records, verdict: Verdict) -> None:
    """The record with its code, events and leaves, or with three defects and their crops."""

    def setup() -> tuple[tuple[Inspection], dict[str, object]]:
        return (begun(records, an_inspection(verdict)),), {}

    benchmark.pedantic(lambda one: records.store(one, gtin=GTIN), setup=setup, rounds=300)
    p99_ms = benchmark.extra_info["p99_ms"] = percentile_ms(benchmark, 0.99)
    if verdict is Verdict.PASS:
        assert p99_ms <= 50, "the issue's limit for a commit"


def test_keep_three_frames_of_5_mp(benchmark: BenchmarkFixture, records: Records) -> None:
    evidence = tuple(Evidence("frame", "front", light, photograph(2048, 2448)) for light in ("left", "right", "dome"))

    def setup() -> tuple[tuple[Inspection], dict[str, object]]:
        return (begun(records, an_inspection(Verdict.FAIL, evidence)),), {}

    benchmark.pedantic(records.store, setup=setup, rounds=5)


@pytest.fixture
def filled(records: Records, tmp_path: Path) -> Iterator[RecordReader]:
    for _ in range(1000):
        records.store(begun(records, an_inspection(Verdict.PASS)), gtin=GTIN)
    reader = RecordReader(tmp_path / "r.db", tmp_path / "i")
    yield reader
    reader.close()


def test_latest(benchmark: BenchmarkFixture, filled: RecordReader) -> None:
    assert len(benchmark(filled.latest, 20)) == 20


def test_counts(benchmark: BenchmarkFixture, filled: RecordReader) -> None:
    assert benchmark(filled.counts).cases == 1000


def test_export_csv(benchmark: BenchmarkFixture, filled: RecordReader, tmp_path: Path) -> None:
    assert benchmark(lambda: write_csv(filled.iterate(), tmp_path / "o.csv")) == 1000


def test_label(benchmark: BenchmarkFixture) -> None:
    benchmark(label_png, digital_link("ID.EXAMPLE.CN", GTIN, new_serial()))
