"""A buyer's query: counted by one atomic update, scored by the clone rule, answered with what the case has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_trace.clones import ALARM_AT, HARD_STATES, HardRule, Place, Scan, Sighting, gain
from shellmark_trace.states import States, Suspicion

from . import statements
from .alarms import raise_alert
from .claims import is_owner
from .database import Database
from .devices import Salts, device_hash
from .findings import Finding, Standing, by_counting, without_counting
from .schema import code_photos, codes, photos

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of the case: hex digest, what it shows, its size in pixels, the label's corners in it or None."""

    digest: str
    kind: str
    view: str
    width: int
    height: int
    corners: Sequence[Sequence[float]] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found.

    `code` is the code's row, None where there is none; `earlier` this device's queries before this one with the moment
    of its first; `claimed` whether the code has an owner and `mine` whether the asker is it.
    """

    finding: Finding
    code: Mapping[str, Any] | None = None
    photos: Sequence[Photo] = ()
    earlier: int = 0
    earlier_s: float | None = None
    claimed: bool = False
    mine: bool = False


class Queries:
    """The asking side of the site."""

    def __init__(self, database: Database, salts: Salts, secret: bytes) -> None:
        self._database = database
        self._salts = salts
        self._secret = secret

    def ask(
        self, gtin: str, serial: str, token: str, place: Place | None, at_s: float, *, lost: str | None = None
    ) -> Answer:
        """Count a query and say what it finds; `lost` is a token the phone was given and has not had.

        Raises:
            SiteError: the database could not take it; nothing was counted.
        """
        salts = self._salts.live(at_s)
        names = [device_hash(salt, serial, token) for salt in salts]
        if lost is not None:
            names.append(device_hash(salts[0], serial, lost))
        with self._database.writing() as connection:
            code = _one(connection, statements.COUNT, b_gtin=gtin, b_serial=serial, b_at=at_s)
            if code is None:
                return self._uncounted(connection, gtin, serial, names[0], place, at_s)
            return self._count(connection, code, names, token, place, at_s)

    def look(self, gtin: str | None, serial: str, token: str | None = None) -> Answer:
        """What is known of a code without counting; the finding is OTHER or one that needs no counting."""
        with self._database.reading() as connection:
            code = _one(connection, statements.CODE, b_serial=serial)
            if code is None or gtin not in (None, code["gtin"]):
                return Answer(Finding.UNKNOWN)
            claim = _one(connection, statements.CLAIM, b_serial=serial)
            mine = token is not None and is_owner(claim, self._secret, serial, token)
            fixed = without_counting(standing(code))
            pictures = _photos(connection, serial)
            return Answer(
                fixed or (Finding.AGAIN if mine else Finding.OTHER),
                code,
                pictures,
                claimed=claim is not None,
                mine=mine,
            )

    def shows(self, serial: str, digest: str) -> bool:
        """Whether a buyer may see this picture (hex digest) of this code."""
        c = code_photos.c
        query = sa.select(c.digest).join(photos, photos.c.digest == c.digest)
        with self._database.reading() as connection:
            return connection.scalar(query.where(c.serial == serial, c.digest == digest, c.public)) is not None

    def media_of(self, serial: str, digest: str) -> str | None:
        """The media type of a picture of this code, None where it is not here."""
        c = code_photos.c
        query = sa.select(photos.c.media).join(code_photos, photos.c.digest == c.digest)
        with self._database.reading() as connection:
            return connection.scalar(query.where(c.serial == serial, c.digest == digest))

    def _uncounted(
        self, connection: Connection, gtin: str, serial: str, device: str, place: Place | None, at_s: float
    ) -> Answer:
        code = _one(connection, statements.CODE, b_serial=serial)
        if code is None or code["gtin"] != gtin:
            return Answer(Finding.UNKNOWN)
        state = States(code["state"])
        rule = HARD_STATES[state]
        raise_alert(connection, str(rule), at_s, serial=serial, facts={"state": str(state)})
        finding = without_counting(standing(code)) or Finding.UNSHIPPED
        _note_scan(connection, serial, device, at_s, finding, place)
        return Answer(finding, code, _photos(connection, serial))

    def _count(
        self,
        connection: Connection,
        code: Row,
        names: Sequence[str],
        token: str,
        place: Place | None,
        at_s: float,
    ) -> Answer:
        serial = code["serial"]
        claim = _one(connection, statements.CLAIM, b_serial=serial)
        mine = is_owner(claim, self._secret, serial, token)
        known = _known(connection, serial)
        before = next((known[name] for name in names if name in known), None)
        device = names[0] if before is None else before["device"]
        _note_device(connection, serial, before, names[0], place, at_s)
        if before is None:
            code = {**code, "devices": code["devices"] + 1}
        claimer = None if claim is None else names[0] if mine else claim["device"]
        scan = Scan(at_s, device, place)
        alarmed = self._score(connection, code, scan, known, claimer)
        fixed = Finding.COPIED if alarmed else without_counting(standing(code))
        earlier, others = (0, len(known)) if before is None else (before["queries"], len(known) - 1)
        finding = fixed or by_counting(code["queries"], earlier, others, owner=mine)
        _note_scan(connection, serial, names[0], at_s, finding, place)
        return Answer(
            finding,
            code,
            _photos(connection, serial),
            earlier=earlier,
            earlier_s=None if before is None else before["first_s"],
            claimed=claim is not None,
            mine=mine,
        )

    @staticmethod
    def _score(connection: Connection, code: Row, scan: Scan, known: Mapping[str, Row], claimer: str | None) -> bool:
        """Add the scan to the code's score; whether that raised the alarm."""
        if code["alarm"] in (Suspicion.SUSPECT, Suspicion.COPIED):
            return False
        seen = {name: Sighting(row["last_s"], place_of(row)) for name, row in known.items()}
        points = gain(scan, seen, claimer)
        return points > 0 and add_score(connection, code["serial"], points, scan.at_s)


