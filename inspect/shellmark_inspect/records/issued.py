"""Which codes were issued and which withdrawn, for the offline manifest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_trace import Link, States, Suspicion, parse_link

from .schema import codes, log_leaves

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


def codes_after(connection: Connection, serial: str, limit: int) -> list[IssuedCode]:
    """The next codes in the order of their serials, of every station that writes this database."""
    c = codes.c
    query = (
        sa.select(c.text, c.state, c.suspicion, c.station, c.drawn_at)
        .where(c.serial > serial)
        .order_by(c.serial)
        .limit(limit)
    )
    return [
        IssuedCode(parse_link(text), States(state), Suspicion(suspicion), station, drawn_at)
        for text, state, suspicion, station, drawn_at in connection.execute(query)
    ]


def code_of(connection: Connection, serial: str) -> IssuedCode | None:
    """One code, None when it was never drawn."""
    c = codes.c
    query = sa.select(c.text, c.state, c.suspicion, c.station, c.drawn_at).where(c.serial == serial)
    row = connection.execute(query).one_or_none()
    return None if row is None else IssuedCode(parse_link(row[0]), States(row[1]), Suspicion(row[2]), row[3], row[4])


def drawn(connection: Connection, station: str, since: datetime, before: datetime) -> int:
    """How many codes a station drew from then until before then."""
    c = codes.c
    query = sa.select(sa.func.count()).where(c.station == station, c.drawn_at >= since, c.drawn_at < before)
    return connection.scalar(query) or 0


def log_sizes(connection: Connection) -> dict[str, int]:
    """How many leaves each station's log has."""
    c = log_leaves.c
    query = sa.select(c.station, sa.func.max(c.index) + 1).group_by(c.station)
    return {station: int(size) for station, size in connection.execute(query)}
