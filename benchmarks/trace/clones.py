"""The clone rule on a made-up population, beside the table it was chosen by: `python benchmarks/trace/clones.py`.

Nothing here was measured on buyers. The population is made up: how many scan, how often they look again, who in the
family looks too, who travels, who sells on. The numbers of the table in the design came from another made-up population
that is described in one line only; where a cell differs by more than both noises, the difference is printed as it is.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from shellmark_trace.clones import ALARM_AT, BATCH_Z, Place, Scan, Sighting, batch_z, distance_km, gain, spread_out

DAY_S = 86_400.0
COPIES = (1, 2, 5, 20, 100)

CITIES = tuple(
    Place(*row)
    for row in (
        ("Shanghai", 31.2, 121.5),
        ("Beijing", 39.9, 116.4),
        ("Guangzhou", 23.1, 113.3),
        ("Shenzhen", 22.5, 114.1),
        ("Chengdu", 30.7, 104.1),
        ("Hangzhou", 30.3, 120.2),
        ("Wuhan", 30.6, 114.3),
        ("Xi'an", 34.3, 108.9),
        ("Nanjing", 32.1, 118.8),
        ("Chongqing", 29.6, 106.6),
        ("Harbin", 45.8, 126.6),
        ("Urumqi", 43.8, 87.6),
    )
)
"""Twelve cities, each as likely as the others."""


@dataclass(frozen=True, slots=True)
class People:
    """The made-up buyers; shares from 0 to 1.

    §9 states `scans` (35 % of buyers look at all), `travels` (10 %), `resold` (3 %) and that there are re-scans and
    families; the rest was fitted to its table, all rows and columns together, and then set by hand. `again` looks a
    second time, `more` each time once more; `family` lets another phone look, `and_more` a further one; `away` is the
    mean of looks on a journey beyond the first. The next owner looks once; `claims` gives the PIN, `hands_pin` of next
    owners give it once more instead of a transfer code.
    """

    scans: float = 0.35
    again: float = 0.655
    more: float = 0.185
    family: float = 0.07
    and_more: float = 0.22
    travels: float = 0.10
    away: float = 0.94
    resold: float = 0.03
    claims: float = 0.53
    hands_pin: float = 0.32
    sale_days: float = 70.0


TABLE: dict[str, tuple[float, float, dict[int, float]]] = {
    "first query only": (26.8, 51.8, {1: 45.7, 2: 56.8, 5: 85.3, 20: 100.0, 100: 100.0}),
    "count > 3": (5.0, 7.7, {1: 13.7, 2: 22.2, 5: 52.0, 20: 99.7, 100: 100.0}),
    "count > 5": (0.37, 0.51, {1: 3.0, 2: 4.7, 5: 26.0, 20: 97.2, 100: 100.0}),
    "> 3 devices": (0.13, 0.19, {1: 0.8, 2: 2.7, 5: 16.5, 20: 97.7, 100: 100.0}),
    "velocity alone": (0.0, 0.0, {1: 0.0, 2: 0.2, 5: 1.7, 20: 18.5, 100: 100.0}),
    "PIN conflict alone": (0.18, 0.21, {1: 0.0, 2: 0.0, 5: 0.2, 20: 0.3, 100: 0.0}),
    "score": (0.33, 0.37, {1: 1.8, 2: 7.3, 5: 32.7, 20: 99.3, 100: 100.0}),
}
"""Design, §9: genuine items alarmed, genuine scans warned, detected at so many copies; per cent."""


def owner_scans(people: People, random: np.random.Generator, name: str, *, pin: bool) -> list[Scan]:
    """The scans of one item's first owner, family and next owner; none where nobody looks."""
    if random.random() >= people.scans:
        return []
    home = CITIES[random.integers(len(CITIES))]
    bought = random.random() * people.sale_days * DAY_S
    claims = pin and random.random() < people.claims
    found = _looks(people, random, f"{name}/owner", home, bought, pin=claims)
    share = people.family
    while random.random() < share:
        found.append(Scan(bought + random.exponential(2 * DAY_S), f"{name}/family{len(found)}", home))
        share = people.and_more
    if random.random() < people.travels:
        city = CITIES[random.integers(len(CITIES))]
        there = bought + (3 + random.exponential(60)) * DAY_S
        for n in range(1 + random.poisson(people.away)):
            found.append(Scan(there + n * DAY_S, f"{name}/owner", city))
    if random.random() < people.resold:
        later = bought + (60 + random.exponential(200)) * DAY_S
        city = CITIES[random.integers(len(CITIES))]
        again = claims and random.random() < people.hands_pin
        found.append(Scan(later, f"{name}/next", city, again))
    return found


