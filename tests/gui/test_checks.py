"""The daily check on the screen: due, begun, masters placed, failed; the banner, suspects; drift and its charts."""

from __future__ import annotations

import math

import pytest
from memory_checks import MASTERS, drawn_chart
from PyQt6.QtCore import Qt

from shellmark_calibration import Grade
from shellmark_gui import calibrationwords, wording
from shellmark_gui.keys import Action
from shellmark_gui.pages.drift_page import key_of
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import FAIL_COLOUR, PASS_COLOUR, REVIEW_COLOUR
from shellmark_gui.widgets.drift_chart import shown_range
from shellmark_inspect.loop.status import StationState
from shellmark_inspect.records import Answer
from shellmark_inspect.station import TROUBLES, WORKS, DueWhy, Kind, Quantity, Trouble, TroubleCode
from shellmark_inspect.types import Disposition


@pytest.fixture
def check(qtbot, window, station):
    """The check's page, a check due, somebody signed in."""
    station.checks.give_masters()
    window._signed_in("张三")
    qtbot.keyClick(window, Qt.Key.Key_C)
    page = window.engineer.calibration.check_page
    qtbot.waitUntil(lambda: window.page is page)
    return page


def press(page, name: str) -> None:
    assert page.work_buttons[name].isEnabled(), name
    page.work_buttons[name].click()


def begin(qtbot, page, station) -> None:
    press(page, "start")
    qtbot.waitUntil(lambda: page.open_check is not None and page.work_buttons["place"].isEnabled())


def place(qtbot, window, page, station, count: int) -> None:
    """Place masters with the pedal."""
    for _ in range(count):
        wanted = station.checks.state().next.number
        qtbot.keyClick(window, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda n=wanted: page.state.places[n - 1].answer is not None)
        qtbot.waitUntil(lambda: page.open_check is None or page.work_buttons["place"].isEnabled())


def test_a_due_check_stands_over_the_station_and_stops_automatic_mode(qtbot, window, station):
    station.checks.give_masters()
    banner = window.station_page.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.tile.colour == FAIL_COLOUR
    assert banner.tile.word == "自动模式已锁定"
    assert "换班开始" in banner.tile.line
    window._run_or_hold()
    assert station.status().state is StationState.READY
    banner.button.click()
    assert window.page is window.engineer.calibration.check_page


def test_a_warning_is_yellow_and_leads_to_drift(qtbot, window, station):
    station.drift.give_charts()
    banner = window.station_page.banner
    qtbot.waitUntil(banner.isVisible)
    assert (banner.tile.shape, banner.tile.colour) == (Shape.TRIANGLE, REVIEW_COLOUR)
    assert "暗 12.0 %" in banner.tile.line
    banner.button.click()
    assert window.page is window.engineer.calibration.drift_page
    station.drift.troubles = []
    qtbot.waitUntil(lambda: not banner.isVisibleTo(window.station_page))


def test_the_pedal_places_one_master_after_the_other_until_the_check_has_passed(qtbot, window, station, check):
    assert check.tile.word == "需要点检"
    assert not check.work_buttons["place"].isEnabled()
    begin(qtbot, check, station)
    assert "良品 1 号" in check.asks.text()
    place(qtbot, window, check, station, 4)
    qtbot.waitUntil(lambda: check.tile.colour == PASS_COLOUR)
    assert check.tile.word == "点检通过"
    assert [row.word for row in check.list.rows] == ["对"] * 4
    assert station.records() == []


def test_a_wrong_answer_fails_the_check_and_says_what_to_do(qtbot, window, station, check):
    station.checks.answers = [
        (Answer.RIGHT, ""),
        (Answer.VOID, "not judged: view front is missing"),
        (Answer.WRONG, "a bad master is PASS: FAIL for dent is wanted"),
    ]
    begin(qtbot, check, station)
    place(qtbot, window, check, station, 2)
    assert "not judged" in check.asks.text()
    assert check.list.rows[1].word == "重放"
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: check.list.rows[1].word == "错")
    place(qtbot, window, check, station, 2)
    qtbot.waitUntil(lambda: check.tile.word == "点检未通过")
    assert "3 件标为可疑" in check.tile.line
    assert "FAIL for dent is wanted" in check.asks.text()
    press(check, "suspects")
    suspects = window.engineer.calibration.suspects_page
    qtbot.waitUntil(lambda: len(suspects.list.rows) == 3)
    suspects.list.places[1].click()
    press(suspects, "one")
    window.choice_page.answers[list(Disposition).index(Disposition.OK)].click()
    window.choice_page.answers[0].click()
    qtbot.waitUntil(lambda: len(suspects.list.rows) == 2)
    press(suspects, "all")
    window.choice_page.answers[list(Disposition).index(Disposition.SCRAP)].click()
    window.choice_page.answers[1].click()
    qtbot.waitUntil(lambda: suspects.list.rows == ())
    assert [one[:3] for one in station.checks.cleared] == [
        ([6], Disposition.OK, "张三"),
        (None, Disposition.SCRAP, "张三"),
    ]
    assert station.checks.cleared[0][3] == "reinspected"


