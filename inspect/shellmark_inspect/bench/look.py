"""Judging one case as the station does, and measuring what that costs."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import psutil

from shellmark_inspect.inspector import Inspector
from shellmark_inspect.recipe import Recipe, ViewSpec
from shellmark_inspect.sets import SetCase
from shellmark_inspect.steps import evidence
from shellmark_inspect.types import Inspection, ReasonCode, Verdict, View
from shellmark_models import EvaluationError, Prediction
from shellmark_models.evaluation.curves import PixelCounts, count_pixels

from .learned import pictures_digest
from .rows import MOST_REASONS, Found, Judged, Row
from .stills import Stills
from .truth import hits, mask_in_view, mask_view

_FAULTS = frozenset({ReasonCode.VIEW_MISSING, ReasonCode.CAMERA, ReasonCode.STEP, ReasonCode.MODEL, ReasonCode.FAULT})
"""Reasons that say a case was not looked at as it should have been."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One view as the model saw it."""

    spec: ViewSpec
    view: View
    prediction: Prediction


def others_clock(thread: threading.Thread) -> Callable[[], float]:
    """The processor time another thread has used, in seconds, to be taken off the process's.

    Raises:
        AttributeError: this system has no clock of a thread.
    """
    if thread.ident is None:
        raise RuntimeError(f"thread {thread.name} has not begun")
    clock = time.pthread_getcpuclockid(thread.ident)
    return lambda: time.clock_gettime(clock)


def judge_case(
    inspector: Inspector,
    number: int,
    case: SetCase,
    stills: Stills,
    *,
    first: bool,
    others_s: Callable[[], float],
    learned: Collection[str] = (),
) -> Judged:
    """One case's row; `others_s` is the processor time of threads that do not inspect, `learned` what was learned."""
    seen: list[Seen] = []
    others, began, cpu = others_s(), time.perf_counter(), time.process_time()
    found = inspector.inspect(
        stills.trigger, stills.frames, stills.faults, watch=lambda *looked: seen.append(Seen(*looked))
    )
    cpu_ms = (time.process_time() - cpu - (others_s() - others)) * 1000
    wall_ms = (time.perf_counter() - began) * 1000
    counts, why = _counts(case, stills, seen, inspector.recipe)
    mp = sum(frames[0].pixels.shape[0] * frames[0].pixels.shape[1] for frames in stills.frames.values()) / 1e6
    row = Row(
        digest=stills.digest,
        verdict=found.verdict.value,
        score=_score(found),
        scores=dict(found.scores),
        reasons=tuple(str(reason) for reason in found.reasons[:MOST_REASONS]),
        faulty=any(reason.code in _FAULTS for reason in found.reasons),
        found=tuple(
            Found(d.view, d.zone, d.label, d.label_score, d.score, d.length_mm, d.width_mm, d.diameter_mm)
            for d in found.defects
        ),
        hits=tuple(hits(case, stills.mask, found.defects, inspector.recipe, found.verdict is not Verdict.PASS)),
        cpu_ms=max(cpu_ms, 0.0),
        wall_ms=wall_ms,
        read_ms=stills.read_ms,
        mp=mp,
        first=first,
        no_pixels=why,
        learned=bool(learned) and _pictures_digest(seen) in learned,
    )
    return Judged(number, row, None if counts is None else counts.to_bytes(), peak_mb(), os.getpid())


def _pictures_digest(seen: list[Seen]) -> str:
    return pictures_digest([evidence(one.view, one.spec.channels) for one in seen])


def _score(found: Inspection) -> float | None:
    scores = [score for score in found.scores.values() if np.isfinite(score)]
    return max(scores) if scores and len(scores) == len(found.scores) else None


def _counts(case: SetCase, stills: Stills, seen: list[Seen], recipe: Recipe) -> tuple[PixelCounts | None, str]:
    """The pixels of the view the mask is of (of a good case: the first); else why there are none."""
    if case.kind == "defect" and stills.mask is None:
        return None, "no mask"
    wanted = mask_view(case, recipe)
    looked = next((one for one in seen if one.spec.name == wanted), None)
    if looked is None:
        return None, "the model did not see it"
    try:
        truth = None if case.kind == "good" or stills.mask is None else mask_in_view(stills.mask, looked.view)
        return count_pixels(looked.prediction.anomaly, truth, looked.view.shell), ""
    except EvaluationError as e:
        return None, str(e)


def peak_mb() -> float:
    """The most memory this process has held, in MB (2^20 bytes)."""
    info = psutil.Process().memory_info()
    if hasattr(info, "peak_wset"):  # Windows
        return float(info.peak_wset) / 2**20
    import resource
    import sys

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)
