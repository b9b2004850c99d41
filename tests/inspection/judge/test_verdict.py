"""The limit table: which row, which verdict, which reasons."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shellmark_inspect import judge as door
from shellmark_inspect.judge import judge
from shellmark_inspect.judge.limits import limit_for, uncertainty_mm
from shellmark_inspect.recipe import Limit
from shellmark_inspect.types import Defect, Reason, ReasonCode, Verdict

AREAS = {("front", "A"): 500.0, ("front", "B"): 200.0, ("back", "A"): 500.0}
SCRATCH = Limit(zone="A", label="scratch", length_mm=5)
RANK = {Verdict.PASS: 0, Verdict.REVIEW: 1, Verdict.FAIL: 2}


def make_defect(label: str = "scratch", length_mm: float = 3.0, **changes: Any) -> Defect:
    """A defect of numbers: a scratch in zone A of the view front unless said otherwise."""
    plain: dict[str, Any] = {
        "view": "front",
        "zone": "A",
        "label": label,
        "label_score": 0.9,
        "score": 2.0,
        "centre_mm": (50.0, 50.0),
        "length_mm": length_mm,
        "width_mm": length_mm / 5,
        "diameter_mm": length_mm / 2,
        "area_mm2": length_mm**2 / 5,
        "uncertainty_mm": 0.2,
        "light": "west",
        "contour_px": np.zeros((3, 2)),
    }
    return Defect(**(plain | changes))


def codes(judgement: door.Judgement) -> list[ReasonCode]:
    return [reason.code for reason in judgement.reasons]


def test_the_door_is_what_it_says():
    names = [
        "FAILS",
        "Deviation",
        "Found",
        "Judgement",
        "Measured",
        "Region",
        "checked",
        "colour_notes",
        "deviations",
        "find_regions",
        "highest",
        "judge",
        "measure",
        "overlap",
        "score_map",
        "zone_areas_cm2",
    ]
    assert sorted(door.__all__) == sorted(names)
    assert all(hasattr(door, name) for name in names)


def test_no_defect_is_a_pass():
    assert judge([], [SCRATCH], AREAS) == door.Judgement(Verdict.PASS, (), ())


@pytest.mark.parametrize(
    ("length", "verdict"),
    [(4.7, Verdict.PASS), (4.9, Verdict.REVIEW), (5.0, Verdict.REVIEW), (5.1, Verdict.REVIEW), (5.3, Verdict.FAIL)],
)
def test_within_the_uncertainty_on_either_side_is_review(length, verdict):
    found = judge([make_defect(length_mm=length)], [SCRATCH], AREAS)
    assert found.verdict is verdict
    assert found.accepted == (verdict is Verdict.PASS,)


def test_a_reason_can_be_read():
    (over,) = judge([make_defect(length_mm=12.4)], [SCRATCH], AREAS).reasons
    assert str(over) == "scratch length 12.4 mm, zone A allows 5.0"
    assert over.defect == 0
    (near,) = judge([make_defect(length_mm=4.9)], [SCRATCH], AREAS).reasons
    assert str(near) == "scratch length 4.9 ± 0.2 mm is too near zone A's limit 5.0"


@pytest.mark.parametrize(
    ("limit", "changes", "text"),
    [
        ({"width_mm": 0.3, "length_mm": 9}, {"width_mm": 0.8}, "scratch width 0.8 mm, zone A allows 0.3"),
        ({"diameter_mm": 1}, {"diameter_mm": 1.6}, "scratch diameter 1.6 mm, zone A allows 1.0"),
        ({"area_mm2": 2}, {"area_mm2": 9.0}, "scratch area 9.0 mm², zone A allows 2.0"),
    ],
)
def test_every_measure_is_limited(limit, changes, text):
    found = judge([make_defect(**changes)], [Limit(zone="A", label="scratch", **limit)], AREAS)
    assert found.verdict is Verdict.FAIL
    assert str(found.reasons[0]) == text


def test_a_measure_without_a_limit_is_not_limited():
    assert judge([make_defect(length_mm=900, width_mm=0.1)], [Limit(width_mm=1)], AREAS).verdict is Verdict.PASS


def test_none_allowed():
    none = [Limit(zone="A", label="crack", allowed=False)]
    (reason,) = judge([make_defect("crack", 2.0)], none, AREAS).reasons
    assert str(reason) == "crack 2.0 mm, zone A allows none"
    barely = judge([make_defect("crack", 0.15)], none, AREAS)
    assert barely.verdict is Verdict.REVIEW
    assert codes(barely) == [ReasonCode.NEAR_LIMIT]


def test_a_class_without_a_row_is_review():
    found = judge([make_defect("stain", 2.0)], [SCRATCH], AREAS)
    assert found.verdict is Verdict.REVIEW
    assert str(found.reasons[0]) == "stain 2.0 mm in zone A: the recipe has no limit for it"
    assert found.accepted == (False,)


ROWS = {
    ("A", "scratch"): Limit(zone="A", label="scratch", length_mm=1),
    ("*", "scratch"): Limit(zone="*", label="scratch", length_mm=2),
    ("A", "*"): Limit(zone="A", label="*", length_mm=3),
    ("*", "*"): Limit(zone="*", label="*", length_mm=4),
}


@pytest.mark.parametrize("seed", range(4))
def test_the_most_particular_row_wins_whatever_the_order(seed):
    rows = list(ROWS.values())
    random.Random(seed).shuffle(rows)
    for zone, label, row in [
        ("A", "scratch", ("A", "scratch")),
        ("B", "scratch", ("*", "scratch")),
        ("A", "dent", ("A", "*")),
        ("B", "dent", ("*", "*")),
        ("A", "unknown", ("A", "*")),
    ]:
        assert limit_for(rows, zone, label) is ROWS[row]
    assert limit_for([ROWS["A", "scratch"]], "B", "scratch") is None


def test_the_class_is_more_particular_than_the_zone():
    assert limit_for([ROWS["A", "*"], ROWS["*", "scratch"]], "A", "scratch") is ROWS["*", "scratch"]


def test_the_particular_row_alone_counts():
    rows = [Limit(length_mm=1), Limit(label="scratch", length_mm=10)]
    assert judge([make_defect(length_mm=8)], rows, AREAS).verdict is Verdict.PASS


def test_unknown_has_limits_of_its_own():
    rows = [SCRATCH, Limit(zone="A", label="unknown", diameter_mm=0.5)]
    assert judge([make_defect("unknown", diameter_mm=1.2)], rows, AREAS).verdict is Verdict.FAIL


def _spread(n: int, step_mm: float = 50.0, **changes: object) -> list[Defect]:
    return [make_defect(centre_mm=(step_mm * i, 10.0), **changes) for i in range(n)]


def test_counts_are_per_view_zone_and_class():
    rows = [Limit(length_mm=5, count=2)]
    two = _spread(2)
    others = [make_defect(zone="B"), make_defect(view="back"), make_defect("dent")]
    assert judge(two + others, rows, AREAS).verdict is Verdict.PASS
    found = judge(_spread(3) + others, rows, AREAS)
    assert found.verdict is Verdict.FAIL
    assert [str(reason) for reason in found.reasons] == ["3 x scratch, zone A allows 2"]
    assert found.reasons[0].defect is None


@pytest.mark.parametrize(
    ("apart", "verdict", "text"),
    [
        (39.0, Verdict.FAIL, "scratch 39 mm apart, zone A wants 40"),
        (39.8, Verdict.REVIEW, "scratch spacing 39.8 ± 0.4 mm is too near zone A's limit 40.0"),
        (40.2, Verdict.REVIEW, "scratch spacing 40.2 ± 0.4 mm is too near zone A's limit 40.0"),
        (40.6, Verdict.PASS, None),
    ],
)
def test_spacing(apart, verdict, text):
    found = judge(_spread(3, apart), [Limit(length_mm=5, spacing_mm=40)], AREAS)
    assert found.verdict is verdict
    assert [str(reason) for reason in found.reasons] == ([text] if text else [])


def test_a_single_defect_has_no_spacing():
    assert judge(_spread(1), [Limit(length_mm=5, spacing_mm=40)], AREAS).verdict is Verdict.PASS


def test_density():
    rows = [Limit(label="speck", per_100_cm2=1)]
    specks = [make_defect("speck", zone="B", centre_mm=(20.0 * i, 0.0)) for i in range(3)]
    found = judge(specks, rows, AREAS)
    assert found.verdict is Verdict.FAIL
    assert str(found.reasons[0]) == "1.5 x speck per 100 cm², zone B allows 1.0"
    assert judge(specks[:2], rows, AREAS).verdict is Verdict.PASS


def test_density_without_an_area_is_review_and_never_a_pass():
    found = judge([make_defect("speck")], [Limit(label="speck", per_100_cm2=1)], {})
    assert found.verdict is Verdict.REVIEW
    assert "has no area" in str(found.reasons[0])


@pytest.mark.parametrize("limit", [{"length_mm": 5}, {"width_mm": 5}, {"diameter_mm": 5}, {"area_mm2": 5}])
def test_a_size_that_is_no_number_is_review_and_never_a_pass(limit: dict[str, float]):
    sizes = dict.fromkeys(("length_mm", "width_mm", "diameter_mm", "area_mm2", "uncertainty_mm"), float("nan"))
    found = judge([replace(make_defect(), **sizes)], [Limit(label="scratch", **limit)], AREAS)
    assert found.verdict is Verdict.REVIEW
    density = judge([make_defect()], [Limit(label="scratch", per_100_cm2=9)], {("front", "A"): float("nan")})
    assert density.verdict is Verdict.REVIEW


def test_fail_beats_review_and_the_worst_comes_first():
    defects = [
        make_defect("stain", 2.0),
        make_defect(length_mm=5.0),
        make_defect(length_mm=12.0),
        make_defect(length_mm=40.0),
        make_defect("crack", 9.0),
    ]
    found = judge(defects, [SCRATCH, Limit(label="crack", allowed=False)], AREAS)
    assert found.verdict is Verdict.FAIL
    assert [reason.defect for reason in found.reasons] == [4, 3, 2, 1, 0]
    assert found.accepted == (False,) * 5


def test_the_uncertainty_of_another_length_keeps_its_pixel():
    """0.2 mm at 2 mm of length with pixels of 0.1 mm: a tenth of a pixel's worth per mm, so 0.12 at 0.4 mm."""
    defect = replace(make_defect(length_mm=2.0), uncertainty_mm=0.2, crop_px_per_mm=10.0)
    assert uncertainty_mm(defect, 2.0) == pytest.approx(0.2)
    assert uncertainty_mm(defect, 0.4) == pytest.approx(0.12)
    assert uncertainty_mm(replace(defect, crop_px_per_mm=0.0), 0.4) == 0.2