def _looks(
    people: People, random: np.random.Generator, device: str, city: Place, at_s: float, *, pin: bool
) -> list[Scan]:
    found = [Scan(at_s, device, city, pin)]
    share = people.again
    while random.random() < share:
        at_s += random.exponential(0.5 * DAY_S)
        found.append(Scan(at_s, device, city))
        share = people.more
    return found


def item(people: People, random: np.random.Generator, copies: int, *, leaked: bool = False) -> list[tuple[Scan, bool]]:
    """Scans of a code in their order, each with whether it is of a copy; `leaked` gives copies the PIN."""
    scans = [(scan, False) for scan in owner_scans(people, random, "genuine", pin=True)]
    for copy in range(copies):
        scans += [(s, True) for s in owner_scans(people, random, f"copy{copy}", pin=leaked)]
    return sorted(scans, key=lambda pair: pair[0].at_s)


Rule = Callable[[Sequence[Scan]], list[bool]]
"""For each scan in order, whether it is warned."""


def count_over(limit: int) -> Rule:
    return lambda scans: [n >= limit for n in range(len(scans))]


def devices_over(limit: int) -> Rule:
    def warned(scans: Sequence[Scan]) -> list[bool]:
        seen: set[str] = set()
        found = []
        for scan in scans:
            seen.add(scan.device)
            found.append(len(seen) > limit)
        return found

    return warned


def velocity(scans: Sequence[Scan]) -> list[bool]:
    """Two scans in a row further apart than 500 km/h allows, from then on."""
    found, fast = [], False
    for n, scan in enumerate(scans):
        if n and scan.place and scans[n - 1].place and scan.device != scans[n - 1].device:
            hours = max((scan.at_s - scans[n - 1].at_s) / 3600, 0.05)
            fast = fast or distance_km(scan.place, scans[n - 1].place) / hours > 500
        found.append(fast)
    return found


def pin_conflict(scans: Sequence[Scan]) -> list[bool]:
    claimer, found, conflict = None, [], False
    for scan in scans:
        conflict = conflict or (scan.pin and claimer not in (None, scan.device))
        if scan.pin and claimer is None:
            claimer = scan.device
        found.append(conflict)
    return found


def by_score(scans: Sequence[Scan]) -> list[bool]:
    known: dict[str, Sighting] = {}
    claimer, total, found = None, 0.0, []
    for scan in scans:
        total += gain(scan, known, claimer)
        known[scan.device] = Sighting(scan.at_s, scan.place)
        if scan.pin and claimer is None:
            claimer = scan.device
        found.append(total >= ALARM_AT)
    return found


