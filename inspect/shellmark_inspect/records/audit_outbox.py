"""What the outbox says beside the log: event n was written with leaf n - 1, and told what that leaf holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import Unreadable

from .leaves import Leaf
from .schema import code_events, inspections, log_leaves, log_payloads, outbox

K = TypeVar("K")
V = TypeVar("V")
Reading = Callable[[], AbstractContextManager[Connection]]

RECORDS, CODE = ("inspection", "overrule"), "code"
"""The kinds of events that tell of a record, and of a step of a code."""

UNKNOWN_DAY = "unknown"

_OWN = frozenset({"v", "station", "kind", "payload"})
"""What an entry says in clear of itself, not of what its payload holds."""


@dataclass(frozen=True, slots=True)
class Posted:
    """An event as the outbox has it now; `told` without what it corrects, empty where it is no JSON object."""

    key: str
    kind: str
    row: int | None
    serial: str | None
    at: datetime
    told: Mapping[str, Any]
    corrects: Any


@dataclass(frozen=True, slots=True)
class Seen:
    """A leaf and what it tells: its entry in clear, its payload's values, and its event, None for one that is gone.

    Where the payload was erased `told` is what the outbox says, which nothing proves.
    """

    leaf: Leaf
    entry: Mapping[str, Any]
    told: Mapping[str, Any]
    event: Posted | None

    @property
    def kind(self) -> str:
        """What kind of thing happened, "" for an entry that cannot be read."""
        return str(self.entry.get("kind", ""))

    @property
    def serial(self) -> str:
        """The code it tells of, "" for none."""
        return str(self.told.get("serial") or "")

    @property
    def erased(self) -> bool:
        """Whether the payload is gone."""
        return self.leaf.payload is None


class Outbox:
    """The outbox of one station beside its log, on connections that can only read; for any thread."""

    def __init__(self, reading: Reading, station: str) -> None:
        self._reading = reading
        self._station = station

    def beside(self, leaves: Sequence[Leaf]) -> list[Seen]:
        """Leaves with their events."""
        posted = _readable(self._posted, [leaf.index + 1 for leaf in leaves])
        return [_seen(leaf, posted.get(leaf.index + 1)) for leaf in leaves]

    def faults(self, seen: Sequence[Seen]) -> Mapping[int, str]:
        """What is wrong with the events of these leaves, by the leaf's number."""
        keys = _readable(self._keys, {one.serial for one in seen if one.kind == CODE})
        corrected = _readable(self._corrected, numbers(seen, "previous", "overrule"))
        found = {}
        for one in seen:
            before = one.told.get("previous")
            told = corrected.get(before) if one.kind == "overrule" and isinstance(before, int) else None
            if fault := _fault(one, keys.get(one.serial, ()), told, self._station):
                found[one.leaf.index] = fault
        return found

    def erased(self, size: int) -> Mapping[str, int]:
        """How many leaves up to `size` have no payload, by the day (UTC) their event says, or "unknown"."""
        c, p, o = log_leaves.c, log_payloads.c, outbox.c
        payload = sa.and_(p.station == c.station, p.index == c.index)
        event = sa.and_(o.station == c.station, o.number == c.index + 1)
        tables = log_leaves.outerjoin(log_payloads, payload).outerjoin(outbox, event)
        query = sa.select(sa.type_coerce(o.at, sa.types.NullType())).select_from(tables)
        with self._reading() as connection:
            found = connection.scalars(query.where(c.station == self._station, c.index < size, p.index.is_(None)))
            return dict(sorted(Counter(map(_day, found)).items()))

    def added(self, connection: Connection) -> str:
        """Events that no leaf tells of, in one line; "" for none."""
        o, c = outbox.c, log_leaves.c
        here = sa.select(sa.func.count()).where(o.station == self._station).scalar_subquery()
        known = sa.select(sa.func.count()).where(c.station == self._station).scalar_subquery()
        events, leaves = connection.execute(sa.select(here, known)).one()  # one statement sees one moment
        if events <= leaves:
            return ""
        beside = sa.exists().where(c.station == o.station, c.index == o.number - 1)
        name = connection.scalar(sa.select(o.number).where(o.station == self._station, ~beside).limit(1))
        such = "" if name is None else f", such as event {name}"
        return f"there are {events} events in the outbox, the log has {leaves} leaves: events were added{such}"

    def _posted(self, wanted: Collection[int]) -> dict[int, Posted]:
        o = outbox.c
        query = sa.select(o.number, o.key, o.kind, o.row, o.serial, o.at, o.payload)
        between = o.number.between(min(wanted), max(wanted))
        with self._reading() as connection:
            held = connection.execute(query.where(o.station == self._station, between)).mappings().all()
        return {row["number"]: _posted(row) for row in held}

    def _keys(self, serials: Collection[str]) -> dict[str, set[str]]:
        """The keys the steps of these codes have, by the code's serial."""
        e = code_events.c
        query = sa.select(e.serial, e.step, e.after).where(e.serial.in_(serials))
        found: dict[str, set[str]] = {}
        with self._reading() as connection:
            for serial, step, after in connection.execute(query):
                found.setdefault(serial, set()).add(f"{serial}:{step}:{after}")
        return found

    def _corrected(self, rows: Collection[int]) -> dict[int, Mapping[str, Any]]:
        """What was told of these records: by their leaves, or by the outbox where the payload was erased."""
        i, o, p = inspections.c, outbox.c, log_payloads.c
        event = o.key == i.station + ":" + sa.cast(i.sequence, sa.Text)
        payload = sa.and_(p.station == o.station, p.index == o.number - 1)
        tables = inspections.join(outbox, event).outerjoin(log_payloads, payload)
        query = sa.select(i.row, o.payload, p.payload.label("held"), p.salt).select_from(tables).where(i.row.in_(rows))
        found = {}
        with self._reading() as connection:
            for row, told, held, salt in connection.execute(query):
                leaf = Leaf(0, b"", b"", held, salt)
                found[row] = _without_corrects(told) if held is None else leaf.told()
        return found


