"""From what the station tells (records and steps of codes, as plain values) to EPCIS events.

| told | action | business step / disposition |
|---|---|---|
| PASS, decision OK | OBSERVE | inspecting / conformant |
| FAIL, decision NG, SCRAP, REWORK, B_GRADE | OBSERVE | inspecting / non_conformant |
| REVIEW, decision RECHECK | OBSERVE | holding / non_sellable_other |
| code ACTIVE | ADD | commissioning / active |
| code SHIPPED | OBSERVE | shipping / in_transit |
| code RETURNED | OBSERVE | receiving / returned |
| code REWORKED | OBSERVE | repairing / in_progress |
| code VOID or RETIRED that was ACTIVE | DELETE | decommissioning / inactive |

An inspection is of the shell, so it names the shell by its private address, and its EPC too once that is commissioned:
an EPC that never was must not be seen. A code that goes VOID before it was ACTIVE was never commissioned and is told
nothing of; so are a buyer's claim and doubts about a code, for which the CBV has no words, and masters of daily checks.
A decision that turns conformant into non_conformant, or back, declares the earlier event wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from shellmark_trace.entries import canonical
from shellmark_trace.errors import ExportError
from shellmark_trace.link import check_gtin, check_serial
from shellmark_trace.states import States

from .checking import check_event
from .hashing import event_hash
from .plant import Plant, time_text

Event = dict[str, Any]
Told = Mapping[str, Any]

_VERDICTS = {
    "PASS": ("inspecting", "conformant"),
    "FAIL": ("inspecting", "non_conformant"),
    "REVIEW": ("holding", "non_sellable_other"),
}
_DECISIONS = {
    "OK": ("inspecting", "conformant"),
    "NG": ("inspecting", "non_conformant"),
    "SCRAP": ("inspecting", "non_conformant"),
    "REWORK": ("inspecting", "non_conformant"),
    "B_GRADE": ("inspecting", "non_conformant"),
    "RECHECK": ("holding", "non_sellable_other"),
}
_STEPS = {
    States.ACTIVE: ("ADD", "commissioning", "active"),
    States.SHIPPED: ("OBSERVE", "shipping", "in_transit"),
    States.RETURNED: ("OBSERVE", "receiving", "returned"),
    States.REWORKED: ("OBSERVE", "repairing", "in_progress"),
    States.RETIRED: ("DELETE", "decommissioning", "inactive"),
    States.VOID: ("DELETE", "decommissioning", "inactive"),
}
_COMMISSIONED = frozenset({States.ACTIVE, States.SHIPPED, States.CLAIMED, States.RETURNED, States.REWORKED})


def events_of(kind: str, told: Told, plant: Plant) -> tuple[Event, ...]:
    """The events that say what the station told, each checked and with its `eventID`; none where there is nothing.

    `kind` and `told` are an outbox event's: "inspection" and "overrule" tell a record (`records.record_json`), "code" a
    step of a code; other kinds have no EPCIS event. An overrule's `corrects` is the record it is about.

    Raises:
        ExportError: what was told lacks something or holds a state, verdict or serial there is none of.
    """
    make = _KINDS.get(kind)
    if make is None:
        return ()
    try:
        return make(told, plant)
    except (KeyError, TypeError, ValueError) as e:
        raise ExportError(
            f"EPCIS: a told {kind} cannot be read ({type(e).__name__}: {e}): is it of this program?"
        ) from e


def _inspected(told: Told, plant: Plant) -> tuple[Event, ...]:
    return () if told.get("master") else (_statement(told, plant),)


def _decided(told: Told, plant: Plant) -> tuple[Event, ...]:
    """The decision, and where it overturns the record before it, that one declared wrong."""
    if told.get("master"):
        return ()
    now = _statement(told, plant)
    before = told.get("corrects")
    if before is None:
        return (now,)
    earlier = _statement(before, plant)
    said = {earlier["disposition"], now["disposition"]}
    return (now, _declared(earlier, now)) if said == {"conformant", "non_conformant"} else (now,)


def _statement(told: Told, plant: Plant) -> Event:
    """What one record says of its shell."""
    decision = told.get("disposition")
    step, disposition = _VERDICTS[told["verdict"]] if decision is None else _DECISIONS[decision]
    code, versions = told.get("code"), told["versions"]
    epcs = [plant.shell(told["case_id"])]
    if code and States(code["state"]) in _COMMISSIONED:
        epcs.append(_epc(code["gtin"], code["serial"]))
    own = {
        "verdict": told["verdict"],
        "decision": decision,
        "reason": told.get("reason_code"),
        "sku": told["sku"],
        "modelVersion": versions["model"],
        "modelDigest": versions["model_digest"],
        "recipeDigest": versions["recipe_digest"],
        "recordDigest": _digest(told),
    }
    action = {"epcList": epcs, "action": "OBSERVE", "bizStep": step, "disposition": disposition}
    return _finished(action, told, told["recorded_at"], own, plant)


def _stepped(told: Told, plant: Plant) -> tuple[Event, ...]:
    """A step of a code's life."""
    if told.get("subject", "state") != "state":
        return ()
    after, before = States(told["after"]), told["before"]
    ends = after in {States.VOID, States.RETIRED}
    if after not in _STEPS or (ends and (before is None or States(before) not in _COMMISSIONED)):
        return ()
    action, step, disposition = _STEPS[after]
    event: Event = {"epcList": [_epc(told["gtin"], told["serial"])], "action": action, "bizStep": step}
    event["disposition"] = disposition
    lot = told.get("batch") or plant.lot
    if action == "ADD" and lot:
        event["ilmd"] = {"cbvmda:lotNumber": lot}
    own = {"shell": plant.shell(told["case_id"]), "reason": told.get("reason")}
    return (_finished(event, told, told["at"], own, plant),)


