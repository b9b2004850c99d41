"""Step zones."""

from __future__ import annotations

import numpy as np
import pytest

from shellmark_inspect.errors import StepError

LEFT = {"zone": "B", "polygon_mm": [[0, 0], [10, 0], [10, 30], [0, 30]]}
CORNER = {"zone": "C", "polygon_mm": [[0, 0], [5, 0], [5, 5], [0, 5]]}


def _zone(view, x_mm: float, y_mm: float) -> str:
    return view.zone_names[view.zones[round(y_mm * 4), round(x_mm * 4)]]


def test_later_zones_lie_over_earlier_ones(built, view):
    painted = built("zones", changes={"zones": [LEFT, CORNER]})(view(west=np.zeros((120, 160), np.uint8)))
    assert painted.zone_names == ("A", "B", "C")
    assert [_zone(painted, *at) for at in ((2, 2), (8, 2), (2, 20), (20, 20))] == ["C", "B", "B", "A"]


def test_the_default_zone_may_be_the_loosest_and_the_order_may_be_given(built, view):
    changes = {"zones": [LEFT | {"zone": "logo"}], "default_zone": "side"}
    painted = built("zones", changes=changes)(view(west=np.zeros((120, 160), np.uint8)))
    assert painted.zone_names == ("logo", "side")
    ordered = built("zones", changes=changes, strictest_first=["side"])(view(west=np.zeros((120, 160), np.uint8)))
    assert ordered.zone_names == ("side", "logo")
    assert _zone(ordered, 2, 2) == "logo"


def test_zones_are_painted_through_the_map(built, view):
    turned = built("rotate", degrees=90)(view(west=np.zeros((120, 160), np.uint8)))
    painted = built("zones", changes={"zones": [LEFT]})(turned)
    assert painted.zone_names[painted.zones[-1, 60]] == "B"
    assert painted.zone_names[painted.zones[0, 60]] == "A"


def test_a_polygon_that_leaves_the_view_is_cut(built, view):
    huge = {"zone": "B", "polygon_mm": [[-1e4, -1e4], [1e4, -1e4], [1e4, 15], [-1e4, 15]]}
    painted = built("zones", changes={"zones": [huge]})(view(west=np.zeros((120, 160), np.uint8)))
    assert _zone(painted, 20, 10) == "B"
    assert _zone(painted, 20, 20) == "A"


def test_a_polygon_outside_the_view_is_refused(built, view):
    away = {"zone": "B", "polygon_mm": [[500, 500], [600, 500], [600, 600]]}
    with pytest.raises(StepError, match="a polygon of zone B lies outside the view"):
        built("zones", changes={"zones": [away]})(view(west=np.zeros((120, 160), np.uint8)))
