"""A whole case through a real station, from the trigger to the stored record, and what of it is not inference.

The goal: everything but inference takes at most 15 % of a case with a 20 MP view. Finding and naming are both the
model's work, so both are inference. Stills of a folder stand in for the camera; their reading and decoding counts as
the station's own time, so the share is an upper limit.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tomli_w
from pytest_benchmark.fixture import BenchmarkFixture

from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station import Station, StationConfig, samples_folder
from shellmark_inspect.types import Pixels, Record
from shellmark_models import ModelError, Store, TeachCase, TeachOptions, bundle_roots, teach, write_bundle

PX_PER_MM = 6.0
LIGHTS = ("west", "north", "diffuse")
GOAL = 0.15
THREADS = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Place:
    """A station to measure: its configuration, and the megapixels of a case's view."""

    config: StationConfig
    mp: float


def picture(size: tuple[int, int], seed: int) -> Pixels:
    """A shell with ribs and a plate on a dark ground, moved a little by the seed."""
    h, w = size
    random = np.random.default_rng(seed)
    x = np.arange(w, dtype=np.float32) / PX_PER_MM
    ribs = 120 + 30 * np.sin(2 * np.pi * x / 20) + 12 * np.sin(4 * np.pi * x / 20 + 1)
    shell = np.broadcast_to(ribs, size).copy()
    edge = min(h, w) // 16
    shell[:edge] = shell[-edge:] = shell[:, :edge] = shell[:, -edge:] = 25
    shell[h // 4 : h // 4 + h // 20, w // 3 : w // 3 + w // 8] = 200
    dx, dy = (float(v) for v in random.uniform(-6, 6, 2))
    moved = cv2.warpAffine(
        shell, np.array([[1, 0, dx], [0, 1, dy]], np.float32), (w, h), borderMode=cv2.BORDER_REPLICATE
    )
    noise = random.integers(-4, 5, size, np.int8)
    return np.clip(cv2.GaussianBlur(moved, (0, 0), 1) + noise, 0, 255).astype(np.uint8)


def drawn(folder: Path, size: tuple[int, int]) -> StationConfig:
    """A station on drawn shells of three grey lights, with every step a usual recipe has, and a model taught for it."""
    h, w = size
    edge = min(h, w) // 16 / PX_PER_MM
    across, down = w / PX_PER_MM - edge, h / PX_PER_MM - edge
    view: dict[str, Any] = {
        "name": "front",
        "camera": "front",
        "lights": LIGHTS,
        "channels": LIGHTS,
        "px_per_mm": PX_PER_MM,
        "frame_px": [w, h],
        "reference": {light: f"{light}.bmp" for light in LIGHTS},
        "steps": [
            {"step": "align", "light": "diffuse"},
            {"step": "shell_mask", "outline": [[edge, edge], [across, edge], [across, down], [edge, down]]},
            {"step": "zones"},
            {"step": "illumination", "to": "reference"},
        ],
    }
    recipe = {"sku": "drawn", "name": "drawn", "gtin": "09520000001018", "model": "drawn", "views": [view]}
    (folder / "recipe.toml").write_text(tomli_w.dumps(recipe | {"limits": [{"length_mm": 2.0}]}), "utf-8")
    for light in LIGHTS:
        cv2.imwrite(str(folder / f"{light}.bmp"), picture(size, 0))
    for case in (1, 2):
        (folder / "cases" / f"c{case}").mkdir(parents=True)
        for i, light in enumerate(LIGHTS):
            moved = picture(size, 10 * case)  # one shell, one place: only the noise differs from light to light
            noise = np.random.default_rng(10 * case + i).integers(-1, 2, size, np.int8)
            cv2.imwrite(
                str(folder / "cases" / f"c{case}" / f"front_{light}.bmp"), cv2.add(moved, noise, dtype=cv2.CV_8U)
            )
    top, left = max(0, h // 4 - 100), max(0, w // 3 - 100)  # where the plate is
    inside = slice(top, top + 640), slice(left, left + 896)
    goods = [TeachCase(f"g{n}", [cv2.merge([picture(size, 20 + n)[inside]] * 3)]) for n in range(4)]
    options = TeachOptions(margin=3.0)
    write_bundle(
        teach(goods, name="drawn", version="1", channels=LIGHTS, px_per_mm=PX_PER_MM, options=options), folder / "store"
    )
    front = {"kind": "folder", "path": str(folder / "cases"), "loop": True}
    return StationConfig(
        data=folder / "data", cameras={"front": front}, recipes=(folder,), models=(folder / "store",), threads=THREADS
    )


def sample(folder: Path, sku: str) -> StationConfig:
    """A station on a sample SKU with its shipped model; skips where one of the two is missing."""
    try:
        recipe = samples_folder() / sku
        Store(*bundle_roots()).find(Recipe.read(recipe).model)
    except (InputError, ModelError) as e:
        pytest.skip(str(e))
    front = {"kind": "folder", "path": str(samples_folder() / "manifest.json"), "loop": True}
    return StationConfig(data=folder / "data", cameras={"front": front}, recipes=(recipe,), threads=THREADS)


PLACES = {
    "sample 0.6 MP": lambda folder: Place(sample(folder, "gloss-vertical"), 0.57),
    "sample 20 MP": lambda folder: Place(sample(folder, "large"), 19.96),
    "drawn 0.6 MP": lambda folder: Place(drawn(folder, (640, 896)), 0.57),
    "drawn 20 MP": lambda folder: Place(drawn(folder, (3648, 5472)), 19.96),
}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return PLACES[request.param](tmp_path)


@pytest.fixture
def station(place: Place) -> Iterator[Station]:
    with Station(place.config) as opened:
        yield opened


@pytest.mark.timeout(1200)  # a 20 MP case is seconds, its drawing and teaching as well
@pytest.mark.benchmark(group="whole case")
def test_case(benchmark: BenchmarkFixture, station: Station, place: Place) -> None:
    records: list[Record] = []

    def case() -> None:
        records.append(station.trigger().result(300))

    large = place.mp > 10
    benchmark.pedantic(case, rounds=3 if large else 15, warmup_rounds=1)
    measured = records[1:]
    totals = np.array(benchmark.stats.stats.data) * 1e3
    stages = {
        name: [r.inspection.timings_ms.get(name, 0.0) for r in measured] for name in ("steps", "infer", "judge", "name")
    }
    rest = totals - np.sum(list(stages.values()), axis=0)
    share = 1 - (np.array(stages["infer"]) + np.array(stages["name"])) / totals
    benchmark.extra_info |= {f"{name}_ms": round(float(np.median(ms)), 1) for name, ms in stages.items()}
    benchmark.extra_info |= {
        "capture_and_record_ms": round(float(np.median(rest)), 1),
        "infer_ms_per_mp": round(float(np.median(stages["infer"])) / place.mp, 1),
        "share_but_inference": round(float(np.median(share)), 3),
        "verdicts": " ".join(str(r.verdict) for r in measured),
        "goal_met": bool(np.median(share) <= GOAL) if large else "no goal at this size",
    }
    print(f"\n{place.mp} MP: {benchmark.extra_info}")
    assert all(after.row > before.row for before, after in pairwise(measured))