def add_score(connection: Connection, serial: str, points: float, at_s: float) -> bool:
    """Add to a code's score; at the limit the code is suspect and an alert opens; whether that happened now."""
    c = codes.c
    more = sa.update(codes).where(c.serial == serial).values(score=c.score + points).returning(c.score, c.alarm)
    total, alarm = connection.execute(more).one()
    if total < ALARM_AT or alarm in (Suspicion.SUSPECT, Suspicion.COPIED):
        return False
    connection.execute(sa.update(codes).where(c.serial == serial).values(alarm=str(Suspicion.SUSPECT)))
    raise_alert(connection, "score", at_s, serial=serial, facts={"score": round(total, 2)})
    return True


def pin_conflict(connection: Connection, serial: str, at_s: float) -> None:
    """A right PIN from another device than the owner's: a hard rule, and three points."""
    raise_alert(connection, str(HardRule.PIN_CONFLICT), at_s, serial=serial, facts={})
    add_score(connection, serial, 3.0, at_s)


def standing(code: Mapping[str, Any]) -> Standing:
    """What the row of a code says of it."""
    return Standing(
        States(code["state"]),
        Suspicion(code["suspicion"]),
        code["suspicion_reason"],
        Suspicion(code["alarm"]),
    )


def place_of(row: Mapping[str, Any]) -> Place | None:
    """The place in a device's row."""
    return None if row["city"] is None else Place(row["city"], row["latitude"], row["longitude"])


def _one(connection: Connection, query: Any, **values: Any) -> Row | None:
    row = connection.execute(query, values).mappings().one_or_none()
    return None if row is None else dict(row)


def _known(connection: Connection, serial: str) -> dict[str, Row]:
    rows = connection.execute(statements.KNOWN, {"b_serial": serial}).mappings()
    return {row["device"]: dict(row) for row in rows}


def _note_device(
    connection: Connection, serial: str, before: Row | None, name: str, place: Place | None, at_s: float
) -> None:
    values: dict[str, Any] = {"b_serial": serial, "b_device": name, "b_at": at_s}
    values |= {"b_city": None, "b_latitude": None, "b_longitude": None}
    if place is not None:
        values |= {"b_city": place.city, "b_latitude": place.latitude, "b_longitude": place.longitude}
    if before is None:
        connection.execute(statements.DEVICE[connection.dialect.name], values)
        connection.execute(statements.ONE_MORE_DEVICE, {"b_serial": serial})
    else:
        connection.execute(statements.DEVICE_AGAIN, values | {"b_before": before["device"]})


def _note_scan(
    connection: Connection, serial: str, device: str, at_s: float, finding: Finding, place: Place | None
) -> None:
    values = {"serial": serial, "device": device, "at_s": at_s, "finding": str(finding)}
    connection.execute(statements.SCAN, {**values, "city": None if place is None else place.city})
    month = f"{datetime.fromtimestamp(at_s, UTC):%Y-%m}"
    told = {"b_other": int(finding is Finding.OTHER), "b_warned": int(finding is Finding.COPIED)}
    connection.execute(statements.MONTH[connection.dialect.name], {"b_month": month, **told})


def _photos(connection: Connection, serial: str) -> tuple[Photo, ...]:
    return tuple(Photo(*row) for row in connection.execute(statements.PHOTOS, {"b_serial": serial}))
