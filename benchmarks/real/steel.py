"""How well names are learned on real crops: X-SDD, 7 classes of steel surface defects (see docs/naming.md).

    python benchmarks/real/steel.py [--data ../shared/data/steel] [--draws 20] [--json FILE]

Every crop is described once; what is repeated is the draw of the crops to learn from. Crops of one strip may lie in
both parts of a draw (the set does not say which belong together), as in the published figures.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_models import UNKNOWN, Crop
from shellmark_models.naming import Namer, describe
from shellmark_models.training.classifier import fit

DATA = Path(os.environ.get("SHELLMARK_REAL_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "steel"


@dataclass(frozen=True)
class Crops:
    """Descriptions (n, d), classes (n,) by name, and what describing one cost."""

    x: NDArray[np.float32]
    label: NDArray[np.str_]
    cpu_ms: float

    @classmethod
    def read(cls, data: Path) -> Crops:
        files = sorted((data / "X-SDD" / "datas").glob("*/*"))
        if not files:
            raise SystemExit(f"{data}: no X-SDD here; give --data")
        found = []
        began = time.process_time()
        for file in files:
            pixels = np.asarray(cv2.imread(str(file)), np.uint8)
            found.append(describe(Crop(pixels, np.ones(pixels.shape[:2], np.bool_), 1.0)))
        return cls(
            np.stack(found), np.array([f.parent.name for f in files]), 1e3 * (time.process_time() - began) / len(files)
        )

    def draw(self, seed: int, share: float | None, count: int = 10) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows to learn from (``count`` of each class, or a ``share`` of it) and those to be named."""
        generator = np.random.default_rng(seed)
        learn = []
        for label in np.unique(self.label):
            rows = generator.permutation(np.flatnonzero(self.label == label))
            learn.append(rows[: count if share is None else round(share * len(rows))])
        chosen = np.concatenate(learn)
        return chosen, np.setdiff1d(np.arange(len(self.label)), chosen)

    def teach(self, rows: NDArray[np.intp]) -> Namer:
        return fit(self.x[rows], self.label[rows].tolist(), range(len(rows)))


@dataclass(frozen=True)
class Scored:
    """Of one draw: named right (unknown counts as wrong), right of those named at all, unknown, macro F1."""

    right: float
    right_of_named: float
    unknown: float
    f1: float

    @classmethod
    def of(cls, namer: Namer, x: NDArray[np.float32], true: NDArray[np.str_]) -> Scored:
        said = np.array([namer.name(row).label for row in x])
        named = said != UNKNOWN
        f1 = [2 * ((said == c) & (true == c)).sum() / ((said == c).sum() + (true == c).sum()) for c in namer.labels]
        return cls(
            float((said == true).mean()),
            float((said == true)[named].mean()),
            float(1 - named.mean()),
            float(np.mean(f1)),
        )


def repeat(crops: Crops, draws: int, share: float | None, test_share: float = 1.0) -> list[Scored]:
    """Scores of several draws; ``test_share`` is the share of all crops that is named."""
    found = []
    for seed in range(draws):
        learn, rest = crops.draw(seed, share)
        if test_share < 1:
            picked = np.random.default_rng(seed).permutation(rest)
            rest = picked[: round(test_share * len(crops.label))]
        found.append(Scored.of(crops.teach(learn), crops.x[rest], crops.label[rest]))
    return found


def strangers(crops: Crops, draws: int) -> dict[str, list[float]]:
    """How often a class that was never taught is called unknown, by class."""
    found: dict[str, list[float]] = {}
    for seed in range(draws):
        learn, rest = crops.draw(seed, None)
        for label in np.unique(crops.label):
            namer = crops.teach(learn[crops.label[learn] != label])
            of_it = rest[crops.label[rest] == label][:50]
            found.setdefault(str(label), []).append(
                float(np.mean([namer.name(crops.x[r]).label == UNKNOWN for r in of_it]))
            )
    return found


def told(name: str, scores: list[Scored]) -> dict[str, object]:
    """Mean, deviation, least and most over the draws, printed and as values."""
    values = {key: np.array([getattr(s, key) for s in scores]) for key in ("right", "right_of_named", "unknown", "f1")}
    print(f"{name}: {len(scores)} draws")
    for key, each in values.items():
        print(f"  {key:15} {each.mean():.2%} ± {each.std(ddof=1):.2%} (least {each.min():.2%}, most {each.max():.2%})")
    return {
        key: {"mean": float(v.mean()), "std": float(v.std(ddof=1)), "draws": v.tolist()} for key, v in values.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    crops = Crops.read(options.data)
    print(f"{len(crops.label)} crops, {len(np.unique(crops.label))} classes, {crops.cpu_ms:.1f} CPU-ms a crop")
    result: dict[str, object] = {"crops": len(crops.label), "cpu_ms": crops.cpu_ms}
    result["10 a class"] = told("10 crops a class to learn, all others named", repeat(crops, options.draws, None))
    most = max(3, options.draws // 4)
    result["70 %"] = told("70 % to learn, 20 % named", repeat(crops, most, 0.7, 0.2))
    apart = strangers(crops, max(2, options.draws // 5))
    for label, shares in apart.items():
        print(f"  never taught: {label:36} unknown {np.mean(shares):.1%}")
    every = [share for shares in apart.values() for share in shares]
    print(f"never taught, 10 crops of each of the six others: called unknown {np.mean(every):.1%}")
    result["never taught"] = apart
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
