"""Flat fields: what is measured of them, what is refused, and how even a light is afterwards."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shellmark_calibration import LightError, LightField, LightFrame, flattened, measure_light, unevenness

SIZE = (330, 250)
"""No multiple of a cell: the last cells reach over the edge."""
FULL_WELL = 12_000.0


def _light(size=SIZE, vignetting=0.35, slope=0.3):
    """What an even surface looks like: 1 in the middle, darker to the corners, brighter to one side."""
    w, h = size
    y, x = np.mgrid[:h, :w].astype(np.float64)
    r2 = (((x - w / 2) / (w / 2)) ** 2 + ((y - h / 2) / (h / 2)) ** 2) / 2
    return (1 - vignetting * r2) * (1 + slope * (x / w - 0.5))


def _pixels(light, level=160.0, dark=2.0, seed=0):
    """A frame of a linear camera: shot noise, read noise, 8 bits."""
    rng = np.random.default_rng(seed)
    signal = level * light
    noisy = signal + np.sqrt(np.maximum(signal, 0) * 255 / FULL_WELL) * rng.standard_normal(light.shape)
    return np.clip(np.round(noisy + dark + 0.5 * rng.standard_normal(light.shape)), 0, 255).astype(np.uint8)


def _frames(light, count=8, name="flat", **keys):
    return [LightFrame.of(f"{name}_{i}.png", _pixels(light, seed=i, **keys)) for i in range(count)]


def _darks(count=3, level=2.0, size=SIZE):
    return _frames(np.zeros(size[::-1]), count, "dark", dark=level)


def _cells(pixels):
    h, w = pixels.shape[0] // 16 * 16, pixels.shape[1] // 16 * 16
    return cv2.resize(pixels[:h, :w].astype(np.float32), (w // 16, h // 16), interpolation=cv2.INTER_AREA)


def test_a_light_is_even_afterwards_on_a_frame_that_had_no_part_in_it():
    field = measure_light("west", _frames(_light()), _darks(), exposure_us=2500).field
    assert field.uneven_before > 0.2
    assert field.uneven_after < 0.005
    flat = flattened(_pixels(_light(), seed=99), field.dark, field.gain_map(SIZE))
    assert unevenness(_cells(flat)) < 0.006
    assert float(flat.mean()) == pytest.approx(field.level, rel=0.005)
    assert field.exposure_us == 2500
    assert field.frames == 8


@settings(max_examples=15, deadline=None)
@given(
    vignetting=st.floats(0, 0.5),
    slope=st.floats(-0.4, 0.4),
    level=st.floats(110, 190),
    dark=st.floats(0, 8),
    width=st.integers(200, 340),
)
def test_any_vignetted_light_is_even_to_one_percent(vignetting, slope, level, dark, width):
    size = (width, 250)
    light = _light(size, vignetting, slope)
    light /= max(1.0, level * light.max() / 235)
    field = measure_light("west", _frames(light, 4, level=level, dark=dark), _darks(2, dark, size)).field
    flat = flattened(_pixels(light, level, dark, seed=99), field.dark, field.gain_map(size))
    assert unevenness(_cells(flat)) <= 0.01


def test_noise_and_full_well_are_those_of_the_camera():
    field = measure_light("west", _frames(np.ones(SIZE[::-1])), _darks()).field
    assert field.full_well_e == pytest.approx(FULL_WELL, rel=0.05)
    assert field.noise == pytest.approx(np.sqrt(160 * 255 / FULL_WELL + 0.25 + 1 / 12), rel=0.03)


def test_dust_is_said_and_kept_out_of_the_gain():
    light = _light()
    clean = measure_light("west", _frames(light), _darks())
    cv2.circle(light, (100, 120), 5, 0.4, -1)
    cv2.line(light, (200, 60), (240, 90), 0.95, 2)
    dusty = measure_light("west", _frames(light), _darks())
    assert clean.spots == ()
    assert len(dusty.spots) == dusty.field.dust == 2
    assert (dusty.spots[0].x_px, dusty.spots[0].y_px) == pytest.approx((220, 75), abs=3)
    assert (dusty.spots[1].x_px, dusty.spots[1].y_px) == pytest.approx((100, 120), abs=2)
    assert all(spot.darker for spot in dusty.spots)
    gains = [one.field.gain_map(SIZE) for one in (clean, dusty)]
    assert np.abs(gains[1] / gains[0] - 1).max() < 0.005
    assert "2 spot(s) of dust" in dusty.remarks[-1]


def test_few_frames_are_said():
    one = measure_light("west", _frames(_light(), 1), _darks(1))
    assert one.field.uneven_after is one.field.noise is one.field.full_well_e is one.after is None
    assert "1 flat field(s), 8 are better: whether it helps was not tried" in one.remarks[0]
    assert "3 flat field(s)" in measure_light("west", _frames(_light(), 3), _darks(1)).remarks[0]
    assert measure_light("west", _frames(_light(), 8), _darks(1)).remarks == ()


def test_colours_share_the_gain():
    colour = np.dstack([_pixels(_light(), level) for level in (60, 120, 180)])
    field = measure_light("dome", [LightFrame.of("flat", colour)], _darks()).field
    flat = flattened(colour, field.dark, field.gain_map(SIZE))
    assert flat.shape == colour.shape
    ratios = [float(flat[..., i].mean() / colour[..., i].mean()) for i in range(3)]
    assert ratios == pytest.approx([ratios[1]] * 3, rel=0.03)
    assert all(unevenness(_cells(flat[..., i])) < 0.02 for i in range(3))


def _ribbed():
    x = np.arange(SIZE[0])
    return np.broadcast_to(1 + 0.15 * np.sin(x / 12), SIZE[::-1]).copy()


def _fading():
    return np.broadcast_to(np.exp(-3.0 * np.arange(SIZE[0]) / SIZE[0]), SIZE[::-1]).copy()


@pytest.mark.parametrize(
    ("flats", "darks", "fault"),
    [
        (_frames(_light(), level=260), _darks(), r"flat_0.png is saturated: \d+\.\d% of its pixels are 250 or more"),
        (_frames(_light(), level=30), _darks(), "flat_0.png is too dark: level 28, 60 is the least: lengthen"),
        (_frames(_light(), level=1.5), _darks(), "flat_0.png is black"),
        (_frames(_light()), _frames(_light(), name="dark", level=60), "dark_0.png is not dark: level"),
        (_darks(), _frames(_light()), "have changed places"),
        (_frames(_light()), [], "no dark frame was given"),
        ([], _darks(), "no flat field was given"),
        (_frames(_light((200, 250))), _darks(), "dark_0.png has 330 x 250 px, flat_0.png has 200 x 250"),
        (_frames(_light()) + _frames(_light(), 1, "late", level=140), _darks(), "late_0.png has level .*, the others"),
        (
            _frames(_ribbed()),
            _darks(),
            "shows a structure of .*: put an even matte sheet before the camera, not a shell",
        ),
        (_frames(_fading(), level=220), _darks(), r"too uneven: near \(320, \d+\) px .* aim the lamp anew"),
    ],
)
def test_frames_that_do_not_do_are_refused_in_one_line(flats, darks, fault):
    with pytest.raises(LightError, match=fault) as caught:
        measure_light("west", flats, darks)
    assert str(caught.value).startswith("light west: ")
    assert "\n" not in str(caught.value)


def test_another_resolution_than_the_profiles_is_refused():
    with pytest.raises(LightError, match=r"flat_0\.png has 330 x 250 px, the profile was measured at 640 x 480"):
        measure_light("west", _frames(_light()), _darks(), size_px=(640, 480))


@pytest.mark.parametrize("pixels", [np.zeros((4, 4), np.uint16), np.zeros((4, 4, 4), np.uint8), np.zeros(9, np.uint8)])
def test_what_is_no_frame_is_refused(pixels):
    with pytest.raises(LightError, match=r"strange: .* is no 8-bit grey or colour frame"):
        LightFrame.of("strange", pixels)


@pytest.mark.parametrize("gain", ["", "no base64!", "aGVsbG8="])
def test_a_field_whose_gain_is_no_picture_is_refused(gain):
    with pytest.raises(ValidationError, match=r"gain is no PNG of 16 bits"):
        LightField(dark=1, level=100, gain=gain, most_gain=2)


def test_a_gain_of_another_resolution_is_refused():
    field = measure_light("west", _frames(_light(), 1), _darks(1)).field
    with pytest.raises(LightError, match="the gain map has 21 x 16 cells, a frame of 640 x 480 px 40 x 30"):
        field.gain_map((640, 480))


def test_flattening_is_pixels_less_dark_times_gain_and_ends_at_white():
    pixels = np.tile(np.arange(256, dtype=np.uint8), (40, 1))
    flat = flattened(pixels, 3.2, np.full((3, 16), 1.5, np.float32))
    expected = np.clip(np.round(np.maximum(np.arange(256.0) - 3, 0) * 1.5), 0, 255)
    assert np.abs(flat[17].astype(float) - expected).max() <= 0.5
    assert flattened(pixels, 0, np.ones((3, 16), np.float32)).tolist() == pixels.tolist()
