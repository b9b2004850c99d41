"""A verify site on SQLite and, where a server can be started, on PostgreSQL; stations, phones and inspectors for it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from site_stand import Stand
from site_story import HOST

from shellmark_trace.site import Site, SiteSettings


@pytest.fixture
def make_stand(tmp_path: Path) -> Iterator[Callable[..., Stand]]:
    with ExitStack() as closing:

        def make(**changes: Any) -> Stand:
            site = Site(SiteSettings(**({"folder": tmp_path / "site", "host": HOST} | changes)))
            return Stand(site, closing)

        yield make


@pytest.fixture
def stand(make_stand: Callable[..., Stand]) -> Stand:
    return make_stand()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, make_stand: Callable[..., Stand]) -> Stand:
    """A site on each kind of database."""
    if request.param == "sqlite":
        return make_stand()
    psycopg = pytest.importorskip("psycopg", reason="no psycopg: install the extra `postgres`")
    port = request.getfixturevalue("postgresql_port")
    address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("CREATE SCHEMA public")
    return make_stand(database=address)


@pytest.fixture(scope="session")
def postgresql_port() -> Iterator[int]:
    """A PostgreSQL server on loopback, as Debian's package installs it; skipped where there is none."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not binaries:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    root = os.geteuid() == 0
    if root and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        pytest.skip("PostgreSQL does not run as root and there is no user postgres")
    as_user = ["runuser", "-u", "postgres", "--"] if root else []
    with tempfile.TemporaryDirectory(prefix="shellmark-pg-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        if root:
            shutil.chown(folder, "postgres")
        control = [*as_user, str(binaries[-1] / "pg_ctl"), "-D", f"{folder}/data", "-w", "-s"]
        quiet: dict[str, Any] = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL, "timeout": 60}
        subprocess.run([*control, "initdb", "-o", "-A trust -U postgres -E UTF8 --locale=C --no-sync"], **quiet)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c shared_buffers=16MB -c fsync=off"
        subprocess.run([*control, "-l", f"{folder}/log", "-o", options, "start"], **quiet)
        try:
            yield port
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
