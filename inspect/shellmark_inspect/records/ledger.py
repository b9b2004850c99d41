"""What is written beside a record in its transaction: outbox events, and leaves of the station's log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_trace import canonical, leaf, leaf_hash, new_salt, payload_hash

from .schema import log_leaves, log_payloads, outbox, outbox_cursors


@dataclass(frozen=True, slots=True)
class Event:
    """Something others want to know of.

    `number` counts up within a station without gaps; `key` is the same whenever the same thing is told again; `kind` is
    "inspection", "overrule", "code", "check" (a daily check ended), "clearing" (of suspects), "order", "roll",
    "reconciliation" (of labels) or "clock_jump"; `payload` plain JSON values.
    """

    number: int
    key: str
    kind: str
    at: datetime
    payload: Mapping[str, Any]


class Ledger:
    """The outbox and the log of one station, on its writing connection and within the caller's transaction."""

    def __init__(self, connection: Connection, station: str) -> None:
        self._connection = connection
        self._station = station

    def tell(
        self,
        kind: str,
        key: str,
        at: datetime,
        payload: Mapping[str, Any],
        *,
        row: int | None,
        serial: str | None = None,
    ) -> None:
        """Append an event to the outbox."""
        number = self._next(outbox.c.number, outbox.c.station, first=1)
        values = {"station": self._station, "number": number, "key": key, "kind": kind, "row": row, "serial": serial}
        self._connection.execute(outbox.insert(), {**values, "at": at, "payload": dict(payload)})

    def note(self, kind: str, at: datetime, told: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
        """Tell of something that belongs to no record and no code, with a leaf that says `entry` in clear."""
        told = {**told, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}
        number = self._next(outbox.c.number, outbox.c.station, first=1)
        self.tell(kind, f"{self._station}:{kind}:{number}", at, told, row=None)
        self.log({"kind": kind, **entry}, told)

    def log(self, entry: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
        """Append a leaf that says `entry` in clear and `payload` as a salted hash only."""
        index = self._next(log_leaves.c.index, log_leaves.c.station, first=0)
        content, salt = canonical(payload), new_salt()
        data = leaf({"v": 1, "station": self._station, **entry, "payload": payload_hash(content, salt)})
        place = {"station": self._station, "index": index}
        self._connection.execute(log_leaves.insert(), {**place, "entry": data, "hash": leaf_hash(data)})
        self._connection.execute(log_payloads.insert(), {**place, "salt": salt, "payload": content})

    def pending(self, target: str, limit: int) -> Sequence[Event]:
        """The first events the target has not had yet, oldest first."""
        c = outbox.c
        query = (
            sa.select(c.number, c.key, c.kind, c.at, c.payload)
            .where(c.station == self._station, c.number > self.cursor(target))
            .order_by(c.number)
            .limit(limit)
        )
        return [Event(*row) for row in self._connection.execute(query)]

    def cursor(self, target: str, station: str | None = None) -> int:
        """The number of the last event of a station (by default this one) the target has had, 0 for none."""
        c = outbox_cursors.c
        query = sa.select(c.number).where(c.station == (station or self._station), c.target == target)
        return self._connection.scalar(query) or 0

    def move_cursor(self, target: str, number: int, at: datetime) -> None:
        """Say that the target has had every event up to `number`; a cursor never goes back."""
        c = outbox_cursors.c
        here = self.cursor(target)
        if number <= here:
            return
        if here == 0:
            values = {"station": self._station, "target": target, "number": number, "moved_at": at}
            self._connection.execute(outbox_cursors.insert(), values)
            return
        mine = sa.update(outbox_cursors).where(c.station == self._station, c.target == target)
        self._connection.execute(mine.values(number=number, moved_at=at))

    def told(self, key: str) -> tuple[str, int] | None:
        """The station whose outbox has an event, and its number there; None where none has."""
        found = self._connection.execute(sa.select(outbox.c.station, outbox.c.number).where(outbox.c.key == key))
        row = found.one_or_none()
        return None if row is None else (row.station, row.number)

    def _next(self, column: sa.Column[int], station: sa.Column[str], *, first: int) -> int:
        query = sa.select(sa.func.max(column)).where(station == self._station)
        last: int | None = self._connection.scalar(query)
        return first if last is None else last + 1
