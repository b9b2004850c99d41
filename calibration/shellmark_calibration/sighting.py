"""One picture of a board: its corners to a fraction of a pixel, or the one line why it does not do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .board import Board

Grey = NDArray[np.uint8]
Points = NDArray[np.float64]

SEARCH_PX = 800
"""A board is searched in a picture no longer than this; its corners are then refined in the whole one."""
CHARUCO_SEARCH_PX = 1600
QUICK_SHARE = 0.6
"""How much smaller a live picture is searched: a board that is not all there takes the longest."""
MOST_EDGE_PX = 5.0
"""An edge takes 2.5 to 3.5 px from dark to bright in sharp pictures of real cameras; twice that is blurred."""
WINDOW_SHARE = 0.3
"""Half the window a corner is refined in, as a share of the way to the next corner, which must stay outside.

Measured on the 13 real chessboards: 0.25 to 0.35 give 0.185 to 0.177 px, from 0.4 on the next corner comes in."""
MOST_WINDOW_PX = 15
LEAST_SIDE_PX = 32
LEAST_CHARUCO = 12
"""Corners a ChArUco picture must show: fewer pin down neither pose nor lens."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The corners of a board in one picture.

    `corners_px` (n, 2) in pixels, centres at whole numbers; `ids` (n,) which of the board's points each is; `size_px`
    the picture's (width, height); `edge_px` how many pixels an edge takes from dark to bright; `spacing_px` the
    shortest way from a corner to the next.
    """

    name: str
    corners_px: Points
    ids: NDArray[np.int64]
    size_px: tuple[int, int]
    edge_px: float
    spacing_px: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """A picture that does not do, and why in one line."""

    name: str
    reason: str


def look(
    board: Board,
    pixels: NDArray[Any] | None,
    name: str = "",
    *,
    size_px: tuple[int, int] | None = None,
    most_edge_px: float = MOST_EDGE_PX,
    quick: bool = False,
) -> Sighting | Refusal:
    """Find a board in a picture, (h, w) or (h, w, 3) BGR, uint8; None stands for one that could not be read.

    `size_px` is the (width, height) it must have, None for any. `quick` gives up early, for a live picture: what is
    not found at first sight is then not searched for, and the reason says less.
    """
    if pixels is None or pixels.size == 0:
        return Refusal(name, "cannot be read as a picture")
    grey = np.asarray(pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    h, w = grey.shape
    if min(h, w) < LEAST_SIDE_PX:
        return Refusal(name, f"is {w} x {h} px: too small for a board")
    if size_px is not None and (w, h) != size_px:
        return Refusal(name, f"is {w} x {h} px, the others {size_px[0]} x {size_px[1]}: another camera or resolution")
    found = _find(board, grey, quick=quick)
    if isinstance(found, str):
        return Refusal(name, found)
    corners, ids = found
    spacing = _spacing(board, corners, ids)
    corners = _refined(grey, corners, spacing * _free_share(board))
    edge = edge_px(board, grey, corners, ids)
    if edge > most_edge_px:
        return Refusal(name, f"blurred: an edge takes {edge:.1f} px, {most_edge_px:g} is the most: "
                             "focus, or hold the board still")  # fmt: skip
    return Sighting(name, corners, ids, (w, h), edge, spacing)


def _find(board: Board, grey: Grey, *, quick: bool) -> tuple[Points, NDArray[np.int64]] | str:
    """Rough corners with their numbers, or the reason why not."""
    longest = SEARCH_PX if board.markers is None else CHARUCO_SEARCH_PX
    share = min(1.0, longest * (QUICK_SHARE if quick else 1) / max(grey.shape))
    small = grey
    if share < 1:
        small = np.asarray(cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)
    found = (
        _find_plain(board, small, quick=quick) if board.markers is None else _find_charuco(board, small, quick=quick)
    )
    if isinstance(found, str):
        return found
    corners, ids = found
    # pixel centres lie at whole numbers: the middle of the small picture's first pixel is not the large one's
    scale = np.array([grey.shape[1] / small.shape[1], grey.shape[0] / small.shape[0]])
    return (corners + 0.5) * scale - 0.5, ids


def _find_plain(board: Board, grey: Grey, *, quick: bool) -> tuple[Points, NDArray[np.int64]] | str:
    size = (board.columns, board.rows)
    flags = cv2.CALIB_CB_ADAPTIVE_THRESH | cv2.CALIB_CB_NORMALIZE_IMAGE
    found, corners = cv2.findChessboardCorners(grey, size, flags=flags | (cv2.CALIB_CB_FAST_CHECK if quick else 0))
    if found:
        return np.asarray(corners, np.float64).reshape(-1, 2), np.arange(board.columns * board.rows)
    return "no whole board seen" if quick else _second_look(board, grey)


def _second_look(board: Board, grey: Grey) -> tuple[Points, NDArray[np.int64]] | str:
    """The sector search finds parts of boards as well, so that it can say what else is there."""
    seen = _largest_grid(grey)
    if seen is None:
        return f"no board of {board.columns} x {board.rows} inner corners found"
    corners, (rows, columns) = seen
    wanted = (board.columns, board.rows)
    if {columns, rows} == set(wanted):
        grid = corners.reshape(rows, columns, 2)
        if (columns, rows) != wanted:
            # seen along its other side: turned by a quarter, which keeps its handedness
            grid = np.rot90(grid)
        return grid.reshape(-1, 2), np.arange(board.columns * board.rows)
    shows = f"shows {max(columns, rows)} x {min(columns, rows)} corners, not {max(wanted)} x {min(wanted)}"
    if max(columns, rows) > max(wanted) or min(columns, rows) > min(wanted):
        return f"{shows}: another board"
    if _runs_out(corners.reshape(rows, columns, 2), grey.shape):
        return f"{shows}: a part of the board is outside the picture, or it is another board"
    return f"{shows}: a part of the board is hidden, or it is another board"


def _runs_out(grid: Points, shape: tuple[int, ...]) -> bool:
    """Whether the next row or column of corners beyond a grid's sides would lie outside the picture."""
    sides = [2 * grid[0] - grid[1], 2 * grid[-1] - grid[-2], 2 * grid[:, 0] - grid[:, 1], 2 * grid[:, -1] - grid[:, -2]]
    beyond = np.concatenate(sides)
    return bool((beyond < 0).any() or (beyond > [shape[1] - 1, shape[0] - 1]).any())


