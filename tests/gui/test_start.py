"""One real start on a display: an offscreen test does not prove that the station starts on a screen."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage

from shellmark_gui import open_window
from shellmark_gui.language import TEXT_FOLDER
from shellmark_gui.screenshot import faults_of

HERE = Path(__file__).parent


@pytest.fixture
def display():
    """The name of a fresh X display of 1920 x 1080."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("Xvfb is not installed (package xvfb)")
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [server, "-displayfd", str(write_end), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"],
        pass_fds=(write_end,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        number = pipe.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    process.terminate()
    process.wait(10)


def chinese_texts() -> list[str]:
    return [one.text for one in ET.parse(TEXT_FOLDER / "shellmark_zh.ts").getroot().iter("translation")]


@pytest.mark.display
def test_the_window_starts_on_a_display_and_shows_chinese(display, tmp_path, qapp):
    picture = tmp_path / "screen.png"
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    ended = subprocess.run(
        [sys.executable, str(HERE / "start_window.py"), str(picture)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1920, 1080)
    assert faults_of(image, chinese_texts()) == []


def test_the_window_closes_by_itself_and_leaves_the_station_open(qapp, station, tmp_path):
    picture = tmp_path / "new" / "screen.png"
    assert open_window(station, language="en", screenshot=picture, close_after_s=0.3) == 0
    assert not QImage(str(picture)).isNull()
    assert station.trigger().result(10)


def test_a_fault_in_a_slot_is_shown_and_the_window_goes_on(qapp, station, monkeypatch, caplog):
    caplog.set_level(logging.INFO)

    def broken():
        raise ValueError("no frame at all")

    monkeypatch.setattr(station, "live", broken)
    assert open_window(station, close_after_s=0.5) == 0
    assert caplog.text.count("a fault in the screen") == 1
    assert "said: ValueError: no frame at all" in caplog.text


def test_a_screenshot_that_cannot_be_written_is_an_error(qapp, station, tmp_path):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(OSError, match=r"folder\.png could not be written"):
        open_window(station, screenshot=tmp_path / "folder.png", close_after_s=0.2)
