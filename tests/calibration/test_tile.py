"""A tile's reading knows its level, noise, sharpness and place each apart from the others."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shellmark_calibration import LightError, read_good, read_tile

OUTLINE = [(60.0, 40.0), (160.0, 40.0), (160.0, 120.0), (60.0, 120.0)]


def _tile(shift=(0.0, 0.0), level=150.0, around=40.0, blur=0.8, noise=1.0, colour=False, seed=1):
    """A tile drawn eight times too large and averaged, so that its edges lie where they should to 1/16 px."""
    fine = np.full((200 * 8, 240 * 8), around, np.float32)
    left, top = (round((60 + shift[0]) * 8) + 4, round((40 + shift[1]) * 8) + 4)
    fine[top : top + 640, left : left + 800] = level
    picture = cv2.GaussianBlur(cv2.resize(fine, (240, 200), interpolation=cv2.INTER_AREA), (0, 0), blur)
    if colour:
        picture = cv2.merge([picture * 0.9, picture, picture * 1.1])
    picture = picture + np.random.default_rng(seed).normal(0, noise, picture.shape)
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("shift", [(0, 0), (0.25, -0.5), (3.125, 2.5), (-9.5, 7.25), (14, -12)])
def test_a_tile_is_found_to_a_tenth_of_a_pixel(shift):
    x, y = read_tile(_tile(shift), OUTLINE).position_px
    assert x == pytest.approx(110 + shift[0], abs=0.1)
    assert y == pytest.approx(80 + shift[1], abs=0.1)


def test_corners_may_be_given_in_either_sense():
    one, other = (read_tile(_tile((2, 1)), corners).position_px for corners in (OUTLINE, OUTLINE[::-1]))
    assert one == pytest.approx(other, abs=1e-6)


def test_level_is_told_to_a_part_of_a_grey_level_whatever_the_noise():
    assert read_tile(_tile(level=150.0), OUTLINE).level == pytest.approx(150.0, abs=0.2)
    assert read_tile(_tile(level=135.4, noise=3), OUTLINE).level == pytest.approx(135.4, abs=0.3)


def test_noise_is_told_whatever_the_level():
    for noise in (1.0, 2.0, 4.0):
        for level in (90.0, 200.0):
            assert read_tile(_tile(level=level, noise=noise), OUTLINE).noise == pytest.approx(noise, rel=0.1)


def test_sharpness_is_that_of_the_edges_and_knows_no_level():
    sharp = [read_tile(_tile(blur=1.0, level=level), OUTLINE).sharpness for level in (110.0, 150.0, 220.0)]
    assert sharp == pytest.approx([0.33] * 3, abs=0.02)
    assert read_tile(_tile(blur=2.0), OUTLINE).sharpness < 0.65 * sharp[1]


def test_a_dark_tile_on_a_bright_ground_is_a_tile_too():
    reading = read_tile(_tile((1.5, 0.5), level=50, around=180), OUTLINE)
    assert reading.position_px == pytest.approx((111.5, 80.5), abs=0.1)
    assert reading.level == pytest.approx(50, abs=0.3)


def test_a_colour_tile_has_its_colour():
    reading = read_tile(_tile(colour=True), OUTLINE)
    assert reading.colour == pytest.approx((135, 150, 165), abs=1)
    assert read_tile(_tile(), OUTLINE).colour == pytest.approx((150, 150, 150), abs=1)


@pytest.mark.parametrize(
    ("picture", "outline", "fault"),
    [
        (_tile(level=42, around=40), OUTLINE, "no tile stands out"),
        (np.zeros((200, 240), np.uint8), OUTLINE, "no tile stands out"),
        (np.full((200, 240, 3), 255, np.uint8), OUTLINE, "no tile stands out"),
        (_tile((60, 0)), [(20, 40), (50, 40), (50, 120), (20, 120)], "no tile stands out"),
        (_tile(), [(200, 40), (260, 40), (260, 120)], "not whole in the frame of 240 x 200"),
        (_tile(), [(60, 40), (64, 40), (64, 44)], "smaller than 24 px"),
        (_tile(), [(60, 40), (160, 120)], "three corners"),
        (_tile(), [(60, 40), (160, 120), (160, 40), (60, 120)], "convex"),
        (_tile(), [(60, 40), (160, float("nan")), (160, 40)], "three corners"),
    ],
)
def test_what_is_no_tile_is_one_line(picture, outline, fault):
    with pytest.raises(LightError, match=fault) as caught:
        read_tile(picture, outline)
    assert "\n" not in str(caught.value)


def _shell(blur=0.7, noise=1.5, gain=1.0):
    rng = np.random.default_rng(4)
    grain = cv2.GaussianBlur(rng.normal(0, 60, (400, 520)).astype(np.float32), (0, 0), 2.0)
    picture = cv2.GaussianBlur((120 + grain) * gain, (0, 0), blur) + rng.normal(0, noise, (400, 520))
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)


def test_a_shell_that_is_out_of_focus_is_less_sharp_and_a_darker_one_is_not():
    usual, dim, blurred = (read_good(one) for one in (_shell(), _shell(gain=0.85), _shell(blur=2.5)))
    assert dim.level == pytest.approx(0.85 * usual.level, rel=0.02)
    assert blurred.level == pytest.approx(usual.level, rel=0.01)
    assert dim.sharpness == pytest.approx(usual.sharpness, rel=0.1)
    assert read_good(_shell(noise=0.5, blur=2.5)).sharpness < 0.8 * read_good(_shell(noise=0.5)).sharpness


def test_a_noisier_camera_is_told_on_a_shell():
    assert read_good(_shell(noise=3.0)).noise > 1.5 * read_good(_shell(noise=1.5)).noise


def test_only_the_shell_is_read():
    picture = _shell()
    picture[:, :260] = 255
    shell = np.zeros(picture.shape, np.bool_)
    shell[:, 270:] = True
    assert read_good(picture, shell).level == pytest.approx(120, abs=2)
    with pytest.raises(LightError, match="nothing of the frame is shell"):
        read_good(picture, np.zeros(picture.shape, np.bool_))
