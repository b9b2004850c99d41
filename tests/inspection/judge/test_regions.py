"""From an anomaly map to regions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shellmark_inspect.judge import find_regions

KEYS = {"grow": 0.75, "merge_mm": 0.0, "smallest_mm": 0.0, "px_per_mm": 1.0}


def anomaly(*patches: tuple[int, int, int, int, float]) -> np.ndarray:
    canvas = np.zeros((60, 80), np.float32)
    for x, y, w, h, value in patches:
        canvas[y : y + h, x : x + w] = value
    return canvas


def test_a_region_needs_a_seed_and_grows_from_it():
    found = find_regions(anomaly((10, 10, 9, 5, 0.8), (12, 11, 2, 2, 1.4), (50, 10, 9, 9, 0.9)), None, **KEYS)
    (one,) = found
    assert one.box_px == (10, 10, 9, 5)
    assert one.mask.all()
    assert one.peak == pytest.approx(1.4)
    assert one.peak_px == (12, 11)


def test_the_threshold_itself_is_a_seed():
    assert len(find_regions(anomaly((10, 10, 1, 1, 1.0)), None, **KEYS)) == 1
    assert find_regions(anomaly((10, 10, 1, 1, 0.999)), None, **KEYS) == []


@pytest.mark.parametrize(("gap", "regions"), [(2, 1), (4, 1), (5, 2), (9, 2)])
def test_gaps_up_to_the_merging_one_close(gap, regions):
    two = anomaly((10, 10, 5, 5, 1.2), (15 + gap, 10, 5, 5, 1.2))
    found = find_regions(two, None, **(KEYS | {"merge_mm": 4.0}))
    assert len(found) == regions
    assert sum(one.mask.sum() for one in found) == 50


def test_what_is_no_shell_is_no_region():
    shell = np.zeros((60, 80), np.bool_)
    shell[:, 40:] = True
    (one,) = find_regions(anomaly((30, 10, 20, 5, 1.2), (5, 5, 5, 5, 3.0)), shell, **KEYS)
    assert one.box_px == (40, 10, 10, 5)
    assert one.peak == pytest.approx(1.2)


def test_the_highest_comes_first_and_the_tiny_are_dropped():
    three = anomaly((10, 10, 4, 4, 1.2), (30, 10, 4, 4, 2.0), (50, 10, 2, 2, 5.0))
    found = find_regions(three, None, **(KEYS | {"smallest_mm": 3.0}))
    assert [one.peak for one in found] == [pytest.approx(2.0), pytest.approx(1.2)]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_map_that_is_no_numbers_is_no_pass(bad):
    broken = anomaly()
    broken[3, 4] = bad
    with pytest.raises(ValueError, match="no numbers"):
        find_regions(broken, None, **KEYS)


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(ValueError, match="shell's mask"):
        find_regions(anomaly(), np.ones((10, 10), np.bool_), **KEYS)


@settings(deadline=None)
@given(
    level=arrays(np.float32, (24, 30), elements=st.sampled_from([0.0, 0.5, 0.8, 1.0, 2.0]).map(np.float32)),
    merge=st.integers(0, 4),
)
def test_every_seed_lies_in_exactly_one_region(level, merge):
    found = find_regions(level, None, **(KEYS | {"merge_mm": float(merge)}))
    covered = np.zeros(level.shape, int)
    for one in found:
        x, y, w, h = one.box_px
        covered[y : y + h, x : x + w] += one.mask
        assert one.mask.any(0)[[0, -1]].all()
        assert one.mask.any(1)[[0, -1]].all()
        assert level[one.peak_px[1], one.peak_px[0]] == one.peak
    assert covered.max(initial=0) <= 1
    assert (covered[level >= 1] == 1).all()
    assert not covered[level < 0.75].any()
