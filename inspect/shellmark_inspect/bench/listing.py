"""The rows of runs as CSV, one line per case."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from shellmark_inspect.errors import InputError
from shellmark_inspect.sets import SetCase

from .ledger import Ledger
from .rows import Row
from .run import Run

COLUMNS = (
    "set", "model", "case", "group", "kind", "label", "verdict", "score", "reason", "named", "defects_found",
    "true_defects", "true_found", "largest_times_limit", "largest_px", "cpu_ms", "wall_ms", "read_ms", "mp",
)  # fmt: skip


def write_csv(path: Path, runs: Iterable[Run], ledger: Ledger) -> None:
    """One line per case of every run.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            _write(file, runs, ledger)
    except OSError as e:
        raise InputError(f"{path} cannot be written: {e.strerror or e}: give another file") from e


def _write(file: TextIO, runs: Iterable[Run], ledger: Ledger) -> None:
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for run in runs:
        for case, place in zip(run.cases, run.places, strict=True):
            writer.writerow(_safe(_line(run, case, ledger.row(place))))


def _line(run: Run, case: SetCase, row: Row) -> list[object]:
    limits = [hit.times_limit for hit in row.hits if hit.times_limit is not None]
    sizes = [hit.diameter_px for hit in row.hits if hit.diameter_px is not None]
    best = max(row.found, key=lambda one: one.score, default=None)
    return [
        run.image_set.name,
        run.contestant.name,
        case.name,
        case.group or "",
        case.kind,
        case.label or "",
        row.verdict,
        "" if row.score is None else f"{row.score:.6g}",
        row.reasons[0] if row.reasons else "",
        best.label if best else "",
        len(row.found),
        len(row.hits),
        sum(hit.found for hit in row.hits),
        f"{max(limits):.4g}" if limits else "",
        f"{max(sizes):.4g}" if sizes else "",
        f"{row.cpu_ms:.3f}",
        f"{row.wall_ms:.3f}",
        f"{row.read_ms:.3f}",
        f"{row.mp:.6g}",
    ]


def _safe(line: list[object]) -> list[object]:
    """A text that a spreadsheet would take for a formula gets an apostrophe."""
    return [f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell for cell in line]
