"""Where a card's patches may be: smooth four-cornered areas of like size, in a grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

LEAST_SIDE_PX, MOST_SHARE = 7.0, 0.045
"""A patch has at least so many pixels a side in the picture searched, and at most this share of all its pixels."""
EDGES = ((10, 25), (25, 60))
"""Canny's two levels on L, a and b of 8 bits: faint edges first (dark patches), then strong ones (noisy pictures)."""
PITCH = (1.0, 2.6)
"""How far the next patch is, in sides: 1.02 on a 24ColorCard, 1.95 on a Nano, with slack for slanted views."""
LIKE = 1.45
"""How unlike in size two neighbours may be."""
SNAP = 0.22
"""How far off its expected place a neighbour may be, as a share of the distance."""
MOST_AREAS = 3000
"""More contours than these are of a texture; the largest are looked at."""
MOST_RIMS = 3.5
"""How many times smaller an area may be that is taken for a mark in the middle of another."""
MOST_SEEDS, NEIGHBOURS, LOOKED_AT = 60, 6, 32


@dataclass(frozen=True, slots=True)
class Grid:
    """Areas that lie in a grid: `to_px` (3x3) takes (column, row) to pixels; `nodes` (n, 2) are the ones seen.

    `side` is the patches' side as a share of the way to the next one.
    """

    to_px: Floats
    nodes: NDArray[np.int64]
    side: float


def areas(picture: Pixels) -> Floats:
    """Smooth, square-like areas of a BGR picture (h, w, 3): x, y and side of each (n, 3), in pixels."""
    soft = cv2.GaussianBlur(picture, (3, 3), 0)
    channels = cv2.split(cv2.cvtColor(soft, cv2.COLOR_BGR2LAB))
    found: list[tuple[float, float, float]] = []
    for low, high in EDGES:
        edges = np.zeros(picture.shape[:2], np.uint8)
        for channel in channels:
            cv2.bitwise_or(edges, cv2.Canny(channel, low, high), dst=edges)
        found += _squares(cv2.dilate(edges, np.ones((3, 3), np.uint8)))
    return _distinct(np.array(found, np.float64).reshape(-1, 3))


