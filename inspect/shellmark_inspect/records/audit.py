"""Auditing: whether the records are what the log says they were, leaf by leaf; the first that is not, exactly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import Unreadable
from shellmark_trace import LeafError, Suspicion, leaf_hash, payload_hash

from . import rows
from .audit_outbox import CODE, RECORDS, Outbox, Seen, numbers
from .export import record_json
from .leaves import CHUNK, Leaf, Leaves
from .schema import cases, code_events, codes, inspections, outbox

Reading = Callable[[], AbstractContextManager[Connection]]

_STEP = ("serial", "subject", "before", "after", "row")

_UNTOUCHED = {"state": "nothing", "suspicion": str(Suspicion.NONE)}
"""Where a code stands that no step has led anywhere."""

_LABEL = "label"
"""The kind of a picture that comes to a record later, when its label is read; the code's step has its digest."""

_LATER = ("suspect",)
"""What becomes known of a record only after its leaf was written."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Something that is not what the log says it was: which leaf, and what about it."""

    leaf: Leaf
    what: str

    def __str__(self) -> str:
        return f"{self.leaf}: {self.what}"


class Audit:
    """Compares the records with one station's log; for any thread, in bounded memory."""

    def __init__(self, reading: Reading, images: Path, station: str) -> None:
        self.leaves = Leaves(reading, station)
        self._outbox = Outbox(reading, station)
        self._reading = reading
        self._images = images
        self._station = station

    def edits(self, size: int) -> Iterator[tuple[Leaf, Edit | None]]:
        """Every leaf up to `size`, each with the first thing that is wrong with it, None for nothing.

        Looked at are the leaf's hash, its payload's salted hash, the record or the code's step the payload tells of,
        the case a record was the first of, and the event of the outbox. What is left of a leaf whose payload was erased
        is its entry: the event must say the same as far as that goes, and the record the same as the event. A leaf that
        is missing comes as an empty one.
        """
        start: int | None = 0
        while start is not None and start < size:
            stop = min(size, start + CHUNK)
            held = {leaf.index: leaf for leaf in self.leaves.leaves(start, stop)}
            yield from self._chunk(held, range(start, stop if held else start + 1))
            start = stop if held else self.leaves.following(start)  # a number may be far beyond the others

    def _chunk(self, held: Mapping[int, Leaf], due: Sequence[int]) -> Iterator[tuple[Leaf, Edit | None]]:
        seen = self._outbox.beside(list(held.values()))
        there, posted = self._there(seen), self._outbox.faults(seen)
        told = {one.leaf.index: one for one in seen}
        for index in due:
            if (leaf := held.get(index)) is None:
                gone = Leaf(index, b"", b"", None, None)
                yield gone, Edit(gone, "the leaf was deleted")
                continue
            what = _leaf_fault(leaf) or _told(told[index], there) or posted.get(index, "")
            yield leaf, Edit(leaf, what) if what else None

    def erased(self, size: int) -> Mapping[str, int]:
        """How many leaves up to `size` have lost their payload, by the day (UTC) their event says, or "unknown"."""
        return self._outbox.erased(size)

    def strayed_code(self) -> str:
        """A code that stands elsewhere than its last step has left it, in one line; "" for none."""
        c, e, last = codes.c, code_events.c, code_events.alias("last")
        with self._reading() as connection:
            for subject, column in (("state", c.state), ("suspicion", c.suspicion)):
                newest = sa.select(sa.func.max(last.c.step)).where(last.c.serial == c.serial, last.c.subject == subject)
                same = sa.and_(e.serial == c.serial, e.step == newest.scalar_subquery())
                after = sa.func.coalesce(e.after, _UNTOUCHED[subject])
                query = sa.select(c.serial, column, after).select_from(codes.join(code_events, same, isouter=True))
                query = query.where(c.station == self._station, column != after).order_by(c.row).limit(1)
                if (row := connection.execute(query).first()) is not None:
                    return f"code {row[0]} stands at {row[1]}, its last step led to {row[2]}: its row was edited"
        return ""

    def added(self) -> str:
        """Rows of this station that no leaf tells of, in one line; "" for none."""
        i, e, k = inspections.c, code_events.c, cases.c
        alone = sa.select(k.case_id).where(k.station == self._station, ~sa.exists().where(i.case_id == k.case_id))
        steps = e.serial + ":" + sa.cast(e.step, sa.Text) + ":" + e.after
        with self._reading() as connection:
            keys = i.station + ":" + sa.cast(i.sequence, sa.Text)
            return (
                self._added(connection, "records", inspections, keys, *RECORDS)
                or self._added(connection, "codes' steps", code_events, steps, CODE)
                or self._outbox.added(connection)
                or _unrecorded(connection.scalar(alone.limit(1)))
            )

    def _added(
        self, connection: Connection, what: str, table: sa.Table, key: sa.ColumnElement[str], *kinds: str
    ) -> str:
        mine = table.c.station == self._station
        rows_here = sa.select(sa.func.count()).where(mine).scalar_subquery()
        both = sa.select(rows_here, self.leaves.count_of(connection, *kinds))  # one statement sees one moment
        count, known = connection.execute(both).one()
        if count <= known:
            return ""
        untold = sa.select(table).where(mine, ~sa.exists().where(outbox.c.key == key)).limit(1)
        found = connection.execute(untold).mappings().first()
        of_code = f" of code {found['serial']}" if found and found["serial"] else ""
        name = "" if found is None else f", such as row {found['row']}{of_code}"
        return f"there are {count} {what}, the log tells of {known}: rows were added{name}"

    def _there(self, chunk: Sequence[Seen]) -> dict[str, Mapping[str, Any]]:
        """What the database says now of what these leaves tell of; what cannot be read is not there."""
        wanted = numbers(chunk, "row", *RECORDS)
        serials = {str(one.told.get("serial") or "") for one in chunk if one.kind == CODE}
        firsts = {str(one.told.get("case_id")) for one in chunk if _is_first(one)}
        try:
            return self._records(wanted) | self._steps(serials) | self._cases(firsts)
        except Unreadable:
            found: dict[str, Mapping[str, Any]] = {}
            for read, names in ((self._records, wanted), (self._steps, serials), (self._cases, firsts)):
                for name in names:
                    with suppress(Unreadable):
                        found |= read({name})  # type: ignore[arg-type]
            return found

    def _records(self, wanted: Set[int]) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        with self._reading() as connection:
            held = connection.execute(sa.select(inspections).where(inspections.c.row.in_(wanted))).mappings().all()
            drawn = _drawn(connection, {head["serial"] for head in held if head["serial"] is not None})
            for head, record in zip(held, rows.load(connection, held, self._images), strict=True):
                told = record_json(replace(record, code=None)) | {"kind": head["kind"]}
                found[str(record.row)] = _steady(told | {"code": drawn.get(head["serial"])})
        return found

    def _cases(self, wanted: Set[str]) -> dict[str, Mapping[str, Any]]:
        with self._reading() as connection:
            held = connection.execute(sa.select(cases).where(cases.c.case_id.in_(wanted))).mappings().all()
            return {_case(row["case_id"]): {name: row[name] for name in ("sku", "station", "first_at")} for row in held}

    def _steps(self, serials: Set[str]) -> dict[str, Mapping[str, Any]]:
        with self._reading() as connection:
            c = codes.c
            of_code = (c.gtin, c.text, c.case_id, c.order_no, c.batch)
            drawn = (c.station.label("drawn_by"), c.row.label("drawn_row"), c.drawn_at)
            both = code_events.join(codes, c.serial == code_events.c.serial)
            steps = sa.select(code_events, *of_code, *drawn).select_from(both).where(c.serial.in_(serials))
            found = connection.execute(steps).mappings().all()
            return {_place(event): _step(event) for event in found}


