"""The shadow: a candidate sees every live case after the active model has judged it, and has no say."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Full, Queue
from threading import Lock, Thread

import cv2
import numpy as np

from shellmark_inspect.inspector import Inspector
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.types import Frames, Inspection, Pixels, Reason, ReasonCode, Trigger, Verdict, Versions

LAST = 50
"""Flips kept in memory, each with a small picture."""
PICTURE_PX = 640
_LOWEST = 19
_FAILURES = frozenset({ReasonCode.MODEL, ReasonCode.FAULT})

log = logging.getLogger(__name__)
Tap = Callable[[Trigger, Frames, Sequence[Reason], Inspection], None]


@dataclass(frozen=True, slots=True)
class Flip:
    """A case the active model and the shadow judge differently.

    Scores are the highest of the case's views (1.0 = limit); `picture` a small picture of the view they differ most
    in, None where no frame came.
    """

    case_id: str
    active_verdict: Verdict
    shadow_verdict: Verdict
    active_score: float
    shadow_score: float
    picture: Pixels | None = None


@dataclass(frozen=True, slots=True)
class Shadowing:
    """How the shadow stands: `version` None when off; `dropped` are cases it had no time for.

    `failed` are cases it could not judge, `message` why the last of them.
    """

    version: str | None = None
    seen: int = 0
    flipped: int = 0
    dropped: int = 0
    failed: int = 0
    message: str = ""


class Watched:
    """An inspector whose cases somebody may see once they are judged; `tap` must return at once and never raise."""

    def __init__(self, inspector: Inspector) -> None:
        self.inspector = inspector
        self.tap: Tap | None = None

    @property
    def recipe(self) -> Recipe:
        """The recipe."""
        return self.inspector.recipe

    @property
    def versions(self) -> Versions:
        """Every version that judges."""
        return self.inspector.versions

    def inspect(self, trigger: Trigger, frames: Frames, faults: Sequence[Reason]) -> Inspection:
        """Judge one case, then show it."""
        inspection = self.inspector.inspect(trigger, frames, faults)
        if (tap := self.tap) is not None:
            tap(trigger, frames, faults, inspection)
        return inspection

    def held(self, trigger: Trigger, reason: Reason) -> Inspection:
        """A REVIEW without looking."""
        return self.inspector.held(trigger, reason)


@dataclass(frozen=True, slots=True)
class _Judged:
    trigger: Trigger
    frames: Frames
    faults: Sequence[Reason]
    inspection: Inspection


class Shadow:
    """A candidate on a thread of its own, at the lowest priority; one case waits at most, further ones are dropped.

    `inspector` should run on one thread: only then is all of its work at that priority.
    """

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector
        self._cases: Queue[_Judged | None] = Queue(1)
        self._lock = Lock()
        self._seen = self._flipped = self._dropped = self._failed = 0
        self._message = ""
        self._flips: deque[Flip] = deque(maxlen=LAST)
        self._closed = False
        self._thread = Thread(target=self._work, name="shadow", daemon=True)
        self._thread.start()

    @property
    def digest(self) -> str:
        """The candidate's."""
        return self._inspector.model.digest

    def offer(self, trigger: Trigger, frames: Frames, faults: Sequence[Reason], inspection: Inspection) -> None:
        """Take a case if there is room for it; returns at once."""
        try:
            self._cases.put_nowait(_Judged(trigger, frames, faults, inspection))
        except Full:
            with self._lock:
                self._dropped += 1

    def state(self) -> Shadowing:
        """How it stands."""
        with self._lock:
            version = self._inspector.model.card.version
            return Shadowing(version, self._seen, self._flipped, self._dropped, self._failed, self._message)

    def flips(self) -> Sequence[Flip]:
        """The last flips, newest first."""
        with self._lock:
            return tuple(self._flips)

    def close(self) -> None:
        """End the thread after the case it looks at, and let the model go."""
        self._closed = True
        with suppress(Full):
            self._cases.put_nowait(None)
        self._thread.join()
        self._inspector.model.close()

    def _work(self) -> None:
        _step_back()
        while not self._closed:
            case = self._cases.get()
            if case is None or self._closed:
                return
            try:
                self._look_at(case)
            except Exception as e:
                log.exception("shadow")
                with self._lock:
                    self._failed, self._message = self._failed + 1, f"{type(e).__name__}: {e}"

    def _look_at(self, case: _Judged) -> None:
        said = self._inspector.inspect(case.trigger, case.frames, case.faults)
        failures = [str(reason) for reason in said.reasons if reason.code in _FAILURES]
        new = [text for text in failures if text not in {str(reason) for reason in case.inspection.reasons}]
        flip = None if new or said.verdict is case.inspection.verdict else flip_of(case.inspection, said, case.frames)
        with self._lock:
            self._seen += 1
            if new:
                self._failed, self._message = self._failed + 1, new[0]
            if flip is not None:
                self._flipped += 1
                self._flips.appendleft(flip)


def flip_of(active: Inspection, shadow: Inspection, frames: Frames) -> Flip:
    """What two inspections of one case differ in."""
    was, would = (max(one.scores.values(), default=0.0) for one in (active, shadow))
    views = {view: abs(active.scores.get(view, 0.0) - shadow.scores.get(view, 0.0)) for view in frames}
    view = max(views, key=lambda name: views[name], default=None)
    picture = _small(frames[view][0].pixels) if view is not None and frames[view] else None
    return Flip(active.trigger.case_id, active.verdict, shadow.verdict, was, would, picture)


def _small(pixels: Pixels) -> Pixels:
    share = PICTURE_PX / max(pixels.shape[:2])
    if share >= 1:
        return pixels
    size = (max(1, round(pixels.shape[1] * share)), max(1, round(pixels.shape[0] * share)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _step_back() -> None:
    """Give the thread the lowest priority: what judges comes first. Systems that cannot do it leave it as it is."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)
