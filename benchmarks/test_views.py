"""A 20 MP view of five grey lights through lens, flat fields, registration and channels; the target is 1 s on 2 cores.

`python -m pytest benchmarks/test_views.py -s --benchmark-only` prints the time of each step (the best of four views)
and what stays and peaks in memory beyond the frames. The shell is drawn, its lens and flat fields are made up.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pytest

from shellmark_calibration import Lens, LightField, Measurement, Plane, Profile
from shellmark_calibration.light import cells_of, encoded
from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.steps import Step, build_steps
from shellmark_inspect.types import Pixels, View

SIZE_PX = (5472, 3648)
PX_PER_MM = 6.0
DIRECTIONS = {"east": (1.0, 0.0), "north": (0.0, 1.0), "west": (-1.0, 0.0), "south": (0.0, -1.0)}
LIGHTS = (*DIRECTIONS, "diffuse")
LOW = np.radians(20)
STEPS: tuple[dict[str, Any], ...] = (
    {"step": "flat_field"},
    {"step": "undistort"},
    {"step": "align", "light": "diffuse"},
    {"step": "normals", "lights": {n: (x, y, float(np.tan(LOW))) for n, (x, y) in DIRECTIONS.items()}},
    {"step": "difference"},
    {"step": "bipolar", "over": "diffuse"},
    {"step": "lines"},
)
MOVED_MM = (2.0, -1.5)
TARGET_S, LOOSE = 1.0, 1.5
"""CPU seconds over two cores; a machine that is busy with other work counts waiting for memory as work."""
TARGET_BYTES = 12
"""Resident bytes per pixel of the frame and light, beyond the frames."""


def frames(shift_mm: tuple[float, float], seed: int) -> dict[str, Pixels]:
    """The five frames of a ribbed shell with a lock and two wheels, before a dark wall."""
    w, h = SIZE_PX
    x, y = np.arange(w) / PX_PER_MM - shift_mm[0], np.arange(h) / PX_PER_MM - shift_mm[1]
    rng = np.random.default_rng(seed)
    noise = rng.integers(-3, 4, (h, w), np.int8)
    slope = 0.25 * np.cos(2 * np.pi * x / 20) + 0.1 * np.cos(4 * np.pi * x / 20 + 1)
    rows = 1 + 0.1 * np.cos(2 * np.pi * y / 400)
    made = {}
    for light in LIGHTS:
        shade = 1 - 0.5 * slope**2 if light == "diffuse" else 1 + slope * DIRECTIONS[light][0] / np.tan(LOW)
        level = np.outer(rows, np.clip(90 * shade, 8, 230)).astype(np.float32)
        _fit_out(level, x, y)
        made[light] = cv2.add(cv2.GaussianBlur(level, (0, 0), 1), noise, dtype=cv2.CV_8U)
    return made


def _fit_out(level: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    level[:, np.abs(x - 456) > 410] = 25
    level[np.abs(y - 304) > 270] = 25
    for middle, half in (((300, 80), (14, 8)), ((700, 500), (20, 20)), ((180, 500), (20, 20))):
        level[np.ix_(np.abs(y - middle[1]) < half[1], np.abs(x - middle[0]) < half[0])] = 200


def profile() -> Profile:
    """A slightly tilted plane before a lens of two per cent distortion; gains of up to 1.3 in the corners."""
    w, h = SIZE_PX
    focal = 8000.0
    lens = Lens(focal_px=(focal, focal), middle_px=(w / 2 + 20, h / 2 - 15), distortion=(-0.09, 0.05, 2e-4, -1e-4, 0.0),
                rms_px=0.1)  # fmt: skip
    plane = Plane(turn=(0.01, -0.008, 0.002), shift_mm=(0.0, 0.0, focal / PX_PER_MM), rms_px=0.1)
    rows, columns = cells_of(SIZE_PX)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    gain = encoded((1 + 0.15 * (x**2 + y**2)).astype(np.float32), 2.0)
    lights = {light: LightField(dark=2.0, level=120.0, gain=gain, most_gain=2.0) for light in LIGHTS}
    now = Measurement(measured_at=datetime.now(UTC), with_what="made up", program="benchmark")
    made = dict.fromkeys(("lens", "plane", *(f"light.{light}" for light in LIGHTS)), now)
    return Profile(camera="top", size_px=SIZE_PX, lens=lens, plane=plane, lights=lights, made=made)


def view_of(made: Mapping[str, Pixels]) -> View:
    return View("front", made, np.eye(3), np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1.0]))


def spec_of(steps: Sequence[Mapping[str, Any]], reference: Mapping[str, str]) -> ViewSpec:
    return ViewSpec.model_validate({
        "name": "front", "camera": "top", "lights": LIGHTS, "channels": LIGHTS, "px_per_mm": PX_PER_MM,
        "profile": "top.json", "frame_px": SIZE_PX, "steps": steps, "reference": reference,
    })  # fmt: skip


def prepared(folder: Path) -> None:
    """Write the profile, the frames of a view, and the reference pictures taken through the first two steps."""
    profile().write(folder / "top.json")
    good = view_of(frames((0.0, 0.0), 1))
    for _, step in build_steps(spec_of(STEPS[:2], {}), folder):
        good = step(good)
    for name, pixels in good.planes.items():
        cv2.imwrite(str(folder / f"good-{name}.bmp"), pixels)
    for name, pixels in frames(MOVED_MM, 2).items():
        np.save(folder / f"{name}.npy", pixels)


def ready(folder: Path) -> tuple[tuple[tuple[str, Step], ...], View]:
    """The steps as a recipe has them, and a view of untouched frames."""
    steps = build_steps(spec_of(STEPS, {light: f"good-{light}.bmp" for light in LIGHTS}), folder)
    return steps, view_of({light: np.load(folder / f"{light}.npy") for light in LIGHTS})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("five")
    prepared(made)
    return made


@pytest.mark.benchmark(group="five lights, 20 MP")
def test_a_view_of_five_lights(benchmark, folder):
    steps, first = ready(folder)
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name, _ in steps}

    def chain() -> View:
        view = first
        for name, step in steps:
            wall, cpu = time.perf_counter(), time.process_time()
            view = step(view)
            spent[name].append((time.perf_counter() - wall, time.process_time() - cpu))
        return view

    view = benchmark.pedantic(chain, rounds=3, warmup_rounds=1)
    # a tilted plane under a lens shows a shift of the frame as nearly that on the plane
    assert abs(view.notes["shift_x_mm"] - MOVED_MM[0]) < 0.1
    assert abs(view.notes["shift_y_mm"] - MOVED_MM[1]) < 0.1
    best = {name: np.min(times, axis=0) for name, times in spent.items()}
    assert sum(cpu for _, cpu in best.values()) / 2 <= LOOSE * TARGET_S
    print(f"\nload {os.getloadavg()[0]:.1f}, {len(view.channels)} channels")
    for name, (wall, cpu) in {**best, "all": np.sum([*best.values()], axis=0)}.items():
        print(f"{name:12} {wall:6.3f} s wall {cpu:6.3f} s CPU")


@pytest.mark.benchmark(group="five lights, 20 MP, in a process of its own")
def test_bytes_of_a_view_of_five_lights(benchmark, folder):
    # freed memory goes back at once, so that what is held can be seen
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
    program = [sys.executable, __file__, str(folder)]
    said = benchmark.pedantic(subprocess.run, (program,), {"env": environment, "check": True, "capture_output": True})
    seen = json.loads(said.stdout)
    print(f"\nbytes per pixel and light beyond the frames: {json.dumps(seen)}")
    assert seen["peak"] <= TARGET_BYTES


def resident(folder: Path) -> dict[str, float]:
    """Bytes per pixel and light: of the steps made ready, of a view when it is done, and the peak of both together."""
    process = psutil.Process()
    view = view_of({light: np.load(folder / f"{light}.npy") for light in LIGHTS})
    start = process.memory_info().rss
    steps, _ = ready(folder)
    del _
    made = process.memory_info().rss
    seen = [made]
    done = threading.Event()

    def sample() -> None:
        while not done.wait(0.002):
            seen.append(process.memory_info().rss)

    sampler = threading.Thread(target=sample)
    sampler.start()
    for _, step in steps:
        view = step(view)
    done.set()
    sampler.join()
    each = SIZE_PX[0] * SIZE_PX[1] * len(LIGHTS)
    seen.append(process.memory_info().rss)
    return {
        "steps": round((made - start) / each, 2),
        "after": round((seen[-1] - made) / each, 2),
        "peak": round((max(seen) - start) / each, 2),
    }


if __name__ == "__main__":
    print(json.dumps(resident(Path(sys.argv[1]))))
