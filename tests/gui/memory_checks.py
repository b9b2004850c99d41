"""Daily checks and drift in memory: a check runs through the masters, charts are drawn from a walk."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from shellmark_calibration import Baseline, Grade
from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import MasterSpec
from shellmark_inspect.records import Answer, Outcome, Suspect
from shellmark_inspect.station import Chart, CheckState, Due, DueWhy, Kind, Place, Quantity, Trouble, TroubleCode
from shellmark_inspect.types import Disposition, Verdict

MASTERS = (
    MasterSpec(name="good-1", name_zh="良品 1 号", kind="ok"),
    MasterSpec(name="dent-1", name_zh="凹坑 1 号", kind="ng", label="dent"),
    MasterSpec(name="scratch-1", name_zh="划痕 1 号", kind="ng", label="scratch", zone="A"),
)
AT = datetime(2026, 11, 29, 8, 5, tzinfo=UTC)


class MemoryChecks:
    """`answers` are given to the masters one after the other, then RIGHT; `wanted` are the reasons a check is due."""

    def __init__(self, later: Callable[[Callable[[], object]], Future]) -> None:
        self._later = later
        self.masters_there: tuple[MasterSpec, ...] = ()
        self.wanted: tuple[Due, ...] = ()
        self.answers: list[tuple[Answer, str]] = []
        self.kept: list[Suspect] = []
        self.noted: list[tuple[str, str, str]] = []
        self.cleared: list[tuple[object, Disposition, str, str]] = []
        self._state: CheckState | None = None

    def give_masters(self) -> None:
        """A recipe with masters, whose first check is due."""
        self.masters_there, self.wanted = MASTERS, (Due(DueWhy.SHIFT_START, blocks=True, since=AT),)

    def masters(self) -> tuple[MasterSpec, ...]:
        return self.masters_there

    def due(self) -> tuple[Due, ...]:
        return () if self._state is not None and self._state.outcome is None else self.wanted

    def state(self) -> CheckState | None:
        return self._state

    def begin(self, operator: str) -> Future:
        def do() -> CheckState:
            if not operator:
                raise InputError("a daily check needs an operator")
            number = 1 if self._state is None else self._state.number + 1
            order = (*self.masters_there, self.masters_there[0])
            places = tuple(Place(at, master) for at, master in enumerate(order, 1))
            self._state = CheckState(number, "S20-BLACK", operator, AT, places, None, 0)
            return self._state

        return self._later(do)

    def place(self, master: str | None = None) -> Future:
        def do() -> CheckState:
            one = self._state
            if one is None or one.next is None:
                raise InputError("no daily check is open: begin one")
            answer, why = self.answers.pop(0) if self.answers else (Answer.RIGHT, "")
            place = replace(one.next, answer=answer, why=why, row=one.next.number)
            self._state = one = replace(
                one, places=tuple(place if at.number == place.number else at for at in one.places)
            )
            if one.next is None:
                self._end(one)
            return self._state

        return self._later(do)

    def _end(self, one: CheckState) -> None:
        wrong = any(place.answer is Answer.WRONG for place in one.places)
        self._state = replace(one, outcome=Outcome.FAILED if wrong else Outcome.PASSED, suspects=3 if wrong else 0)
        self.wanted = (Due(DueWhy.FAILED, blocks=True, since=AT),) if wrong else ()
        if wrong:
            self.kept = [
                Suspect(row, one.number, f"20-{row:05d}", "S20-BLACK", AT, Verdict.PASS, f"7K3M9Q0X{row:05d}")
                for row in (7, 6, 5)
            ]

    def break_off(self, operator: str, reason: str) -> Future:
        def do() -> CheckState:
            self._state = replace(self._state, outcome=Outcome.BROKEN_OFF)
            self.wanted = (Due(DueWhy.BROKEN_OFF, blocks=True, since=AT),)
            return self._state

        return self._later(do)

    def note_work(self, kind: str, operator: str, reason: str) -> Future:
        return self._later(lambda: self.noted.append((kind, operator, reason)))

    def suspects(self, *, limit: int = 200, all_of: bool = False) -> Sequence[Suspect]:
        return self.kept

    def clear(self, rows, disposition, *, operator, reason_code, note="") -> Future:
        def do() -> int:
            gone = [one for one in self.kept if rows is None or one.row in rows]
            self.kept = [one for one in self.kept if one not in gone]
            self.cleared.append((rows, disposition, operator, reason_code))
            return len(gone)

        return self._later(do)


def drawn_chart(quantity: Quantity, grade: Grade, *, fall: float = 0.0, count: int = 160, seed: int = 0) -> Chart:
    """A chart whose readings fall by a share over the last half."""
    rng = np.random.default_rng(seed)
    middle = {Kind.LIGHT: 152.0, Kind.POSITION: 0.2, Kind.SHARPNESS: 31.0}.get(quantity.kind, 0.6)
    ramp = np.clip((np.arange(count) - count / 2) / (count / 2), 0, 1)
    values = middle * (1 - fall * ramp) + rng.normal(0, abs(middle) * 0.012, count)
    ewma = np.full(count, math.nan)
    now = middle
    for at in range(count):
        now += 0.2 * (values[at] - now)
        ewma[at] = now if at >= 30 else math.nan
    learning = grade is Grade.LEARNING
    return Chart(
        quantity,
        "mm" if quantity.kind is Kind.POSITION else "",
        np.arange(1, count + 1),
        values,
        np.full(count, math.nan) if learning else ewma,
        None if learning else Baseline(middle, abs(middle) * 0.012, 30),
        min(count, 12),
        30,
        None if learning else (middle * 0.988, middle * 1.012),
        None if learning else (middle * 0.9, middle * 1.1),
        None if learning else (middle * 0.85, middle * 1.15),
        grade,
    )


class MemoryDrift:
    """Charts that were put there, and the troubles they make."""

    def __init__(self, later: Callable[[Callable[[], object]], Future]) -> None:
        self._later = later
        self.charts: dict[Quantity, Chart] = {}
        self.troubles: list[Trouble] = []
        self.resets: list[tuple[str, str]] = []

    def give_charts(self) -> None:
        """Three lights on the tile, a position, a score that is being learnt; one light is at -12 %."""
        tile = [Quantity("front", f"tile_level_{light}", Kind.LIGHT, light, "tile") for light in ("west", "north")]
        rest = [
            Quantity("front", "tile_sharpness_diffuse", Kind.SHARPNESS, "diffuse", "tile"),
            Quantity("front", "shift_x_mm", Kind.POSITION),
            Quantity("", "score", Kind.SCORE),
        ]
        self.charts = {tile[0]: drawn_chart(tile[0], Grade.WARN, fall=0.12)}
        self.charts |= {one: drawn_chart(one, Grade.GOOD, seed=at) for at, one in enumerate([tile[1], *rest[:2]], 1)}
        self.charts[rest[2]] = drawn_chart(rest[2], Grade.LEARNING, count=12)
        values = {"sku": "S20-BLACK", "view": "front", "light": "west", "percent": 12.0, "direction": "darker"}
        self.troubles = [Trouble(TroubleCode.LIGHT, "light", False, values | {"subject": "tile"})]

    def quantities(self) -> tuple[Quantity, ...]:
        return tuple(self.charts)

    def chart(self, quantity: Quantity) -> Chart | None:
        return self.charts.get(quantity)

    def reset_baseline(self, operator: str, reason: str) -> Future:
        def do() -> None:
            if not operator:
                raise InputError("beginning anew needs an operator")
            self.resets.append((operator, reason))
            self.charts, self.troubles = {}, []

        return self._later(do)


class MemoryClearance:
    """What the checks and the drift in memory say."""

    def __init__(self, checks: MemoryChecks, drift: MemoryDrift) -> None:
        self._checks, self._drift = checks, drift

    def troubles(self) -> tuple[Trouble, ...]:
        found = [
            Trouble(
                TroubleCode.CHECK_DUE if one.blocks else TroubleCode.CHECK_SOON,
                "check",
                one.blocks,
                {"sku": "S20-BLACK", "why": one.why.replace("_", " "), "at": "20:00"},
            )
            for one in self._checks.due()
        ]
        return tuple(sorted([*found, *self._drift.troubles], key=lambda one: not one.blocks))
