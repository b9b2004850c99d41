"""Where in a frame a symbol may be: coarse to fine by how much changes in both directions."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

CELL_PX = 16
"""A cell of the coarse map: a few modules at 5 px a mm, a fraction of one finder pattern at 20 px a mm."""
WINDOWS_PX = (96, 192, 416)
"""Sides of what is looked for: the outside label's symbol (15 mm without its quiet zone) at 5, 10 and 20 px a mm, and
more."""
MOST_PLACES = 4
LEAST_CHANGE = 3.0
"""Mean step between neighbours, in grey values, below which a place is bare: a symbol of 12 % contrast has more."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a frame in pixels: left, top, width, height."""

    left: int
    top: int
    width: int
    height: int

    def clipped(self, shape: tuple[int, ...]) -> Place:
        """The part of it that lies in a frame of (height, width)."""
        left, top = max(0, self.left), max(0, self.top)
        right, bottom = min(shape[1], self.left + self.width), min(shape[0], self.top + self.height)
        return Place(left, top, max(0, right - left), max(0, bottom - top))

    def of(self, grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Its pixels."""
        return grey[self.top : self.top + self.height, self.left : self.left + self.width]

    def within(self, inner: Place) -> Place:
        """A place given by its position in this one, as a place of the frame."""
        return Place(self.left + inner.left, self.top + inner.top, inner.width, inner.height)

    def grown(self, share: float) -> Place:
        """The place with `share` of its size more on every side."""
        dx, dy = int(self.width * share), int(self.height * share)
        return Place(self.left - dx, self.top - dy, self.width + 2 * dx, self.height + 2 * dy)


def likely_places(grey: NDArray[np.uint8]) -> list[Place]:
    """At most four places of every size where much changes along x and along y, the likeliest first."""
    change = _change(grey)
    found: list[Place] = []
    for side in WINDOWS_PX:
        found += _peaks(change, side)
    return found


def _change(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Per cell the mean step between neighbours along x or y, whichever is less: ribs and edges change along one."""
    half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    size = (max(1, grey.shape[1] // CELL_PX), max(1, grey.shape[0] // CELL_PX))
    steps = []
    for dx, dy in ((1, 0), (0, 1)):
        step = cv2.convertScaleAbs(cv2.Sobel(half, cv2.CV_16S, dx, dy, ksize=3), alpha=0.25)
        steps.append(cv2.resize(step, size, interpolation=cv2.INTER_AREA).astype(np.float32))
    return np.minimum(*steps)


def _peaks(change: NDArray[np.float32], side_px: int) -> list[Place]:
    cells = side_px // CELL_PX
    level = cv2.blur(change, (cells, cells), borderType=cv2.BORDER_CONSTANT)
    found: list[Place] = []
    for _ in range(MOST_PLACES):
        y, x = np.unravel_index(int(level.argmax()), level.shape)
        if level[y, x] < LEAST_CHANGE:
            break
        corner = (int(x) - cells // 2) * CELL_PX, (int(y) - cells // 2) * CELL_PX
        found.append(Place(*corner, side_px, side_px))
        level[max(0, y - cells) : y + cells + 1, max(0, x - cells) : x + cells + 1] = 0
    return found
