"""Step shell_mask: the outline found, the margin taken off, the fittings left out."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shellmark_inspect.errors import StepError
from shellmark_inspect.types import View

PX_PER_MM = 4.0


def true_shell(margin_mm: float = 0.0) -> np.ndarray:
    """The shell of the fixture `shell`: 120 x 84 mm in the middle of 160 x 120 mm."""
    y, x = np.mgrid[: int(120 * PX_PER_MM), : int(160 * PX_PER_MM)] / PX_PER_MM
    return (np.abs(x - 80) < 60 - margin_mm) & (np.abs(y - 60) < 42 - margin_mm)


def wrong_share(found: np.ndarray, truth: np.ndarray) -> float:
    return float((found ^ truth).sum() / truth.sum())


@pytest.mark.parametrize("gain", [0.9, 1.0, 1.1])
def test_the_outline_is_found_to_half_a_millimetre(gain, built, view, shell):
    found = built("shell_mask", margin_mm=0)(view(west=shell(gain=gain))).shell
    assert not (found & ~true_shell(-0.6)).any()
    assert not (~found & true_shell(0.6)).any()


@pytest.mark.parametrize("gain", [0.9, 1.0, 1.1])
def test_the_bright_side_of_a_threshold_is_found_too(gain, built, view, shell):
    found = built("shell_mask", margin_mm=0, by="bright")(view(west=shell(gain=gain))).shell
    assert wrong_share(found, true_shell()) < 0.02


@pytest.mark.parametrize("margin_mm", [1.0, 3.0, 8.0])
def test_the_margin_is_taken_off_in_millimetres(margin_mm, built, view, shell):
    found = built("shell_mask", margin_mm=margin_mm)(view(west=shell())).shell
    assert not (found & ~true_shell(margin_mm - 0.7)).any()
    assert wrong_share(found, true_shell(margin_mm)) < 0.02


def test_a_dark_shell_on_a_bright_ground(built, view, shell):
    dark = 255 - shell()
    assert wrong_share(built("shell_mask", margin_mm=0)(view(west=dark)).shell, true_shell()) < 0.02
    assert wrong_share(built("shell_mask", margin_mm=0, by="dark")(view(west=dark)).shell, true_shell()) < 0.02


def test_a_plane_in_which_the_shell_vanishes_does_no_harm(built, view, shell):
    planes = {"west": shell(), "south": np.full((480, 640), 30, np.uint8)}
    found = built("shell_mask", margin_mm=0)(view(**planes)).shell
    assert wrong_share(found, true_shell()) < 0.02


def test_a_ground_that_darkens_to_one_side_is_still_ground(built, view, shell):
    slope = np.linspace(1.3, 0.7, 640)[None]
    found = built("shell_mask", margin_mm=0)(view(west=np.clip(shell() * slope, 0, 255).astype(np.uint8))).shell
    assert wrong_share(found, true_shell()) < 0.03


def test_fittings_are_left_out_where_the_map_says(built, view, shell):
    plate = [[72, 35], [96, 35], [96, 45], [72, 45]]
    step = built("shell_mask", margin_mm=0, changes={"ignore": [{"name": "logo", "polygon_mm": plate}]})
    found = step(view(west=shell())).shell
    assert not found[36 * 4 : 44 * 4, 73 * 4 : 95 * 4].any()
    assert found[30 * 4, 80 * 4]
    assert wrong_share(found, true_shell() & ~box(72, 35, 96, 45)) < 0.02


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    y, x = np.mgrid[: int(120 * PX_PER_MM), : int(160 * PX_PER_MM)] / PX_PER_MM
    return (x >= left) & (x <= right) & (y >= top) & (y <= bottom)


def test_an_outline_drawn_in_mm(built, view):
    step = built("shell_mask", outline=[[20, 20], [140, 20], [140, 100], [20, 100]], margin_mm=2)
    found = step(view(west=np.zeros((480, 640), np.uint8))).shell
    assert wrong_share(found, box(22, 22, 138, 98)) < 0.02


def test_the_whole_view(built, view):
    found = built("shell_mask", outline="whole")(view(west=np.zeros((480, 640), np.uint8))).shell
    assert found.all()


def test_the_references_outline_serves_every_view(built, view, shell):
    step = built("shell_mask", picture=shell(), outline="reference", margin_mm=0)
    found = step(view(west=np.zeros((480, 640), np.uint8))).shell
    assert wrong_share(found, true_shell()) < 0.02
    with pytest.raises(StepError, match="let align come before"):
        step(view(west=np.zeros((400, 640), np.uint8)))


def test_what_was_no_shell_before_stays_so(built, shell):
    valid = np.ones((480, 640), np.bool_)
    valid[:, :320] = False
    scale = np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1])
    found = built("shell_mask", margin_mm=0)(View("front", {"west": shell()}, np.eye(3), scale, shell=valid)).shell
    assert not found[:, :320].any()
    assert wrong_share(found, true_shell() & valid) < 0.03


@pytest.mark.parametrize(
    "picture", [np.full((480, 640), 40, np.uint8), np.random.default_rng(1).integers(90, 110, (480, 640), np.uint8)]
)
def test_no_shell_is_said(picture, built, view):
    with pytest.raises(StepError, match="no shell found"):
        built("shell_mask")(view(west=picture))


def test_nothing_left_is_said(built, view, shell):
    with pytest.raises(StepError, match="no shell is left after the margin of 60 mm"):
        built("shell_mask", margin_mm=60)(view(west=shell()))


def test_a_missing_plane_is_said(built, view, shell):
    with pytest.raises(StepError, match="no plane south"):
        built("shell_mask", light="south")(view(west=shell()))


def test_a_hole_in_the_shell_is_shell_and_dirt_on_the_ground_is_not(built, view, shell):
    picture = shell()
    cv2.circle(picture, (250, 250), 20, 25, -1)
    cv2.circle(picture, (30, 30), 8, 230, -1)
    found = built("shell_mask", margin_mm=0)(view(west=picture)).shell
    assert found[250, 250]
    assert not found[30, 30]
