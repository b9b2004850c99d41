"""Where what fades ends, and what a print that lies a little elsewhere than the reference's does to it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shellmark_inspect.judge import Region, measure
from shellmark_inspect.judge.contrast import rests
from shellmark_inspect.recipe import JudgeSpec
from shellmark_inspect.types import View

SIDE = 300
MIDDLE = 149.3


def ramp(beyond_px: np.ndarray, fade_px: float) -> np.ndarray:
    """1 well before 0, 0 from 0 on, and a cosine's half in between."""
    return 0.5 - 0.5 * np.sin(np.pi * np.clip(beyond_px / fade_px + 0.5, -0.5, 0.5))


def along_and_across(degrees: float) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[:SIDE, :SIDE] - MIDDLE
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return x * c + y * s, y * c - x * s


def fading_line(length_px: float, fade_px: float, degrees: float = 20.0) -> np.ndarray:
    u, v = along_and_across(degrees)
    return np.exp(-0.5 * (v / 0.6) ** 2) * ramp(np.abs(u) - length_px / 2, fade_px)


def seen(picture: np.ndarray, seed: int = 0) -> np.ndarray:
    blurred = cv2.GaussianBlur(picture, (0, 0), 0.8)
    noise = np.random.default_rng(seed).normal(0, 1.5, picture.shape)
    return np.clip(blurred + noise, 0, 255).astype(np.uint8)


def region(there: np.ndarray) -> Region:
    mask = cv2.dilate((there > 0.2).astype(np.uint8), np.ones((9, 9), np.uint8))
    x, y, w, h = cv2.boundingRect(mask)
    return Region((x, y, w, h), mask[y : y + h, x : x + w].astype(bool), 2.0, (x + w // 2, y + h // 2))


def length_px(pixels: np.ndarray, there: np.ndarray, good: np.ndarray | None = None) -> float:
    view = View("front", {"west": pixels}, np.eye(3), np.diag([1 / 6, 1 / 6, 1.0]))
    found = measure(view, [region(there)], JudgeSpec(), None if good is None else {"west": good})
    return max(one.length_mm for one in found) * 6


@pytest.mark.parametrize("fade_px", [0.5, 6.0, 15.0])
def test_a_scratch_reaches_to_where_nothing_is_left_of_it(fade_px):
    """At a share of its contrast it would be 12 % short with the longest fade; sharp ends are not drawn out."""
    there = fading_line(90, fade_px)
    assert length_px(seen(100 + 60 * there), there) == pytest.approx(90, rel=0.05)


@pytest.mark.parametrize("degrees", [0.0, 35.0])
def test_a_scuff_has_two_ends_too(degrees):
    u, v = along_and_across(degrees)
    cloud = ramp(np.hypot(u / 45, v / 18) * 45 - 45, 28)
    assert length_px(seen(100 + 40 * cloud), cloud) == pytest.approx(90, rel=0.08)


def printed(shift_px: float) -> np.ndarray:
    """Ink in stripes of 24 px, anti-aliased, and the sheet between them."""
    at = np.arange(SIDE) - shift_px
    inked = np.clip(np.abs((at + 12) % 48 - 24) - 12 + 0.5, 0, 1)
    return np.broadcast_to(150 - 80 * inked, (SIDE, SIDE)).copy()


@pytest.mark.parametrize("shift_px", [0.0, 0.4, -0.8])
def test_a_scratch_over_a_print_in_another_place_is_measured_whole(shift_px):
    there = fading_line(90, 6.0)
    pixels, good = seen(printed(shift_px) + 40 * there), seen(printed(0.0), seed=1)
    assert length_px(pixels, there, good) == pytest.approx(90, rel=0.06)


def test_what_a_shifted_print_leaves_is_less_than_its_edges():
    good, pixels = seen(printed(0.0), seed=1), seen(1.04 * printed(0.6))
    (rest,) = rests({"west": pixels}, {"west": good}, np.ones((SIDE, SIDE), np.bool_))
    assert np.abs(pixels.astype(float) - good).max() > 30
    assert np.abs(rest.change[:, 2:-2]).max() < 12
    assert rest.doubt.min() < rest.doubt.max() < 10
