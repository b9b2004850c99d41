"""Defects in millimetres and the limit table → verdict, reasons, and which defects are accepted."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from shellmark_inspect.recipe import Limit
from shellmark_inspect.said import Said
from shellmark_inspect.types import Defect, Reason, ReasonCode, Verdict

from .colours import Deviation
from .limits import Measure, Standing, limit_for, measures, standing

CAMERA_DE = "camera ΔE"
"""The word of a colour's measure: of a three-channel camera, never of a spectrophotometer."""
FAILS = frozenset(
    {
        ReasonCode.OVER_LIMIT,
        ReasonCode.NOT_ALLOWED,
        ReasonCode.TOO_MANY,
        ReasonCode.TOO_CLOSE,
        ReasonCode.TOO_DENSE,
    }
)
"""The reasons that make a FAIL; every other one makes a REVIEW."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the limit table says of the defects.

    `reasons` come worst first and are empty on a PASS; `accepted` says per defect, in their order, whether its own
    size is surely within its limits (a count or a spacing accuses all of a group and no single one).
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    accepted: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Finding:
    """A reason with how bad it is: the value over the limit."""

    reason: Reason
    excess: float

    @property
    def rank(self) -> tuple[bool, float, str]:
        return (self.reason.code not in FAILS, -self.excess, str(self.reason))


def judge(
    defects: Sequence[Defect],
    limits: Sequence[Limit],
    zone_areas_cm2: Mapping[tuple[str, str], float],
    deviations: Sequence[Deviation] = (),
) -> Judgement:
    """Compare defects with the limit table; `zone_areas_cm2` is the shell's area per (view, zone).

    `deviations` are compared with the rows that give a `camera_de`; one no row covers is only told, not judged.

    A measure over its limit by more than its uncertainty is FAIL, one within it on either side REVIEW. A class the
    table knows nothing of is REVIEW. FAIL beats REVIEW beats PASS, and a PASS has no reason.
    """
    rows = [limit_for(limits, defect.zone, defect.label) for defect in defects]
    own = [
        list(_own(i, defect, row)) or list(_otherwise(i, defect, limits))
        for i, (defect, row) in enumerate(zip(defects, rows, strict=True))
    ]
    findings = [finding for of_one in own for finding in of_one]
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for i, defect in enumerate(defects):
        groups[(defect.view, defect.zone, defect.label)].append(i)
    for (view, zone, _), members in groups.items():
        row = rows[members[0]]
        if row is not None and row.allowed:
            findings += _together(defects, members, row, zone_areas_cm2.get((view, zone), 0.0))
    findings += [finding for deviation in deviations for finding in _deviating(deviation, limits)]
    findings.sort(key=lambda finding: finding.rank)
    return Judgement(
        _verdict(findings), tuple(finding.reason for finding in findings), tuple(not of_one for of_one in own)
    )


def _verdict(findings: Sequence[_Finding]) -> Verdict:
    if any(finding.reason.code in FAILS for finding in findings):
        return Verdict.FAIL
    return Verdict.REVIEW if findings else Verdict.PASS


def _own(index: int, defect: Defect, row: Limit | None) -> Iterator[_Finding]:
    """What a defect's own size gives rise to."""
    about: dict[str, str | float] = {"label": defect.label, "zone": defect.zone}
    if row is None:
        yield _Finding(Reason(ReasonCode.NO_LIMIT, {**about, "value": defect.length_mm}, index), 0.0)
        return
    if not row.allowed:
        yield _not_allowed(index, defect, about)
        return
    for measure, most in measures(defect, row):
        stands = standing(measure, most)
        if stands is Standing.OVER:
            values = {**about, **_said(measure), "limit": most}
            yield _Finding(Reason(ReasonCode.OVER_LIMIT, values, index), measure.value / max(most, 1e-9))
        elif stands is Standing.NEAR:
            yield _near(index, measure, most, about)


def _deviating(deviation: Deviation, limits: Sequence[Limit]) -> Iterator[_Finding]:
    """What a whole zone's colour gives rise to."""
    row = limit_for([limit for limit in limits if limit.camera_de is not None], deviation.zone, deviation.label)
    if row is None or row.camera_de is None:
        return
    measure = Measure(CAMERA_DE, deviation.camera_de, deviation.unsure_de, "(CIEDE2000)")
    about: dict[str, str | float] = {
        "label": deviation.label,
        "zone": deviation.zone,
        "view": deviation.view,
        "against": deviation.against,
    }
    stands = standing(measure, row.camera_de)
    if stands is Standing.OVER:
        values = {**about, **_said(measure), "limit": row.camera_de}
        yield _Finding(Reason(ReasonCode.OVER_LIMIT, values), measure.value / max(row.camera_de, 1e-9))
    elif stands is Standing.NEAR:
        yield _near(None, measure, row.camera_de, about)


