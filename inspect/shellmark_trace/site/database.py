"""The site's database: SQLite with one connection that writes, or PostgreSQL with several.

SQLite before 3.51.3 can damage a file in WAL mode when two connections write or checkpoint at once (docs/adr/0002): one
process holds the file by a lock beside it, writes through one connection, and reads through connections that cannot.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy import event, exc
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url

from shellmark_trace.errors import SiteError

from .schema import TABLES, VERSION, about

BUSY_S = 10


class Database:
    """The open database; `writing` and `reading` may be used from any thread.

    Raises:
        SiteError: it cannot be opened, another site holds the file, or a newer program wrote it.
    """

    def __init__(self, url: str | Path) -> None:
        self.url = _read_url(str(url))
        self.where = self.url.render_as_string(hide_password=True)
        self._closing = ExitStack()
        with self._closing, self._mapped("open"):
            self._turn = threading.Lock()
            self._file = self.url.get_backend_name() == "sqlite"
            self._open()
            self._check_version()
            self._closing = self._closing.pop_all()

    def close(self) -> None:
        """Let go of the database, once whoever writes has ended: SQLite crashes when closed under a writer."""
        with self._turn:
            self._closing.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept when the block ends, and undone when it raises.

        Raises:
            SiteError: the database could not do it.
        """
        with self._mapped("write"):
            if self._one is None:
                with self._writer.begin() as connection:
                    yield connection
                return
            with self._turn, self._one.begin():
                yield self._one

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that cannot write.

        Raises:
            SiteError: the database could not do it.
        """
        with self._mapped("read"), self._reader.connect() as connection:
            yield connection

    def settings(self) -> dict[str, Any]:
        """What durability rests on, as the writing connection has it."""
        names = ("journal_mode", "synchronous", "foreign_keys") if self._file else ("fsync", "synchronous_commit")
        ask = "PRAGMA" if self._file else "SHOW"
        with self.writing() as connection:
            return {name: connection.exec_driver_sql(f"{ask} {name}").scalar() for name in names}

    def _open(self) -> None:
        if self._file:
            path = Path(self.url.database or "").expanduser().absolute()
            path.parent.mkdir(parents=True, exist_ok=True)
            self._hold(path)
            self._writer, self._reader = _file_writer(path), _file_reader(path)
            self._one: Connection | None = self._closing.enter_context(self._writer.connect())
        else:
            self._writer = sa.create_engine(self.url, pool_size=8, connect_args={"options": "-c lock_timeout=10s"})
            options = "-c default_transaction_read_only=on"
            self._reader = sa.create_engine(self.url, pool_size=4, connect_args={"options": options})
            self._one = None
        self._closing.callback(self._writer.dispose)
        self._closing.callback(self._reader.dispose)
        with self.writing() as connection:
            TABLES.create_all(connection)
        if self._file:
            _sync_folder(path.parent)

    def _hold(self, path: Path) -> None:
        try:
            self._closing.enter_context(FileLock(f"{path}.lock", timeout=0))
        except Timeout as e:
            raise SiteError(f"database {path} is in use by another verify site: stop that one first") from e

    def _check_version(self) -> None:
        with self.writing() as connection:
            found = connection.scalar(sa.select(about.c.value).where(about.c.name == "schema"))
            if found is None:
                connection.execute(about.insert(), {"name": "schema", "value": str(VERSION)})
            elif int(found) > VERSION:
                raise SiteError(f"database {self.where} has schema {found}, newer than {VERSION}: update shellmark")

    @contextmanager
    def _mapped(self, what: str) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as e:
            raise SiteError(f"{what} {self.where}: {' '.join(str(e.orig).split())}") from e
        except (exc.SQLAlchemyError, ImportError) as e:
            raise SiteError(f"{what} {self.where}: {' '.join(str(e).split())}") from e
        except OSError as e:
            raise SiteError(f"{what} {self.where}: {e.strerror or e}") from e


def insert_new(connection: Connection, table: sa.Table, values: dict[str, Any], keys: list[str]) -> bool:
    """Insert a row unless one with the same key is there; whether it was inserted."""
    kind = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = kind.insert(table).values(**values).on_conflict_do_nothing(index_elements=keys)
    return connection.execute(statement.returning(table.c[keys[0]])).first() is not None


def _read_url(text: str) -> URL:
    try:
        url = make_url(text) if "://" in text else URL.create("sqlite", database=text)
    except exc.ArgumentError as e:
        raise SiteError(f"database {text!r} is no URL: give a file or postgresql://HOST/NAME") from e
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        raise SiteError(f"database {url!r} cannot hold a verify site: give a file or postgresql://HOST/NAME")
    return url.set(drivername="sqlite+pysqlite")


def _file_writer(path: Path) -> Engine:
    engine = sa.create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        poolclass=sa.NullPool,
        connect_args={"timeout": BUSY_S, "check_same_thread": False},
    )
    event.listen(engine, "connect", _make_durable)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _file_reader(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        where = f"{path.as_uri()}?mode=ro"
        connection = sqlite3.connect(where, uri=True, timeout=BUSY_S, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        return connection

    return sa.create_engine("sqlite+pysqlite://", creator=connect, poolclass=sa.QueuePool, pool_size=4)


def _make_durable(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by the engine's listener, not by the driver
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise SiteError(f"the database stays in journal mode {mode}: it must lie on a local disk that can do WAL")
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
