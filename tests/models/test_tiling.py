"""Tiles cover the shell, and their maps join without seams."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shellmark_models.tiling import GRID_PX, Canvas, Tiling, starts

sizes = st.tuples(st.integers(1, 300), st.integers(1, 300))
tilings = st.integers(8, 90).flatmap(lambda t: st.builds(Tiling, st.just(t), st.integers(0, t // 2)))


def merged(tiling: Tiling, maps: np.ndarray, boxes: list[tuple[int, int]], size: tuple[int, int]) -> np.ndarray:
    canvas = Canvas(tiling, size)
    canvas.add(maps, boxes)
    return canvas.map


def smooth(size: tuple[int, int]) -> np.ndarray:
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    return np.sin(x / 17) + np.cos(y / 23)


@settings(deadline=None)
@given(size=sizes, tiling=tilings)
def test_tiles_of_one_map_join_to_that_map(size, tiling):
    whole = smooth(size)
    t = tiling.tile_px
    padded = np.pad(whole, ((0, t), (0, t)))
    boxes = tiling.boxes(size)
    maps = np.stack([padded[y : y + t, x : x + t] for x, y in boxes])
    assert np.abs(merged(tiling, maps, boxes, size) - whole).max() < 1e-5


@settings(deadline=None)
@given(size=sizes, tiling=tilings)
def test_tiles_lie_within_the_view_cover_it_and_overlap_enough(size, tiling):
    covered = np.zeros(size, np.bool_)
    for x, y in tiling.boxes(size):
        assert x >= 0
        assert y >= 0
        assert x + tiling.tile_px < max(size[1], tiling.tile_px) + GRID_PX
        covered[y : y + tiling.tile_px, x : x + tiling.tile_px] = True
    assert covered.all()
    firsts = starts(size[1], tiling.tile_px, tiling.overlap_px)
    assert all(right - left <= tiling.tile_px - tiling.overlap_px for left, right in pairwise(firsts))


@settings(deadline=None, max_examples=40)
@given(size=sizes, tiling=tilings, seed=st.integers(0, 99))
def test_maps_that_disagree_blend_without_a_seam(size, tiling, seed):
    """Tiles of constant but different value: from pixel to pixel no more than the overlap spreads it over."""
    boxes = tiling.boxes(size)
    values = np.random.default_rng(seed).random(len(boxes)).astype(np.float32)
    maps = np.ones((len(boxes), tiling.tile_px, tiling.tile_px), np.float32) * values[:, None, None]
    joined = merged(tiling, maps, boxes, size)
    if tiling.overlap_px >= 4:
        steps = [np.abs(np.diff(joined, axis=axis)).max(initial=0) for axis in (0, 1)]
        assert max(steps) <= 3 / tiling.overlap_px
    assert joined.min() >= values.min() - 1e-5
    assert joined.max() <= values.max() + 1e-5


def test_tiles_outside_the_shell_are_left_out_and_on_it_nothing_is_lost():
    tiling, size = Tiling(32, 8), (200, 300)
    shell = np.zeros(size, np.bool_)
    shell[70:90, 110:200] = True
    boxes = tiling.boxes(size, shell)
    assert 0 < len(boxes) < len(tiling.boxes(size)) / 2
    maps = np.stack([smooth(size)[y : y + 32, x : x + 32] for x, y in boxes])
    joined = merged(tiling, maps, boxes, size)
    assert np.abs(joined - smooth(size))[shell].max() < 1e-5
    assert tiling.boxes(size, np.zeros(size, np.bool_)) == []


def test_batches_are_the_same_tiles_a_few_at_a_time():
    image = np.random.default_rng(1).integers(0, 255, (130, 170, 3), np.uint8)
    tiling = Tiling(48, 12)
    boxes = tiling.boxes((130, 170))
    batches = list(tiling.batches(image, most=4))
    assert max(len(corners) for corners, _ in batches) == 4
    assert np.array_equal(np.concatenate([tiles for _, tiles in batches]), tiling.cut(image, boxes))
    assert [corner for corners, _ in batches for corner in corners] == boxes
    canvas = Canvas(tiling, (130, 170))
    for corners, tiles in batches:
        canvas.add(tiles[..., 0].astype(np.float32), corners)
    assert np.abs(canvas.map - image[..., 0]).max() < 1e-3


def test_a_view_smaller_than_a_tile_is_reflected():
    image = np.random.default_rng(1).integers(0, 255, (20, 50, 3), np.uint8)
    tiling = Tiling(32, 8)
    tiles = tiling.cut(image, tiling.boxes((20, 50)))
    assert tiles.shape == (2, 32, 32, 3)
    assert np.array_equal(tiles[0, 20:32], tiles[0, 19:7:-1])


def test_a_corner_of_no_tile_is_refused():
    with pytest.raises(KeyError):
        Canvas(Tiling(32, 8), (100, 100)).add(np.ones((1, 32, 32), np.float32), [(1, 1)])


@pytest.mark.parametrize(("tile", "overlap"), [(0, 0), (32, 17), (32, -1)])
def test_impossible_tilings(tile, overlap):
    with pytest.raises(ValueError, match="cannot overlap"):
        Tiling(tile, overlap)
