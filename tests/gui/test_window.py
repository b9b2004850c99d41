"""The whole window on a station in memory: what an operator sees and does."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from memory_station import MemoryStation
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from shellmark_gui.keys import Action
from shellmark_gui.shapes import Shape
from shellmark_gui.theme import FAIL_COLOUR, PASS_COLOUR, REVIEW_COLOUR
from shellmark_gui.widgets.canvas import outlines_of
from shellmark_gui.window import HOLD_S, StationWindow
from shellmark_inspect.loop.status import Lamp, Light
from shellmark_inspect.types import Disposition, Verdict


def settled(qtbot, window):
    qtbot.waitUntil(lambda: window.station_page.buttons[Action.MORE].isEnabled())


def sign_in(window, name="张三"):
    window._signed_in(name)


@pytest.mark.parametrize(
    ("verdict", "word", "shape", "colour"),
    [
        (Verdict.PASS, "合格", Shape.CIRCLE, PASS_COLOUR),
        (Verdict.FAIL, "不合格", Shape.CROSS, FAIL_COLOUR),
        (Verdict.REVIEW, "复判", Shape.TRIANGLE, REVIEW_COLOUR),
    ],
)
def test_a_verdict_is_a_word_a_shape_a_colour_and_a_case(window, station, judged, verdict, word, shape, colour):
    station.plan = (verdict,)
    judged("case-7")
    banner = window.station_page.verdict.banner
    assert (banner.word, banner.shape, banner.ground) == (word, shape, colour)
    assert banner.second == verdict.value
    assert "case-7" in banner.case


def test_before_the_first_case_the_screen_waits_and_shows_no_verdict(window):
    banner = window.station_page.verdict.banner
    assert banner.word == "等待"
    assert banner.shape is Shape.BAR


def test_the_next_trigger_takes_the_verdict_away(qtbot, window, station, judged):
    judged("first")
    station.take_s = 0.3
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.station_page.verdict.record is None
    assert "检测中" in window.station_page.verdict.banner.word
    assert "first" in window.station_page.verdict.banner.case
    assert window.station_page.live.held is None
    qtbot.waitUntil(lambda: window.station_page.verdict.record is not None)


def test_a_trigger_from_elsewhere_takes_it_away_too_once_it_was_seen(qtbot, window, station, judged):
    judged()
    station.take_s = HOLD_S + 1.0
    station.trigger()
    qtbot.waitUntil(lambda: window.station_page.verdict.record is None, timeout=3000)
    qtbot.waitUntil(lambda: window.station_page.verdict.record is not None, timeout=5000)


def test_the_judged_frame_is_held_with_its_defects_and_says_so(qtbot, window, station, judged):
    station.plan = (Verdict.FAIL,)
    judged("bad-1")
    canvas = window.station_page.live.canvas
    assert "判定画面" in canvas.mark
    assert "bad-1" in canvas.mark
    assert [outline.words() for outline in canvas.outlines] == ["划痕 12.4 mm", "黑点杂质 1.3 mm"]


def test_a_live_frame_is_marked_live_and_an_old_one_still(qtbot, window, station):
    station.refresh_live()
    qtbot.waitUntil(lambda: window.station_page.live.canvas.mark == "实时")
    assert window.station_page.live.canvas.outlines == ()
    qtbot.waitUntil(lambda: "静止画面" in window.station_page.live.canvas.mark, timeout=4000)


def test_views_are_tabs(qtbot, window, station):
    qtbot.keyClick(window, Qt.Key.Key_V)
    assert window.station_page.live.view == "side"
    qtbot.keyClick(window, Qt.Key.Key_V)
    assert window.station_page.live.view == "front"


def test_a_held_view_can_be_seen_under_each_light(qtbot, window, station, judged):
    judged()
    seen = {window.station_page.live._shot.light}
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_L)
        seen.add(window.station_page.live._shot.light)
    assert seen == {"low_n", "low_e", "diffuse"}


def test_reasons_stand_beside_their_crops_the_worst_first(window, station, judged):
    station.plan = (Verdict.FAIL,)
    judged()
    cards = window.station_page.cards
    assert cards[0].words == "划痕：长 12.4 mm，A 区允许 5.0"
    assert cards[0]._crop is not None
    assert [(name, mm) for name, mm, _ in cards[0]._gauge_mm()] == [("限度", 5.0), ("实测", 12.4)]
    assert "1" in window.station_page.more.text()


def test_the_code_is_shown_for_a_pass_and_never_else(qtbot, window, station, judged):
    station.plan = (Verdict.PASS, Verdict.FAIL, Verdict.REVIEW)
    record = judged()
    assert window.station_page.code.code == record.code
    qtbot.waitUntil(lambda: window.station_page.code._symbol is not None)
    assert window.station_page.code._symbol.width() == 37
    judged()
    assert window.station_page.code.code is None
    assert not window.station_page.code.isVisible()
    judged()
    assert window.station_page.code.code is None


def test_counters_and_yield(qtbot, window, station, judged):
    station.plan = (Verdict.PASS, Verdict.FAIL, Verdict.PASS, Verdict.REVIEW)
    for _ in range(4):
        judged()
    qtbot.waitUntil(lambda: window.station_page.counters.counts.cases == 4)
    assert [figure for _, figure, _ in window.station_page.counters.figures()] == ["4", "2", "1", "1", "0", "50.0%"]


def test_lamps_have_words_and_say_why_they_are_not_green(qtbot, window, station):
    station.lamps["camera"] = Lamp(Light.RED, "basler-1 does not answer")
    qtbot.waitUntil(lambda: "basler-1" in window.station_page.live.canvas.footer)
    assert "相机 故障" in window.station_page.lamps.accessibleName()


def test_thumbnails_open_the_case_with_its_pictures_and_reasons(qtbot, window, station, judged):
    station.plan = (Verdict.FAIL, Verdict.PASS)
    judged("one")
    judged("two")
    thumbnails = window.station_page.history.thumbnails
    qtbot.waitUntil(lambda: all(thumbnail._image is not None for thumbnail in thumbnails[:2]))
    qtbot.mouseClick(thumbnails[1], Qt.MouseButton.LeftButton)
    page = window.record_page
    assert window.page is page
    assert page.record.inspection.trigger.case_id == "one"
    assert "划痕" in page.cards[0].words
    qtbot.waitUntil(lambda: page.canvas._image is not None)
    assert len(page.canvas.outlines) == 2
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert page.record.inspection.trigger.case_id == "two"
    before = page.canvas.mark
    qtbot.keyClick(window, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: page.canvas.mark not in ("", before))


def test_a_picture_that_is_gone_is_said(qtbot, window, station, judged):
    judged()
    judged()
    for path in (*station._records[1].images,):
        station.picture(path).unlink()
    qtbot.mouseClick(window.station_page.history.thumbnails[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "No such file" in window.record_page.canvas._empty)


def test_a_false_alarm_is_one_key(qtbot, window, station, judged):
    station.plan = (Verdict.FAIL,)
    record = judged()
    sign_in(window)
    settled(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: len(station.overruled) == 1)
    kept = station.overruled[0]
    assert (kept.previous, kept.disposition, kept.reason_code, kept.operator) == (
        record.row,
        Disposition.OK,
        "false_alarm",
        "张三",
    )
    qtbot.waitUntil(lambda: "误判" in window.station_page.verdict.banner.decided)
    banner = window.station_page.verdict.banner
    assert (banner.word, banner.outlined) == ("合格 OK", True)
    assert "机器：不合格" in banner.decided
    assert len(window.cases.newest()) == 1


def test_overruling_a_fail_asks_why(qtbot, window, station, judged):
    station.plan = (Verdict.FAIL,)
    judged()
    sign_in(window)
    settled(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.page is window.choice_page
    qtbot.keyClick(window, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: len(station.overruled) == 1)
    assert (station.overruled[0].disposition, station.overruled[0].reason_code) == (Disposition.OK, "dust")


def test_a_pedal_pressed_on_a_page_of_choices_chooses_nothing(qtbot, window, station, judged):
    station.plan = (Verdict.FAIL,)
    judged()
    sign_in(window)
    settled(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert window.page is window.choice_page


def test_accepted_defects_are_drawn_as_accepted(judged, window, station):
    station.plan = (Verdict.FAIL,)
    record = judged()
    light = replace(record.inspection, reasons=record.inspection.reasons[:1])
    assert [outline.colour for outline in outlines_of(light, "front")] == [FAIL_COLOUR, PASS_COLOUR]


def test_a_hundred_defects_with_long_contours_are_drawn_in_time(judged, window, station):
    station.plan = (Verdict.FAIL,)
    record = judged()
    contour = np.random.default_rng(0).uniform(0, 300, (3000, 2))
    defects = tuple(replace(record.inspection.defects[0], contour_px=contour) for _ in range(100))
    own = time.thread_time()
    outlines = outlines_of(replace(record.inspection, defects=defects), "front")
    assert len(outlines) == 100
    assert time.thread_time() - own < 0.05


def test_every_disposition_can_be_given(qtbot, window, station, judged):
    sign_in(window)
    for place, disposition in enumerate(Disposition):
        judged()
        settled(qtbot, window)
        qtbot.keyClick(window, Qt.Key.Key_F4)
        qtbot.mouseClick(window.choice_page.answers[place], Qt.MouseButton.LeftButton)
        qtbot.mouseClick(window.choice_page.answers[9], Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda count=place + 1: len(station.overruled) == count)
        assert station.overruled[-1].disposition is disposition
        assert station.overruled[-1].reason_code == "confirmed"


def test_deciding_without_a_name_asks_for_it_and_goes_on(qtbot, window, station, judged):
    station.plan = (Verdict.REVIEW,)
    judged()
    settled(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_F2)
    assert window.page is window.operator_page
    qtbot.mouseClick(window.operator_page.digits["7"], Qt.MouseButton.LeftButton)
    qtbot.keyClick(window.operator_page.entry, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(station.overruled) == 1)
    assert (station.overruled[0].operator, station.overruled[0].disposition) == ("7", Disposition.NG)


def test_the_deciding_keys_rest_when_the_verdict_changes_by_itself(qtbot, window, station, judged):
    station.plan = (Verdict.FAIL,)
    sign_in(window)
    judged("first")
    settled(qtbot, window)
    judged("second")
    qtbot.keyClick(window, Qt.Key.Key_F3)
    assert station.overruled == []
    assert window.station_page.buttons[Action.OK].caption == "second"
    settled(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: len(station.overruled) == 1)
    assert station.overruled[0].inspection.trigger.case_id == "second"


def test_a_pass_cannot_be_a_false_alarm(qtbot, window, station, judged):
    station.plan = (Verdict.PASS,)
    judged()
    settled(qtbot, window)
    assert not window.station_page.buttons[Action.FALSE_ALARM].isEnabled()


def test_the_sku_is_changed_by_two_keys(qtbot, window, station):
    qtbot.keyClick(window, Qt.Key.Key_F7)
    qtbot.keyClick(window, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: station.status().sku == "S24-GREEN")
    qtbot.waitUntil(lambda: "24 寸" in window.station_page.buttons[Action.SKU].text())


def test_what_the_station_refuses_is_said_in_one_line(qtbot, window, station):
    window._select("S99")
    qtbot.waitUntil(lambda: "no recipe for SKU S99" in window.station_page.live.canvas.footer)


def test_an_error_stops_everything_until_it_is_acknowledged(qtbot, window, station, judged):
    judged()
    station.fail("disk full: 0.0 GB free")
    qtbot.waitUntil(lambda: window.page is window.error_page)
    assert window.error_page.title.text() == "停线"
    assert window.error_page.message.text() == "disk full: 0.0 GB free"
    assert window.station_page.verdict.record is None
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert window.page is window.error_page
    assert station.acknowledged == 0
    qtbot.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.page is window.station_page)
    assert station.acknowledged == 1


def test_the_language_is_switched_at_run_time_everywhere(qtbot, window, station, judged):
    station.plan = (Verdict.FAIL,)
    judged()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    page = window.station_page
    qtbot.waitUntil(lambda: page.verdict.banner.word == "FAIL")
    assert page.cards[0].words == "scratch length 12.4 mm, zone A allows 5.0"
    assert page.buttons[Action.TRIGGER].text() == "Inspect"
    assert "glossy" in page.buttons[Action.SKU].text()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: page.verdict.banner.word == "不合格")
    assert page.buttons[Action.TRIGGER].text() == "检测"


def test_cases_of_before_are_there_when_the_window_opens(qtbot, language):
    station = MemoryStation(size=(300, 400))
    try:
        for _ in range(3):
            station.trigger().result(10)
        window = StationWindow(station, language)
        shown = [thumbnail.record for thumbnail in window.station_page.history.thumbnails if thumbnail.record]
        assert [record.row for record in shown] == [3, 2, 1]
        assert window.station_page.verdict.record is None
        window.close()
    finally:
        station.close()


def test_a_run_leaves_the_window_usable_and_bounded(qtbot, window, station):
    station.take_s = 0.0
    window.station_page.buttons[Action.RUN].click()
    qtbot.waitUntil(lambda: station.status().counts.cases >= 55, timeout=60000)
    station.hold()
    qtbot.waitUntil(lambda: station.status().open_cases == 0)
    QTest.qWait(50)
    cases = window.cases.newest()
    assert len(cases) == 50
    assert all(not case.record.inspection.evidence for case in cases[1:])
    assert all(defect.crop is None for case in cases[13:] for defect in case.record.inspection.defects)
