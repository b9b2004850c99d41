"""How well sizes repeat when a case is taken out and put back: rendered shells, ten poses each.

    python benchmarks/reloads.py render --out DIR          (extra `render`)
    python benchmarks/reloads.py measure DIR

The same shell with the same defects, dust and lamps is rendered at the poses of other cases, each time with other
noise of the sensor. Where a defect is, is told to the measuring step (its true mask, widened): what is tried is
measuring, not finding.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
LOADS = 10
CASES = ("gloss-vertical", "grain-horizontal", "film-print")
MEASURES = {"scratch": "length_mm", "scuff": "length_mm", "crack": "length_mm"}


def main() -> None:
    """Render or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    rendering = commands.add_parser("render")
    rendering.add_argument("--out", type=Path, required=True)
    rendering.add_argument("--cases", type=int, default=2, help="of the defective cases to learn from, per SKU")
    rendering.set_defaults(do=lambda options: render(options.out, options.cases))
    measuring = commands.add_parser("measure")
    measuring.add_argument("folder", type=Path)
    measuring.set_defaults(do=lambda options: measure_all(options.folder))
    options = parser.parse_args()
    options.do(options)


def render(out: Path, count: int) -> None:
    """Write the frames, masks and truths of every case and load."""
    sys.path.insert(0, str(ROOT / "sample_images"))
    from generator import make, streams
    from generator.nuisances import draw_nuisances
    from generator.plan import Counts, plan
    from generator.scene import Stage
    from generator.sku import SKUS

    stages = {}
    wanted = [c for c in plan(Counts()) if c.split == "learn" and c.kind == "defect" and int(c.name[-3:]) <= count]
    rows = []
    for case in wanted:
        stage = stages.setdefault(case.sku, Stage(case.frame_px, case.texels_per_mm, SKUS[case.sku].eta))
        own = draw_nuisances(case.seed)
        for load in range(LOADS):
            there = draw_nuisances(case.seed + 100_000 * (load + 1))
            nuisances = replace(own, shift_mm=there.shift_mm, turn_deg=there.turn_deg)
            make.stream = lambda seed, purpose, k=load: streams.stream(
                seed + (7_000_000 * (k + 1) if purpose.startswith("sensor") else 0), purpose
            )
            made = make.make_case(case, stage, nuisances=nuisances)
            folder = out / case.name / f"load{load}"
            folder.mkdir(parents=True, exist_ok=True)
            for light, frame in made.frames.items():
                cv2.imwrite(str(folder / f"front_{light}.jpg"), frame, [cv2.IMWRITE_JPEG_QUALITY, 82])
            cv2.imwrite(str(folder / "front_mask.png"), made.mask)
            rows.append({"case": case.name, "sku": case.sku, "load": load, "folder": str(folder.relative_to(out)),
                         "defects": [_truth(k, one) for k, one in enumerate(made.defects, 1)]})  # fmt: skip
            (out / "loads.json").write_text(json.dumps(rows))
            print(case.name, load, flush=True)


def _truth(k: int, placed: Any) -> dict[str, Any]:
    extent = placed.drawn.extent
    return {"mask_value": k, "label": placed.wanted.label, "zone": placed.zone, "length_mm": extent.length_mm,
            "diameter_mm": extent.diameter_mm}  # fmt: skip


def measure_all(folder: Path) -> None:
    """Print, per label, how sizes of one defect scatter over the loads."""
    from sizes import measured

    from shellmark_inspect.inspector import Preparation
    from shellmark_inspect.recipe import Recipe

    recipes = {sku: Recipe.read(ROOT / "sample_images" / sku) for sku in CASES}
    ready = {sku: Preparation(recipe) for sku, recipe in recipes.items()}
    sizes: dict[tuple[str, str, int, float], list[float]] = defaultdict(list)
    for row in json.loads((folder / "loads.json").read_text("utf-8")):
        where = folder / row["folder"]
        spec = recipes[row["sku"]].views[0]
        files = {light: where / f"front_{light}.jpg" for light in spec.lights}
        found = measured(recipes[row["sku"]], ready[row["sku"]], files, where / "front_mask.png", row["defects"])
        for defect, one in found:
            measure = MEASURES.get(defect["label"], "diameter_mm")
            if defect[measure] >= 1 and one is not None:
                key = row["case"], defect["label"], defect["mask_value"], defect[measure]
                sizes[key].append(getattr(one, measure))
    print(f"rendered; sd over {LOADS} loads of one defect of 1 mm and more, mm")
    print("| label | defects | sd median | sd 90th | largest | sd <= 0.1 mm | sd <= max(0.1 mm, 10 %) |")
    print("|---|---|---|---|---|---|---|")
    spread = [(key[1], float(np.std(values, ddof=1)), key[3]) for key, values in sizes.items() if len(values) >= LOADS]
    for label in (*sorted({row[0] for row in spread}), "all"):
        rows = [(sd, true) for name, sd, true in spread if label in {name, "all"}]
        deviations = np.array([sd for sd, _ in rows])
        print(f"| {label} | {len(rows)} | {np.median(deviations):.3f} | {np.quantile(deviations, 0.9):.3f} | "
              f"{deviations.max():.3f} | {sum(sd <= 0.1 for sd, _ in rows)}/{len(rows)} | "
              f"{sum(sd <= max(0.1, 0.1 * true) for sd, true in rows)}/{len(rows)} |")  # fmt: skip


if __name__ == "__main__":
    main()
