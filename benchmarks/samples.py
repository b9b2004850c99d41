"""What the station makes of the rendered test split, with intervals: `python benchmarks/samples.py --data DIR`.

Runs every SKU with its shipped bundle through the whole station and prints tables. All images are rendered: the figures
check the software and predict no line.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from shellmark_inspect.app.demo import demo_config
from shellmark_inspect.station import Station, StationConfig, samples_folder
from shellmark_inspect.types import Defect, Record, Verdict
from shellmark_models import rate

FOCUS = ("dent", "scratch", "speck")
STEPS = (0.0, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 4.0)
NEAR_MM = 3.0
"""A defect is found where one is reported this near, or nearer than its own reach."""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="an empty folder for records and pictures")
    parser.add_argument("--set", type=Path, help="another manifest.json of rendered shells of the sample SKUs")
    parser.add_argument("--store", type=Path, help="where bundles are looked for first")
    options = parser.parse_args()
    manifest = options.set or samples_folder() / "manifest.json"
    rows = {row["case"]: row for row in json.loads(manifest.read_text("utf-8"))["cases"]}
    tally = Tally()
    with Station(configured(options.data, manifest, options.store, {row["sku"] for row in rows.values()})) as station:
        for sku, *_ in station.skus():
            station.select(sku).result()
            while not station.status().ended:
                future = station.trigger()
                if future.exception() is not None:
                    break
                record = future.result()
                tally.add(record, rows[record.inspection.trigger.case_id])
    tally.print()


def configured(data: Path, manifest: Path, store: Path | None, skus: set[str]) -> StationConfig:
    """A station on the SKUs of a manifest, with bundles of a store before those that ship."""
    config = demo_config(data)
    changes: dict[str, Any] = {
        "cameras": {"front": {"kind": "folder", "path": str(manifest)}},
        "models": () if store is None else (store,),
        "recipes": tuple(path for path in config.recipes if path.name in skus),
    }
    return config.model_copy(update=changes)


class Tally:
    """Counts of the test split; the large case is left out."""

    def __init__(self) -> None:
        self.cases: dict[tuple[str, str], Counter[Verdict]] = defaultdict(Counter)
        self.found: dict[tuple[str, str], list[bool]] = defaultdict(list)
        self.sizes: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        self.named: dict[str, list[bool]] = defaultdict(list)
        self.false: int = 0

    def add(self, record: Record, row: dict[str, Any]) -> None:
        """Count one case against its row of the manifest."""
        if row["split"] != "test":
            return
        true = row["defects"]
        kind = "good" if not true else "at or above" if any(d["times_limit"] >= 1 for d in true) else "below"
        self.cases[row["sku"], kind][record.verdict] += 1
        for defect in true:
            hit = nearest(record.inspection.defects, defect)
            size = "1-4 x limit" if defect["times_limit"] >= 1 else "below limit"
            self.found[defect["label"], size].append(hit is not None)
            self.sizes[defect["label"]].append((defect["times_limit"], hit is not None))
            if hit is not None:
                self.named[size].append(hit.label == defect["label"])
        if not true:
            self.false += bool(record.inspection.defects)

    def print(self) -> None:
        """Print the tables."""
        print("all images are rendered; intervals: Clopper-Pearson, 95 %\n")
        for (sku, kind), verdicts in sorted(self.cases.items()):
            print(f"{sku:17} {kind:12} " + "  ".join(f"{v} {verdicts[v]}" for v in Verdict))
        for title, wanted, hit in (
            ("good cases not passed (overkill)", "good", lambda v: v is not Verdict.PASS),
            ("cases with a defect at or above its limit, not passed", "at or above", lambda v: v is not Verdict.PASS),
            ("of them FAIL", "at or above", lambda v: v is Verdict.FAIL),
        ):
            judged = [v for (_, kind), c in self.cases.items() if kind == wanted for v in c.elements()]
            print(f"\n{title}: {share([hit(v) for v in judged])}")
        for size in ("1-4 x limit", "below limit"):
            every = [hit for (_, s), hits in self.found.items() if s == size for hit in hits]
            print(f"\ndefects found, {size}: {share(every)}")
            for (label, s), hits in sorted(self.found.items()):
                if s == size:
                    print(f"  {label:10} {sum(hits)}/{len(hits)}")
        for label in FOCUS:
            print(f"\n{label} found, by size in limits:")
            for low, high in pairwise(STEPS):
                hits = [hit for times, hit in self.sizes[label] if low <= times < high]
                if hits:
                    print(f"  {low:g} to {high:g}: {share(hits)}")
        for size, named in self.named.items():
            print(f"\nnamed right, of those found, {size}: {share(named)}")
        print(f"\nnamed right, of all found: {share([right for named in self.named.values() for right in named])}")


def share(hits: list[bool]) -> str:
    """k of n with its interval."""
    found = rate(sum(hits), len(hits))
    return f"{sum(hits)}/{len(hits)} = {found.value:.1%} ({found.low:.1%} to {found.high:.1%})"


def nearest(defects: tuple[Defect, ...], true: dict[str, Any]) -> Defect | None:
    """The reported defect that lies where a true one is."""
    reach = max(NEAR_MM, 0.6 * true["length_mm"] + 1.5)
    near = [(math.dist(one.centre_mm, true["centre_mm"]), one) for one in defects]
    near = [pair for pair in near if pair[0] < reach]
    return min(near, key=lambda pair: pair[0])[1] if near else None


if __name__ == "__main__":
    main()
