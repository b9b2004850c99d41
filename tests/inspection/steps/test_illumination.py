"""Step illumination: exposure and slow light vanish, dents stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shellmark_inspect.errors import StepError

PX_PER_MM = 4.0


def dented(picture: np.ndarray, diameter_mm: float, depth: float) -> np.ndarray:
    """A dent seen in low-angle light: one slope brighter, the other darker, `depth` as a share of the light."""
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]] / PX_PER_MM
    r = diameter_mm / 2
    slope = (x - 50) / r * np.exp(0.5 - ((x - 50) ** 2 + (y - 60) ** 2) / (2 * (r / 2) ** 2)) * 2
    return np.clip(picture * (1 + depth * slope / 2), 0, 255).astype(np.uint8)


def mean_difference(one, other, mask) -> float:
    return float(np.abs(one[mask].astype(float) - other[mask]).mean())


@pytest.mark.parametrize("to", ["flat", "reference"])
@pytest.mark.parametrize("gain", [0.9, 1.1])
def test_exposure_vanishes(to, gain, built, view, shell):
    step, mask = built("illumination", picture=shell(), to=to), built("shell_mask")
    plain, other = (step(mask(view(west=shell(gain=g, seed=s)))) for g, s in ((1.0, 1), (gain, 1)))
    assert mean_difference(plain.planes["west"], other.planes["west"], plain.shell) < 1.0
    assert abs(other.notes["gain_west"] / plain.notes["gain_west"] * gain - 1) < 0.01


def test_the_reference_stays_as_it_is(built, view, shell):
    picture = shell()
    after = built("illumination", picture=picture, to="reference")(built("shell_mask")(view(west=picture)))
    assert np.abs(after.planes["west"].astype(int) - picture).max() <= 1


def test_a_lamp_gone_weak_on_one_side_is_put_right(built, view, shell):
    slope = np.linspace(0.85, 1.15, 640)[None]
    weak = np.clip(shell(seed=2) * slope, 0, 255).astype(np.uint8)
    step, mask = built("illumination", picture=shell(), to="reference", scale_mm=60), built("shell_mask")
    after = step(mask(view(west=weak)))
    before = mean_difference(weak, shell(), after.shell)
    assert before > 6
    assert mean_difference(after.planes["west"], shell(), after.shell) < before / 2


@pytest.mark.parametrize("to", ["flat", "reference"])
def test_a_dent_of_20_mm_stays(to, built, view, shell):
    step, mask = built("illumination", picture=shell(), to=to), built("shell_mask")
    good, bad = shell(), dented(shell(), 20, 0.2)
    before = np.abs(bad.astype(float) - good).max()
    after = [step(mask(view(west=picture))).planes["west"].astype(float) for picture in (good, bad)]
    scale = after[0][240, 200] / good[240, 200]
    assert np.abs(after[1] - after[0]).max() > 0.9 * before * scale


def test_colours_of_one_plane_share_a_gain(built, view, shell):
    blue = cv2.merge([shell(), shell() // 2, shell() // 4])
    after = built("illumination")(built("shell_mask")(view(west=blue)))
    inside = after.planes["west"][after.shell].astype(float).mean(0)
    assert inside[1] / inside[0] == pytest.approx(0.5, abs=0.02)
    assert inside[2] / inside[0] == pytest.approx(0.25, abs=0.02)


def test_the_background_does_not_pull_the_edge_of_the_shell(built, view):
    picture = np.full((480, 640), 10, np.uint8)
    picture[100:380, 100:540] = 90
    after = built("illumination")(built("shell_mask", margin_mm=0.5)(view(west=picture)))
    inside = after.planes["west"][after.shell]
    assert inside.min() > 104
    assert inside.max() < 116


def test_a_black_plane_stays_black_and_says_so(built, view):
    after = built("illumination")(view(west=np.zeros((480, 640), np.uint8)))
    assert after.planes["west"].max() == 0
    assert after.notes["gain_west"] == pytest.approx(4.0)


def test_a_reference_of_another_size_is_said(built, view, shell):
    with pytest.raises(StepError, match="let align come before"):
        built("illumination", picture=shell(), to="reference")(view(west=np.zeros((200, 300), np.uint8)))


def test_maps_and_masks_are_not_touched(built, view, shell):
    before = built("shell_mask")(view(west=shell()))
    after = built("illumination")(before)
    assert np.array_equal(after.to_frame, before.to_frame)
    assert after.shell is before.shell
    assert after.planes["west"].dtype == np.uint8
