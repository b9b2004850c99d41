"""Which codes were issued and which withdrawn, for the offline manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_trace import Link, States, Suspicion, parse_link

from .schema import codes, log_leaves

CHUNK = 10_000
"""Codes fetched at once."""

ACTIVE_ON = frozenset({States.ACTIVE, States.SHIPPED, States.CLAIMED, States.RETURNED, States.REWORKED})
"""The states of a code whose label was proven and is in use."""

OVER = frozenset({States.VOID, States.RETIRED})


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code with its state, whether it is in doubt, the station that drew it and when."""

    link: Link
    state: States
    suspicion: Suspicion
    station: str
    drawn_at: datetime

    @property
    def is_issued(self) -> bool:
        """Whether the code is on a case that left the station well; one known to be copied is not."""
        return self.state in ACTIVE_ON and self.suspicion is not Suspicion.COPIED

    @property
    def is_withdrawn(self) -> bool:
        """Whether a dealer must be warned of it."""
        return self.state in OVER or self.suspicion is Suspicion.COPIED


class Issued:
    """The codes that were ever drawn, on connections that can only read; for any thread."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._reading = reading

    def codes(self) -> Iterator[IssuedCode]:
        """Every code, by serial, in bounded memory; no read lock is held between two chunks."""
        c = codes.c
        last = ""
        while found := self._found(c.serial > last):
            yield from found
            last = found[-1].link.serial

    def code(self, serial: str) -> IssuedCode | None:
        """The code of a serial, None when none was drawn."""
        return next(iter(self._found(codes.c.serial == serial)), None)

    def drawn(self, station: str, *, since: datetime, before: datetime) -> int:
        """How many codes a station drew from `since` on until before `before`."""
        c = codes.c
        query = sa.select(sa.func.count()).where(c.station == station, c.drawn_at >= since, c.drawn_at < before)
        with self._reading() as connection:
            return connection.scalar(query) or 0

    def longest_log(self) -> int:
        """How many leaves the longest log of the stations has."""
        query = sa.select(sa.func.max(log_leaves.c.index))
        with self._reading() as connection:
            last: int | None = connection.scalar(query)
        return 0 if last is None else last + 1

    def _found(self, which: sa.ColumnElement[bool]) -> list[IssuedCode]:
        c = codes.c
        query = sa.select(c.text, c.state, c.suspicion, c.station, c.drawn_at).where(which)
        with self._reading() as connection:
            return [
                IssuedCode(parse_link(text), States(state), Suspicion(suspicion), station, drawn_at)
                for text, state, suspicion, station, drawn_at in connection.execute(
                    query.order_by(c.serial).limit(CHUNK)
                )
            ]