def test_nobody_begins_a_check_without_a_name(qtbot, window, station):
    station.checks.give_masters()
    window.engineer.calibration.check.open()
    press(window.engineer.calibration.check_page, "start")
    assert window.page is window.operator_page
    window.operator_page.named.emit("李四")
    qtbot.waitUntil(lambda: station.checks.state() is not None)
    assert station.checks.state().operator == "李四"
    assert window.page is window.engineer.calibration.check_page


def test_a_check_is_broken_off_and_work_is_noted_with_a_reason(qtbot, window, station, check):
    begin(qtbot, check, station)
    press(check, "break")
    window.choice_page.answers[0].click()
    qtbot.waitUntil(lambda: check.tile.word == "需要点检")
    press(check, "work")
    window.choice_page.answers[0].click()
    qtbot.waitUntil(lambda: station.checks.noted == [("lamp", "张三", "lamp")])


def test_what_cannot_be_done_is_said(qtbot, window, station, check):
    begin(qtbot, check, station)
    station.checks._state = None
    press(check, "place")
    qtbot.waitUntil(lambda: "没有进行中的点检" in check.line.text())


def test_a_recipe_without_masters_says_how_to_get_some(window):
    window.engineer.calibration.check.open()
    page = window.engineer.calibration.check_page
    assert "[[masters]]" in page.list.empty.text()
    assert not page.work_buttons["start"].isEnabled()


def test_baselines_begin_anew_in_somebody_s_name(qtbot, window, station):
    station.drift.give_charts()
    window._signed_in("张三")
    window.engineer.calibration.drift.open()
    page = window.engineer.calibration.drift_page
    assert [row.word for row in page.list.rows] == ["在漂移", "稳定", "稳定", "稳定", "学习中"]
    page.list.places[4].click()
    assert "12/30" in page.facts.text()
    press(page, "reset")
    window.choice_page.answers[0].click()
    qtbot.waitUntil(lambda: station.drift.resets == [("张三", "lamp replaced")])
    qtbot.waitUntil(lambda: page.list.rows == ())


@pytest.mark.parametrize("grade", list(Grade))
def test_a_chart_shows_its_limits_and_survives_what_is_not_finite(qtbot, window, grade):
    quantity = Quantity("front", "shift_x_mm", Kind.POSITION)
    chart = drawn_chart(quantity, grade)
    chart.values[3] = math.nan
    low, high = shown_range(chart)
    assert low < min(chart.values[10:]) < high
    page = window.engineer.calibration.drift_page
    window.show_page(page)
    page.show_charts([chart], ())
    assert page.chosen == key_of(quantity)
    assert not page.grab().isNull()


def test_every_sentence_of_the_station_has_its_own_on_the_screen(window, language):
    assert set(calibrationwords._TROUBLES) == set(TroubleCode)
    for code, words in TROUBLES.items():
        assert calibrationwords._TROUBLES[code] == words
    assert set(wording._WHYS) == set(DueWhy)
    assert set(calibrationwords._WORKS) == set(WORKS)
    assert set(calibrationwords._KINDS) == set(Kind)
    language.use("en")
    trouble = Trouble(TroubleCode.CHECK_DUE, "check", True, {"sku": "S", "why": "shift start", "at": ""})
    assert "a shift begins" in calibrationwords.trouble_sentence(trouble)
    odd = Trouble(TroubleCode.LIGHT, "light", True, {"sku": "S"})
    with pytest.raises(KeyError):
        calibrationwords.trouble_sentence(odd)
    assert calibrationwords.master_wants(MASTERS[2]) == "bad: must fail for scratch in zone A"
    assert Action.CHECK in window.keys
