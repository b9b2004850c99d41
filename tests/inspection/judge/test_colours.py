"""Whole zones are judged by their camera ΔE: to the first article, and front against back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shellmark_inspect.judge import Deviation, colour_notes, deviations, judge
from shellmark_inspect.recipe import Limit
from shellmark_inspect.types import COLOUR_DIFFERENCE, COLOUR_MISMATCH, ReasonCode, Verdict, ZoneColour

LIMITS = [
    Limit(zone="A", label=COLOUR_DIFFERENCE, camera_de=1.5),
    Limit(label=COLOUR_DIFFERENCE, camera_de=3.0),
    Limit(label=COLOUR_MISMATCH, camera_de=1.0),
    Limit(label="*", length_mm=5),
]


def off(camera_de: float, zone: str = "A", label: str = COLOUR_DIFFERENCE, unsure: float = 0.3) -> Deviation:
    return Deviation("front", zone, label, "first article", camera_de, unsure)


@pytest.mark.parametrize(
    ("deviation", "verdict"),
    [
        (off(1.2), Verdict.PASS),
        (off(1.21), Verdict.REVIEW),
        (off(1.8), Verdict.REVIEW),
        (off(1.81), Verdict.FAIL),
        (off(2.5, "B"), Verdict.PASS),
        (off(3.5, "B"), Verdict.FAIL),
        (off(1.0, label=COLOUR_MISMATCH), Verdict.REVIEW),
        (off(1.4, label=COLOUR_MISMATCH), Verdict.FAIL),
        (off(float("nan")), Verdict.REVIEW),
    ],
)
def test_a_zone_is_judged_by_its_own_limit_and_its_uncertainty(deviation, verdict):
    assert judge([], LIMITS, {}, [deviation]).verdict is verdict


def test_the_reason_says_camera_de():
    (reason,) = judge([], LIMITS, {}, [off(2.5)]).reasons
    assert str(reason) == "colour_difference camera ΔE 2.5 (CIEDE2000), zone A allows 1.5"
    assert reason.code is ReasonCode.OVER_LIMIT
    assert reason.defect is None
    assert reason.values["against"] == "first article"
    (near,) = judge([], LIMITS, {}, [off(1.5)]).reasons
    assert "camera ΔE 1.5 ± 0.3 (CIEDE2000) is too near zone A's limit 1.5" in str(near)


def test_a_colour_without_a_row_is_told_and_not_judged():
    assert judge([], [Limit(label="*", length_mm=5)], {}, [off(9)]).verdict is Verdict.PASS


@pytest.mark.parametrize(
    "row",
    [
        {"label": "*", "camera_de": 1.5},
        {"label": "scratch", "camera_de": 1.5},
        {"label": COLOUR_DIFFERENCE, "length_mm": 3},
        {"label": COLOUR_DIFFERENCE, "camera_de": 1.5, "count": 2},
        {"label": COLOUR_DIFFERENCE, "allowed": False},
        {"label": COLOUR_MISMATCH, "camera_de": -1},
    ],
)
def test_a_row_that_would_let_a_defect_through_is_refused(row):
    with pytest.raises(ValidationError):
        Limit(**row)


GREY, WARM = ZoneColour((60, 0, 0), 0.3), ZoneColour((60, 0, 4), 0.4)


def test_zones_are_compared_with_the_first_article_and_views_with_each_other():
    seen = {"front": {"A": GREY, "B": WARM, "": GREY}, "back": {"B": WARM, "": WARM}}
    found = deviations(seen, {"front": {"A": WARM, "": WARM}}, {"front": "back", "side": "back"})
    assert [(one.view, one.zone, one.label, one.against) for one in found] == [
        ("front", "A", COLOUR_DIFFERENCE, "first article"),
        ("front", "A", COLOUR_MISMATCH, "back"),
    ]
    assert found[0].camera_de == found[1].camera_de > 3
    assert found[1].unsure_de == pytest.approx(0.5)
    assert set(colour_notes(found)) == {"front.camera_de_A", "front.camera_de_to_back"}


lab = st.tuples(st.floats(1, 99), st.floats(-80, 80), st.floats(-80, 80))


@given(lab, lab)
def test_the_same_colour_is_no_difference_and_the_order_does_not_matter(one, other):
    a, b = ZoneColour(one, 0.1), ZoneColour(other, 0.1)

    def between(x: ZoneColour, y: ZoneColour) -> float:
        return deviations({"front": {"": x}, "back": {"": y}}, {}, {"front": "back"})[0].camera_de

    assert between(a, a) == pytest.approx(0, abs=1e-9)
    assert between(a, b) == pytest.approx(between(b, a), abs=1e-6)
