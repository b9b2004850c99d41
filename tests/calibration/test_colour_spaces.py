"""Colours go there and back, and a difference is CIEDE2000."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellmark_calibration.colour import CARDS, PATCHES, Card, difference, lab_of_linear
from shellmark_calibration.colour.spaces import (
    D65,
    adapted_to_d65,
    lab_of_srgb,
    linear_of_lab,
    linear_of_srgb,
    srgb_of_linear,
)

SHARMA = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0009), 7.1792),
    ((50, -0.0010, 2.4900), (50, 0.0009, -2.4900), 4.8045),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (61, -5, 29), 22.8977),
    ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ((50, 2.5, 0), (58, 24, 15), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((61.2901, 3.7196, -5.3901), (61.4292, 2.2480, -4.9620), 1.8731),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]
"""Pairs of Sharma, Wu and Dalal 2005, Color Research and Application 30, table 1."""
unit = st.floats(0, 1)


@pytest.mark.parametrize(("one", "other", "wanted"), SHARMA)
def test_a_difference_is_ciede2000(one, other, wanted):
    assert float(difference(one, other)) == pytest.approx(wanted, abs=5e-5)
    assert float(difference(other, one)) == pytest.approx(wanted, abs=5e-5)


@given(st.tuples(unit, unit, unit))
def test_colours_go_there_and_back(srgb):
    linear = linear_of_srgb(np.array(srgb))
    assert np.allclose(srgb_of_linear(linear), srgb, atol=1e-6)
    assert np.allclose(linear_of_lab(lab_of_linear(linear)), linear, atol=1e-6)


def test_white_stays_white():
    assert np.allclose(lab_of_srgb(np.ones(3)), (100, 0, 0), atol=0.02)
    assert np.allclose(adapted_to_d65(np.array([100.0, 0, 0])), (100, 0, 0), atol=1e-6)
    assert D65[1] == 1


@pytest.mark.parametrize(
    ("patch", "srgb"), [("dark skin", (115, 82, 68)), ("foliage", (87, 108, 67)), ("neutral 5", (122, 122, 121))]
)
def test_the_cards_values_are_those_published_in_srgb(patch, srgb):
    """X-Rite's own 8-bit sRGB of the card before 2014: another way through D50 to D65."""
    linear = linear_of_lab(CARDS["classic-before-2014"].lab[PATCHES.index(patch)])
    assert np.abs(srgb_of_linear(linear) * 255 - srgb).max() < 3


def test_a_card_has_24_patches():
    with pytest.raises(ValueError, match="24 patches"):
        Card("small", np.zeros((18, 3)))
    for card in CARDS.values():
        assert np.all(np.diff(card.lab[18:, 0]) < 0)
