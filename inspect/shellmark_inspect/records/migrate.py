"""Bring a database to this program's schema, or refuse one that is newer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import DatabaseTooNew, RecordsError

from .database import mapped

HEAD = "0003"
"""The schema this program writes; a test holds it equal to the newest migration."""

_FOLDER = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """The schema a database has, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def check(connection: Connection, where: object) -> None:
    """Refuse a database a reader cannot read.

    Raises:
        DatabaseTooNew: a newer program wrote it.
        RecordsError: it is empty or older; a station has to open it first.
    """
    found = revision(connection)
    if found == HEAD:
        return
    _refuse_newer(found, where)
    raise RecordsError(f"database {where} has schema {found or 'none'}, not {HEAD}: start a station on it once")


def upgrade(connection: Connection, where: object, file: Path | None) -> None:
    """Bring the database to `HEAD`; a file that has records in it is copied beside itself first.

    Raises:
        DatabaseTooNew: a newer program wrote it.
    """
    with connection.begin():
        found = revision(connection)
    if found == HEAD:
        return
    _refuse_newer(found, where)
    if file is not None and found is not None:
        _copy(connection, file, found)
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    with connection.begin():
        command.upgrade(config, HEAD)


def _copy(connection: Connection, file: Path, found: str) -> None:
    source = cast("sqlite3.Connection", connection.connection.dbapi_connection)
    copy = file.with_name(f"{file.name}.schema-{found}")
    with mapped("copy the database before its schema changes", copy):
        part = copy.with_name(f"{copy.name}.part")
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as target:
            source.backup(target)
        part.replace(copy)


def _refuse_newer(found: str | None, where: object) -> None:
    if found is None:
        return
    try:
        ScriptDirectory(str(_FOLDER)).get_revision(found)
    except CommandError as e:
        raise DatabaseTooNew(
            f"database {where} has schema {found}, this program knows up to {HEAD}: use the newer program"
        ) from e
