"""The reading side: its own read-only connections, usable from any thread and while a station runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import InputError, RecordsError, Unreadable
from shellmark_inspect.types import Counts, Record, Verdict

from . import check_reading, rows, schema
from .audit import Audit
from .check_values import CheckFacts, CheckRecord, KeptBaseline, Reading, Suspect
from .database import file_of, mapped, read_url, reader, settings, wal_reset_bug
from .issued import Issued
from .leaves import Leaves
from .migrate import HEAD, check, revision
from .schema import inspections
from .story import Stories
from .telling import Tellings

CHUNK = 500
"""Records fetched at once by `iterate`."""


class Search(TypedDict, total=False):
    """What records are looked for by; None or nothing for any. `since` is included, `until` not.

    `model_digest` is that of the model that judged.
    """

    case_id: str | None
    serial: str | None
    sku: str | None
    model_digest: str | None
    verdict: Verdict | None
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What a person who looks after a station wants to know of its database.

    `server` is the database program with its version; `schema` what the database has, `schema_due` what this program
    writes; `rows` the records; `wal_reset_bug` whether the linked SQLite has it (the one writer keeps it from biting).
    """

    server: str
    schema: str | None
    schema_due: str
    rows: int
    settings: dict[str, Any]
    wal_reset_bug: bool


_NO_VALUES = (ValueError, TypeError, AttributeError, LookupError, OverflowError)
"""What comes of a value that is no verdict, no time, no number: the database itself takes any."""