def _largest_grid(grey: Grey) -> tuple[Points, tuple[int, int]] | None:
    flags = cv2.CALIB_CB_LARGER | cv2.CALIB_CB_NORMALIZE_IMAGE | cv2.CALIB_CB_EXHAUSTIVE
    best: tuple[Points, tuple[int, int]] | None = None
    for seed in ((4, 3), (3, 3)):
        found, corners, meta = cv2.findChessboardCornersSBWithMeta(grey, seed, flags)
        # a grid that hardly grew beyond its seed may be found in noise
        if found and meta.size > max(19, 0 if best is None else len(best[0])):
            best = np.asarray(corners, np.float64).reshape(-1, 2), (int(meta.shape[0]), int(meta.shape[1]))
    return best


def _find_charuco(board: Board, grey: Grey, *, quick: bool) -> tuple[Points, NDArray[np.int64]] | str:
    detector = cv2.aruco.CharucoDetector(board.charuco())
    corners, ids, _, markers = detector.detectBoard(grey)
    if ids is not None and len(ids) >= LEAST_CHARUCO:
        return np.asarray(corners, np.float64).reshape(-1, 2), np.asarray(ids, np.int64).ravel()
    counts = 0 if ids is None else len(ids), 0 if markers is None else len(markers)
    return _why_no_charuco(board, grey, *counts, quick=quick)


