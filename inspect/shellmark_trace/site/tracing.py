"""What an inspector is shown of a code's trace: short texts in both languages, whatever a station has sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .inspecting import Row, Trace
from .trace_words import (
    CLASSES,
    COLOURS,
    DISPOSITIONS,
    DOUBTS,
    FACTS,
    MEASURES,
    REASONS,
    STATES,
    VERDICTS,
    named,
    reason_said,
    shown,
)
from .words import FINDINGS, WORDS, Text

MOST_INSPECTIONS, MOST_DEFECTS, MOST_REASONS, MOST_STEPS = 4, 8, 4, 24
MOST_FACTS, MOST_SCANS, MOST_PICTURES, MOST_PROOFS, MOST_ALERTS = 6, 12, 16, 8, 8
"""Lines of a page at most, so that a phone can load it; the raw data has all."""

MOST_LENGTH = 60
"""Characters of a fact at most."""

_UNSEEN = frozenset({"corners_px"})
"""Facts that say nothing to people."""

Line = tuple[Text, str]
"""What a line is called and what it says."""


@dataclass(frozen=True, slots=True)
class Part:
    """A list cut short: what is shown, and how many more there are."""

    shown: Sequence[Any]
    more: int


@dataclass(frozen=True, slots=True)
class DefectShown:
    """A defect: its class, zone and view, its size in mm, its score."""

    name: Text
    where: str
    size: str
    score: str


@dataclass(frozen=True, slots=True)
class InspectionShown:
    """An inspection or a decision: what was said, in which colour, when, its lines; what judged, with digests."""

    said: Text
    colour: str
    at_s: float
    decided: bool
    lines: Sequence[Line]
    versions: Sequence[tuple[Text, str, str]]
    scores: str
    reasons: Part
    defects: Part


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of a code's life; `foreign` when it is by another station than the one that uploaded the code first."""

    number: int
    said: Text
    colour: str
    at_s: float
    station: str
    people: str
    reason: Text
    facts: Part
    foreign: bool


@dataclass(frozen=True, slots=True)
class TraceShown:
    """A page's worth of a trace."""

    state: Text
    state_colour: str
    doubt: Text
    doubt_colour: str
    alarm: Text
    inspections: Part
    steps: Part
    pictures: Part
    proofs: Part
    scans: Part
    alerts: Part


def trace_shown(trace: Trace) -> TraceShown:
    """What the page shows; the newest of each list where it is too long, in the order things happened."""
    code = trace.code
    steps = [_step(row, code["station"]) for row in trace.steps[-MOST_STEPS:]]
    inspections = [_inspection(row) for row in trace.inspections[-MOST_INSPECTIONS:]]
    scans = [(row, _finding(row["finding"])) for row in trace.scans[:MOST_SCANS]]
    return TraceShown(
        state=named(STATES, code["state"]),
        state_colour=COLOURS.get(code["state"], "plain"),
        doubt=named(DOUBTS, code["suspicion"]),
        doubt_colour=COLOURS.get(code["suspicion"], "plain"),
        alarm=named(DOUBTS, code["alarm"]),
        inspections=Part(inspections, len(trace.inspections) - len(inspections)),
        steps=Part(steps, len(trace.steps) - len(steps)),
        pictures=_part(trace.photos, MOST_PICTURES),
        proofs=_part(trace.proofs, MOST_PROOFS),
        scans=Part(scans, len(trace.scans) - len(scans)),
        alerts=_part(trace.alerts, MOST_ALERTS),
    )


def trace_json(trace: Trace) -> str:
    """Everything there is of a code as JSON, without what PINs are checked by; times are Unix seconds."""
    told = asdict(trace)
    told["code"] = {name: value for name, value in told["code"].items() if name != "pin_hash"}
    return json.dumps(told, ensure_ascii=False, indent=1, default=str)


def facts_shown(facts: object, most: int = MOST_FACTS) -> Part:
    """Facts as lines: what they are called and what they are."""
    if not isinstance(facts, Mapping):
        return Part([] if facts in (None, "") else [(Text("", ""), named({}, facts))], 0)
    lines = [
        (named(FACTS, shown(name, 24)), _said(name, value)) for name, value in facts.items() if name not in _UNSEEN
    ]
    return _part([line for line in lines if line[1].en], most)


def _said(name: object, value: object) -> Text:
    """A fact's value, in words where it is one of our own."""
    if name in ("state", "after"):
        return named({**STATES, **DOUBTS}, value)
    if name in ("reason", "why"):
        return reason_said(value, MOST_LENGTH)
    return Text(plain := _fact(value), plain)


def _fact(value: object) -> str:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(one, int | float) for one in value):
        return f"{shown(value[0])} → {shown(value[1])}"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return shown(", ".join(value), MOST_LENGTH)
    if isinstance(value, Mapping | list):
        return shown(json.dumps(value, ensure_ascii=False), MOST_LENGTH)
    return shown(value, MOST_LENGTH)


