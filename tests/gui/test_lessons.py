"""What a decision against the machine teaches: the offer, the queue, and a missed defect drawn by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, QSize, Qt
from PyQt6.QtGui import QPolygonF

from shellmark_gui.keys import Action
from shellmark_gui.lessons import Drawn, lesson_of, masks_of
from shellmark_inspect.errors import InputError
from shellmark_inspect.types import Disposition, Verdict


def decide(qtbot, window, key) -> None:
    window._signed_in("张三")
    qtbot.waitUntil(lambda: window.station_page.buttons[Action.MORE].isEnabled())
    qtbot.keyClick(window, key)


@pytest.mark.parametrize(
    ("verdict", "disposition", "reason", "lesson"),
    [
        (Verdict.FAIL, Disposition.OK, "false_alarm", "false_call"),
        (Verdict.REVIEW, Disposition.OK, "reflection", "false_call"),
        (Verdict.FAIL, Disposition.OK, "dust", None),
        (Verdict.FAIL, Disposition.OK, "wiped_off", None),
        (Verdict.FAIL, Disposition.OK, "within_limit_sample", None),
        (Verdict.FAIL, Disposition.NG, "confirmed", None),
        (Verdict.PASS, Disposition.OK, "confirmed", None),
        (Verdict.PASS, Disposition.NG, "missed", "missed"),
        (Verdict.FAIL, None, "", None),
    ],
)
def test_only_what_is_the_model_s_own_mistake_is_taught(judged, station, verdict, disposition, reason, lesson):
    station.plan = (verdict,)
    record = replace(judged(), disposition=disposition, reason_code=reason)
    assert lesson_of(record) == lesson


def test_a_false_alarm_is_offered_and_queued_by_one_key(qtbot, window, station, judged):
    station.plan = (Verdict.FAIL,)
    judged()
    button = window.station_page.live.lesson_button
    assert not button.isVisible()
    decide(qtbot, window, Qt.Key.Key_F3)
    qtbot.waitUntil(button.isVisible)
    qtbot.keyClick(window, Qt.Key.Key_T)
    kept = station.overruled[0]
    assert station.workshop.corrected == [(kept.row, "false_call", None)]
    qtbot.waitUntil(lambda: not button.isVisible())
    qtbot.keyClick(window, Qt.Key.Key_T)
    assert len(station.workshop.corrected) == 1


def test_what_cannot_be_queued_is_said_and_offered_again(qtbot, window, station, judged):
    station.plan = (Verdict.FAIL,)
    station.workshop.refuses = InputError("no frame of the case was kept")
    judged()
    decide(qtbot, window, Qt.Key.Key_F3)
    button = window.station_page.live.lesson_button
    qtbot.waitUntil(button.isVisible)
    qtbot.keyClick(window, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: "no frame of the case was kept" in window.station_page.live.canvas.footer)
    assert button.isVisible()


def missed(qtbot, window, station, judged):
    station.plan = (Verdict.PASS,)
    judged("bad-9")
    decide(qtbot, window, Qt.Key.Key_F2)
    qtbot.waitUntil(window.station_page.live.lesson_button.isVisible)
    qtbot.keyClick(window, Qt.Key.Key_T)
    page = window.region_page
    assert window.page is page
    qtbot.waitUntil(lambda: page.canvas._image is not None)
    return page


def at(canvas, x: float, y: float) -> QPoint:
    """Where a pixel of the frame is on the widget."""
    return canvas._on_screen().map(QPointF(x, y)).toPoint()


def test_a_missed_defect_is_drawn_by_two_taps_and_queued_with_its_mask(qtbot, window, station, judged):
    page = missed(qtbot, window, station, judged)
    view = page._shots[page._at].view
    assert not page.work_buttons["queue"].isEnabled()
    for point in ((100, 50), (180, 90)):
        qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=at(page.canvas, *point))
    qtbot.mouseClick(page.work_buttons["queue"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(station.workshop.corrected) == 1)
    row, kind, masks = station.workshop.corrected[0]
    assert (row, kind) == (station.overruled[0].row, "missed")
    (mask,) = masks.values()
    assert list(masks) == [view]
    assert mask.shape == (300, 400)
    assert mask.dtype == np.bool_
    ys, xs = np.nonzero(mask)
    assert (xs.min(), xs.max(), ys.min(), ys.max()) == pytest.approx((100, 180, 50, 90), abs=2)
    assert window.page is window.station_page


def test_a_rectangle_can_be_pulled_too_and_undone(qtbot, window, station, judged):
    canvas = missed(qtbot, window, station, judged).canvas
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, 40, 40))
    qtbot.mouseMove(canvas, at(canvas, 140, 120))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, 140, 120))
    assert len(canvas.regions) == 1
    qtbot.keyClick(window, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: canvas.regions == [])


def test_a_polygon_closes_where_it_began(qtbot, window, station, judged):
    page = missed(qtbot, window, station, judged)
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: page.canvas.polygons)
    for point in ((50, 50), (200, 60), (120, 200), (51, 51)):
        qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=at(page.canvas, *point))
    assert [region.count() for region in page.canvas.regions] == [3]
    assert page.work_buttons["queue"].isEnabled()


def test_regions_of_one_view_are_kept_while_another_is_looked_at(qtbot, window, station, judged):
    page = missed(qtbot, window, station, judged)
    for point in ((100, 50), (180, 90)):
        qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=at(page.canvas, *point))
    view = page._shots[page._at].view
    for _ in range(3):  # lights of a view follow each other
        qtbot.mouseClick(page.work_buttons["view"], Qt.MouseButton.LeftButton)
    assert page._shots[page._at].view != view
    qtbot.waitUntil(lambda: page.canvas._image is not None)
    assert page.canvas.regions == []
    assert page.work_buttons["queue"].isEnabled()
    assert list(page._drawn()) == [view]


def test_a_tap_without_a_size_is_no_region(qtbot, window, station, judged):
    canvas = missed(qtbot, window, station, judged).canvas
    for _ in range(2):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, 100, 100))
    assert canvas.regions == []


def test_masks_are_of_the_frame_s_size():
    triangle = QPolygonF([QPointF(10, 10), QPointF(50, 10), QPointF(10, 50)])
    (mask,) = masks_of({"front": Drawn(QSize(80, 60), (triangle,)), "side": Drawn(QSize(80, 60), ())}).values()
    assert mask.shape == (60, 80)
    assert mask[12, 12]
    assert not mask[45, 45]
