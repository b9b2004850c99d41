"""A view of 20 MP under five lights: the time of each step and the memory it leaves behind, on two threads.

`python benchmarks/light/large_view.py [MEGAPIXELS]`. CPU time is printed beside wall time: on a busy machine the
latter says little.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from shellmark_inspect.inspector import first_view
from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.steps import build_steps
from shellmark_inspect.types import Frame

LOW = {"north": (0.0, 0.95, 0.31), "east": (0.95, 0.0, 0.31), "south": (0.0, -0.95, 0.31), "west": (-0.95, 0.0, 0.31)}
LIGHTS = ("diffuse", *LOW)
PX_PER_MM = 8.0


def pictures(megapixels: float, shift_px: float) -> dict[str, np.ndarray]:
    """Ribbed grey frames with an outline and a fitting, and grain."""
    h = round(math.sqrt(megapixels * 1e6 * 3648 / 5472))
    w = round(h * 5472 / 3648)
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    frames = {}
    for i, light in enumerate(LIGHTS):
        level = 110 + 60 * np.cos((x - shift_px) / (30 * PX_PER_MM) * 2 * np.pi + i)
        level[(x - shift_px < 0.06 * w) | (x - shift_px > 0.94 * w) | (y < 0.05 * h) | (y > 0.95 * h)] = 12
        level[(np.abs(x - shift_px - 0.3 * w) < 0.04 * w) & (np.abs(y - 0.3 * h) < 0.05 * h)] = 200
        frames[light] = cv2.add(level.astype(np.uint8), rng.integers(0, 6, (h, w), dtype=np.uint8))
    return frames


def main() -> None:
    megapixels = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    cv2.setNumThreads(2)
    with tempfile.TemporaryDirectory() as folder:
        for name, pixels in pictures(megapixels, 0.0).items():
            cv2.imwrite(str(Path(folder) / f"{name}.bmp"), pixels)
        spec = ViewSpec.model_validate(
            {
                "name": "front", "camera": "front", "lights": LIGHTS, "channels": LIGHTS, "px_per_mm": PX_PER_MM,
                "reference": {name: f"{name}.bmp" for name in LIGHTS},
                "steps": [{"step": "align", "resampling": "linear"}, {"step": "difference"},
                          {"step": "bipolar", "over": "diffuse"},
                          {"step": "lines"}, {"step": "normals", "lights": LOW}],
            }
        )  # fmt: skip
        steps = build_steps(spec, Path(folder))
    view = first_view(spec, [Frame(p, 0, 0, "front", n) for n, p in pictures(megapixels, 9.3).items()])
    pixels = view.size[0] * view.size[1]
    total = [0.0, 0.0]
    for name, step in steps:
        wall, cpu = time.perf_counter(), time.process_time()
        view = step(view)
        spent = time.perf_counter() - wall, time.process_time() - cpu
        total = [a + b for a, b in zip(total, spent, strict=True)]
        print(f"{name}: {spent[0]:.3f} s wall, {spent[1]:.3f} s CPU")
    held = sum(p.nbytes for p in view.planes.values()) + sum(p.nbytes for p in view.channels.values())
    held += 0 if view.shell is None else view.shell.nbytes
    print(f"{pixels / 1e6:.1f} MP x {len(LIGHTS)}, {len(view.channels)} channels: {total[0]:.3f} s wall, "
          f"{total[1]:.3f} s CPU, {held / pixels / len(LIGHTS):.2f} bytes per pixel and light")  # fmt: skip


if __name__ == "__main__":
    main()
