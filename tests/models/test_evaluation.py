from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score

from shellmark_models import EvaluationError, auroc, outcome, rate

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
