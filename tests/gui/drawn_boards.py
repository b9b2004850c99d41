"""Pictures of a board before a known camera: 640 x 480 px, focal length 700 px, no distortion."""

from __future__ import annotations

import cv2
import numpy as np

from shellmark_calibration import Board

SIZE = (640, 480)
FOCAL = 700.0
CAMERA = np.array([[FOCAL, 0, 319.5], [0, FOCAL, 239.5], [0, 0, 1]])
DRAWN_PX_PER_MM, MARGIN_MM = 4.0, 10.0
POSES = [
    ((0.0, 0.0, 0.0), (0, 0, 420)),
    ((0.45, 0.0, 0.0), (-60, -40, 470)),
    ((-0.45, 0.1, 0.05), (60, -40, 470)),
    ((0.0, 0.5, 0.0), (-60, 40, 480)),
    ((0.1, -0.5, -0.05), (60, 40, 480)),
    ((0.35, 0.35, 0.1), (-75, 0, 520)),
    ((-0.35, -0.35, -0.1), (75, 0, 520)),
    ((0.3, -0.3, 0.2), (0, -45, 460)),
    ((-0.3, 0.3, -0.2), (0, 45, 460)),
    ((0.2, 0.5, 0.15), (-70, -50, 500)),
    ((-0.5, 0.0, 0.0), (70, 50, 500)),
]
"""Turns (Rodrigues) and where the board's middle lies before the camera, mm."""


def drawn_board(board: Board, turn: tuple[float, float, float], middle_mm: tuple[float, float, float]) -> np.ndarray:
    """A board as the camera sees it, (480, 640, 3) BGR."""
    flat = board.drawn(DRAWN_PX_PER_MM, MARGIN_MM)
    rotation = cv2.Rodrigues(np.array(turn, np.float64))[0]
    centre = np.array([(board.columns - 1) / 2, (board.rows - 1) / 2, 0]) * board.square_mm
    shift = np.array(middle_mm, np.float64) - rotation @ centre
    to_camera = CAMERA @ np.column_stack([rotation[:, 0], rotation[:, 1], shift])
    offset = board.square_mm + MARGIN_MM
    to_mm = np.array([[1 / DRAWN_PX_PER_MM, 0, -offset], [0, 1 / DRAWN_PX_PER_MM, -offset], [0, 0, 1.0]])
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    grey = cv2.warpPerspective(flat, to_camera @ to_mm @ half, SIZE, flags=cv2.INTER_AREA, borderValue=(90,))
    return cv2.cvtColor(cv2.GaussianBlur(grey, (0, 0), 0.8), cv2.COLOR_GRAY2BGR)
