"""From the rows of one run to its figures; each with its n, and None where the cases allow none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from shellmark_inspect.sets import SetCase
from shellmark_inspect.types import Verdict
from shellmark_models import EvaluationError, rate
from shellmark_models.evaluation.curves import FPR_LIMIT, PixelCounts, PixelCurves, thinned
from shellmark_models.evaluation.metrics import (
    Area,
    auroc_interval,
    average_precision_interval,
    clustered_area,
)
from shellmark_models.evaluation.pod import pod

from .rows import Row
from .truth import Hit, is_due

Figure = dict[str, Any]
Rows = Callable[[], Iterable[tuple[SetCase, Row, PixelCounts | None]]]
LIMIT = 1.0
MOST_SCORES = 400


@dataclass(frozen=True, slots=True)
class Judgement:
    """One case in short, as the figures need it.

    `counts` says whether a pass is an escape: a defect at or above its limit, or one whose limit nobody knows.
    """

    bad: bool
    counts: bool
    label: str | None
    group: str | None
    verdict: str
    score: float | None

    @property
    def stopped(self) -> bool:
        """Not passed."""
        return self.verdict != Verdict.PASS


@dataclass(slots=True)
class Tally:
    """Adds rows up, in the order of the set, so that the sums are the same whoever judged."""

    judged: list[Judgement] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    curves: PixelCurves = field(default_factory=PixelCurves)
    learned: Counter[str] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)
    no_pixels: Counter[str] = field(default_factory=Counter)

    def add(self, case: SetCase, row: Row, counts: PixelCounts | None) -> None:
        """Add one case."""
        self.judged.append(
            Judgement(case.kind == "defect", is_due(case), case.label, case.group, row.verdict, row.score)
        )
        self.hits.extend(row.hits)
        self.learned[case.kind] += row.learned
        if row.score is None or row.faulty:
            self.why[row.reasons[0] if row.reasons else "no score"] += 1
        if counts is None:
            self.no_pixels[row.no_pixels] += 1
        else:
            self.curves.add(counts)


def figures(rows: Rows, labels: Sequence[str]) -> Figure:
    """All accuracy figures of one run; `rows` is gone through twice, `labels` are the classes the model names."""
    tally = Tally()
    for case, row, counts in rows():
        tally.add(case, row, counts)
    judged = tally.judged
    return {
        "cases": _cases(tally),
        **_image(judged),
        **_pixel(tally, rows),
        **_operating(judged),
        "by_class": {label: _of_class(judged, label) for label in _labels(judged)},
        "by_group": _by_group(judged),
        "pod": _pods(tally.hits),
        "confusion": _confusion(tally.hits, labels),
        "curve": _curve(judged),
        "scores": _scores(judged),
    }


def _cases(tally: Tally) -> Figure:
    judged = tally.judged
    return {
        "n": len(judged),
        "good": sum(not one.bad for one in judged),
        "defect": sum(one.bad for one in judged),
        "below_limit": sum(one.bad and not one.counts for one in judged),
        "learned": {kind: n for kind, n in tally.learned.items() if n},
        "unscored": sum(one.score is None for one in judged),
        "faults": dict(tally.why.most_common(5)),
        "without_pixels": dict(tally.no_pixels.most_common(5)),
    }


def _nothing(n: int, why: object) -> Figure:
    return {"value": None, "low": None, "high": None, "n": n, "why": str(why)}


def _area(area: Area) -> Figure:
    return asdict(area)


def share(hits: int, n: int) -> Figure:
    """A share with its exact interval; without a value where n is 0."""
    found = rate(hits, n)
    value = found.value if n else None
    return {"value": value, "low": found.low, "high": found.high, "n": n, "k": hits} | (
        {} if n else {"why": "no such case"}
    )


def _scored(judged: Sequence[Judgement]) -> tuple[list[float], list[bool], list[Judgement]]:
    scored = [one for one in judged if one.score is not None]
    return [one.score for one in scored if one.score is not None], [one.bad for one in scored], scored


def _image(judged: Sequence[Judgement]) -> Figure:
    scores, bad, scored = _scored(judged)
    found: Figure = {}
    for name, measure in (("image_auroc", auroc_interval), ("image_ap", average_precision_interval)):
        try:
            found[name] = _area(measure(scores, bad)) | {"n": len(scores)}
        except EvaluationError as e:
            found[name] = _nothing(len(scores), e)
    groups = [one.group for one in scored]
    if all(groups) and len(set(groups)) > 1:
        try:
            grouped = auroc_interval(scores, bad, [str(group) for group in groups])
            found["image_auroc_grouped"] = _area(grouped) | {"groups": grouped.n, "n": len(scores)}
        except EvaluationError as e:
            found["image_auroc_grouped"] = _nothing(len(scores), e)
    return found


def _pixel(tally: Tally, rows: Rows) -> Figure:
    curves = tally.curves
    n = {"n": curves.bad_pixels + curves.good_pixels, "defect_pixels": curves.bad_pixels}
    try:
        curves.auroc()
    except EvaluationError as e:
        nothing = _nothing(0, e)
        return {"pixel_auroc": nothing, "pixel_ap": nothing, "aupro": nothing}
    row = curves.rows()
    table = np.array([row(counts) for _, _, counts in rows() if counts is not None])
    area = clustered_area(table)
    found, false = curves.at(LIMIT)
    return {
        "pixel_auroc": _area(area) | {"n": area.n, "pixels": n["n"], "defect_pixels": n["defect_pixels"]},
        "pixel_ap": {"value": curves.average_precision(), **n},
        "aupro": {"value": curves.aupro(), "limit": FPR_LIMIT, "n": curves.regions},
        "pixels_at_limit": {"defect_pixels_found": found, "good_pixels_marked": false},
        "pixel_curve": curves.roc(),
    }


def _operating(judged: Sequence[Judgement]) -> Figure:
    due = [one for one in judged if one.counts]
    goods = [one for one in judged if not one.bad]
    below = [one for one in judged if one.bad and not one.counts]
    over = [[one for one in kind if one.score is not None] for kind in (due, goods)]
    kinds = {"good": goods, "defect": due} | ({"below_limit": below} if below else {})
    return {
        "escapes": share(sum(not one.stopped for one in due), len(due)),
        "overkill": share(sum(one.stopped for one in goods), len(goods)),
        "failed": share(sum(one.verdict == Verdict.FAIL for one in due), len(due)),
        "verdicts": {
            kind: {verdict.value: sum(one.verdict == verdict for one in these) for verdict in Verdict}
            for kind, these in kinds.items()
        },
        "at_score_1": {
            "escapes": share(sum(_score(one) < LIMIT for one in over[0]), len(over[0])),
            "overkill": share(sum(_score(one) >= LIMIT for one in over[1]), len(over[1])),
        },
    }


def _score(one: Judgement) -> float:
    return one.score if one.score is not None else 0.0


def _labels(judged: Iterable[Judgement]) -> list[str]:
    return sorted({one.label for one in judged if one.label is not None})


def _of_class(judged: Sequence[Judgement], label: str) -> Figure:
    these = [one for one in judged if one.label == label or not one.bad]
    due = [one for one in these if one.counts]
    return {
        "image_auroc": _image(these)["image_auroc"],
        "escapes": share(sum(not one.stopped for one in due), len(due)),
        "verdicts": {v.value: sum(one.verdict == v for one in these if one.bad) for v in Verdict},
    }


def _by_group(judged: Sequence[Judgement]) -> Figure:
    groups: defaultdict[str, list[Judgement]] = defaultdict(list)
    for one in judged:
        if one.group is not None:
            groups[one.group].append(one)
    return {
        name: {"cases": len(these), **{k: v for k, v in {**_image(these), **_operating(these)}.items() if k in _GROUP}}
        for name, these in sorted(groups.items())
    }


_GROUP = frozenset({"image_auroc", "escapes", "overkill", "verdicts"})


def _sizes(hits: Sequence[Hit]) -> Iterator[tuple[str, list[float], list[bool]]]:
    """The sizes that all of these defects have, in the best unit: over the limit, else mm, else pixels."""
    for unit in ("times_limit", "diameter_mm", "diameter_px"):
        known = [(getattr(hit, unit), hit.found) for hit in hits if getattr(hit, unit)]
        if known and (len(known) == len(hits) or unit == "diameter_px"):
            yield unit, [size for size, _ in known], [found for _, found in known]


def _pods(hits: Sequence[Hit]) -> Figure:
    """POD over every size that is known, for all classes together and for each."""
    every: Figure = {}
    labels = sorted({hit.label for hit in hits})
    for label in ["*", *(labels if len(labels) > 1 else [])]:
        these = [hit for hit in hits if label in ("*", hit.label)]
        every[label] = {unit: _pod(sizes, found) for unit, sizes, found in _sizes(these)}
    return every


def _pod(sizes: list[float], found: list[bool]) -> Figure:
    fit = pod(sizes, found)
    told = asdict(fit)
    told["bins"] = [{"from": one.low, "to": one.high, **share(one.found.hits, one.found.n)} for one in fit.bins]
    return told


def _confusion(hits: Sequence[Hit], labels: Sequence[str]) -> Figure:
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for hit in hits:
        table[hit.label][hit.named or "(not found)"] += 1
    found = [hit for hit in hits if hit.found and hit.named is not None]
    right = sum(hit.named == hit.label for hit in found) if labels else 0
    return {
        "table": {label: dict(sorted(names.items())) for label, names in sorted(table.items())},
        "named_right": share(right, len(found) if labels else 0),
        **({} if labels else {"why": "the model names no class"}),
    }


def _curve(judged: Sequence[Judgement]) -> list[tuple[float, float]]:
    """Points of the cases' curve (false-positive rate, true-positive rate) for a picture."""
    scores, bad, _ = _scored(judged)
    truth = np.array(bad, np.bool_)
    if not truth.any() or truth.all():
        return []
    values = np.array(scores)
    steps = np.unique(values)[::-1]
    false = np.array([0.0, *((values[~truth] >= step).mean() for step in steps[:2000])])
    found = np.array([0.0, *((values[truth] >= step).mean() for step in steps[:2000])])
    return thinned(np.append(false, 1.0), np.append(found, 1.0), 200)


def _scores(judged: Sequence[Judgement]) -> Figure:
    """The scores of goods and defects, thinned to a number that can be drawn."""
    told: Figure = {}
    for name, bad in (("good", False), ("defect", True)):
        values = np.sort([_score(one) for one in judged if one.bad is bad and one.score is not None])
        keep = np.unique(np.linspace(0, len(values) - 1, min(len(values), MOST_SCORES)).astype(int))
        told[name] = [float(value) for value in values[keep]] if len(values) else []
    return told
