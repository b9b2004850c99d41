"""The steps on a 20 MP view of two grey lights and a colour one; the target is two seconds on one core for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.steps import STEPS, Step, build_steps, evidence
from shellmark_inspect.types import Pixels, View
from shellmark_models.tiling import Canvas, Tiling

SIZE = (3648, 5472)
PX_PER_MM = 6.0
PARAMETERS = {
    "region": {"rectangle_px": (100, 100, 5200, 3400)},
    "rotate": {"degrees": 90},
    "resize": {"frame_px_per_mm": 6.6},
    "align": {"light": "diffuse"},
    "shell_mask": {"outline": "reference", "light": "diffuse"},
    "zones": {},
    "illumination": {"to": "reference"},
}
CHAIN = ("align", "shell_mask", "zones", "illumination")


@pytest.fixture(scope="module", autouse=True)
def _one_core() -> Iterator[None]:
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(threads)


def _picture(shift_px: tuple[int, int], gain: float, seed: int) -> Pixels:
    h, w = SIZE
    y, x = np.mgrid[:h, :w].astype(np.float32) / PX_PER_MM
    picture = 120 + 35 * np.sin(2 * np.pi * x / 20) + 15 * np.sin(4 * np.pi * x / 20 + 1)
    picture[(np.abs(x - w / 12) > w / 12 - 40) | (np.abs(y - h / 12) > h / 12 - 40)] = 25
    picture[(np.abs(x - 400) < 20) & (np.abs(y - 200) < 8)] = 200
    move = np.array([[1, 0, shift_px[0]], [0, 1, shift_px[1]]], np.float32)
    picture = cv2.warpAffine(cv2.GaussianBlur(picture, (0, 0), 1), move, (w, h), borderMode=cv2.BORDER_REPLICATE)
    noise = np.random.default_rng(seed).integers(-4, 5, SIZE, np.int8)
    return np.clip(picture * gain + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> tuple[ViewSpec, Path]:
    folder = tmp_path_factory.mktemp("reference")
    good = _picture((0, 0), 1.0, 1)
    for light, pixels in (("west", good), ("north", good), ("diffuse", cv2.merge([good] * 3))):
        cv2.imwrite(str(folder / f"{light}.bmp"), pixels)
    lights = ("west", "north", "diffuse")
    ignore = [{"name": "logo", "polygon_mm": [(375, 188), (425, 188), (425, 212), (375, 212)]}]
    zones = [{"zone": "B", "polygon_mm": [(0, 0), (912, 0), (912, 80), (0, 80)]}]
    plain = {"name": "front", "camera": "top", "lights": lights, "channels": lights, "px_per_mm": PX_PER_MM}
    reference = {light: f"{light}.bmp" for light in lights}
    return ViewSpec.model_validate(plain | {"ignore": ignore, "zones": zones, "reference": reference}), folder


@pytest.fixture(scope="module")
def steps(spec: tuple[ViewSpec, Path]) -> dict[str, Step]:
    recipe, folder = spec
    all_of_them = tuple({"step": name, **PARAMETERS[name]} for name in STEPS)
    return dict(build_steps(ViewSpec.model_validate(recipe.model_dump() | {"steps": all_of_them}), folder))


@pytest.fixture(scope="module")
def view() -> View:
    frame = _picture((12, -9), 0.92, 2)
    planes = {"west": frame, "north": frame.copy(), "diffuse": cv2.merge([frame] * 3)}
    return View("front", planes, np.eye(3), np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1]))


@pytest.mark.benchmark(group="steps, 20 MP, 3 lights")
@pytest.mark.parametrize("name", STEPS)
def test_step(benchmark, name, steps, view):
    benchmark.pedantic(steps[name], args=(view,), rounds=3, warmup_rounds=1)


@pytest.mark.benchmark(group="steps, 20 MP, 3 lights")
def test_all_steps_of_a_usual_recipe(benchmark, steps, view):
    def chain() -> View:
        after = view
        for name in CHAIN:
            after = steps[name](after)
        return after

    after = benchmark.pedantic(chain, rounds=3, warmup_rounds=1)
    assert abs(after.notes["shift_x_mm"] - 2.0) < 0.02
    assert abs(after.notes["shift_y_mm"] + 1.5) < 0.02


@pytest.mark.benchmark(group="steps, 20 MP, 3 lights")
def test_evidence(benchmark, view):
    assert benchmark.pedantic(evidence, args=(view, ("west", "north", "diffuse")), rounds=3).shape == (*SIZE, 3)


@pytest.mark.benchmark(group="tiles, 20 MP")
def test_cut_and_merge(benchmark, view):
    seen = evidence(view, ("west", "north", "diffuse"))
    tiling = Tiling(512, 64)
    answer = np.ones((8, 512, 512), np.float32)

    def there_and_back() -> np.ndarray:
        canvas = Canvas(tiling, SIZE)
        for corners, tiles in tiling.batches(seen, most=8):
            canvas.add(answer[: len(tiles)], corners)
        return canvas.map

    joined = benchmark.pedantic(there_and_back, rounds=3)
    assert np.abs(joined - 1).max() < 1e-5
