"""Real parts whose faults are scripted: each does its job, and fails where it is told to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Event

import numpy as np

from shellmark_inspect.errors import (
    BadFrame,
    CameraError,
    CameraLost,
    FrameTimeout,
    InputError,
    RecordsError,
    StorageFull,
)
from shellmark_inspect.loop import Inspects
from shellmark_inspect.types import (
    Disposition,
    Frame,
    Frames,
    Inspection,
    Reason,
    ReasonCode,
    Record,
    Trigger,
    Verdict,
    Versions,
)

PIXELS = np.full((8, 8), 90, np.uint8)


class ScriptedCamera:
    """Serves a grey frame per light; `script` says what happens at each exposure."""

    def __init__(self, name: str, script: Sequence[str] = (), cases: int | None = None) -> None:
        self.name = name
        self.script = list(script)
        self.exposures = 0
        self.frames = 0
        self.opened = 0
        self.let_go = Event()
        self.reopened = Event()
        self._cases = cases

    @property
    def ended(self) -> bool:
        return self._cases is not None and self.exposures >= self._cases

    def open(self) -> None:
        self.opened += 1
        self.let_go.clear()
        if self.opened > 1:
            self.reopened.set()

    def close(self) -> None:
        self.let_go.set()

    def expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        what = self.script[self.exposures] if self.exposures < len(self.script) else "good"
        self.exposures += 1
        now = time.monotonic_ns()
        self.frames += 2 if what == "gap" else 0
        first, self.frames = self.frames + 1, self.frames + len(lights)
        frames = [Frame(PIXELS, first + i, now, self.name, light, trigger.number) for i, light in enumerate(lights)]
        match what:
            case "lost":
                raise CameraLost("unplugged")
            case "timeout":
                raise FrameTimeout("no frame in 0.1 s")
            case "bad":
                raise BadFrame("torn")
            case "error":
                raise CameraError("something else")
            case "bug":
                raise RuntimeError("a bug in the SDK")
            case "hang":
                self.let_go.wait(0.2)
        return frames

    def look(self) -> Frame | None:
        return None


class ScriptedInspector:
    """PASS for complete views; `script` says which cases make the model fail."""

    def __init__(self, script: Sequence[str] = (), needs: int = 1) -> None:
        self.script = list(script)
        self.needs = needs
        self.seen = 0
        self.versions = Versions("test", "r", "sha256:0")

    def inspect(self, trigger: Trigger, frames: Frames, faults: Sequence[Reason]) -> Inspection:
        what = self.script[self.seen] if self.seen < len(self.script) else "good"
        self.seen += 1
        if what == "raise":
            raise ValueError("a bug")
        reasons = list(faults)
        if len(frames) < self.needs:
            reasons.append(Reason(ReasonCode.VIEW_MISSING, {"view": "front"}))
        if what == "model":
            reasons.append(Reason(ReasonCode.MODEL, {"model": "m", "detail": "no memory"}))
        verdict = Verdict.REVIEW if reasons else Verdict.PASS
        return Inspection(trigger, "sku", verdict, tuple(reasons), (), self.versions)

    def held(self, trigger: Trigger, reason: Reason) -> Inspection:
        return Inspection(trigger, "sku", Verdict.REVIEW, (reason,), (), self.versions)


class ScriptedRecords:
    """Keeps records in a list; `script` says which commits fail or are slow."""

    def __init__(self, script: Sequence[str] = ()) -> None:
        self.script = list(script)
        self.commits = 0
        self.begun: list[int] = []
        self.stored: list[Record] = []

    def _commit(self) -> None:
        what = self.script[self.commits] if self.commits < len(self.script) else "good"
        self.commits += 1
        match what:
            case "full":
                raise StorageFull("disk full")
            case "gone":
                raise RecordsError("database gone")
            case "bug":
                raise KeyError("a bug")
            case "input":
                raise InputError("GTIN is wrong")
            case "slow":
                Event().wait(0.02)

    def begin(self, trigger: Trigger, inspects: Inspects) -> None:
        del inspects
        self._commit()
        self.begun.append(trigger.number)

    def store(self, inspection: Inspection) -> Record:
        self._commit()
        row = len(self.stored) + 1
        record = Record(row, row, "st", datetime.now(UTC), inspection)
        self.stored.append(record)
        return record

    def overrule(
        self, row: int, disposition: Disposition, *, operator: str, reason_code: str, note: str = ""
    ) -> Record:
        del row, disposition, operator, reason_code, note
        raise NotImplementedError
