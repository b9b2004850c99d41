"""Cutting an image into overlapping square tiles, and joining the maps of them without seams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray


Corner = tuple[int, int]
"""The (x, y) of a tile's top-left pixel in the image."""
MOST_TILES = 4
"""Tiles run at once: enough to keep two cores busy, little enough to keep memory flat."""
SIDES_PX = tuple(range(256, 545, 32))
"""Sides a tile may have: multiples of what the backbone halves, small enough to be run a few at a time."""
GRID_PX = 8
"""The stride of the features: tiles begin on it, so that a place is always seen with the same phase."""


def starts(length_px: int, tile_px: int, overlap_px: int) -> list[int]:
    """First pixels of the tiles along one side, evenly spread, on the grid; the last ends up to 7 px past the end."""
    if length_px <= tile_px:
        return [0]
    step = tile_px - overlap_px
    count = -(-(length_px - overlap_px) // step)
    grid = GRID_PX if step % GRID_PX == 0 else 1
    room = -(-(length_px - tile_px) // grid) * grid
    return [i * room // (count - 1) // grid * grid for i in range(count)]


def best_tile(sizes: Sequence[tuple[int, int]], overlap_px: int) -> int:
    """The tile, of those worth taking, that covers images of these (h, w) with the fewest pixels; the larger of two."""

    def pixels(tile_px: int) -> int:
        return sum(len(starts(h, tile_px, overlap_px)) * len(starts(w, tile_px, overlap_px)) for h, w in sizes) * (
            tile_px * tile_px
        )

    return min(sorted(SIDES_PX, reverse=True), key=pixels)


def weights(length_px: int, tile_px: int, overlap_px: int) -> dict[int, NDArray[np.float32]]:
    """Weights along one side for each start; over all starts they add up to 1 at every pixel.

    The outer quarter of an overlap counts for nothing: there a network sees the tile's rim, not the surroundings.
    """
    firsts = starts(length_px, tile_px, overlap_px)
    total = np.zeros(firsts[-1] + tile_px)
    raw = {}
    for first in firsts:
        before = np.arange(tile_px) + 0.5 if first > firsts[0] else np.full(tile_px, np.inf)
        after = tile_px - np.arange(tile_px) - 0.5 if first < firsts[-1] else np.full(tile_px, np.inf)
        raw[first] = np.clip(np.minimum(before, after) - overlap_px / 4, 1e-6, tile_px)
        total[first : first + tile_px] += raw[first]
    return {first: (w / total[first : first + tile_px]).astype(np.float32) for first, w in raw.items()}


@dataclass(frozen=True, slots=True)
class Tiling:
    """Square tiles of `tile_px`, neighbours sharing at least `overlap_px`.

    The first tile of a row begins at the image's border, the last ends there or, to begin on the features' grid, up to
    7 px beyond it; what an image lacks is its mirror image.

    Raises:
        ValueError: no tile, or an overlap of half a tile or more.
    """

    tile_px: int
    overlap_px: int

    def __post_init__(self) -> None:
        if self.tile_px < 1 or not 0 <= self.overlap_px <= self.tile_px // 2:
            raise ValueError(f"tiles of {self.tile_px} px cannot overlap by {self.overlap_px} px: at most half a tile")

    def boxes(self, size: tuple[int, int], mask: NDArray[np.bool_] | None = None) -> list[Corner]:
        """The corners of the tiles of an (h, w) image, row by row, without those wholly outside the mask."""
        t = self.tile_px
        rows, columns = (starts(side, t, self.overlap_px) for side in size)
        corners = [(x, y) for y in rows for x in columns]
        return [(x, y) for x, y in corners if mask is None or mask[y : y + t, x : x + t].any()]

    def cut(self, image: NDArray[np.uint8], boxes: Sequence[Corner]) -> NDArray[np.uint8]:
        """The tiles (n, t, t, c) of an image (h, w, c) at these corners."""
        return self._cut(self._grown(image), boxes)

    def batches(
        self, image: NDArray[np.uint8], mask: NDArray[np.bool_] | None = None, most: int = MOST_TILES
    ) -> Iterator[tuple[list[Corner], NDArray[np.uint8]]]:
        """Corners and tiles (n, t, t, c) that touch the mask (None: all), at most `most` at a time."""
        boxes = self.boxes((image.shape[0], image.shape[1]), mask)
        grown = self._grown(image)
        for first in range(0, len(boxes), most):
            corners = boxes[first : first + most]
            yield corners, self._cut(grown, corners)

    def map(
        self,
        image: NDArray[np.uint8],
        mask: NDArray[np.bool_] | None,
        look: Callable[[NDArray[np.uint8], Sequence[Corner]], Sequence[NDArray[np.float32]]],
    ) -> NDArray[np.float32]:
        """One map (h, w) of an image, joined of what `look` answers for tiles and their corners: a (t, t) map each."""
        canvas = Canvas(self, (image.shape[0], image.shape[1]))
        for corners, tiles in self.batches(image, mask):
            canvas.add(look(tiles, corners), corners)
        return canvas.map

    def _grown(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        down, right = (
            max(0, starts(side, self.tile_px, self.overlap_px)[-1] + self.tile_px - side) for side in image.shape[:2]
        )
        if not down and not right:
            return image
        return np.pad(image, ((0, down), (0, right), (0, 0)), mode="symmetric")

    def _cut(self, image: NDArray[np.uint8], boxes: Sequence[Corner]) -> NDArray[np.uint8]:
        t = self.tile_px
        tiles = np.empty((len(boxes), t, t, image.shape[2]), np.uint8)
        for tile, (x, y) in zip(tiles, boxes, strict=True):
            tile[:] = image[y : y + t, x : x + t]
        return tiles


class Canvas:
    """Where the maps of tiles are blended as they come; `map` (h, w) float32 is what came so far.

    A tile weighs by the distance to its own rim, where a network sees less of the surroundings; the weights of all
    tiles add up to 1. A tile that was skipped lies outside the mask, and so does all it shares with others.
    """

    def __init__(self, tiling: Tiling, size: tuple[int, int]) -> None:
        self.map = np.zeros(size, np.float32)
        self._rows, self._columns = (weights(side, tiling.tile_px, tiling.overlap_px) for side in size)

    def add(self, maps: Sequence[NDArray[np.float32]], boxes: Sequence[Corner]) -> None:
        """Blends the maps (t, t) of tiles at these corners.

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
