"""The name of an event: the EPCIS event hash of CBV 2.0.

The same event has the same name whatever the order of its keys, the time zone its moment is written in, and whether an
id is an EPC URN or a GS1 Digital Link; another disposition, another name. Covered are object events without quantities
and sensors, which is what the station tells.

The rules, in short: keys in the canonical order, no separators; times in UTC to the millisecond; words of the CBV as
web addresses; ids as canonical Digital Links of the finest level; lists sorted; `eventID`, `recordTime` and
`errorDeclaration` left out; other keys last, as `{namespace}name=value`, sorted. A text stays the text it is: the
reference implementation also takes a text such as "0012" for a number, which the rule on quantities does not ask for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from shellmark_trace.errors import ExportError
from shellmark_trace.link import check_digit

_LEFT_OUT = frozenset({"@context", "type", "recordTime", "eventID", "errorDeclaration"})
_PREFIXES = {
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "epcis": "https://ref.gs1.org/epcis/",
    "gs1": "https://gs1.org/voc/",
}
_URNS = {"bizstep": "BizStep", "disp": "Disp", "btt": "BTT", "sdt": "SDT", "er": "ER"}
_URN = re.compile(r"urn:epcglobal:cbv:(bizstep|disp|btt|sdt|er):(.+)")
_SGTIN = re.compile(r"urn:epc:id:sgtin:(\d{6,12})\.(\d{1,7})\.(.{1,20})")
_SGLN = re.compile(r"urn:epc:id:sgln:(\d{6,12})\.(\d{0,6})\.(.{1,20})")
_LINK = re.compile(r"(?i:https?)://[^/?#]+(?:/[^?#]*?)??/(01|414)/(\d{13,14})((?:/[^/?#]+/[^/?#]+)*)/?(?:[?#].*)?")
_FINEST = {"01": ("21", "10", "235"), "414": ("254",)}


def event_hash(event: Mapping[str, Any], namespaces: Mapping[str, str]) -> str:
    """The event's name, `ni:///sha-256;…?ver=CBV2.0`; `namespaces` says what own prefixes stand for.

    Raises:
        ExportError: it is no object event, holds something this does not cover, or a prefix is unknown.
    """
    digest = hashlib.sha256(pre_hash(event, namespaces).encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_hash(event: Mapping[str, Any], namespaces: Mapping[str, str]) -> str:
    """The text whose hash the name is.

    Raises:
        ExportError: as for `event_hash`.
    """
    if event.get("type") != "ObjectEvent":
        raise ExportError(f"event hash: {event.get('type')!r} is not covered: only ObjectEvent is")
    prefixes = _PREFIXES | dict(namespaces)
    known = "".join(write(event[key], prefixes) for key, write in _ORDER.items() if key in event)
    own = [key for key in event if key not in _ORDER and key not in _LEFT_OUT]
    return f"eventType=ObjectEvent{known}" + "".join(sorted(_own(key, event[key], prefixes) for key in own))


def _time(value: Any, _prefixes: Mapping[str, str]) -> str:
    moment = datetime.fromisoformat(value).astimezone(UTC)
    rounded = moment + timedelta(microseconds=500)  # halves go up: 0.9996 s is the next second
    return f"eventTime={rounded.isoformat(timespec='milliseconds').replace('+00:00', 'Z')}"


def _plain(key: str) -> Callable[[Any, Mapping[str, str]], str]:
    return lambda value, _prefixes: f"{key}={str(value).strip()}"


def _word(key: str, term: str) -> Callable[[Any, Mapping[str, str]], str]:
    return lambda value, prefixes: f"{key}={_term(str(value), term, prefixes)}"


def _place(key: str) -> Callable[[Any, Mapping[str, str]], str]:
    def write(value: Any, prefixes: Mapping[str, str]) -> str:
        own = sorted(_own(name, value[name], prefixes) for name in value if name != "id")
        return f"{key}id={canonical_id(value['id'])}" + "".join(own)

    return write


def _epcs(value: Any, _prefixes: Mapping[str, str]) -> str:
    epcs = sorted(f"epc={canonical_id(epc)}" for epc in value)
    return "epcList" + "".join(epcs) if epcs else ""


def _typed(key: str, name: str, term: str) -> Callable[[Any, Mapping[str, str]], str]:
    def write(value: Any, prefixes: Mapping[str, str]) -> str:
        found = []
        for part in value:
            kind = f"type={_term(part['type'], term, prefixes)}" if "type" in part else ""
            found.append(f"{name}={canonical_id(part[name])}{kind}")
        return key + "".join(sorted(found))

    return write


def _persistent(value: Any, prefixes: Mapping[str, str]) -> str:
    parts = [
        sorted(f"{key}={_term(word, 'Disp', prefixes)}" for word in value.get(key, ())) for key in ("set", "unset")
    ]
    return "persistentDisposition" + "".join(word for part in parts for word in part)


def _ilmd(value: Any, prefixes: Mapping[str, str]) -> str:
    return "ilmd" + "".join(sorted(_own(name, value[name], prefixes) for name in value))


def _uncovered(key: str) -> Callable[[Any, Mapping[str, str]], str]:
    def write(_value: Any, _prefixes: Mapping[str, str]) -> str:
        raise ExportError(f"event hash: {key} is not covered: leave it out of the event")

    return write


_ORDER: Mapping[str, Callable[[Any, Mapping[str, str]], str]] = {
    "eventTime": _time,
    "eventTimeZoneOffset": _plain("eventTimeZoneOffset"),
    "epcList": _epcs,
    "quantityList": _uncovered("quantityList"),
    "action": _plain("action"),
    "bizStep": _word("bizStep", "BizStep"),
    "disposition": _word("disposition", "Disp"),
    "persistentDisposition": _persistent,
    "readPoint": _place("readPoint"),
    "bizLocation": _place("bizLocation"),
    "bizTransactionList": _typed("bizTransactionList", "bizTransaction", "BTT"),
    "sourceList": _typed("sourceList", "source", "SDT"),
    "destinationList": _typed("destinationList", "destination", "SDT"),
    "sensorElementList": _uncovered("sensorElementList"),
    "ilmd": _ilmd,
}
"""The canonical order of an object event's keys, and how each is written."""


