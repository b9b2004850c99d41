"""Makes the pictures of docs/engineer.md: `python tests/gui/engineer_pictures.py docs/images`.

The real station on the rendered sample images: cases judged and decided, a model taught from the goods (with a
defective case put among them), gated, run as a shadow; the threshold previewed on what was stored.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))

from PIL import Image
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from shellmark_gui.keys import Action
from shellmark_gui.language import Language
from shellmark_gui.theme import Sizes
from shellmark_gui.window import StationWindow
from shellmark_inspect.records.policy import SavePolicy
from shellmark_inspect.station import Station, StationConfig, samples_folder
from shellmark_inspect.types import MAP_LIMIT, Verdict
from shellmark_models import Store, bundle_roots

SKU = "gloss-vertical"
WITHIN_S = 600.0
CASES = 27


def wait(until: Callable[[], object]) -> None:
    """Let the window live until something is so."""
    ends = time.monotonic() + WITHIN_S
    while not until():
        QTest.qWait(50)
        if time.monotonic() > ends:
            raise TimeoutError("the station takes too long")


def save(window: StationWindow, path: Path, *, every_colour: bool = False) -> None:
    """The window as a PNG; of 256 colours it is a third of the size, but the heat map's would be others."""
    QTest.qWait(700)
    window.grab().save(str(path))
    if every_colour:
        return
    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def judge(window: StationWindow, station: Station, cases: int, heat: Path) -> None:
    """Judge cases and decide about them; the heat map is of the FAIL with the most above the limit."""
    most = 0
    for _ in range(cases):
        future = station.trigger()
        wait(future.done)
        record = future.result()
        QTest.qWait(900)
        maps = [one.pixels for one in record.inspection.evidence if one.kind == "map"]
        reached = sum(int((scores >= MAP_LIMIT).sum()) for scores in maps)
        if record.verdict is Verdict.FAIL and reached > most:
            most = reached
            window._key(Action.HEAT)
            save(window, heat, every_colour=True)
            window._key(Action.HEAT)
        good = "/good/" in record.inspection.trigger.case_id
        sure = Action.OK if record.verdict is Verdict.PASS else Action.FALSE_ALARM
        window.decisions.decide(sure if good else Action.NG, record)
        QTest.qWait(200)


def goods_with_a_bad_one(folder: Path) -> Path:
    """The goods to learn, and among them a shell with a defect."""
    learn = samples_folder() / SKU / "learn"
    shutil.copytree(learn / "good", folder)
    bad = shutil.copytree(learn / "defect" / "d003", folder / "g017")
    for mask in bad.glob("*_mask.png"):
        mask.unlink()
    return folder


def take(window: StationWindow, station: Station, folder: Path, data: Path) -> None:
    """One picture after the other."""
    pages = window.engineer
    judge(window, station, CASES, folder / "heat-zh.png")
    pages.open()
    pages.teaching.open()
    wait(lambda: pages.teach_page.active is not None)
    pages.teach_page.show_folder("goods", goods_with_a_bad_one(data / "goods"))
    pages.teach_page.work_buttons["start"].click()
    wait(lambda: pages.teach_page.version is not None)
    QTest.qWait(1500)
    tile = pages.teach_page.tiles.places[0]
    tile.click()
    save(window, folder / "teach-zh.png")
    pages.teach_page.work_buttons["gate"].click()
    wait(lambda: pages.models_page.version is not None and pages.models_page.version.gate is not None)
    pages.models_page.work_buttons["shadow"].click()
    wait(lambda: pages.models_page.shadowing.version is not None)
    for _ in range(4):
        wait(station.trigger().done)
        QTest.qWait(1500)
    pages.models_page.say("")
    save(window, folder / "models-zh.png")
    pages.threshold.open()
    pages.threshold_page.slider.setValue(80)
    wait(lambda: pages.threshold_page.preview is not None)
    QTest.qWait(1500)
    save(window, folder / "threshold-zh.png")


def main(folder: Path) -> None:
    application = QApplication(sys.argv[:1])
    application.setFont(Sizes().font(24))
    shipped = Store(*bundle_roots()).find(SKU)
    with ExitStack() as open_things:
        data = Path(open_things.enter_context(tempfile.TemporaryDirectory()))
        shutil.copytree(shipped.path.parent, data / "store" / SKU / shipped.version)
        front = {"kind": "folder", "path": str(samples_folder() / "manifest.json"), "loop": True}
        config = StationConfig(
            station="demo",
            data=data,
            cameras={"front": front},
            recipes=(samples_folder() / SKU,),
            models=(data / "store",),
            save=SavePolicy(frames="all"),
            threads=1,
        )
        station = open_things.enter_context(Station(config))
        speech = Language("zh")
        open_things.callback(speech.close)
        window = StationWindow(station, speech)
        open_things.callback(window.close)
        window.resize(1920, 1080)
        window.show()
        window._signed_in("张三")
        take(window, station, folder, data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
