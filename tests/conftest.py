"""Rules for every test: no thread may be left behind; real photographs are found through SHELLMARK_REAL_DATA."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

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