def _otherwise(index: int, defect: Defect, limits: Sequence[Limit]) -> Iterator[_Finding]:
    """REVIEW when a defect is within its own class's limits but not within those of a class it could well be of."""
    for other in defect.may_be:
        if any(_own(index, replace(defect, label=other), limit_for(limits, defect.zone, other))):
            about: dict[str, str | float] = {"label": defect.label, "zone": defect.zone}
            values = {**about, "other": other, "value": defect.length_mm}
            yield _Finding(Reason(ReasonCode.MAY_BE, values, index), 1.0)
            return


def _not_allowed(index: int, defect: Defect, about: Mapping[str, str | float]) -> _Finding:
    """A class the zone allows none of: FAIL when there surely is something, otherwise REVIEW."""
    if defect.length_mm > defect.uncertainty_mm:
        return _Finding(Reason(ReasonCode.NOT_ALLOWED, {**about, "value": defect.length_mm}, index), math.inf)
    return _near(index, Measure("length", defect.length_mm, defect.uncertainty_mm, "mm"), 0.0, about)


def _near(index: int | None, measure: Measure, limit: float, about: Mapping[str, str | float]) -> _Finding:
    values = {**about, **_said(measure), "uncertainty": measure.uncertainty, "limit": limit}
    return _Finding(Reason(ReasonCode.NEAR_LIMIT, values, index), measure.value / max(limit, 1e-9))


def _said(measure: Measure) -> dict[str, str | float]:
    return {"measure": measure.word, "value": measure.value, "unit": measure.unit}


def _together(defects: Sequence[Defect], members: Sequence[int], row: Limit, area_cm2: float) -> Iterator[_Finding]:
    """What the defects of one class in one zone of one view give rise to together."""
    first = defects[members[0]]
    about: dict[str, str | float] = {"label": first.label, "zone": first.zone}
    n = len(members)
    if row.count is not None and n > row.count:
        values = {**about, "value": float(n), "limit": float(row.count)}
        yield _Finding(Reason(ReasonCode.TOO_MANY, values), n / max(row.count, 1e-9))
    if row.per_100_cm2 is not None:
        yield from _density(n, row.per_100_cm2, area_cm2, about, first.view)
    if row.spacing_mm:
        yield from _spacing(defects, members, row.spacing_mm, about)


def _density(n: int, most: float, area_cm2: float, about: Mapping[str, str | float], view: str) -> Iterator[_Finding]:
    if not area_cm2 > 0:
        detail = Said(
            "zone {zone} of view {view} has no area, so {label} per 100 cm² cannot be judged", view=view, **about
        )
        yield _Finding(Reason(ReasonCode.FAULT, {"detail": detail}), 0.0)
        return
    density = 100 * n / area_cm2
    if density > most:
        values = {**about, "value": density, "limit": most}
        yield _Finding(Reason(ReasonCode.TOO_DENSE, values), density / max(most, 1e-9))


def _spacing(
    defects: Sequence[Defect], members: Sequence[int], least: float, about: Mapping[str, str | float]
) -> Iterator[_Finding]:
    """The closest pair of a group, when it is nearer than the least distance or cannot be told from it."""
    pairs = [(_distance(defects[i], defects[j]), i, j) for i, j in combinations(members, 2)]
    if not pairs:
        return
    measure, i, j = min(pairs, key=lambda pair: pair[0].value)
    stands = standing(Measure("spacing", least, measure.uncertainty, "mm"), measure.value)
    worse = min(i, j, key=lambda k: -defects[k].length_mm)
    if stands is Standing.OVER:
        values = {**about, "value": measure.value, "limit": least}
        yield _Finding(Reason(ReasonCode.TOO_CLOSE, values, worse), least / max(measure.value, 1e-9))
    elif stands is Standing.NEAR:
        yield _near(worse, measure, least, about)


def _distance(one: Defect, other: Defect) -> Measure:
    apart = math.dist(one.centre_mm, other.centre_mm)
    spread = sum(1 / d.crop_px_per_mm if d.crop_px_per_mm > 0 else d.uncertainty_mm for d in (one, other))
    return Measure("spacing", apart, spread, "mm")
