"""Averages against a baseline: the closed form, the limits, what is exactly at a limit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellmark_calibration import Baseline, Grade, Track, baseline_of, control_limits, grade, memory, share

FINITE = st.floats(-1e3, 1e3)


def fed(track: Track, readings: list[float]) -> Track:
    for reading in readings:
        track = track.add(reading)
    return track


@given(st.lists(FINITE, min_size=1, max_size=60), st.floats(0.01, 1.0), FINITE)
def test_the_average_is_its_closed_form(readings: list[float], weight: float, middle: float) -> None:
    track = fed(Track.on(Baseline(middle, 1.0, 30), weight), readings)
    n = len(readings)
    shares = weight * (1 - weight) ** np.arange(n - 1, -1, -1)
    assert track.average == pytest.approx(float(shares @ np.array(readings)) + (1 - weight) ** n * middle, abs=1e-8)
    assert track.seen == n


@given(st.lists(FINITE, min_size=30, max_size=30), st.lists(FINITE, max_size=10))
def test_the_first_readings_are_the_baseline_and_the_rest_is_measured_against_it(
    first: list[float], rest: list[float]
) -> None:
    track = fed(Track(needed=30), first)
    assert track.baseline == baseline_of(first)
    assert track.drift == 0
    assert fed(track, rest).baseline == track.baseline


@given(st.lists(FINITE, min_size=5, max_size=40), st.data())
def test_a_few_odd_readings_do_not_set_the_baseline(readings: list[float], data: st.DataObject) -> None:
    odd = data.draw(st.integers(0, (len(readings) - 1) // 2))
    spoilt = [1e9] * odd + readings[odd:]
    assert min(readings[odd:]) <= baseline_of(spoilt).middle <= max(readings[odd:])


def test_a_restart_on_a_kept_baseline_forgets_only_what_no_longer_matters() -> None:
    random = np.random.default_rng(4)
    readings = list(100 + random.normal(0, 1, 400))
    whole = fed(Track(0.2, 30), readings)
    assert whole.baseline is not None
    again = fed(Track.on(whole.baseline, 0.2), readings[-memory(0.2) :])
    assert again.average == pytest.approx(whole.average, abs=1e-4)
    assert again.last == whole.last


@pytest.mark.parametrize("weight", [0.05, 0.2, 1.0])
def test_control_limits_widen_to_their_asymptote(weight: float) -> None:
    baseline = Baseline(10.0, 2.0, 30)
    first, later = control_limits(baseline, weight, 1), control_limits(baseline, weight)
    assert first[1] - 10 == pytest.approx(3 * 2 * weight)
    assert later[1] - 10 == pytest.approx(3 * 2 * math.sqrt(weight / (2 - weight)))
    assert later[0] + later[1] == pytest.approx(20)


@pytest.mark.parametrize(
    ("change", "expected"),
    [(-9.99, Grade.GOOD), (-10.0, Grade.WARN), (-14.99, Grade.WARN), (-15.0, Grade.BLOCK), (15.0, Grade.BLOCK)],
)
def test_at_a_limit_it_is_reached(change: float, expected: Grade) -> None:
    baseline = Baseline(100.0, 1.0, 30)
    assert grade(share(100 + change - 100.0, baseline), 0.10, 0.15) is expected
    track = fed(Track.on(baseline, 1.0), [100 + change])
    assert grade(share(track.drift, baseline), 0.10, 0.15) is expected


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_a_computed_share_at_the_limit_is_at_the_limit(middle: float, limit: float) -> None:
    baseline = Baseline(middle, 0.0, 5)
    assert grade(share(middle * (1 + limit) - middle, baseline), limit, None) is Grade.WARN or middle * limit < 1e-9


def test_a_jump_is_known_after_three_readings_on_one_side() -> None:
    track = Track.on(Baseline(0.0, 0.1, 30), 0.2)
    assert fed(track, [4.0, 3.5]).jump == 0
    assert fed(track, [4.0, 3.5, 5.0]).jump == 3.5
    assert fed(track, [4.0, 3.5, 5.0]).departure == 3.5
    assert fed(track, [4.0, -3.5, 5.0]).jump == 0, "the shell lies here and there"
    assert fed(track, [-4.0, -3.5, -5.0]).departure == -3.5


def test_what_is_no_number_changes_nothing() -> None:
    track = fed(Track(needed=5), [1.0, 2.0])
    assert track.add(math.nan) == track
    assert track.add(math.inf) == track
    whole = fed(track, [3.0, 4.0, 5.0])
    assert whole.add(math.nan) == whole
    for bad in ([], [math.nan], [1.0, math.inf]):
        with pytest.raises(ValueError, match="finite readings"):
            baseline_of(bad)


def test_a_share_of_nothing_is_nothing() -> None:
    assert share(3.0, Baseline(0.0, 1.0, 30)) == 0.0
    assert share(-5.0, Baseline(-50.0, 1.0, 30)) == pytest.approx(-0.1)
