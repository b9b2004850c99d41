"""Makes the pictures of docs/wizards.md: `python tests/gui/wizard_pictures.py docs/images [LANGUAGE WIDTH HEIGHT]`.

Zones are drawn on a rendered sample SKU, its outline found in the rendered goods; the boards, cards and surfaces of the
wizards are drawn, as are the check and the drift.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1] / "calibration"))

import numpy as np
from drawn_boards import POSES, drawn_board
from drawn_card import DrawnCard
from memory_station import MemoryStation
from PIL import Image
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from shellmark_calibration import Board
from shellmark_gui.drawing import Begun
from shellmark_gui.language import Language
from shellmark_gui.theme import Sizes
from shellmark_gui.window import StationWindow
from shellmark_inspect.records import Answer
from shellmark_inspect.station import samples_folder

SKU = "gloss-vertical"


def until(there: Callable[[], object], again: Callable[[], object] = lambda: None, within_s: float = 60.0) -> None:
    """Do something again and again until something is so."""
    ends = time.monotonic() + within_s
    while not there() and time.monotonic() < ends:
        again()
        QTest.qWait(40)


class Camera:
    """Holds pictures before the memory station's camera."""

    def __init__(self, station: MemoryStation) -> None:
        self.station, self.seed = station, 0

    def show(self, pixels: np.ndarray) -> None:
        self.station.refresh_live(pixels)

    def surface(self, level: float) -> None:
        self.seed += 1
        y, x = np.mgrid[-1:1:480j, -1:1:640j]
        even = 3 + level * (1 - 0.25 * (x**2 + y**2))
        noise = np.random.default_rng(self.seed).normal(0, 1.2, even.shape)
        self.show(np.clip(even + noise, 0, 255).astype(np.uint8))


def zones(window: StationWindow, station: MemoryStation, take: Callable[[str], None]) -> None:
    """A sample SKU's zones, with the outline of its goods."""
    folder = Path(station.folder.name) / station.recipe().sku
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in (samples_folder() / SKU).glob("*.*"):
        shutil.copy(path, folder)
    calibration = window.engineer.calibration
    desk, page = calibration.zones, calibration.zones_page
    desk.open()
    until(lambda: page.sheet is not None)
    desk._find(samples_folder() / SKU / "learn" / "good")
    until(lambda: not desk._busy)
    drawing = page.drawing
    drawing.begin(Begun("ignore", "film-edge", 3.0))
    for corner in ((24, 78), (74, 80), (125, 78)):
        drawing.tap(corner, 1.0)
    drawing.close()
    drawing.choose(0)
    page.refresh()
    page.changed.emit()
    take("zones")


def checks(window: StationWindow, station: MemoryStation, take: Callable[[str], None]) -> None:
    """The banner, a check that fails, drift."""
    window.home()
    station.checks.give_masters()
    station.trigger().result()
    QTest.qWait(300)
    take("blocked")
    calibration = window.engineer.calibration
    calibration.check.open()
    page = calibration.check_page
    page.work_buttons["start"].click()
    until(lambda: page.open_check is not None)
    station.checks.answers = [(Answer.RIGHT, ""), (Answer.WRONG, "a bad master is PASS: FAIL for dent is wanted")]
    for number in range(1, 5):
        until(lambda: page.work_buttons["place"].isEnabled())
        page.work_buttons["place"].click()
        until(lambda n=number: page.state.places[n - 1].answer is not None and not page._busy)
        if number == 2:
            take("check")
    take("check-failed")
    station.checks.wanted = ()
    station.drift.give_charts()
    calibration.drift.open()
    take("drift")


def wizards(window: StationWindow, station: MemoryStation, take: Callable[[str], None]) -> None:
    """Lens, scale, light and colour."""
    camera, calibration = Camera(station), window.engineer.calibration
    boards = [drawn_board(Board.parse("9x6", 25.0), *pose) for pose in POSES]
    lens = calibration.wizards["lens"]
    lens.open()
    for number, board in enumerate(boards[:10], 1):
        until(lambda n=number: len(lens.session.taken) >= n, lambda b=board: camera.show(b), 15)
    until(lambda: lens.solution is not None and not lens.busy)
    until(lambda: lens.residual_px is not None and not lens.busy, lambda: camera.show(boards[10]))
    take("lens")
    until(lambda: lens.page.work_buttons["save"].isEnabled())
    lens.page.work_buttons["save"].click()
    until(lambda: lens._is_kept())
    lens._leave()
    scale = calibration.wizards["scale"]
    scale.open()
    until(lambda: scale.found is not None and scale.profile is not None, lambda: camera.show(boards[0]))
    until(lambda: scale.page.work_buttons["take"].isEnabled())
    scale.page.work_buttons["take"].click()
    until(lambda: scale.map is not None and not scale.busy)
    take("scale")
    scale._leave()
    light = calibration.wizards["light"]
    light.open()
    for which, level in ((1, 0.0), (None, 190.0)):
        until(lambda: light.page.work_buttons["take"].isEnabled())
        light.page.work_buttons["take"].click()
        done = (lambda: light.which == 1) if which else (lambda: bool(light.measured) and not light.busy)
        until(done, lambda at=level: camera.surface(at))
    take("light")
    light._leave()
    colour = calibration.wizards["colour"]
    colour.open()
    card = DrawnCard(gamma="linear").picture()
    until(lambda: bool(colour.places), lambda: camera.show(card))
    until(lambda: colour.page.work_buttons["take"].isEnabled())
    colour.page.work_buttons["take"].click()
    until(lambda: colour.reading is not None and not colour.busy)
    take("colour")
    colour._leave()
    calibration.open()
    take("calibration")


def main(folder: Path, code: str = "zh", width: str = "1920", height: str = "1080") -> None:
    application = QApplication(sys.argv[:1])
    application.setFont(Sizes().font(24))
    speech = Language(code)
    station = MemoryStation()
    window = StationWindow(station, speech)
    window.resize(int(width), int(height))
    window.show()
    window._signed_in("张三")

    def take(name: str) -> None:
        QTest.qWait(700)
        path = folder / f"{name}-{code}{'' if height == '1080' else '-' + height}.png"
        window.grab().save(str(path))
        Image.open(path).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)

    try:
        for part in (zones, checks, wizards):
            part(window, station, take)
    finally:
        window.close()
        speech.close()
        station.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
