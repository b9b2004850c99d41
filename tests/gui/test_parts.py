"""The parts: pictures, remembered cases, decisions, the pulse, faults, the check of a screenshot."""

from __future__ import annotations

import logging
import sys
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from memory_station import MemoryStation
from PyQt6.QtCore import QSize, QTimer
from PyQt6.QtGui import QColor, QImage

from shellmark_gui.bridge import Bridge
from shellmark_gui.cases import Cases
from shellmark_gui.decisions import ASK, decision
from shellmark_gui.faults import shown_faults
from shellmark_gui.keys import Action
from shellmark_gui.pictures import best_shot, read, shots, smooth, zero_copy
from shellmark_gui.pulse import Pulse
from shellmark_gui.screenshot import faults_of
from shellmark_gui.widgets.code_panel import CodePanel, symbol_of
from shellmark_inspect.errors import InputError
from shellmark_inspect.types import Code, Disposition, Verdict


@pytest.fixture
def records():
    station = MemoryStation(size=(300, 400))
    yield [station.trigger().result(10) for _ in range(16)]
    station.close()


@pytest.mark.parametrize("shape", [(30, 40), (30, 40, 3), (31, 41, 3)])
def test_a_frame_is_shown_without_a_copy(shape):
    pixels = np.zeros(shape, np.uint8)
    image = zero_copy(pixels)
    pixels[2, 3] = 200
    assert (image.width(), image.height()) == (shape[1], shape[0])
    assert image.pixelColor(3, 2).red() == 200


def test_blue_is_blue():
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[..., 0] = 255
    assert zero_copy(pixels).pixelColor(1, 1).name() == "#0000ff"


@pytest.mark.parametrize("cut", [np.s_[:, ::2], np.s_[::2, 10:30], np.s_[:, ::-1]])
def test_a_slice_of_a_frame_is_shown_as_it_is(cut):
    pixels = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)[cut]
    image = zero_copy(pixels)
    b, g, r = (int(value) for value in pixels[3, 5])
    assert image.pixelColor(5, 3).getRgb() == (r, g, b, 255)


def test_a_thin_line_survives_shrinking():
    pixels = np.zeros((2000, 2000), np.uint8)
    pixels[:, 1001] = 255
    picture = smooth(pixels, QSize(200, 200))
    assert picture.source == QSize(2000, 2000)
    row = [picture.image.pixelColor(x, 100).red() for x in range(200)]
    assert max(row) == pytest.approx(25, abs=1)


def test_a_kept_picture_is_read_and_a_damaged_one_named(tmp_path: Path):
    good, bad, empty = tmp_path / "good.png", tmp_path / "bad.png", tmp_path / "empty.png"
    cv2.imwrite(str(good), np.full((60, 80, 3), 90, np.uint8))
    bad.write_bytes(good.read_bytes()[:40])
    empty.write_bytes(b"")
    assert read(good, QSize(40, 40)).image.size() == QSize(40, 30)
    for path in (bad, empty):
        with pytest.raises(OSError, match=f"{path.name} cannot be shown"):
            read(path, QSize(40, 40))


def test_a_record_s_pictures_in_memory_come_before_those_on_disk(records):
    found = shots(records[0])
    assert [shot.kind for shot in found] == ["frame"] * 6 + ["map"] * 2
    assert all(shot.pixels is not None for shot in found)
    light = replace(records[0], inspection=replace(records[0].inspection, evidence=()))
    assert [(shot.kind, shot.pixels) for shot in shots(light)] == [("frame", None)] * 2 + [("map", None)] * 2


def test_the_most_telling_picture_shows_the_worst_defect(records):
    review = next(record for record in records if record.verdict is Verdict.REVIEW)
    assert (best_shot(review).view, best_shot(review).light) == ("side", "low_n")


def test_cases_are_newest_first_and_a_decision_takes_its_case_s_place(records):
    cases = Cases(records[:3])
    kept = replace(
        records[1],
        row=99,
        previous=records[1].row,
        disposition=Disposition.OK,
        inspection=replace(
            records[1].inspection, evidence=(), trigger=replace(records[1].inspection.trigger, opened_ns=1)
        ),
    )
    cases.add(kept)
    assert [case.record.row for case in cases.newest()] == [3, 99, 1]
    again = replace(kept, row=100, previous=99)
    cases.add(again)
    assert [case.record.row for case in cases.newest()] == [3, 100, 1]


def test_a_decision_about_the_newest_case_keeps_its_pictures(records):
    cases = Cases(records[:1])
    kept = replace(
        records[0], row=50, previous=records[0].row, disposition=Disposition.NG,
        inspection=replace(records[0].inspection, evidence=()),
    )  # fmt: skip
    assert cases.add(kept).record.inspection.evidence


