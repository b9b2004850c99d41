"""The station's screen (PyQt6): `open_window` shows a running station and returns when the window is closed."""

from shellmark_gui.application import open_window
from shellmark_gui.doors import StationDoor

__all__ = ["StationDoor", "open_window"]
