"""Which cases are rendered: how many, of which seed and split, with which defects of which size."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .sku import FRAME_PX, LARGE_FRAME_PX, LARGE_TEXELS_PER_MM, SKUS, TEXELS_PER_MM, Sku

Split = Literal["learn", "test", "large"]
Kind = Literal["good", "defect"]

SMALLEST, LARGEST = 0.25, 4.0
NAMEABLE = 0.5
"""The smallest defect, in limits, that a person would be asked to name."""
SEED_BASE = {("learn", "good"): 1000, ("learn", "defect"): 2000, ("test", "good"): 5000, ("test", "defect"): 6000}
LARGE_SEED = 9000
SIZE_SEED = 41
LARGE_DEFECTS = (
    ("scratch", 2.6),
    ("dent", 3.2),
    ("whitening", 3.0),
    ("speck", 2.4),
    ("scuff", 2.8),
    ("crack", 2.2),
    ("stain", 3.6),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases per SKU."""

    learn_good: int = 16
    learn_defect: int = 8
    test_good: int = 12
    test_defect: int = 20


SMALL = {("learn", "good"): 10, ("learn", "defect"): 3, ("test", "good"): 6, ("test", "defect"): 10}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A defect to be drawn: its size in limits, whether on a rib (None: anywhere), in which zone."""

    label: str
    times_limit: float
    on_rib: bool | None = None
    zone: Literal["A", "B"] = "A"


@dataclass(frozen=True, slots=True)
class Case:
    """One shell to be rendered."""

    name: str
    sku: str
    split: Split
    kind: Kind
    seed: int
    wanted: tuple[Wanted, ...] = ()

    @property
    def frame_px(self) -> tuple[int, int]:
        """Width and height of its frames."""
        return LARGE_FRAME_PX if self.split == "large" else FRAME_PX

    @property
    def texels_per_mm(self) -> float:
        """Resolution its surface is drawn at."""
        return LARGE_TEXELS_PER_MM if self.split == "large" else TEXELS_PER_MM


FRESH_SEEDS = 1_000_000


def plan(counts: Counts, fresh: int = 0) -> list[Case]:
    """Returns every case of the set, the large one last; another `fresh` draws other shells with other defects."""
    cases: list[Case] = []
    for number, sku in enumerate(SKUS.values()):
        cases += _good(sku, number, "learn", counts.learn_good)
        cases += _learn_defect(sku, number, counts.learn_defect, fresh)
        cases += _good(sku, number, "test", counts.test_good)
        cases += _test_defect(sku, number, counts.test_defect, fresh)
    cases = [replace(case, seed=case.seed + FRESH_SEEDS * fresh) for case in cases]
    large = tuple(Wanted(label, times) for label, times in LARGE_DEFECTS)
    cases.append(Case("large/l001", "grain-horizontal", "large", "defect", LARGE_SEED, large))
    return cases


def in_small(case: Case) -> bool:
    """Says whether a case belongs to the smaller set, the first ones of each kind."""
    return int(case.name[-3:]) <= SMALL.get((case.split, case.kind), 0)


def _seed(number: int, split: Split, kind: Kind, k: int) -> int:
    return 10_000 * (number + 1) + SEED_BASE[split, kind] + k


def _good(sku: Sku, number: int, split: Split, count: int) -> list[Case]:
    return [
        Case(f"{sku.name}/{split}/good/g{k:03}", sku.name, split, "good", _seed(number, split, "good", k))
        for k in range(1, count + 1)
    ]


def _sizes(count: int, rng: np.random.Generator, smallest: float = SMALLEST) -> Iterator[float]:
    """Sizes log-uniform from `smallest` to LARGEST limits, one per stratum, in random order."""
    stratum = (rng.permutation(count) + rng.random(count)) / max(count, 1)
    return iter((smallest * (LARGEST / smallest) ** stratum).round(3).tolist())


def _learn_defect(sku: Sku, number: int, count: int, fresh: int) -> list[Case]:
    """Cases with one of every label each; three flaws of the print, which only one SKU has."""
    rng = np.random.default_rng([SIZE_SEED, number, 0, *([fresh] if fresh else [])])
    labels = [*sku.labels, "print", "print"] if sku.printed else list(sku.labels)
    sizes = {label: _sizes(count * labels.count(label), rng, NAMEABLE) for label in dict.fromkeys(labels)}
    cases = []
    for k in range(1, count + 1):
        wanted = tuple(Wanted(label, next(sizes[label]), None) for label in labels)
        name = f"{sku.name}/learn/defect/d{k:03}"
        cases.append(Case(name, sku.name, "learn", "defect", _seed(number, "learn", "defect", k), wanted))
    return cases


def _test_defect(sku: Sku, number: int, count: int, fresh: int) -> list[Case]:
    """Cases with one defect mostly; every fifth has two, every tenth three."""
    rng = np.random.default_rng([SIZE_SEED, number, 1, *([fresh] if fresh else [])])
    in_case = [3 if k % 10 == 0 else 2 if k % 5 == 0 else 1 for k in range(1, count + 1)]
    labels = [sku.labels[i % len(sku.labels)] for i in range(sum(in_case))]
    sizes = {label: _sizes(labels.count(label), rng) for label in dict.fromkeys(labels)}
    ordered = iter(
        Wanted(label, next(sizes[label]), bool(i % 2), "B" if i % 6 == 5 else "A") for i, label in enumerate(labels)
    )
    return [
        Case(
            f"{sku.name}/test/defect/d{k:03}",
            sku.name,
            "test",
            "defect",
            _seed(number, "test", "defect", k),
            tuple(next(ordered) for _ in range(n)),
        )
        for k, n in enumerate(in_case, 1)
    ]