def _drawn(connection: Connection, serials: set[str]) -> dict[str, dict[str, Any]]:
    """The codes of these serials as records were told of them: one that was replaced since is meant, not its heir."""
    c = codes.c
    query = sa.select(c.serial, c.gtin, c.text).where(c.serial.in_(sorted(serials)))
    return {row["serial"]: dict(row) for row in connection.execute(query).mappings()}


def _leaf_fault(leaf: Leaf) -> str:
    """What is wrong with a leaf by itself."""
    if leaf_hash(leaf.entry) != leaf.hash:
        return "its entry or its hash was edited"
    if leaf.payload is None or leaf.salt is None:
        return ""
    try:
        kept = json.loads(leaf.entry).get("payload")
        if payload_hash(leaf.payload, leaf.salt) != kept:
            return "its payload was edited"
    except (ValueError, AttributeError, RecursionError, LeafError):
        return "its entry or its salt was edited"
    return ""


def _told(one: Seen, there: Mapping[str, Mapping[str, Any]]) -> str:
    """What is wrong with what a leaf tells of; a payload no station writes is edited."""
    try:
        return _told_fault(one, there)
    except (TypeError, AttributeError):
        return "its payload was edited"


def _told_fault(one: Seen, there: Mapping[str, Mapping[str, Any]]) -> str:
    """What is wrong with what a leaf tells of."""
    kind, told = one.kind, one.told
    if kind not in (*RECORDS, CODE) or not told:
        return ""
    is_record = kind in RECORDS
    place = str(told.get("row")) if is_record else _place({"subject": "state", **told})
    what = "record" if is_record else "code's step"
    if (now := there.get(place)) is None:
        return f"the {what} it tells of was deleted or edited"
    if is_record:
        then = _steady(told) | {"kind": kind}
        wrong = sorted(name for name, value in now.items() if then.get(name, value) != value)
    else:  # a step tells of nothing it has not
        wrong = sorted(name for name, value in now.items() if (told.get(name) or None) != (value or None))
    if wrong and one.erased:
        return f"its payload is erased, and the {what} is not what the outbox told: {', '.join(wrong)}"
    if wrong:
        return f"the {what} was edited: {', '.join(wrong)}"
    return _case_fault(told, there) if _is_first(one) else ""


