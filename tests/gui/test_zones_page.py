"""The zones' page: tapped with a mouse as with a finger, saved into the recipe, taken into use."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from memory_station import LIGHTS, VIEWS, drawn_shell
from PyQt6.QtCore import QPoint, Qt

from shellmark_gui.drawing import Begun
from shellmark_inspect.recipe import Recipe


@pytest.fixture
def zones(qtbot, window):
    """The page with its first view on it."""
    calibration = window.engineer.calibration
    window.engineer.open()
    window.engineer.models_page.work_buttons["calibration"].click()
    assert window.page is calibration.page
    calibration.page.work_buttons["zones"].click()
    page = calibration.zones_page
    qtbot.waitUntil(lambda: page.sheet is not None)
    return page


def at(page, x_mm: float, y_mm: float) -> QPoint:
    return page.canvas.at_mm([(x_mm, y_mm)])[0].toPoint()


def tap(qtbot, page, *places: tuple[float, float]) -> None:
    for place in places:
        qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=at(page, *place))


def press(page, name: str) -> None:
    assert page.work_buttons[name].isEnabled(), name
    page.work_buttons[name].click()


def draw(qtbot, window, page, answer: int, *places: tuple[float, float]) -> None:
    press(page, "draw")
    window.choice_page.answers[answer].click()
    tap(qtbot, page, *places)
    press(page, "close")


SQUARE = ((10, 8), (50, 8), (50, 40), (10, 40))


def test_a_zone_is_drawn_by_taps_and_saved_into_the_recipe_in_use(qtbot, window, station, zones):
    draw(qtbot, window, zones, 2, *SQUARE)
    assert zones.list.rows[0].title == "C 区"
    assert "尚未保存" in zones.place.text()
    press(zones, "save")
    qtbot.waitUntil(lambda: station.taken != [])
    view = Recipe.read(station.recipe_place()).views[0]
    assert view.zones[0].zone == "C"
    assert np.array(view.zones[0].polygon_mm) == pytest.approx(np.array(SQUARE), abs=0.4)
    assert [step.step for step in view.steps] == ["zones"]
    assert station.taken[0].views[0] == view
    qtbot.waitUntil(lambda: "已保存" in zones.line.text())
    assert not zones.work_buttons["save"].isEnabled()


def test_a_corner_is_moved_by_two_taps_and_by_a_pull(qtbot, window, zones):
    draw(qtbot, window, zones, 0, *SQUARE)
    tap(qtbot, zones, SQUARE[2], (58, 46))
    assert zones.drawing.shapes[0].polygon[2] == pytest.approx((58, 46), abs=0.4)
    canvas = zones.canvas
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at(zones, *SQUARE[0]))
    for share in (0.3, 0.6, 1.0):
        qtbot.mouseMove(canvas, at(zones, 10 - 6 * share, 8 - 4 * share))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at(zones, 4, 4))
    assert zones.drawing.shapes[0].polygon[0] == pytest.approx((4, 4), abs=0.4)
    press(zones, "undo")
    press(zones, "undo")
    assert zones.drawing.shapes[0].polygon[0] == pytest.approx((10, 8), abs=0.4)


def test_number_keys_press_the_buttons(qtbot, window, zones):
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: window.page is window.choice_page)
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: window.page is zones)
    tap(qtbot, zones, *SQUARE)
    qtbot.keyClick(window, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: len(zones.drawing.shapes) == 1)
    qtbot.keyClick(window, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: len(zones.drawing.corners) == 4)


def test_a_polygon_that_crosses_itself_is_not_saved(qtbot, window, station, zones):
    draw(qtbot, window, zones, 0, SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3])
    before = station.recipe_place().read_bytes()
    press(zones, "save")
    assert "crosses itself" in zones.line.text()
    assert station.recipe_place().read_bytes() == before


def test_a_recipe_changed_meanwhile_is_left_alone(qtbot, window, station, zones):
    draw(qtbot, window, zones, 0, *SQUARE)
    path = station.recipe_place()
    path.write_text(path.read_text("utf-8").replace("20 inch, glossy black", "renamed"), "utf-8")
    text = path.read_text("utf-8")
    press(zones, "save")
    qtbot.waitUntil(lambda: "changed by someone else" in zones.line.text())
    assert path.read_text("utf-8") == text
    assert zones.work_buttons["save"].isEnabled()


def test_each_view_keeps_its_own_drawing(qtbot, window, zones):
    draw(qtbot, window, zones, 0, *SQUARE)
    press(zones, "view")
    assert zones.sheet.view == VIEWS[1]
    assert zones.drawing.shapes == ()
    press(zones, "view")
    assert len(zones.drawing.shapes) == 1


def test_leaving_with_an_unsaved_drawing_asks(qtbot, window, zones):
    draw(qtbot, window, zones, 0, *SQUARE)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.page is window.choice_page
    window.choice_page.answers[0].click()
    assert window.page is zones
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    window.choice_page.answers[1].click()
    assert window.page is window.engineer.calibration.page


def test_the_outline_is_found_in_a_folder_of_goods(qtbot, window, station, zones, tmp_path):
    for number in range(4):
        case = tmp_path / f"g{number}"
        case.mkdir()
        for view in VIEWS:
            for light in LIGHTS:
                table = np.full((300, 400, 3), 25, np.uint8)
                table[60:240, 60:340] = drawn_shell(number, (180, 280), light=light)
                cv2.imwrite(str(case / f"{view}_{light}.png"), table)
    window.engineer.calibration.zones._find(tmp_path)
    qtbot.waitUntil(lambda: zones.drawing.shapes != (), timeout=20_000)
    points = np.array(zones.drawing.shapes[0].polygon)
    assert points.min(axis=0) == pytest.approx([10, 10], abs=0.7)
    assert points.max(axis=0) == pytest.approx([340 / 6, 40], abs=0.7)
    assert "4 件良品" in zones.line.text()


def test_a_folder_without_shells_is_said(qtbot, window, zones, tmp_path):
    window.engineer.calibration.zones._find(tmp_path)
    qtbot.waitUntil(lambda: "no picture" in zones.line.text())
    assert zones.work_buttons["find"].isEnabled()


def test_a_film_edge_asks_for_its_width(qtbot, window, zones):
    press(zones, "draw")
    window.choice_page.answers[10].click()
    assert window.page is window.choice_page
    window.choice_page.answers[3].click()
    assert zones.drawing.begun == Begun("ignore", "film-edge", 5.0)
    tap(qtbot, zones, (10, 30), (50, 30))
    press(zones, "close")
    assert zones.list.rows[0].title == "忽略：膜边"
