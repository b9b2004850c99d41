"""Cutting an image into overlapping square tiles, as teaching sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


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


def cut(image: NDArray[np.uint8], tile_px: int, overlap_px: int) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
    """Yields (top, left, tile) with tile (tile_px, tile_px, 3); what the image lacks is its mirror image."""
    height, width = image.shape[:2]
    tops, lefts = (starts(side, tile_px, overlap_px) for side in (height, width))
    below, right = max(0, tops[-1] + tile_px - height), max(0, lefts[-1] + tile_px - width)
    grown = np.pad(image, ((0, below), (0, right), (0, 0)), mode="symmetric") if below or right else image
    for top in tops:
        for left in lefts:
            yield top, left, grown[top : top + tile_px, left : left + tile_px]


class Blend:
    """The map of one image (h, w), from maps of its tiles blended linearly where they overlap.

    A tile weighs by the distance to its own rim, where the network sees less of the surroundings; the image's rim
    is none.
    """

    def __init__(self, size: tuple[int, int], tile_px: int, overlap_px: int) -> None:
        self._rows, self._columns = (weights(side, tile_px, overlap_px) for side in size)
        self._map = np.zeros(size, np.float32)

    def add(self, top: int, left: int, part: NDArray[np.float32]) -> None:
        """Adds the map (tile_px, tile_px) of the tile at that corner."""
        height, width = self._map[top : top + len(part), left : left + len(part)].shape
        weight = np.outer(self._rows[top][:height], self._columns[left][:width])
        self._map[top : top + height, left : left + width] += part[:height, :width] * weight

    @property
    def map(self) -> NDArray[np.float32]:
        """What was added so far (h, w)."""
        return self._map


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
