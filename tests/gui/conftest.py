"""A station in memory, and a window on it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))  # memory_station lies beside the tests

import pytest
from memory_station import MemoryStation

from shellmark_gui.language import Language
from shellmark_gui.window import StationWindow


@pytest.fixture
def station():
    station = MemoryStation()
    yield station
    station.close()


@pytest.fixture
def window(qtbot, station):
    language = Language("zh")
    window = StationWindow(station, language)
    window.resize(1920, 1080)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()
    language.close()
    window.deleteLater()
