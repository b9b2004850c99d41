"""Cutting an image into overlapping square tiles, as teaching sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def starts(length_px: int, tile_px: int, overlap_px: int) -> list[int]:
    """First pixels of the tiles along one side, evenly spread, the last one flush with the end."""
    if length_px <= tile_px:
        return [0]
    count = -(-(length_px - overlap_px) // (tile_px - overlap_px))
    return [round(float(x)) for x in np.linspace(0, length_px - tile_px, count)]


def cut(image: NDArray[np.uint8], tile_px: int, overlap_px: int) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
    """Yields (top, left, tile) with tile (tile_px, tile_px, 3); a side that is too short is mirrored at its end."""
    height, width = image.shape[:2]
    for top in starts(height, tile_px, overlap_px):
        for left in starts(width, tile_px, overlap_px):
            yield top, left, mirrored(image[top : top + tile_px, left : left + tile_px], tile_px)


def mirrored(tile: NDArray[np.uint8], tile_px: int) -> NDArray[np.uint8]:
    """The tile itself, or continued to the right and below by its mirror image up to (tile_px, tile_px)."""
    height, width = tile.shape[:2]
    if (height, width) == (tile_px, tile_px):
        return tile
    padded = cv2.copyMakeBorder(tile, 0, tile_px - height, 0, tile_px - width, cv2.BORDER_REFLECT)
    return np.asarray(padded, dtype=np.uint8)


class Blend:
    """The map of one image (h, w), from maps of its tiles blended linearly where they overlap.

    A tile weighs by the distance to its own rim, where the network sees less of the surroundings; the image's rim
    is none.
    """

    def __init__(self, size: tuple[int, int], tile_px: int, overlap_px: int) -> None:
        self._rows, self._columns = (_weights(side, tile_px, overlap_px) for side in size)
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


def _weights(length_px: int, tile_px: int, overlap_px: int) -> dict[int, NDArray[np.float32]]:
    """Weights along one side for each start; over all starts they add up to 1 at every pixel."""
    firsts = starts(length_px, tile_px, overlap_px)
    total = np.zeros(max(length_px, tile_px))
    weights = {}
    for first in firsts:
        before = np.arange(tile_px) + 0.5 if first > firsts[0] else np.full(tile_px, np.inf)
        after = tile_px - np.arange(tile_px) - 0.5 if first < firsts[-1] else np.full(tile_px, np.inf)
        weights[first] = np.minimum(np.minimum(before, after), tile_px)
        total[first : first + tile_px] += weights[first]
    return {first: (w / total[first : first + tile_px]).astype(np.float32) for first, w in weights.items()}
