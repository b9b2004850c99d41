"""The judge on a 20 MP view: finding regions, measuring them, and the limit table."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from shellmark_inspect.judge import find_regions, judge, measure, zone_areas_cm2
from shellmark_inspect.recipe import JudgeSpec, Limit
from shellmark_inspect.types import Verdict, View

SIZE = (3648, 5472)
PX_PER_MM = 6.0
KEYS = {"grow": 0.75, "merge_mm": 1.0, "smallest_mm": 0.2, "px_per_mm": PX_PER_MM}


@pytest.fixture(scope="module", autouse=True)
def _one_core() -> Iterator[None]:
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(threads)


@pytest.fixture(scope="module")
def case() -> tuple[View, np.ndarray]:
    """Ten scratches and ten specks on ribs, in two grey lights and a colour one, with the map of a blurred model."""
    h, w = SIZE
    rng = np.random.default_rng(5)
    drawn = np.zeros(SIZE, np.uint8)
    for i in range(10):
        x, y = (int(at) for at in rng.integers(300, 3300, 2))
        cv2.line(drawn, (x, y), (x + 20 * i, y + 150), 40, 3, cv2.LINE_AA)
        cv2.circle(drawn, (x + 1500, y), 3 + i, 40, -1, cv2.LINE_AA)
    ribs = (110 + 30 * np.sin(2 * np.pi * np.arange(w) / PX_PER_MM / 20)).astype(np.float32)[None]
    noise = rng.integers(-4, 5, SIZE, np.int8)
    grey = np.clip(ribs + drawn + noise, 0, 255).astype(np.uint8)
    hit = (cv2.resize(drawn, (w // 8, h // 8), interpolation=cv2.INTER_AREA) > 0).astype(np.float32)
    anomaly = cv2.resize(cv2.GaussianBlur(hit, (0, 0), 1), (w, h)) * 2
    planes = {"west": grey, "north": grey.copy(), "diffuse": cv2.merge([grey] * 3)}
    zones = np.zeros(SIZE, np.uint8)
    shell = np.ones(SIZE, np.bool_)
    scale = np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1])
    return View("front", planes, np.eye(3), scale, shell, zones, ("A", "B")), anomaly


@pytest.mark.benchmark(group="judge, 20 MP, 3 lights, 20 defects")
def test_find_regions(benchmark, case):
    view, anomaly = case
    assert len(benchmark.pedantic(find_regions, args=(anomaly, view.shell), kwargs=KEYS, rounds=3)) >= 15


@pytest.mark.benchmark(group="judge, 20 MP, 3 lights, 20 defects")
def test_find_regions_of_a_good_case(benchmark, case):
    view, anomaly = case
    assert benchmark.pedantic(find_regions, args=(anomaly * 0.4, view.shell), kwargs=KEYS, rounds=3) == []


@pytest.mark.benchmark(group="judge, 20 MP, 3 lights, 20 defects")
def test_measure(benchmark, case):
    view, anomaly = case
    regions = find_regions(anomaly, view.shell, **KEYS)
    assert len(benchmark.pedantic(measure, args=(view, regions, JudgeSpec()), rounds=3)) >= 15


@pytest.mark.benchmark(group="judge, 20 MP, 3 lights, 20 defects")
def test_limit_table(benchmark, case):
    view, anomaly = case
    regions = find_regions(anomaly, view.shell, **KEYS)
    defects = [one.named("scratch", 0.9) for one in measure(view, regions, JudgeSpec())]
    limits = [Limit(zone="A", label="scratch", length_mm=5, count=1, spacing_mm=100), Limit(length_mm=1)]
    assert benchmark(lambda: judge(defects, limits, zone_areas_cm2(view))).verdict is Verdict.FAIL
