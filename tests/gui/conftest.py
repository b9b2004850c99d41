"""A station in memory, and a window on it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))  # memory_station lies beside the tests
sys.path.append(str(Path(__file__).parents[1] / "calibration"))  # drawn_card lies beside those of calibration
sys.path.append(str(Path(__file__).parents[1] / "inspection"))  # small_station and label_shop lie there

import pytest
from memory_station import MemoryStation
from PyQt6.QtWidgets import QApplication

from shellmark_gui.language import Language
from shellmark_gui.theme import Sizes
from shellmark_gui.window import StationWindow


@pytest.fixture
def language(qapp: QApplication):
    qapp.setFont(Sizes().font(24))
    language = Language("zh")
    yield language
    language.close()


@pytest.fixture
def station():
    station = MemoryStation(size=(300, 400))
    yield station
    station.close()


@pytest.fixture
def window(qtbot, station, language):
    window = StationWindow(station, language)
    window.resize(1920, 1080)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def judged(qtbot, window, station):
    """Judge one case and wait until the window shows it; returns the record."""

    def judge(case_id: str | None = None):
        record = station.trigger(case_id).result(10)
        qtbot.waitUntil(lambda: window.station_page.target is not None and window.station_page.target.row == record.row)
        return record

    return judge


@pytest.fixture
def workshop(station):
    return station.workshop
