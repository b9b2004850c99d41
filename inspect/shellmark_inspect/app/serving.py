"""Serving an application over HTTP until it is stopped; whether the port can be had is seen first."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import Any

from shellmark_inspect.errors import InputError


def listening(address: str, port: int, what: str) -> socket.socket:
    """A socket bound to an address of this machine, for `serve`.

    Raises:
        InputError: the port is taken or not allowed, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = socket.socket(family)
    try:
        if os.name == "posix":  # Windows would share the port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:  # limits go by address: none may come in another's clothes
            found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        found.bind((address, port))
        found.listen()
    except (OSError, UnicodeError) as e:
        found.close()
        why = e.strerror if isinstance(e, OSError) else "no host name"
        raise InputError(
            f"{what} cannot listen at {address}:{port} ({why}): stop what does, or give another port or address"
        ) from e
    return found


def serve(app: Any, at: socket.socket, **settings: Any) -> None:
    """Serve an ASGI application at a bound socket until Ctrl-C or SIGTERM; `settings` are uvicorn's."""
    import uvicorn

    with at, suppress(KeyboardInterrupt):
        uvicorn.Server(uvicorn.Config(app, log_level="warning", **settings)).run(sockets=[at])
