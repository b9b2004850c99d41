"""The map of scores as it is kept and shown: small, in the frame's geometry, tied to the threshold."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.types import MAP_LIMIT, Matrix, Pixels, View, project

LONGEST_PX = 512
"""The longer side of a kept map."""
_STRIP = 16
_GRID = 8


def score_map(anomaly: NDArray[np.float32], view: View, frame_px: tuple[int, int]) -> Pixels:
    """A view's scores over its camera's frame, uint8 (h, w), `LONGEST_PX` at most.

    `anomaly` (h, w) is in the view's pixels, 1.0 the limit; `frame_px` the frame's height and width. A pixel is
    `MAP_LIMIT` times the highest score it covers, rounded down: only what reaches the limit reaches `MAP_LIMIT`. Zero
    where nothing was judged.
    """
    share = min(1.0, LONGEST_PX / max(frame_px))
    height, width = (max(1, round(side * share)) for side in frame_px)
    block = max(1, math.ceil(1 / (share * _frame_px_per_view_px(view))))
    small = _highest(anomaly, view, block)
    values = np.floor(np.clip(small, 0.0, 255 / MAP_LIMIT) * MAP_LIMIT).astype(np.uint8)
    to_view = np.array([[block, 0, (block - 1) / 2], [0, block, (block - 1) / 2], [0, 0, 1.0]])
    to_map = np.array([[share, 0, share / 2 - 0.5], [0, share, share / 2 - 0.5], [0, 0, 1.0]])
    if view.bend is not None:
        return _by_points(values, view, to_map, to_view, (width, height))
    placed = cv2.warpPerspective(values, to_map @ view.to_frame @ to_view, (width, height), flags=cv2.INTER_NEAREST)
    return np.asarray(placed, np.uint8)


def _by_points(values: Pixels, view: View, to_map: Matrix, to_view: Matrix, size: tuple[int, int]) -> Pixels:
    """The same through a lens: where each pixel of the map lies in the view, found on a grid and filled in between.

    The scale is not the same everywhere, so that a block could fall between two pixels of the map: each is widened by
    one.
    """
    values = np.asarray(cv2.dilate(values, np.ones((3, 3), np.uint8)), np.uint8)
    width, height = size
    xs, ys = (np.linspace(0, side - 1, max(2, side // _GRID)) for side in size)
    x, y = np.meshgrid(xs, ys)
    in_frame = project(np.asarray(np.linalg.inv(to_map), np.float64), np.column_stack([x.ravel(), y.ravel()]))
    at = project(np.asarray(np.linalg.inv(to_view), np.float64), view.of_frame(in_frame)).reshape(*x.shape, 2)
    gx, gy = (np.linspace(0, len(one) - 1, side, dtype=np.float32) for one, side in ((xs, width), (ys, height)))
    fine = cv2.remap(at.astype(np.float32), *np.meshgrid(gx, gy), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.remap(values, fine, None, cv2.INTER_NEAREST), np.uint8)  # type: ignore[call-overload]


def _frame_px_per_view_px(view: View) -> float:
    """The scale of the view in its middle, pixels of the frame per pixel of the view."""
    h, w = view.size
    middle = np.array([[w / 2, w / 2 + 1, w / 2], [h / 2, h / 2, h / 2 + 1], [1.0, 1.0, 1.0]])
    placed = view.to_frame @ middle
    placed = placed[:2] / placed[2]
    return float(np.sqrt(abs(np.linalg.det(np.stack([placed[:, 1] - placed[:, 0], placed[:, 2] - placed[:, 0]])))))


def _highest(anomaly: NDArray[np.float32], view: View, block: int) -> NDArray[np.float32]:
    """The highest judged score of each block of pixels, a strip at a time so that 20 MP need no second map."""
    h, w = anomaly.shape
    rows, columns = -(-h // block), -(-w // block)
    found = np.zeros((rows, columns * block), np.float32)
    for first in range(0, rows, _STRIP):
        strip = anomaly[first * block : (first + _STRIP) * block]
        if view.shell is not None:
            strip = np.where(view.shell[first * block : (first + _STRIP) * block], strip, np.float32(0.0))
        whole = len(strip) // block
        if whole:
            found[first : first + whole, :w] = strip[: whole * block].reshape(whole, block, w).max(axis=1)
        if len(strip) > whole * block:
            found[first + whole, :w] = strip[whole * block :].max(axis=0)
    highest: NDArray[np.float32] = found.reshape(rows, columns, block).max(axis=2)
    return highest
