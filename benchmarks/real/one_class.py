"""The memory family on many small one-class problems: `python benchmarks/real/one_class.py`.

Real defects (spindle, toys), other classes (steel), and defects painted on goods. What is learned and what is judged
never share a picture. Prints the image AUROC of each problem with its 95 % interval, the share of goods stopped and of
bad ones passed at the goods-only threshold, and CPU-ms per look. docs/models-tried.md tells what was chosen by such
problems.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from pseudo import KINDS, Picture, paint

from shellmark_models import COLOUR, TeachCase, TeachOptions, load, teach, write_bundle
from shellmark_models.evaluation.metrics import auroc, auroc_interval

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
MOST = {"learn": 60, "good": 60, "bad": 60}
SPINDLE = {"spindle-a": (0, 1, 2), "spindle-b": (1, 4, 6)}
STEEL = {"ash": "iron sheet ash", "slag": "slag inclusion", "finish": "finishing roll printing"}


@dataclass(frozen=True)
class Problem:
    """Pictures to learn from, good ones and bad ones to judge."""

    name: str
    learn: list[Picture]
    good: list[Picture]
    bad: list[Picture]


def read(path: Path) -> Picture:
    """A picture's pixels (h, w, 3)."""
    pixels = cv2.imread(str(path))
    if pixels is None:
        raise SystemExit(f"{path} is no picture")
    return np.asarray(pixels, np.uint8)


def some(values: list[T], most: int, random: np.random.Generator) -> list[T]:
    """At most so many of them, at random."""
    return [values[i] for i in random.permutation(len(values))[:most]]


def spindle(data: Path, positions: tuple[int, ...], random: np.random.Generator) -> Problem:
    """Goods of some position groups against all of the others."""
    with (data / "spindle" / "index.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    groups = sorted({row["position_group"] for row in rows})
    learned = {groups[i] for i in positions}
    parts: dict[str, list[Path]] = {part: [] for part in MOST}
    for row in rows:
        good = row["label"] == "good"
        seen = row["position_group"] in learned
        if good or not seen:
            part = "learn" if seen else "good" if good else "bad"
            parts[part].append(data / "spindle" / "images" / f"{row['name']}.jpg")
    return Problem("", *([read(path) for path in some(parts[part], MOST[part], random)] for part in MOST))


def split(pictures: list[Picture], bad: list[Picture], random: np.random.Generator) -> Problem:
    """Half of the good pictures to learn from, the rest to judge."""
    mixed = some(pictures, 120, random)
    half = len(mixed) // 2
    return Problem("", mixed[:half], mixed[half:], some(bad, MOST["bad"], random))


def toys(data: Path, random: np.random.Generator) -> Problem:
    """Plastic figures, damaged ones as bad."""
    good, bad = (
        [read(path) for path in sorted((data / "toys" / kind).glob("*.png"))] for kind in ("normal", "anomaly")
    )
    return split(good, bad, random)


def steel(data: Path, kind: str, random: np.random.Generator) -> Problem:
    """One class of steel surface as good, the others as bad."""
    folders = sorted((data / "steel" / "X-SDD" / "datas").iterdir())
    own = [read(path) for path in sorted((data / "steel" / "X-SDD" / "datas" / kind).iterdir())]
    others = [path for folder in folders if folder.name != kind for path in sorted(folder.iterdir())]
    return split(own, [read(path) for path in some(others, MOST["bad"], random)], random)


def painted(make: Callable[[np.random.Generator], Problem], random: np.random.Generator) -> Problem:
    """The same goods, with defects painted on those that are judged."""
    problem = make(random)
    bad = [paint(problem.good[7 * i % len(problem.good)], kind, random) for i, kind in enumerate([*KINDS] * 6)]
    return Problem("", problem.learn, problem.good, bad)


def problems(data: Path, only: list[str]) -> Iterator[Problem]:
    """All problems, or those named."""
    makers: dict[str, Callable[[np.random.Generator], Problem]] = {
        **{name: partial(spindle, data, at) for name, at in SPINDLE.items()},
        "toys": partial(toys, data),
        **{f"steel-{name}": partial(steel, data, kind) for name, kind in STEEL.items()},
    }
    for name in ("spindle-a", "toys", "steel-slag", "steel-finish"):
        makers[f"painted-{name}"] = partial(painted, makers[name])
    for name, make in makers.items():
        if not only or name in only:
            made = make(np.random.default_rng(5))
            yield Problem(name, made.learn, made.good, made.bad)


def judge(problem: Problem, goods: int, family: str, threads: int) -> str:
    """One line of figures."""
    cases = [TeachCase(f"g{i}", [picture]) for i, picture in enumerate(problem.learn[:goods])]
    began = time.process_time()
    options = TeachOptions(threads=threads)
    data = teach(cases, name="x", version="1", channels=COLOUR, px_per_mm=1.0, family=family, options=options)
    taught = time.process_time() - began
    with tempfile.TemporaryDirectory() as folder:
        model = load(write_bundle(data, Path(folder)), threads=threads)
        began = time.process_time()
        found = [model.look(picture) for picture in [*problem.good, *problem.bad]]
        took = (time.process_time() - began) / len(found)
        model.close()
    bad = np.arange(len(found)) >= len(problem.good)
    scores = np.array([each.score for each in found])
    area, by_map = auroc_interval(scores, bad), auroc([each.anomaly.max() for each in found], bad)
    stopped, passed = (scores[~bad] > 1).mean(), (scores[bad] <= 1).mean()
    return (
        f"{problem.name:22s} {len(cases):3d} learned, {(~bad).sum():3d} good, {bad.sum():3d} bad:"
        f" AUROC {area} (map {by_map:.3f}), stopped {stopped:.2f} of good, passed {passed:.2f} of bad,"
        f" {1000 * took:.0f} CPU-ms a look, {taught:.0f} CPU-s to teach"
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = Path(os.environ.get("SHELLMARK_REAL_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=data, help="the real photographs (SHELLMARK_REAL_DATA)")
    parser.add_argument("--goods", type=int, default=20, help="at most so many good pictures to learn from")
    parser.add_argument("--only", nargs="+", default=[], help="names of problems")
    parser.add_argument("--family", default="memory", choices=("memory", "memory-lean"))
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    for problem in problems(asked.data, asked.only):
        print(judge(problem, asked.goods, asked.family, asked.threads), flush=True)


if __name__ == "__main__":
    main()