def _part(rows: Sequence[Any], most: int) -> Part:
    return Part(rows[:most], max(0, len(rows) - most))


def _step(row: Row, first: str) -> StepShown:
    told: Mapping[str, Any] = row["payload"]
    people = [shown(told.get(name), 40) for name in ("operator", "second_operator")]
    return StepShown(
        number=row["step"],
        said=named(STATES if row["subject"] == "state" else DOUBTS, row["after"]),
        colour=COLOURS.get(row["after"], "plain"),
        at_s=row["at_s"],
        station=row["station"],
        people=" + ".join(filter(None, people)),
        reason=reason_said(told.get("reason"), MOST_LENGTH),
        facts=facts_shown(told.get("facts")),
        foreign=row["station"] != first,
    )


def _inspection(row: Row) -> InspectionShown:
    told: Mapping[str, Any] = row["payload"]
    disposition, verdict = shown(told.get("disposition")), shown(row["verdict"])
    decided = row["kind"] == "overrule"
    said = named(DISPOSITIONS, disposition) if decided else named(VERDICTS, verdict)
    return InspectionShown(
        said=said,
        colour=COLOURS.get(disposition if decided else verdict, "plain"),
        at_s=row["at_s"],
        decided=decided,
        lines=[line for line in _lines(row, told, decided=decided) if line[1]],
        versions=[] if decided else list(_versions(dict(_items(told.get("versions"))))),
        scores=", ".join(f"{shown(view, 20)} {shown(score, 10)}" for view, score in _items(told.get("scores"))[:8]),
        reasons=_part([_reason(one) for one in _mappings(told.get("reasons"))], MOST_REASONS),
        defects=_part([_defect(one) for one in _mappings(told.get("defects"))], MOST_DEFECTS),
    )


def _lines(row: Row, told: Mapping[str, Any], *, decided: bool) -> Iterator[Line]:
    yield WORDS["station"], f"{row['station']} · {row['row']}"
    yield WORDS["operator"], shown(told.get("operator"), 40)
    if decided:
        yield WORDS["why"], shown(f"{told.get('reason_code') or ''} {told.get('note') or ''}", 200)
        return
    versions = dict(_items(told.get("versions")))
    yield WORDS["calibration"], shown(versions.get("calibration"))
    yield WORDS["program"], shown(versions.get("program"))
    order, batch = shown(told.get("order"), 40), shown(told.get("batch"), 40)
    yield (
        WORDS["order_batch" if order and batch else "order" if order else "batch"],
        " · ".join(filter(None, (order, batch))),
    )


def _versions(told: Mapping[str, Any]) -> Iterator[tuple[Text, str, str]]:
    for name in ("model", "recipe"):
        line = WORDS[f"of_{name}"], shown(told.get(name)), shown(told.get(f"{name}_digest"))
        if any(line[1:]):
            yield line


def _reason(told: Mapping[str, Any]) -> Text:
    english, values = shown(told.get("text") or told.get("code"), 120), dict(_items(told.get("values")))
    names: dict[str, str] = {name: named(CLASSES, values[name]).zh for name in ("label", "other") if name in values}
    if isinstance(measure := values.get("measure"), str):
        names["measure"] = MEASURES.get(measure, measure)
    try:
        chinese = shown(REASONS[str(told.get("code"))].format_map(values | names), 120)
    except (KeyError, ValueError, TypeError):  # values that do not fit the sentence
        chinese = english
    return Text(chinese, english)


def _defect(told: Mapping[str, Any]) -> DefectShown:
    where = [shown(told.get(name), 20) for name in ("zone", "view", "light")]
    return DefectShown(named(CLASSES, told.get("label")), " · ".join(filter(None, where)), _size(told), _score(told))


def _size(told: Mapping[str, Any]) -> str:
    """A defect's size: length and width, its error, else the diameter; then the area."""
    length, width, diameter, area, error = (
        _number(told.get(name)) for name in ("length_mm", "width_mm", "diameter_mm", "area_mm2", "uncertainty_mm")
    )
    spread = f" ± {error:.1f}" if error else ""
    parts = []
    if length is not None and width is not None:
        parts.append(f"{length:.1f} × {width:.1f}{spread} mm")
    elif diameter is not None:
        parts.append(f"⌀ {diameter:.1f}{spread} mm")
    if area is not None:
        parts.append(f"{area:.1f} mm²")
    return ", ".join(parts) or "-"


def _score(told: Mapping[str, Any]) -> str:
    score = _number(told.get("score"))
    return "-" if score is None else f"{score:.2f}"


def _number(value: object) -> float | None:
    """A number that can be a size or a score."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -1e6 < value < 1e6 else None


def _finding(word: str) -> Text:
    return next((told.head for finding, told in FINDINGS.items() if str(finding) == word), Text(word, word))


def _items(value: object) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, Mapping) else []


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
