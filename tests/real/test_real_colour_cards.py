"""Colour cards in photographs; skipped where the photographs are absent."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import pytest

from shellmark_calibration import ColourError, read_card
from shellmark_calibration.colour import find_cards

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = Path(os.environ.get("SHELLMARK_REAL_DATA", ROOT.parent / "shared" / "data")) / "colour_cards"
pytestmark = pytest.mark.skipif(not PHOTOS.is_dir(), reason=f"no photographs in {PHOTOS}: set SHELLMARK_REAL_DATA")
CARDS = {
    "calibrite-passport.png": 1,
    "camera-trax.png": 1,
    "classic.png": 1,
    "color_card_mask_rois.jpg": 1,
    "colorchecker-classic-mini.jpg": 1,
    "detect_color_card.png": 1,
    "find_color_card.jpg": 1,
    "hstack.jpg": 3,
    "multiple_color_card.jpg": 1,
    "nano.jpeg": 1,
    "source_img_plant.jpg": 1,
    "target_img_plant_resize.jpg": 1,
    "tilted_color_card.jpg": 1,
}
"""How many whole cards a person sees in each; the drawn-over ones are cards as well."""
BROWN_AT = {"nano.jpeg": (49, 115), "classic.png": (255, 30), "tilted_color_card.jpg": (43, 500)}


def photo(name: str):
    return cv2.imread(str(PHOTOS / name), cv2.IMREAD_COLOR)


@pytest.mark.parametrize("name", CARDS)
def test_every_whole_card_is_found(name):
    places = find_cards(photo(name))
    assert [place.whole and not place.mirrored for place in places] == [True] * CARDS[name]
    if name in BROWN_AT:
        x, y = places[0].corners()[0]
        assert abs(x - BROWN_AT[name][0]) < 25
        assert abs(y - BROWN_AT[name][1]) < 25


def test_a_mask_is_no_card():
    with pytest.raises(ColourError, match="grey"):
        read_card(photo("color_card_mask.jpg"))


@pytest.mark.parametrize(
    ("name", "make", "at_most"),
    [
        ("nano.jpeg", "classic", 3.0),
        ("target_img_plant_resize.jpg", "classic", 3.0),
        ("classic.png", "classic", 3.0),
        ("camera-trax.png", "camera-trax", 3.0),
        ("find_color_card.jpg", "classic", 5.0),  # a dot is drawn on every patch, of 6 px
    ],
)
def test_left_out_patches_are_predicted(name, make, at_most):
    correction = read_card(photo(name)).fit.correction
    assert correction.card == make
    assert correction.camera_de_after < at_most
    assert correction.camera_de_after < 0.6 * correction.camera_de_before
