"""The whole story of a case: every record, every step of its codes, their leaves in the log, and who was told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import InputError
from shellmark_inspect.types import Record
from shellmark_trace import ALPHABET, SERIAL_LENGTH, LeafError, leaf_hash, payload_hash

from . import rows, schema

Reading = Callable[[], AbstractContextManager[Connection]]

TAIL_LENGTH = 6
"""Symbols of a serial that a label prints for people."""

_LINK = re.compile(r"(?i)(?:[a-z]+://)?[^/]+/01/\d{8,14}/21/(?P<serial>[^/?#]+)")
_LOOKS_LIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
"""What people read for a symbol Crockford's alphabet leaves out."""

_KEYS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class SeenLeaf:
    """A leaf of the station's log: its number from 0, its hash, and what a look at it says.

    `state` is "holds" (entry, hash and payload agree with what was told), "erased" (the payload was deleted, the entry
    agrees), "edited" (something does not agree) or "missing".
    """

    index: int
    hash: str
    state: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the outbox has of a record or a step: its station's count, its key, and its leaf in the log."""

    station: str
    number: int
    key: str
    leaf: SeenLeaf


@dataclass(frozen=True, slots=True)
class CodeStep:
    """A step of a code: its state or the suspicion about it; `facts` are what proves it, `told` its outbox event."""

    step: int
    subject: str
    before: str | None
    after: str
    at: datetime
    station: str
    row: int | None
    operator: str
    second_operator: str
    reason: str
    facts: Mapping[str, Any]
    told: Told | None


