"""Opening the window: the application, its language and font, and what happens when it closes."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from pathlib import Path

from PyQt6.QtCore import QSize, QTimer
from PyQt6.QtWidgets import QApplication

import shellmark_gui.pictures  # noqa: F401 - it imports cv2, whose Qt paths have to go before the application starts
from shellmark_gui.doors import StationDoor
from shellmark_gui.faults import shown_faults
from shellmark_gui.language import Language
from shellmark_gui.theme import DESIGN, Sizes
from shellmark_gui.window import StationWindow

_log = logging.getLogger(__name__)


def open_window(
    station: StationDoor,
    *,
    language: str = "zh",
    full_screen: bool = False,
    screenshot: Path | None = None,
    close_after_s: float | None = None,
    keys: Mapping[str, str] | None = None,
    operator: str = "",
) -> int:
    """Show a station until its window is closed; returns the exit code. The station stays open.

    `language` is "zh" or "en"; `screenshot` is written (PNG) just before the window closes; `close_after_s` closes it
    by itself; `keys` changes keys, action name to Qt's name of a key (docs/screen.md), for a foot switch or a keypad;
    `operator` is who works here already, "" asks when it is needed.

    Raises:
        ConfigError: a key cannot be used.
        ValueError: the screen does not speak the language.
        OSError: the screenshot could not be written.
    """
    running = QApplication.instance()
    application = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    application.setFont(Sizes().font(24))
    speech = Language(language)
    window = StationWindow(station, speech, keys, operator)
    try:
        with shown_faults(window.say):
            return _run(application, window, full_screen, screenshot, close_after_s)
    finally:
        window.close()
        speech.close()


def _run(
    application: QApplication,
    window: StationWindow,
    full_screen: bool,
    screenshot: Path | None,
    close_after_s: float | None,
) -> int:
    _place(window, full_screen)
    QTimer.singleShot(0, window.pulse.start)
    fault: list[str] = []
    if close_after_s is not None:
        closing = QTimer(window)
        closing.setSingleShot(True)
        closing.timeout.connect(window.close)
        closing.start(round(close_after_s * 1000))
    if screenshot is not None:
        window.before_closing = lambda: fault.extend(_take(window, screenshot))
    code = application.exec()
    pulse = window.pulse
    _log.info("the screen's longest block: %.0f ms, of its own work %.0f ms", pulse.longest_ms, pulse.longest_own_ms)
    if fault:
        raise OSError(fault[0])
    return code


def _place(window: StationWindow, full_screen: bool) -> None:
    """Show the window: over the whole screen, or as large as the design where the screen has room for it."""
    screen = window.screen()
    if screen is not None and full_screen:
        window.setGeometry(screen.geometry())  # without a window manager nobody else would
        window.showFullScreen()
        return
    room = screen.availableSize() if screen is not None else QSize(*DESIGN)
    window.resize(QSize(*DESIGN).boundedTo(room))
    window.show()


def _take(window: StationWindow, path: Path) -> list[str]:
    """Write what the screen shows of the window; returns what went wrong."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if window.grab().save(str(path), "PNG"):
        return []
    return [f"screenshot {path} could not be written: check the folder"]
