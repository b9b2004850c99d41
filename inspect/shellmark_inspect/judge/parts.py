"""Parts of a mask, and which of them are one defect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import cKDTree

from shellmark_inspect.types import Mask, Pixels

MOST_PARTS = 24


class Link(NamedTuple):
    """The nearest points (x, y) of two parts, and the width of the gap between them: 0 when they touch."""

    distance_px: float
    start: tuple[int, int]
    end: tuple[int, int]

    @property
    def gap_px(self) -> float:
        """The pixels between the two."""
        return max(0.0, self.distance_px - 1)


@dataclass(frozen=True, slots=True)
class Part:
    """One connected part: `mask` (h, w) in the whole picture's pixels, its outline's points (n, 2), its larger side."""

    mask: Mask
    outline: NDArray[np.int32]
    extent_px: float


def parts_of(mask: Mask) -> list[Part]:
    """The connected parts of a mask with their holes filled, the largest first; more than a few dozen are left out."""
    contours, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = sorted(contours, key=len, reverse=True)[:MOST_PARTS]
    return [_part(mask.shape, np.asarray(contour, np.int32)) for contour in largest]


def _part(shape: tuple[int, ...], contour: NDArray[np.int32]) -> Part:
    filled = np.zeros(shape, np.uint8)
    cv2.drawContours(filled, [contour], -1, 1, cv2.FILLED)
    return Part(filled.view(np.bool_), contour[:, 0], float(max(cv2.boundingRect(contour)[2:])))


def links(parts: Sequence[Part]) -> dict[tuple[int, int], Link]:
    """The nearest points of every two parts."""
    trees = [cKDTree(part.outline) for part in parts]
    return {(i, j): _link(trees[i], parts[i], parts[j]) for i, j in combinations(range(len(parts)), 2)}


def _link(tree: cKDTree, one: Part, other: Part) -> Link:
    distances, indices = tree.query(other.outline)
    closest = int(np.argmin(distances))
    return Link(float(distances[closest]), _point(one.outline[indices[closest]]), _point(other.outline[closest]))


def _point(point: NDArray[np.int32]) -> tuple[int, int]:
    return int(point[0]), int(point[1])


def together(parts: Sequence[Part], joints: Mapping[tuple[int, int], Link], merge_px: float) -> list[list[int]]:
    """Which parts are one defect: those no farther apart than `merge_px`, or than the smaller of the two is long.

    The second rule keeps a scratch that fades for a stretch, and both slopes of a dent, in one; two specks stay two.
    """
    group = list(range(len(parts)))
    for (i, j), link in joints.items():
        reach = max(merge_px, min(parts[i].extent_px, parts[j].extent_px))
        if group[i] != group[j] and link.gap_px <= reach:
            old = group[j]
            group = [group[i] if g == old else g for g in group]
    return [[i for i, g in enumerate(group) if g == first] for first in dict.fromkeys(group)]


def bridged(parts: Sequence[Part], joints: Mapping[tuple[int, int], Link], members: Sequence[int]) -> Mask:
    """The members with thin lines between nearest ones, so that they hang together (a least spanning tree)."""
    canvas = cast(Pixels, np.logical_or.reduce([parts[i].mask for i in members]).astype(np.uint8))
    gaps = np.zeros((len(parts), len(parts)))
    for i, j in combinations(sorted(members), 2):
        gaps[i, j] = joints[(i, j)].gap_px + 1
    for i, j in np.argwhere(minimum_spanning_tree(gaps).toarray() > 0):
        link = joints[(int(i), int(j))]
        cv2.line(canvas, link.start, link.end, 1, 1)
    return canvas.view(np.bool_)


def hull(mask: Mask) -> Mask:
    """The convex hull of a mask."""
    contours, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    canvas = np.zeros(mask.shape, np.uint8)
    cv2.fillConvexPoly(canvas, cv2.convexHull(np.concatenate(contours)), 1)
    return canvas.view(np.bool_)
