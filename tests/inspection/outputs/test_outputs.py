"""Events go out at least once from the outbox, and each once into the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from site_stand import Stand
from web_service import WebService

from shellmark_inspect.errors import ConfigError, RecordsError
from shellmark_inspect.outputs import (
    OUTPUTS,
    JsonLines,
    OutputError,
    build_output,
    deliver,
    read_output_settings,
)
from shellmark_inspect.records import Event, Records
from shellmark_inspect.types import Inspection, Trigger, Verdict, Versions

EXAMPLES: dict[str, dict[str, Any]] = {
    "jsonl": {"kind": "jsonl", "path": "out/events.jsonl"},
    "verify": {"kind": "verify", "url": "http://127.0.0.1:1", "token_file": "verify.token", "pictures": "i"},
    "epcis": {"kind": "epcis", "host": "x.cn", "offset": "+08:00"},
    "rows": {"kind": "rows", "columns": "map.toml", "state": "out/rows.json", "form": "plain"},
}
MAPPING = '[[columns]]\nname = "箱号"\nfrom = "case_id"\n'
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def event(number: int, key: str | None = None) -> Event:
    return Event(number, key or f"st01:{number}", "inspection", NOW, {"n": number, "词": "箱"})


@dataclass
class Waiting:
    """An outbox in memory."""

    events: list[Event]
    cursors: dict[str, int] = field(default_factory=dict)
    forgets: bool = False

    def pending(self, target: str, limit: int = 100) -> Sequence[Event]:
        return [e for e in self.events if e.number > self.cursors.get(target, 0)][:limit]

    def delivered(self, target: str, number: int) -> None:
        if self.forgets:
            raise RecordsError("the power went before the cursor moved")
        self.cursors[target] = number


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path / "r.db", tmp_path / "i", station="st01", host="x.cn")
    versions = Versions("0.1.0", "demo", "sha256:" + "a" * 64)
    for number in range(1, 6):
        trigger = Trigger(number, number, f"case-{number}")
        records.begin(trigger, "sku", versions)
        records.store(Inspection(trigger, "sku", Verdict.PASS, (), (), versions), gtin="06901234567892")
    yield records
    records.close()


def test_every_output_has_an_example() -> None:
    assert set(EXAMPLES) == set(OUTPUTS)


def test_an_outputs_paths_start_beside_the_configuration(tmp_path: Path) -> None:
    output = build_output(read_output_settings("events", {"kind": "jsonl", "path": "e.jsonl"}, tmp_path))
    assert isinstance(output, JsonLines)
    assert output.path == tmp_path / "e.jsonl"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"path": "e"}, "output events: kind '' is unknown: say one of jsonl"),
        ({"kind": "fax", "path": "e"}, "output events: kind 'fax' is unknown"),
        ({"kind": "jsonl"}, "path: Field required"),
        ({"kind": "jsonl", "path": "e", "colour": "red"}, "colour: unknown key"),
        ({"kind": "jsonl", "path": 5}, "path: "),
    ],
)
def test_impossible_settings_of_an_output_are_named(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read_output_settings("events", settings)


@pytest.mark.parametrize("name", list(OUTPUTS))
def test_every_output_takes_what_a_station_tells_and_no_more(
    station: Records, tmp_path: Path, service: WebService, stand: Stand, name: str
) -> None:
    (tmp_path / "map.toml").write_text(MAPPING, "utf-8")
    (tmp_path / "verify.token").write_text(stand.token)
    there = {"verify": {"url": stand.url}, "jsonl": {}}.get(name, {"url": service.url})
    output = build_output(read_output_settings(name, EXAMPLES[name] | there, tmp_path))
    assert deliver(station, name, output, batch=3) == 10
    assert deliver(station, name, output) == 0
    assert station.pending(name) == []
    assert len(station.pending("another")) == 10


def test_a_line_tells_the_whole_event(station: Records, tmp_path: Path) -> None:
    deliver(station, "jsonl", JsonLines(tmp_path / "e.jsonl"))
    found = lines(tmp_path / "e.jsonl")
    assert [line["number"] for line in found] == list(range(1, 11))
    assert len({line["key"] for line in found}) == 10
    assert {line["kind"] for line in found} == {"inspection", "code"}
    told = next(line for line in found if line["kind"] == "inspection")
    assert told["payload"]["verdict"] == "PASS"
    assert told["payload"]["code"]["gtin"] == "06901234567892"
    assert datetime.fromisoformat(told["at"]).tzinfo is not None


def test_the_cursor_outlives_the_station_and_never_goes_back(station: Records, tmp_path: Path) -> None:
    station.delivered("t", 4)
    station.delivered("t", 2)
    assert station.pending("t", 1)[0].number == 5
    station.close()
    again = Records.open(tmp_path / "r.db", tmp_path / "i", station="st01", host="x.cn")
    assert again.pending("t", 1)[0].number == 5
    again.close()


def test_an_event_sent_twice_is_one_line(tmp_path: Path) -> None:
    outbox = Waiting([event(n) for n in range(1, 4)], forgets=True)
    path = tmp_path / "e.jsonl"
    for _ in range(2):
        with pytest.raises(RecordsError):
            deliver(outbox, "t", JsonLines(path))
    outbox.forgets = False
    outbox.events.append(event(4))
    assert deliver(outbox, "t", JsonLines(path)) == 4
    assert [line["number"] for line in lines(path)] == [1, 2, 3, 4]


@settings(deadline=None)  # the machine may be busy
@given(st.data())
def test_a_torn_line_is_cut_off_and_written_again(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("torn") / "e.jsonl"
    events = [event(n) for n in range(1, 5)]
    JsonLines(path).send(events)
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    JsonLines(path).send(events)
    assert path.read_bytes() == whole


def test_a_long_last_line_is_found(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    long = Event(1, "k1", "inspection", NOW, {"text": "x" * 300_000})
    JsonLines(path).send([long, Event(2, "k2", "inspection", NOW, {"text": "y" * 300_000})])
    JsonLines(path).send([event(2, "k2"), event(3)])
    assert [line["number"] for line in lines(path)] == [1, 2, 3]


def test_the_file_of_another_database_is_not_mixed_up(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    JsonLines(path).send([event(1), event(2)])
    with pytest.raises(OutputError, match="another database"):
        JsonLines(path).send([event(1, "st02:1"), event(2, "st02:2"), event(3, "st02:3")])


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text("shopping list\n")
    with pytest.raises(OutputError, match="something else"):
        JsonLines(path)
    assert path.read_text() == "shopping list\n"


def test_what_cannot_be_written_is_offered_again(tmp_path: Path) -> None:
    outbox = Waiting([event(1)])
    output = JsonLines(tmp_path / "e.jsonl")
    (tmp_path / "e.jsonl").mkdir()
    with pytest.raises(OutputError, match=r"e\.jsonl"):
        deliver(outbox, "t", output)
    assert outbox.cursors == {}
    (tmp_path / "e.jsonl").rmdir()
    assert deliver(outbox, "t", output) == 1
    assert [line["number"] for line in lines(tmp_path / "e.jsonl")] == [1]
