"""Channels that find defects by themselves."""

from __future__ import annotations

import numpy as np
import pytest

from shellmark_inspect.judge import checked, overlap
from shellmark_inspect.judge.checks import deviations
from shellmark_inspect.recipe import Check, JudgeSpec
from shellmark_inspect.types import View


def view_of(channel: np.ndarray, shell: np.ndarray | None = None) -> View:
    grey = np.full(channel.shape, 100, np.uint8)
    return View("front", {"west": grey}, np.eye(3), np.diag([0.5, 0.5, 1.0]), shell, channels={"bipolar.west": channel})


def channel() -> np.ndarray:
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:100, :140]
    level = 128 + rng.normal(0, 3, (100, 140))
    level += 70 * np.exp(-((x - 40) ** 2 + (y - 50) ** 2) / (2 * 6.0**2))
    level -= 60 * np.exp(-((x - 100) ** 2 + (y - 30) ** 2) / (2 * 4.0**2))
    return np.clip(np.rint(level), 0, 255).astype(np.uint8)


def test_a_dent_and_a_bump_are_named_placed_and_measured():
    check = Check(channel="bipolar.west", above=8.0, label="dent", label_below="bump")
    dent, bump = checked(view_of(channel()), check, JudgeSpec())
    assert (dent.label, bump.label) == ("dent", "bump")
    assert dent.measured.light == "bipolar.west"
    assert dent.measured.centre_mm == pytest.approx((20, 25), abs=1)
    assert bump.measured.centre_mm == pytest.approx((50, 15), abs=1)
    # at half its height a Gaussian is 2.355 deviations wide: 6 px at 2 px/mm
    assert dent.measured.diameter_mm == pytest.approx(2.355 * 3, rel=0.15)
    assert not overlap(dent.measured, bump.measured)
    assert overlap(dent.measured, dent.measured)


def test_below_is_nothing_without_a_label_and_what_is_no_shell_is_not_judged():
    shell = np.ones((100, 140), bool)
    shell[:, :70] = False
    check = Check(channel="bipolar.west", above=8.0, label="dent")
    assert [one.label for one in checked(view_of(channel()), check, JudgeSpec())] == ["dent"]
    assert checked(view_of(channel(), shell), check, JudgeSpec()) == []


def test_a_still_channel_alarms_nobody():
    still = np.full((50, 50), 128, np.uint8)
    still[::2] = 129
    check = Check(channel="bipolar.west", above=3.0, label="dent", label_below="bump")
    assert checked(view_of(still), check, JudgeSpec()) == []


def test_a_little_more_noise_is_a_little_more_deviation():
    """The median absolute deviation lies between two levels here: in whole levels it would be 2 or 3."""
    rng = np.random.default_rng(2)
    noise = rng.normal(0, 1, (300, 300))
    pixels = [np.clip(np.rint(128.3 + scale * noise), 0, 255).astype(np.uint8) for scale in (3.6, 3.8)]
    (low, high) = (1 / np.diff(deviations(one, None))[0] for one in pixels)
    assert (low, high) == pytest.approx((3.6, 3.8), abs=0.1)
    assert deviations(pixels[0], None)[128] == pytest.approx(-0.3 / 3.6, abs=0.02)


def test_deviations_are_robust_to_the_defect_itself():
    rng = np.random.default_rng(1)
    pixels = np.clip(np.rint(rng.normal(128, 4, (200, 200))), 0, 255).astype(np.uint8)
    pixels[:40] = 255
    levels = deviations(pixels, None)
    assert (levels[138] - levels[128]) == pytest.approx(10 / 4, rel=0.35)
