"""The whole story of a case, on both databases: found by whatever a person has of it, and honest about its leaves."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shellmark_inspect.errors import InputError
from shellmark_inspect.records import Proof, Records, Story
from shellmark_inspect.types import Disposition, Inspection, Verdict
from shellmark_trace.epcis import Plant, events_of

Make = Callable[..., Inspection]
GTIN = "06901234567892"
PLANT = Plant("id.example.cn", offset="+08:00")


def keep(bench: Any, records: Records, *inspections: Inspection) -> None:
    for one in inspections:
        records.store(bench.begin(records, one), gtin=GTIN)


def drop_guards(direct: sqlite3.Connection) -> None:
    """What somebody does first who edits the file by hand."""
    for (name,) in direct.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        direct.execute(f'DROP TRIGGER "{name}"')


@pytest.fixture
def told(bench: Any, inspection: Make) -> Any:
    """A case that passed, was rejected by a person, and passed again; and one that failed."""
    records = bench.open()
    keep(bench, records, inspection(1, "case/1"), inspection(2, "Case 2", Verdict.FAIL))
    records.overrule(1, Disposition.NG, operator="李", reason_code="dent")
    keep(bench, records, inspection(3, "case/1"))
    records.delivered("mes", 3)
    return bench


def test_a_case_is_told_from_beginning_to_end(told: Any) -> None:
    story: Story = told.reader().stories().find("case/1", ["brand"])
    assert (story.case_id, story.sku, story.station) == ("case/1", "sku-1", "st01")
    said = [str(record.disposition or record.verdict) for record, _ in story.records]
    assert said == ["PASS", "NG", "PASS"]
    first, second = story.codes
    assert (first.state, second.state) == ("VOID", "RESERVED")
    assert [(step.before, step.after) for step in first.steps] == [(None, "RESERVED"), ("RESERVED", "VOID")]
    assert first.steps[1].operator == "李"
    everything = [event for _, event in story.records] + [step.told for code in story.codes for step in code.steps]
    assert all(event is not None and event.leaf.state == "holds" for event in everything)
    assert all(event.leaf.index == event.number - 1 for event in everything if event)
    assert {(d.target, d.number, d.waiting > 0) for d in story.deliveries} == {("mes", 3, True), ("brand", 0, True)}


def test_a_case_is_found_by_all_a_person_may_have_of_it(told: Any) -> None:
    stories = told.reader().stories()
    serial = stories.find("case/1").codes[0].serial
    mistaken = serial.replace("0", "O").replace("1", "l")
    texts = [serial, serial.lower(), f" {serial} ", mistaken, serial[-6:], serial[-8:].lower()]
    texts += [f"HTTPS://ID.EXAMPLE.CN/01/{GTIN}/21/{serial}", f"https://other.host/01/{GTIN}/21/{serial.lower()}?91=x"]
    for text in texts:
        assert stories.find(text).case_id == "case/1", text


def test_a_text_that_is_neither_names_what_is_near(told: Any) -> None:
    stories = told.reader().stories()
    serial = stories.find("case/1").codes[0].serial
    other = "A" if serial[4] != "A" else "B"
    swapped = serial[:2] + serial[3] + serial[2] + serial[4:]
    wrong = {serial[:4] + other + serial[5:], serial[:-1], serial[:5] + other + serial[5:], swapped} - {serial}
    for text in wrong:
        with pytest.raises(InputError, match=f"near are .*{serial}"):
            stories.find(text)
    tail = serial[-6:-2] + ("A" if serial[-2] != "A" else "B") + serial[-1]
    with pytest.raises(InputError, match=f"near are .*{serial}"):
        stories.find(tail)
    with pytest.raises(InputError, match="near are Case 2"):
        stories.find("case 2")
    for text in ("", "nobody", "%", "_", "' OR 1=1 --", "x" * 500, "\x00", "💼"):
        with pytest.raises(InputError, match="there is no case or code") as found:
            stories.find(text)
        assert "\n" not in str(found.value)


def test_an_end_that_several_serials_share_is_asked_for_more(bench: Any, inspection: Make) -> None:
    records = bench.open()
    keep(bench, records, inspection(1, "a"), inspection(2, "b"))
    stories = bench.reader().stories()
    with pytest.raises(InputError, match="there is no case or code"):
        stories.find("ZZZZZZ")
    if not bench.url.startswith("sqlite"):
        return
    records.close()
    with closing(sqlite3.connect(bench.url.removeprefix("sqlite:///"))) as direct:
        drop_guards(direct)
        for number, case in enumerate(("a", "b")):
            direct.execute("UPDATE codes SET serial = ? WHERE case_id = ?", (f"AAAAAA{number}SAME12", case))
        direct.commit()
    with pytest.raises(InputError, match="end in SAME12: give more of it"):
        bench.reader().stories().find("same12")


def test_a_leaf_that_was_edited_erased_or_deleted_is_named(sqlite: Any, inspection: Make) -> None:
    records = sqlite.open()
    keep(sqlite, records, *(inspection(n, f"case-{n}") for n in range(1, 5)))
    records.close()
    path = Path(sqlite.url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as direct:
        drop_guards(direct)
        direct.execute("UPDATE log_leaves SET entry = entry || ' ' WHERE \"index\" = 1")
        direct.execute('DELETE FROM log_payloads WHERE "index" = 3')
        direct.execute("UPDATE outbox SET payload = replace(payload, 'PASS', 'FAIL') WHERE number = 6")
        direct.execute('DELETE FROM log_payloads WHERE "index" = 7')
        direct.execute('DELETE FROM log_leaves WHERE "index" = 7')
        direct.commit()
    stories = sqlite.reader().stories()
    seen = [stories.find(f"case-{n}").records[0][1] for n in range(1, 5)]
    assert [told.leaf.state for told in seen if told] == ["edited", "erased", "edited", "missing"]


def test_a_decision_tells_what_it_was_about_as_it_was_told_then(told: Any) -> None:
    events = list(told.reader().tellings().iterate())
    decided = next(event for event in events if event.kind == "overrule")
    original = next(event for event in events if event.kind == "inspection" and event.payload["row"] == 1)
    assert decided.payload["corrects"] == original.payload
    now, declared = events_of("overrule", decided.payload, PLANT)
    assert declared["eventID"] == events_of("inspection", original.payload, PLANT)[0]["eventID"]
    assert declared["errorDeclaration"]["correctiveEventIDs"] == [now["eventID"]]


def test_a_second_decision_does_not_carry_the_first_ones_history(bench: Any, inspection: Make) -> None:
    records = bench.open()
    keep(bench, records, inspection(1, "a", Verdict.FAIL))
    records.overrule(1, Disposition.OK, operator="a", reason_code="clean")
    records.overrule(2, Disposition.NG, operator="b", reason_code="seen")
    last = [event for event in bench.reader().tellings().iterate() if event.kind == "overrule"][-1]
    assert last.payload["corrects"]["disposition"] == "OK"
    assert "corrects" not in last.payload["corrects"]
    assert len(events_of("overrule", last.payload, PLANT)) == 2


def numbers(found: Iterator[Any]) -> list[int]:
    return [event.number for event in found]


def test_everything_told_comes_in_order_and_by_time_and_sku(bench: Any, inspection: Make) -> None:
    records = bench.open()
    keep(bench, records, *(inspection(n, f"c{n}", sku="ab"[n % 2]) for n in range(1, 7)))
    tellings = bench.reader().tellings()
    assert numbers(tellings.iterate()) == list(range(1, 13))
    assert tellings.size() == 12
    assert numbers(tellings.iterate(sku="b")) == [1, 2, 5, 6, 9, 10]
    assert tellings.size(sku="b") == 6
    later = datetime.now(UTC) + timedelta(hours=1)
    assert numbers(tellings.iterate(since=later)) == []
    assert tellings.size(since=later - timedelta(hours=2)) == 12


def test_steps_of_a_code_say_their_station(told: Any) -> None:
    steps = [event for event in told.reader().tellings().iterate() if event.kind == "code"]
    assert {event.payload["station"] for event in steps} == {"st01"}


def test_a_labelled_case_tells_its_proof_and_is_commissioned_with_its_batch(bench: Any, inspection: Make) -> None:
    records = bench.open()
    records.stock.take_order("MO-7", 10, "L2026A", operator="w1")
    keep(bench, records, inspection(1, "case/1", evidence=()))
    (code,) = records.labels.waiting()
    records.labels.send(code.serial)
    records.labels.count(code.serial, 100)
    records.labels.activate(code.serial, Proof(code.text, 0.8, 101, "w17"), np.full((64, 64), 90, np.uint8))
    (found,) = bench.reader().stories().find(code.serial[-6:]).codes
    last = found.steps[-1]
    assert (found.state, last.operator, last.told is not None) == ("ACTIVE", "w17", True)
    assert (last.facts["odometer"], last.facts["uec"]) == ([100, 101], 0.8)
    told = bench.reader().tellings().iterate()
    events = [event for one in told for event in events_of(one.kind, one.payload, PLANT)]
    assert [event["bizStep"] for event in events] == ["inspecting", "commissioning"]
    assert events[1]["ilmd"] == {"cbvmda:lotNumber": "L2026A"}
    assert {event["bizTransactionList"][0]["bizTransaction"] for event in events} == {
        "https://id.example.cn/order/MO-7"
    }