def test_a_re_inspection_is_a_case_of_its_own(records):
    cases = Cases(records[:1])
    cases.add(replace(records[1], previous=records[0].row))
    assert len(cases.newest()) == 2


def test_only_the_newest_case_keeps_frames_and_twelve_keep_crops(records):
    cases = Cases(records).newest()
    assert cases[0].record.inspection.evidence
    assert not any(case.record.inspection.evidence for case in cases[1:])
    with_crops = [case for case in cases if any(defect.crop is not None for defect in case.record.inspection.defects)]
    assert {cases.index(case) for case in with_crops} <= set(range(12))


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("action", [Action.OK, Action.NG, Action.FALSE_ALARM])
def test_what_a_key_means_never_passes_a_fail_without_a_reason(action, verdict):
    means = decision(action, verdict)
    if action is Action.FALSE_ALARM and verdict is Verdict.PASS:
        assert means is None
    elif action is Action.NG:
        assert means[0] is Disposition.NG
    else:
        assert means[0] is Disposition.OK
    if (action, verdict) == (Action.OK, Verdict.FAIL):
        assert means[1] == ASK


def test_the_pulse_measures_a_block(qtbot, caplog):
    pulse = Pulse()
    pulse.start()
    qtbot.waitUntil(lambda: pulse._timer.remainingTime() >= 0)
    with caplog.at_level(logging.WARNING):
        QTimer.singleShot(0, lambda: time.sleep(0.08))  # the block that is measured
        qtbot.waitUntil(lambda: pulse.blocks == 1)
    assert 60 <= pulse.longest_ms < 1000
    assert pulse.longest_own_ms < 60  # it slept: the wait was not work
    assert "blocked" in caplog.text
    pulse.reset()
    assert (pulse.longest_ms, pulse.blocks) == (0.0, 0)
    pulse.stop()


def test_a_fault_in_a_slot_is_shown_and_logged_and_the_hook_goes_again(caplog):
    said, before = [], sys.excepthook
    with shown_faults(said.append):
        sys.excepthook(ValueError, ValueError("no such limit"), None)
    assert said == ["ValueError: no such limit"]
    assert "a fault in the screen" in caplog.text
    assert sys.excepthook is before


def test_answers_come_on_the_gui_thread_and_none_after_closing(qtbot, station):
    bridge, got, failed = Bridge(station), [], []
    late: Future[int] = Future()
    bridge.ask(lambda: late, got.append, failed.append)
    bridge.fetch(lambda: 7, got.append)
    bridge.fetch(lambda: 1 / 0, got.append, failed.append)
    qtbot.waitUntil(lambda: got == [7] and failed == ["division by zero"])
    bridge.close()
    late.set_result(1)
    qtbot.wait(20)
    assert got == [7]


def test_a_station_that_refuses_at_once_is_heard_too(qtbot, station):
    def refuse() -> Future[int]:
        raise InputError("not now")

    bridge, failed = Bridge(station), []
    bridge.ask(refuse, lambda _: None, failed.append)
    assert failed == ["not now"]
    bridge.close()


def test_a_text_that_is_no_code_draws_nothing(qtbot, caplog):
    assert symbol_of("hello") is None
    panel = CodePanel()
    qtbot.addWidget(panel)
    panel.show_code(Code("7K3M9Q0X00001", "HTTPS://V.EXAMPLE.COM/01/06901234567892/21/7K3M9Q0X00001", "VOID"))
    assert panel.code is None


def test_a_symbol_that_comes_late_is_not_shown_under_another_code(qtbot):
    panel, wanted = CodePanel(), []
    qtbot.addWidget(panel)
    panel.wanted.connect(wanted.append)
    first, second = (f"HTTPS://V.EXAMPLE.COM/01/06901234567892/21/7K3M9Q0X0000{n}" for n in (1, 2))
    panel.show_code(Code(first[-13:], first, "RESERVED"))
    panel.show_code(Code(second[-13:], second, "RESERVED"))
    panel.show_code(Code(second[-13:], second, "ACTIVE"))
    assert wanted == [first, second]
    panel.show_symbol(first, symbol_of(first))
    assert panel._symbol is None
    panel.show_symbol(second, symbol_of(second))
    assert panel._symbol == symbol_of(second)


def test_an_empty_screenshot_is_found(qapp):
    empty = QImage(200, 100, QImage.Format.Format_RGB32)
    empty.fill(QColor("#10151b"))
    assert any("empty" in fault for fault in faults_of(empty, ["合格"]))
    assert faults_of(QImage(), []) == ["the screenshot is no picture"]
    noise = zero_copy(np.random.default_rng(0).integers(0, 256, (100, 200, 3), np.uint8))
    assert faults_of(noise, ["合格"]) == []
    assert any("no glyph" in fault for fault in faults_of(noise, ["\U000e0fff"]))