def _term(word: str, term: str, prefixes: Mapping[str, str]) -> str:
    if found := _URN.fullmatch(word):
        return f"https://ref.gs1.org/cbv/{_URNS[found[1]]}-{found[2]}"
    if ":" in word:
        return _expanded(word, prefixes)
    return f"https://ref.gs1.org/cbv/{term}-{word}"


def _own(key: str, value: Any, prefixes: Mapping[str, str]) -> str:
    """A key that is not EPCIS's own, with what it holds."""
    prefix, colon, name = key.partition(":")
    if not colon or prefix not in prefixes:
        raise ExportError(f"event hash: the prefix of {key!r} is unknown: say what it stands for")
    whole = f"{{{prefixes[prefix]}}}{name}"
    if isinstance(value, Mapping):
        return whole + "".join(sorted(_own(inner, value[inner], prefixes) for inner in value))
    if isinstance(value, list):
        return "".join(sorted(_own(key, inner, prefixes) for inner in value))
    return f"{whole}={_value(value, prefixes)}"


def _value(value: Any, prefixes: Mapping[str, str]) -> str:
    if isinstance(value, bool) or value is None:
        raise ExportError(f"event hash: {value!r} has no one way to be written: use a text")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, int):
        return str(value)
    text = str(value).strip()
    return _expanded(text, prefixes) if text.partition(":")[0] in prefixes else canonical_id(text)


def _expanded(text: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, name = text.partition(":")
    return prefixes[prefix] + name if prefix in prefixes else text


def canonical_id(uri: str) -> str:
    """An id as a canonical Digital Link of its finest level; what is none of GS1's stays (rules 17 and 18)."""
    text = uri.strip()
    if found := _SGTIN.fullmatch(text):
        company, item, serial = found.groups()
        if len(company + item) == 13:
            digits = item[0] + company + item[1:]
            return f"https://id.gs1.org/01/{digits}{check_digit(digits)}/21/{_encoded(serial)}"
    if found := _SGLN.fullmatch(text):
        company, place, extension = found.groups()
        if len(company + place) == 12:
            whole = f"https://id.gs1.org/414/{company}{place}{check_digit(company + place)}"
            return whole if extension == "0" else f"{whole}/254/{_encoded(extension)}"
    if found := _LINK.fullmatch(text):
        return _finest(found[1], found[2], found[3].split("/")[1:])
    return text


def _finest(key: str, number: str, rest: list[str]) -> str:
    qualifiers = dict(zip(rest[::2], rest[1::2], strict=True))
    whole = f"https://id.gs1.org/{key}/{number}"
    finest = next((name for name in _FINEST[key] if name in qualifiers), None)
    return whole if finest is None else f"{whole}/{finest}/{qualifiers[finest]}"


def _encoded(text: str) -> str:
    return quote(text, safe="%-._~'\";<=>?")
