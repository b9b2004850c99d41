"""A hundred thousand small cases through the benchmark: every one has a row, and the memory does not grow with them.

`make soak`. SHELLMARK_SOAK_IMAGES and SHELLMARK_SOAK_BENCH_OUT change how many and where the curve is written (CSV).
"""

# ruff: noqa: T201 - the curve is printed for whoever runs it
from __future__ import annotations

import csv
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from small_station import Place, teach_noise

from shellmark_inspect.bench import Contestant, Grouping, Ledger, carry_out, in_this_process, plan, read_contestant
from shellmark_inspect.bench.run import result
from shellmark_inspect.inspector import Inspector
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.sets import read_set
from shellmark_inspect.types import Mask, Pixels
from shellmark_models import UNKNOWN, Card, Crop, Naming, Prediction

IMAGES = int(os.environ.get("SHELLMARK_SOAK_IMAGES", "100000"))
SIDE_PX = 16
EVERY = 500
MOST_GROWTH_MB = 25.0
"""What the last half of the cases may add: one row of 1 kB kept in memory for each would be 50 MB."""


class Brightness:
    """A model that costs nothing: the score is the brightness, so that the benchmark itself is what is measured."""

    def __init__(self, card: Card, digest: str) -> None:
        self.card, self.digest = card, digest

    def look(self, image: Pixels, *, view: int = 0, mask: Mask | None = None) -> Prediction:
        return Prediction.of_map(np.ascontiguousarray(image[..., 0], np.float32) / 200, mask)

    def name(self, crops: Sequence[Crop]) -> list[Naming]:
        return [Naming(UNKNOWN, 0.0, {}) for _ in crops]

    def close(self) -> None:
        return None


class Cheap(Contestant):
    """A contestant whose model costs nothing."""

    def open(self, threads: int) -> Inspector:
        return Inspector(Recipe.read(self.recipe), Brightness(self.card, self.digest))


def picture(number: int, bad: bool) -> Pixels:
    pixels = np.random.default_rng(number).integers(40, 180, (SIDE_PX, SIDE_PX, 3), np.uint8)
    if bad:
        pixels[5:9, 5:9] = 230
    return pixels


def fill(folder: Path) -> None:
    """Nine goods to one defect, every picture another; all defects have a mask."""
    mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    mask[5:9, 5:9] = 255
    for part in ("test/good", "test/spot", "ground_truth/spot"):
        (folder / part).mkdir(parents=True)
    for number in range(IMAGES):
        bad = number % 10 == 9
        path = folder / "test" / ("spot" if bad else "good") / f"{number:06}.png"
        path.write_bytes(cv2.imencode(".png", picture(number, bad))[1].tobytes())
        if bad:
            masked = folder / "ground_truth" / "spot" / f"{number:06}_mask.png"
            masked.write_bytes(cv2.imencode(".png", mask)[1].tobytes())


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_memory_is_flat_over_a_hundred_thousand_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "lid")
    (tmp_path / "bundle" / "recipe").mkdir(parents=True)
    shutil.copy(teach_noise(tmp_path / "store"), tmp_path / "bundle" / "model.onnx")
    recipe = Place(tmp_path, tmp_path / "store").recipe(view={"frame_px": None})
    recipe.rename(tmp_path / "bundle" / "recipe" / "recipe.toml")
    real = read_contestant(tmp_path / "bundle")
    cheap = Cheap(**{field.name: getattr(real, field.name) for field in fields(real)})
    process, curve, began = psutil.Process(), list[tuple[int, float, float]](), time.monotonic()

    def note(_title: str, done: int, _of: int) -> None:
        if done % EVERY < 8 and (not curve or done >= curve[-1][0] + EVERY // 2):
            curve.append((done, time.monotonic() - began, process.memory_info().rss / 2**20))

    monkeypatch.setattr("shellmark_inspect.bench.ledger.os.fsync", lambda _: None)  # hours on some disks
    with Ledger(tmp_path / "rows") as ledger:
        ((image_set, who, cases),) = plan([read_set(tmp_path / "lid")], [cheap], Grouping())
        run = carry_out(image_set, who, cases, ledger, in_this_process, progress=note)
        judged = process.memory_info().rss / 2**20
        told = result(run, ledger)
        counted = process.memory_info().rss / 2**20
        rows_mb, pixels_mb = (
            (tmp_path / "rows" / name).stat().st_size / 2**20 for name in ("rows.jsonl", "pixels.bin")
        )
    out = Path(os.environ.get("SHELLMARK_SOAK_BENCH_OUT", str(tmp_path / "bench-memory.csv")))
    with out.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("cases", "seconds", "resident_mb"), *curve])
    for done, seconds, mb in curve[:: max(1, len(curve) // 20)]:
        print(f"{done:7} {seconds:9.1f} s {mb:9.1f} MB")
    late = [point for point in curve if point[0] >= IMAGES / 2]
    grown_mb = late[-1][2] - late[0][2]
    print(f"last half {grown_mb:+.1f} MB; judged {judged:.0f} MB, figures {counted:.0f} MB; "
          f"rows {rows_mb:.0f} MB, pixels {pixels_mb:.0f} MB on disk")  # fmt: skip
    assert told["cases"]["n"] == IMAGES
    assert told["pixel_auroc"]["pixels"] == IMAGES * SIDE_PX**2
    assert told["overkill"]["k"] == 0
    assert told["escapes"]["k"] == 0
    assert grown_mb < MOST_GROWTH_MB
    assert counted < judged + 150
