"""Whether a signed code may be believed: its key, signature, goods and window, and its place in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.exceptions import InvalidSignature

from shellmark_trace.errors import SignatureInvalid
from shellmark_trace.keys import Entry, KeyList, Kind
from shellmark_trace.keys.listing import CLOCK_SLACK

from .text import SignedLink, signed_bytes


class Fault(StrEnum):
    """Why a signed code is not believed."""

    UNKNOWN_KEY = "unknown_key"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_GOODS = "wrong_goods"
    NOT_YET = "not_yet"
    OUTSIDE_WINDOW = "outside_window"
    OVER_COUNT = "over_count"
    OTHER_LOG = "other_log"
    NOT_LOGGED = "not_logged"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Logged:
    """What a proof says of a code: the log, a leaf that tells of it, when it was drawn, its place among its key's.

    A key signs codes drawn in its own window and no others, so `at` tells whether it could. `ordinal` counts the codes
    its station has drawn since the key's start, from 1. None for what is not known.
    """

    log: str
    index: int
    at: datetime | None = None
    ordinal: int | None = None


SENTENCES = {
    Fault.UNKNOWN_KEY: "it is signed by key {key}, which is none of the factory's",
    Fault.WRONG_SIGNATURE: "its signature is not by key {key}",
    Fault.WRONG_GOODS: "key {key} may not sign codes of GTIN {gtin}",
    Fault.NOT_YET: "key {key} signs from {starts:%Y-%m-%d} on only",
    Fault.OUTSIDE_WINDOW: "it was drawn outside the time of key {key}, {starts:%Y-%m-%d} to {ends:%Y-%m-%d}",
    Fault.OVER_COUNT: "key {key} may sign {most} codes and this is a later one",
    Fault.OTHER_LOG: "it is in another log than that of key {key}",
    Fault.NOT_LOGGED: "it is signed but not in the log",
    Fault.REVOKED: "key {key} is revoked from leaf {from_index} of its log on, and this code is not shown to be before",
}
"""What each fault is called, to be filled with the key's facts."""


def fault_of(
    signed: SignedLink, keys: KeyList, now: datetime, logged: Logged | None = None, *, need_log: bool = False
) -> Fault | None:
    """The first thing wrong with a signed code, None when it may be believed.

    A code does not say when it was signed. So without `logged` the window is checked on one side only (a key that has
    not begun), the count not at all, and every code of a revoked key is refused.
    """
    found = keys.entry(signed.key_id)
    if found is None or found.kind is not Kind.STATION:
        return Fault.UNKNOWN_KEY
    try:
        found.verifier.key.verify(signed.signature, signed_bytes(signed.link))
    except InvalidSignature:
        return Fault.WRONG_SIGNATURE
    if signed.link.gtin not in found.gtins:
        return Fault.WRONG_GOODS
    if now < found.starts - CLOCK_SLACK:
        return Fault.NOT_YET
    return _place_fault(found, logged, need_log=need_log)


def check_signed(
    signed: SignedLink, keys: KeyList, now: datetime, logged: Logged | None = None, *, need_log: bool = False
) -> Entry:
    """The key that signed a code which may be believed.

    Raises:
        SignatureInvalid: it may not; the text says why.
    """
    fault = fault_of(signed, keys, now, logged, need_log=need_log)
    found = keys.entry(signed.key_id)
    if fault is not None or found is None:
        raise SignatureInvalid(f"code {signed.link.serial}: {sentence(fault or Fault.UNKNOWN_KEY, signed, keys)}")
    return found


def sentence(fault: Fault, signed: SignedLink, keys: KeyList) -> str:
    """What is wrong, in words."""
    found = keys.entry(signed.key_id)
    facts = {} if found is None else {"starts": found.starts, "ends": found.ends, "most": found.most}
    index = found.revoked.from_index if found and found.revoked else None
    return SENTENCES[fault].format(
        key=signed.key_id, gtin=signed.link.gtin, from_index=0 if index is None else index, **facts
    )


def _place_fault(found: Entry, logged: Logged | None, *, need_log: bool) -> Fault | None:
    if logged is None:
        if found.revoked is not None:
            return Fault.REVOKED
        return Fault.NOT_LOGGED if need_log else None
    if logged.log != found.log:
        return Fault.OTHER_LOG
    if found.revoked is not None and logged.index >= (found.revoked.from_index or 0):
        return Fault.REVOKED
    if logged.at is not None and not found.starts - CLOCK_SLACK <= logged.at < found.ends + CLOCK_SLACK:
        return Fault.OUTSIDE_WINDOW
    if logged.ordinal is not None and found.most is not None and logged.ordinal > found.most:
        return Fault.OVER_COUNT
    return None
