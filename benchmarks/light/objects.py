"""Real objects under twelve lights: a light left out is foretold, and how far normals at the outline lean away from it.

The lamps are refined from the eleven other lights, so that nothing is known of the one that is foretold. Run from the
root: `SHELLMARK_REAL_DATA=../shared/data python benchmarks/light/objects.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from shellmark_calibration import Lights, mirror_ball
from shellmark_calibration.normals import surface
from shellmark_calibration.stack import frames_of, linear, mask_of, matched, read_mask, read_picture, read_stack

DATA = Path(os.environ.get("SHELLMARK_REAL_DATA", "../shared/data")) / "photometric"
OBJECTS = ("cat", "owl", "horse", "buddha", "rock")
PIXELS = 1500


def ball_lights() -> Lights:
    """The twelve lights as the mirror ball shows them."""
    files = frames_of(DATA / "chrome")
    pictures = [read_picture(path) for path in files]
    size = pictures[0].shape[:2]
    return mirror_ball(
        [path.stem.split(".")[-1] for path in files], pictures, read_mask(mask_of(DATA / "chrome"), size)
    )


def stack_of(name: str, lights: Lights) -> tuple[np.ndarray, np.ndarray]:
    """An object's frames (n, h, w), 0..255, and its mask."""
    pictures = read_stack(matched(frames_of(DATA / name), lights.names, DATA / name))
    size = next(iter(pictures.values())).shape[:2]
    return np.stack([linear(one, 1.0) for one in pictures.values()]), read_mask(mask_of(DATA / name), size)


def foretold(stack: np.ndarray, mask: np.ndarray, lights: Lights, i: int) -> tuple[np.ndarray, np.ndarray]:
    """The relative errors of light `i` at some pixels, foretold from the others: by plain least squares, and here."""
    others = [j for j in range(len(stack)) if j != i]
    some = np.zeros(mask.shape, bool)
    at = np.flatnonzero(mask)
    some.ravel()[at[:: max(1, len(at) // PIXELS)]] = True
    levels, direction = stack[:, some].T, lights.directions[i]
    scaled = np.linalg.lstsq(lights.directions[others], levels[:, others].T, rcond=None)[0].T
    rest = Lights(tuple(lights.names[j] for j in others), lights.directions[others], lights.intensities[others])
    found = surface(stack[others], rest, some)
    ours = found.normals[some] * found.albedo[some][:, None]
    level = np.maximum(levels[:, i], 5)
    return tuple(np.abs(levels[:, i] - np.maximum(one @ direction, 0)) / level for one in (scaled, ours))


def outline_error_deg(normals: np.ndarray, mask: np.ndarray) -> float:
    """How far normals 2 to 4 px inside an outline lean away from it, in the mean."""
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 4)
    outward = np.stack([-cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)], axis=-1)
    away = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    ring = (away >= 2) & (away <= 4) & (np.linalg.norm(normals[..., :2], axis=-1) > 0.5)
    across, lean = outward[ring], normals[ring][:, :2]
    cosine = (across * lean).sum(1) / (np.linalg.norm(across, axis=1) * np.linalg.norm(lean, axis=1) + 1e-9)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))).clip(max=60).mean())


def main() -> None:
    lights = ball_lights()
    print("| object | foretold, plain | here | outline deg, plain | here |\n|---|---|---|---|---|")
    for name in OBJECTS:
        stack, mask = stack_of(name, lights)
        errors = [foretold(stack, mask, lights, i) for i in range(len(stack))]
        base, ours = (float(np.median(np.concatenate(one))) for one in zip(*errors, strict=True))
        scaled = np.linalg.lstsq(lights.directions, stack.reshape(len(stack), -1), rcond=None)[0].T
        normals = (scaled / np.maximum(np.linalg.norm(scaled, axis=1), 1e-6)[:, None]).reshape(*mask.shape, 3)
        bend = outline_error_deg(normals, mask), outline_error_deg(surface(stack, lights, mask).normals, mask)
        print(f"| {name} | {base:.4f} | {ours:.4f} | {bend[0]:.1f} | {bend[1]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
