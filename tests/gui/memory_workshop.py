"""An engineer's door in memory: versions, a gate, teaching and a shadow that do what a test tells them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from shellmark_inspect.errors import InputError, ShellmarkError
from shellmark_inspect.station.workshop import (
    Flip,
    GateCheck,
    GateReport,
    ModelVersion,
    Preview,
    Shadowing,
    TeachRequest,
)
from shellmark_inspect.teaching import TeachStopped
from shellmark_inspect.teaching.report import GoodsReport, Kind, Remark
from shellmark_inspect.types import Mask, Pixels, Verdict
from shellmark_models import Rate

MODEL = "gloss-vertical"
FIRST = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def passed_gate(digest: str, *, fails: str = "") -> GateReport:
    """A gate's report; `fails` names the check that does not pass."""
    checks = (
        GateCheck("file", True, detail="whole; its digests are its own"),
        GateCheck("recipe", True, detail="it belongs to recipe gloss-vertical"),
        GateCheck("parity", True, 0.0002, 0.01, "12 pictures; scores off by 0.0002, maps by 0.0001"),
        GateCheck("threshold", True, 0.095, 0.095, "30 goods, the highest at 0.98"),
        GateCheck("golden", True, 0.0, 0.05, "6 of 6 bad stopped, 12 of 12 good passed"),
        GateCheck("latency", True, 0.81, 3.0, "seconds a case, the slowest of 10"),
        GateCheck("memory", True, 640.0, 1500.0, "MB the process held at most"),
    )
    checks = tuple(replace(one, passed=False, detail="crack-03 passes") if one.name == fails else one for one in checks)
    return GateReport(digest, "memory", FIRST, checks)


def version(number: int, *, active: bool = False, goods: int = 30, gate: bool = False, **more: object) -> ModelVersion:
    digest = f"sha256:{number:064x}"
    return ModelVersion(
        MODEL,
        str(number),
        active,
        digest,
        "registered",
        FIRST + timedelta(hours=9 * number),
        goods,
        1 - 0.05 ** (1 / goods),
        f"{MODEL}/{number - 1}" if number > 1 else None,
        passed_gate(digest) if gate else None,
        **more,
    )


class MemoryJob:
    """A teaching a test moves on: `go(stage, fraction)`, then `end(version, report)`, or `fail`."""

    def __init__(self, request: TeachRequest) -> None:
        self.request = request
        self.result: Future[ModelVersion] = Future()
        self.cancelled = threading.Event()
        self._progress = ("start", 0.0)
        self._report: GoodsReport | None = None

    def progress(self) -> tuple[str, float]:
        return self._progress

    def cancel(self) -> None:
        self.cancelled.set()
        self.result.set_exception(TeachStopped("teaching was stopped: nothing was written"))

    def report(self) -> GoodsReport | None:
        return self._report

    def go(self, stage: str, fraction: float) -> None:
        self._progress = (stage, fraction)

    def end(self, made: ModelVersion, report: GoodsReport) -> None:
        self._report = report
        self.result.set_result(made)

    def fail(self, fault: Exception, report: GoodsReport | None = None) -> None:
        self._report = report
        self.result.set_exception(fault)


