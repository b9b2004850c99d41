"""Rules for every test: no thread may be left behind; real photographs are found through SHELLMARK_REAL_DATA."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _no_thread_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    ours = [t for t in threading.enumerate() if t not in before and t.is_alive() and not t.name.startswith("pytest")]
    deadline = time.monotonic() + 5
    for thread in ours:
        thread.join(max(0.0, deadline - time.monotonic()))
    left = [t.name for t in ours if t.is_alive()]
    assert not left, f"threads left behind: {left}"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real photographs; the test is skipped, saying so, where it is absent."""
    folder = Path(os.environ.get("SHELLMARK_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real photographs at {folder} (set SHELLMARK_REAL_DATA)")
    return folder


@pytest.fixture
def empty_postgresql(request: pytest.FixtureRequest) -> str:
    """The address of an empty database on the server of this session."""
    psycopg = pytest.importorskip("psycopg", reason="no psycopg: install the extra `postgres`")
    port = request.getfixturevalue("postgresql_port")
    address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("CREATE SCHEMA public")
    return address


@pytest.fixture(scope="session")
def postgresql_port() -> Iterator[int]:
    """A PostgreSQL server on loopback, as Debian's package installs it; skipped where there is none."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not binaries:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    import pwd  # not on Windows

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
