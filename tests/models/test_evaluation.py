from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import binomtest
from sklearn.metrics import average_precision_score, roc_auc_score

from shellmark_models import EvaluationError, auroc, outcome, rate
from shellmark_models.evaluation.metrics import auroc_interval, average_precision, average_precision_interval

SCORES = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=60)


@given(SCORES)
def test_auroc_agrees_with_scikit_learn(pairs):
    scores = [float(score) for score, _ in pairs]
    bad = [kind for _, kind in pairs]
    if len(set(bad)) == 2:
        assert auroc(scores, bad) == pytest.approx(roc_auc_score(bad, scores), abs=1e-12)
    else:
        with pytest.raises(EvaluationError, match="good and bad"):
            auroc(scores, bad)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_agrees_with_scipys(pair):
    hits, n = pair
    ours, theirs = rate(hits, n), binomtest(hits, n).proportion_ci(method="exact")
    assert (ours.low, ours.high) == (pytest.approx(theirs.low, abs=1e-9), pytest.approx(theirs.high, abs=1e-9))


def test_nothing_of_nothing_may_be_anything():
    nothing = rate(0, 0)
    assert (nothing.low, nothing.high) == (0, 1)
    assert math.isnan(nothing.value)
    for hits, n in ((1, 0), (-1, 3), (4, 3)):
        with pytest.raises(EvaluationError):
            rate(hits, n)


def test_an_outcome_counts_at_its_threshold():
    found = outcome([0.2, 1.0, 0.5, 0.9, 1.7], [False, False, False, True, True])
    assert (found.escapes.hits, found.escapes.n) == (1, 2)
    assert (found.overkill.hits, found.overkill.n) == (1, 3)
    assert found.image_auroc == pytest.approx(5 / 6)
    assert str(found.overkill) == "1/3 (0.8 to 90.6 %)"


def test_scores_that_are_no_numbers():
    with pytest.raises(EvaluationError):
        auroc(np.array([1, np.nan]), [True, False])


@given(SCORES)
def test_average_precision_agrees_with_scikit_learn(pairs):
    scores, bad = [float(score) for score, _ in pairs], [kind for _, kind in pairs]
    if len(set(bad)) == 2:
        assert average_precision(scores, bad) == pytest.approx(average_precision_score(bad, scores), abs=1e-12)
        area = average_precision_interval(scores, bad)
        assert area.low <= area.value <= area.high <= 1
    else:
        with pytest.raises(EvaluationError, match="good and bad"):
            average_precision(scores, bad)


@given(SCORES)
def test_an_area_lies_in_its_interval(pairs):
    scores, bad = [float(score) for score, _ in pairs], [kind for _, kind in pairs]
    if len(set(bad)) == 2:
        area = auroc_interval(scores, bad)
        assert area.value == pytest.approx(auroc(scores, bad), abs=1e-12)
        assert 0 <= area.low <= area.value <= area.high <= 1
        assert area.low < area.high, "a few cases prove no area"


def test_delongs_variance_by_its_own_formula():
    generator = np.random.default_rng(0)
    good, bad = generator.normal(0, 1, 40), generator.normal(1.2, 1, 30)
    above = np.array([(good < b).mean() for b in bad])
    below = np.array([(bad > g).mean() for g in good])
    spread = math.sqrt(above.var(ddof=1) / 30 + below.var(ddof=1) / 40)
    value = above.mean()
    found = auroc_interval([*good, *bad], [False] * 40 + [True] * 30)
    half = 1.959964 * spread / (value * (1 - value))
    logit = math.log(value / (1 - value))
    assert found.value == pytest.approx(value)
    assert found.low == pytest.approx(1 / (1 + math.exp(half - logit)), abs=1e-6)
    assert found.high == pytest.approx(1 / (1 + math.exp(-half - logit)), abs=1e-6)
    assert found.method.startswith("DeLong")


@pytest.mark.parametrize("separation", [0.8, 1.6])
def test_the_interval_covers_the_true_area(separation):
    generator = np.random.default_rng(7)
    truth, covered = stats.norm.cdf(separation / math.sqrt(2)), 0
    for _ in range(400):
        good, bad = generator.normal(0, 1, 30), generator.normal(separation, 1, 25)
        area = auroc_interval([*good, *bad], [False] * 30 + [True] * 25)
        covered += area.low <= truth <= area.high
    assert covered / 400 > 0.92


def test_cases_of_one_object_prove_less():
    generator = np.random.default_rng(3)
    levels = generator.normal(0, 1, 10)
    groups = [f"g{i % 10}" for i in range(200)]
    bad = [i % 4 == 0 for i in range(200)]
    scores = [levels[i % 10] + 0.8 * bad[i] + 0.1 * generator.normal() for i in range(200)]
    alone, together = auroc_interval(scores, bad), auroc_interval(scores, bad, groups)
    assert together.value == pytest.approx(alone.value)
    assert together.high - together.low > 1.3 * (alone.high - alone.low)
    assert "Obuchowski" in together.method
    assert together.n == 10


def test_a_perfect_separation_is_no_certainty():
    area = auroc_interval([0.1, 0.2, 0.3, 0.9, 1.1], [False] * 3 + [True] * 2)
    assert (area.value, area.high) == (1.0, 1.0)
    assert 0.2 < area.low < 0.8
    assert "Newcombe" in area.method
    many = auroc_interval([*np.linspace(0, 0.9, 200), *np.linspace(1, 2, 200)], [False] * 200 + [True] * 200)
    assert 0.97 < many.low < 1.0
    assert average_precision_interval([0.1, 0.9], [False, True]).low < 0.2


def test_one_bad_case_still_has_an_interval():
    area = auroc_interval([0.1, 0.2, 0.3, 0.4, 0.25], [False] * 4 + [True])
    assert area.value == 0.5
    assert area.low < 0.2
    assert area.high > 0.8
