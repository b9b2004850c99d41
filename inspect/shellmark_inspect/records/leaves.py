"""Reading a station's transparency log: its entries in order, in chunks, and what they stand for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_trace import LogForked, leaf_hash

from .schema import log_leaves, log_payloads

CHUNK = 512
"""Leaves fetched at once; no read lock is held between two chunks."""

MOST_LEAVES = 2**62
"""What an edit numbered beyond is no leaf."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf as it is kept: its number, canonical entry and hash; the payload with its salt, None once erased."""

    index: int
    entry: bytes
    hash: bytes
    payload: bytes | None
    salt: bytes | None

    def told(self) -> dict[str, Any]:
        """The payload's values; nothing where it was erased or is no JSON."""
        try:
            found = json.loads(self.payload or b"{}")
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def said(self) -> dict[str, Any]:
        """What the entry says in clear; nothing where it is no JSON object."""
        try:
            found = json.loads(self.entry)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def row(self) -> int | None:
        """The record it tells of."""
        found = self.told().get("row")
        return found if isinstance(found, int) else None

    @property
    def serial(self) -> str:
        """The code it tells of, "" for none."""
        told = self.told()
        code = told.get("code") or {}
        return str(told.get("serial") or (code.get("serial") if isinstance(code, dict) else "") or "")

    def __str__(self) -> str:
        named = [f"row {self.row}"] if self.row is not None else []
        named += [f"serial {self.serial}"] if self.serial else []
        return f"leaf {self.index} ({', '.join(named) or 'its payload is erased or names no record'})"


class Leaves:
    """The log of one station, on connections that can only read; for any thread."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Connection]], station: str) -> None:
        self._reading = reading
        self.station = station

    def size(self) -> int:
        """How many leaves there are.

        Raises:
            LogForked: they are not numbered from 0 without gaps.
        """
        c = log_leaves.c
        query = sa.select(sa.func.count(), sa.func.max(c.index)).where(c.station == self.station)
        with self._reading() as connection:
            count, last = connection.execute(query).one()
        if count and last != count - 1:
            raise LogForked(f"the log of {self.station} has {count} leaves and a leaf {last}: leaves were deleted")
        return int(count)

    def last(self) -> int:
        """One more than the number of the last leaf, whether or not those before are all there."""
        c = log_leaves.c
        with self._reading() as connection:
            query = sa.select(sa.func.max(c.index)).where(c.station == self.station, c.index < MOST_LEAVES)
            last = connection.scalar(query)
        return 0 if last is None else int(last) + 1

    def following(self, start: int) -> int | None:
        """The number of the first leaf there is from `start` on, None for none."""
        c = log_leaves.c
        query = sa.select(sa.func.min(c.index)).where(c.station == self.station, c.index >= start)
        with self._reading() as connection:
            found = connection.scalar(query.where(c.index < MOST_LEAVES))
        return None if found is None else int(found)

    def count_of(self, connection: Connection, *kinds: str) -> sa.ScalarSelect[int]:
        """What counts, within a statement on `connection`, the leaves of these kinds, by their entries."""
        c, is_sqlite = log_leaves.c, connection.dialect.name == "sqlite"
        which = sa.or_(*(_place_of(f'"kind":"{kind}"', c.entry, is_sqlite=is_sqlite) > 0 for kind in kinds))
        return sa.select(sa.func.count()).where(c.station == self.station, which).scalar_subquery()

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The entries from `start` up to `stop`, in order.

        Raises:
            LogForked: one is missing, or does not fit the hash kept beside it.
        """
        due = start
        for leaf in self.leaves(start, stop):
            if leaf.index != due or leaf_hash(leaf.entry) != leaf.hash:
                raise LogForked(
                    f"the log of {self.station} was edited at {leaf if leaf.index == due else f'leaf {due}'}: "
                    "`shellmark log check` says more"
                )
            due += 1
            yield leaf.entry

    def leaves(self, start: int, stop: int) -> Iterator[Leaf]:
        """The leaves from `start` up to `stop` that there are, in order, with their payloads."""
        c, p = log_leaves.c, log_payloads.c
        same = sa.and_(p.station == c.station, p.index == c.index)
        query = (
            sa.select(c.index, c.entry, c.hash, p.payload, p.salt)
            .select_from(log_leaves.outerjoin(log_payloads, same))
            .where(c.station == self.station)
            .order_by(c.index)
        )
        while start < stop:
            with self._reading() as connection:
                chunk = query.where(c.index >= start, c.index < min(stop, start + CHUNK))
                found = [_leaf(*row) for row in connection.execute(chunk)]
            yield from found
            start += CHUNK

    def of_serial(self, serial: str) -> list[int]:
        """The numbers of the leaves that tell of a code's steps, oldest first; reads through every payload."""
        held = self._holding(f'"serial":{json.dumps(serial)}')
        leaves = (leaf for index in held for leaf in self.leaves(index, index + 1))
        return [leaf.index for leaf in leaves if leaf.told().get("serial") == serial]

    def of_row(self, row: int) -> list[int]:
        """The numbers of the leaves that tell of a record, oldest first; reads through every payload."""
        return self._holding(f'"row":{row},')

    def _holding(self, part: str) -> list[int]:
        p = log_payloads.c
        with self._reading() as connection:
            is_sqlite = connection.dialect.name == "sqlite"
            place = _place_of(part, p.payload, is_sqlite=is_sqlite)
            query = sa.select(p.index).where(p.station == self.station, place > 0).order_by(p.index)
            return [int(index) for index in connection.scalars(query)]


def _leaf(index: int, entry: object, digest: object, payload: object, salt: object) -> Leaf:
    """A leaf; what an edit left that are no bytes fits no hash."""
    erased = payload is None and salt is None
    return Leaf(index, _bytes(entry), _bytes(digest), *((None, None) if erased else (_bytes(payload), _bytes(salt))))


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _place_of(part: str, column: sa.Column[bytes], *, is_sqlite: bool) -> sa.ColumnElement[int]:
    """Where a text stands in UTF-8, from 1; 0 for nowhere."""
    if is_sqlite:
        return sa.func.instr(column, sa.literal(part.encode(), sa.LargeBinary))
    return sa.func.strpos(sa.func.convert_from(column, "UTF8"), part)
