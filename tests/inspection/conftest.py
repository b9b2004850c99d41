"""One small model for every test of a whole station, and a fresh place for each."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_station import Place, teach_noise


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