@dataclass(frozen=True, slots=True)
class CodeStory:
    """A code with every step of its life, oldest first."""

    serial: str
    gtin: str
    text: str
    state: str
    suspicion: str
    drawn_at: datetime
    steps: tuple[CodeStep, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far a target has the case: its place in a station's outbox, and how many of the case's events it lacks."""

    target: str
    station: str
    number: int
    waiting: int
    moved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """A case: its records oldest first, each with what was told of it, its codes, and the state of every target."""

    case_id: str
    sku: str
    station: str
    first_at: datetime
    records: tuple[tuple[Record, Told | None], ...]
    codes: tuple[CodeStory, ...]
    deliveries: tuple[Delivery, ...]


class Stories:
    """Tells cases from beginning to end, on connections that can only read; for any thread."""

    def __init__(self, reading: Reading, images: Path) -> None:
        self._reading = reading
        self._images = images

    def find(self, text: str, targets: Iterable[str] = ()) -> Story:
        """The story of a case id, a serial, a serial's last six symbols or more, or a whole code as it was scanned.

        `targets` are outputs that may have taken nothing yet.

        Raises:
            InputError: there is no such case or code; near ones are named.
        """
        text = rows.text(text)
        with self._reading() as connection:
            return self._story(connection, self._case_of(connection, text), targets)

    def _case_of(self, connection: Connection, text: str) -> str:
        k, c = schema.cases.c, schema.codes.c
        if connection.scalar(sa.select(k.case_id).where(k.case_id == text)) is not None:
            return text
        serial = as_serial(text)
        case: str | None = connection.scalar(sa.select(c.case_id).where(c.serial == serial))
        if case is not None:
            return case
        if TAIL_LENGTH <= len(serial) < SERIAL_LENGTH and not set(serial) - set(ALPHABET):
            query = sa.select(c.case_id, c.serial).where(c.serial.like(f"%{serial}")).limit(4)
            found = connection.execute(query).all()
            if len(found) == 1:
                return str(found[0].case_id)
            if found:
                raise InputError(f"codes {', '.join(row.serial for row in found[:3])} end in {serial}: give more of it")
        raise InputError(f"there is no case or code {text[:60]!r}: {_hint(connection, text, serial)}")

    def _story(self, connection: Connection, case_id: str, targets: Iterable[str]) -> Story:
        i, c, k = schema.inspections.c, schema.codes.c, schema.cases.c
        case = connection.execute(sa.select(schema.cases).where(k.case_id == case_id)).mappings().one()
        heads = connection.execute(sa.select(schema.inspections).where(i.case_id == case_id).order_by(i.row)).mappings()
        records = rows.load(connection, heads.all(), self._images)
        codes = connection.execute(sa.select(schema.codes).where(c.case_id == case_id).order_by(c.row, c.drawn_at))
        found = codes.mappings().all()
        steps = _steps(connection, [code["serial"] for code in found])
        keys = [f"{record.station}:{record.sequence}" for record in records]
        keys += [_step_key(step) for step in steps]
        told = _told(connection, keys)
        return Story(
            case_id=case_id,
            sku=case["sku"],
            station=case["station"],
            first_at=case["first_at"],
            records=tuple((record, told.get(f"{record.station}:{record.sequence}")) for record in records),
            codes=tuple(_code_story(code, steps, told) for code in found),
            deliveries=_deliveries(connection, list(told.values()), targets),
        )


def as_serial(text: str) -> str:
    """The serial in what a person typed or a camera read: out of a whole code, in upper case, O, I and L as digits."""
    if link := _LINK.match(text.strip()):
        text = link["serial"]
    return text.strip().upper().translate(_LOOKS_LIKE)


def _steps(connection: Connection, serials: Sequence[str]) -> list[sa.RowMapping]:
    e = schema.code_events.c
    query = sa.select(schema.code_events).where(e.serial.in_(serials)).order_by(e.event)
    return list(connection.execute(query).mappings())


def _step_key(step: sa.RowMapping) -> str:
    return f"{step['serial']}:{step['step']}:{step['after']}"


def _code_story(code: sa.RowMapping, steps: Iterable[sa.RowMapping], told: Mapping[str, Told]) -> CodeStory:
    names = [name for name in CodeStep.__slots__ if name != "told"]
    mine = [step for step in steps if step["serial"] == code["serial"]]
    life = tuple(CodeStep(**{name: step[name] for name in names}, told=told.get(_step_key(step))) for step in mine)
    head = {name: code[name] for name in CodeStory.__slots__ if name != "steps"}
    return CodeStory(**head, steps=life)


def _told(connection: Connection, keys: Sequence[str]) -> dict[str, Told]:
    """The outbox events of these keys. An event and its leaf are written together: the leaf's number is one less."""
    o, g, p = schema.outbox.c, schema.log_leaves.c, schema.log_payloads.c
    leaf = sa.and_(g.station == o.station, g.index == o.number - 1)
    payload = sa.and_(p.station == g.station, p.index == g.index)
    source = schema.outbox.outerjoin(schema.log_leaves, leaf).outerjoin(schema.log_payloads, payload)
    query = sa.select(
        o.station, o.number, o.key, o.payload.label("told"), g.entry, g.hash, p.payload, p.salt
    ).select_from(source)
    found = {}
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        for row in connection.execute(query.where(o.key.in_(keys[start : start + _KEYS_AT_ONCE]))).mappings():
            found[row["key"]] = Told(row["station"], row["number"], row["key"], _leaf(row))
    return found


def _leaf(row: sa.RowMapping) -> SeenLeaf:
    if row["entry"] is None:
        return SeenLeaf(row["number"] - 1, "", "missing")
    try:
        return SeenLeaf(row["number"] - 1, row["hash"].hex(), _state(row))
    except (ValueError, KeyError, TypeError, AttributeError, LeafError):  # an edit may leave what is no leaf at all
        return SeenLeaf(row["number"] - 1, "", "edited")


def _state(row: sa.RowMapping) -> str:
    if leaf_hash(row["entry"]) != row["hash"]:
        return "edited"
    if row["payload"] is None:
        return "erased"
    told = {name: value for name, value in row["told"].items() if name != "corrects"}
    whole = json.loads(row["entry"])["payload"] == payload_hash(row["payload"], row["salt"])
    return "holds" if whole and json.loads(row["payload"]) == told else "edited"


def _deliveries(connection: Connection, told: Sequence[Told], targets: Iterable[str]) -> tuple[Delivery, ...]:
    stations = sorted({event.station for event in told})
    c = schema.outbox_cursors.c
    kept = connection.execute(sa.select(schema.outbox_cursors).where(c.station.in_(stations))).mappings()
    cursors = {(row["station"], row["target"]): (row["number"], row["moved_at"]) for row in kept}
    places = {*cursors, *((station, target) for station in stations for target in targets)}
    found = []
    for station, target in sorted(places):
        number, moved_at = cursors.get((station, target), (0, None))
        waiting = sum(event.station == station and event.number > number for event in told)
        found.append(Delivery(target, station, number, waiting, moved_at))
    return tuple(found)


def _hint(connection: Connection, text: str, serial: str) -> str:
    """Near misses of a text that is neither: codes a symbol away, cases that hold the text."""
    near = [*_near_serials(connection, serial), *_near_cases(connection, text)]
    if near:
        return f"near are {', '.join(near[:5])}"
    return "`shellmark records list` shows the cases there are"


def _near_serials(connection: Connection, serial: str) -> list[str]:
    """Serials one symbol away: another one, one too many, one too few, or two exchanged."""
    if not serial.isascii() or not serial.isalnum():
        return []
    c, places = schema.codes.c, range(len(serial))
    if len(serial) == TAIL_LENGTH:  # as printed on the label
        tails = [f"%{serial[:p]}_{serial[p + 1 :]}" for p in places]
        query = sa.select(c.serial).where(sa.or_(*(c.serial.like(pattern) for pattern in tails)))
        return list(connection.scalars(query.limit(3)))
    if abs(len(serial) - SERIAL_LENGTH) > 1:
        return []
    exact = [serial[:p] + serial[p + 1] + serial[p] + serial[p + 2 :] for p in places[:-1]]
    exact += [serial[:p] + serial[p + 1 :] for p in places]
    like = [f"{serial[:p]}_{serial[p + 1 :]}" for p in places] + [f"{serial[:p]}_{serial[p:]}" for p in (*places, 13)]
    query = sa.select(c.serial).where(sa.or_(c.serial.in_(exact), *(c.serial.like(pattern) for pattern in like)))
    return list(connection.scalars(query.limit(3)))


def _near_cases(connection: Connection, text: str) -> list[str]:
    k = schema.cases.c
    query = sa.select(k.case_id).where(sa.func.lower(k.case_id).contains(text.lower(), autoescape=True))
    return list(connection.scalars(query.order_by(k.case_id).limit(3))) if text else []
