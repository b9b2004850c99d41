"""Cutting a view into overlapping tiles, and joining the model's maps of them without seams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.types import Mask, Pixels
from shellmark_models import tile_starts, tile_weights

Corner = tuple[int, int]
"""The (x, y) of a tile's top-left pixel in the view."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Some tiles of a view: `pixels` (n, t, t, 3) uint8, and where each one's top-left pixel lies."""

    pixels: Pixels
    boxes: tuple[Corner, ...]


@dataclass(frozen=True, slots=True)
class Tiling:
    """Square tiles of `tile_px`, neighbours sharing at least `overlap_px`.

    The first tile of a row begins at the view's border, the last ends there or, to begin on the model's grid, up to 7
    px beyond it; what a view lacks is its mirror image.

    Raises:
        ValueError: no tile, or an overlap of half a tile or more.
    """

    tile_px: int
    overlap_px: int

    def __post_init__(self) -> None:
        if self.tile_px < 1 or not 0 <= self.overlap_px <= self.tile_px // 2:
            raise ValueError(f"tiles of {self.tile_px} px cannot overlap by {self.overlap_px} px: at most half a tile")

    def boxes(self, size: tuple[int, int], shell: Mask | None = None) -> tuple[Corner, ...]:
        """The corners of the tiles of an (h, w) view, row by row, without those wholly outside the shell."""
        t = self.tile_px
        corners = [(x, y) for y in self.starts(size[0]) for x in self.starts(size[1])]
        return tuple((x, y) for x, y in corners if shell is None or shell[y : y + t, x : x + t].any())

    def cut(self, image: Pixels, shell: Mask | None = None) -> Tiles:
        """All tiles of an image (h, w, 3) that touch the shell (None: all of it)."""
        boxes = self.boxes(image.shape[:2], shell)
        return self._cut(self._grown(image), boxes)

    def batches(self, image: Pixels, shell: Mask | None = None, most: int = 8) -> Iterator[Tiles]:
        """The same tiles, at most `most` at a time, so that memory does not grow with the view."""
        boxes = self.boxes(image.shape[:2], shell)
        grown = self._grown(image)
        for first in range(0, len(boxes), most):
            yield self._cut(grown, boxes[first : first + most])

    def merge(self, maps: NDArray[np.float32], boxes: Sequence[Corner], size: tuple[int, int]) -> NDArray[np.float32]:
        """One map (h, w) of the tiles' maps (n, t, t), blended linearly where they overlap; 0 where no tile was."""
        canvas = Canvas(self, size)
        canvas.add(maps, boxes)
        return canvas.map

    def starts(self, length: int) -> list[int]:
        """Where the tiles begin along a side of that many pixels, evenly spread, on the model's grid."""
        return tile_starts(length, self.tile_px, self.overlap_px)

    def _grown(self, image: Pixels) -> Pixels:
        down, right = (max(0, self.starts(side)[-1] + self.tile_px - side) for side in image.shape[:2])
        if not down and not right:
            return image
        return np.pad(image, ((0, down), (0, right), (0, 0)), mode="symmetric")

    def _cut(self, image: Pixels, boxes: Sequence[Corner]) -> Tiles:
        t = self.tile_px
        pixels = np.empty((len(boxes), t, t, image.shape[2]), np.uint8)
        for tile, (x, y) in zip(pixels, boxes, strict=True):
            tile[:] = image[y : y + t, x : x + t]
        return Tiles(pixels, tuple(boxes))


class Canvas:
    """Where the maps of tiles are blended as they come; `map` (h, w) float32 is what came so far.

    The weights of all tiles add up to 1. A tile that was skipped lies outside the shell, and so does all it shares
    with others.
    """

    def __init__(self, tiling: Tiling, size: tuple[int, int]) -> None:
        self.map = np.zeros(size, np.float32)
        self._rows, self._columns = (tile_weights(side, tiling.tile_px, tiling.overlap_px) for side in size)

    def add(self, maps: NDArray[np.float32], boxes: Sequence[Corner]) -> None:
        """Blend the maps (n, t, t) of tiles at these corners.

        Raises:
            KeyError: a corner is none of this tiling's.
        """
        for tile, (x, y) in zip(maps, boxes, strict=True):
            weight = np.outer(self._rows[y], self._columns[x])
            part = self.map[y : y + tile.shape[0], x : x + tile.shape[1]]
            h, w = part.shape
            cv2.accumulateProduct(
                tile[:h, :w].astype(np.float32, copy=False), np.ascontiguousarray(weight[:h, :w]), part
            )