_KINDS: Mapping[str, Callable[[Told, Plant], tuple[Event, ...]]] = {
    "inspection": _inspected,
    "overrule": _decided,
    "code": _stepped,
}


def _finished(action: Event, told: Told, at: str, own: Mapping[str, Any], plant: Plant) -> Event:
    """An event with its time, place, order, own keys and name, checked."""
    moment = datetime.fromisoformat(at)
    event: Event = {"type": "ObjectEvent", "eventTime": time_text(moment)}
    event["eventTimeZoneOffset"] = plant.offset_at(moment)
    event |= action
    if (place := plant.read_point(told.get("station") or plant.station)) is not None:
        event["readPoint"] = {"id": place}
    if order := told.get("order") or plant.order:
        event["bizTransactionList"] = [{"bizTransaction": plant.transaction(order), "type": "prodorder"}]
    event |= {f"shellmark:{name}": value for name, value in own.items() if value}
    if plant.operators and told.get("operator"):
        event["shellmark:operator"] = told["operator"]
    event["eventID"] = event_hash(event, {"shellmark": plant.namespace})
    check_event(event)
    return event


def _declared(earlier: Event, now: Event) -> Event:
    """An event declared wrong: the same again, name and all, with the declaration (EPCIS 2.0, section 7.4.1.4)."""
    wrong = {"declarationTime": now["eventTime"], "reason": "incorrect_data", "correctiveEventIDs": [now["eventID"]]}
    declared = {**earlier, "errorDeclaration": wrong}
    check_event(declared)
    return declared


def _epc(gtin: str, serial: str) -> str:
    return f"https://id.gs1.org/01/{check_gtin(gtin)}/21/{check_serial(serial)}"


def _digest(told: Told) -> str:
    """SHA-256 of the record as the log's leaf has it, without what it corrects."""
    record = {name: value for name, value in told.items() if name != "corrects"}
    return f"sha256:{hashlib.sha256(canonical(record)).hexdigest()}"
