from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from shellmark_models import TeachError, false_reject_bound
from shellmark_models.tiling import GRID_PX, Canvas, Tiling, best_tile, starts
from shellmark_models.training.coreset import coreset, nearest
from shellmark_models.training.spool import Shelf
from shellmark_models.training.threshold import folds, from_goods


@pytest.mark.parametrize(
    ("goods", "rank", "percent"),
    [(20, 1, 13.9), (30, 1, 9.5), (60, 1, 4.9), (100, 1, 3.0), (300, 1, 1.0), (30, 2, 14.9), (60, 3, 10.1)],
)
def test_the_bound_is_the_table_of_the_order_statistics(goods, rank, percent):
    assert 100 * false_reject_bound(goods, rank) == pytest.approx(percent, abs=0.06)


def test_the_bound_holds_for_any_distribution():
    generator = np.random.default_rng(0)
    highest = generator.exponential(size=(4000, 30)).max(1)
    above = np.exp(-highest)  # the true share of goods above that threshold
    assert 0.93 < (above <= false_reject_bound(30)).mean() < 0.97


@pytest.mark.parametrize(("goods", "rank"), [(0, 1), (3, 4), (3, 0)])
def test_an_impossible_rank(goods, rank):
    with pytest.raises(TeachError):
        false_reject_bound(goods, rank)


def test_the_threshold_is_the_highest_good_score():
    calm = [1.0] * 20 + [1.3]
    threshold = from_goods(calm, margin=1.1)
    assert (threshold.value, threshold.goods) == (pytest.approx(1.3 * 1.1), 21)
    assert threshold.false_reject_bound == false_reject_bound(21)
    assert from_goods(calm, measures=2).false_reject_bound == false_reject_bound(21, 2)
    for wrong in ([], [np.nan], [0.0]):
        with pytest.raises(TeachError):
            from_goods(wrong)


def test_few_goods_lift_the_threshold_to_where_few_more_would_be_stopped():
    generator = np.random.default_rng(8)
    stopped, plain = [], []
    for _ in range(400):
        scores = np.exp(generator.gumbel(0.0, 0.1, 10))
        threshold = from_goods(scores).value
        assert scores.max() <= threshold <= 1.5 * scores.max()
        more = np.exp(generator.gumbel(0.0, 0.1, 100))
        stopped.append((more > threshold).mean())
        plain.append((more > scores.max()).mean())
    assert np.mean(plain) == pytest.approx(1 / 11, abs=0.015)
    assert np.mean(stopped) < np.mean(plain) - 0.01


def test_few_cases_are_left_out_one_at_a_time():
    assert folds(5, 8).tolist() == [0, 1, 2, 3, 4]
    assert sorted(np.bincount(folds(30, 8)).tolist()) == [3, 3, 4, 4, 4, 4, 4, 4]
    assert (np.diff(folds(30, 8)) >= 0).all(), "neighbours are held out together"


def test_a_coreset_leaves_nothing_far_away():
    generator = np.random.default_rng(1)
    crowd = generator.normal(size=(3000, 8))
    lonely = generator.normal(size=(5, 8)) + 40 * np.eye(8)[:5]
    features = np.vstack([crowd, lonely]).astype(np.float32)
    chosen = coreset(features, 50, seed=0)
    assert len(set(chosen.tolist())) == 50
    assert set(range(3000, 3005)) <= set(chosen.tolist())
    at_random = generator.choice(3005, 50, replace=False)
    assert nearest(features, features[chosen])[0].max() < nearest(features, features[at_random])[0].max()
    assert coreset(features, 9999, seed=0).tolist() == list(range(3005))


def test_nearest_agrees_with_scipy():
    generator = np.random.default_rng(2)
    features, rows = generator.normal(size=(5000, 6)), generator.normal(size=(40, 6))
    scales = generator.uniform(0.5, 2, 40)
    distance, which = nearest(features.astype(np.float32), rows.astype(np.float32), scales.astype(np.float32))
    wanted = cdist(features, rows) / scales
    np.testing.assert_allclose(distance, wanted.min(1), atol=2e-3)
    assert (which == wanted.argmin(1)).mean() > 0.999


@given(length=st.integers(1, 3000), tile=st.integers(32, 700), share=st.floats(0, 0.5))
def test_tiles_cover_a_side_and_overlap_enough(length, tile, share):
    overlap = int(tile * share)
    firsts = starts(length, tile, overlap)
    assert firsts[0] == 0
    assert firsts[-1] + tile >= length
    assert all(0 < b - a <= tile - overlap for a, b in itertools.pairwise(firsts))
    assert length <= tile or firsts[-1] + tile < length + GRID_PX


@pytest.mark.parametrize("size", [(50, 40), (64, 64), (100, 170), (65, 64)])
def test_blended_tiles_give_the_image_back(size):
    image = np.random.default_rng(3).integers(0, 255, (*size, 3), dtype=np.uint8)
    tiling = Tiling(64, 16)
    canvas = Canvas(tiling, size)
    for corners, tiles in tiling.batches(image):
        assert tiles.shape[1:] == (64, 64, 3)
        canvas.add(tiles[..., 0].astype(np.float32), corners)
    np.testing.assert_allclose(canvas.map, image[..., 0], rtol=1e-5)


def test_the_shelf_gives_back_what_was_put_on_it_in_any_order():
    generator = np.random.default_rng(4)
    arrays = [generator.normal(size=(3, 4, 5)).astype(np.float16), generator.random((8, 9)) < 0.1, np.zeros((0, 2))]
    with Shelf() as shelf:
        assert [shelf.put(array) for array in arrays] == [0, 1, 2]
        assert len(shelf) == 3
        for index in (2, 0, 1, 0):
            found = shelf.get(index)
            assert found.dtype == arrays[index].dtype
            np.testing.assert_array_equal(found, arrays[index])


def test_the_tile_that_wastes_least_is_taken():
    assert best_tile([(640, 896)], 64) == 352  # 3 x 2 tiles of it, against 2 x 2 of 512
    for sizes in ([(640, 896)], [(3648, 5472)], [(200, 300)], [(1024, 1024), (600, 500)]):
        side = best_tile(sizes, 64)
        assert side % 32 == 0
        area = sum(len(starts(h, side, 64)) * len(starts(w, side, 64)) * side**2 for h, w in sizes)
        assert area <= sum(len(starts(h, 512, 64)) * len(starts(w, 512, 64)) * 512**2 for h, w in sizes)
