"""The heat map: one fixed scale tied to the threshold, and where it is shown."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor

from shellmark_gui.heat import heat_image, load_heat
from shellmark_gui.keys import Action
from shellmark_gui.pictures import Shot
from shellmark_inspect.types import MAP_LIMIT, ImageRef, Verdict


def colours(values: list[int]) -> list[QColor]:
    image = heat_image(np.array([values], np.uint8))
    return [image.pixelColor(x, 0) for x in range(len(values))]


def test_nothing_is_drawn_below_half_the_limit():
    assert [colour.alpha() for colour in colours([0, 10, 49])] == [0, 0, 0]


def test_a_good_part_never_looks_red():
    shown = [colour for colour in colours(list(range(MAP_LIMIT))) if colour.alpha() >= 10]
    assert shown
    for colour in shown:  # a colour hardly there says little of its hue
        assert 35 <= colour.hue() <= 65


def test_red_begins_at_the_limit_and_grows_denser():
    limit, twice, most = colours([MAP_LIMIT, 2 * MAP_LIMIT, 255])
    assert limit.hue() < 15
    assert limit.alpha() < twice.alpha()
    assert twice.alpha() == most.alpha()


def test_the_scale_does_not_depend_on_the_picture():
    alone, beside = colours([80])[0], colours([0, 80, 255])[1]
    assert alone == beside


def test_a_kept_map_is_read_as_it_was_and_a_damaged_one_named(tmp_path):
    scores = np.arange(60, dtype=np.uint8).reshape(6, 10) * 4
    cv2.imwrite(str(tmp_path / "map.png"), scores)
    shot = Shot("map", "front", "", None, None, ImageRef("map", "front", "", tmp_path / "map.png", "sha256:00"))
    assert load_heat(shot, lambda ref: ref.path) == heat_image(scores)
    (tmp_path / "map.png").write_bytes(b"\x89PNG")
    with pytest.raises(OSError, match=r"map\.png cannot be shown"):
        load_heat(shot, lambda ref: ref.path)


def test_the_map_is_laid_over_the_judged_frame_by_one_key_and_stays_for_the_next(qtbot, window, station, judged):
    station.plan = (Verdict.FAIL, Verdict.PASS)
    judged()
    canvas = window.station_page.live.canvas
    assert canvas.heat is None
    qtbot.keyClick(window, Qt.Key.Key_H)
    assert canvas.heat is not None
    judged()
    assert canvas.heat is not None
    qtbot.mouseClick(window.station_page.live.heat_button, Qt.MouseButton.LeftButton)
    assert canvas.heat is None


def test_a_live_picture_has_no_map(qtbot, window, station, judged):
    judged()
    qtbot.keyClick(window, Qt.Key.Key_H)
    window.station_page.show_waiting(busy=False)
    station.refresh_live()
    qtbot.waitUntil(lambda: window.station_page.live.canvas.mark == "实时")
    assert window.station_page.live.canvas.heat is None
    assert not window.station_page.live.heat_button.isVisible()


def test_an_opened_case_of_before_shows_its_kept_map(qtbot, window, station, judged):
    station.plan = (Verdict.FAIL,)
    first = judged()
    judged()
    window._open_record(window.cases.of(first).record)
    page = window.record_page
    qtbot.waitUntil(lambda: page.canvas._image is not None)
    assert page.canvas.heat is None
    qtbot.keyClick(window, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: page.canvas.heat is not None)
    qtbot.keyClick(window, Qt.Key.Key_H)
    assert page.canvas.heat is None
    assert page.buttons[Action.HEAT].isEnabled()
