"""What stations send: events, each taken once whatever order they come in, and the pictures they name."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.engine import Connection

from shellmark_trace.errors import LinkError, UploadRefused
from shellmark_trace.link import check_serial, parse_link
from shellmark_trace.reading import place_of_nul
from shellmark_trace.states import States, Suspicion

from .alarms import OTHER_STATION, UPLOAD_CONFLICT, raise_alert
from .database import Database, insert_new
from .schema import alerts, claims, code_photos, codes, events, inspections, photos, proofs, steps

PUBLIC_KINDS = frozenset({"frame", "label"})
"""Pictures a buyer may see: the judged frames of a pass and the picture of the label."""

MOST_PUBLIC = 6
"""Pictures of a case a buyer sees at most."""

UNPROVEN_AT_ONCE = 200
"""Codes a station is asked the proofs of at once."""

_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_Key = Annotated[str, Field(min_length=1, max_length=200)]
_Moment = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(9000, 1, 1, tzinfo=UTC))]
"""When a station's clock said it was: wrong it may be, but a page must be able to show it."""

MOST_STEPS = 10_000
MOST_ROWS = 2**62
MOST_PX = 1e6


class EventIn(BaseModel):
    """An event of a station's outbox."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Annotated[int, Field(ge=1, le=2**62)]
    key: _Key
    kind: Annotated[str, Field(max_length=40)]
    at: _Moment
    payload: dict[str, Any]


class Batch(BaseModel):
    """Events of one upload, oldest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    events: Annotated[list[EventIn], Field(max_length=500)]


class Taken(BaseModel):
    """What became of an upload: how many events were new, how many known; the pictures that are still missed."""

    taken: int
    repeated: int
    wanted: list[str]


class Unproven(BaseModel):
    """The leaf in a station's log that says a code became ACTIVE, and of which no proof is here yet."""

    serial: str
    index: int


class _Step(BaseModel):
    """What a "code" event says; more may be in it and is kept."""

    serial: str
    text: str
    case_id: str = ""
    after: str
    step: Annotated[int, Field(ge=0, le=MOST_STEPS)] | None = None
    subject: Literal["state", "suspicion"] = "state"
    reason: str = ""
    facts: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Told:
    """An event with the station it came from."""

    station: str
    key: str
    at_s: float
    payload: Mapping[str, Any]


