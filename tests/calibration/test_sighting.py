"""A picture of a board gives corners to a fraction of a pixel, or its own one-line reason; all are rendered."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from rendered_boards import BOARD, POSES, Pose, corners_px, picture

from shellmark_calibration import Board, Refusal, Sighting, look

CHARUCO = Board.parse("charuco:9x7:20:14:4X4_50")


def refused(board, pixels, **keys):
    found = look(board, pixels, "a.png", **keys)
    assert isinstance(found, Refusal)
    assert found.name == "a.png"
    assert "\n" not in found.reason
    return found.reason


@pytest.mark.parametrize("pose", [POSES[0], POSES[2], POSES[6]])
def test_corners_are_found_to_a_tenth_of_a_pixel(pose):
    found = look(BOARD, picture(BOARD, pose))
    assert isinstance(found, Sighting)
    true = corners_px(BOARD, pose)
    off = min(np.linalg.norm(found.corners_px - way, axis=1).max() for way in (true, true[::-1]))
    assert off < 0.1


def test_a_large_picture_is_searched_small_and_measured_whole():
    small = picture(BOARD, POSES[1])
    large = cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    found = look(BOARD, large, most_edge_px=20)
    assert isinstance(found, Sighting)
    assert np.abs((found.corners_px + 0.5) / 4 - 0.5 - look(BOARD, small).corners_px).max() < 0.1


def test_a_part_of_a_charuco_board_is_enough_and_its_corners_are_told_apart():
    pose = POSES[1]
    pixels = picture(CHARUCO, pose).copy()
    pixels[:, :170] = 100
    found = look(CHARUCO, pixels)
    assert isinstance(found, Sighting)
    assert 12 <= len(found.ids) < 48
    assert np.linalg.norm(found.corners_px - corners_px(CHARUCO, pose)[found.ids], axis=1).max() < 0.25


def test_blur_and_motion_are_told():
    sharp = picture(BOARD, POSES[0])
    moved = np.zeros((11, 11), np.float32)
    moved[5] = 1 / 11
    assert "blurred: an edge takes" in refused(BOARD, cv2.GaussianBlur(sharp, (0, 0), 3))
    assert "blurred: an edge takes" in refused(BOARD, cv2.filter2D(sharp, -1, moved))


@pytest.mark.parametrize(("other", "text"), [("8x5", "8 x 5"), ("7x4", "7 x 4"), ("9x6", "9 x 6")])
def test_another_board_is_told_with_what_it_shows(other, text):
    reason = refused(Board.parse(other), picture(BOARD, POSES[0]))
    assert reason.startswith(f"shows 7 x 5 corners, not {text}")
    assert "another board" in reason


def test_a_board_turned_by_a_quarter_is_the_same_board():
    found = look(Board(5, 7, 20.0), picture(BOARD, POSES[0]))
    assert isinstance(found, Sighting)


def test_what_is_hidden_or_outside_is_told():
    whole = picture(BOARD, POSES[0])
    hidden = whole.copy()
    hidden[:, 260:] = 90
    assert "hidden" in refused(BOARD, hidden)
    assert "outside the picture" in refused(BOARD, np.ascontiguousarray(whole[:, 185:]))


def test_a_mirrored_charuco_board_is_told():
    pixels = np.ascontiguousarray(picture(CHARUCO, Pose())[:, ::-1])
    assert refused(CHARUCO, pixels).startswith("the board is mirrored")


def test_a_plain_board_is_no_charuco_board():
    assert "without the markers of this one" in refused(CHARUCO, picture(BOARD, POSES[0]))


@pytest.mark.parametrize("quick", [True, False])
def test_pictures_without_a_board_are_told(quick):
    noise = np.random.default_rng(0).integers(0, 255, (240, 320), dtype=np.uint8)
    for pixels in (noise, np.zeros((240, 320, 3), np.uint8), np.full((4, 4), 255, np.uint8)):
        assert "board" in refused(BOARD, pixels, quick=quick)


def test_no_picture_and_another_size_are_told():
    assert refused(BOARD, None) == "cannot be read as a picture"
    assert "is 480 x 360 px, the others 640 x 480" in refused(BOARD, picture(BOARD, POSES[0]), size_px=(640, 480))
