"""What a foreign network's outputs say of the pictures it was given, one reader for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from shellmark_models.errors import InferenceError
from shellmark_models.families.imported.plan import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shellmark_models.families.imported.plan import Plan

    Floats = NDArray[np.float32]
    Outputs = Mapping[str, NDArray[Any]]
    Reader = Callable[[Outputs, Plan], "Said"]


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one picture, in the units of the card's threshold.

    ``map`` is float32 (h, w) in whatever resolution the network has, None when it says nothing of places. ``score`` is
    its number for the whole picture, None when it gives none. ``codes`` uint8 (h, w) is 1 + the number of the class
    in the plan's labels that each pixel of the map speaks of, 0 for none; None without classes. ``code`` is that of the
    whole picture, 0 for none.
    """

    map: Floats | None
    score: float | None
    codes: NDArray[np.uint8] | None = None
    code: int = 0


def read(outputs: Outputs, plan: Plan) -> Said:
    """What the outputs for one picture (each (1, ...)) say; raises InferenceError when they have another form."""
    try:
        return _READERS[plan.kind](outputs, plan)
    except (ValueError, IndexError) as e:
        shapes = ", ".join(f"{name} {value.shape}" for name, value in outputs.items())
        raise InferenceError(f"outputs {shapes} are not {plan.kind} as its card says: {e}") from e


def _anomaly(outputs: Outputs, plan: Plan) -> Said:
    out = plan.output
    plane: Floats | None = None
    score: float | None = None
    if out.map is not None:
        shifted = (_plane(outputs[out.map]) - np.float32(out.map_lowest)) * np.float32(out.map_gain)
        plane = np.maximum(shifted, 0).astype(np.float32)
    if out.score is not None:
        if outputs[out.score].size != 1:
            raise ValueError(f"{out.score} is not one number")
        score = max(0.0, float(outputs[out.score].reshape(-1)[0]) - out.score_lowest)
    return Said(plane, score)


def _plane(value: NDArray[Any]) -> Floats:
    plane = np.squeeze(value)
    if plane.ndim != 2:
        raise ValueError("the map is not one plane")
    return np.asarray(plane, np.float32)


def _classes(outputs: Outputs, plan: Plan) -> Said:
    values = outputs[plan.output.values or ""].reshape(-1).astype(np.float64)
    if len(values) != len(plan.classes):
        raise ValueError(f"{len(values)} numbers for {len(plan.classes)} classes")
    shares = _softmax(values, 0) if plan.output.form == "logits" else values
    bad = _of_labels(shares, plan)
    return Said(None, float(np.clip(bad.sum(), 0, 1)), code=1 + int(bad.argmax()))


def _pixels(outputs: Outputs, plan: Plan) -> Said:
    values = outputs[plan.output.values or ""]
    if plan.output.form == "numbers":
        numbers = np.squeeze(values)
        shares = np.stack([(numbers == i) for i in range(len(plan.classes))]).astype(np.float32)
    elif values.ndim == 4 and values.shape[1] == 1 and len(plan.classes) == 2:
        second = values[0, 0].astype(np.float32)
        if plan.output.form == "logits":
            second = 1 / (1 + np.exp(-second))
        shares = np.stack([1 - second, second])
    else:
        if values.ndim != 4 or values.shape[1] != len(plan.classes):
            raise ValueError(f"wanted (1, {len(plan.classes)}, h, w)")
        shares = values[0].astype(np.float32)
        shares = _softmax(shares, 0) if plan.output.form == "logits" else shares
    bad_shares = _of_labels(shares, plan)
    plane = np.clip(bad_shares.sum(0), 0, 1).astype(np.float32)
    return Said(plane, None, (1 + bad_shares.argmax(0)).astype(np.uint8))


def _of_labels(shares: NDArray[Any], plan: Plan) -> NDArray[Any]:
    """Of numbers per class (c, ...), those of the classes that are defects."""
    return shares[[i for i, name in enumerate(plan.classes) if name not in plan.good]]


