"""Alerts for inspectors: one is open at a time per kind and code, or per kind and batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_trace.clones import BATCH_Z, batch_z

from .schema import alerts, codes, devices

UPLOAD_CONFLICT, OTHER_STATION = "upload_conflict", "other_station"

OF_STATIONS = frozenset({UPLOAD_CONFLICT, OTHER_STATION})
"""Kinds of alerts that are about stations' uploads, not about how a code was queried."""


def raise_alert(
    connection: Connection, kind: str, at_s: float, *, serial: str = "", batch: str = "", facts: Mapping[str, Any]
) -> bool:
    """Open an alert, or count one up that is open already; whether it was opened."""
    c = alerts.c
    mine = (c.kind == kind, c.serial == serial, c.batch == batch, c.closed_s.is_(None))
    again = sa.update(alerts).where(*mine).values(times=c.times + 1, facts=dict(facts))
    if connection.execute(again).rowcount:
        return False
    row = {"kind": kind, "serial": serial, "batch": batch, "at_s": at_s, "times": 1, "facts": dict(facts)}
    connection.execute(alerts.insert(), {**row, "closed_by": "", "outcome": "", "note": ""})
    return True


def check_batches(connection: Connection, at_s: float) -> list[tuple[str, str, float]]:
    """Test every batch of every product; (GTIN, batch, z) of those that alarm, each with an alert.

    Codes without a batch are not tested: they are no sample of one production.
    """
    c, d = codes.c, devices.c
    seen = (
        sa.select(d.serial)
        .group_by(d.serial)
        .having(sa.func.count() >= 2, sa.func.count(sa.distinct(d.city)) >= 2)
        .subquery()
    )
    query = (
        sa.select(c.gtin, c.batch, sa.func.count(), sa.func.count(seen.c.serial))
        .select_from(codes.outerjoin(seen, seen.c.serial == c.serial))
        .where(c.batch != "")
        .group_by(c.gtin, c.batch)
    )
    found = []
    for gtin, batch, count, spread in connection.execute(query).all():
        z = batch_z(spread, count)
        if z > BATCH_Z:
            facts = {"gtin": gtin, "codes": count, "spread": spread, "z": round(z, 2)}
            raise_alert(connection, "batch", at_s, batch=f"{gtin} {batch}", facts=facts)
            found.append((gtin, batch, z))
    return found
