"""What the station says of faults, on the Chinese screen: every line an inspector can meet, in Chinese."""

from __future__ import annotations

import ast
import errno
import importlib.util
import re
import socket
from pathlib import Path

import numpy as np
import pytest

import shellmark_gui
from shellmark_gui.labelwords import LabelKeys, label_look
from shellmark_gui.troubles import told
from shellmark_gui.wording import line, sentence
from shellmark_inspect.cameras import build_guarded
from shellmark_inspect.errors import CameraError, ShellmarkError, StorageFull
from shellmark_inspect.labelling import Fault, Labelling, LabelState
from shellmark_inspect.labelling.calls import Call, Calls
from shellmark_inspect.loop import Lamp, Light, NotReady, StationState
from shellmark_inspect.records.database import mapped
from shellmark_inspect.records.stock import two_persons
from shellmark_inspect.said import Said, said_by
from shellmark_inspect.station import Trouble
from shellmark_inspect.station.troubles import TroubleCode
from shellmark_inspect.types import Reason, ReasonCode, Trigger
from shellmark_trace import PrinterError
from shellmark_trace.printers import build_printer, read_printer_settings

CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORDS = re.compile(r"[A-Za-z]{3,}")
SCRIPT = Path(shellmark_gui.__file__).parents[1] / "translations.py"


def left_in_english(text: str, *names: str) -> list[str]:
    """Words that are neither Chinese nor one of these names."""
    for name in names:
        text = text.replace(name, "")
    return WORDS.findall(text)


def caught(do) -> BaseException:
    with pytest.raises((ShellmarkError, PrinterError)) as told_of:
        do()
    return told_of.value


