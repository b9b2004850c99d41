"""Pictures of boards before a camera whose lens and pose are known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from shellmark_calibration import Board, Lens, Sighting, look

SIZE = (480, 360)
LENS = Lens(focal_px=(420.0, 424.0), middle_px=(222.0, 189.0), distortion=(-0.22, 0.06, 0.001, -0.0005, 0), rms_px=0)
BOARD = Board(7, 5, 20.0)


@dataclass(frozen=True)
class Pose:
    """Where the board's middle is before the camera, in mm, and how it is turned, in degrees."""

    x: float = 0.0
    y: float = 0.0
    z: float = 300.0
    tilt_x: float = 0.0
    tilt_y: float = 0.0
    turn: float = 0.0

    def of(self, board: Board) -> tuple[np.ndarray, np.ndarray]:
        """The rotation (3, 3) and the place (3,) of the board's first corner."""
        around = [
            np.radians(a) * axis for a, axis in zip((self.turn, self.tilt_y, self.tilt_x), np.eye(3)[::-1], strict=True)
        ]
        rotation = np.linalg.multi_dot([cv2.Rodrigues(one)[0] for one in around[::-1]])
        middle = np.array([board.columns - 1, board.rows - 1, 0]) * board.square_mm / 2
        return rotation, np.array([self.x, self.y, self.z]) - rotation @ middle


POSES = (
    Pose(),
    Pose(-70, -40, 340, 25, 10),
    Pose(80, -50, 340, -20, 25, 12),
    Pose(-80, 55, 360, 15, -30, -8),
    Pose(75, 60, 330, -28, -15),
    Pose(0, 10, 260, 30, 0, 20),
    Pose(-20, 0, 420, 0, 35, -15),
    Pose(30, -20, 300, -32, 8, 5),
)


FINE = 3


@cache
def _straight(lens: Lens, size: tuple[int, int]) -> np.ndarray:
    """Homogeneous straight pixels of a frame's pixels, each divided into FINE x FINE."""
    y, x = np.mgrid[: size[1] * FINE, : size[0] * FINE]
    at = (np.column_stack([x.ravel(), y.ravel()]) + 0.5) / FINE - 0.5
    return np.column_stack([lens.straight(at), np.ones(len(at))])


@cache
def picture(board: Board, pose: Pose, lens: Lens = LENS, size: tuple[int, int] = SIZE, seed: int = 0) -> np.ndarray:
    """The board as the camera sees it, grey (h, w), read-only, with an edge of about 2 px and a little noise."""
    rotation, place = pose.of(board)
    to_straight = lens.matrix @ np.column_stack([rotation[:, :2], place])
    mm = _straight(lens, size) @ np.linalg.inv(to_straight).T
    mm = mm[:, :2] / mm[:, 2:]
    px_per_mm, margin = 4.0, board.square_mm
    drawn = np.pad(board.drawn(px_per_mm, margin), 2, constant_values=90)
    # the first inner corner is a square and the margin away from the drawing's edge
    at = ((mm + board.square_mm + margin) * px_per_mm + 1.5).astype(np.float32)
    at = at.reshape(size[1] * FINE, size[0] * FINE, 2)
    seen = cv2.remap(drawn, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=90)
    seen = cv2.resize(cv2.GaussianBlur(seen, (0, 0), 0.6 * FINE), size, interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(seed).normal(0, 1.5, seen.shape)
    found = np.clip(seen * 0.8 + 20 + noise, 0, 255).astype(np.uint8)
    found.setflags(write=False)
    return found


@cache
def sightings(board: Board = BOARD, count: int = len(POSES)) -> tuple[Sighting, ...]:
    """What is seen of a board in the usual poses."""
    found = [look(board, picture(board, pose), f"{i}.png") for i, pose in enumerate(POSES[:count])]
    assert all(isinstance(one, Sighting) for one in found), found
    return tuple(found)


def corners_px(board: Board, pose: Pose, lens: Lens = LENS) -> np.ndarray:
    """Where the board's corners are in the picture, exactly."""
    rotation, place = pose.of(board)
    found, _ = cv2.projectPoints(board.points_mm, cv2.Rodrigues(rotation)[0], place, lens.matrix, lens.bends)
    return np.asarray(found).reshape(-1, 2)
