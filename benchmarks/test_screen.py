"""The screen: CPU per painted 5 MP frame, live at 30 fps as a share of a core, the event loop's longest gap in a run.

Offscreen, and from memory: what the camera itself costs is another benchmark's.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "gui"))  # the station in memory lies there

import numpy as np
import pytest
from memory_station import MemoryStation
from real_station import sample_recipes, sample_station

from shellmark_gui.language import Language
from shellmark_gui.pulse import LIMIT_MS
from shellmark_gui.widgets.canvas import Canvas
from shellmark_gui.window import StationWindow
from shellmark_inspect.types import Frame

FIVE_MP = (1944, 2592)
TWENTY_MP = (3648, 5472)
HALF_A_CORE = 0.5
RUN_S = 6.0


def frames(size: tuple[int, int], count: int) -> list[Frame]:
    rng = np.random.default_rng(0)
    shells = [rng.integers(0, 256, (*size, 3), np.uint8) for _ in range(count)]
    return [Frame(shell, number, time.monotonic_ns(), "memory", "low_n") for number, shell in enumerate(shells)]


@pytest.mark.parametrize("size", [FIVE_MP, TWENTY_MP], ids=["5MP", "20MP"])
def test_painting_a_live_frame(qtbot, benchmark, size):
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(1280, 960)
    with qtbot.waitExposed(canvas):
        canvas.show()
    turn = frames(size, 2)
    number = 0

    def paint() -> None:
        nonlocal number
        number += 1
        canvas.show_frame(turn[number % 2])
        canvas.repaint()

    benchmark.pedantic(paint, rounds=40, warmup_rounds=3)
    began, painted = time.process_time(), canvas.painted
    for _ in range(40):
        paint()
    spent = time.process_time() - began
    benchmark.extra_info["cpu_ms_per_frame"] = round(spent / (canvas.painted - painted) * 1000, 2)


def test_live_at_30_fps_costs_less_than_half_a_core(qtbot, benchmark):
    station, language = MemoryStation(), Language("zh")
    turn = frames(FIVE_MP, 4)
    window = StationWindow(station, language)
    window.resize(1920, 1080)
    with qtbot.waitExposed(window):
        window.show()

    def live() -> float:
        canvas, painted = window.station_page.live.canvas, window.station_page.live.canvas.painted
        began, spent = time.perf_counter(), time.process_time()
        while (now := time.perf_counter() - began) < RUN_S:
            station.newest = {"front": turn[int(now * 60) % 4]}
            qtbot.wait(5)
        share = (time.process_time() - spent) / (time.perf_counter() - began)
        benchmark.extra_info["frames_per_s"] = round((canvas.painted - painted) / RUN_S, 1)
        benchmark.extra_info["share_of_a_core"] = round(share, 3)
        return share

    share = benchmark.pedantic(live, rounds=1)
    window.close()
    language.close()
    station.close()
    assert share < HALF_A_CORE


@pytest.fixture(params=["real", "memory"])
def judging(request, tmp_path):
    """The real station on the sample images, one thread of the model; and one in memory."""
    if request.param == "memory":
        station = MemoryStation(take_s=0.25, size=(972, 1296))
        yield station
        station.close()
    else:
        recipes = sample_recipes()
        assert recipes, "the bundles of the sample SKUs ship with the program"
        with sample_station(tmp_path, recipes) as station:
            yield station


def test_the_longest_gap_of_the_event_loop_in_a_run(qtbot, benchmark, judging):
    station, language = judging, Language("zh")
    window = StationWindow(station, language)
    window.resize(1920, 1080)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.wait(300)

    def run() -> float:
        window.pulse.start()
        station.run()
        qtbot.wait(int(RUN_S * 1000))
        station.hold()
        window.pulse.stop()
        benchmark.extra_info["longest_gap_ms"] = round(window.pulse.longest_ms, 1)
        benchmark.extra_info["longest_own_ms"] = round(window.pulse.longest_own_ms, 1)
        benchmark.extra_info["cases"] = station.status().counts.cases
        return window.pulse.longest_ms

    longest_ms = benchmark.pedantic(run, rounds=1)
    qtbot.waitUntil(lambda: station.status().open_cases == 0)
    window.close()
    language.close()
    assert window.pulse.longest_own_ms < LIMIT_MS / 2
    if os.getloadavg()[0] <= 2 * (os.cpu_count() or 1):  # on a machine that others fill, the wait is not the screen's
        assert longest_ms < LIMIT_MS
