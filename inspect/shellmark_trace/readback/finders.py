"""Finder patterns by themselves: the corners by which a covered or torn symbol still shows that it is there."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST_SIDE_PX = 9.0
"""A finder pattern of 7 modules at fewer than 1.3 px a module is told from nothing else."""
ENLARGED, SMALL_PX = 2, 400_000
"""Places of no more pixels are enlarged first: at 2.5 px a module the rings would be lost."""


def finder_patterns(grey: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """The (4, 2) corners of every dark square that holds a light one that holds a dark one, 7 to 5 to 3 modules."""
    scale = ENLARGED if grey.size <= SMALL_PX else 1
    large = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(large, (0, 0), 0.6 * scale)  # the grain of a picture makes thousands of outlines
    _, light = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    outlines, tree = cv2.findContours(255 - light, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    links = np.asarray(tree, np.int32).reshape(-1, 4) if outlines else np.empty((0, 4), np.int32)
    found = []
    for n, outline in enumerate(outlines):
        hole, core = _only_child(links, n), -1
        if hole >= 0:
            core = _only_child(links, hole)
        if core >= 0 and links[core][2] < 0 and _is_finder(outline, outlines[hole], outlines[core], scale):
            found.append(cv2.boxPoints(cv2.minAreaRect(outline)).astype(np.float64) / scale)
    return found


def _only_child(links: NDArray[np.int32], n: int) -> int:
    """The one outline within outline n, -1 for none or several."""
    child = int(links[n][2])
    return child if child >= 0 and links[child][0] < 0 else -1


def _is_finder(outer: Any, hole: Any, core: Any, scale: int) -> bool:
    """Squares one in another whose areas are as 49 to 25 to 9, with room for blur, tilt and dot gain."""
    (_, (width, height), _) = cv2.minAreaRect(outer)
    if min(width, height) < LEAST_SIDE_PX * scale or max(width, height) > 2 * min(width, height):
        return False
    areas = [cv2.contourArea(outline) for outline in (outer, hole, core)]
    if min(areas) <= 0 or areas[0] < 0.8 * width * height:
        return False
    middles = np.array([cv2.minAreaRect(outline)[0] for outline in (outer, hole, core)])
    near = float(np.abs(middles - middles[0]).max()) < 0.1 * max(width, height)
    return near and 0.35 < areas[1] / areas[0] < 0.7 and 0.1 < areas[2] / areas[0] < 0.35
