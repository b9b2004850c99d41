"""Makes docs/images/screen-*.png: `python tests/gui/screenshot.py [FOLDER]`. The shells are drawn, not photographed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))

from memory_station import MemoryStation
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

import shellmark_gui.pictures  # noqa: F401 - cv2 before Qt
from shellmark_gui.keys import Action
from shellmark_gui.language import Language
from shellmark_gui.theme import Sizes
from shellmark_gui.window import StationWindow
from shellmark_inspect.types import Verdict

SIZES = ((1920, 1080), (1366, 768))


def shots(folder: Path) -> None:
    application = QApplication(sys.argv[:1])
    application.setFont(Sizes().font(24))
    for language in ("zh", "en"):
        for size in SIZES:
            _screens(folder, language, size)
    application.quit()


def _screens(folder: Path, language: str, size: tuple[int, int]) -> None:
    plan = (Verdict.PASS, Verdict.FAIL, Verdict.REVIEW, Verdict.PASS, Verdict.PASS)
    station, speech = MemoryStation(plan=plan), Language(language)
    window = StationWindow(station, speech)
    window.resize(*size)
    window.show()

    def take(name: str) -> None:
        QTest.qWait(450)
        window.grab().save(str(folder / f"screen-{name}-{language}-{size[1]}.png"))

    def one_case() -> None:
        station.trigger().result()
        QTest.qWait(50)

    take("waiting")
    for _ in range(11):
        one_case()
    QTest.qWait(800)
    take("pass")
    window.operator = "张三" if language == "zh" else "Zhang San"
    window._put_names()
    one_case()
    one_case()
    take("review")
    for _ in range(4):
        one_case()
    QTest.qWait(800)
    take("fail")
    window._open_newest()
    take("record")
    window._home()
    for action, name in (
        (Action.SKU, "skus"),
        (Action.MORE, "dispositions"),
        (Action.OK, "reasons"),
        (Action.OPERATOR, "operator"),
    ):
        window._key(action)
        take(name)
        window._home()
    station.fail("disk: 0.3 GB free, records need 1 GB: delete old pictures or add a disk")
    QTest.qWait(300)
    take("stop")
    window.close()
    speech.close()
    station.close()


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    target.mkdir(parents=True, exist_ok=True)
    shots(target)
