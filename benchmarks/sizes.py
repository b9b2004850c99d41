"""How well defects are measured: true sizes against measured ones, rendered shells: `python benchmarks/sizes.py`.

Where a defect is, is told to the measuring step (its true mask, widened by what a map is blurred): what is tried is
measuring, not finding. Prints per label the share within max(0.1 mm, 5 %) of the truth for defects of 1 mm and more,
and the share whose zone is right: by the judge's rule on the true pixels (the strictest that holds a tenth of
them), and that of the true middle.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from shellmark_inspect.inspector import Preparation
from shellmark_inspect.judge import measure
from shellmark_inspect.judge.measure import Measured
from shellmark_inspect.judge.regions import Region
from shellmark_inspect.judge.zones import zone_of
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station import samples_folder
from shellmark_inspect.types import Frame
from shellmark_models import rate

WIDER_PX = 9
MEASURES = {"scratch": "length_mm", "scuff": "length_mm", "crack": "length_mm"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", type=Path, help="another manifest.json of rendered shells of the sample SKUs")
    parser.add_argument("--split", choices=("learn", "test"), default="test")
    options = parser.parse_args()
    manifest = options.set or samples_folder() / "manifest.json"
    rows = [row for row in json.loads(manifest.read_text("utf-8"))["cases"] if row["split"] == options.split]
    found: list[tuple[dict[str, Any], Measured | None]] = []
    ready: dict[str, tuple[Recipe, Preparation]] = {}
    for row in rows:
        if not row["defects"]:
            continue
        if row["sku"] not in ready:
            recipe = Recipe.read(samples_folder() / row["sku"])
            ready[row["sku"]] = recipe, Preparation(recipe)
        files = {light: manifest.parent / path for light, path in row["frames"]["front"].items()}
        found += measured(*ready[row["sku"]], files, manifest.parent / row["mask"], row["defects"])
    report(found)


def measured(
    recipe: Recipe, ready: Preparation, files: Mapping[str, Path], mask: Path, defects: Sequence[dict[str, Any]]
) -> list[tuple[dict[str, Any], Measured | None]]:
    """Every defect of a case with what was measured where it is; None where nothing was."""
    spec = recipe.views[0]
    frames = [
        Frame(cv2.imread(str(files[light]), cv2.IMREAD_UNCHANGED), i, 0, spec.camera, light)
        for i, light in enumerate(spec.lights)
    ]
    view = ready.view(spec, frames)
    drawn = cv2.imread(str(mask), cv2.IMREAD_GRAYSCALE)
    back = np.linalg.inv(view.to_frame)
    there = cv2.warpPerspective(drawn, back, view.size[::-1], flags=cv2.INTER_NEAREST)
    pairs = []
    for defect in defects:
        own = (there == defect["mask_value"]).astype(np.uint8)
        if not own.any():
            continue
        wide = cv2.dilate(own, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (WIDER_PX, WIDER_PX)))
        x, y, w, h = cv2.boundingRect(wide)
        region = Region((x, y, w, h), wide[y : y + h, x : x + w].astype(bool), 2.0, (x + w // 2, y + h // 2))
        ones = measure(view, [region], recipe.judge, ready.good(spec))
        pairs.append(({**defect, "ruled": zone_of(view, (0, 0, *view.size[::-1]), own.astype(bool))},
                      max(ones, key=lambda one: one.area_mm2, default=None)))  # fmt: skip
    return pairs


def report(found: Sequence[tuple[dict[str, Any], Measured | None]]) -> None:
    """Print the table."""
    zones = {
        what: [one.zone == defect[key] for defect, one in found if one is not None]
        for what, key in (("that its true pixels have", "ruled"), ("of its middle", "zone"))
    }
    sizes = []
    for defect, one in found:
        name = MEASURES.get(defect["label"], "diameter_mm")
        if defect[name] >= 1:
            sizes.append((defect["label"], defect[name], 0.0 if one is None else getattr(one, name)))
    print("rendered; defects of 1 mm and more")
    print("| label | n | within max(0.1 mm, 5 %) | median of measured / true | 10th-90th |\n|---|---|---|---|---|")
    for label in (*sorted({row[0] for row in sizes}), "all"):
        truth, value = np.array([row[1:] for row in sizes if label in {row[0], "all"}]).T
        within = int((np.abs(value - truth) <= np.maximum(0.1, 0.05 * truth)).sum())
        low, middle, high = np.quantile(value / truth, (0.1, 0.5, 0.9))
        print(f"| {label} | {len(truth)} | {_share(within, len(truth))} | {middle:.3f} | {low:.2f}-{high:.2f} |")
    for what, right in zones.items():
        print(f"zone {what}: {_share(sum(right), len(right))}")


def _share(k: int, n: int) -> str:
    share = rate(k, n)
    return f"{k}/{n} = {100 * k / n:.1f} % ({100 * share.low:.1f}-{100 * share.high:.1f})"


if __name__ == "__main__":
    main()
