"""What the good cases say of themselves: outliers, one shell twice, two kinds, several sizes, too few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .report import Kind, Remark
from .sketch import Sketch

FEW = 10
FEW_CROPS = 5
USEFUL = "20 to 30 are useful"
_OUTLIER_DEVIATIONS, _OUTLIER_TIMES = 6.0, 1.2
_ALONE_TIMES = 1.6
_ALIKE, _ALIKE_SHARE = 0.95, 0.012
_LEAST_TO_COMPARE = 4
_CHUNK = 512
_MOST_GROUPS = 3
_APART = 6.0
_STILL = 0.001  # of the range of a colour: what no person and no lamp keeps more constant
_LEAST_KIND = 2


def check_sketches(sketches: Sequence[Sketch], goods: int) -> list[Remark]:
    """What the pictures themselves say; `goods` cases set the threshold."""
    return [*few(goods), *_sizes(sketches), *_alike(sketches), *_two_kinds(sketches)]


def few(goods: int) -> list[Remark]:
    """A remark when the goods are too few to promise much."""
    if goods >= FEW:
        return []
    return [Remark(Kind.FEW, (), f"{goods} goods promise little: {USEFUL}", float(goods))]


def check_names(crops: Mapping[str, int]) -> list[Remark]:
    """How many crops taught each name, none without names; names of few crops are said first."""
    if not crops:
        return []
    scarce = [name for name in sorted(crops) if crops[name] < FEW_CROPS]
    told = ", ".join(f"{name} {crops[name]}" for name in sorted(crops))
    lack = f"few crops of {', '.join(scarce)} ({FEW_CROPS} or more are useful); " if scarce else ""
    return [Remark(Kind.NAMES, tuple(scarce), f"{lack}names taught from crops: {told}", float(len(scarce)))]


def outliers(cases: Sequence[str], scores: Sequence[float]) -> list[tuple[str, float]]:
    """Cases unlike the others by their held-out scores: name, and how many times the highest of the others.

    A case is one when the logarithm of its score lies six robust deviations above the median (the deviation from the
    median absolute one) and the score is 1.2 times the highest of the rest; and the highest of all when it is 1.6 times
    the next, however widely the rest scatters, for it alone sets the threshold.
    """
    values = np.asarray(scores, np.float64)
    if len(values) < _LEAST_TO_COMPARE:
        return []
    logs = np.log(np.maximum(values, 1e-9))
    middle = float(np.median(logs))
    deviation = 1.4826 * float(np.median(np.abs(logs - middle)))
    far = logs > middle + _OUTLIER_DEVIATIONS * max(deviation, 0.01)
    next_highest, highest = np.argsort(values)[-2:]
    far[highest] |= values[highest] >= _ALONE_TIMES * values[next_highest]
    if not far.any() or far.all():
        return []
    usual = float(values[~far].max())
    found = [(cases[i], float(values[i] / usual)) for i in range(len(values)) if far[i]]
    return sorted((one for one in found if one[1] >= _OUTLIER_TIMES), key=lambda one: -one[1])


def outlier_remark(found: Sequence[tuple[str, float]]) -> list[Remark]:
    """The line about outliers, none without them."""
    if not found:
        return []
    these = ", ".join(f"{case} ({times:.1f}x)" for case, times in found)
    one = len(found) == 1
    what = "this one looks" if one else f"these {len(found)} look"
    text = f"{what} unlike the others: {these}: look at {'it' if one else 'them'}; --without NAME leaves one out"
    return [Remark(Kind.OUTLIER, tuple(case for case, _ in found), text, found[0][1])]


def _sizes(sketches: Sequence[Sketch]) -> list[Remark]:
    sizes = Counter(sketch.sizes for sketch in sketches)
    if len(sizes) < 2:
        return []
    usual = sizes.most_common(1)[0][0]
    others = tuple(sketch.case for sketch in sketches if sketch.sizes != usual)
    w, h = usual[0][1], usual[0][0]
    text = f"pictures are of {len(sizes)} sizes: {sizes[usual]} are {w}x{h}, {len(others)} are not ({_some(others)})"
    return [Remark(Kind.SIZES, others, text, float(len(sizes)))]


def _alike(sketches: Sequence[Sketch]) -> list[Remark]:
    """Groups of cases that may be one shell: one shell counts once, else the bound promises too much."""
    if len(sketches) < _LEAST_TO_COMPARE or len({sketch.detail.shape for sketch in sketches}) > 1:
        return []
    detail = np.stack([sketch.detail for sketch in sketches]).astype(np.float32)
    groups = _groups(_pairs(detail - detail.mean(axis=0)), len(sketches))
    if not groups:
        return []
    told = "; ".join(_some([sketches[i].case for i in group]) for group in groups[:_MOST_GROUPS])
    more = f"; and {len(groups) - _MOST_GROUPS} groups more" if len(groups) > _MOST_GROUPS else ""
    names = tuple(sketches[i].case for group in groups for i in group)
    shells = len(sketches) - len(names) + len(groups)
    many = f"{shells} shells rather than {len(sketches)}; a shell should count once"
    text = f"these look like one shell photographed more than once: {told}{more}: {many}"
    return [Remark(Kind.ALIKE, names, text, float(shells))]


def _pairs(own: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Pairs whose own details (n, d), without what all share, agree and differ far less than usual pairs do."""
    squares = np.einsum("nd,nd->n", own, own)
    nearest = np.full(len(own), np.inf)
    close: list[tuple[int, int, float]] = []
    for at in range(0, len(own), _CHUNK):
        part = own[at : at + _CHUNK]
        product = part @ own.T
        norm = np.sqrt(squares[at : at + _CHUNK, None] * squares) + 1e-6
        apart = np.maximum(squares[at : at + _CHUNK, None] + squares - 2 * product, 0)
        rows = np.arange(len(part))
        apart[rows, at + rows] = np.inf
        nearest[at : at + _CHUNK] = apart.min(axis=1)
        for i, j in zip(*np.nonzero(product / norm > _ALIKE), strict=True):
            if at + i < j:
                close.append((int(at + i), int(j), float(apart[i, j])))
    usual = float(np.median(2 * squares))
    return [(i, j) for i, j, far in close if far < _ALIKE_SHARE * usual]


