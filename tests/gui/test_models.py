"""The models' page on a workshop in memory: versions, gate, activation, rollback, shadow and its flips."""

from __future__ import annotations

from dataclasses import replace

import pytest
from memory_station import drawn_shell
from memory_workshop import version
from PyQt6.QtCore import Qt

from shellmark_gui.keys import Action
from shellmark_gui.workwords import bound_sentence
from shellmark_inspect.errors import InputError
from shellmark_inspect.types import Verdict


@pytest.fixture
def page(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: len(window.engineer.models_page.versions) == 3)
    return window.engineer.models_page


def pick(qtbot, page, name: str) -> None:
    row = next(row for row in page.list.rows if row.version is not None and row.version.version == name)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)


def press(qtbot, page, name: str) -> None:
    button = page.work_buttons[name]
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_versions_are_newest_first_and_the_one_in_use_is_shown_in_full(page):
    assert [row.version.version for row in page.list.rows if row.version] == ["3", "2", "1"]
    assert page.chosen == "2"
    assert page.gate.lines()[0] == "误拒率 ≤ 9.5 %（95 %，n = 30）"
    assert "闸门已通过" in page.gate.lines()
    assert any("本机结果一致" in line for line in page.gate.lines())


def test_the_promise_is_said_in_both_languages(window, language):
    assert bound_sentence(0.0949, 30) == "误拒率 ≤ 9.5 %（95 %，n = 30）"
    language.use("en")
    assert bound_sentence(0.0949, 30) == "false rejects ≤ 9.5 % (95 %, n = 30)"


def test_a_version_without_a_passed_gate_cannot_be_put_to_use(qtbot, page, workshop):
    pick(qtbot, page, "3")
    assert not page.work_buttons["activate"].isEnabled()
    workshop.gate_fails = "golden"
    press(qtbot, page, "gate")
    qtbot.waitUntil(lambda: page.version.gate is not None)
    assert not page.version.gate.passed
    assert not page.work_buttons["activate"].isEnabled()
    assert any("crack-03 passes" in line for line in page.gate.lines())
    assert "未通过" in page.line.text()


def test_the_gate_says_that_it_runs_and_rests_its_key_meanwhile(qtbot, page, workshop):
    workshop.holds_gate = True
    pick(qtbot, page, "3")
    press(qtbot, page, "gate")
    assert "检查中" in page.gate.headline()[2]
    assert not page.work_buttons["gate"].isEnabled()
    assert [one.name for one in page.gate.checks()] == ["file", "recipe"]
    pick(qtbot, page, "1")
    assert "检查中" not in page.gate.headline()[2]
    pick(qtbot, page, "3")
    workshop.end_gate()
    qtbot.waitUntil(lambda: page.version.gate is not None)
    assert page.work_buttons["activate"].isEnabled()


def test_putting_a_version_to_use_asks_who_and_is_then_the_one_in_use(qtbot, window, page, workshop):
    pick(qtbot, page, "1")
    press(qtbot, page, "activate")
    assert window.page is window.operator_page
    window.operator_page.entry.setText("李四")
    qtbot.keyClick(window.operator_page.entry, Qt.Key.Key_Return)
    assert window.page is window.choice_page
    assert window.choice_page.title.text() == "启用版本 1？"
    assert workshop.activated == []
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: workshop.activated == [("1", "李四")])
    qtbot.waitUntil(lambda: page.version.active and page.version.version == "1")
    assert window.page is page
    assert "版本 1" in page.line.text()


def test_nobody_named_puts_nothing_to_use_and_leads_back(qtbot, window, page, workshop):
    pick(qtbot, page, "1")
    press(qtbot, page, "activate")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.page is page
    assert workshop.activated == []


def test_somebody_else_may_put_it_to_use(qtbot, window, page, workshop):
    window._signed_in("张三")
    window.engineer.open()
    pick(qtbot, page, "1")
    press(qtbot, page, "activate")
    qtbot.keyClick(window, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: window.page is window.operator_page)
    window.operator_page.entry.setText("王五")
    qtbot.keyClick(window.operator_page.entry, Qt.Key.Key_Return)
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: workshop.activated == [("1", "王五")])


def test_rolling_back_is_one_step_and_a_refusal_is_said_in_chinese(qtbot, window, page, workshop):
    window._signed_in("张三")
    window.engineer.open()
    press(qtbot, page, "rollback")
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: "there is no version before" in page.line.text())
    assert page.line.text().startswith("无法执行：")
    workshop.activated.append(("2", "张三"))
    press(qtbot, page, "rollback")
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: workshop.activated[-1] == ("back", "张三"))
    qtbot.waitUntil(lambda: page.work_buttons["rollback"].isEnabled())


