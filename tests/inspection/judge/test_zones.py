"""Which zone, and how large."""

from __future__ import annotations

import numpy as np
import pytest

from shellmark_inspect.judge import zone_areas_cm2
from shellmark_inspect.judge.zones import zone_of
from shellmark_inspect.types import View


@pytest.fixture
def halves() -> View:
    """100 x 60 mm at 2 px/mm: zone A on the left of x = 30 mm, B on the right, the lower half is no shell."""
    zones = np.ones((120, 200), np.uint8)
    zones[:, :60] = 0
    shell = np.ones((120, 200), np.bool_)
    shell[60:] = False
    plane = np.zeros((120, 200), np.uint8)
    return View("front", {"w": plane}, np.eye(3), np.diag([0.5, 0.5, 1]), shell, zones, ("A", "B", "C"))


@pytest.mark.parametrize(
    ("left", "zone"),
    [(10, "A"), (50, "A"), (52, "A"), (58, "A"), (59, "B"), (60, "B"), (100, "B")],
)
def test_the_strictest_zone_touched_counts(left, zone, halves):
    """A square of 20 px on the border at 60 px: from a tenth of it on in A, it is A's."""
    assert zone_of(halves, (left, 10, 20, 20), np.ones((20, 20), np.bool_)) == zone


def test_only_the_defects_own_pixels_count(halves):
    mask = np.zeros((20, 40), np.bool_)
    mask[:, 30:] = True
    assert zone_of(halves, (40, 10, 40, 20), mask) == "B"


def test_a_loose_majority_zone_is_kept_when_no_stricter_one_is_touched(halves):
    assert zone_of(halves, (100, 10, 20, 20), np.ones((20, 20), np.bool_)) == "B"


def test_areas_are_of_the_shell_only(halves):
    areas = zone_areas_cm2(halves)
    assert areas["front", "A"] == pytest.approx(30 * 30 / 100, rel=1e-6)
    assert areas["front", "B"] == pytest.approx(70 * 30 / 100, rel=1e-6)
    assert areas["front", "C"] == 0


def test_a_view_without_zones_is_all_zone_a():
    view = View("side", {"w": np.zeros((120, 200), np.uint8)}, np.eye(3), np.diag([0.5, 0.5, 1]))
    assert zone_areas_cm2(view) == {("side", "A"): pytest.approx(60.0)}
    assert zone_of(view, (0, 0, 2, 2), np.ones((2, 2), np.bool_)) == "A"


def test_areas_follow_a_perspective():
    tilt = np.array([[0.5, 0, 0], [0, 0.5, 0], [0, 1e-3, 1.0]])
    view = View("front", {"w": np.zeros((400, 300), np.uint8)}, np.eye(3), tilt)
    corners = np.array([[0, 0, 1], [300, 0, 1], [300, 400, 1], [0, 400, 1]]) @ tilt.T
    x, y = (corners[:, :2] / corners[:, 2:]).T
    true = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2 / 100
    assert zone_areas_cm2(view)["front", "A"] == pytest.approx(true, rel=0.01)
