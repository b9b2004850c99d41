"""Sizes on a curved front: what was laid on a surface before a known camera comes out as long as it is."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from shellmark_calibration import MeasuredDepth, RoundedBox
from shellmark_inspect.judge import measure, zone_areas_cm2
from shellmark_inspect.judge.regions import Region
from shellmark_inspect.recipe import JudgeSpec
from shellmark_inspect.types import Eye, View

PX_PER_MM = 6.0
HEIGHT = 800.0
SIZE = (900, 1200)
FOOT = np.array([100.0, 75.0])
SLOPE = MeasuredDepth(((0, 0, 0), (0, 150, 0), (400, 0, -400), (400, 150, -400), (100, 75, -100)))
"""45 degrees down to the right: 30 mm below the plane at x = 30 mm."""


def view(surface):
    planes = {"west": np.full(SIZE, 120, np.uint8)}
    scale = np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1.0])
    eye = Eye((FOOT[0] * PX_PER_MM, FOOT[1] * PX_PER_MM), HEIGHT)
    return View("front", planes, np.eye(3), scale, surface=surface, eye=eye)


def seen_px(points_mm):
    """Where points (n, 3), z towards the camera, are seen in the view: through the eye onto the plane, exactly."""
    points = np.asarray(points_mm, np.float64)
    flat = FOOT + (points[:, :2] - FOOT) * HEIGHT / (HEIGHT - points[:, 2:])
    return flat * PX_PER_MM


def measured(surface, outline_mm):
    """What is measured of a patch with the given outline (n, 3): the pixels whose middle it covers."""
    canvas = np.zeros(SIZE, np.uint8)
    cv2.fillPoly(canvas, [np.round(seen_px(outline_mm) * 256).astype(np.int32)], 1, cv2.LINE_8, 8)
    edge = np.zeros(SIZE, np.uint8)
    cv2.polylines(edge, [np.round(seen_px(outline_mm)).astype(np.int32)], isClosed=True, color=1)
    corners = seen_px(outline_mm).astype(np.float32)
    for y, x in np.argwhere(edge):
        # OpenCV fills the pixels an outline runs through as well
        canvas[y, x] = cv2.pointPolygonTest(corners, (float(x), float(y)), measureDist=False) >= 0
    ys, xs = np.nonzero(canvas)
    box = int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1
    mask = canvas[box[1] : box[1] + box[3], box[0] : box[0] + box[2]].astype(bool)
    (one,) = measure(view(surface), [Region(box, mask, 2.0, box[:2])], JudgeSpec())
    return one


def on_slope(x, y, along, across, turn=0.0):
    """The corners (4, 3) of a rectangle on the slope, its middle over (x, y), turned on the surface."""
    c, s = np.cos(turn), np.sin(turn)
    u = np.array([1, 0, -1]) / np.sqrt(2)
    v = np.array([0, 1.0, 0])
    a, b = c * u + s * v, -s * u + c * v
    middle = np.array([x, y, -x])
    return np.array([middle + i * along / 2 * a + j * across / 2 * b for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))])


@pytest.mark.parametrize("turn", [0.0, 0.6, np.pi / 2])
def test_a_line_on_a_corner_of_45_degrees_30_mm_down_is_as_long_as_it_is(turn):
    one = measured(SLOPE, on_slope(30, 60, 20, 1, turn))
    assert one.length_mm == pytest.approx(20, rel=0.02)
    assert one.centre_mm == pytest.approx((30, 60), abs=0.3)


def test_without_depth_it_would_be_a_quarter_too_short():
    flat = measured(None, on_slope(30, 60, 20, 1))
    assert flat.length_mm < 0.8 * 20


def test_a_patch_on_the_corner_is_as_large_as_it_is():
    one = measured(SLOPE, on_slope(30, 60, 15, 12))
    assert one.area_mm2 == pytest.approx(180, rel=0.03)
    assert one.diameter_mm == pytest.approx(np.sqrt(4 * 180 / np.pi), rel=0.02)


def test_on_the_crown_of_a_box_a_millimetre_is_a_millimetre():
    box = RoundedBox((100, 75), (180, 130), corner_mm=30, edge_mm=25, crown_mm=12, top_mm=20)
    for x in (60.0, 100.0, 150.0):
        flat = np.array([[x - 5, 70], [x + 5, 70], [x + 5, 71], [x - 5, 71]])
        outline = np.column_stack([flat, box.height_mm(flat)])
        true = np.linalg.norm(outline[1] - outline[0])
        assert measured(box, outline).length_mm == pytest.approx(true, rel=0.03, abs=0.1)


def test_a_flat_surface_and_no_surface_measure_alike():
    outline = np.column_stack([on_slope(30, 60, 20, 1)[:, :2], np.zeros(4)])
    flat = RoundedBox((100, 75), (1000, 1000))
    assert measured(flat, outline).length_mm == pytest.approx(measured(None, outline).length_mm, rel=1e-6)
    assert measured(flat, outline).area_mm2 == pytest.approx(measured(None, outline).area_mm2, rel=1e-6)


def test_the_area_of_a_zone_is_that_of_its_surface():
    flat, slope = (zone_areas_cm2(view(surface))["front", "A"] for surface in (None, SLOPE))
    assert flat == pytest.approx(20 * 15)
    # what is seen of the slope: its farther parts are larger than they look
    seen = view(SLOPE).on_shell(np.array([[0.0, 0], [SIZE[1], 0], [SIZE[1], SIZE[0]], [0, SIZE[0]]]))
    x, y = seen[:, 0], seen[:, 1]
    shadow = 0.5 * abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 100
    assert slope == pytest.approx(shadow * np.sqrt(2), rel=0.03)


def test_a_view_nobody_knows_the_eye_of_is_flat():
    plain = replace(view(SLOPE), eye=None)
    assert np.array_equal(plain.on_shell(np.array([[6.0, 12.0]])), [[1.0, 2.0, 0.0]])
