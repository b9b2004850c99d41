"""One small model for every test of a whole station, and a fresh place for each."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from small_station import Place, teach_noise

from shellmark_inspect.station import Station


@pytest.fixture(scope="session")
def noise_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the small model."""
    root = tmp_path_factory.mktemp("store")
    teach_noise(root)
    return root


@pytest.fixture
def place(tmp_path: Path, noise_store: Path) -> Place:
    """A folder for a small station."""
    return Place(tmp_path, noise_store)


@pytest.fixture
def opened(place: Place) -> Iterator[Callable[..., Station]]:
    """Opens stations on the place, and closes them after the test; `changes` as for `Place.settings`."""
    with ExitStack() as closing:

        def open_one(*recipes: Path, sku: str | None = None, **changes: object) -> Station:
            station = Station(place.config(*recipes, **changes), sku)
            closing.callback(station.close)
            return station.open()

        yield open_one


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MiB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("a small file system can only be mounted by root")
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("no file system may be mounted here")
    yield folder
    os.sync()
    subprocess.run(["umount", str(folder)], check=True)
