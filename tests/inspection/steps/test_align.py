"""Step align: found to a fraction of a pixel, refused with a reason, never a whole rib off."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shellmark_inspect.errors import NotAligned, StepError
from shellmark_inspect.types import project

PX_PER_MM = 4.0
MIDDLE = ((160 * PX_PER_MM - 1) / 2, (120 * PX_PER_MM - 1) / 2)


def movement(x_mm: float, y_mm: float, degrees: float = 0.0, scale: float = 1.0) -> np.ndarray:
    """Where a shell's pixels go when it is shifted, turned counter-clockwise and grown about the view's middle."""
    move = cv2.getRotationMatrix2D(MIDDLE, degrees, scale)
    move[:, 2] += [x_mm * PX_PER_MM, y_mm * PX_PER_MM]
    return move


POSES = [
    (0.0, 0.0, 0.0, 1.0),
    (3.0, -2.0, 1.0, 1.003),
    (-4.0, 2.0, -1.8, 0.997),
    (4.5, 1.0, 1.5, 1.004),
    (0.31, -0.27, 0.2, 1.0),
]


@pytest.mark.parametrize("rib_mm", [4.0, 8.0, 15.0, 40.0])
@pytest.mark.parametrize("pose", POSES)
def test_the_pose_is_found_to_a_tenth_of_a_pixel(rib_mm, pose, built, view, shell):
    align = built("align", picture=shell(rib_mm=rib_mm))
    move = movement(*pose)
    moved = align(view(west=shell(rib_mm=rib_mm, move=move, gain=0.9, seed=2)))
    corners = np.array([[0, 0], [639, 0], [0, 479], [639, 479]], np.float64)
    assert np.abs(project(moved.to_frame, corners) - project(np.vstack([move, [0, 0, 1]]), corners)).max() < 0.1
    found = [moved.notes[name] for name in ("shift_x_mm", "shift_y_mm", "turn_deg", "scale")]
    assert np.abs(np.array(found) - pose).max() < 0.02


@pytest.mark.parametrize("pose", [(2.0, -2.0, 0.0, 1.0), (-1.5, 2.0, 1.0, 1.0)])
def test_an_outline_near_the_pictures_border_does_not_hold_the_pose_back(pose, built, view, shell):
    """The outline is 6 mm inside; what is seen beyond it changes with the pose and must not count as the shell's."""
    shapes = {"rim_mm": (6.0, 6.0), "rib_mm": 40.0, "plate": False}
    move = movement(*pose)
    moved = built("align", picture=shell(**shapes))(view(west=shell(**shapes, move=move, seed=2)))
    found = [moved.notes[name] for name in ("shift_x_mm", "shift_y_mm", "turn_deg", "scale")]
    assert np.abs(np.array(found) - pose).max() < 0.03


def test_the_view_lies_like_the_reference_afterwards(built, view, shell):
    reference = shell()
    frame = shell(move=movement(3, -2, 1), seed=2)
    moved = built("align", picture=reference)(view(west=frame))
    inner = np.s_[40:-40, 40:-40]
    before = np.abs(frame[inner].astype(float) - reference[inner]).mean()
    after = np.abs(moved.planes["west"][inner].astype(float) - reference[inner]).mean()
    assert after < 0.25 * before
    assert np.array_equal(moved.to_mm, np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1]))


def test_a_defect_comes_back_to_its_place_on_the_shell(built, view, shell):
    move = movement(3, -2, 1)
    frame = shell(move=move, seed=2)
    there = project(np.vstack([move, [0, 0, 1]]), np.array([[400.0, 300.0]]))[0]
    cv2.circle(frame, (round(there[0]), round(there[1])), 3, 255, -1)
    moved = built("align", picture=shell())(view(west=frame))
    difference = cv2.absdiff(moved.planes["west"], shell())
    y, x = np.unravel_index(cv2.GaussianBlur(difference, (0, 0), 2).argmax(), difference.shape)
    on_shell = project(moved.to_mm, np.array([[x, y]], np.float64))[0]
    assert np.abs(on_shell - [100, 75]).max() < 0.3


@pytest.mark.parametrize(
    ("pose", "reason"),
    [
        ((6.5, 0, 0, 1), "the shell is 6.5 mm off, 5 mm is the most"),
        ((0, 0, 2.6, 1), "turned by 2.6 deg, 2 deg is the most"),
        ((0, 0, 0, 1.01), r"(0\.99|1\.00|1\.01) % larger than the reference, 0\.5 % is the most"),
    ],
)
def test_too_far_off_is_said_with_the_number(pose, reason, built, view, shell):
    align = built("align", picture=shell())
    with pytest.raises(NotAligned, match=reason):
        align(view(west=shell(move=movement(*pose), seed=2)))


@pytest.mark.parametrize("picture", ["nothing", "noise", "other ribs", "far off"])
def test_what_is_not_the_reference_is_refused(picture, built, view, shell):
    align = built("align", picture=shell())
    frames = {
        "nothing": np.full((480, 640), 40, np.uint8),
        "noise": np.random.default_rng(1).integers(0, 255, (480, 640), np.uint8),
        "other ribs": np.ascontiguousarray(np.rot90(shell(rib_mm=7, plate=False), 1)[:480, :480]).repeat(2, 1)[:, :640],
        "far off": shell(move=movement(30, 20), seed=2),
    }
    with pytest.raises(NotAligned):
        align(view(west=frames[picture]))


@pytest.mark.parametrize("rib_mm", [2.5, 4.0])
@pytest.mark.parametrize("ribs_off", [-1, 1])
def test_it_does_not_settle_a_whole_rib_off(rib_mm, ribs_off, built, view, shell):
    frame = shell(rib_mm=rib_mm, plate=False, move=movement(ribs_off * rib_mm, 0.0), seed=2)
    moved = built("align", picture=shell(rib_mm=rib_mm, plate=False))(view(west=frame))
    assert abs(moved.notes["shift_x_mm"] - ribs_off * rib_mm) < 0.05


def test_ribs_alone_say_nothing_and_that_is_said(built, view, shell):
    """Neither outline nor fitting in the picture: places a rib apart cannot be told from each other."""
    align = built("align", picture=shell(rib_mm=7.0, plate=False, outline=False))
    with pytest.raises(NotAligned, match="two places fit the reference alike"):
        align(view(west=shell(rib_mm=7.0, plate=False, outline=False, move=movement(1.0, 0.0), seed=2)))


def test_a_fitting_alone_tells_ribs_apart(built, view, shell):
    align = built("align", picture=shell(rib_mm=4.0, outline=False))
    moved = align(view(west=shell(rib_mm=4.0, outline=False, move=movement(4.0, 0.0), seed=2)))
    assert abs(moved.notes["shift_x_mm"] - 4.0) < 0.1


def test_a_reference_of_another_size_is_said(built, view, shell):
    with pytest.raises(StepError, match="300 x 200 px cannot be aligned to a reference of 640 x 480 px"):
        built("align", picture=shell())(view(west=np.zeros((200, 300), np.uint8)))


def test_every_plane_moves_alike(built, view, shell):
    frame = shell(move=movement(2, 1), seed=2)
    moved = built("align", picture=shell())(view(west=frame, colour=np.dstack([frame] * 3)))
    assert np.array_equal(moved.planes["colour"][..., 1], moved.planes["west"])