lengths = st.floats(0.05, 60)
labels = st.sampled_from(["scratch", "dent", "speck", "unknown", "stain"])
zones = st.sampled_from(["A", "B"])
places = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda at: (float(at[0]), float(at[1])))


@st.composite
def defects(draw: st.DrawFn) -> Defect:
    length = draw(lengths)
    width = length * draw(st.floats(0.01, 1))
    return make_defect(
        draw(labels),
        length,
        zone=draw(zones),
        view=draw(st.sampled_from(["front", "back"])),
        centre_mm=draw(places),
        width_mm=width,
        diameter_mm=(length * width) ** 0.5,
        area_mm2=length * width,
        uncertainty_mm=0.17 + 0.1 * length,
        crop_px_per_mm=6.0,
    )


@st.composite
def tables(draw: st.DrawFn) -> list[Limit]:
    keys = draw(st.lists(st.tuples(zones | st.just("*"), labels | st.just("*")), min_size=1, max_size=6, unique=True))
    rows = []
    for zone, label in keys:
        measures = {
            "length_mm": st.floats(1, 50),
            "diameter_mm": st.floats(0.1, 20),
            "area_mm2": st.floats(0.1, 200),
            "count": st.integers(0, 4),
            "spacing_mm": st.floats(0, 200),
            "per_100_cm2": st.floats(0, 3),
        }
        given_ones = draw(st.lists(st.sampled_from(sorted(measures)), min_size=0, max_size=3, unique=True))
        values = {name: draw(measures[name]) for name in given_ones}
        rows.append(Limit(zone=zone, label=label, allowed=bool(values), **values))
    return rows