def _groups(pairs: Sequence[tuple[int, int]], count: int) -> list[list[int]]:
    """Members of each group that pairs tie together."""
    group = list(range(count))
    for i, j in pairs:
        old, new = group[j], group[i]
        group = [new if one == old else one for one in group]
    members = [[i for i in range(count) if group[i] == one] for one in dict.fromkeys(group)]
    return [one for one in members if len(one) > 1]


def _two_kinds(sketches: Sequence[Sketch]) -> list[Remark]:
    """A remark when the cases fall into two heaps by their colours: perhaps two SKUs."""
    if len(sketches) < 2 * _LEAST_KIND or len({sketch.look.shape for sketch in sketches}) > 1:
        return []
    gap, second = _widest_gap(np.stack([sketch.look for sketch in sketches]))
    if gap < _APART:
        return []
    few = second if second.sum() * 2 <= len(second) else ~second
    names = tuple(sketch.case for sketch, of in zip(sketches, few, strict=True) if of)
    text = f"{len(names)} of {len(few)} are of another kind by their colours ({_some(names)}): teach one SKU at a time"
    return [Remark(Kind.TWO_KINDS, names, text, gap)]


def _widest_gap(looks: NDArray[np.float32]) -> tuple[float, NDArray[np.bool_]]:
    """The widest gap along the direction the cases (n, k) differ most in, in deviations of the heaps beside it.

    And who is beyond it (n,). A heap is of two cases or more.
    """
    centred = looks - looks.mean(axis=0)
    along = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    order = np.argsort(along)
    sides = [(along[order[:i]], along[order[i:]]) for i in range(_LEAST_KIND, len(along) - _LEAST_KIND + 1)]
    gaps = [float(high[0] - low[-1]) / (_within(low, high) + _STILL * np.sqrt(looks.shape[1])) for low, high in sides]
    widest = int(np.argmax(gaps))
    return gaps[widest], np.asarray(along >= sides[widest][1][0], np.bool_)


def _within(low: NDArray[np.float32], high: NDArray[np.float32]) -> float:
    return float(np.sqrt((low.var() * len(low) + high.var() * len(high)) / (len(low) + len(high))))


def _some(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
