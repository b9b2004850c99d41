"""Starts the window and lets it judge a case: `python tests/gui/start_window.py SCREENSHOT`.

On the real station and the sample images where they have a model, else on a station in memory.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from memory_station import MemoryStation
from real_station import sample_recipes, sample_station

from shellmark_gui import open_window
from shellmark_inspect.types import Verdict


def main(screenshot: Path) -> int:
    recipes = sample_recipes()
    with ExitStack() as closing:
        if recipes:
            data = Path(closing.enter_context(tempfile.TemporaryDirectory()))
            station = closing.enter_context(sample_station(data, recipes))
        else:
            station = MemoryStation(plan=(Verdict.FAIL,))
            closing.callback(station.close)
        station.trigger().result(60)
        station.trigger()
        return open_window(station, screenshot=screenshot, close_after_s=3.0, full_screen=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
