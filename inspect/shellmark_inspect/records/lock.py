"""One station at a time: a lock file beside an SQLite database, an advisory lock in PostgreSQL."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import text
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import DatabaseInUse

from .database import mapped


class FileHold:
    """The lock on an SQLite file, held until `release`; the system frees it when the process dies.

    Who holds it is written to a file of its own, because Windows lets nobody read a locked one.

    Raises:
        DatabaseInUse: another station holds it.
        RecordsError: the folder cannot be written.
    """

    def __init__(self, database: Path, station: str) -> None:
        self._holder = database.with_name(database.name + ".holder")
        self._lock = FileLock(database.with_name(database.name + ".lock"), timeout=0, thread_local=False)
        with mapped("lock", database):
            try:
                self._lock.acquire()
            except Timeout as e:
                raise DatabaseInUse(
                    "database {database} is in use by {who}: stop that station first",
                    database=database,
                    who=self._who(),
                ) from e
            me = {"station": station, "pid": os.getpid(), "host": socket.gethostname()}
            self._holder.write_text(json.dumps(me), "utf-8")

    def release(self) -> None:
        """Let go."""
        self._holder.unlink(missing_ok=True)
        self._lock.release()

    def _who(self) -> str:
        try:
            holder = json.loads(self._holder.read_text("utf-8"))
            return f"station {holder['station']} (process {holder['pid']} on {holder['host']})"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


class ServerHold:
    """The lock on a station's name in PostgreSQL; the server frees it when the connection ends.

    Raises:
        DatabaseInUse: a station of that name is running.
    """

    def __init__(self, connection: Connection, station: str) -> None:
        self._connection = connection
        self._key = int.from_bytes(hashlib.sha256(b"shellmark\n" + station.encode()).digest()[:8], "big", signed=True)
        with mapped("lock", "database"), connection.begin():
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}):
                raise DatabaseInUse(
                    "station {station} is running already{who}: stop it first", station=station, who=self._who()
                )

    def release(self) -> None:
        """Let go."""
        with mapped("unlock", "database"), self._connection.begin():
            self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": self._key})

    def _who(self) -> str:
        query = text(
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.granted"
            " AND l.locktype = 'advisory' AND ((l.classid::bigint << 32) | l.objid::bigint) = :key"
        )
        name = self._connection.scalar(query, {"key": self._key})
        return f" ({name})" if name else ""