class Uploads:
    """The receiving side of the site; stations in `allowed` may change what another has uploaded first."""

    def __init__(self, database: Database, allowed: Set[str] = frozenset()) -> None:
        self._database = database
        self._allowed = allowed

    def take(self, station: str, told: Sequence[EventIn]) -> Taken:
        """Take events in one transaction; those that were taken before change nothing.

        Raises:
            UploadRefused: an event of a known kind does not say what it must; nothing of the call is kept.
        """
        taken, named = 0, list[str]()
        with self._database.writing() as connection:
            for event in told:
                _check_text(event)
                values = {"station": station, "key": event.key, "number": event.number, "kind": event.kind}
                values |= {"at_s": event.at.timestamp(), "taken_s": time.time()}
                fresh = insert_new(connection, events, values, ["station", "key"])
                taken += fresh
                found = _Told(station, event.key, event.at.timestamp(), event.payload)
                named += _take(connection, event.kind, found, fresh=fresh)
                if fresh:
                    self._look_whose(connection, event.kind, found)
            wanted = _missing(connection, named)
        return Taken(taken=taken, repeated=len(told) - taken, wanted=wanted)

    def wants(self, digest: str) -> bool:
        """Whether an event has named this picture (hex SHA-256) and it is not here yet."""
        with self._database.reading() as connection:
            named = sa.select(code_photos.c.digest).where(code_photos.c.digest == digest).limit(1)
            here = sa.select(photos.c.digest).where(photos.c.digest == digest)
            return connection.scalar(named) is not None and connection.scalar(here) is None

    def has_photo(self, digest: str, media: str, size: tuple[int, int]) -> None:
        """Note that a picture is in the folder now; `size` its width and height in pixels."""
        values = {"digest": digest, "media": media, "width": size[0], "height": size[1], "taken_s": time.time()}
        with self._database.writing() as connection:
            insert_new(connection, photos, values, ["digest"])

    def unproven(self, station: str) -> list[Unproven]:
        """The first codes of a station that became ACTIVE and lack the proof of it.

        A station numbers its events from 1 and its leaves from 0, and writes each event with its leaf.
        """
        key = steps.c.serial + ":" + sa.cast(steps.c.step, sa.Text) + ":" + steps.c.after
        index = (events.c.number - 1).label("index")
        told = sa.and_(events.c.station == steps.c.station, events.c.key == key)
        here = sa.and_(proofs.c.serial == steps.c.serial, proofs.c.index == events.c.number - 1)
        query = (
            sa.select(steps.c.serial, index)
            .join(events, told)
            .outerjoin(proofs, here)
            .where(steps.c.station == station, steps.c.subject == "state", steps.c.after == str(States.ACTIVE))
            .where(proofs.c.serial.is_(None))
            .order_by(events.c.number)
            .limit(UNPROVEN_AT_ONCE)
        )
        with self._database.reading() as connection:
            return [Unproven(serial=serial, index=index) for serial, index in connection.execute(query)]

    def take_proof(self, station: str, serial: str, index: int, text: str) -> None:
        """Keep a code's proof file for leaf `index` of its station's log; the newest of a leaf counts.

        Raises:
            UploadRefused: the code is unknown, or the text is no proof file.
        """
        if not text.startswith("c2sp.org/tlog-proof@v1\n") or f"\nindex {index}\n" not in text:
            raise UploadRefused(f"proof of {serial[:40]}: not a tlog-proof file for leaf {index}")
        with self._database.writing() as connection:
            if connection.scalar(sa.select(codes.c.serial).where(codes.c.serial == serial)) is None:
                raise UploadRefused(f"proof of {serial[:40]}: no such code was uploaded: send its events first")
            c = proofs.c
            connection.execute(sa.delete(proofs).where(c.serial == serial, c.index == index))
            connection.execute(
                proofs.insert(), {"serial": serial, "index": index, "text": text, "taken_s": time.time()}
            )
            self._look(connection, station, serial, time.time(), {"proof": index})

    def _look_whose(self, connection: Connection, kind: str, told: _Told) -> None:
        """Look whether what was told changes a code that another station has uploaded."""
        if kind == "code":
            what = {"after": told.payload["after"], "reason": str(told.payload.get("reason", ""))}
            self._look(connection, told.station, told.payload["serial"], told.at_s, what)
        elif kind == "inspection" and told.payload.get("code") and told.payload["verdict"] == "PASS":
            what = {"inspection": told.payload["row"]}
            self._look(connection, told.station, told.payload["code"]["serial"], told.at_s, what)

    def _look(self, connection: Connection, station: str, serial: str, at_s: float, what: Mapping[str, object]) -> None:
        """Let inspectors know of a station that changes another's code: once a code and station, while it is open.

        Cases are reworked at other stations, so the change is kept; a token that was stolen does the same.
        """
        first = connection.scalar(sa.select(codes.c.station).where(codes.c.serial == serial))
        if first in ("", station) or station in self._allowed:
            return
        c = alerts.c
        told = connection.execute(
            sa.select(c.facts, c.closed_s.is_(None)).where(c.kind == OTHER_STATION, c.serial == serial)
        ).all()
        if any(station in facts["stations"] for facts, is_open in told if not is_open):
            return
        stations = {station}.union(*(facts["stations"] for facts, is_open in told if is_open))
        facts = {"stations": sorted(stations), "first": first, **what}
        raise_alert(connection, OTHER_STATION, at_s, serial=serial, facts=facts)


def _check_text(event: EventIn) -> None:
    """Refuse texts no database has to take; a station writes none."""
    place = place_of_nul({"key": event.key, "kind": event.kind, "payload": event.payload})
    if place is not None:
        raise UploadRefused(f"event {event.key[:80]!r}: {place} holds a NUL character")