def _squares(edges: NDArray[Any]) -> Iterator[tuple[float, float, float]]:
    """The parts between the edges that are like a square, however turned; the edge's own width is given back."""
    contours, _ = cv2.findContours(cv2.bitwise_not(edges), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    most = MOST_SHARE * edges.size
    # a contour has as many points as pixels around it: the grain of a surface is passed over at once
    long_enough = [contour for contour in contours if len(contour) >= 4 * (LEAST_SIDE_PX - 3)]
    for contour in sorted(long_enough, key=len, reverse=True)[:MOST_AREAS]:
        hull = cv2.convexHull(contour)
        (x, y), (w, h), _ = cv2.minAreaRect(hull)
        low, high = sorted((w + 3, h + 3))
        if low < LEAST_SIDE_PX or w * h > most or high > 1.6 * low:
            continue
        if cv2.contourArea(hull) > 0.78 * w * h and cv2.contourArea(contour) > 0.6 * w * h:
            yield x, y, float(np.sqrt(low * high))


def _distinct(found: Floats) -> Floats:
    """Each area once: a mark, a letter or a rim in the middle of another one is none of its own."""
    if not len(found):
        return found
    order = found[np.argsort(-found[:, 2])]
    tree = cKDTree(order[:, :2])
    kept = np.ones(len(order), np.bool_)
    for i, (x, y, side) in enumerate(order):
        if kept[i]:
            near = [j for j in tree.query_ball_point((x, y), side / 3) if j > i and order[j, 2] > side / MOST_RIMS]
            kept[near] = False
    return order[kept]


def grids(found: Floats, least: int = 8) -> Iterator[Grid]:
    """Grids among areas (x, y, side), largest first from each seed; an area is of one grid only."""
    if len(found) < least:
        return
    tree = cKDTree(found[:, :2])
    free = np.ones(len(found), np.bool_)
    for seed in _seeds(found, tree):
        if not free[seed]:
            continue
        best: dict[tuple[int, int], int] = {}
        for right, down in _bases(seed, found, tree, free):
            grown = _grown(seed, right, down, found, tree, free)
            if len(grown) > len(best):
                best = grown
            if len(best) >= 20:
                break
        grid = _fitted(best, found) if len(best) >= least else None
        if grid is not None:
            free[list(best.values())] = False
            yield grid


def _seeds(found: Floats, tree: cKDTree) -> list[int]:
    """Areas with the most neighbours of like size first: they are in the middle of a grid."""
    counts = [
        sum(1 for j in tree.query_ball_point(xy, 2.2 * side) if 1 / LIKE < found[j, 2] / side < LIKE)
        for xy, side in zip(found[:, :2], found[:, 2], strict=True)
    ]
    return [int(i) for i in np.argsort(-np.array(counts))[:MOST_SEEDS]]


def _bases(seed: int, found: Floats, tree: cKDTree, free: NDArray[np.bool_]) -> Iterator[tuple[Floats, Floats]]:
    """Pairs of steps to two neighbours that could be the grid's own, the shortest first."""
    side = found[seed, 2]
    _, near = tree.query(found[seed, :2], k=min(LOOKED_AT, len(found)))
    steps = [
        found[j, :2] - found[seed, :2]
        for j in np.atleast_1d(near)
        if j != seed
        and free[j]
        and 1 / LIKE < found[j, 2] / side < LIKE
        and PITCH[0] * side * 0.9 < np.linalg.norm(found[j, :2] - found[seed, :2]) < PITCH[1] * side
    ][:NEIGHBOURS]
    for i, one in enumerate(steps):
        for other in steps[i + 1 :]:
            a, b = np.linalg.norm(one), np.linalg.norm(other)
            cosine = abs(float(one @ other)) / (a * b)
            if cosine < 0.45 and 0.6 < a / b < 1.7:
                turned = one[0] * other[1] - one[1] * other[0] > 0
                yield (one, other) if turned else (other, one)


def _grown(
    seed: int, right: Floats, down: Floats, found: Floats, tree: cKDTree, free: NDArray[np.bool_]
) -> dict[tuple[int, int], int]:
    """Areas by their (column, row), from the seed outwards; each step is mended by where the next area truly is."""
    nodes = {(0, 0): seed}
    taken = {seed}
    queue = [((0, 0), right, down)]
    while queue:
        (u, v), du, dv = queue.pop(0)
        here = found[nodes[u, v]]
        for (su, sv), step in (((1, 0), du), ((-1, 0), -du), ((0, 1), dv), ((0, -1), -dv)):
            key = (u + su, v + sv)
            if key in nodes or max(abs(key[0]), abs(key[1])) > 12:
                continue
            off, j = tree.query(here[:2] + step, distance_upper_bound=SNAP * float(np.linalg.norm(step)))
            if not np.isfinite(off) or j in taken or not free[j] or not 1 / LIKE < found[j, 2] / here[2] < LIKE:
                continue
            nodes[key] = int(j)
            taken.add(int(j))
            truly = 0.5 * step + 0.5 * (found[j, :2] - here[:2])
            queue.append((key, truly * su if su else du, truly * sv if sv else dv))
    return nodes


def _fitted(nodes: dict[tuple[int, int], int], found: Floats) -> Grid | None:
    """The homography through the areas; None when they do not lie in a plane grid."""
    where = np.array(list(nodes), np.float64)
    members = np.array(list(nodes.values()))
    there = found[members, :2]
    if np.ptp(where[:, 0]) < 1 or np.ptp(where[:, 1]) < 1:
        return None
    pitch = _pitch(where, there)
    to_px, inside = cv2.findHomography(where, there, cv2.RANSAC, 0.15 * pitch)
    if to_px is None or inside.sum() < 6:
        return None
    kept = inside.ravel().astype(bool)
    side = float(np.median(found[members[kept], 2])) / pitch
    return Grid(cast(Floats, to_px), where[kept].astype(np.int64), side)


def _pitch(where: Floats, there: Floats) -> float:
    """The mean way from one node to the next, in pixels."""
    terms = np.column_stack([where, np.ones(len(where))])
    affine = np.linalg.lstsq(terms, there, rcond=None)[0][:2]
    return float(np.sqrt(abs(np.linalg.det(affine))))
