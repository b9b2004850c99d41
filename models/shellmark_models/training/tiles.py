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
