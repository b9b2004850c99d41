"""`shellmark trace`: the whole story of a case on one screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from shellmark_inspect.app.printing import COLOURS, JsonOption, out, print_json
from shellmark_inspect.app.records import WhereOption, open_reader
from shellmark_inspect.records import CodeStep, CodeStory, RecordReader, Story, Told, record_json
from shellmark_inspect.station import StationConfig, published_leaf
from shellmark_inspect.types import Record
from shellmark_trace import LogError, TraceError

app = typer.Typer(no_args_is_help=True, help="Follow a case: inspections, decisions, codes, log, who was told.")

Inclusion = Callable[[Told], str]
"""Says of an event's leaf whether the published log has it."""


@app.command()
def show(
    what: Annotated[str, typer.Argument(metavar="CASE|SERIAL", help="A case, a serial or its end, or a whole code.")],
    data: WhereOption = None,
    machine: JsonOption = False,
) -> None:
    """Show the whole story of a case: records and reasons, codes step by step, leaves of the log, who was told.

    With a station's configuration as --data it also checks each leaf against the published, signed log.

    Examples: `shellmark trace show 001-good.png --data out` · `shellmark trace show 7GQ2ZK --data station.toml`
    """
    config = StationConfig.read(data) if data is not None and data.is_file() else None
    with _reading(data) as reader:
        story = reader.stories().find(what, () if config is None else config.outputs)
    included = _inclusion(config)
    if machine:
        print_json(_story_json(story, included))
        return
    for line, style in _lines(story, included):
        out.print(line, style=style, markup=False, soft_wrap=True)


@contextmanager
def _reading(data: Path | None) -> Iterator[RecordReader]:
    reader = open_reader(data)
    try:
        yield reader
    finally:
        reader.close()


def _inclusion(config: StationConfig | None) -> Inclusion:
    if config is None or config.log is None:
        return lambda _told: ""

    def included(told: Told) -> str:
        if told.station != config.station:
            return ""
        try:
            found = published_leaf(config, told.leaf.index, told.leaf.hash)
        except LogError as e:
            return f"NOT in the published log: {e}"
        except TraceError as e:
            return f"the published log cannot be read: {e}"
        return f"in the signed log of {found} leaves" if found else "not published yet"

    return included


def _lines(story: Story, included: Inclusion) -> Iterator[tuple[str, str | None]]:
    yield f"case {story.case_id}", "bold"
    yield f"  sku {story.sku}, first seen {_time(story.first_at)} at {story.station}", None
    for record, told in story.records:
        yield from _record_lines(record, told, included)
    for code in story.codes:
        yield from _code_lines(code, included)
    for target in story.deliveries:
        state = "has everything" if not target.waiting else f"lacks {target.waiting} of this case's events"
        moved = f", moved {_time(target.moved_at)}" if target.moved_at else ""
        yield f"target {target.target} of {target.station}: {state} (at {target.number}{moved})", None


def _record_lines(record: Record, told: Told | None, included: Inclusion) -> Iterator[tuple[str, str | None]]:
    versions, decided = record.inspection.versions, record.disposition is not None
    said = f"decision {record.disposition} {record.reason_code} {record.note}" if decided else str(record.verdict)
    who = f" by {record.operator}" if record.operator else ""
    mark = f" master {record.master}" * bool(record.master) + f" {record.suspect}" * bool(record.suspect)
    when = f"{_time(record.recorded_at)} {record.station} #{record.sequence}"
    yield f"record {record.row}  {when}  {said.strip()}{who}{mark}", COLOURS.get(str(record.verdict))
    if not decided:
        yield from ((f"  because {reason}", None) for reason in record.inspection.reasons)
        yield f"  model {versions.model or '-'} {versions.model_digest}", None
        yield f"  recipe {versions.recipe} {versions.recipe_digest}", None
        yield f"  calibration {versions.calibration or '-'}, program {versions.program}", None
        for image in record.images:
            yield f"  picture {image.kind} {image.view} {image.light} {image.path} {image.digest}", None
    if record.order or record.batch:
        yield f"  order {record.order or '-'}, batch {record.batch or '-'}", None
    yield f"  {_told_line(told, included)}", None


def _code_lines(code: CodeStory, included: Inclusion) -> Iterator[tuple[str, str | None]]:
    doubt = "" if code.suspicion == "NONE" else f", {code.suspicion}"
    yield f"code {code.serial}  {code.state}{doubt}  {code.text}", "bold"
    for step in code.steps:
        yield f"  {step.step}  {_time(step.at)} {step.station}  {_step_line(step)}", None
        yield f"     {_told_line(step.told, included)}", None


def _step_line(step: CodeStep) -> str:
    persons = " and ".join(filter(None, (step.operator, step.second_operator)))
    facts = ", ".join(_fact(name, value) for name, value in step.facts.items())
    parts = [f"{step.before or '-'} to {step.after}", step.reason, f"by {persons}" if persons else "", facts]
    return "  ".join(part for part in parts if part)


def _fact(name: str, value: Any) -> str:
    """One fact that proves a step, in words: counts before and after, corners as points."""
    if name != "odometer" or not isinstance(value, list):
        return f"{name} {_value(value)}"
    if all(count is None for count in value):
        return "printer does not count"
    return f"odometer {' -> '.join('not read' if count is None else str(count) for count in value)}"


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(f"({', '.join(map(_value, one))})" if isinstance(one, list) else _value(one) for one in value)
    if isinstance(value, dict):
        return " ".join(f"{name} {_value(one)}" for name, one in value.items())
    return str(value)


def _told_line(told: Told | None, included: Inclusion) -> str:
    if told is None:
        return "told nobody: no event in the outbox"
    leaf = told.leaf
    published = f", {text}" if (text := included(told)) else ""
    return f"event {told.number}, leaf {leaf.index} {leaf.hash[:16]} {leaf.state}{published}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _story_json(story: Story, included: Inclusion) -> dict[str, Any]:
    return {
        "case_id": story.case_id,
        "sku": story.sku,
        "station": story.station,
        "first_at": _utc(story.first_at),
        "records": [record_json(record) | _told_json(told, included) for record, told in story.records],
        "codes": [_code_json(code, included) for code in story.codes],
        "targets": [
            {"target": d.target, "station": d.station, "number": d.number, "waiting": d.waiting}
            | {"moved_at": None if d.moved_at is None else _utc(d.moved_at)}
            for d in story.deliveries
        ],
    }


def _code_json(code: CodeStory, included: Inclusion) -> dict[str, Any]:
    head = {name: getattr(code, name) for name in ("serial", "gtin", "text", "state", "suspicion")}
    return head | {"drawn_at": _utc(code.drawn_at), "steps": [_step_json(step, included) for step in code.steps]}


def _step_json(step: CodeStep, included: Inclusion) -> dict[str, Any]:
    names = ("step", "subject", "before", "after", "station", "row", "operator", "second_operator", "reason")
    found = {name: getattr(step, name) for name in names} | {"at": _utc(step.at), "facts": dict(step.facts)}
    return found | _told_json(step.told, included)


def _told_json(told: Told | None, included: Inclusion) -> dict[str, Any]:
    if told is None:
        return {"event": None, "leaf": None}
    leaf = {"index": told.leaf.index, "hash": told.leaf.hash, "state": told.leaf.state, "published": included(told)}
    return {"event": {"number": told.number, "key": told.key}, "leaf": leaf}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
