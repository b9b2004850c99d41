"""A code's proof: a `.tlog-proof` whose `extra` line carries the leaf and the payload its salted hash stands for.

The extra line is base64 of a JSON object with "entry", "salt" and "payload" in base64. It proves nothing by itself: the
entry must be the leaf the proof leads to, the payload must hash to what the entry says, and it must name the code.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shellmark_trace.entries import canonical, leaf_hash, payload_hash
from shellmark_trace.errors import LogError
from shellmark_trace.keys import Entry, KeyList, Kind
from shellmark_trace.link import Link
from shellmark_trace.log import Proof, check_inclusion
from shellmark_trace.states import States

MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Shown:
    """What a proof has shown: in which log and leaf, which step of which code, and when.

    `subject` is "state" or "suspicion"; `size` is that of the checkpoint.
    """

    log: str
    index: int
    size: int
    link: Link
    subject: str
    after: str
    at: datetime

    @property
    def is_birth(self) -> bool:
        """Whether the step is the drawing of the code."""
        return self.subject == "state" and self.after == States.RESERVED


def pack_proof(proof: Proof, entry: bytes, salt: bytes, payload: bytes) -> str:
    """A proof file that also carries the leaf and its payload, for a reader who has neither.

    The payload names the case, the operator's pseudonym and the reason; give it to whom these may be told.
    """
    parts = {"entry": entry, "salt": salt, "payload": payload}
    extra = canonical({name: base64.b64encode(data).decode() for name, data in parts.items()})
    return str(replace(proof, extra=extra))


def join_proof(data: bytes, entry: bytes, record: bytes) -> bytes:
    """One file of the three that `shellmark log proof --record` writes; `record` is JSON with "salt" and "payload".

    Raises:
        LogError: one of them is none.
    """
    told = _object(record)
    try:
        salt, payload = base64.b64decode(told["salt"], validate=True), str(told["payload"]).encode()
    except (KeyError, TypeError, ValueError) as e:
        raise LogError("this is no disclosed record: `shellmark log proof --record` writes one") from e
    return pack_proof(Proof.parse(data), entry, salt, payload).encode()


def named_link(data: bytes) -> Link:
    """The code a proof is of, for whoever has no keys: the leaf is the one the hashes lead to, and the payload its own.

    `host` is empty. That the log's key has signed the checkpoint is not looked at: `open_code_proof` does.

    Raises:
        LogError: it is no such proof, or its parts do not belong together.
    """
    proof, parts = _opened(data)
    checkpoint = proof.checkpoint
    check_inclusion(leaf_hash(parts["entry"]), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return _told(proof, parts).link


def open_code_proof(data: bytes, keys: KeyList) -> Shown:
    """What a code's proof shows, once all of it holds.

    Raises:
        LogError: it is no such proof, does not hold, or is of a log whose key the list does not have or has revoked.
        SignatureInvalid: the checkpoint is not signed by that key.
    """
    proof, parts = _opened(data)
    found = _log_key(keys, proof.checkpoint.origin, proof.checkpoint.size)
    proof.check(parts["entry"], found.verifier)
    return _told(proof, parts)


def _opened(data: bytes) -> tuple[Proof, dict[str, bytes]]:
    if len(data) > MOST_BYTES:
        raise LogError(f"the proof has {len(data)} bytes: no proof of a code is that long")
    proof = Proof.parse(data)
    return proof, _parts(proof.extra)


def _told(proof: Proof, parts: Mapping[str, bytes]) -> Shown:
    """What a proof that holds tells, once its payload is the one its leaf stands for."""
    entry, payload = _object(parts["entry"]), _object(parts["payload"])
    if entry.get("payload") != payload_hash(parts["payload"], parts["salt"]):
        raise LogError("the proof's payload is not the one its leaf stands for: it was exchanged")
    if entry.get("kind") != "code" or entry.get("after") != payload.get("after"):
        raise LogError("the proof is of a leaf that tells of no code: ask for the code's own proof")
    return _shown(proof.checkpoint.origin, proof.index, proof.checkpoint.size, entry, payload)


def _shown(log: str, index: int, size: int, entry: dict[str, Any], payload: dict[str, Any]) -> Shown:
    try:
        link = Link("", str(payload["gtin"]), str(payload["serial"]))
        at = datetime.fromisoformat(payload["at"])
    except (KeyError, TypeError, ValueError) as e:
        raise LogError("the proof's payload names no code and no time: ask for the code's own proof") from e
    return Shown(log, index, size, link, str(entry.get("subject", "state")), str(entry["after"]), at)


def _log_key(keys: KeyList, origin: str, size: int) -> Entry:
    found = [one for one in keys.of_kind(Kind.LOG) if one.name == origin]
    good = [one for one in found if one.revoked is None or size <= (one.revoked.from_index or 0)]
    if not good:
        why = "is revoked for so long a log" if found else "is not in the key list"
        raise LogError(f"the key of log {origin[:80]} {why}: the proof cannot be believed")
    return good[-1]


def _parts(extra: bytes | None) -> dict[str, bytes]:
    value = _object(extra or b"{}")
    try:
        return {name: base64.b64decode(value[name], validate=True) for name in ("entry", "salt", "payload")}
    except (KeyError, TypeError, binascii.Error, ValueError) as e:
        raise LogError("the proof carries no leaf and payload in its extra line: ask for the code's own proof") from e


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as e:
        raise LogError("the proof carries something that is no JSON: it is damaged") from e
    if not isinstance(value, dict):
        raise LogError("the proof carries something that is no JSON object: it is damaged")
    return value