class MemoryWorkshop:
    """Three versions of a model, the second in use; `gate_fails` names the check that fails at the next gate."""

    def __init__(self) -> None:
        self.kept = [version(1, goods=16, gate=True), version(2, active=True, gate=True), version(3, goods=59)]
        self.jobs: list[MemoryJob] = []
        self.activated: list[tuple[str, str]] = []
        self.corrected: list[tuple[int, str, Mapping[str, Mask] | None]] = []
        self.previewed: list[float] = []
        self.gate_fails = self.told = ""
        self.holds_gate = False
        self.gates: list[tuple[str, Future[GateReport]]] = []
        self.shadowed = Shadowing()
        self.flipped: list[Flip] = []
        self.rows: dict[str, int] = {}
        self.refuses: ShellmarkError | None = None

    def versions(self) -> Sequence[ModelVersion]:
        return list(self.kept)

    def teach(self, request: TeachRequest) -> MemoryJob:
        if self.refuses is not None:
            raise self.refuses
        job = MemoryJob(request)
        self.jobs.append(job)
        return job

    def candidate(self, goods: int = 29) -> ModelVersion:
        """The next version, in the store."""
        made = version(len(self.kept) + 1, goods=goods)
        self.kept.append(made)
        return made

    def gate(self, which: str) -> Future[GateReport]:
        future: Future[GateReport] = Future()
        self.gates.append((which, future))
        if not self.holds_gate:
            self.end_gate()
        return future

    def end_gate(self) -> None:
        """Let the gate that is held come to its end."""
        which, future = self.gates[-1]
        at = next(place for place, one in enumerate(self.kept) if one.version == which)
        report = passed_gate(self.kept[at].digest, fails=self.gate_fails)
        self.kept[at] = replace(self.kept[at], gate=report)
        future.set_result(report)

    def gating(self) -> tuple[GateCheck, ...]:
        return passed_gate("").checks[:2] if self.gates and not self.gates[-1][1].done() else ()

    def news(self) -> str:
        return self.told

    def follow(self) -> Future[ModelVersion]:
        self.told = ""
        return self._done(self._use("3"))

    def activate(self, which: str, by: str) -> Future[ModelVersion]:
        self.activated.append((which, by))
        return self._done(self._use(which))

    def rollback(self, by: str) -> Future[ModelVersion]:
        if len(self.activated) == 0:
            return self._failed(InputError("there is no version before: activate one first"))
        self.activated.append(("back", by))
        return self._done(self._use("2"))

    def _use(self, which: str) -> ModelVersion:
        self.kept = [replace(one, active=one.version == which) for one in self.kept]
        return next(one for one in self.kept if one.active)

    def shadow(self, which: str | None) -> Future[None]:
        self.shadowed = Shadowing(which)
        return self._done(None)

    def shadowing(self) -> Shadowing:
        return self.shadowed

    def flips(self) -> Sequence[Flip]:
        return list(self.flipped)

    def flip(self, case_id: str, picture: Pixels | None, before: Verdict, after: Verdict) -> None:
        """A case the shadow judges differently."""
        scores = {Verdict.PASS: 0.62, Verdict.REVIEW: 0.97, Verdict.FAIL: 1.31}
        self.flipped.insert(0, Flip(case_id, before, after, scores[before], scores[after], picture))
        one = self.shadowed
        self.shadowed = replace(one, seen=one.seen + 12, flipped=one.flipped + 1)

    def preview(self, times: float) -> Future[Preview]:
        self.previewed.append(times)
        cases = list(self.rows)
        changed = tuple(cases[: round(abs(times - 1.0) * 20)])
        to_pass, to_stop = (changed, ()) if times > 1 else ((), changed)
        rates = (Rate(3, 120, 0.005, 0.071), Rate(3 - len(to_pass) if times > 1 else 5, 120, 0.001, 0.06))
        escapes = (Rate(0, 14, 0.0, 0.232), Rate(1 if times > 1 else 0, 14, 0.002, 0.339))
        return self._done(Preview(times, 412, to_pass, to_stop, self.rows, rates, escapes))

    def rescale(self, times: float) -> Future[ModelVersion]:
        return self._done(self.candidate(30))

    def correct(self, row: int, kind: str, masks: Mapping[str, Mask] | None = None) -> Future[None]:
        if self.refuses is not None:
            return self._failed(self.refuses)
        self.corrected.append((row, kind, masks))
        return self._done(None)

    @staticmethod
    def _done(value):
        future: Future = Future()
        future.set_result(value)
        return future

    @staticmethod
    def _failed(fault: Exception):
        future: Future = Future()
        future.set_exception(fault)
        return future

    def close(self) -> None:
        """End every job, so that nothing waits for it."""
        for job in self.jobs:
            if not job.result.done():
                job.result.set_exception(CancelledError())


def goods_folder(folder: Path, shells: Sequence[Pixels]) -> dict[str, tuple[Path, ...]]:
    """Pictures of goods on disk; case name to its files."""
    files = {}
    folder.mkdir(parents=True, exist_ok=True)
    for number, shell in enumerate(shells, 1):
        path = folder / f"g{number:03d}.png"
        cv2.imwrite(str(path), shell, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        files[path.stem] = (path,)
    return files


def goods_report(files: Mapping[str, tuple[Path, ...]]) -> GoodsReport:
    """What is said of such goods: one unlike the others, two of one shell."""
    cases = list(files)
    rng = np.random.default_rng(2)
    scores = {case: float(score) for case, score in zip(cases, rng.uniform(0.4, 0.9, len(cases)), strict=True)}
    scores[cases[2]] = 1.83
    remarks = (
        Remark(Kind.OUTLIER, (cases[2],), f"{cases[2]} (1.8x) looks unlike the others", 1.83),
        Remark(Kind.ALIKE, (cases[4], cases[5]), f"{cases[4]}, {cases[5]} look like one shell", 0.02),
        Remark(Kind.FEW, (), f"{len(cases)} goods: 20 to 30 are wanted", len(cases)),
    )
    return GoodsReport(len(cases), len(cases), len(cases), 0.095, scores, remarks, files)
