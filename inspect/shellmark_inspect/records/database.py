"""Connections: durable settings, who may write, and foreign errors as ours.

SQLite before 3.51.3 (but for 3.44.6 and 3.50.7) can corrupt a database in WAL mode when two connections write or
checkpoint at once. A station therefore has one connection that can write, held behind a lock file; every other one
opens the file read-only, where SQLite can neither commit nor checkpoint (docs/adr/0002-sqlite-driver.md).
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import URL, Connection, Engine, make_url

from shellmark_inspect.errors import RecordsError, StorageFull

BUSY_S = 10
"""Seconds a connection waits for a lock before it gives up."""

RECORD_ROOM_BYTES = 4 * 1024**2
"""Free space below which no case is begun: there would be no room for its record."""

_FULL_TEXTS = ("database or disk is full", "could not extend file", "No space left on device")


def read_url(url: str | Path) -> URL:
    """The URL of a database; a plain path is an SQLite file.

    Raises:
        RecordsError: it is no URL of a kind the records can use.
    """
    text = str(url)
    try:
        parsed = make_url(text) if "://" in text else URL.create("sqlite", database=text)
    except exc.ArgumentError as e:
        raise RecordsError(
            "database {text!r} is no URL: give a file, sqlite:///FILE or postgresql://HOST/NAME", text=text
        ) from e
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise RecordsError(
            "database {parsed!r} cannot hold records: give a file, sqlite:///FILE or postgresql://HOST/NAME",
            parsed=parsed,
        )
    return parsed.set(drivername="sqlite+pysqlite")


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database, None for a server."""
    return Path(url.database or "").expanduser().absolute() if url.get_backend_name() == "sqlite" else None


def wal_reset_bug(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Whether an SQLite (by default the linked one) has the WAL-reset bug (sqlite.org/wal.html, section 11)."""
    fixed_branch = (version[:2] == (3, 44) and version >= (3, 44, 6)) or (
        version[:2] == (3, 50) and version >= (3, 50, 7)
    )
    return (3, 7, 0) <= version < (3, 51, 3) and not fixed_branch


def writer(url: URL, name: str) -> Engine:
    """An engine whose connection may write; a station makes one connection of it."""
    file = file_of(url)
    if file is None:
        options = {"application_name": name[:63], "options": "-c synchronous_commit=on -c lock_timeout=10s"}
        return sa.create_engine(url, poolclass=sa.NullPool, connect_args=options)
    engine = sa.create_engine(
        URL.create("sqlite+pysqlite", database=str(file)),
        poolclass=sa.NullPool,
        connect_args={"timeout": BUSY_S, "check_same_thread": False},
    )
    event.listen(engine, "connect", _make_durable)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def reader(url: URL) -> Engine:
    """An engine whose connections can only read; for any thread."""
    file = file_of(url)
    if file is None:
        options = "-c default_transaction_read_only=on"
        return sa.create_engine(url, pool_size=2, connect_args={"options": options})
    engine = sa.create_engine(
        "sqlite+pysqlite://",
        creator=lambda: sqlite3.connect(
            f"{file.as_uri()}?mode=ro", uri=True, timeout=BUSY_S, check_same_thread=False, isolation_level=None
        ),
        poolclass=sa.QueuePool,
        pool_size=2,
    )
    event.listen(engine, "connect", _make_read_only)
    return engine


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut; Windows writes them through by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def free_bytes(folder: Path) -> int:
    """Bytes a program without special rights may still write there."""
    return shutil.disk_usage(folder).free


@contextmanager
def mapped(what: str, where: object) -> Iterator[None]:
    """Turn errors of the driver and the disk into ours.

    Raises:
        StorageFull: there was no room.
        RecordsError: anything else went wrong.
    """
    try:
        yield
    except exc.DBAPIError as e:
        text = _one_line(e.orig)
        if any(full in text for full in _FULL_TEXTS):
            raise StorageFull(
                "{what}: no room in {where}: free some space and start again", what=what, where=where
            ) from e
        if "file is not a database" in text:
            raise RecordsError(
                "{what}: {where} is no database: move it away or give another one", what=what, where=where
            ) from e
        raise RecordsError("{what}: {where}: {text}", what=what, where=where, text=text) from e
    except exc.SQLAlchemyError as e:
        raise RecordsError("{what}: {where}: {why}", what=what, where=where, why=_one_line(e)) from e
    except OSError as e:
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                "{what}: no room in {where}: free some space and start again", what=what, where=e.filename or where
            ) from e
        raise RecordsError("{what}: {where}: {why}", what=what, where=e.filename or where, why=e.strerror or e) from e


def settings(connection: Connection) -> dict[str, Any]:
    """The settings durability rests on, as the connection has them."""
    if connection.dialect.name != "sqlite":
        return {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("fsync", "synchronous_commit")}
    names = ("journal_mode", "synchronous", "foreign_keys", "query_only", "fullfsync")
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}


def _make_durable(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_immediate, not by the driver
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise RecordsError(
            "the database stays in journal mode {mode}: it must be a local disk that can do WAL", mode=mode
        )
    for pragma in ("synchronous = FULL", "fullfsync = ON", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _make_read_only(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _one_line(error: object) -> str:
    return " ".join(str(error).split()) or type(error).__name__
