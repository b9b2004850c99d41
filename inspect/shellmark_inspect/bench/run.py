"""Sets and contestants in, results out: what is judged already is not judged again, figures come from the rows."""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import numpy as np
import psutil

from shellmark_inspect.errors import InputError
from shellmark_inspect.sets import ImageSet, SetCase

from .cases import Grouping, of_sku
from .contestant import Contestant
from .engines import Engine
from .ledger import Ledger
from .rows import Row
from .stills import digest_of_case
from .tally import figures
from .worker import Job, Piece

PIECE = 4
"""Cases handed out together: what a stop or a crash may cost a process, at most."""
Progress = Callable[[str, int, int], None]
"""Told of every piece: what runs, how many cases are done, of how many."""


@dataclass(frozen=True, slots=True)
class Run:
    """One contestant on one set: its cases in order, where each row lies, and what to say of it."""

    image_set: ImageSet
    contestant: Contestant
    cases: tuple[SetCase, ...]
    places: array[int]
    remarks: tuple[str, ...]
    conditions: dict[str, Any]

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.contestant.name} on {self.image_set.name}"


def plan(
    sets: Sequence[ImageSet], contestants: Sequence[Contestant], grouping: Grouping
) -> list[tuple[ImageSet, Contestant, tuple[SetCase, ...]]]:
    """Every set with every contestant it has cases for.

    Raises:
        InputError: a contestant has no case in any set, or a group is not there.
    """
    pairs = []
    for contestant in contestants:
        missed: list[InputError] = []
        for image_set in sets:
            try:
                pairs.append((image_set, contestant, of_sku(grouping.cases(image_set), contestant.sku, image_set)))
            except InputError as e:
                if any(case.sku for case in image_set.cases) and len(contestants) > 1:
                    missed.append(e)  # one manifest of several SKUs is given to the model of each
                else:
                    raise
        if len(missed) == len(sets):
            raise missed[0]
    return pairs


def carry_out(
    image_set: ImageSet,
    contestant: Contestant,
    cases: tuple[SetCase, ...],
    ledger: Ledger,
    engine: Engine,
    *,
    threads: int = 1,
    workers: int = 1,
    progress: Progress = lambda *_: None,
) -> Run:
    """Judge what has no row yet; every row is on the disk when this returns or raises.

    Raises:
        ShellmarkError: a row cannot be kept, or a process died.
        ModelError: the bundle cannot be opened.
    """
    places = array("q", [-1]) * len(cases)
    remarks = list(_from_before(image_set, contestant, cases, ledger, places))
    title = f"{contestant.name} on {image_set.name}"
    done = sum(place >= 0 for place in places)
    before = {"load": _load(), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    began = time.perf_counter()
    progress(title, done, len(cases))
    if done < len(cases):
        for judged in engine(Job(contestant, threads), _pieces(cases, places)):
            names = [cases[one.number].name for one in judged]
            for one, place in zip(judged, ledger.add(image_set.name, names, judged, contestant), strict=True):
                places[one.number] = place
            done += len(judged)
            progress(title, done, len(cases))
    conditions = before | {
        "load_after": _load(),
        "wall_s": round(time.perf_counter() - began, 2),
        "workers": workers,
        "threads": threads,
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "program": f"shellmark {metadata.version('shellmark')}",
    }
    return Run(image_set, contestant, cases, places, tuple(remarks), conditions)


def _load() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _from_before(
    image_set: ImageSet, contestant: Contestant, cases: Sequence[SetCase], ledger: Ledger, places: array[int]
) -> Iterator[str]:
    """Find the rows of an earlier run by the files' digests; says how many there are and what changed since."""
    if not len(ledger):
        return
    changed: list[str] = []
    for number, case in enumerate(cases):
        digest = digest_of_case(case)
        place = ledger.find(digest, contestant)
        if place is not None:
            places[number] = place
        elif ledger.changed(image_set.name, case.name, digest, contestant):
            changed.append(case.name)
    if changed:
        yield f"{len(changed)} cases changed since they were judged and are judged again (first {changed[0]})"
    if kept := sum(place >= 0 for place in places):
        yield f"{kept} of {len(cases)} rows are from an earlier run"


def _pieces(cases: Sequence[SetCase], places: array[int]) -> Iterator[Piece]:
    piece: list[tuple[int, SetCase]] = []
    for number, case in enumerate(cases):
        if places[number] < 0:
            piece.append((number, case))
        if len(piece) == PIECE:
            yield piece
            piece = []
    if piece:
        yield piece


def result(run: Run, ledger: Ledger) -> dict[str, Any]:
    """All that is said of one run, fit for JSON (docs/benchmarking.md has the keys)."""

    def rows() -> Iterator[tuple[SetCase, Row, Any]]:
        for case, place in zip(run.cases, run.places, strict=True):
            row, counts, _ = ledger.read(place)
            yield case, row, counts

    card = run.contestant.card
    found = figures(rows, card.labels)
    return {
        "set": run.image_set.name,
        "folder": str(run.image_set.folder),
        "model": run.contestant.name,
        "family": card.family,
        "digest": run.contestant.digest,
        "sku": run.contestant.sku,
        "goods": card.goods,
        "false_reject_bound": card.false_reject_bound,
        "parent": card.parent,
        "operating_point": "score 1.0 and the recipe's limits, as the station decides",
        **found,
        **speed(run, ledger),
        "conditions": run.conditions,
        "remarks": [*_learned(found), *run.image_set.remarks, *run.remarks],
    }


def _learned(found: Mapping[str, Any]) -> Iterator[str]:
    for kind, n in found["cases"]["learned"].items():
        yield f"{n} of {found['cases'][kind]} {kind} cases were learned by this very model: its figures are optimistic"


def speed(run: Run, ledger: Ledger) -> dict[str, Any]:
    """What inspecting cost; a process's first case is left out where there are others."""
    table, peak = array("d"), 0.0
    for place in run.places:
        row, most = ledger.timing(place)
        peak = max(peak, most)
        if row["mp"] > 0:
            table.extend((row["cpu_ms"], row["wall_ms"], row["read_ms"], row["mp"], float(row["first"])))
    every = np.array(table).reshape(-1, 5)
    if not len(every):
        return {"cpu_ms_per_mp": None, "speed": {"n": 0, "why": "no case could be read"}, "peak_memory_mb": peak}
    warm = every[every[:, 4] == 0] if (every[:, 4] == 0).any() else every
    cpu, wall, read, mp = (warm[:, i] for i in range(4))
    p50, p95 = (float(v) for v in np.percentile(wall, [50, 95]))
    each = [float(v) for v in np.percentile(cpu / mp, [50, 95])]
    return {
        "cpu_ms_per_mp": round(float(cpu.sum() / mp.sum()), 2),
        "speed": {
            "n": len(warm),
            "cpu_ms_per_mp_p50": round(each[0], 2),
            "cpu_ms_per_mp_p95": round(each[1], 2),
            "wall_ms_p50": round(p50, 2),
            "wall_ms_p95": round(p95, 2),
            "read_ms_p50": round(float(np.median(read)), 2),
            "mp_per_case": round(float(mp.mean()), 4),
        },
        "peak_memory_mb": round(peak, 1),
    }


def report_of(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The whole report: every result, and the keys of the only one at the top as well."""
    told: dict[str, Any] = {
        "schema": 1,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "program": f"shellmark {metadata.version('shellmark')}",
        "results": list(results),
    }
    return told | results[0] if len(results) == 1 else told