ALL_AREAS = {(view, zone): 150.0 for view in ("front", "back") for zone in ("A", "B")}


@settings(max_examples=200, deadline=None)
@given(st.lists(defects(), max_size=7), tables())
def test_pass_means_no_reason_and_everything_accepted(found, rows):
    judgement = judge(found, rows, ALL_AREAS)
    assert (judgement.verdict is Verdict.PASS) == (not judgement.reasons)
    assert len(judgement.accepted) == len(found)
    if judgement.verdict is Verdict.PASS:
        assert all(judgement.accepted)
    for one in found:
        row = limit_for(rows, one.zone, one.label)
        if judgement.verdict is Verdict.PASS:
            assert row is not None
            assert row.allowed
            assert row.length_mm is None or one.length_mm + one.uncertainty_mm <= row.length_mm
    accused = {reason.defect for reason in judgement.reasons if reason.code is not ReasonCode.TOO_CLOSE}
    assert all(i in accused for i, accepted in enumerate(judgement.accepted) if not accepted)
    assert all(str(reason) for reason in judgement.reasons)


@settings(max_examples=150, deadline=None)
@given(st.lists(defects(), max_size=6), tables(), st.randoms(use_true_random=False))
def test_the_order_of_defects_and_rows_does_not_matter(found, rows, shuffler):
    order = list(range(len(found)))
    shuffler.shuffle(order)
    mixed_rows = list(rows)
    shuffler.shuffle(mixed_rows)
    one, other = judge(found, rows, ALL_AREAS), judge([found[i] for i in order], mixed_rows, ALL_AREAS)
    assert one.verdict is other.verdict
    assert [one.accepted[i] for i in order] == list(other.accepted)
    assert sorted(map(_plain, one.reasons)) == sorted(map(_plain, other.reasons))


