"""What the network sees of a whole view at a quarter of its resolution: texture and surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from shellmark_models.card import NETWORK_PLANES
from shellmark_models.families.classical.reference import CELL_PX, padded, padded_mask
from shellmark_models.features import FEATURE_COUNT, FEATURES, TILES
from shellmark_models.session import finite
from shellmark_models.tiling import Tiling, best_tile, weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shellmark_models.families.registered.reference import Reference
    from shellmark_models.session import Session

    Floats = NDArray[np.float32]

STRIDE = 8
SHRINK = 4
PLACE_PX = SHRINK * STRIDE
"""Pixels of the view per place of the features."""
OVERLAP_PX = 64
WHOLE_PX = 300_000
"""Shrunk views up to this many pixels are seen in one piece."""


def places_of(size: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of places in a view of (h, w) pixels."""
    return -(-size[0] // PLACE_PX), -(-size[1] // PLACE_PX)


def features_of(session: Session, image: NDArray[np.uint8], mask: NDArray[np.bool_] | None = None) -> Floats:
    """Features (gh, gw, c) of a view (h, w, 3 or more) at `places_of` it; 0 in tiles wholly outside the mask."""
    rows, columns = places_of((image.shape[0], image.shape[1]))
    view = _whole(image[..., :NETWORK_PLANES], rows, columns)
    size = (columns * STRIDE, rows * STRIDE)
    small = np.asarray(cv2.resize(view, size, interpolation=cv2.INTER_AREA), np.uint8)
    if size[0] * size[1] <= WHOLE_PX:
        return np.asarray(_run(session, padded(small)[None])[0, :rows, :columns], np.float32)
    shown = np.ones(image.shape[:2], np.uint8) if mask is None else mask.astype(np.uint8)
    shown = np.pad(shown, [(0, rows * PLACE_PX - shown.shape[0]), (0, columns * PLACE_PX - shown.shape[1])])
    return _blended(session, small, np.ascontiguousarray(shown[::SHRINK, ::SHRINK] > 0))


def _whole(image: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """The image with its border drawn out to whole places."""
    down, right = rows * PLACE_PX - image.shape[0], columns * PLACE_PX - image.shape[1]
    return np.ascontiguousarray(np.pad(image, ((0, down), (0, right), (0, 0)), mode="edge"))


def _blended(session: Session, small: NDArray[np.uint8], shown: NDArray[np.bool_]) -> Floats:
    size = (small.shape[0], small.shape[1])
    tiling = Tiling(best_tile([size], OVERLAP_PX), OVERLAP_PX)
    rows, columns = (weights(side, tiling.tile_px, OVERLAP_PX) for side in size)
    places = (size[0] // STRIDE, size[1] // STRIDE)
    total = np.zeros((*places, FEATURE_COUNT), np.float32)
    share = np.full((*places, 1), 1e-9, np.float32)
    for corners, tiles in tiling.batches(small, shown):
        for grid, (left, top) in zip(_run(session, tiles), corners, strict=True):
            weight = np.outer(rows[top][STRIDE // 2 :: STRIDE], columns[left][STRIDE // 2 :: STRIDE])[..., None]
            part = np.s_[top // STRIDE : top // STRIDE + len(grid), left // STRIDE : left // STRIDE + len(grid)]
            h, w = total[part].shape[:2]
            total[part] += (grid * weight)[:h, :w]
            share[part] += weight[:h, :w]
    total /= share
    return total


def _run(session: Session, tiles: NDArray[np.uint8]) -> Floats:
    (grids,) = session.run([FEATURES], {TILES: tiles})
    return np.asarray(finite(grids, session.source).transpose(0, 2, 3, 1), np.float32)


def cells_of(reference: Reference, features: Floats, mask: NDArray[np.bool_]) -> Floats:
    """How far features (gh, gw, c) are from a reference, in the view's cells of 8 px; 0 off the mask (h, w)."""
    distance = reference.distance(features)
    cells = PLACE_PX // CELL_PX
    size = (cells * distance.shape[1], cells * distance.shape[0])
    far = np.asarray(cv2.resize(distance, size, interpolation=cv2.INTER_LINEAR), np.float32)
    whole = padded_mask(mask, (mask.shape[0], mask.shape[1]))
    rows, columns = (side // CELL_PX for side in whole.shape)
    shown = whole.reshape(rows, CELL_PX, whole.shape[1]).any(axis=1)
    return far[:rows, :columns] * shown.reshape(rows, columns, CELL_PX).any(axis=2)
