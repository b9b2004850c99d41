"""What the printed bound promises holds, whatever the scores' distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from scipy import stats

from shellmark_models import promise
from shellmark_models.training.threshold import false_reject_bound, from_goods, tolerated

DRAWS = 600
Draw = Callable[[np.random.Generator, int], np.ndarray]
Above = Callable[[np.ndarray], np.ndarray]
SCORES: Mapping[str, tuple[Draw, Above]] = {
    "lognormal": (lambda g, n: np.exp(g.normal(0, 0.1, n)), lambda t: stats.norm.sf(np.log(t) / 0.1)),
    "gumbel": (lambda g, n: np.exp(g.gumbel(0, 0.1, n)), lambda t: stats.gumbel_r.sf(np.log(t) / 0.1)),
    "exponential": (lambda g, n: 1 + g.exponential(0.15, n), lambda t: np.exp(-(t - 1) / 0.15)),
    "heavy": (lambda g, n: np.exp(0.1 * g.standard_t(3, n)), lambda t: stats.t.sf(np.log(t) / 0.1, 3)),
    "two heaps": (
        lambda g, n: np.where(g.random(n) < 0.1, 1.5, 1.0) * np.exp(g.normal(0, 0.08, n)),
        lambda t: 0.9 * stats.norm.sf(np.log(t) / 0.08) + 0.1 * stats.norm.sf(np.log(t / 1.5) / 0.08),
    ),
}


def rejected(name: str, goods: int, seed: int = 0) -> tuple[np.ndarray, float]:
    """The true share of goods each of many thresholds stops, and the bound printed with them."""
    generator = np.random.default_rng(seed)
    draw, above = SCORES[name]
    thresholds = [from_goods(draw(generator, goods)) for _ in range(DRAWS)]
    return above(np.array([one.value for one in thresholds])), thresholds[0].false_reject_bound


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("goods", [5, 16, 30, 100])
def test_the_bound_covers_what_it_promises(name: str, goods: int) -> None:
    shares, bound = rejected(name, goods)
    assert bound == false_reject_bound(goods)
    assert (shares <= bound).mean() > 0.95 - 3 * np.sqrt(0.05 * 0.95 / DRAWS)


@pytest.mark.parametrize("name", SCORES)
def test_thirty_goods_stop_about_three_percent_and_more_goods_fewer(name: str) -> None:
    assert rejected(name, 30)[0].mean() < 0.033
    assert rejected(name, 300)[0].mean() < 0.005


@pytest.mark.parametrize("goods", [10, 30, 60])
def test_no_more_than_the_tolerated_share_lies_above_in_19_of_20_sets(goods: int) -> None:
    generator = np.random.default_rng(goods)
    draw, above = SCORES["gumbel"]
    sets = [draw(generator, goods) for _ in range(4 * DRAWS)]
    of_fit = above(np.array([tolerated(one, 0.01) for one in sets]))
    assert (of_fit <= 0.01).mean() == pytest.approx(0.95, abs=3 * np.sqrt(0.05 * 0.95 / len(sets)))
    set_by = [from_goods(one, tolerated_share=0.01).value for one in sets]
    assert (above(np.array(set_by)) <= 0.01).mean() > 0.95 - 3 * np.sqrt(0.05 * 0.95 / len(sets))
    assert all(value >= one.max() for value, one in zip(set_by, sets, strict=True))
    highest = above(np.array([one.max() for one in sets]))
    assert (highest <= 0.01).mean() < 0.6


def test_a_bound_without_its_rank_would_promise_too_much() -> None:
    """The check above can fail: the second highest does not keep the promise of the highest."""
    generator = np.random.default_rng(1)
    draw, above = SCORES["gumbel"]
    second = np.array([np.sort(draw(generator, 30))[-2] for _ in range(DRAWS)])
    assert (above(second) <= false_reject_bound(30)).mean() < 0.9
    assert (above(second) <= false_reject_bound(30, 2)).mean() > 0.92


def test_the_promise_is_printed_in_signs() -> None:
    assert promise(false_reject_bound(30), 30) == "<= 9.5 % at 95 %, n = 30"
    assert promise(false_reject_bound(5), 5) == "<= 45.1 % at 95 %, n = 5"
