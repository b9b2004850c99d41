"""A colour card is found however it lies, and refused by its reason when it cannot be trusted."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from shellmark_calibration import ColourError
from shellmark_calibration.colour import (
    CARDS,
    PATCHES,
    CardPlace,
    best_card,
    find_cards,
    fit_card,
    lab_of_linear,
    measure_patches,
    read_card,
)
from shellmark_calibration.colour.detector import projected

sys.path.insert(0, str(Path(__file__).parent))
from drawn_card import DrawnCard

CARD = DrawnCard()


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return CARD.picture()


@pytest.fixture(scope="module")
def reading(picture):
    return read_card(picture)


def middles(place: CardPlace) -> np.ndarray:
    return projected(place.to_px, np.argwhere(np.ones((4, 6)))[:, ::-1].astype(float))


@pytest.mark.parametrize("quarters", range(4))
def test_a_card_is_found_however_it_is_turned(quarters, picture):
    (place,) = find_cards(np.ascontiguousarray(np.rot90(picture, quarters)))
    h, w = picture.shape[:2]
    wanted = CARD.middles()
    for _ in range(quarters):  # a quarter turn to the left takes (x, y) to (y, w - 1 - x)
        wanted, h, w = np.stack([wanted[:, 1], w - 1 - wanted[:, 0]], axis=-1), w, h
    assert place.whole
    assert not place.mirrored
    assert np.abs(middles(place) - wanted).max() < 1


def test_a_slanted_card_is_found_where_it_is():
    card = replace(CARD, corners=((150, 60), (480, 20), (560, 330), (60, 370)))
    (place,) = find_cards(card.picture())
    assert place.whole
    assert np.abs(middles(place) - card.middles()).max() < 1


def test_the_correction_brings_a_linear_fault_back(reading):
    correction = reading.fit.correction
    assert reading.place.whole
    assert correction.camera_de_before > 3
    assert correction.camera_de_after < 1.0
    assert reading.fit.in_sample.mean() <= correction.camera_de_after
    assert reading.fit.used.all()
    assert not reading.fit.doubtful


def test_a_linear_camera_needs_hardly_a_tone_curve():
    card = replace(CARD, gamma="linear", noise=0.3)
    correction = read_card(card.picture(), "classic", "linear").fit.correction
    assert np.abs(correction.tone).max() < 0.1
    assert correction.camera_de_after < 1.0


def test_a_tone_curve_per_colour_is_found():
    bent = CARD.picture().astype(float) / 255
    bent[..., 0] = bent[..., 0] ** 1.6
    bent[..., 2] = bent[..., 2] ** 0.7
    fit = read_card(np.round(bent * 255).astype(np.uint8), "classic").fit
    one, own = (fit.tried[name] for name in fit.tried)
    assert own < 0.7 * one
    assert fit.correction.camera_de_after < 1.5


def test_what_is_left_out_is_left_out_of_the_choice_as_well():
    """The figure is that of the folds' own choices: never below the best of what each patch could have had."""
    fit = read_card(CARD.picture(), "classic").fit
    assert fit.left_out.mean() >= min(fit.tried.values()) - 1e-9


@pytest.mark.parametrize("at", [(0.0, 0.0), (0.12, -0.08)])
def test_a_dot_drawn_on_every_patch_is_told_from_the_patches(at, picture):
    drawn = picture.copy()
    v, u = np.mgrid[0:4, 0:6]
    (place,) = find_cards(picture)
    for x, y in projected(place.to_px, np.stack([u.ravel(), v.ravel()], axis=-1) + np.array(at)):
        cv2.circle(drawn, (round(x), round(y)), 9, (220, 220, 60), -1, cv2.LINE_AA)
    clean, dotted = measure_patches(picture, place), measure_patches(drawn, place)
    assert np.abs(lab_of_linear(clean.linear) - lab_of_linear(dotted.linear)).max() < 2.5


def test_a_picture_darkened_after_it_was_cut_is_seen_through():
    bright = np.minimum(replace(CARD, exposure=1.7, noise=0.3).picture().astype(float), 255)
    darkened = np.round(bright * 0.8).astype(np.uint8)
    (place,) = find_cards(darkened)
    saturated = measure_patches(darkened, place).saturated
    assert saturated[PATCHES.index("white")] == 1
    assert saturated[PATCHES.index("neutral 5")] == 0