RULES: dict[str, Rule] = {
    "first query only": count_over(1),
    "count > 3": count_over(3),
    "count > 5": count_over(5),
    "> 3 devices": devices_over(3),
    "velocity alone": velocity,
    "PIN conflict alone": pin_conflict,
    "score": by_score,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's figures: genuine items alarmed, genuine scans warned, detected at each number of copies; shares."""

    alarmed: tuple[int, int]
    warned: tuple[int, int]
    detected: dict[int, tuple[int, int]]


def simulate(
    people: People, *, genuine: int, copied: int, seed: int, copies: Sequence[int] = COPIES
) -> dict[str, Found]:
    """Every rule on the same population: `genuine` items, and `copied` items for each number of copies."""
    random = np.random.default_rng(seed)
    items = [[scan for scan, _ in item(people, random, 0)] for _ in range(genuine)]
    fakes = {n: [item(people, random, n) for _ in range(max(40, copied // max(1, n // 5)))] for n in copies}
    found = {}
    for name, rule in RULES.items():
        flags = [rule(scans) for scans in items]
        alarmed = sum(any(flag) for flag in flags), genuine
        warned = sum(map(sum, flags)), sum(map(len, flags))
        detected = {n: (sum(_caught(rule, pairs) for pairs in fakes[n]), len(fakes[n])) for n in copies}
        found[name] = Found(alarmed, warned, detected)
    return found


def _caught(rule: Rule, pairs: Sequence[tuple[Scan, bool]]) -> bool:
    """Whether the code alarmed at all: from then on whoever scans it is warned."""
    return any(rule([scan for scan, _ in pairs]))


def leaked_pin(people: People, *, items: int, copies: int, seed: int) -> tuple[int, int]:
    """How many codes with copies that carry the leaked PIN the PIN rule finds."""
    random = np.random.default_rng(seed)
    caught = sum(_caught(pin_conflict, item(people, random, copies, leaked=True)) for _ in range(items))
    return caught, items


def batch_power(people: People, *, batches: int, codes: int, copied: int, seed: int) -> tuple[int, int]:
    """How many batches of `codes`, `copied` of them copied once each, the batch test finds."""
    random = np.random.default_rng(seed)
    found = 0
    for _ in range(batches):
        spread = 0
        for n in range(codes):
            scans = item(people, random, 1 if n < copied else 0)
            spread += spread_out([(s.device, s.place.city if s.place else "") for s, _ in scans])
        found += batch_z(spread, codes) > BATCH_Z
    return found, batches


def base_share(people: People, *, items: int, seed: int) -> tuple[int, int]:
    """How many genuine codes two devices in two cities have seen."""
    random = np.random.default_rng(seed)
    pairs = ([(s.device, s.place.city if s.place else "") for s, _ in item(people, random, 0)] for _ in range(items))
    return sum(map(spread_out, pairs)), items


def wilson(count: int, of: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson)."""
    z, p = 1.96, count / of
    middle, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def _cell(count: int, of: int, told: float) -> str:
    low, high = wilson(count, of)
    mark = " " if 100 * low - 0.05 <= told <= 100 * high + 0.05 else "*"
    return f"{100 * count / of:6.2f} ({told:6.2f}){mark}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--genuine", type=int, default=20_000)
    parser.add_argument("--copied", type=int, default=1_000)
    parser.add_argument("--batches", type=int, default=40)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--people", default="{}", help="JSON of changed shares")
    options = parser.parse_args()
    people = People(**json.loads(options.people))
    found = simulate(people, genuine=options.genuine, copied=options.copied, seed=options.seed)
    print("per cent, the design's figure in brackets; * where it lies outside the 95 % interval of ours")
    print(f"{'rule':20}{'items alarmed':>18}{'scans warned':>18}" + "".join(f"{n:>13} copies" for n in COPIES))
    for name, (alarmed, warned, detected) in TABLE.items():
        f = found[name]
        row = [_cell(*f.alarmed, alarmed), _cell(*f.warned, warned)]
        row += [_cell(*f.detected[n], detected[n]) for n in COPIES]
        print(f"{name:20}" + "  ".join(row))
    print("n:", f"{options.genuine} genuine items,", {n: f.detected[n][1] for n in COPIES}, "copied ones")
    print("PIN conflict, 20 copies with a leaked PIN:", _cell(*leaked_pin(people, items=300, copies=20, seed=1), 91.0))
    print("base share of the batch test:", _cell(*base_share(people, items=options.genuine, seed=2), 1.04))
    for copied, told in ((100, 35.0), (300, 100.0)):
        power = batch_power(people, batches=options.batches, codes=2000, copied=copied, seed=3)
        print(f"batch of 2,000, {copied} copied once: {_cell(*power, told)} of {power[1]} batches")


if __name__ == "__main__":
    main()