def _softmax(values: NDArray[Any], axis: int) -> NDArray[Any]:
    powers = np.exp(values - values.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


@dataclass(frozen=True, slots=True)
class _Found:
    """Boxes: corners (n, 4) in the network's pixels, sureness (n,), class (n,), mixtures of prototypes (n, m)."""

    corners: Floats
    sure: Floats
    which: NDArray[np.intp]
    mix: Floats


def _boxes(outputs: Outputs, plan: Plan) -> Said:
    found = _found(outputs, plan)
    height, width = plan.input.size_px
    return _painted(found, plan, lambda index: _rectangle(found.corners[index], (height, width)))


def _segments(outputs: Outputs, plan: Plan) -> Said:
    found = _found(outputs, plan)
    height, width = plan.input.size_px
    prototypes = outputs[plan.output.prototypes or ""][0].astype(np.float32)

    def shape(index: int) -> NDArray[np.bool_]:
        # A prototype pixel is inside where the mixture's logit is above 0.
        small = np.tensordot(found.mix[index], prototypes, 1)
        full = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
        return (full > 0) & _rectangle(found.corners[index], (height, width))

    return _painted(found, plan, shape)


def _painted(found: _Found, plan: Plan, shape: Callable[[int], NDArray[np.bool_]]) -> Said:
    """The surest box last, so that it speaks where several lie."""
    plane = np.zeros(plan.input.size_px, np.float32)
    codes = np.zeros(plan.input.size_px, np.uint8)
    numbers = {name: 1 + i for i, name in enumerate(plan.labels)}
    for index in np.argsort(found.sure, kind="stable"):
        number = numbers.get(plan.classes[found.which[index]], 0)
        if not number:
            continue
        inside = shape(int(index))
        plane[inside], codes[inside] = found.sure[index], number
    return Said(plane, None, codes)


def _rectangle(corners: Floats, size: tuple[int, int]) -> NDArray[np.bool_]:
    x1, y1, x2, y2 = (float(value) for value in corners)
    mask = np.zeros(size, np.bool_)
    rows, columns = slice(max(0, int(y1)), max(0, int(np.ceil(y2)))), slice(max(0, int(x1)), max(0, int(np.ceil(x2))))
    mask[rows, columns] = True
    return mask


def _found(outputs: Outputs, plan: Plan) -> _Found:
    out = plan.output
    values = np.asarray(outputs[out.values or ""], np.float32)
    if values.ndim != 3 or values.shape[0] != 1:
        raise ValueError("wanted boxes (1, ., .)")
    rows = values[0] if out.suppressed or out.rows_first else values[0].T
    classes = len(plan.classes)
    extra = outputs[out.prototypes].shape[1] if out.prototypes else 0
    columns = 6 + extra if out.suppressed else 4 + out.objectness + classes + extra
    if rows.shape[1] != columns:
        raise ValueError(f"{rows.shape[1]} numbers a box, {columns} expected of {classes} classes")
    if out.suppressed:
        return _suppressed(rows, classes, out.least)
    scores = rows[:, 4 + out.objectness : 4 + out.objectness + classes]
    if out.objectness:
        scores = scores * rows[:, 4:5]
    which = scores.argmax(1)
    sure = scores[np.arange(len(rows)), which]
    keep = sure >= out.least
    rows, sure, which = rows[keep], sure[keep], which[keep]
    half = rows[:, 2:4] / 2
    corners = np.concatenate([rows[:, :2] - half, rows[:, :2] + half], 1)
    return _one_each(_Found(corners, sure, which, rows[:, columns - extra :]), out.overlap)


def _suppressed(rows: Floats, classes: int, least: float) -> _Found:
    rows = rows[rows[:, 4] >= least]
    which = np.round(rows[:, 5]).astype(np.intp)
    if len(which) and not 0 <= which.min() <= which.max() < classes:
        raise ValueError(f"a box of class {which.max()}, but {classes} classes")
    return _Found(rows[:, :4], rows[:, 4], which, rows[:, 6:])


def _one_each(found: _Found, overlap: float) -> _Found:
    """Of boxes of one class that overlap, the surest (greedy non-maximum suppression)."""
    if not len(found.sure):
        return found
    wide = np.concatenate([found.corners[:, :2], found.corners[:, 2:] - found.corners[:, :2]], 1)
    kept = cv2.dnn.NMSBoxesBatched(wide.tolist(), found.sure.tolist(), found.which.tolist(), 0.0, overlap)
    chosen = np.sort(np.asarray(kept, np.intp).reshape(-1))
    return _Found(found.corners[chosen], found.sure[chosen], found.which[chosen], found.mix[chosen])


_READERS: Mapping[Kind, Reader] = MappingProxyType(
    {
        Kind.ANOMALY: _anomaly,
        Kind.CLASSES: _classes,
        Kind.BOXES: _boxes,
        Kind.SEGMENTS: _segments,
        Kind.PIXELS: _pixels,
    }
)
