"""Is it an event EPCIS 2.0 and its vocabulary know? The official JSON schema lets any word through; this does not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shellmark_trace.errors import ExportError

from .words import ACTIONS, BIZ_STEPS, DISPOSITIONS, ERROR_REASONS, TRANSACTION_TYPES

_KEYS = frozenset(
    [
        "@context",
        "type",
        "eventTime",
        "recordTime",
        "eventTimeZoneOffset",
        "eventID",
        "errorDeclaration",
        "epcList",
        "quantityList",
        "action",
        "bizStep",
        "disposition",
        "persistentDisposition",
        "readPoint",
        "bizLocation",
        "bizTransactionList",
        "sourceList",
        "destinationList",
        "sensorElementList",
        "ilmd",
    ]
)
_OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")


def check_event(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The event, when it is a whole object event of EPCIS 2.0 in words of the CBV.

    Raises:
        ExportError: something is missing, of the wrong form, or no word.
    """
    where = f"event {event.get('eventID') or event.get('eventTime')}"
    if missing := {"type", "eventTime", "eventTimeZoneOffset", "epcList", "action"} - event.keys():
        raise ExportError(f"{where} has no {', '.join(sorted(missing))}: EPCIS asks for it")
    if event["type"] != "ObjectEvent":
        raise ExportError(f"{where} is a {event['type']!r}: only ObjectEvent is told here")
    if strange := [key for key in event if key not in _KEYS and ":" not in key]:
        raise ExportError(f"{where}: key {strange[0]!r} is none of EPCIS's: give it a prefix")
    _check_times(event, where)
    _check_ids(event, where)
    if "ilmd" in event and event["action"] != "ADD":
        raise ExportError(f"{where}: only an ADD may carry ilmd: leave it out")
    return check_words(event)


def check_words(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The event, when each word in it is one of the CBV 2.0, in its bare form.

    Raises:
        ExportError: a word is not; a near one is named.
    """
    where = f"event {event.get('eventID') or event.get('eventTime')}"
    _check_word(event.get("action"), ACTIONS, f"{where}: action")
    _check_word(event.get("bizStep"), BIZ_STEPS, f"{where}: bizStep")
    _check_word(event.get("disposition"), DISPOSITIONS, f"{where}: disposition")
    for part in event.get("bizTransactionList", ()):
        _check_word(part.get("type"), TRANSACTION_TYPES, f"{where}: bizTransaction type")
    lasting = event.get("persistentDisposition", {})
    for word in (*lasting.get("set", ()), *lasting.get("unset", ())):
        _check_word(word, DISPOSITIONS, f"{where}: persistentDisposition")
    _check_word(event.get("errorDeclaration", {}).get("reason"), ERROR_REASONS, f"{where}: error reason")
    return event


def _check_word(word: object, words: frozenset[str], what: str) -> None:
    if word is None or word in words:
        return
    near = difflib.get_close_matches(str(word), sorted(words), 1, 0.5)
    hint = f"{near[0]!r} may be meant" if near else f"say one of {', '.join(sorted(words)[:5])} …"
    raise ExportError(f"{what} {word!r} is no word of CBV 2.0: {hint}")


def _check_times(event: Mapping[str, Any], where: str) -> None:
    declared = event.get("errorDeclaration")
    times = [event["eventTime"], *([] if declared is None else [declared.get("declarationTime")])]
    for text in times:
        try:
            zoned = datetime.fromisoformat(str(text)).tzinfo is not None
        except ValueError:
            zoned = False
        if not zoned:
            raise ExportError(f"{where}: time {text!r} is no moment with a time zone: write it as 2026-11-23T08:00:00Z")
    if not _OFFSET.fullmatch(str(event["eventTimeZoneOffset"])):
        raise ExportError(f"{where}: eventTimeZoneOffset {event['eventTimeZoneOffset']!r} is none: such as +08:00")


def _check_ids(event: Mapping[str, Any], where: str) -> None:
    places = [event[key]["id"] for key in ("readPoint", "bizLocation") if key in event]
    transactions = [part["bizTransaction"] for part in event.get("bizTransactionList", ())]
    corrective = event.get("errorDeclaration", {}).get("correctiveEventIDs", [])
    named = [event["eventID"]] if "eventID" in event else []
    for uri in (*event["epcList"], *places, *transactions, *corrective, *named):
        if not isinstance(uri, str) or not _URI.fullmatch(uri):
            raise ExportError(f"{where}: {uri!r} is no URI: percent-encode what is not plain ASCII")
    if not event["epcList"]:
        raise ExportError(f"{where}: epcList is empty: name the object")
