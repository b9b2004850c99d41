"""Pictures of labels on the screen: `python tests/gui/label_pictures.py FOLDER [LANGUAGE WIDTH HEIGHT [NAME...]]`.

Those of docs/labelling.md: `docs/images zh 1366 768 stick strip-while-failed page-strip count`. Labels are drawn
as they are printed, shells and what the camera sees are drawn, the labeller is the one in memory. Without a language
every picture is taken in both languages at both sizes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))

from memory_labels import seen_label
from memory_station import MemoryStation
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from shellmark_gui.language import Language
from shellmark_gui.theme import Sizes
from shellmark_gui.window import StationWindow
from shellmark_inspect.errors import StorageFull
from shellmark_inspect.labelling import Fault, Labelling, LabelState
from shellmark_inspect.loop import Lamp, Light
from shellmark_inspect.records import Order
from shellmark_inspect.said import Said, said_by
from shellmark_inspect.types import Record, Verdict
from shellmark_trace import States, Suspicion
from shellmark_trace.labels import TEMPLATES, LabelContent, draw_label

S = LabelState
DOTS_PER_MM = 11.811
PLAN = (Verdict.PASS, Verdict.PASS, Verdict.FAIL, Verdict.PASS, Verdict.PASS, Verdict.PASS, Verdict.FAIL)
SIZES = ((1920, 1080), (1366, 768))


def judge(window: StationWindow, station: MemoryStation, count: int = 1) -> Record:
    """Judge cases; the last one's record."""
    for _ in range(count):
        record = station.trigger().result()
        QTest.qWait(80)
    QTest.qWait(800)
    return record


def label(station: MemoryStation, record: Record, attempt: int = 1, waiting: int = 1) -> None:
    """Its label came out."""
    code = record.code
    assert code is not None
    station.labels.stick(record.inspection.trigger.case_id, code.serial, code.text, attempt=attempt, waiting=waiting)
    content = LabelContent(code.text, sku="S20-BLACK", name="20 寸 亮面黑", batch="2611-7")
    picture = draw_label(TEMPLATES["outside"], content, DOTS_PER_MM)
    station.labels.seen = replace(station.labels.seen, label=picture)


def take_all(window: StationWindow, station: MemoryStation, take: Callable[[str], None]) -> None:
    """What an inspector sees of labels in a day."""
    labels = station.give_labels()
    labels.ordered = Order("MO-2611-07", 1000, "2611-7", 214)
    window._signed_in("张三" if window.language.code == "zh" else "Zhang San")
    take("idle")
    first = judge(window, station)
    label(station, first)
    take("stick")
    labels.go(S.STICK, doubted=("K7M2PQX4D8TZ9",))
    take("stick-doubted")
    labels.go(S.STICK, doubted=())
    labels.proven()
    take("active")
    second = judge(window, station)
    label(station, second, attempt=2)
    judge(window, station)
    take("stick-while-failed")
    labels.fault = Fault.SEVERAL
    labels.seen = replace(labels.seen, frame=seen_label(labels.seen.label, noise=14), uec=0.31, after=18_232)
    labels.go(S.STRIP, fault=Fault.SEVERAL)
    take("strip-while-failed")
    window.labels.open()
    take("page-strip")
    window.home()
    third = judge(window, station)
    take("strip")
    away = Said(
        "label printer {place}: {why}: see that it is on, has labels and is on the network",
        place="192.0.2.7:9100",
        why="no answer in time",
    )
    labels.go(S.OFFLINE, serial="", case_id="", detail=away, waiting=3)
    QTest.qWait(300)
    take("offline")
    window.labels.open()
    take("page-offline")
    window.home()
    labels.go(S.SUPERVISOR, case_id=third.inspection.trigger.case_id, serial=third.code.serial if third.code else "")
    take("supervisor")
    differs = Said("the odometer shows {count}, {due} is due", count=18_233, due=18_231)
    labels.printed = 42
    doubted = (first.code.serial,) if first.code else ()
    labels.go(S.REFUSED, fault=Fault.ODOMETER, detail=differs, doubted=doubted)
    take("refused")
    window.labels.count.open()
    take("count-differs")
    window.home()
    labels.go(
        S.HELD,
        detail=Said(
            "the label's font {font} has no {lacking}: name another in the template", font="a.ttf", lacking="亮"
        ),
    )
    take("held")
    lost = Said("no answer for {seconds:.1f} s: check its cable and power", seconds=4.2)
    station.lamps["camera"] = Lamp(Light.RED, Said("{camera}: {why}", camera="front", why=lost))
    take("camera-lost")
    station.lamps["camera"] = Lamp(Light.GREEN)
    station.fail(
        said_by(
            StorageFull(
                "{what}: no room in {where}: free some space and start again",
                what=Said("store trigger {number}", number=41),
                where="/data/records.db",
            )
        )
    )
    take("stop")
    station.acknowledge().result()
    QTest.qWait(400)
    labels.printed, labels.now = 41, Labelling(S.IDLE)
    window.labels.count.open()
    take("count")
    window.home()
    label(station, third)
    labels.proven()
    labels.standings[first.code.serial] = (States.SHIPPED, Suspicion.SUSPECT)
    window.labels.open()
    take("page")
    window.labels.page.work_buttons["relabel"].click()
    take("which-case")
    window.home()
    window._open_record(window.cases.newest()[-1].record)
    take("record")
    window.home()
    labels.ordered = Order("MO-2611-07", 1000, "2611-7", 1000)
    window.labels._active = ""
    station.checks.give_masters()
    take("order-blocked")


def main(folder: Path, code: str, size: tuple[int, int], wanted: tuple[str, ...] = ()) -> None:
    """All pictures in one language at one size."""
    speech, station = Language(code), MemoryStation(plan=PLAN)
    window = StationWindow(station, speech)
    window.resize(*size)
    window.show()

    def take(name: str) -> None:
        if wanted and name not in wanted:
            QTest.qWait(50)
            return
        QTest.qWait(1200)  # keys rest a moment after their meaning has changed
        size_word = "" if size[1] == 1080 else f"-{size[1]}"
        window.grab().save(str(folder / f"label-{name}-{code}{size_word}.jpg"), quality=80)

    try:
        take_all(window, station, take)
    finally:
        window.close()
        speech.close()
        station.close()


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    application.setFont(Sizes().font(24))
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    if len(sys.argv) > 2:
        main(Path(sys.argv[1]), sys.argv[2], (int(sys.argv[3]), int(sys.argv[4])), tuple(sys.argv[5:]))
    else:
        for language in ("zh", "en"):
            for one in SIZES:
                main(Path(sys.argv[1]), language, one)
