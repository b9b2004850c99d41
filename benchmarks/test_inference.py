"""What the model costs per megapixel of view, tiled as the station tiles, and what naming a defect costs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from shellmark_inspect.types import Pixels
from shellmark_models import (
    FAMILIES,
    Crop,
    LabelledCrop,
    Model,
    Store,
    TeachCase,
    TeachOptions,
    bundle_roots,
    load,
    teach,
    write_bundle,
)

SIZE = (1088, 1600)
BATCH = 4
CORES = os.cpu_count() or 1


def shell(seed: int, size: tuple[int, int]) -> Pixels:
    """Ribs and noise, the same ribs for every seed."""
    ribs = 110 + 20 * np.sin(2 * np.pi * np.arange(size[1]) / 60)
    noise = np.random.default_rng(seed).normal(0, 2, (*size, 3))
    return np.clip(ribs[None, :, None] + noise, 0, 255).astype(np.uint8)


def crop(seed: int, label: str) -> LabelledCrop:
    pixels, mask = shell(seed, (96, 96)), np.zeros((96, 96), bool)
    mask[40:44, 20:76] = label == "scratch"
    mask[40:56, 40:56] |= label == "speck"
    pixels[mask] = 220
    return LabelledCrop(label, Crop(pixels, mask, 6.0))


@pytest.fixture(scope="module", params=[name for name, family in FAMILIES.items() if family.anew])
def taught(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of each family that can be taught here."""
    goods = [TeachCase(f"g{seed}", [shell(seed, SIZE)]) for seed in range(3)]
    labelled = [crop(seed, label) for seed in range(5) for label in ("scratch", "speck")]
    name = str(request.param)
    data = teach(
        goods, labelled, name=name, version="1", channels=("bgr",), px_per_mm=6.0, family=name, options=TeachOptions()
    )
    return write_bundle(data, tmp_path_factory.mktemp("store"))


@pytest.fixture(params=sorted({1, CORES}), ids=lambda threads: f"{threads} threads")
def model(taught: Path, request: pytest.FixtureRequest) -> Iterator[Model]:
    opened = load(taught, threads=request.param)
    yield opened
    opened.close()


def measure(benchmark: BenchmarkFixture, model: Model, image: Pixels) -> np.ndarray:
    mp = image.shape[0] * image.shape[1] / 1e6
    found = benchmark.pedantic(model.look, args=(image,), rounds=5, warmup_rounds=1)
    benchmark.extra_info["ms_per_mp"] = round(benchmark.stats.stats.median * 1e3 / mp, 1)
    benchmark.extra_info["tile_px"] = model.card.tile_px
    print(f"\n{model.card.family}, tile {model.card.tile_px}: {benchmark.extra_info['ms_per_mp']} ms per MP")
    return np.asarray(found.anomaly)


@pytest.mark.benchmark(group="inference, a view of 1.7 MP")
def test_family(benchmark: BenchmarkFixture, model: Model) -> None:
    assert measure(benchmark, model, shell(99, SIZE)).shape == SIZE


@pytest.mark.benchmark(group="inference, a view of 1.7 MP")
def test_shipped(benchmark: BenchmarkFixture) -> None:
    """The newest shipped model at its own places: a view of the size the sample SKUs have."""
    shipped = Store(*bundle_roots()).list()
    if not shipped:
        pytest.skip("no model is shipped yet")
    opened = load(shipped[-1].path)
    try:
        size = opened.card.views_px[0] if opened.card.views_px else (640, 896)
        chroma = np.full((*size, max(0, len(opened.card.channels) - 3)), 128, np.uint8)
        measure(benchmark, opened, np.dstack([shell(99, size), chroma]))
    finally:
        opened.close()


@pytest.mark.benchmark(group="naming")
def test_naming_ten_defects(benchmark: BenchmarkFixture, model: Model) -> None:
    crops = [crop(seed, "scratch").crop for seed in range(10)]
    namings = benchmark.pedantic(model.name, args=(crops,), rounds=5, warmup_rounds=1)
    assert len(namings) == 10