@pytest.fixture(scope="module")
def translations():
    spec = importlib.util.spec_from_file_location("translations", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_error_an_inspector_can_meet_is_put_together_by_hand(translations):
    """A sentence with facts can be translated, a filled one cannot."""
    by_hand = [
        f"{path.relative_to(translations.ROOT)}:{call.lineno}"
        for path in translations.station_sources()
        for call in translations.told_errors(ast.parse(path.read_text("utf-8")), path)
        if call.args and isinstance(call.args[0], (ast.JoinedStr, ast.BinOp))
    ]
    assert by_hand == []


def test_the_rooms_are_there(translations):
    assert all((translations.ROOT / room).exists() for room in translations.ERRORS)
    assert "label printer {place}: {why}: see that it is on, has labels and is on the network" in (
        translations.sentences()
    )


def test_a_printer_that_is_away(language):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        printer = build_printer(read_printer_settings({"kind": "zebra", "host": "127.0.0.1", "port": port}))
        fault = caught(printer.odometer)
    words = f"标签打印机 127.0.0.1:{port}：连接被拒绝：请检查是否开机、有标签纸、网络连通"
    assert told(fault) == words
    now = Labelling(LabelState.HELD, detail=said_by(fault))
    assert label_look(now, LabelKeys("B", "N", "P")).line == f"暂停打印：{words}"
    language.use("en")
    assert told(fault) == str(fault)
    assert label_look(now, LabelKeys("B", "N", "P")).line == f"nothing is printed: {fault}"


def test_a_label_folder_that_is_none(language, tmp_path):
    (tmp_path / "file").write_text("")
    printer = build_printer(read_printer_settings({"kind": "files", "folder": str(tmp_path / "file" / "sub")}))
    said = told(caught(lambda: printer.print(np.ones((40, 40), bool))))
    assert said.startswith("标签文件夹 ")
    assert "标签可能已在里面" in said


def test_a_camera_that_is_lost(language, tmp_path):
    camera = build_guarded("front", {"kind": "folder", "path": str(tmp_path / "gone")})
    fault = caught(camera.open)
    assert (
        line(camera.state.last_error) == told(fault) == f"缺少文件夹 {tmp_path / 'gone'}：请放好，或修改相机的 `path`"
    )
    again = caught(lambda: camera.expose(Trigger(1, 0, "a"), "front", ("top",)))
    assert isinstance(again, CameraError)
    assert told(again).startswith("相机 front 没有打开：缺少文件夹")
    said = sentence(Reason(ReasonCode.CAMERA, {"camera": "front", "detail": said_by(again)}))
    assert left_in_english(said, "front", str(tmp_path / "gone"), "`path`") == []


def test_no_room_on_the_disk(language):
    def write() -> None:
        with mapped(Said("store trigger {number}", number=7), "/data/records.db"):
            raise OSError(errno.ENOSPC, "No space left on device")

    fault = caught(write)
    assert isinstance(fault, StorageFull)
    assert told(fault) == "保存第 7 次触发：/data/records.db 空间不足：请腾出空间后重新启动"


def test_what_the_system_says_is_said_too(language):
    def write() -> None:
        with mapped("keep a picture", "/data"):
            raise OSError(errno.EROFS, "Read-only file system", "/data/images")

    assert told(caught(write)) == "保存图片: /data/images: 磁盘只读"


def test_a_press_that_is_not_due_and_two_persons_who_are_one(language):
    calls = Calls()
    answer = calls.say(Call.STUCK, operator="a", serial="")
    assert told(answer.exception()) == "现在不能按“标签已贴好”：请看标签页的提示"
    what = Said("a new label for case {case}", case="20-1")
    assert told(caught(lambda: two_persons("张三", "张三", what))) == "箱壳 20-1 重贴标签需要两个不同的人：请填两人姓名"


def test_states_and_places_among_the_facts_are_words(language):
    not_ready = NotReady("station {station} is {state}", station="line3", state=StationState.HALTED)
    assert told(not_ready) == "工位 line3 现在是“已停止”"
    code = Said("code {at_hand} is {now} now: its label has to come off", at_hand="X", now="VOID")
    assert line(code) == "编码 X 现在是“作废”：它的标签必须撕掉"
    lights = Said("lights {light} and {other} have changed places", light="north", other="west")
    step = Reason(ReasonCode.STEP, {"view": "front", "step": "light_check", "detail": lights})
    assert left_in_english(sentence(step)) == []


def test_the_line_under_the_picture_and_the_stop_are_in_chinese(qtbot, window, station):
    lost = Said(
        "{camera}: {why}",
        camera="front",
        why=Said("no answer for {seconds:.1f} s: check its cable and power", seconds=4.2),
    )
    station.lamps["camera"] = Lamp(Light.RED, lost)
    qtbot.waitUntil(lambda: "4.2 秒没有应答：请检查线缆和电源" in window.station_page.live.canvas._footer)
    assert window.station_page.lamps.complaints() == ["相机: front: 4.2 秒没有应答：请检查线缆和电源"]
    full = StorageFull("{folder} has {kib} KiB left: free some space, no case is begun before", folder="/data", kib=12)
    station.fail(said_by(full))
    qtbot.waitUntil(lambda: window.page is window.error_page)
    assert window.error_page.message.text() == "/data 只剩 12 KiB：请腾出空间，之前不接新箱壳"


def test_why_no_pass_is_given_is_the_trouble_s_own_sentence(language):
    trouble = Trouble(TroubleCode.CHECK_DUE, "check", True, {"sku": "gloss-20", "why": "shift start"})
    said = sentence(Reason(ReasonCode.BLOCKED, {"detail": trouble.line}))
    assert said == "工位锁定期间不判合格：gloss-20：需要点检（换班开始）：请放标样"


def test_a_line_without_facts_or_translation_stays(language):
    assert told(PrinterError("odd")) == "打印机没有应答：odd"
    assert line("anything else") == "anything else"
    assert line(Said("nobody translated {this}", this="x")) == "nobody translated x"


def test_refused_says_both_counts(language):
    now = Labelling(
        LabelState.REFUSED,
        fault=Fault.ODOMETER,
        detail=Said("the odometer shows {count}, {due} is due", count=3, due=2),
    )
    assert line(now.detail) == "打印机计数为 3，应为 2"
