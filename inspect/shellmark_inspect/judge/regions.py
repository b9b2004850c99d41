"""From an anomaly map to regions: hysteresis, gaps closed, parts that hold a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.types import Mask

SEED = 1.0
"""The model's threshold: a region holds at least one pixel of it."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a view that is unlike the good ones.

    `box_px` is (x, y, width, height) in the view; `mask` (height, width) is True on the region inside the box; `peak`
    the highest anomaly, 1.0 being the threshold, at `peak_px` (x, y) of the view.
    """

    box_px: tuple[int, int, int, int]
    mask: Mask
    peak: float
    peak_px: tuple[int, int]


def find_regions(
    anomaly: NDArray[np.float32],
    shell: Mask | None,
    *,
    grow: float,
    merge_mm: float,
    smallest_mm: float,
    px_per_mm: float,
) -> list[Region]:
    """The regions of an anomaly map (h, w), the highest first.

    A region grows from pixels of at least 1.0 over those of at least `grow`, on the shell only (None: everywhere);
    gaps up to `merge_mm` are closed first; one whose larger side is below `smallest_mm` is dropped.

    Raises:
        ValueError: the map is not finite, or not of the shell's size. A map that says nothing is never a pass.
    """
    if shell is not None and shell.shape != anomaly.shape:
        raise ValueError(f"the anomaly map is {anomaly.shape} px, the shell's mask {shell.shape}")
    if not np.isfinite(anomaly.max(initial=0)) or not np.isfinite(anomaly.min(initial=0)):
        raise ValueError("the anomaly map holds values that are no numbers")
    seeds = anomaly >= SEED
    if shell is not None:
        seeds &= shell
    if not seeds.any():
        return []
    grown = anomaly >= grow
    if shell is not None:
        grown &= shell
    linked = _linked(grown, merge_mm * px_per_mm)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(linked, connectivity=8, ltype=cv2.CV_32S)
    labels, boxes = np.asarray(parts, np.int32), np.asarray(stats, np.int32)
    found = [_region(anomaly, grown, labels, boxes, int(label)) for label in np.unique(labels[seeds])]
    large = [region for region in found if max(region.box_px[2:]) >= smallest_mm * px_per_mm]
    return sorted(large, key=lambda region: (-region.peak, region.box_px))


def _linked(mask: Mask, gap_px: float) -> NDArray[np.uint8]:
    """The mask widened so that gaps up to that width close."""
    reach = round(gap_px / 2)
    plain = mask.view(np.uint8)
    if reach < 1:
        return plain
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cast("NDArray[np.uint8]", cv2.dilate(plain, kernel))


def _region(
    anomaly: NDArray[np.float32], grown: Mask, labels: NDArray[np.int32], boxes: NDArray[np.int32], label: int
) -> Region:
    x, y, w, h = (int(side) for side in boxes[label][:4])
    box = np.s_[y : y + h, x : x + w]
    mask = (labels[box] == label) & grown[box]
    ys, xs = np.nonzero(mask)
    top, left, bottom, right = int(ys.min()), int(xs.min()), int(ys.max()) + 1, int(xs.max()) + 1
    mask = np.ascontiguousarray(mask[top:bottom, left:right])
    here = np.where(mask, anomaly[y + top : y + bottom, x + left : x + right], -np.inf)
    peak_y, peak_x = np.unravel_index(int(here.argmax()), here.shape)
    corner = (x + left, y + top)
    return Region(
        (*corner, right - left, bottom - top),
        mask,
        float(here[peak_y, peak_x]),
        (corner[0] + int(peak_x), corner[1] + int(peak_y)),
    )