class RecordReader:
    """Looks records up; never writes, takes no lock, may be shared by threads.

    Raises:
        DatabaseTooNew: a newer program wrote the database.
        RecordsError: there is none, or a station has to open it first.
    """

    def __init__(self, url: str | Path, images: Path) -> None:
        """Open the database at `url` and say where its pictures are."""
        parsed = read_url(url)
        file = file_of(parsed)
        self._where = file or parsed.render_as_string(hide_password=True)
        self._images = images.expanduser().absolute()
        if file is not None and not file.is_file():
            raise RecordsError(f"there is no database {file}: run a station first, or give another one")
        self._engine = reader(parsed)
        try:
            with self._reading() as connection:
                check(connection, self._where)
        except BaseException:
            self.close()
            raise

    def get(self, row: int) -> Record:
        """The record of a row.

        Raises:
            InputError: there is none.
        """
        found = self._records(sa.select(inspections).where(inspections.c.row == row))
        if not found:
            raise InputError(
                f"there is no record {row} in {self._where}: `shellmark records list` shows those there are"
            )
        return found[0]

    def latest(self, n: int = 20) -> list[Record]:
        """The last `n` records, newest first."""
        return self.find(limit=n)

    def find(self, *, limit: int = 100, offset: int = 0, **search: Unpack[Search]) -> list[Record]:
        """Records that fit everything given, newest first."""
        query = _where(search)
        return self._records(query.order_by(inspections.c.row.desc()).limit(limit).offset(offset))

    def iterate(self, **search: Unpack[Search]) -> Iterator[Record]:
        """Every record that fits, oldest first, in bounded memory; no read lock is held between two chunks."""
        query = _where(search)
        query = query.order_by(inspections.c.row).limit(CHUNK)
        found = self._records(query)
        while found:
            yield from found
            found = self._records(query.where(inspections.c.row > found[-1].row))

    def size(self, **search: Unpack[Search]) -> int:
        """How many records fit everything given."""
        query = _where(search)
        with self._reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0

    def counts(self, since: datetime | None = None) -> Counts:
        """The cases inspected since then by the machine's last verdict, and how many a person has decided about.

        Masters of daily checks are not counted.
        """
        last = inspections.alias("last")
        later = inspections.alias("later")
        same = sa.and_(later.c.case_id == last.c.case_id, later.c.row > last.c.row)
        followed = sa.exists().where(same, later.c.kind == "inspection")
        decided = sa.exists().where(same, later.c.kind == "overrule")
        query = (
            sa.select(last.c.verdict, decided.label("decided"), sa.func.count())
            .where(last.c.kind == "inspection", last.c.master.is_(None), ~followed)
            .group_by(last.c.verdict, sa.text("decided"))
        )
        if since is not None:
            query = query.where(last.c.recorded_at >= since)
        with self._reading() as connection:
            found = [(Verdict(row[0]), bool(row[1]), int(row[2])) for row in connection.execute(query)]
        tally = {verdict: sum(n for v, _, n in found if v is verdict) for verdict in Verdict}
        overruled = sum(n for _, was_decided, n in found if was_decided)
        return Counts(tally[Verdict.PASS], tally[Verdict.FAIL], tally[Verdict.REVIEW], overruled, since)

    def facts(self) -> DatabaseFacts:
        """What the database is and how it is set."""
        with self._reading() as connection:
            kind = connection.dialect.name
            version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
            return DatabaseFacts(
                server=f"{kind} {version}",
                schema=revision(connection),
                schema_due=HEAD,
                rows=connection.scalar(sa.select(sa.func.count()).select_from(inspections)) or 0,
                settings=settings(connection),
                wal_reset_bug=kind == "sqlite" and wal_reset_bug(),
            )

    def check_facts(self, station: str, sku: str) -> CheckFacts:
        """What decides whether a daily check of a SKU is due at a station."""
        with self._reading() as connection:
            return check_reading.facts(connection, station, sku)

    def checks(self, *, station: str | None = None, sku: str | None = None, limit: int = 20) -> list[CheckRecord]:
        """Daily checks, newest first."""
        c = schema.checks.c
        wanted = [column == value for column, value in ((c.station, station), (c.sku, sku)) if value is not None]
        with self._reading() as connection:
            return check_reading.checks_where(connection, *wanted, limit=limit)

    def suspects(
        self, *, station: str | None = None, sku: str | None = None, limit: int = 200, all_of: bool = False
    ) -> list[Suspect]:
        """Inspections that a failed check puts in doubt, newest first; with `all_of` also those decided about."""
        with self._reading() as connection:
            return check_reading.suspects_of(connection, station, sku, limit=limit, all_of=all_of)

    def drift(
        self, station: str, sku: str, bases: Sequence[str], *, last: int
    ) -> tuple[Sequence[KeptBaseline], Sequence[Reading]]:
        """What was kept since the last reset: baselines on these bases, and the last so many readings, oldest first."""
        with self._reading() as connection:
            reset, kept = check_reading.kept_baselines(connection, station, sku, bases)
            return kept, check_reading.readings(connection, station, sku, since=reset, last=last)

    def issued(self) -> Issued:
        """The codes of every station that writes this database."""
        return Issued(self._reading)

    def leaves(self, station: str) -> Leaves:
        """A station's transparency log."""
        return Leaves(self._reading, station)

    def audit(self, station: str) -> Audit:
        """What compares the records with a station's log."""
        return Audit(self._reading, self._images, station)

    def stories(self) -> Stories:
        """What tells a case from beginning to end."""
        return Stories(self._reading, self._images)

    def tellings(self) -> Tellings:
        """Everything the outbox ever told."""
        return Tellings(self._reading)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _records(self, query: sa.Select[Any]) -> list[Record]:
        with self._reading() as connection:
            return rows.load(connection, connection.execute(query).mappings().all(), self._images)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with mapped("read records", self._where), self._engine.connect() as connection:
            try:
                yield connection
            except _NO_VALUES as e:
                why = " ".join(str(e).split())[:120]
                raise Unreadable(
                    f"{self._where} holds a value no station writes ({why}): it was edited or damaged, "
                    "`shellmark log check` says where"
                ) from e


def _where(search: Search) -> sa.Select[Any]:
    c = inspections.c
    query = sa.select(inspections)
    for name in ("case_id", "sku", "model_digest", "verdict"):
        if (value := search.get(name)) is not None:
            query = query.where(c[name] == str(value))
    if (serial := search.get("serial")) is not None:  # also one that came in another's place
        drawn = sa.select(schema.codes.c.row).where(schema.codes.c.serial == serial)
        query = query.where(sa.or_(c.serial == serial, c.row.in_(drawn)))
    if (since := search.get("since")) is not None:
        query = query.where(c.recorded_at >= since)
    if (until := search.get("until")) is not None:
        query = query.where(c.recorded_at < until)
    return query
