"""How large a drawn shape is on the shell."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from skimage.morphology import skeletonize

from shellmark_inspect.types import Mask

MOST_PX = 2_000_000
MOST_SAMPLED = 64
"""Pixels of a mask whose size on the shell is looked at."""
COMPACT = 0.5
"""From this share of the disc over its longest diameter on, a shape has no skeleton worth following."""
_RIGHT, _DOWN = np.eye(2)
NEIGHBOURS = ((0, 1), (1, -1), (1, 0), (1, 1))


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes on the shell in mm and mm²; `px_mm` is the side of a pixel there."""

    length_mm: float
    width_mm: float
    diameter_mm: float
    area_mm2: float
    centre_mm: tuple[float, float]
    px_mm: float


ToMm = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Takes pixels (n, 2) of a mask to millimetres on the shell (n, 3)."""


def shape_of(mask: Mask, linked: Mask, to_mm: ToMm) -> Shape:
    """The sizes of a mask (h, w); `linked` is the same one with its parts joined, `to_mm` takes its pixels to mm.

    Lengths run along the shell's surface, and a pixel is as large as it is there: on a slope larger. The length of a
    compact shape is its longest diameter; of any other the longest of the shortest ways along its skeleton, plus what
    lies beyond both ends. The width is area / length, the diameter that of a disc of the same area.
    """
    mask, linked, to_mm = _bounded(mask, linked, to_mm)
    ys, xs = np.nonzero(mask)
    centre = np.array([xs.mean(), ys.mean()])
    some = np.linspace(0, len(xs) - 1, min(len(xs), MOST_SAMPLED)).astype(int)
    px_mm = _px_mm(to_mm, np.vstack([centre, np.column_stack([xs[some], ys[some]])]))
    area = float(len(xs)) * px_mm**2
    longest = _longest_diameter(linked, to_mm) + px_mm
    compact = area >= COMPACT * math.pi / 4 * longest**2
    length = longest if compact else max(longest, _way_along(linked, to_mm, px_mm))
    middle = to_mm(centre[None])[0]
    return Shape(
        length, area / length, math.sqrt(4 * area / math.pi), area, (float(middle[0]), float(middle[1])), px_mm
    )


def _bounded(mask: Mask, linked: Mask, to_mm: ToMm) -> tuple[Mask, Mask, ToMm]:
    """The same with fewer pixels when there are very many: nobody asks whether 300 mm are a tenth more."""
    step = math.ceil(math.sqrt(mask.size / MOST_PX))
    if step == 1 or not mask[::step, ::step].any():
        return mask, linked, to_mm
    # a thin link must not fall between the pixels that are kept
    wide = cast(Mask, cv2.dilate(linked.view(np.uint8), np.ones((step, step), np.uint8)).view(np.bool_))
    return mask[::step, ::step].copy(), wide[::step, ::step].copy(), lambda points: to_mm(points * step)


def _px_mm(to_mm: ToMm, at: NDArray[np.float64]) -> float:
    """The side of a square as large as the mean pixel at points (n, 2), in mm."""
    here, right, down = np.split(to_mm(np.concatenate([at, at + _RIGHT, at + _DOWN])), 3)
    areas = np.linalg.norm(np.cross(right - here, down - here), axis=1)
    return math.sqrt(float(areas.mean()))


def _longest_diameter(mask: Mask, to_mm: ToMm) -> float:
    """The largest distance between two pixel centres, in mm."""
    contours, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.convexHull(np.concatenate(contours))[:, 0].astype(np.float64)
    there = to_mm(hull)
    return float(np.sqrt(((there[:, None] - there[None]) ** 2).sum(-1)).max())


def _way_along(mask: Mask, to_mm: ToMm, px_mm: float) -> float:
    """The longest of the shortest ways along the skeleton, and the half widths beyond its ends, in mm.

    It is found by going twice to the farthest point, which is exact on a tree (a skeleton without holes). The steps
    from pixel to pixel would make an oblique line up to 8 % too long, so a way is straightened within a pixel first.
    """
    padded = np.pad(mask, 1)
    inside = cv2.distanceTransform(padded.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    ys, xs = np.nonzero(skeletonize(padded))  # type: ignore[no-untyped-call]
    if len(ys) < 2:
        return 2 * float(inside.max()) * px_mm
    way = _longest_way(padded.shape, ys, xs)
    straight = cv2.approxPolyDP(np.stack([xs[way], ys[way]], 1).astype(np.int32), 1.0, closed=False)[:, 0]
    along = to_mm(straight.astype(np.float64) - 1)
    ends = inside[ys[way[0]], xs[way[0]]] + inside[ys[way[-1]], xs[way[-1]]]
    # the distance to the nearest pixel outside is half a pixel more than to the edge
    beyond = max(float(ends) - 1, 1.0) * px_mm
    return float(np.linalg.norm(np.diff(along, axis=0), axis=1).sum()) + beyond


def _longest_way(shape: tuple[int, ...], ys: NDArray[np.int64], xs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The indices of the skeleton's pixels along its longest shortest way."""
    numbers = np.full(shape, -1, np.int64)
    numbers[ys, xs] = np.arange(len(ys))
    starts, ends, steps = [], [], []
    for down, right in NEIGHBOURS:
        other = numbers[ys + down, xs + right]
        linked = np.flatnonzero(other >= 0)
        starts.append(linked)
        ends.append(other[linked])
        steps.append(np.full(len(linked), math.hypot(down, right)))
    edges = (np.concatenate(steps), (np.concatenate(starts), np.concatenate(ends)))
    graph = coo_array(edges, shape=(len(ys), len(ys))).tocsr()
    first = _farthest(dijkstra(graph, directed=False, indices=0))
    distances, before = dijkstra(graph, directed=False, indices=first, return_predecessors=True)
    way = [_farthest(distances)]
    while way[-1] != first:
        way.append(int(before[way[-1]]))
    return np.array(way)


def _farthest(distances: NDArray[np.float64]) -> int:
    return int(np.where(np.isfinite(distances), distances, -1).argmax())
