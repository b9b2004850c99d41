"""Depth: where a ray meets a surface, whatever the surface; what cannot be is one line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellmark_calibration import CalibrationError, MeasuredDepth, RoundedBox

BOX = RoundedBox((200, 150), (300, 200), corner_mm=40, edge_mm=30, crown_mm=8)
WEDGE = MeasuredDepth(((0, 0, 0), (100, 0, -100), (0, 100, 0), (100, 100, -100), (50, 50, -50)))
EYE = np.array([180.0, 140.0, 900.0])
places = st.lists(st.tuples(st.floats(55, 345), st.floats(55, 245)), min_size=1, max_size=6)


@given(places)
def test_what_is_seen_lies_on_the_surface_and_on_its_ray(points):
    flat = np.array(points)
    seen = BOX.seen(flat, EYE)
    assert np.abs(BOX.height_mm(seen[:, :2]) - seen[:, 2]).max() < 1e-3
    # eye, surface and plane are on one line
    share = (EYE[2] - seen[:, 2]) / EYE[2]
    assert np.allclose(EYE[:2] + (flat - EYE[:2]) * share[:, None], seen[:, :2])


@given(places)
def test_a_flat_surface_moves_nothing(points):
    flat = np.array(points)
    seen = RoundedBox((200, 150), (300, 200)).seen(flat, EYE)
    assert np.allclose(seen, np.column_stack([flat, np.zeros(len(flat))]))


def test_twenty_millimetres_nearer_are_two_percent_larger():
    raised = RoundedBox((0, 0), (1000, 1000), top_mm=20)
    a, b = raised.seen(np.array([[100.0, 0], [110.0, 0]]), np.array([0, 0, 1000.0]))
    assert np.linalg.norm(b - a) == pytest.approx(9.8)


def test_measured_heights_are_met_and_smooth_between():
    points = np.array(WEDGE.points_mm)
    assert np.allclose(WEDGE.height_mm(points[:, :2]), points[:, 2], atol=1e-6)
    assert WEDGE.height_mm(np.array([[25.0, 60.0]]))[0] == pytest.approx(-25, abs=0.5)
    # nothing was measured there
    assert WEDGE.height_mm(np.array([[500.0, 60.0]]))[0] == -100


def test_the_box_falls_away_in_a_quarter_circle():
    box = RoundedBox((0, 0), (200, 200), edge_mm=30)
    inside = np.array([30.0, 20.0, 10.0])
    heights = box.height_mm(np.column_stack([100 - inside, np.zeros(3)]))
    assert np.allclose(heights, np.sqrt(900 - (30 - inside) ** 2) - 30)
    assert box.height_mm(np.array([[150.0, 0]]))[0] == -30
    assert BOX.height_mm(np.array([[200.0, 150.0]]))[0] == 0
    # round the corner of the outline it is as deep as along its sides
    round_corner = RoundedBox((0, 0), (200, 200), corner_mm=50, edge_mm=30)
    diagonal = 50 + (50 - 10) / np.sqrt(2)
    assert round_corner.height_mm(np.array([[diagonal, diagonal], [90.0, 0]])) == pytest.approx(heights[[2, 2]])


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: MeasuredDepth(((0, 0, 0), (1, 0, 0), (0, 1, 0))), "3 points"),
        (lambda: MeasuredDepth(((0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0))), "one line"),
        (lambda: MeasuredDepth(((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 5))), "two heights"),
        (lambda: RoundedBox((0, 0), (100, 50), edge_mm=26), "half its shorter side"),
        (lambda: RoundedBox((0, 0), (100, 50), corner_mm=26), "half its shorter side"),
        (lambda: RoundedBox((0, 0), (0, 50)), "cannot be"),
        (lambda: RoundedBox((0, 0), (100, 50), crown_mm=1e9), "a crown of 1e[+]09 mm"),
        (lambda: MeasuredDepth(((0, 0, 0), (1e-9, 0, 100), (0, 100, 0), (100, 100, 1))), "steeper than 80 degrees"),
        (lambda: RoundedBox((0, 0), (100, 50), top_mm=900).seen(np.zeros((1, 2)), EYE), "over the plane"),
    ],
)
def test_what_cannot_be_is_one_line(make, fault):
    with pytest.raises(CalibrationError, match=fault) as caught:
        make()
    assert "\n" not in str(caught.value)