def numbers(seen: Sequence[Seen], name: str, *kinds: str) -> set[int]:
    """The whole numbers that leaves of these kinds tell under a name: an edit may have put anything there."""
    told = (one.told.get(name) for one in seen if one.kind in kinds)
    return {value for value in told if isinstance(value, int)}


def _readable(read: Callable[[Collection[K]], dict[K, V]], wanted: Collection[K]) -> dict[K, V]:
    """What can be read of these: all at once, one by one where something no station writes is among them."""
    if not wanted:
        return {}
    try:
        return read(wanted)
    except Unreadable:
        found: dict[K, V] = {}
        for one in wanted:
            with suppress(Unreadable):
                found |= read([one])
        return found


def _posted(row: Mapping[Any, Any]) -> Posted:
    payload = row["payload"] if isinstance(row["payload"], dict) else {}
    head = {name: row[name] for name in ("key", "kind", "row", "serial", "at")}
    return Posted(**head, told=_without_corrects(payload), corrects=payload.get("corrects"))


def _without_corrects(payload: Any) -> Mapping[str, Any]:
    return {name: value for name, value in dict(payload).items() if name != "corrects"}


def _seen(leaf: Leaf, event: Posted | None) -> Seen:
    erased = leaf.payload is None
    return Seen(leaf, leaf.said(), (event.told if event else {}) if erased else leaf.told(), event)


def _fault(one: Seen, keys: Collection[str], corrected: Mapping[str, Any] | None, station: str) -> str:
    event, number = one.event, one.leaf.index + 1
    if event is None:
        return f"its event {number} of the outbox was deleted or edited"
    if one.erased and (wrong := sorted(_unlike_the_entry(one))):
        said = ", ".join(f"{name} {one.told.get(name)}, the entry {one.entry[name]}" for name in wrong)
        return f"its payload is erased, and its event {number} of the outbox says {said}: it was edited"
    wrong = sorted(_unlike_the_leaf(one, event, keys, station))
    if event.corrects != corrected:
        wrong.append("corrects")
    return f"its event {number} of the outbox was edited: {', '.join(wrong)}" if wrong else ""


def _unlike_the_entry(one: Seen) -> Iterator[str]:
    """What the entry says in clear and the event does not."""
    always = one.kind in (*RECORDS, CODE)
    for name in one.entry.keys() - _OWN:
        if (always or name in one.told) and one.told.get(name) != one.entry[name]:
            yield name


def _unlike_the_leaf(one: Seen, event: Posted, keys: Collection[str], station: str) -> Iterator[str]:
    """What of an event is not what its leaf tells."""
    told, is_record, is_step = one.told, one.kind in RECORDS, one.kind == CODE
    if is_step:
        fits = event.key in keys and event.key.startswith(f"{told.get('serial')}:")
        fits = fits and event.key.endswith(f":{told.get('after')}")
    elif is_record:
        fits = event.key == f"{station}:{one.entry.get('sequence')}"
    else:
        fits = event.key.startswith(f"{station}:{one.kind}:")
    if not fits:
        yield "key"
    due = {"kind": one.kind, "row": told.get("row") if is_record or is_step else None}
    due |= {"serial": told.get("serial") if is_step else None}
    yield from (name for name, value in due.items() if getattr(event, name) != value)
    if (at := _moment(told.get("recorded_at" if is_record else "at"))) is not None and event.at != at:
        yield "at"
    if event.told != told:
        yield "payload"


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(at: object) -> str:
    if isinstance(at, datetime):
        return f"{at.astimezone(UTC):%Y-%m-%d}"
    found = re.match(r"\d{4}-\d\d-\d\d", str(at))
    return found[0] if found else UNKNOWN_DAY