def _is_first(one: Seen) -> bool:
    """Whether a leaf tells of a case's first record, with which the case became known."""
    return one.kind == "inspection" and "previous" in one.told and one.told["previous"] is None


def _case_fault(told: Mapping[str, Any], there: Mapping[str, Mapping[str, Any]]) -> str:
    if (now := there.get(_case(told["case_id"]))) is None:
        return "the case it tells of was deleted or edited"
    then = {name: told[name] for name in ("sku", "station")}
    then["first_at"] = datetime.fromisoformat(told["recorded_at"])
    wrong = sorted(name for name, value in then.items() if now[name] != value)
    return f"the case's row was edited: {', '.join(wrong)}" if wrong else ""


def _case(case_id: object) -> str:
    """What tells cases apart from rows and steps."""
    return f"case {case_id}"


def _steady(told: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record never changes: all but what later rows say of it, its code's state and its label's picture."""
    found = {name: value for name, value in told.items() if name not in _LATER}
    if code := found.get("code"):
        found["code"] = {name: value for name, value in code.items() if name != "state"}
    found["images"] = [image for image in told.get("images", ()) if image.get("kind") != _LABEL]
    return found


def _place(step: Mapping[Any, Any]) -> str:
    """What tells a code's steps apart."""
    return str([step.get(name) for name in _STEP])


def _step(event: Mapping[Any, Any]) -> dict[str, Any]:
    """A code's step in the words of its leaf, with what its code is; of the first step also how the code was drawn."""
    at = event["at"].astimezone(UTC).isoformat(timespec="microseconds")
    names = ("station", "gtin", "text", "case_id", "operator", "reason", "second_operator", "facts")
    found = {"at": at} | {name: event[name] for name in names}
    if event["before"] is None:
        drawn = (event["drawn_by"], event["drawn_row"], event["drawn_at"])
        found |= {"order": event["order_no"], "batch": event["batch"]}
        found |= {"drawn": drawn != (event["station"], event["row"], event["at"])}
    return found


def _unrecorded(case_id: object) -> str:
    return "" if case_id is None else f"case {case_id} stands in no record: its row was added"
