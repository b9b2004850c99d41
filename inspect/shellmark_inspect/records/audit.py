"""Auditing: whether the records are what the log says they were, leaf by leaf; the first that is not, exactly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_trace import LeafError, leaf_hash, payload_hash

from . import rows
from .export import record_json
from .leaves import CHUNK, Leaf, Leaves
from .schema import code_events, codes, inspections

Reading = Callable[[], AbstractContextManager[Connection]]

_RECORDS = ("inspection", "overrule")
_CODE = "code"
_STEP = ("serial", "subject", "before", "after", "row")
"""What tells a code's steps apart."""

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
        self._reading = reading
        self._images = images
        self._station = station

    def edits(self, size: int) -> Iterator[tuple[Leaf, Edit | None]]:
        """Every leaf up to `size`, each with the first thing that is wrong with it, None for nothing.

        Looked at are the leaf's hash, its payload's salted hash, and the record or the code's step the payload tells
        of. A leaf that is missing comes as an empty one.
        """
        for start in range(0, size, CHUNK):
            stop = min(size, start + CHUNK)
            held = {leaf.index: leaf for leaf in self.leaves.leaves(start, stop)}
            there = self._there(list(held.values()))
            for index in range(start, stop):
                if (leaf := held.get(index)) is None:
                    gone = Leaf(index, b"", b"", None, None)
                    yield gone, Edit(gone, "the leaf was deleted")
                    continue
                what = _leaf_fault(leaf) or _told_fault(leaf, there)
                yield leaf, Edit(leaf, what) if what else None

    def strayed_code(self) -> str:
        """A code that stands elsewhere than its last step has left it, in one line; "" for none."""
        c, e, last = codes.c, code_events.c, code_events.alias("last")
        with self._reading() as connection:
            for subject, column in (("state", c.state), ("suspicion", c.suspicion)):
                newest = sa.select(sa.func.max(last.c.step)).where(last.c.serial == c.serial, last.c.subject == subject)
                same = sa.and_(e.serial == c.serial, e.step == newest.scalar_subquery())
                query = sa.select(c.serial, column, e.after).select_from(codes.join(code_events, same))
                query = query.where(c.station == self._station, column != e.after).order_by(c.row).limit(1)
                if (row := connection.execute(query).first()) is not None:
                    return f"code {row[0]} stands at {row[1]}, its last step led to {row[2]}: its row was edited"
        return ""

    def _there(self, chunk: Sequence[Leaf]) -> dict[object, Mapping[str, Any]]:
        """What the database says now of what these leaves tell of."""
        found: dict[object, Mapping[str, Any]] = {}
        wanted = {leaf.row for leaf in chunk if _kind(leaf) in _RECORDS}
        serials = {leaf.serial for leaf in chunk if _kind(leaf) == _CODE}
        c, e = inspections.c, code_events.c
        with self._reading() as connection:
            held = connection.execute(sa.select(inspections).where(c.row.in_(wanted))).mappings().all()
            for record in rows.load(connection, held, self._images, follow=False):
                found[record.row] = _steady(record_json(record))
            steps = sa.select(code_events).where(e.serial.in_(serials))
            for event in connection.execute(steps).mappings():
                found[tuple(event[name] for name in _STEP)] = _step(event)
        return found


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
    except (ValueError, AttributeError, LeafError):
        return "its entry or its salt was edited"
    return ""


def _told_fault(leaf: Leaf, there: Mapping[object, Mapping[str, Any]]) -> str:
    """What is wrong with what a leaf tells of."""
    kind, told = _kind(leaf), leaf.told()
    if kind not in (*_RECORDS, _CODE) or not told:
        return ""
    is_record = kind in _RECORDS
    place = told.get("row") if is_record else tuple(({"subject": "state"} | told).get(name) for name in _STEP)
    what = "record" if is_record else "code's step"
    if (now := there.get(place)) is None:
        return f"the {what} it tells of was deleted or edited"
    then = _steady(told) if is_record else told
    wrong = sorted(name for name, value in now.items() if then.get(name, value) != value)
    return f"the {what} was edited: {', '.join(wrong)}" if wrong else ""


def _steady(told: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record never changes: all but what later rows say of it, its code's state and its label's picture."""
    found = {name: value for name, value in told.items() if name not in _LATER}
    if code := found.get("code"):
        found["code"] = {name: value for name, value in code.items() if name != "state"}
    found["images"] = [image for image in told.get("images", ()) if image.get("kind") != _LABEL]
    return found


def _step(event: Mapping[Any, Any]) -> dict[str, Any]:
    """A code's step in the words of its leaf."""
    at = event["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return {"at": at} | {name: event[name] for name in ("operator", "reason", "second_operator", "facts")}


def _kind(leaf: Leaf) -> str:
    try:
        return str(json.loads(leaf.entry).get("kind"))
    except (ValueError, AttributeError):
        return ""