def _why_no_charuco(board: Board, grey: Grey, corners: int, markers: int, *, quick: bool) -> str:
    _, mirrored, _, seen = cv2.aruco.CharucoDetector(board.charuco()).detectBoard(np.ascontiguousarray(grey[:, ::-1]))
    if (mirrored is not None and len(mirrored) > corners) or (seen is not None and len(seen) > 2 * markers + 3):
        return "the board is mirrored: take the picture anew without a mirror, or turn the camera's own mirroring off"
    if corners:
        return f"shows {corners} corners of the board, {LEAST_CHARUCO} are the least: partly hidden or too far away"
    if not quick and (seen_plain := _largest_grid(grey)) is not None:
        rows, columns = seen_plain[1]
        return f"shows a board of {columns} x {rows} inner corners without the markers of this one: another board"
    return "no board found: its markers are hidden, too small, or of another dictionary"


def pairs(board: Board, ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Neighbours among the corners that are there: index pairs (m, 2) along the board's rows, along its columns."""
    index = np.full(board.columns * board.rows, -1, np.int64)
    index[ids] = np.arange(len(ids))
    grid = index.reshape(board.rows, board.columns)
    along_rows = np.stack([grid[:, :-1].ravel(), grid[:, 1:].ravel()], 1)
    along_columns = np.stack([grid[:-1].ravel(), grid[1:].ravel()], 1)
    return along_rows[(along_rows >= 0).all(1)], along_columns[(along_columns >= 0).all(1)]


def _spacing(board: Board, corners: Points, ids: NDArray[np.int64]) -> float:
    both = np.concatenate(pairs(board, ids))
    if not len(both):
        return 4.0
    return float(np.linalg.norm(corners[both[:, 0]] - corners[both[:, 1]], axis=1).min())


def _free_share(board: Board) -> float:
    """Half the window around a corner that holds nothing but its four squares, as a share of the way to the next."""
    if board.markers is None:
        return WINDOW_SHARE
    return min(WINDOW_SHARE, 0.5 * (1 - board.markers.side_mm / board.square_mm))


def _refined(grey: Grey, corners: Points, free_px: float) -> Points:
    half = int(np.clip(free_px, 2, MOST_WINDOW_PX))
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 100, 1e-4)
    plain = np.ascontiguousarray(corners.reshape(-1, 1, 2), np.float32)
    return np.asarray(cv2.cornerSubPix(grey, plain, (half, half), (-1, -1), until), np.float64).reshape(-1, 2)


def edge_px(board: Board, grey: Grey, corners: Points, ids: NDArray[np.int64]) -> float:
    """How many pixels an edge between two squares takes from 10 % to 90 % of its contrast.

    The median over the edges along the board's rows or that along its columns, whichever is larger: a hand that moved
    blurs one of them. Taken from the steepest slope across the middle of each edge, as ISO 12233 takes an edge.
    """
    return max((_rise(board, grey, corners, some) for some in pairs(board, ids) if len(some)), default=0.0)


def _rise(board: Board, grey: Grey, corners: Points, some: NDArray[np.int64]) -> float:
    a, b = corners[some[:, 0]], corners[some[:, 1]]
    along = b - a
    length = np.linalg.norm(along, axis=1)
    across = np.stack([-along[:, 1], along[:, 0]], 1) / length[:, None]
    free = 0.4 if board.markers is None else 0.5 * (1 - board.markers.side_mm / board.square_mm)
    reach = max(4.0, free * float(np.median(length)))
    steps = np.arange(-reach, reach + 0.125, 0.25)
    at = ((a + b) / 2)[:, None] + steps[None, :, None] * across[:, None]
    x, y = at[..., 0].astype(np.float32), at[..., 1].astype(np.float32)
    seen = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    profile = np.asarray(cv2.blur(np.asarray(seen, np.float64), (5, 1)), np.float64)
    contrast = np.ptp(profile, axis=1)
    slope = np.abs(np.diff(profile, axis=1)).max(1) / 0.25
    return float(np.median(0.8 * contrast / np.maximum(slope, 1e-6)))
