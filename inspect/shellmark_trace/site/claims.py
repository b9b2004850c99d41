"""The PIN under the coating: five tries, the first right one binds, the owner may hand it on."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from shellmark_trace.link import ALPHABET

PIN_LENGTH = 8
"""Symbols of a PIN: 40 bits."""

TRIES = 5
"""Tries a code has; after them only an inspector can open it again."""

TRANSFER_S = 7 * 86_400
"""How long a transfer code can be used."""

_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


class Claimed(StrEnum):
    """What came of a claim."""

    BOUND = "bound"
    MINE = "mine"
    CONFLICT = "conflict"
    WRONG = "wrong"
    LOCKED = "locked"
    NO_PIN = "no_pin"
    MALFORMED = "malformed"
    MOVED = "moved"


def new_pin() -> str:
    """A fresh PIN of 8 symbols from the system's random source."""
    return "".join(secrets.choice(ALPHABET) for _ in range(PIN_LENGTH))


def read_symbols(text: str, length: int) -> str | None:
    """What a person typed as Crockford symbols: any case, gaps, dashes, O for 0, I and L for 1; None if it is not."""
    bare = "".join(text.split()).replace("-", "").upper().translate(_MISREAD)
    return bare if len(bare) == length and set(bare) <= set(ALPHABET) else None


def pin_hash(secret: bytes, serial: str, pin: str) -> bytes:
    """The keyed hash a PIN is kept as: 32 bytes, of use to nobody without the site's key."""
    return hmac.digest(secret, f"pin\n{serial}\n{pin}".encode(), hashlib.sha256)


def owner_hash(secret: bytes, serial: str, token: str) -> bytes:
    """What an owner is known by: a keyed hash of the device's token, different from code to code."""
    return hmac.digest(secret, f"owner\n{serial}\n{token}".encode(), hashlib.sha256)


def is_owner(claim: Mapping[str, Any] | None, secret: bytes, serial: str, token: str) -> bool:
    """Whether a device holds the claim."""
    return claim is not None and hmac.compare_digest(claim["owner"], owner_hash(secret, serial, token))
