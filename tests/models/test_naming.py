from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shellmark_models import UNKNOWN, BundleError, Crop, TeachError
from shellmark_models.measures import MEASURES
from shellmark_models.naming import DESCRIPTION, Namer, describe, verdicts
from shellmark_models.training.classifier import fit

SIDE = 64


def relief(sign: int, seed: int, good: bool = True) -> Crop:
    """A dent (-1) or a bump (+1) lit from the left: one side bright, the other dark, on a ribbed shell."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2 + generator.uniform(-2, 2)
    radius = generator.uniform(6, 10)
    bell = np.exp(-(x**2 + y**2) / radius**2)
    ribs = (100 + 30 * np.sin(np.arange(SIDE) / 5))[None, :, None] + np.zeros((SIDE, SIDE, 3))
    lit = ribs + generator.normal(0, 1.5, ribs.shape)
    lit[..., 0] -= sign * 8 * x / radius * bell * 4
    clean = ribs + generator.normal(0, 1.5, ribs.shape)
    images = [np.clip(image, 0, 255).astype(np.uint8) for image in (lit, clean)]
    return Crop(images[0], x**2 + y**2 < radius**2, 6.0, images[1] if good else None)


def taught() -> Namer:
    descriptions = np.stack([describe(relief(sign, seed)) for sign in (-1, 1) for seed in range(6)])
    return fit(descriptions, ["dent"] * 6 + ["bump"] * 6, range(12))


@pytest.mark.parametrize(("sign", "label"), [(-1, "dent"), (1, "bump")])
def test_a_dent_and_a_bump_differ_in_their_bright_side(sign, label):
    namer = taught()
    namings = [namer.name(describe(relief(sign, seed))) for seed in range(100, 110)]
    assert [naming.label for naming in namings].count(label) >= 9
    assert all(sum(naming.scores.values()) == pytest.approx(1) for naming in namings)


def test_the_good_shell_takes_the_ribs_away():
    with_good, without = (describe(relief(1, 3, good)) for good in (True, False))
    assert with_good.shape == without.shape
    strength = MEASURES - 12
    assert with_good[strength] > without[strength]


def test_what_is_far_from_every_class_is_unknown():
    naming = taught().name(describe(relief(1, 3)) + 40)
    assert naming.label == UNKNOWN
    assert naming.score == pytest.approx(1, abs=1e-3)


def test_a_classifier_survives_its_text():
    namer, description = taught(), describe(relief(-1, 50))
    again = Namer.from_text(namer.to_text(), "x")
    assert again.labels == namer.labels
    assert dict(again.name(description).scores) == pytest.approx(dict(namer.name(description).scores), abs=1e-6)


def test_a_region_that_fills_its_crop_is_described_too():
    crop = relief(1, 3)
    whole = Crop(crop.pixels, np.ones((SIDE, SIDE), np.bool_), 6.0)
    assert np.isfinite(describe(whole)).all()
    single = np.zeros((SIDE, SIDE), np.bool_)
    single[0, 0] = True
    assert np.isfinite(describe(Crop(crop.pixels, single, 6.0, crop.good))).all()


def test_votes_are_weighed_squares_and_a_silent_source_says_nothing():
    squares = np.array([[[0.0, 2.0]], [[5.0, 0.0]], [[np.inf, 0.0]]])
    share, away = verdicts(squares, np.array([0.5, 0.5, 0.0]), np.array([1.0, 5.0, 1.0]), 2.0)
    odds = np.exp(-2 * (0.5 * (0 - 2) + 0.5 * (5 - 0) / 5))
    np.testing.assert_allclose(share, [[odds / (1 + odds), 1 / (1 + odds)]])
    np.testing.assert_allclose(away, [0.5 * np.log(1e-9) + 0.5 * np.log(5 + 1e-9)], rtol=1e-6)


def test_the_classifier_of_another_backbone_is_refused():
    namer = taught()
    with pytest.raises(BundleError, match="teach its names again"):
        Namer.from_text(replace(namer, backbone="sha256:" + "0" * 64).to_text(), "x")
    with pytest.raises(BundleError, match="cannot be read"):
        Namer.from_text("bm90aGluZw==", "x")


def test_a_description_has_every_source():
    crop = relief(1, 3)
    without = describe(crop)
    tinted = describe(replace(crop, colour=crop.pixels, good_colour=crop.good))
    assert without.shape == tinted.shape == (DESCRIPTION,)
    assert not without[-DESCRIPTION // 4 :].any()
    assert tinted[-DESCRIPTION // 4 :].any()


def test_one_crop_of_a_class_is_enough_to_go_on_and_one_class_is_not():
    descriptions = np.stack([describe(relief(sign, seed)) for sign, seed in ((-1, 0), (1, 1), (1, 2))])
    assert fit(descriptions, ["dent", "bump", "bump"], range(3)).labels == ("bump", "dent")
    with pytest.raises(TeachError, match="two classes"):
        fit(descriptions, ["dent"] * 3, range(3))


def test_a_good_crop_is_of_the_crops_size():
    with pytest.raises(ValueError, match="good crop"):
        Crop(relief(1, 1).pixels, np.ones((SIDE, SIDE), np.bool_), 6.0, np.zeros((8, 8, 3), np.uint8))
