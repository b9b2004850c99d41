"""Pixel curves from a histogram agree with scikit-learn and with sorting every pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from shellmark_models import EvaluationError
from shellmark_models.evaluation.curves import BINS, PixelCounts, PixelCurves, bin_floor, bin_of, count_pixels
from shellmark_models.evaluation.metrics import clustered_area


def case(seed: int, side: int = 96, *, spread: float = 0.3, level: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """A smooth map of a view with two defects of different size, and their mask."""
    random = np.random.default_rng(seed)
    truth = np.zeros((side, side), bool)
    truth[10:14, 20:60] = True
    truth[50 : 50 + 3 + seed % 5, 70:76] = True
    noise = ndimage.gaussian_filter(random.normal(size=(side, side)), 2)
    scores = level * np.exp(spread * (noise / noise.std() + 1.2 * ndimage.gaussian_filter(truth.astype(float), 1.5)))
    return scores.astype(np.float32), truth


def curves_of(cases: list[tuple[np.ndarray, np.ndarray]]) -> tuple[PixelCurves, np.ndarray, np.ndarray]:
    curves = PixelCurves()
    for scores, truth in cases:
        curves.add(count_pixels(scores, truth))
    return curves, np.concatenate([s.ravel() for s, _ in cases]), np.concatenate([t.ravel() for _, t in cases])


@pytest.mark.parametrize("spread", [0.01, 0.05, 0.3, 2.0])
@pytest.mark.parametrize("level", [0.003, 0.7, 5.0])
def test_smooth_maps_agree_with_scikit_learn_within_1e_4(spread: float, level: float) -> None:
    curves, scores, truth = curves_of([case(seed, spread=spread, level=level) for seed in range(8)])
    assert curves.auroc() == pytest.approx(roc_auc_score(truth, scores), abs=1e-4)
    assert curves.average_precision() == pytest.approx(average_precision_score(truth, scores), abs=1e-4)


@pytest.mark.parametrize("steps", [4, 50, 1000])
def test_maps_of_few_values_are_exact_ties_and_all(steps: int) -> None:
    cases = [(np.round(s * steps).astype(np.float32) / steps, t) for s, t in (case(seed) for seed in range(4))]
    curves, scores, truth = curves_of(cases)
    assert curves.auroc() == pytest.approx(roc_auc_score(truth, scores), abs=1e-9)
    assert curves.average_precision() == pytest.approx(average_precision_score(truth, scores), abs=1e-9)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=4, max_size=40))
def test_any_ties_agree_with_scikit_learn(pixels: list[tuple[int, bool]]) -> None:
    scores = np.array([[value / 4 for value, _ in pixels]], np.float32)
    truth = np.array([[bad for _, bad in pixels]])
    curves = PixelCurves()
    curves.add(count_pixels(scores, truth))
    if truth.all() or not truth.any():
        with pytest.raises(EvaluationError, match="needs good and defect pixels"):
            curves.auroc()
        return
    assert curves.auroc() == pytest.approx(roc_auc_score(truth.ravel(), scores.ravel()), abs=1e-9)
    assert curves.average_precision() == pytest.approx(average_precision_score(truth.ravel(), scores.ravel()), abs=1e-9)


def exact_aupro(cases: list[tuple[np.ndarray, np.ndarray]], limit: float = 0.3) -> float:
    """Every threshold in turn, from scikit-learn's curve of the good pixels against each region's own."""
    good = np.concatenate([s[~t] for s, t in cases])
    regions = []
    for scores, truth in cases:
        labels, count = ndimage.label(truth, np.ones((3, 3)))
        regions += [scores[labels == i] for i in range(1, count + 1)]
    thresholds = np.unique(np.concatenate([s.ravel() for s, _ in cases]))[::-1]
    false = np.array([0.0, *(1 - np.searchsorted(np.sort(good), thresholds) / len(good))])
    found = np.mean([[0.0, *(1 - np.searchsorted(np.sort(r), thresholds) / len(r))] for r in regions], axis=0)
    end = np.searchsorted(false, limit, side="right")
    x = np.append(false[:end], limit)
    y = np.append(found[:end], np.interp(limit, false, found))
    return float(np.trapezoid(y, x) / limit)


def test_aupro_agrees_with_every_threshold_in_turn() -> None:
    cases = [case(seed) for seed in range(5)]
    curves, *_ = curves_of(cases)
    assert curves.regions == 10
    assert curves.aupro() == pytest.approx(exact_aupro(cases), abs=1e-4)
    assert curves.aupro(1.0) == pytest.approx(exact_aupro(cases, 1.0), abs=1e-4)


def test_small_regions_count_as_much_as_large_ones() -> None:
    truth = np.zeros((40, 40), bool)
    truth[2:22, 2:22] = True
    truth[30, 30] = True
    scores = np.where(truth, 0.9, 0.1).astype(np.float32)
    scores[30, 30] = 0.05
    curves = PixelCurves()
    curves.add(count_pixels(scores, truth))
    assert curves.aupro() == pytest.approx(0.5, abs=0.01)


def test_what_was_not_judged_is_not_counted() -> None:
    scores, truth = case(1)
    judged = np.zeros_like(truth)
    judged[:48] = True
    counts = count_pixels(scores, truth, judged)
    assert counts.region_count == 1, "the second region lies outside"
    assert int(counts.good.sum() + counts.bad.sum()) == judged.sum()
    part = PixelCurves()
    part.add(counts)
    assert part.auroc() == pytest.approx(roc_auc_score(truth[:48].ravel(), scores[:48].ravel()), abs=1e-4)


def test_stripes_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, truth = case(3)
    judged = np.random.default_rng(0).random(truth.shape) < 0.7
    whole = count_pixels(scores, truth, judged)
    monkeypatch.setattr("shellmark_models.evaluation.curves._STRIPE_PX", 7 * 96)
    striped = count_pixels(scores, truth, judged)
    for name in ("bins", "good", "bad", "low"):
        assert np.array_equal(getattr(whole, name), getattr(striped, name)), name
    assert striped.regions == pytest.approx(whole.regions, rel=1e-12)


def test_counts_come_back_from_their_bytes() -> None:
    counts = count_pixels(*case(2))
    again = PixelCounts.from_bytes(counts.to_bytes())
    for name in ("bins", "good", "bad", "regions", "low"):
        assert np.array_equal(getattr(again, name), getattr(counts, name)), name
    assert again.region_count == counts.region_count
    for damaged in (counts.to_bytes()[:-4], b"", b"nonsense"):
        with pytest.raises(EvaluationError, match="damaged"):
            PixelCounts.from_bytes(damaged)


def test_an_interval_over_cases_is_wider_than_over_pixels() -> None:
    cases = [case(seed, spread=0.2 + 0.1 * (seed % 3)) for seed in range(12)]
    curves, scores, truth = curves_of(cases)
    table = np.array([curves.rows()(count_pixels(s, t)) for s, t in cases])
    area = clustered_area(table)
    assert area.value == pytest.approx(curves.auroc(), abs=1e-12)
    assert area.low < area.value < area.high
    assert area.n == 12
    pixels = PixelCurves()
    pixels.add(count_pixels(scores[None, :], truth[None, :]))
    per_pixel = 1.96 * np.sqrt(area.value * (1 - area.value) / truth.sum())
    assert area.high - area.low > per_pixel


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 2.0**17, width=32), st.floats(0, 2.0**17, width=32))
def test_bins_keep_the_order(a: float, b: float) -> None:
    at = bin_of(np.array([a, b], np.float32))
    assert (at >= 0).all()
    assert (at < BINS).all()
    assert bool(at[0] <= at[1]) or a >= b
    assert bin_floor(at)[0] <= np.float32(a)


def test_the_decision_lies_on_the_edge_of_a_bin() -> None:
    just_below = np.nextafter(np.float32(1), np.float32(0))
    below, at = bin_of(np.array([just_below, 1.0], np.float32))
    assert at == below + 1
    assert bin_floor(at) == 1.0


def test_shares_at_the_threshold_and_points_of_the_curve() -> None:
    scores, truth = case(4, level=0.8)
    curves = PixelCurves()
    curves.add(count_pixels(scores, truth))
    found, false = curves.at(1.0)
    assert found == pytest.approx((scores[truth] >= 1).mean())
    assert false == pytest.approx((scores[~truth] >= 1).mean())
    fpr, tpr, _ = roc_curve(truth.ravel(), scores.ravel(), drop_intermediate=False)
    for x, y in curves.roc(50):
        at = np.searchsorted(fpr, x)
        assert tpr[max(at - 30, 0)] - 0.01 <= y <= tpr[min(at + 30, len(tpr) - 1)] + 0.01


def test_what_is_no_map_is_said() -> None:
    scores, truth = case(1)
    with pytest.raises(EvaluationError, match=r"truth: \(5, 5\)"):
        count_pixels(scores, truth[:5, :5])
    with pytest.raises(EvaluationError, match="no numbers"):
        count_pixels(np.full((4, 4), np.nan, np.float32), None)
