"""A database with many records, made quickly: a few stored as a station does, the rest copies of their rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from shellmark_inspect.records import Records, SavePolicy
from shellmark_inspect.types import Defect, Inspection, Reason, ReasonCode, Trigger, Verdict, Versions

GTIN = "06901234567892"
VERSIONS = Versions("0.1.0", "gloss-20", "sha256:" + "a" * 64, "gloss/1", "sha256:" + "b" * 64, "lens 3")


def fill(folder: Path, count: int, *, stored: int = 100) -> Path:
    """`count` records (a multiple of `stored`), every fifth a FAIL of two defects; where the database is."""
    path = folder / "records.db"
    policy = SavePolicy(floor_bytes=0)
    records = Records.open(path, folder / "images", station="st01", host="id.example.cn", policy=policy)
    for number in range(1, stored + 1):
        one = _inspection(number)
        records.begin(one.trigger, one.sku, one.versions)
        records.store(one, gtin=GTIN)
    records.close()
    _copy(path, stored, count // stored - 1)
    return path


def _inspection(number: int) -> Inspection:
    bad = number % 5 == 0
    values = {"label": "scratch", "measure": "length", "value": 12.4, "unit": "mm", "zone": "A", "limit": 5.0}
    contour_px = np.zeros((40, 2))
    sizes = {"length_mm": 12.4, "width_mm": 0.3, "diameter_mm": 2.0, "area_mm2": 3.7, "uncertainty_mm": 0.2}
    defect = Defect("front", "A", "scratch", 0.8, 1.4, (10.0, 20.0), **sizes, light="left", contour_px=contour_px)
    return Inspection(
        trigger=Trigger(number, 10**18 + number, f"{number:08}"),
        sku="gloss-20",
        verdict=Verdict.FAIL if bad else Verdict.PASS,
        reasons=(Reason(ReasonCode.OVER_LIMIT, values, 0),) if bad else (),
        defects=(defect, defect) if bad else (),
        versions=VERSIONS,
        scores={"front": 0.4, "back": 0.5},
        timings_ms={"capture": 12.0, "inspect": 400.0},
    )


def _copy(path: Path, stored: int, times: int) -> None:
    """Copies of every row the exports read, each with numbers of its own; codes stay those of the first."""
    with closing(sqlite3.connect(path)) as direct, direct:
        per_round = direct.execute("SELECT max(number) FROM outbox").fetchone()[0]
        for turn in range(1, times + 1):
            more = {"n": turn * stored, "e": turn * per_round, "t": turn, "most": stored, "last": per_round}
            direct.execute(_moved(direct, "triggers", {"number": "number + :n"}, "number <= :most"), more)
            moves = {"row": "row + :n", "sequence": "sequence + :n", "trigger": "trigger + :n", "previous": "NULL"}
            direct.execute(_moved(direct, "inspections", moves, "row <= :most"), more)
            for table in ("reasons", "defects"):
                direct.execute(_moved(direct, table, {"row": "row + :n"}, "row <= :most"), more)
            moves = {"number": "number + :e", "row": "row + :n", "key": "key || '-' || :t"}
            direct.execute(_moved(direct, "outbox", moves, "number <= :last"), more)


def _moved(direct: sqlite3.Connection, table: str, moves: dict[str, str], where: str) -> str:
    names = [row[1] for row in direct.execute(f"PRAGMA table_info({table})")]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(moves.get(name, f'"{name}"') for name in names)
    return f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {where}"
