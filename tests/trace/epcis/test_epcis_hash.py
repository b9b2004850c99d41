"""The event's name: equal to the reference implementation's, the same for the same event, another for another."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from shellmark_trace import ExportError
from shellmark_trace.epcis import event_hash, pre_hash

VECTORS = json.loads(Path(__file__).with_name("reference_hashes.json").read_text("utf-8"))["vectors"]
SPACES = {"shellmark": "https://id.example.cn/epcis/"}
EVENT: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2026-11-23T08:00:00.120Z",
    "eventTimeZoneOffset": "+08:00",
    "epcList": ["https://id.gs1.org/01/06901234567892/21/0012345E67890", "https://x.cn/shell/1"],
    "action": "OBSERVE",
    "bizStep": "inspecting",
    "disposition": "conformant",
    "readPoint": {"id": "https://id.gs1.org/414/6901234567892/254/st01"},
    "shellmark:sku": "0012",
}
NAME = event_hash(EVENT, SPACES)


@pytest.mark.parametrize("vector", VECTORS)
def test_the_name_is_the_reference_implementations(vector: dict[str, Any]) -> None:
    spaces = vector["document"]["@context"][1]
    assert [event_hash(event, spaces) for event in vector["document"]["epcisBody"]["eventList"]] == vector["hashes"]


@pytest.mark.parametrize(
    "change",
    [
        {"eventTime": "2026-11-23T16:00:00.12+08:00"},
        {"epcList": ["https://x.cn/shell/1", "urn:epc:id:sgtin:6901234.056789.0012345E67890"]},
        {"epcList": ["https://x.cn/shell/1", "HTTPS://ID.EXAMPLE.CN/01/06901234567892/21/0012345E67890"]},
        {
            "epcList": [
                "https://x.cn/shell/1",
                "https://q.cn/a/01/06901234567892/22/2A/10/L1/21/0012345E67890?17=991231#x",
            ]
        },
        {"readPoint": {"id": "urn:epc:id:sgln:6901234.56789.st01"}},
        {"bizStep": "https://ref.gs1.org/cbv/BizStep-inspecting", "disposition": "urn:epcglobal:cbv:disp:conformant"},
        {"bizStep": "cbv:BizStep-inspecting"},
        {"eventID": "urn:uuid:1", "recordTime": "2027-01-01T00:00:00Z"},
        {"errorDeclaration": {"declarationTime": "2027-01-01T00:00:00Z", "reason": "incorrect_data"}},
        {"shellmark:sku": " 0012 "},
    ],
)
def test_the_same_event_written_otherwise_has_the_same_name(change: dict[str, Any]) -> None:
    assert event_hash(EVENT | change, SPACES) == NAME


def test_the_order_of_keys_says_nothing() -> None:
    keys = list(EVENT)
    for seed in range(20):
        random.Random(seed).shuffle(keys)
        assert event_hash({key: EVENT[key] for key in keys}, SPACES) == NAME


@pytest.mark.parametrize(
    "change",
    [
        {"disposition": "non_conformant"},
        {"bizStep": "holding"},
        {"eventTime": "2026-11-23T08:00:00.121Z"},
        {"eventTimeZoneOffset": "+09:00"},
        {"epcList": ["https://x.cn/shell/1"]},
        {"readPoint": {"id": "https://id.gs1.org/414/6901234567892/254/st02"}},
        {"shellmark:sku": "12"},
        {"shellmark:other": "1"},
        {"action": "ADD", "ilmd": {"cbvmda:lotNumber": "1"}},
    ],
)
def test_another_event_has_another_name(change: dict[str, Any]) -> None:
    assert event_hash(EVENT | change, SPACES) != NAME


def test_the_text_under_the_hash_is_as_the_standard_orders_it() -> None:
    assert pre_hash(EVENT, SPACES) == (
        "eventType=ObjectEventeventTime=2026-11-23T08:00:00.120ZeventTimeZoneOffset=+08:00"
        "epcListepc=https://id.gs1.org/01/06901234567892/21/0012345E67890epc=https://x.cn/shell/1action=OBSERVE"
        "bizStep=https://ref.gs1.org/cbv/BizStep-inspectingdisposition=https://ref.gs1.org/cbv/Disp-conformant"
        "readPointid=https://id.gs1.org/414/6901234567892/254/st01{https://id.example.cn/epcis/}sku=0012"
    )


def test_a_time_is_rounded_to_the_millisecond_with_its_carry() -> None:
    late = EVENT | {"eventTime": "2026-12-31T23:59:59.9996Z"}
    assert "eventTime=2027-01-01T00:00:00.000Z" in pre_hash(late, SPACES)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"type": "TransactionEvent"}, "only ObjectEvent"),
        ({"quantityList": []}, "quantityList is not covered"),
        ({"sensorElementList": []}, "sensorElementList is not covered"),
        ({"strange:key": "1"}, "prefix of 'strange:key' is unknown"),
        ({"colour": "1"}, "prefix of 'colour' is unknown"),
        ({"shellmark:ok": True}, "no one way"),
    ],
)
def test_what_is_not_covered_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ExportError, match=says):
        event_hash(EVENT | change, SPACES)
