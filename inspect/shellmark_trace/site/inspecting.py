"""The inspector's side: the whole trace of a code, the alerts, what was decided, and who looked at what."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shellmark_trace.errors import SiteError
from shellmark_trace.states import Suspicion

from .alarms import OF_STATIONS
from .database import Database
from .schema import (
    accesses,
    alerts,
    claims,
    code_photos,
    codes,
    devices,
    inspections,
    months,
    photos,
    proofs,
    scans,
    steps,
)

Row = Mapping[str, Any]
OUTCOMES = {"genuine": Suspicion.CLEARED, "copied": Suspicion.COPIED}
"""What an inspector may decide about an alert."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about an alert: by whom, when (Unix seconds), how; `before` when it was decided already."""

    by: str
    at_s: float
    outcome: str
    note: str
    before: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything the site has about a code."""

    code: Row
    steps: Sequence[Row]
    inspections: Sequence[Row]
    photos: Sequence[Row]
    proofs: Sequence[Row]
    devices: Sequence[Row]
    scans: Sequence[Row]
    alerts: Sequence[Row]
    claimed_s: float | None


class Inspecting:
    """What inspectors may do; each call notes who did it before it answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, inspector: str, what: str, subject: str = "") -> None:
        """Write down an access.

        Raises:
            SiteError: it could not be written down, so nothing may be shown.
        """
        row = {"inspector": inspector, "at_s": time.time(), "what": what, "subject": subject[:200]}
        with self._database.writing() as connection:
            connection.execute(accesses.insert(), row)

    def trace(self, inspector: str, serial: str) -> Trace | None:
        """The whole story of a code, None for one that was not uploaded."""
        self.note(inspector, "trace", serial)
        with self._database.reading() as connection:
            code = connection.execute(sa.select(codes).where(codes.c.serial == serial)).mappings().one_or_none()
            if code is None:
                return None

            def rows(query: sa.Select[Any]) -> Sequence[Row]:
                return [dict(row) for row in connection.execute(query).mappings()]

            case = sa.or_(inspections.c.serial == serial, inspections.c.case_id == code["case_id"])
            c, p = code_photos.c, photos.c
            pictures = sa.select(c.digest, c.kind, c.view, c.light, p.width, p.height)
            return Trace(
                dict(code),
                rows(sa.select(steps).where(steps.c.serial == serial).order_by(steps.c.step)),
                rows(sa.select(inspections).where(case).order_by(inspections.c.at_s)),
                rows(pictures.join(photos, p.digest == c.digest).where(c.serial == serial).order_by(c.kind, c.view)),
                rows(sa.select(proofs).where(proofs.c.serial == serial).order_by(proofs.c.index)),
                rows(sa.select(devices).where(devices.c.serial == serial).order_by(devices.c.first_s).limit(100)),
                rows(sa.select(scans).where(scans.c.serial == serial).order_by(scans.c.at_s.desc()).limit(100)),
                rows(sa.select(alerts).where(alerts.c.serial == serial).order_by(alerts.c.at_s.desc())),
                connection.scalar(sa.select(claims.c.at_s).where(claims.c.serial == serial)),
            )

    def alerts(self, inspector: str, *, limit: int = 100) -> Sequence[Row]:
        """Open alerts, the newest first."""
        self.note(inspector, "alerts")
        with self._database.reading() as connection:
            query = sa.select(alerts).where(alerts.c.closed_s.is_(None)).order_by(alerts.c.at_s.desc()).limit(limit)
            return [dict(row) for row in connection.execute(query).mappings()]

    def accesses(self, inspector: str, *, limit: int = 100) -> Sequence[Row]:
        """Who looked at what, the newest first."""
        self.note(inspector, "accesses")
        with self._database.reading() as connection:
            query = sa.select(accesses).order_by(accesses.c.access.desc()).limit(limit)
            return [dict(row) for row in connection.execute(query).mappings()]

    def proof(self, inspector: str, serial: str, index: int) -> str | None:
        """A proof file."""
        self.note(inspector, "proof", f"{serial} {index}")
        with self._database.reading() as connection:
            query = sa.select(proofs.c.text).where(proofs.c.serial == serial, proofs.c.index == index)
            return connection.scalar(query)

    def close_alert(self, inspector: str, alert: int, outcome: str, note: str) -> Decided | None:
        """Decide about an alert; one that was decided before stays as it is. None for one there is not.

        "copied" tells every buyer. "genuine" takes the code's score back to 0, unless the alert is about what stations
        have uploaded: that says nothing of how the code was queried.

        Raises:
            SiteError: the outcome is no word for one.
        """
        if outcome not in OUTCOMES:
            raise SiteError(f"outcome {outcome[:40]!r} of an alert: say one of {', '.join(OUTCOMES)}")
        self.note(inspector, f"close {outcome}", str(alert))
        c = alerts.c
        mine = sa.update(alerts).where(c.alert == alert, c.closed_s.is_(None))
        values = {"closed_s": time.time(), "closed_by": inspector, "outcome": outcome, "note": note[:1000]}
        with self._database.writing() as connection:
            fresh = connection.execute(mine.values(values).returning(c.serial, c.kind)).one_or_none()
            if fresh is not None and (outcome == "copied" or fresh.kind not in OF_STATIONS):
                after = {"alarm": str(OUTCOMES[outcome])} | ({"score": 0.0} if outcome == "genuine" else {})
                connection.execute(sa.update(codes).where(codes.c.serial == fresh.serial).values(after))
            told = connection.execute(
                sa.select(c.closed_by, c.closed_s, c.outcome, c.note).where(c.alert == alert)
            ).one_or_none()
        return None if told is None else Decided(*told, before=fresh is None)

    def unlock(self, inspector: str, serial: str) -> None:
        """Give a code its PIN tries back."""
        self.note(inspector, "unlock", serial)
        with self._database.writing() as connection:
            connection.execute(sa.update(codes).where(codes.c.serial == serial).values(pin_tries=0))


def monthly(database: Database) -> Sequence[Row]:
    """Queries a month and how many were warned, newest first; anybody may see it."""
    with database.reading() as connection:
        query = sa.select(months).order_by(months.c.month.desc()).limit(24)
        return [dict(row) for row in connection.execute(query).mappings()]