def test_a_broken_version_is_shown_with_its_fault_and_nothing_can_be_done_with_it(qtbot, window, page, workshop):
    workshop.kept.append(replace(version(4), broken="model.onnx: not an ONNX file (3 bytes)"))
    window.engineer.models.look()
    qtbot.waitUntil(lambda: len(page.versions) == 4)
    pick(qtbot, page, "4")
    assert "model.onnx: not an ONNX file (3 bytes)" in page.gate.lines()
    for name in ("gate", "activate", "shadow"):
        assert not page.work_buttons[name].isEnabled()


def test_a_shadow_is_begun_and_ended_with_one_key(qtbot, page, workshop):
    pick(qtbot, page, "3")
    press(qtbot, page, "shadow")
    qtbot.waitUntil(lambda: page.shadowing.version == "3")
    assert workshop.shadowed.version == "3"
    assert page.work_buttons["shadow"].text() == "结束影子"
    qtbot.waitUntil(lambda: page.work_buttons["shadow"].isEnabled())
    press(qtbot, page, "shadow")
    qtbot.waitUntil(lambda: page.shadowing.version is None)


def test_flips_come_with_both_verdicts_and_their_picture(qtbot, window, page, workshop):
    pick(qtbot, page, "3")
    press(qtbot, page, "shadow")
    workshop.flip("20-1", drawn_shell(3, (60, 80)), Verdict.PASS, Verdict.FAIL)
    workshop.flip("20-2", None, Verdict.REVIEW, Verdict.PASS)
    qtbot.waitUntil(lambda: "2" in page.work_buttons["flips"].text())
    press(qtbot, page, "flips")
    tiles = window.engineer.flips_page.tiles
    assert [tile.verdicts for tile in tiles.tiles] == [
        (Verdict.REVIEW, Verdict.PASS),
        (Verdict.PASS, Verdict.FAIL),
    ]
    assert tiles.tiles[1].note == "分数 0.62 → 1.31"
    qtbot.waitUntil(lambda: tiles.places[1].image is not None)
    assert (tiles.places[0].image, tiles.places[0]._missing) == (None, True)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.page is page


def test_many_versions_are_turned_by_pages(qtbot, window, page, workshop):
    workshop.kept += [version(number) for number in range(4, 9)]
    window.engineer.models.look()
    qtbot.waitUntil(lambda: len(page.versions) == 8)
    assert [row.version.version for row in page.list.rows] == ["8", "7", "6", "5", "4", "3"]
    qtbot.mouseClick(page.list.after, Qt.MouseButton.LeftButton)
    assert [row.version.version for row in page.list.rows if row.version] == ["2", "1"]


def test_versions_that_cannot_be_read_are_said(qtbot, window, page, workshop, monkeypatch):
    def broken():
        raise InputError("the store /models is not there: mount it")

    monkeypatch.setattr(workshop, "versions", broken)
    window.engineer.models.look()
    qtbot.waitUntil(lambda: "mount it" in page.line.text())


def test_while_the_models_are_looked_at_a_stop_of_the_line_is_shown(qtbot, window, page, station):
    station.fail("disk full")
    qtbot.waitUntil(lambda: window.page is window.error_page)


def test_the_keys_of_the_station_do_nothing_here(qtbot, window, page, station):
    for key in (Qt.Key.Key_Space, Qt.Key.Key_F1, Qt.Key.Key_F5):
        qtbot.keyClick(window, key)
    assert station.status().counts.cases == 0
    qtbot.keyClick(window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: page.title.text() == "Models")
    assert page.buttons[Action.BACK].text() == "Back"


def test_what_was_activated_elsewhere_is_said_and_taken_over(qtbot, window, page, workshop):
    assert not page.work_buttons["follow"].isVisible()
    workshop.told = "gloss-vertical/3 was activated elsewhere: take it over"
    window.engineer.open()
    qtbot.waitUntil(page.work_buttons["follow"].isVisible)
    assert "activated elsewhere" in page.line.text()
    press(qtbot, page, "follow")
    qtbot.waitUntil(lambda: page.version is not None and page.version.version == "3" and page.version.active)
    qtbot.waitUntil(lambda: not page.work_buttons["follow"].isVisible())
