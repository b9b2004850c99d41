"""The window on a real station that prints labels: an emulated printer over TCP, a label camera, records, driver."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from label_shop import emulator
from PyQt6.QtCore import Qt
from small_station import Place, teach_noise

from shellmark_gui.keys import Action
from shellmark_gui.pulse import LIMIT_MS
from shellmark_gui.window import StationWindow
from shellmark_inspect.labelling import LabelState
from shellmark_inspect.station import Station
from shellmark_trace import States

S = LabelState
WITHIN_MS = 20_000


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("store")
    teach_noise(root)
    return root


@pytest.fixture
def printer():
    with emulator.Emulator() as one:
        yield one


@pytest.fixture
def place(tmp_path, store):
    place = Place(tmp_path, store)
    place.fill(["good", "good", "scratched"])
    show(place)
    return place


@pytest.fixture
def real(place, printer):
    cameras = {
        "front": {"kind": "folder", "path": "cases"},
        "labels": {"kind": "folder", "path": "under", "loop": True},
    }
    zebra = {"kind": "zebra", "host": printer.host, "port": printer.port}
    station = Station(place.config(cameras=cameras, label={"printer": zebra, "view": "labels"}))
    with station:
        yield station


@pytest.fixture
def window(qtbot, real, language):
    window = StationWindow(real, language, operator="张三")
    window.resize(1920, 1080)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close()
    window.deleteLater()


def show(place: Place, *labels) -> None:
    """What lies under the label camera: a grey shell with these labels on it."""
    frame = np.full((420, 660 * max(1, len(labels))), 120, np.uint8)
    for number, label in enumerate(labels):
        part = frame[20 : 20 + label.shape[0], 20 + 640 * number : 20 + 640 * number + label.shape[1]]
        part[:] = np.where(label[: part.shape[0], : part.shape[1]], 25, 235)
    folder = place.folder / "under"
    folder.mkdir(exist_ok=True)
    part_file = folder / "shell.part"
    part_file.write_bytes(cv2.imencode(".png", frame)[1].tobytes())
    part_file.replace(folder / "shell.png")


def due(qtbot, window, state: LabelState, *but: str) -> None:
    """Wait until the panel is there, with another code than `but`, and its key may be pressed."""

    def there() -> bool:
        now = window.labels._now
        pressable = window.station_page.label.buttons[Action.LABEL_DONE].isEnabled()
        return now.state is state and now.serial not in but and (pressable or state is S.IDLE)

    qtbot.waitUntil(there, timeout=WITHIN_MS)


def test_two_labels_came_so_both_are_stripped_and_the_next_one_is_active(qtbot, window, real, place, printer):
    panel = window.station_page.label
    window.pulse.start()
    printer.faults = emulator.Faults(double=1.0)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    due(qtbot, window, S.STICK)
    first = window.labels._now.serial
    printer.wait(2)
    printer.faults = emulator.Faults()
    show(place, *printer.pictures[-2:])
    qtbot.keyClick(window, Qt.Key.Key_B)
    due(qtbot, window, S.STRIP)
    assert "不止一张" in panel.tile.line
    window.labels.open()
    page = window.labels.page
    qtbot.waitUntil(lambda: page.seen._image is not None and page.label._image is not None, timeout=WITHIN_MS)
    assert page.list.rows[0].word == "第 1 张，最多 8 张"
    before, after = page.list.rows[3].word.split(" → ")
    assert int(after) == int(before) + 2
    show(place)
    qtbot.waitUntil(page.work_buttons["done"].isEnabled, timeout=WITHIN_MS)
    qtbot.keyClick(window, Qt.Key.Key_B)
    due(qtbot, window, S.STICK, first)
    second = window.labels._now.serial
    assert page.list.rows[0].word == "第 2 张，最多 8 张"
    printer.wait(3)
    show(place, printer.pictures[-1])
    qtbot.waitUntil(page.work_buttons["done"].isEnabled, timeout=WITHIN_MS)
    page.work_buttons["done"].click()
    qtbot.waitUntil(lambda: page.tile.word == f"标签已激活 {second[-6:]}", timeout=WITHIN_MS)
    assert page.list.rows[2].word == "好"
    assert real.labels.standing(first).result(10)[0] is States.VOID
    assert real.labels.standing(second).result(10)[0] is States.ACTIVE
    window.home()
    qtbot.waitUntil(lambda: window.station_page.history.thumbnails[0].standing[0] == "已激活", timeout=WITHIN_MS)
    window._open_newest()
    qtbot.waitUntil(lambda: window.record_page.code.standing == "已激活", timeout=WITHIN_MS)
    window.pulse.stop()
    assert window.pulse.longest_own_ms <= LIMIT_MS  # its own work only; a wait for a core is none


def test_an_hour_without_the_printer_is_said_and_the_line_goes_on(qtbot, window, real, printer):
    printer.faults = emulator.Faults(offline=True)
    for number in range(1, 3):
        qtbot.waitUntil(window.station_page.buttons[Action.TRIGGER].isEnabled, timeout=WITHIN_MS)
        qtbot.keyClick(window, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda n=number: len(window.cases.newest()) == n, timeout=WITHIN_MS)
    panel = window.station_page.label
    qtbot.waitUntil(lambda: "起离线，2 个编码待打印" in panel.tile.line, timeout=WITHIN_MS)
    assert "标签 注意" in window.station_page.lamps.accessibleName()
    printer.faults = emulator.Faults()
    due(qtbot, window, S.STICK)


def test_a_count_that_does_not_fit_stops_printing_until_two_reconcile(qtbot, window, real, place, printer):
    qtbot.keyClick(window, Qt.Key.Key_Space)
    due(qtbot, window, S.STICK)
    printer.wait(1)
    show(place, printer.pictures[-1])
    qtbot.keyClick(window, Qt.Key.Key_B)
    due(qtbot, window, S.IDLE)
    printer.reprint()
    printer.wait(2)
    show(place)
    qtbot.waitUntil(window.station_page.buttons[Action.TRIGGER].isEnabled, timeout=WITHIN_MS)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    panel = window.station_page.label
    qtbot.waitUntil(lambda: panel.tile.word == "打印机计数不符，停止打印", timeout=WITHIN_MS)
    qtbot.keyClick(window, Qt.Key.Key_P)
    page = window.labels.page
    page.work_buttons["reconcile"].click()
    count = window.labels.count.page
    qtbot.waitUntil(lambda: count.tile.word == "计数对不上", timeout=WITHIN_MS)
    count.work_buttons["sign"].click()
    entry = window.labels.entry_page
    entry.entry.setText("王主管")
    entry.accept.click()
    window.choice_page.answers[0].click()
    qtbot.waitUntil(lambda: window.labels._now.state is S.STICK, timeout=WITHIN_MS)
    window.home()
    doubtful = window.station_page.history.thumbnails[1]
    qtbot.waitUntil(lambda: doubtful.standing[0] == "存疑", timeout=WITHIN_MS)
