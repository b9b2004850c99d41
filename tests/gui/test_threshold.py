"""The threshold's page: a preview on stored cases, and a new version through the gate, never a direct change."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt

from shellmark_inspect.errors import InputError
from shellmark_inspect.types import Disposition, Verdict


@pytest.fixture
def page(qtbot, window, station, judged):
    station.plan = (Verdict.PASS, Verdict.FAIL)
    for number in range(8):
        record = judged(f"case-{number}")
        station.workshop.rows[f"case-{number}"] = record.row
    window.engineer.open()
    qtbot.waitUntil(window.engineer.models_page.work_buttons["threshold"].isEnabled)
    qtbot.keyClick(window, Qt.Key.Key_7)
    page = window.engineer.threshold_page
    qtbot.waitUntil(lambda: window.page is page)
    qtbot.waitUntil(lambda: page.preview is not None)
    return page


def test_it_begins_at_the_present_threshold_and_nothing_is_to_keep(page, workshop):
    assert workshop.previewed == [1.0]
    assert not page.work_buttons["keep"].isEnabled()
    assert "412" in page.count.text()


def test_the_preview_names_the_cases_with_their_pictures(qtbot, page, workshop):
    page.slider.setValue(80)
    qtbot.waitUntil(lambda: page.preview is not None)
    assert workshop.previewed == [1.0, 0.8]
    assert page.to_stop.text() == "将改为拦下：最多 4 件"
    assert [tile.key for tile in page.tiles.tiles] == [f"case-{number}" for number in range(4)]
    qtbot.waitUntil(lambda: all(place.image is not None for place in page.tiles.places[:4]))
    qtbot.mouseClick(page.to_pass, Qt.MouseButton.LeftButton)
    assert page.tiles.tiles == ()


def test_moving_asks_once_when_the_slider_rests(qtbot, page, workshop):
    for value in range(101, 121):
        page.slider.setValue(value)
    assert page.preview is None
    qtbot.waitUntil(lambda: page.preview is not None)
    assert workshop.previewed == [1.0, 1.2]


def test_an_answer_of_before_is_not_shown_for_what_the_slider_says_now(qtbot, page, workshop):
    late = workshop.preview(0.9).result()
    page.slider.setValue(110)
    page.show_preview(late)
    assert page.preview is None
    qtbot.waitUntil(lambda: page.preview is not None and page.preview.times == 1.1)


def test_what_people_decided_otherwise_is_marked(qtbot, window, page, station):
    row = station.workshop.rows["case-0"]
    record = station.overrule(row, Disposition.OK, operator="张三", reason_code="confirmed").result(5)
    station.workshop.rows["case-0"] = record.row
    page.slider.setValue(90)
    qtbot.waitUntil(lambda: any(tile.note for tile in page.tiles.tiles))
    tile = page.tiles.tiles[0]
    assert (tile.note, tile.alarming) == ("人工判为良品", True)


def test_keeping_makes_a_candidate_and_sends_it_through_the_gate(qtbot, window, page, workshop):
    qtbot.mouseClick(page.more, Qt.MouseButton.LeftButton)
    assert page.times == 1.05
    qtbot.waitUntil(lambda: page.work_buttons["keep"].isEnabled())
    qtbot.keyClick(window, Qt.Key.Key_2)
    models = window.engineer.models_page
    qtbot.waitUntil(lambda: models.version is not None and models.version.version == "4")
    assert window.page is models
    assert [which for which, _ in workshop.gates] == ["4"]
    assert workshop.activated == []
    assert next(one for one in workshop.kept if one.active).version == "2"


def test_a_preview_that_cannot_be_had_is_said(qtbot, page, workshop, monkeypatch):
    refused = workshop._failed(InputError("there is no database: run a station first"))
    monkeypatch.setattr(workshop, "preview", lambda times: refused)
    qtbot.keyClick(page.window(), Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: "no database" in page.line.text())
    assert page.count.text() == ""
    assert not page.work_buttons["keep"].isEnabled()


def test_resetting_goes_back_to_the_present(qtbot, window, page):
    page.slider.setValue(150)
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: page.times == 1.0)


def test_a_case_whose_pictures_were_not_kept_shows_what_the_screen_remembers(qtbot, window, page, station):
    case = window.cases.newest()[0]
    qtbot.waitUntil(lambda: case.thumbnail is not None)
    window.engineer.threshold._got(case.record.inspection.trigger.case_id, (None, None))
    assert window.engineer.threshold._thumbnail(case.record.inspection.trigger.case_id) is case.thumbnail
    assert window.engineer.threshold._thumbnail("nobody") is None
