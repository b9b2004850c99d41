"""Everything the outbox ever told, oldest first, in bounded memory: what an EPCIS document is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .ledger import Event
from .schema import inspections, outbox

CHUNK = 500
"""Events fetched at once; no read lock is held between two chunks."""


class Tellings:
    """The outbox of every station, on connections that can only read; for any thread."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._reading = reading

    def size(self, *, since: datetime | None = None, sku: str | None = None) -> int:
        """How many events there are."""
        query = _wanted(since, sku).with_only_columns(sa.func.count(), maintain_column_froms=True)
        with self._reading() as connection:
            return connection.scalar(query) or 0

    def iterate(self, *, since: datetime | None = None, sku: str | None = None) -> Iterator[Event]:
        """The events from a time on, of a SKU; station by station, each in its own order.

        What belongs to no record (a daily check's end) has no SKU.
        """
        o = outbox.c
        with self._reading() as connection:
            stations = list(connection.scalars(sa.select(o.station).distinct().order_by(o.station)))
        for station in stations:
            last = 0
            while found := self._chunk(_wanted(since, sku).where(o.station == station, o.number > last)):
                yield from found
                last = found[-1].number

    def _chunk(self, query: sa.Select[Any]) -> list[Event]:
        with self._reading() as connection:
            return [Event(*row) for row in connection.execute(query.order_by(outbox.c.number).limit(CHUNK))]


def _wanted(since: datetime | None, sku: str | None) -> sa.Select[Any]:
    o = outbox.c
    query = sa.select(o.number, o.key, o.kind, o.at, o.payload)
    if sku is not None:
        query = query.join(inspections, inspections.c.row == o.row).where(inspections.c.sku == sku)
    return query if since is None else query.where(o.at >= since)