def _plain(reason: Reason) -> tuple[str, str]:
    return reason.code.value, str(reason)


@settings(max_examples=200, deadline=None)
@given(st.lists(defects(), min_size=1, max_size=5), tables(), st.floats(1.0, 5.0), st.integers(0, 4))
def test_a_larger_defect_never_makes_a_better_verdict(found, rows, factor, which):
    i = which % len(found)
    grown = [*found[:i], _grown(found[i], factor), *found[i + 1 :]]
    assert RANK[judge(grown, rows, ALL_AREAS).verdict] >= RANK[judge(found, rows, ALL_AREAS).verdict]


def _grown(defect: Defect, factor: float) -> Defect:
    return replace(
        defect,
        length_mm=defect.length_mm * factor,
        width_mm=defect.width_mm * factor,
        diameter_mm=defect.diameter_mm * factor,
        area_mm2=defect.area_mm2 * factor**2,
        uncertainty_mm=0.17 + 0.1 * defect.length_mm * factor,
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(defects(), max_size=5), defects(), tables())
def test_one_more_defect_never_makes_a_better_verdict(found, another, rows):
    assert RANK[judge([*found, another], rows, ALL_AREAS).verdict] >= RANK[judge(found, rows, ALL_AREAS).verdict]


@settings(max_examples=150, deadline=None)
@given(st.lists(defects(), max_size=5), tables())
def test_reasons_come_worst_first(found, rows):
    failing = [reason.code not in (ReasonCode.NEAR_LIMIT, ReasonCode.NO_LIMIT, ReasonCode.FAULT)
               for reason in judge(found, rows, ALL_AREAS).reasons]  # fmt: skip
    assert failing == sorted(failing, reverse=True)
    assert any(failing) == (judge(found, rows, ALL_AREAS).verdict is Verdict.FAIL)


def test_what_may_be_a_stricter_class_is_no_pass():
    limits = [Limit(zone="A", label="bump", diameter_mm=2.0), Limit(zone="A", label="bubble", diameter_mm=0.5)]
    sure = make_defect(label="bump", diameter_mm=1.0, uncertainty_mm=0.1)
    assert judge([sure], limits, {}).verdict is Verdict.PASS
    judgement = judge([replace(sure, may_be=("bubble",))], limits, {})
    assert judgement.verdict is Verdict.REVIEW
    assert [reason.code for reason in judgement.reasons] == [ReasonCode.MAY_BE]
    assert "may be bubble" in str(judgement.reasons[0])
