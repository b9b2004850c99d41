"""Starts the window on a station in memory and lets it judge: `python tests/gui/start_window.py SCREENSHOT`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from memory_station import MemoryStation

from shellmark_gui import open_window
from shellmark_inspect.types import Verdict


def main(screenshot: Path) -> int:
    station = MemoryStation(plan=(Verdict.FAIL,))
    try:
        station.trigger()
        station.trigger()
        return open_window(station, screenshot=screenshot, close_after_s=2.5, full_screen=True)
    finally:
        station.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
