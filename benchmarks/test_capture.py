"""What one frame of 5 MP costs by kind of camera, and what the guard adds to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from shellmark_inspect.cameras import Guarded, build_camera, build_guarded
from shellmark_inspect.types import Frame, Pixels, Trigger

# On Linux pylon takes SIGALRM for its timeouts: a runner that takes it for its own makes them wait for ever.
pytestmark = pytest.mark.timeout(120, method="thread")

WIDTH, HEIGHT = 2592, 1944
NUMBERS = count(1)


@pytest.fixture(scope="module")
def shell() -> Pixels:
    """A picture as compressible as a real one: soft ribs and a sensor's noise."""
    x = np.linspace(0, 60 * np.pi, WIDTH)
    ribs = 110 + 50 * np.sin(x)[None, :, None] * np.linspace(0.3, 1, HEIGHT)[:, None, None]
    noise = np.random.default_rng(1).normal(0, 2.5, (HEIGHT, WIDTH, 3))
    return np.clip(ribs + noise, 0, 255).astype(np.uint8)


def _trigger() -> Trigger:
    number = next(NUMBERS)
    return Trigger(number, time.monotonic_ns(), f"C{number}")


def _expose(benchmark: BenchmarkFixture, settings: dict[str, Any]) -> None:
    camera = build_guarded("cam", settings)
    camera.open()
    try:
        frames = benchmark.pedantic(lambda: camera.expose(_trigger(), "front", ["ring"]), rounds=25, warmup_rounds=3)
    finally:
        camera.close()
    assert frames[0].pixels.shape[:2] == (HEIGHT, WIDTH)
    benchmark.extra_info["megapixels"] = WIDTH * HEIGHT / 1e6


@pytest.mark.parametrize("suffix", ["bmp", "jpg", "png"])
@pytest.mark.parametrize("colour", [True, False], ids=["colour", "grey"])
def test_folder(benchmark: BenchmarkFixture, shell: Pixels, tmp_path: Path, suffix: str, colour: bool) -> None:
    cv2.imwrite(str(tmp_path / f"a.{suffix}"), shell if colour else shell[:, :, 0])
    _expose(benchmark, {"kind": "folder", "path": tmp_path, "loop": True})


@pytest.mark.parametrize("pixel_format", ["BGR8Packed", "BayerRG8", "Mono8"])
def test_emulator(
    benchmark: BenchmarkFixture, shell: Pixels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pixel_format: str
) -> None:
    pytest.importorskip("pypylon.pylon", reason="pypylon is not installed: pip install 'shellmark[basler]'")
    monkeypatch.setenv("PYLON_CAMEMU", "1")
    cv2.imwrite(str(tmp_path / "a.bmp"), shell)
    _expose(benchmark, {"kind": "basler", "emulator_folder": tmp_path, "pixel_format": pixel_format})


def test_video(benchmark: BenchmarkFixture, shell: Pixels, tmp_path: Path) -> None:
    writer = cv2.VideoWriter(str(tmp_path / "a.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 30, (WIDTH, HEIGHT))
    for _ in range(10):
        writer.write(shell)
    writer.release()
    _expose(benchmark, {"kind": "opencv", "source": str(tmp_path / "a.avi"), "loop": True})


class Ready:
    """A camera whose frames cost nothing, so that what is left is the guard."""

    name = "ready"
    ended = False

    def __init__(self, pixels: Pixels) -> None:
        self._turns = [np.ascontiguousarray(np.roll(pixels, k, 1)) for k in range(3)]

    def open(self) -> None: ...

    def close(self) -> None: ...

    def look(self) -> None: ...

    def expose(self, trigger: Trigger, view: str, lights: list[str]) -> list[Frame]:
        del view
        number = trigger.number
        return [Frame(self._turns[number % 3], number, time.monotonic_ns(), self.name, lights[0], number)]


@pytest.fixture
def guarded(shell: Pixels) -> Iterator[Guarded]:
    camera = Guarded(Ready(shell))
    camera.open()
    yield camera
    camera.close()


def test_guard_alone(benchmark: BenchmarkFixture, guarded: Guarded) -> None:
    benchmark.pedantic(lambda: guarded.expose(_trigger(), "front", ["ring"]), rounds=50, warmup_rounds=3)
    assert guarded.state.ok


def test_opening_ten_thousand_cases(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    for case in range(10_000):
        folder = tmp_path / f"{case:05}"
        folder.mkdir()
        (folder / "front_ring.png").touch()
    camera = build_camera("cam", {"kind": "folder", "path": tmp_path})
    benchmark.pedantic(camera.open, rounds=3)
    assert len(camera.cases) == 10_000  # type: ignore[attr-defined]
