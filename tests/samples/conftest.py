"""Makes the generator, which is no part of the wheel's packages, importable for its tests."""

import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "sample_images"

sys.path.insert(0, str(SAMPLES))


@pytest.fixture(scope="session")
def samples() -> Path:
    return SAMPLES
