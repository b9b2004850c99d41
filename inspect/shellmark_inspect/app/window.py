"""Finds the station's window: a program of its own room that this one knows by name only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.metadata import entry_points

from shellmark_inspect.errors import InputError
from shellmark_inspect.station import Station

GROUP = "shellmark.window"


def has_screen() -> bool:
    """Whether a window can be shown: always on Windows and macOS, elsewhere with a display; HEADLESS=1 says no."""
    if os.environ.get("HEADLESS", "") not in {"", "0"}:
        return False
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM"))


def open_on(station: Station, *, full_screen: bool = False) -> int:
    """Show a station's window until it is closed; its exit status.

    Raises:
        InputError: the window's room is not installed.
    """
    found = next(iter(entry_points(group=GROUP)), None)
    if found is None:
        raise InputError("the window is not installed: install shellmark again, or add --headless")
    opens: Callable[..., int] = found.load()
    config = station.config
    return opens(
        station, language=config.language, full_screen=full_screen, keys=config.keys or None, operator=config.operator
    )
