"""Runs a station without a window: one line per case, and a summary."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

import numpy as np

from shellmark_inspect.app.printing import COLOURS, errors, out
from shellmark_inspect.errors import CameraLost
from shellmark_inspect.labelling import LabelState
from shellmark_inspect.loop import NotReady, StationState
from shellmark_inspect.station import Station
from shellmark_inspect.types import Record, Verdict

WAIT_S = 1.0
_S = LabelState
FOR_PEOPLE = frozenset({_S.STICK, _S.STRIP, _S.OFFLINE, _S.REFUSED, _S.SUPERVISOR, _S.HELD})
"""States of the labeller in which people have to do something."""


@dataclass
class Summary:
    """What a run without a window came to; `total_ms` per case is trigger to stored record."""

    database: str
    images: Path
    verdicts: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))
    total_ms: list[float] = field(default_factory=list)
    stages_ms: dict[str, list[float]] = field(default_factory=dict)
    truth: dict[str, dict[Verdict, int]] = field(default_factory=dict)

    def add(self, record: Record, ms: float, truth: str | None) -> None:
        """Count a case; `truth` is what it is known to be ("good", "defect"), None when nobody knows."""
        self.verdicts[record.verdict] += 1
        self.total_ms.append(ms)
        for stage, stage_ms in record.inspection.timings_ms.items():
            self.stages_ms.setdefault(stage, []).append(stage_ms)
        if truth is not None:
            self.truth.setdefault(truth, dict.fromkeys(Verdict, 0))[record.verdict] += 1

    def as_json(self) -> dict[str, Any]:
        """The summary for a machine."""
        return {
            "cases": len(self.total_ms),
            **{verdict.value: count for verdict, count in self.verdicts.items()},
            "ms": quantiles(self.total_ms),
            "stages_ms": {stage: quantiles(times) for stage, times in self.stages_ms.items()},
            "truth": {kind: {v.value: n for v, n in counts.items()} for kind, counts in self.truth.items()},
            "database": self.database,
            "images": str(self.images),
        }

    def print(self) -> None:
        """The summary for people."""
        counts = "  ".join(f"[{COLOURS[v]}]{v} {n}[/]" for v, n in self.verdicts.items())
        out.print(f"\n{len(self.total_ms)} cases  {counts}")
        if self.total_ms:
            q = quantiles(self.total_ms)
            out.print(f"trigger to record  p50 {q['p50']:.0f} ms  p95 {q['p95']:.0f} ms  p99 {q['p99']:.0f} ms")
        for kind, known in self.truth.items():
            text = ", ".join(f"{n} {v}" for v, n in known.items() if n)
            out.print(f"known to be {kind} (rendered): {text}")
        out.print(f"database  {self.database}\nimages    {self.images}", soft_wrap=True)


def quantiles(values: list[float]) -> dict[str, float]:
    """The median, 95th and 99th percentile; empty for none."""
    if not values:
        return {}
    p50, p95, p99 = np.percentile(values, [50, 95, 99])
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1), "p99": round(float(p99), 1)}


@contextlib.contextmanager
def asked_to_stop() -> Iterator[Event]:
    """An event that Ctrl-C or SIGTERM sets, so that a run ends between two cases; a second one interrupts it.

    An interrupt may come anywhere, also while a lock is being taken that would then never be given back.
    """
    stop = Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            signal.default_int_handler(number, frame)
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_through(
    station: Station,
    summary: Summary,
    *,
    cases: int | None,
    machine: bool,
    stop: Event,
    truth: dict[str, str] | None = None,
    after: Callable[[Record], None] = lambda _: None,
) -> None:
    """Trigger case after case until the source ends, `cases` are through or `stop` is set.

    `machine` prints nothing meanwhile; `after` is told of each record once its line is printed.

    Raises:
        NotReady: the station is blocked. A block that comes later ends the run after its case.
        CameraLost: a camera is not there at the start. One that goes later is waited for, once its case is recorded.
        ShellmarkError: a record could not be kept.
    """
    station.check_cameras()
    if blocked := station.status().blocked:
        raise NotReady(f"automatic mode is refused: {'; '.join(blocked)}")
    labels = LabelWords(station)
    try:
        _trigger_on(station, summary, cases, stop, truth or {}, None if machine else labels, after)
    finally:
        if not machine:
            labels.end()


def _trigger_on(
    station: Station,
    summary: Summary,
    cases: int | None,
    stop: Event,
    truth: dict[str, str],
    labels: LabelWords | None,
    after: Callable[[Record], None],
) -> None:
    """Case after case; with `labels` a line is printed for each, and for what its label waits for."""
    done = 0
    while not stop.is_set() and (cases is None or done < cases):
        _wait_for_cameras(station, stop)
        if stop.is_set():
            return
        if blocked := station.status().blocked:
            errors.print(f"shellmark: automatic mode ends: {blocked[0]}", style="red", markup=False, soft_wrap=True)
            return
        began = time.perf_counter()
        try:
            record = station.trigger().result()
        except NotReady:
            if station.status().state is StationState.ERROR:
                raise
            return
        ms = (time.perf_counter() - began) * 1000
        known = truth.get(record.inspection.trigger.case_id)
        summary.add(record, ms, known)
        if labels is not None:
            print_case(record, ms)
        after(record)
        if labels is not None:
            labels.say()
        done += 1


class LabelWords:
    """What a station that prints labels waits for, a line a change; without a window nobody can confirm a label."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._said: tuple[LabelState, str] | None = None

    def say(self) -> None:
        """Say it when it is something new."""
        status = self._station.labels.status()
        if status is None or status.state not in FOR_PEOPLE or (status.state, status.serial) == self._said:
            return
        self._said = status.state, status.serial
        case = f" for case {status.case_id}" if status.case_id else ""
        detail = f": {status.detail}" if status.detail else ""
        words = f"shellmark: label{case}: {status.to_do[1]}{detail}"
        errors.print(words, style="yellow", markup=False, soft_wrap=True)

    def end(self) -> None:
        """Say how many labels wait at the end of a run."""
        self.say()
        status = self._station.labels.status()
        if status is not None and status.waiting:
            words = f"shellmark: {status.waiting} labels wait: the window confirms them (shellmark gui)"
            errors.print(words, style="yellow", markup=False, soft_wrap=True)


def _wait_for_cameras(station: Station, stop: Event) -> None:
    try:
        station.check_cameras()
    except CameraLost as e:
        errors.print(f"shellmark: {e}; waiting for it", style="yellow", markup=False, soft_wrap=True)
        while not stop.is_set():
            with contextlib.suppress(CameraLost):
                return station.check_cameras(WAIT_S)


def print_case(record: Record, ms: float) -> None:
    """One line about one case."""
    inspection = record.inspection
    reasons = "; ".join(str(reason) for reason in inspection.reasons)
    what = record.code.text if record.code else reasons
    line = f"{inspection.trigger.case_id}  score {max(inspection.scores.values(), default=0):.2f}  {ms:.0f} ms  {what}"
    out.print(f"[{COLOURS[record.verdict]}]{record.verdict:6}[/]", end="  ")
    out.print(line, markup=False, soft_wrap=True)