def _take(connection: Connection, kind: str, told: _Told, *, fresh: bool) -> list[str]:
    """Take an event into the tables; the digests of the pictures it names, which a repeat names too."""
    try:
        if kind == "code":
            return _take_step(connection, told, fresh=fresh)
        if kind in ("inspection", "overrule"):
            return _take_inspection(connection, kind, told, fresh=fresh)
        if kind == "pin" and fresh:
            _take_pin(connection, told)
    except (
        ValidationError,
        LinkError,
        UploadRefused,
        KeyError,
        TypeError,
        ValueError,
        OverflowError,
        AttributeError,
    ) as e:
        raise UploadRefused(f"event {told.key[:80]} of {told.station}: {_first_line(e)}") from e
    return []


def _take_step(connection: Connection, told: _Told, *, fresh: bool) -> list[str]:
    step = _Step.model_validate(dict(told.payload))
    number = step.step if step.step is not None else _counted(told.key.partition(":")[2].split(":")[0], MOST_STEPS)
    link = parse_link(step.text)
    if link.serial != step.serial:
        raise UploadRefused(f"serial {step.serial[:40]} is not the one of its text")
    images = _images([*(told.payload.get("images") or ()), *_read_back(step)])
    if not fresh:
        return [image["digest"] for image in images]
    after = str(States(step.after) if step.subject == "state" else Suspicion(step.after))
    _know(connection, told, step.text, step.case_id)
    row = {"serial": step.serial, "step": number, "station": told.station, "subject": step.subject, "after": after}
    row |= {"at_s": told.at_s, "payload": dict(told.payload)}
    if not insert_new(connection, steps, row, ["serial", "step"]):
        raise_alert(connection, UPLOAD_CONFLICT, told.at_s, serial=step.serial, facts={"key": told.key})
        return []
    _move(connection, step, number, after)
    if after == States.RETURNED:  # whoever had it gave it back; one who claims it later is another
        gone = sa.delete(claims).where(claims.c.serial == step.serial, claims.c.at_s <= told.at_s)
        connection.execute(gone)
    _name(connection, step.serial, images, passed=True)
    return [image["digest"] for image in images]


def _move(connection: Connection, step: _Step, number: int, after: str) -> None:
    """Let a step count if none later has: events may come in any order."""
    c = codes.c
    mine = sa.update(codes).where(c.serial == step.serial)
    if step.subject == "state":
        connection.execute(mine.where(c.state_step < number).values(state=after, state_step=number))
        return
    reason = f"check {step.facts['check']}" if step.facts.get("check") else step.reason
    values = {"suspicion": after, "suspicion_step": number, "suspicion_reason": reason}
    connection.execute(mine.where(c.suspicion_step < number).values(values))


def _take_inspection(connection: Connection, kind: str, told: _Told, *, fresh: bool) -> list[str]:
    payload = told.payload
    code = payload.get("code")
    passed = kind == "inspection" and payload["verdict"] == "PASS"
    images = _images(payload.get("images")) if passed and code else []
    if not fresh:
        return [image["digest"] for image in images]
    serial = None if code is None else check_serial(code["serial"])
    if not isinstance(payload.get("versions") or {}, dict):
        raise UploadRefused("versions are no names with values")
    row: dict[str, Any] = {
        "station": told.station,
        "row": _counted(payload["row"], MOST_ROWS),
        "kind": kind,
        "case_id": str(payload["case_id"]),
    }
    row |= {"serial": serial, "verdict": str(payload["verdict"]), "at_s": told.at_s, "payload": dict(payload)}
    if not insert_new(connection, inspections, row, ["station", "row"]):
        raise_alert(connection, UPLOAD_CONFLICT, told.at_s, serial=serial or "", facts={"key": told.key})
        return []
    if code is None or serial is None or not passed:
        return []
    _know(connection, told, code["text"], row["case_id"])
    c = codes.c
    newer = sa.update(codes).where(c.serial == serial, sa.or_(c.passed_s.is_(None), c.passed_s <= told.at_s))
    facts = {"sku": str(payload.get("sku", "")), "batch": str(payload.get("batch") or ""), "passed_s": told.at_s}
    connection.execute(newer.values(facts))
    _name(connection, serial, images, passed=passed)
    return [image["digest"] for image in images]


