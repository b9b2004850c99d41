"""Opening a station's database: its lock, its one writing connection, its schema."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from sqlalchemy.engine import Connection

from .database import file_of, mapped, read_url, sync_folder, writer
from .lock import FileHold, ServerHold
from .migrate import upgrade


def open_connection(url: str | Path, station: str, closing: ExitStack) -> Connection:
    """The connection of a station that may write, under its lock and with today's schema; `closing` lets it go.

    Raises:
        RecordsError: it cannot be had.
    """
    parsed = read_url(url)
    file = file_of(parsed)
    where = file or parsed.render_as_string(hide_password=True)
    if file is not None:
        with mapped("open the database", file.parent):
            file.parent.mkdir(parents=True, exist_ok=True)
        closing.callback(FileHold(file, station).release)
    engine = writer(parsed, f"shellmark {station}")
    with mapped("open the database", where):
        closing.callback(engine.dispose)
        connection = engine.connect()
        closing.callback(connection.close)
        if file is None:
            closing.callback(ServerHold(connection, station).release)
        upgrade(connection, where, file)
        if file is not None:
            sync_folder(file.parent)
    return connection
