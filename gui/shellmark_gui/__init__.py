"""The station's screen (PyQt6): `open_window` shows a running station and returns when the window is closed."""

from .application import open_window
from .bridge import StationDoor

__all__ = ["StationDoor", "open_window"]
