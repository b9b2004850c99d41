"""POD(size): the curve that made the hits is found again, its bound covers it; what the data do not allow is said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from shellmark_models import EvaluationError
from shellmark_models.evaluation.pod import HANDBOOK, pod


def hits(seed: int, n: int = 200, a50: float = 0.6, slope: float = 4.0) -> tuple[np.ndarray, np.ndarray, float]:
    """Sizes, hits drawn from a known curve, and its true a90."""
    random = np.random.default_rng(seed)
    sizes = np.exp(random.uniform(math.log(0.2), math.log(3.0), n))
    p = 1 / (1 + np.exp(-slope * (np.log(sizes) - math.log(a50))))
    return sizes, random.random(n) < p, a50 * math.exp(math.log(9) / slope)


def test_the_curve_is_found_again() -> None:
    sizes, found, a90 = hits(1, n=5000)
    fit = pod(sizes, found)
    assert fit.a90 == pytest.approx(a90, rel=0.06)
    assert fit.slope == pytest.approx(4.0, rel=0.1)
    assert fit.a90_95 is not None
    assert fit.a90 is not None
    assert fit.a90 < fit.a90_95 < 1.1 * fit.a90
    assert fit.why_not == ""


def test_the_bound_covers_the_truth_as_often_as_it_says() -> None:
    covered = []
    for seed in range(200):
        sizes, found, a90 = hits(seed, n=80)
        fit = pod(sizes, found)
        if fit.a90_95 is not None:
            covered.append(fit.a90_95 >= a90)
    assert len(covered) > 150
    assert binomtest(sum(covered), len(covered), 0.95).pvalue > 0.01, f"{np.mean(covered):.3f}"


def test_the_curve_for_a_picture_rises_and_its_bound_lies_below() -> None:
    sizes, found, _ = hits(3)
    size, p, low = np.array(pod(sizes, found).curve).T
    assert (np.diff(size) > 0).all()
    assert (np.diff(p) > 0).all()
    assert (low < p).all()


@pytest.mark.parametrize(
    ("sizes", "found", "said"),
    [
        ([], [], "no defect of known size"),
        ([0.5, 1.0, 2.0], [True] * 3, "all 3 were found"),
        ([0.5, 1.0, 2.0], [False] * 3, "none of 3 was found"),
        ([0.5, 1.0, 2.0], [False, True, False], "3 defects are too few"),
        ([1.0] * 20, [True, False] * 10, "all defects are of one size"),
        (list(range(1, 21)), [False] * 10 + [True] * 10, "hits and misses do not overlap"),
        (list(range(1, 21)), [True] * 11 + [False] * 9, "larger defects are not found more often"),
    ],
)
def test_what_the_data_do_not_allow_is_said(sizes: list[float], found: list[bool], said: str) -> None:
    fit = pod(sizes, found)
    assert said in fit.why_not
    assert fit.a90 is None
    assert fit.a90_95 is None
    assert fit.n == len(sizes)


def test_a_bound_that_the_data_do_not_give_is_none() -> None:
    sizes = np.linspace(0.5, 2, 24)
    found = np.array([i % 2 == 0 for i in range(24)])
    found[-1] = True
    fit = pod(sizes, found)
    assert fit.a90_95 is None
    assert "do not bound" in fit.why_not or "not found more often" in fit.why_not


def test_fewer_than_the_handbook_asks_for_is_said() -> None:
    sizes, found, _ = hits(5, n=40)
    assert f"asks for {HANDBOOK}" in pod(sizes, found).why_not


def test_bins_hold_every_defect_once() -> None:
    sizes, found, _ = hits(6, n=101)
    fit = pod(sizes, found, bins=4)
    assert sum(one.found.n for one in fit.bins) == 101
    assert sum(one.found.hits for one in fit.bins) == found.sum()
    assert all(one.low < one.high for one in fit.bins)


def test_sizes_that_are_no_sizes() -> None:
    for bad in ([0.0, 1.0], [float("nan"), 1.0], [-1.0, 1.0]):
        with pytest.raises(EvaluationError, match="pod"):
            pod(bad, [True, False])
