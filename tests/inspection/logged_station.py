"""A small station with a log: its key, its configuration's section, a witness over HTTP, an insider's hand."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from small_station import Place

from shellmark_trace.keys import Kind, card_of, create_key
from shellmark_trace.log import Cosigner, Verifier, Witness, witness_app

ORIGIN = "trace.example.cn/pinghu/st01"
PASSPHRASE = "seven quiet lamps over water"
VARIABLE = "SHELLMARK_LOG_PASSPHRASE"
COSIGNER = Cosigner("witness.example.cn/mes", Ed25519PrivateKey.generate())


def log_section(place: Place, *witnesses: str, **changes: Any) -> dict[str, Any]:
    """The `[log]` section; makes the key once."""
    path = place.folder / "log.key"
    if not path.exists():
        create_key(Kind.LOG, ORIGIN, path, PASSPHRASE.encode())
    asked = [{"address": address, "key": COSIGNER.verifier.vkey} for address in witnesses]
    return {"origin": ORIGIN, "key": "log.key", "witnesses": asked} | changes


def log_key(place: Place) -> Verifier:
    """The log's public key."""
    log_section(place)
    return card_of(place.folder / "log.key").verifier


@contextmanager
def served(place: Place, state: Path) -> Iterator[str]:
    """A witness of the station's log on a free port of loopback; its address."""
    app = witness_app(Witness(state, COSIGNER, [log_key(place)]))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def edit(database: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """What an insider does: takes the database's own guards away, and changes what he likes."""
    with closing(sqlite3.connect(database)) as connection, connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement, values in statements:
            connection.execute(statement, values)
