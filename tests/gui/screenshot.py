"""Makes pictures of the screen.

`python tests/gui/screenshot.py FOLDER` takes every page in both languages at both sizes, on drawn shells, to look at.
`python tests/gui/screenshot.py --samples docs/images` takes those of docs/screen.md: the real station on the rendered
sample images.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))

from memory_station import MemoryStation, drawn_shell
from memory_workshop import goods_folder, goods_report
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPolygonF
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from shellmark_gui.keys import Action
from shellmark_gui.language import Language
from shellmark_gui.theme import Sizes
from shellmark_gui.window import StationWindow
from shellmark_inspect.station import Station, StationConfig, samples_folder
from shellmark_inspect.types import Verdict

SIZES = ((1920, 1080), (1366, 768))
MOST_CASES = 60


def drawn(folder: Path, language: str, size: tuple[int, int]) -> None:
    """Every page, on drawn shells."""
    plan = (Verdict.PASS, Verdict.FAIL, Verdict.REVIEW, Verdict.PASS, Verdict.PASS)
    station, speech = MemoryStation(plan=plan), Language(language)
    window = StationWindow(station, speech)
    window.resize(*size)
    window.show()

    def take(name: str) -> None:
        save(window, folder / f"screen-{name}-{language}-{size[1]}.png")

    def judge(count: int) -> None:
        for _ in range(count):
            station.trigger().result()
            QTest.qWait(50)
        QTest.qWait(800)

    take("waiting")
    judge(11)
    take("pass")
    window._signed_in("张三" if language == "zh" else "Zhang San")
    judge(2)
    take("review")
    judge(4)
    take("fail")
    window._open_newest()
    take("record")
    window.home()
    pages = {Action.SKU: "skus", Action.MORE: "dispositions", Action.OK: "reasons", Action.OPERATOR: "operator"}
    for action, name in pages.items():
        window._key(action)
        take(name)
        window.home()
    window._key(Action.FALSE_ALARM)
    take("decided")
    window._key(Action.HEAT)
    take("heat")
    engineer(window, station, take)
    station.fail("disk: 0.3 GB free, records need 1 GB: delete old pictures or add a disk")
    QTest.qWait(300)
    take("stop")
    window.close()
    speech.close()
    station.close()


def engineer(window: StationWindow, station: MemoryStation, take: Callable[[str], None]) -> None:
    """The engineer's pages."""
    workshop, pages = station.workshop, window.engineer
    workshop.shadow("3")
    shells = [drawn_shell(number) for number in range(1, 14)]
    for number, shell in enumerate(shells[:5]):
        verdicts = (Verdict.PASS, Verdict.FAIL) if number % 2 else (Verdict.REVIEW, Verdict.PASS)
        workshop.flip(f"20-0{2000 + 17 * number}", shell, *verdicts)
    window._key(Action.MODELS)
    take("models")
    pages.models_page.work_buttons["flips"].click()
    take("flips")
    pages.models.open("2")
    pages.models_page.work_buttons["activate"].click()
    pages.models.open("1")
    QTest.qWait(300)
    pages.models_page.work_buttons["activate"].click()
    take("activate")
    pages.models.open()
    pages.threshold.open()
    workshop.rows = {record.inspection.trigger.case_id: record.row for record in reversed(station.records())}
    pages.threshold_page.slider.setValue(70)
    QTest.qWait(600)
    take("threshold")
    pages.teaching.open()
    folder = Path(station.folder.name) / "goods-20-inch-glossy"
    files = goods_folder(folder, shells)
    pages.teach_page.show_folder("goods", folder)
    take("teach-setting")
    pages.teaching._ask_folder("goods")
    pages.folder_page.wanted.emit(Path(station.folder.name))
    take("folder")
    pages.teaching.open()
    pages.teach_page.work_buttons["start"].click()
    QTest.qWait(300)
    job = workshop.jobs[-1]
    job.go("features", 0.42)
    pages.teaching._began_at -= 18
    take("teach-going")
    job.end(workshop.candidate(12), goods_report(files))
    QTest.qWait(1500)
    take("teach")
    record = station.trigger().result()
    QTest.qWait(300)
    window.home()
    window.region_page.show_record(record)
    window.show_page(window.region_page)
    QTest.qWait(400)
    window.region_page.canvas.regions.append(QPolygonF(QRectF(520, 300, 260, 120)))
    window.region_page.canvas.changed.emit()
    take("region")
    window.home()


def samples(folder: Path, recipe: str) -> None:
    """The real station on rendered shells: one of each verdict, a case opened, a decision, a stop."""
    front = {"kind": "folder", "path": str(samples_folder() / "manifest.json")}
    with ExitStack() as open_things:
        data = Path(open_things.enter_context(tempfile.TemporaryDirectory()))
        config = StationConfig(
            station="demo", data=data, cameras={"front": front}, recipes=(samples_folder() / recipe,), threads=1
        )
        station = open_things.enter_context(Station(config))
        speech = Language("zh")
        open_things.callback(speech.close)
        window = StationWindow(station, speech)
        open_things.callback(window.close)
        window.resize(*SIZES[0])
        window.show()
        window._signed_in("张三")
        wanted = dict.fromkeys(Verdict, True)
        for _ in range(MOST_CASES):
            if not any(wanted.values()):
                break
            try:
                record = station.trigger().result(60)
            except Exception as ended:  # noqa: BLE001 - a finite source ends so
                print(ended)  # noqa: T201
                break
            QTest.qWait(1200)
            if wanted[record.verdict] and window.station_page.target is not None and record.row > 12:
                wanted[record.verdict] = False
                save(window, folder / f"screen-{record.verdict.lower()}.jpg")
                if record.verdict is Verdict.FAIL:
                    opened(window, folder)


def opened(window: StationWindow, folder: Path) -> None:
    """The failed case opened; the small screen in English."""
    window._open_newest()
    save(window, folder / "screen-record.jpg")
    window.home()
    window._switch_language()
    window.resize(*SIZES[1])
    save(window, folder / "screen-fail-en-768.jpg")
    window._switch_language()
    window.resize(*SIZES[0])


def save(window: StationWindow, path: Path) -> None:
    QTest.qWait(450)
    window.grab().save(str(path), quality=85)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--samples", action="store_true")
    parser.add_argument("--recipe", default="gloss-vertical")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    application.setFont(Sizes().font(24))
    if arguments.samples:
        samples(arguments.folder, arguments.recipe)
    else:
        for language in ("zh", "en"):
            for size in SIZES:
                drawn(arguments.folder, language, size)


if __name__ == "__main__":
    main()
