"""Registration attacked: the sample shells' references moved by known amounts, dusty, a fitting gone, lamps changed.

`python benchmarks/light/registration.py [COUNT]` prints, within the limits and beyond them, how many were registered,
refused (by name) and registered wrongly without a word (more than half a pixel off), and the rms error.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from shellmark_inspect.errors import NotAligned
from shellmark_inspect.inspector import first_view
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.steps import build_steps
from shellmark_inspect.types import Frame

SAMPLES = Path(__file__).resolve().parents[2] / "sample_images"


def moved(pixels: np.ndarray, back: np.ndarray, rng: np.random.Generator, gone: tuple[int, int, int, int]):
    """A reference as a camera would see it another time: moved, a patch painted over, dusty, another lamp, noisy."""
    x, y, w, h = gone
    pixels = pixels.copy()
    pixels[y : y + h, x : x + w] = np.median(pixels[y : y + h, x : x + w], axis=(0, 1))
    out = cv2.warpAffine(pixels, back[:2], pixels.shape[1::-1], flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
                         borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    for _ in range(60):
        at = rng.integers(0, out.shape[1]), rng.integers(0, out.shape[0])
        cv2.circle(out, (int(at[0]), int(at[1])), int(rng.integers(1, 4)), (230, 230, 230), -1)
    out = out.astype(np.float32) * rng.uniform(0.85, 1.15) + rng.normal(0, 2, out.shape)
    return np.clip(out, 0, 255).astype(np.uint8)


def pose(rng: np.random.Generator, size: tuple[int, int], px_per_mm: float, beyond: bool) -> np.ndarray:
    """The map from the moved picture's pixels to the reference's, within the limits or well beyond."""
    turn, growth = np.radians(rng.uniform(-1.9, 1.9)), 1 + rng.uniform(-0.0045, 0.0045)
    reach, heading = rng.uniform(0, 4.8), rng.uniform(0, 2 * np.pi)
    if beyond:
        reach = rng.uniform(8, 30)
    shift = reach * px_per_mm * np.array([np.cos(heading), np.sin(heading)])
    middle = np.array([(size[1] - 1) / 2, (size[0] - 1) / 2])
    linear = growth * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    back = np.eye(3)
    back[:2, :2], back[:2, 2] = linear, middle + shift - linear @ middle
    return back


def attacked(recipe: Recipe, count: int, beyond: bool) -> tuple[list[float], int]:
    """The rms error in px of each that was registered, and how many were refused."""
    spec = recipe.views[0]
    align = [step for step in spec.steps if step.step == "align"]
    spec = spec.model_copy(update={"steps": tuple(align), "channels": spec.lights[:1], "checks": ()})
    ((_, step),) = build_steps(spec, recipe.folder)
    pictures = {name: cv2.imread(str(recipe.folder / file), -1) for name, file in spec.reference.items()}
    size = next(iter(pictures.values())).shape[:2]
    errors, refused = [], 0
    for seed in range(count):
        rng = np.random.default_rng(seed)
        true = pose(rng, size, spec.px_per_mm, beyond)
        gone = (int(rng.uniform(0.1, 0.8) * size[1]), int(rng.uniform(0.1, 0.8) * size[0]), size[1] // 8, size[0] // 8)
        frames = [Frame(moved(p, true, rng, gone), 0, 0, spec.camera, n) for n, p in pictures.items()]
        try:
            view = step(first_view(spec, frames))
        except NotAligned:
            refused += 1
            continue
        points = np.array([[0, size[1] - 1, 0, size[1] - 1], [0, 0, size[0] - 1, size[0] - 1], [1, 1, 1, 1]], float)
        errors.append(float(np.sqrt((((view.to_frame - np.linalg.inv(true)) @ points)[:2] ** 2).sum(0).mean())))
    return errors, refused


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    print("| shell | moved | registered | refused | silently wrong | rms error px | worst px |\n" + "|---" * 7 + "|")
    for name in ("film-print", "gloss-vertical", "grain-horizontal"):
        recipe = Recipe.read(SAMPLES / name)
        for beyond in (False, True):
            errors, refused = attacked(recipe, count, beyond)
            wrong = sum(error > 0.5 for error in errors)
            rms = f"{np.sqrt(np.mean(np.square(errors))):.3f} | {max(errors):.3f}" if errors else "- | -"
            how = "8 to 30 mm" if beyond else "within limits"
            print(f"| {name} | {how} | {len(errors)} | {refused} | {wrong} | {rms} |",
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
