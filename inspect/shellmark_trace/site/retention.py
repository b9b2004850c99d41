"""Personal data goes when it is old: queries, devices and the salts that could still tell them apart."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from .database import Database
from .schema import accesses, devices, salts, scans

SCANS_S = 400 * 86_400
"""How long queries and devices are kept: a year and the month that has to be reported."""

ACCESSES_S = 3 * 366 * 86_400
"""How long inspectors' accesses are kept (PIPL, article 56: three years for records of handling)."""


@dataclass(frozen=True, slots=True)
class Erased:
    """Rows that went."""

    scans: int
    devices: int
    salts: int
    accesses: int


def erase_old(database: Database, now_s: float) -> Erased:
    """Erase what is older than it may be; counts a code and a month keep their sums.

    Raises:
        SiteError: the database could not do it.
    """
    limit = now_s - SCANS_S
    with database.writing() as connection:
        old = sa.delete(scans).where(scans.c.at_s < limit)
        gone = connection.execute(old).rowcount
        unseen = connection.execute(sa.delete(devices).where(devices.c.last_s < limit)).rowcount
        newest = sa.select(sa.func.max(salts.c.salt)).scalar_subquery()
        stale = sa.delete(salts).where(salts.c.begun_s < limit, salts.c.salt != newest)
        worn = connection.execute(stale).rowcount
        seen = connection.execute(sa.delete(accesses).where(accesses.c.at_s < now_s - ACCESSES_S)).rowcount
    return Erased(gone, unseen, worn, seen)
