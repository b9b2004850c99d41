"""The worst cases as pictures: the frame with the map of scores over it, on one fixed scale tied to the threshold.

Where a view is larger than a picture, a second one shows the place in question at full resolution.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.inspector import Inspector
from shellmark_inspect.sets import SetCase
from shellmark_inspect.types import Mask, Pixels, Verdict, View

from .contestant import Contestant
from .ledger import Ledger
from .look import Seen
from .run import Run
from .stills import StillReader, Stills
from .truth import is_due, mask_in_view, mask_view

WIDTH_PX = 400
EACH = 6
"""How many pictures of the worst goods, and of the worst defects."""
PART_PX = (160, 240)
"""Height and width of what is shown at full resolution."""
SHOWN_FROM = 0.5
"""Below half the limit nothing is drawn; as on the screen."""
YELLOW, RED, TRUTH = (0, 200, 255), (36, 28, 210), (255, 255, 0)
"""BGR. Yellow grows denser towards the limit, red begins at it: a good place is never red."""
_DENSEST_YELLOW, _FIRST_RED, _DENSEST_RED = 0.55, 0.62, 0.85


@dataclass(frozen=True, slots=True)
class Worst:
    """One case of the report: what it is, and its pictures as data addresses of JPEGs (none where it was not seen)."""

    name: str
    truth: str
    verdict: str
    score: float | None
    reason: str
    pictures: tuple[str, ...]


def worst_cases(run: Run, ledger: Ledger, threads: int) -> list[Worst]:
    """The goods that score highest and the defects that score lowest, judged once more to be drawn."""
    numbers = _worst(run, ledger)
    if not numbers:
        return []
    return list(_drawn(run.contestant, [(run.cases[n], run.places[n]) for n in numbers], ledger, threads))


def _worst(run: Run, ledger: Ledger) -> list[int]:
    """Numbers of cases: escapes first, then the lowest of the other defects; overkill first, then the highest goods."""
    goods: list[tuple[bool, float, int]] = []
    defects: list[tuple[bool, float, int]] = []
    for number, (case, place) in enumerate(zip(run.cases, run.places, strict=True)):
        verdict, score = ledger.verdict(place)
        passed = verdict == Verdict.PASS
        if case.kind == "good":
            goods.append((passed, -(score or 0.0), number))
        else:
            defects.append((not (passed and is_due(case)), score or 0.0, number))
        for kind in (goods, defects):
            if len(kind) > 4 * EACH:
                kind.sort()
                del kind[EACH:]
    return [number for kind in (defects, goods) for *_, number in sorted(kind)[:EACH]]


def _drawn(
    contestant: Contestant, cases: Sequence[tuple[SetCase, int]], ledger: Ledger, threads: int
) -> Iterator[Worst]:
    inspector = contestant.open(threads)
    reader = StillReader(inspector.recipe)
    try:
        for number, (case, place) in enumerate(cases):
            row, stills = ledger.row(place), reader.read(number, case)
            seen = _looked(inspector, stills)
            wanted = mask_view(case, inspector.recipe)
            shown = next((one for one in seen if one.spec.name == wanted), seen[0] if seen else None)
            reason = row.reasons[0] if row.reasons else ""
            truth = case.label or case.kind
            yield Worst(
                case.name,
                truth,
                row.verdict,
                row.score,
                reason,
                tuple(_address(one) for one in _pictures(shown, stills)),
            )
    finally:
        inspector.model.close()


def _looked(inspector: Inspector, stills: Stills) -> list[Seen]:
    seen: list[Seen] = []
    inspector.inspect(stills.trigger, stills.frames, stills.faults, watch=lambda *looked: seen.append(Seen(*looked)))
    return seen


def _pictures(seen: Seen | None, stills: Stills) -> Iterator[Pixels]:
    """The whole view, and where it is made smaller the place in question as it is."""
    if seen is None:
        frame = next((frames[0].pixels for frames in stills.frames.values()), None)
        if frame is not None:
            yield _small(_bgr(frame))
        return
    pixels, scores = _shown(seen.view, seen.spec.channels), seen.prediction.anomaly
    shell = seen.view.shell
    judged = scores if shell is None else np.where(shell, scores, np.float32(0))
    mask = None if stills.mask is None else mask_in_view(stills.mask, seen.view)
    whole = overlaid(pixels, judged, mask)
    if pixels.shape[1] <= 1.2 * WIDTH_PX:
        yield whole
        return
    part = _place(judged, mask)
    scale = _scale(pixels.shape[1])
    corners = [tuple(int(v * scale) for v in (side(part[1]), side(part[0]))) for side in (_start, _stop)]
    cv2.rectangle(whole, corners[0], corners[1], (255, 255, 255), 1)
    yield whole
    yield overlaid(pixels[part], judged[part], None if mask is None else mask[part])


def _start(of: slice) -> int:
    return int(of.start)


def _stop(of: slice) -> int:
    return int(of.stop) - 1


def _place(scores: NDArray[np.float32], mask: Mask | None) -> tuple[slice, slice]:
    """The part of a view, at most a picture wide, round the largest true defect, or else round the highest score."""
    if mask is not None and mask.any():
        _, _, boxes, middles = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
        largest = 1 + int(np.argmax(boxes[1:, cv2.CC_STAT_AREA]))
        x, y = (int(v) for v in middles[largest])
    else:
        y, x = (int(v) for v in np.unravel_index(int(scores.argmax()), scores.shape))
    part = []
    for middle, side, most in zip((y, x), PART_PX, scores.shape, strict=True):
        start = int(np.clip(middle - side // 2, 0, max(most - side, 0)))
        part.append(slice(start, min(start + side, most)))
    return part[0], part[1]


def _shown(view: View, channels: Sequence[str]) -> Pixels:
    """What the model saw, near enough for people: its colour plane, or its grey planes as the three colours."""
    planes = [view.planes[name.partition(".")[0]] for name in channels[:3]]
    if len(planes) < 3:
        return _bgr(planes[0])
    grey = [plane if plane.ndim == 2 else cv2.cvtColor(plane, cv2.COLOR_BGR2GRAY) for plane in planes]
    return _bgr(np.asarray(np.mean(grey, 0), np.uint8))


def _bgr(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR) if pixels.ndim == 2 else pixels, np.uint8)


def _scale(width: int) -> float:
    return min(1.0, WIDTH_PX / width)


def _small(pixels: Pixels) -> Pixels:
    scale = _scale(pixels.shape[1])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
    return np.asarray(small, np.uint8)


def overlaid(pixels: Pixels, scores: NDArray[np.float32], truth: Mask | None) -> Pixels:
    """A small picture (h, w, 3) with the scores over it and true defects outlined; the scale is never stretched."""
    small = _small(pixels).astype(np.float32)
    size = (small.shape[1], small.shape[0])
    heat = _highest(scores, size)
    alpha = opacity(heat)[..., None]
    colour = np.where((heat >= 1)[..., None], np.array(RED, np.float32), np.array(YELLOW, np.float32))
    mixed = np.ascontiguousarray(np.round(small * (1 - alpha) + colour * alpha).astype(np.uint8))
    if truth is not None and truth.any():
        round_it = cv2.dilate(truth.astype(np.uint8), np.ones((7, 7), np.uint8))
        drawn = (_highest(np.asarray(round_it, np.float32), size) > 0).astype(np.uint8)
        outlines, _ = cv2.findContours(drawn, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(mixed, outlines, -1, TRUTH, 1)
    return mixed


def opacity(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of the colour covers the picture at a score; 1.0 is the limit."""
    below = _DENSEST_YELLOW * np.clip((scores - SHOWN_FROM) / (1 - SHOWN_FROM), 0, 1)
    above = _FIRST_RED + (_DENSEST_RED - _FIRST_RED) * np.clip(scores - 1, 0, 1)
    return np.where(scores >= 1, above, below).astype(np.float32)


def _highest(scores: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """A map made smaller so that the highest score of each place stays: no small defect vanishes."""
    step = max(1, round(scores.shape[1] / size[0]))
    if step > 1:
        scores = np.asarray(cv2.dilate(scores, np.ones((step, step), np.uint8)), np.float32)
    return np.asarray(cv2.resize(scores, size, interpolation=cv2.INTER_NEAREST), np.float32)


def _address(pixels: Pixels) -> str:
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 82])[1].tobytes()
    return "data:image/jpeg;base64," + base64.b64encode(data).decode()
