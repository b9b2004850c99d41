"""Leaves of the transparency log: canonical entries and their hashes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import rfc8785

from .errors import LeafError

LEAF_BYTES = 65_535
"""The most bytes an entry may have: its length travels as two bytes in a bundle (C2SP tlog-tiles)."""

SALT_BYTES = 32


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one way to write a JSON object as bytes (RFC 8785).

    Raises:
        LeafError: a value JSON cannot hold: NaN, an integer beyond 2^53, a lone surrogate.
    """
    try:
        return rfc8785.dumps(dict(value))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as e:
        raise LeafError(f"an entry of the log cannot be written as canonical JSON: {e}") from e


def leaf(entry: Mapping[str, Any]) -> bytes:
    """An entry of the log as bytes.

    Raises:
        LeafError: it cannot be written as canonical JSON or is longer than 65,535 bytes.
    """
    data = canonical(entry)
    if len(data) > LEAF_BYTES:
        raise LeafError(f"an entry of the log has {len(data)} bytes, {LEAF_BYTES} are allowed: put a hash in its place")
    return data


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf, SHA-256 of a zero byte and the entry (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def new_salt() -> bytes:
    """32 random bytes that keep a payload from being guessed from its hash."""
    return secrets.token_bytes(SALT_BYTES)


def payload_hash(payload: bytes, salt: bytes) -> str:
    """Hash of the salt and the payload, "sha256:…"; the payload can be erased later and the log still checks.

    Raises:
        LeafError: the salt is not 32 bytes, so that salt and payload could be told apart in two ways.
    """
    if len(salt) != SALT_BYTES:
        raise LeafError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return "sha256:" + hashlib.sha256(salt + payload).hexdigest()
