from __future__ import annotations

import numpy as np
import pytest

import shellmark_models as models
from shellmark_models.training.tiles import Blend, cut

HOW = {"name": "noise", "version": "1", "channels": ("west", "north", "diffuse"), "px_per_mm": 6.0}
SIZE = (140, 200)


def aligned(seed: int) -> np.ndarray:
    """A shell whose ribs are always at the same place, with a bright plate that is no defect."""
    generator = np.random.default_rng(seed)
    x = np.arange(SIZE[1])
    pixels = (110 + 20 * np.sin(2 * np.pi * x / 24))[None, :, None] + generator.normal(0, 2, (*SIZE, 3))
    pixels[20:40, 100:150] += 90
    return np.clip(pixels, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def data(make) -> bytes:
    goods = [models.TeachCase(f"g{seed}", [aligned(seed)]) for seed in range(6)]
    return models.teach(goods, make.labelled(), **HOW, family="registered", options=make.OPTIONS)


@pytest.fixture(scope="module")
def model(data, tmp_path_factory):
    opened = models.load(models.write_bundle(data, tmp_path_factory.mktemp("store")))
    yield opened
    opened.close()


def whole(model, image: np.ndarray) -> np.ndarray:
    blend = Blend(SIZE, model.card.tile_px, model.card.overlap_px)
    for top, left, tile in cut(image, model.card.tile_px, model.card.overlap_px):
        (found,) = model.predict(tile[None], [models.Place(0, left, top)])
        blend.add(top, left, found.anomaly)
    return blend.map


def test_goods_it_never_saw_stay_low_everywhere(model):
    highest = [float(whole(model, aligned(seed)).max()) for seed in range(100, 106)]
    assert max(highest) < 1.3
    assert np.median(highest) < 1.0


@pytest.mark.parametrize(("top", "left"), [(60, 20), (100, 120), (70, 180), (10, 60)])
def test_a_small_mark_is_found_where_it_is(model, top, left):
    bad = aligned(200)
    bad[top : top + 3, left : left + 3] += 45
    found = whole(model, bad)
    y, x = np.unravel_index(found.argmax(), found.shape)
    assert found.max() > 1
    assert abs(y - top) < 8
    assert abs(x - left) < 8


def test_a_missing_plate_is_a_defect_though_plain_shell_is_good_elsewhere(model):
    bare = aligned(300)
    bare[20:40, 100:150] = aligned(301)[60:80, 100:150]
    assert whole(model, bare)[20:40, 100:150].max() > 2


def test_tiles_without_their_places_are_refused(model, make):
    tiles = np.zeros((1, make.TILE_PX, make.TILE_PX, 3), np.uint8)
    with pytest.raises(models.InferenceError, match="needs its place"):
        model.predict(tiles)
    with pytest.raises(models.InferenceError, match="outside"):
        model.predict(tiles, [models.Place(0, 500, 0)])
    with pytest.raises(models.InferenceError, match="not view 3"):
        model.predict(tiles, [models.Place(3, 0, 0)])


def test_a_view_of_another_size_than_was_taught_is_refused(model):
    tile = np.zeros((1, model.card.tile_px, model.card.tile_px, 3), np.uint8)
    taught = model._references[0].pixel_mean.shape[:2]
    model.predict(tile, [models.Place(0, 0, 0, taught)])
    with pytest.raises(models.InferenceError, match="px: take the reference picture it was taught with"):
        model.predict(tile, [models.Place(0, 0, 0, (taught[0] + 50, taught[1]))])


def test_it_says_that_it_compares_places_and_names_regions(model, make):
    assert model.card.registered
    assert model.card.family == "registered"
    assert [n.label for n in model.name([make.scratched(90, 30), make.specked(91, 6)])] == ["scratch", "speck"]


def test_views_of_two_sizes_are_refused(make):
    goods = [models.TeachCase("a", [aligned(1)]), models.TeachCase("b", [aligned(2)[:100]])]
    with pytest.raises(models.TeachError, match="another size"):
        models.teach(goods, **HOW, family="registered", options=make.OPTIONS)


def test_copies_of_one_shell_are_refused(make):
    goods = [models.TeachCase(f"g{i}", [aligned(1)]) for i in range(4)]
    with pytest.raises(models.TeachError, match="copy"):
        models.teach(goods, **HOW, family="registered", options=make.OPTIONS)
