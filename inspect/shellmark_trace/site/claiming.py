"""Claims in the database: each try counted before it is judged, the first right PIN bound by the table's key."""

from __future__ import annotations

import hmac
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_trace.states import States

from .claims import PIN_LENGTH, TRANSFER_S, TRIES, Claimed, is_owner, new_pin, owner_hash, pin_hash, read_symbols
from .database import Database, insert_new
from .devices import Salts, device_hash
from .queries import pin_conflict
from .schema import claims, codes, devices, scans, steps

MOST_TOLD = 1_000
"""Claims a station is told of at once."""


class Claims:
    """The owner's side of the site; `secret` is the site's key."""

    def __init__(self, database: Database, salts: Salts, secret: bytes) -> None:
        self._database = database
        self._salts = salts
        self._secret = secret

    def claim(self, serial: str, typed: str, token: str, at_s: float) -> Claimed:
        """Try a PIN, or a transfer code, from a device.

        Raises:
            SiteError: the database could not take it.
        """
        if (pin := read_symbols(typed, PIN_LENGTH)) is None:
            return Claimed.MALFORMED
        device = device_hash(self._salts.live(at_s)[0], serial, token)
        with self._database.writing() as connection:
            if (known := _try(connection, serial)) is not None:
                return known
            claim = self._claim_of(connection, serial)
            if claim is not None and self._hands_over(connection, claim, serial, pin, token, device, at_s):
                return Claimed.MOVED
            held = connection.scalar(sa.select(codes.c.pin_hash).where(codes.c.serial == serial))
            if held is None or not hmac.compare_digest(held, pin_hash(self._secret, serial, pin)):
                return Claimed.WRONG
            return self._right(connection, serial, token, device, at_s)

    def offer(self, serial: str, token: str, at_s: float) -> str | None:
        """A transfer code of the owner's, good for 7 days and once; None for anyone else."""
        with self._database.writing() as connection:
            if not is_owner(self._claim_of(connection, serial), self._secret, serial, token):
                return None
            code = new_pin()
            mine = sa.update(claims).where(claims.c.serial == serial)
            held = pin_hash(self._secret, f"transfer {serial}", code)
            connection.execute(mine.values(transfer_hash=held, transfer_until_s=at_s + TRANSFER_S))
            return code

    def forget(self, serial: str, token: str, at_s: float) -> int:
        """Erase what is kept of a device for a code, its claim too; how many rows. Counts of queries stay."""
        names = [device_hash(salt, serial, token) for salt in self._salts.live(at_s)]
        with self._database.writing() as connection:
            gone = 0
            for table in (devices, scans):
                gone += connection.execute(
                    sa.delete(table).where(table.c.serial == serial, table.c.device.in_(names))
                ).rowcount
            mine = owner_hash(self._secret, serial, token)
            claim = sa.delete(claims).where(claims.c.serial == serial, claims.c.owner == mine)
            return gone + connection.execute(claim).rowcount

    def of_station(self, station: str) -> list[str]:
        """Serials of a station's shipped codes whose claim it does not know of; at most 1,000.

        Once the station has told of CLAIMED a code is named no more. Who claimed, and when, stays here.
        """
        c, shipped = codes.c, str(States.SHIPPED)
        theirs = sa.select(steps.c.serial).where(steps.c.station == station, steps.c.after == shipped)
        query = sa.select(c.serial).join(claims, claims.c.serial == c.serial)
        mine = query.where(c.state == shipped, c.serial.in_(theirs)).order_by(claims.c.at_s, c.serial)
        with self._database.reading() as connection:
            return list(connection.scalars(mine.limit(MOST_TOLD)))

    def _right(self, connection: Connection, serial: str, token: str, device: str, at_s: float) -> Claimed:
        """The PIN is right: bind it, unless somebody has."""
        values = {"serial": serial, "owner": owner_hash(self._secret, serial, token), "device": device, "at_s": at_s}
        bound = insert_new(connection, claims, values, ["serial"])
        if bound or is_owner(self._claim_of(connection, serial), self._secret, serial, token):
            connection.execute(sa.update(codes).where(codes.c.serial == serial).values(pin_tries=0))
            return Claimed.BOUND if bound else Claimed.MINE
        pin_conflict(connection, serial, at_s)
        return Claimed.CONFLICT

    def _hands_over(
        self, connection: Connection, claim: Any, serial: str, code: str, token: str, device: str, at_s: float
    ) -> bool:
        held, until = claim["transfer_hash"], claim["transfer_until_s"]
        if held is None or until is None or until < at_s:
            return False
        if not hmac.compare_digest(held, pin_hash(self._secret, f"transfer {serial}", code)):
            return False
        values = {"owner": owner_hash(self._secret, serial, token), "device": device, "at_s": at_s}
        mine = sa.update(claims).where(claims.c.serial == serial, claims.c.transfer_hash == held)
        moved = connection.execute(mine.values(**values, transfer_hash=None, transfer_until_s=None))
        connection.execute(sa.update(codes).where(codes.c.serial == serial).values(pin_tries=0))
        return moved.rowcount == 1

    @staticmethod
    def _claim_of(connection: Connection, serial: str) -> Any:
        return connection.execute(sa.select(claims).where(claims.c.serial == serial)).mappings().one_or_none()


def _try(connection: Connection, serial: str) -> Claimed | None:
    """Take one of the code's tries; what to answer when there is none to take."""
    c = codes.c
    more = sa.update(codes).where(c.serial == serial, c.pin_hash.is_not(None), c.pin_tries < TRIES)
    if connection.execute(more.values(pin_tries=c.pin_tries + 1)).rowcount:
        return None
    has_pin = connection.scalar(sa.select(c.pin_hash).where(c.serial == serial)) is not None
    return Claimed.LOCKED if has_pin else Claimed.NO_PIN
