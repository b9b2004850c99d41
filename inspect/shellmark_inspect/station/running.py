"""Automatic mode: case after case until somebody holds it, it is blocked, or a finite source ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Event

from shellmark_inspect.errors import ShellmarkError
from shellmark_inspect.loop import CameraThread, Loop, StationState

LOOK_AGAIN_S = 0.2


def run_cases(
    loop: Loop, cameras: Callable[[], Sequence[CameraThread]], check_source: Callable[[], None], every_s: float
) -> None:
    """Trigger while the loop is in ContinuousExecution, `every_s` apart at least; `check_source` raises at its end."""
    pause = Event()
    while loop.state is StationState.CONTINUOUS_EXECUTION:
        loop.wait_captured()
        if not all(thread.wait_there(LOOK_AGAIN_S) for thread in cameras()):
            continue  # nothing but REVIEWs would come of cases that no camera can see
        try:
            check_source()
            began = time.monotonic()
            loop.trigger(wait=True)
        except ShellmarkError:
            break
        pause.wait(max(0.0, every_s - (time.monotonic() - began)) if every_s else 0)
    loop.hold()