@pytest.mark.parametrize("make", ["classic", "classic-before-2014"])
def test_a_make_that_is_clearly_better_is_taken(make):
    patches = measure_patches(*_placed(replace(CARD, card=make, noise=0.2)))
    card, off = best_card(patches, list(CARDS.values()))
    assert card.name == make
    assert min(off, key=off.__getitem__) == make


def test_of_makes_that_fit_alike_the_usual_one_is_taken(picture):
    patches = measure_patches(picture, find_cards(picture)[0])
    alike = [replace(card, lab=CARDS["classic"].lab.copy()) for card in CARDS.values()]
    assert best_card(replace(patches, side=0.95), alike)[0].name == "camera-trax"
    assert best_card(patches, alike)[0].name == "classic"


def test_a_make_is_told_by_its_values():
    patches = measure_patches(*_placed(replace(CARD, card="camera-trax", noise=0.2)))
    right = fit_card(patches, CARDS["camera-trax"], kinds=("linear",)).correction.camera_de_after
    wrong = fit_card(patches, CARDS["classic"], kinds=("linear",)).correction.camera_de_after
    assert right < 0.6 * wrong


def test_a_dirty_patch_is_named_and_does_not_spoil_the_others():
    dirty = PATCHES.index("foliage")
    patches = measure_patches(*_placed(replace(CARD, painted=(dirty,))))
    fit = fit_card(patches, CARDS["classic"], kinds=("linear",))
    assert fit.doubtful == (dirty,)
    others = np.arange(24) != dirty
    assert fit.left_out[others].mean() < 1.5


def test_uneven_light_is_said_and_taken_out_and_patches_at_full_scale_are_not_used():
    reading = read_card(replace(CARD, slope=0.5, exposure=1.3).picture(), "classic")
    said = " ".join(reading.warnings)
    assert "the light is uneven" in said
    assert "at full scale or at nothing, not used: " in said
    assert reading.fit.used.sum() == 24 - said.split("not used: ")[1].split(" the ")[0].count(",") - 1
    assert reading.fit.slope[0] == pytest.approx(np.expm1(0.5 * 0.5), abs=0.12)  # the card covers half the width
    assert reading.fit.correction.camera_de_after < 1.5


def _placed(card: DrawnCard):
    picture = card.picture()
    return picture, find_cards(picture)[0]


def test_two_cards_are_both_reported_and_the_larger_is_read(picture):
    small = picture[::2, ::2]
    both = np.concatenate([picture, np.pad(small, ((0, picture.shape[0] - small.shape[0]), (0, 0), (0, 0)))], axis=1)
    places = find_cards(both)
    assert len(places) == 2
    assert places[0].area_px > 3 * places[1].area_px
    assert places[0].corners()[:, 0].max() < picture.shape[1]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda p: p[:, :290], "of 24 patches of the card are in view"),
        (lambda p: p[:, ::-1].copy(), "seen in a mirror"),
        (lambda p: p // 40, "the picture is black"),
        (lambda p: np.full_like(p, 255), "at full scale all over"),
        (lambda p: np.repeat(p[..., 1:2], 3, axis=-1), "the picture is grey"),
        (lambda p: p[..., 1], "no colour"),
        (
            lambda p: np.random.default_rng(0).integers(0, 255, (90, 120, 3)).astype(np.uint8),
            "no 24-patch colour card",
        ),
        (lambda p: np.clip(p.astype(int) * 4, 0, 255).astype(np.uint8), r"no 24-patch|of 24 patches of the card say"),
    ],
)
def test_a_bad_picture_is_refused_by_its_reason(picture, change, reason):
    with pytest.raises(ColourError, match=reason) as caught:
        read_card(np.ascontiguousarray(change(picture)))
    assert "\n" not in str(caught.value)


def test_a_card_nobody_knows_and_a_number_too_high(picture):
    with pytest.raises(ColourError, match="no card is called it8"):
        read_card(picture, "it8")
    with pytest.raises(ColourError, match="there is no card number 3: 1 found"):
        read_card(picture, which=3)
