"""Devices, told apart by a random token in a cookie, kept only as a hash that no two codes share."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .database import Database
from .schema import salts

SALT_AGE_S = 90 * 86_400
"""How long a salt is used for new devices."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Salt:
    """A salt: its number, its secret, and when it came into use."""

    number: int
    secret: bytes
    begun_s: float


def new_token() -> str:
    """128 random bits for a cookie; nothing about the device goes in."""
    return secrets.token_urlsafe(16)


def is_token(text: str | None) -> bool:
    """Whether a cookie holds what this site put there."""
    return text is not None and _TOKEN.fullmatch(text) is not None


def device_hash(salt: Salt, serial: str, token: str) -> str:
    """What a device is called for one code under one salt: the salt's number and 128 bits."""
    digest = hmac.digest(salt.secret, f"{serial}\n{token}".encode(), hashlib.sha256)
    return f"{salt.number}:{digest[:16].hex()}"


class Salts:
    """The salts in use, newest first; a new one is drawn every 90 days, old ones go with their devices' rows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: tuple[Salt, ...] = ()
        self._read_s = 0.0

    def live(self, now_s: float) -> Sequence[Salt]:
        """All salts, newest first; read anew every minute, since another process may have changed them.

        Raises:
            SiteError: the database could not be read.
        """
        known = self._known
        if known and 0 <= now_s - self._read_s < 60 and now_s - known[0].begun_s < SALT_AGE_S:
            return known
        with self._database.writing() as connection:
            found = _read(connection)
            if not found or now_s - found[0].begun_s >= SALT_AGE_S:
                connection.execute(salts.insert(), {"secret": secrets.token_bytes(32), "begun_s": now_s})
                found = _read(connection)
        self._known, self._read_s = found, now_s
        return found


def _read(connection: Connection) -> tuple[Salt, ...]:
    c = salts.c
    rows = connection.execute(sa.select(c.salt, c.secret, c.begun_s).order_by(c.begun_s.desc(), c.salt.desc()))
    return tuple(Salt(*row) for row in rows)