def _take_pin(connection: Connection, told: _Told) -> None:
    """Set a code's PIN, as a keyed hash; one that has a PIN keeps it, and the upload is refused."""
    serial, digest = check_serial(told.payload["serial"]), bytes.fromhex(told.payload["hash"])
    if len(digest) != 32:
        raise UploadRefused("the hash of a PIN has 32 bytes")
    _know(connection, told, told.payload["text"], "", owned=False)
    mine = sa.update(codes).where(codes.c.serial == serial, codes.c.pin_hash.is_(None))
    if connection.execute(mine.values(pin_hash=digest)).rowcount == 0:
        raise UploadRefused(f"code {serial} has a PIN: no second one is set")


def _know(connection: Connection, told: _Told, text: str, case_id: str, *, owned: bool = True) -> None:
    """Make sure the code is there; its state is what its steps will say.

    It is the station's that first tells of it, `owned` or not: whoever sets PINs makes no code its own.
    """
    link = parse_link(text)
    values: dict[str, Any] = {
        "serial": link.serial,
        "gtin": link.gtin,
        "text": text,
        "station": told.station if owned else "",
        "case_id": case_id,
    }
    values |= {"state": str(States.RESERVED), "state_step": -1, "suspicion": str(Suspicion.NONE), "suspicion_step": -1}
    values |= {"suspicion_reason": "", "alarm": str(Suspicion.NONE), "sku": "", "batch": ""}
    if insert_new(connection, codes, values | {"uploaded_s": time.time()}, ["serial"]):
        return
    mine = codes.c.serial == link.serial
    held = connection.execute(sa.select(codes.c.case_id, codes.c.station).where(mine)).mappings().one()
    if late := {name: values[name] for name in held if values[name] and not held[name]}:
        connection.execute(sa.update(codes).where(mine).values(late))


def _counted(told: Any, most: int) -> int:
    """A number that counts something up from 0."""
    if not 0 <= (number := int(told)) <= most:
        raise UploadRefused(f"{str(told)[:40]} is no number from 0 to {most}")
    return number


def _read_back(step: _Step) -> list[dict[str, Any]]:
    """The picture the label was read in, as a step to ACTIVE names it among what proves it."""
    digest = step.facts.get("picture")
    if digest is None:
        return []
    return [{"kind": "label", "view": "label", "digest": digest, "corners": step.facts.get("corners_px")}]


def _images(told: Any) -> list[dict[str, Any]]:
    """The pictures an event names, their digests as bare hex."""
    found = []
    for image in told or ():
        if not (digest := _DIGEST.fullmatch(str(image["digest"]))):
            raise UploadRefused("a picture's digest is not sha256: and 64 hex digits")
        rest = {name: str(image.get(name) or "") for name in ("kind", "view", "light")}
        found.append({"digest": digest[1], **rest, "corners": _corners(image.get("corners"))})
    return found


def _corners(told: Any) -> list[list[float]] | None:
    if told is None:
        return None
    corners = [[float(x), float(y)] for x, y in told]
    if len(corners) != 4 or not all(abs(value) < MOST_PX for corner in corners for value in corner):
        raise UploadRefused("a label has four corners, in pixels")
    return corners


def _name(connection: Connection, serial: str, images: Sequence[Mapping[str, Any]], *, passed: bool) -> None:
    for image in images:
        public = passed and image["kind"] in PUBLIC_KINDS
        values = {"serial": serial, "public": public, **image}
        insert_new(connection, code_photos, values, ["serial", "digest"])


def _missing(connection: Connection, named: Sequence[str]) -> list[str]:
    unique = list(dict.fromkeys(named))
    here = set(connection.scalars(sa.select(photos.c.digest).where(photos.c.digest.in_(unique))))
    return [digest for digest in unique if digest not in here]


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
