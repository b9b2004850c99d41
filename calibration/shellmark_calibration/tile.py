"""Readings that tell drift: of a grey tile in view, and of good shells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from .errors import LightError
from .light import Floats, Pixels

REACH = 0.3
"""How far beyond and within its outline a tile's edge is looked for, as a share of its smaller side."""
INSIDE = 0.6
"""The middle part of a tile that is read: the rest may be its edge after a shift."""
LEAST_STEP = 8.0
"""Grey levels of contrast to its surroundings, below which a tile's edge is not told from noise."""
LINES = 64
EDGE = 12
"""Half of the width of an edge, in half pixels: a sharp one's slope is gone there."""
LEAST_TILE_PX = 24
LEAST_REACH_PX = 10.0
SMALL_PX = 512
FINE_PX, COARSE_PX = 1.0, 4.0


@dataclass(frozen=True, slots=True)
class TileReading:
    """One frame's reading of a tile.

    `level` is the median of its middle (0..255), `colour` that of blue, green and red (three times the same of a grey
    frame); `noise` the standard deviation of a pixel about its neighbours, in grey levels; `sharpness` the steepness of
    its edges, the share of the step that one pixel makes at most (a blur of 1 px deviation gives 0.33); `position_px`
    the middle of its outline (x, y), to a part of a pixel.
    """

    level: float
    colour: tuple[float, float, float]
    noise: float
    sharpness: float
    position_px: tuple[float, float]


@dataclass(frozen=True, slots=True)
class SurfaceReading:
    """One frame's reading of a good shell: mean level, noise in grey levels, and sharpness of its texture.

    `sharpness` is how much steeper the picture is when seen fine than when seen coarse (1 and 4 px); it knows no level
    and hardly any noise. It is of this kind of shell and light, and only its change says something. `noise` holds
    what the finest grain of the shell looks like too.
    """

    level: float
    noise: float
    sharpness: float


def read_tile(pixels: Pixels, polygon_px: Sequence[tuple[float, float]]) -> TileReading:
    """Read a tile whose outline is about a convex polygon, in pixels of the frame (h, w[, 3]), uint8.

    It may have moved by less than `REACH` of its smaller side, and must stand out from what is around it.

    Raises:
        LightError: the polygon is not whole in the frame, or no tile is seen there.
    """
    corners = _turning_right(np.array(polygon_px, np.float64))
    box = _box(pixels, corners)
    grey = box if box.ndim == 2 else cast(Pixels, cv2.cvtColor(box, cv2.COLOR_BGR2GRAY))
    origin = _origin(corners)
    shift, steepness = _edges(grey.astype(np.float32), corners - origin)
    middle = corners.mean(axis=0)
    inside = _filled(grey.shape, (corners - middle) * INSIDE + middle + shift - origin)
    colours = [float(np.median(plane[inside])) for plane in (cv2.split(box) if box.ndim == 3 else (box,) * 3)]
    return TileReading(
        level=_middle_of(grey[inside]),
        colour=(colours[0], colours[1], colours[2]),
        noise=noise_of(grey, inside),
        sharpness=steepness,
        position_px=(float(middle[0] + shift[0]), float(middle[1] + shift[1])),
    )


def read_good(pixels: Pixels, shell: NDArray[np.bool_] | None = None) -> SurfaceReading:
    """Read a shell (h, w[, 3]), uint8, where `shell` (of its size) is True; None reads all of the frame.

    The level is of every few pixels; noise and sharpness are of full-size patches, so that the cost does not grow with
    the frame.

    Raises:
        LightError: nothing of the frame is shell.
    """
    stride = max(1, max(pixels.shape[:2]) // SMALL_PX)
    few = pixels[::stride, ::stride]
    mask = np.ones(pixels.shape[:2], np.bool_) if shell is None else shell
    there = mask[::stride, ::stride]
    if not there.any():
        raise LightError("nothing of the frame is shell: see the outline and the fittings")
    patches = _patches(pixels, mask)
    if not patches:
        return SurfaceReading(float(few[there].mean()), 0.0, 0.0)
    noises = [noise_of(patch, np.ones(patch.shape, np.bool_)) for patch in patches]
    noise = float(np.percentile(noises, 20))
    return SurfaceReading(
        float(few[there].mean()), noise, float(np.median([_fineness(patch, noise) for patch in patches]))
    )


def noise_of(grey: Pixels, inside: NDArray[np.bool_]) -> float:
    """The standard deviation of a pixel about a plane through its neighbours, in grey levels.

    By the mask of Immerkaer (1996), whose weights' squares sum to 36; the mean of absolute values keeps out edges.
    """
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rest = np.abs(cv2.filter2D(grey, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT_101))[inside]
    if rest.size == 0:
        return 0.0
    kept = rest[rest <= np.percentile(rest, 99)]
    return float(np.sqrt(np.pi / 2) * kept.mean() / 6)


def _middle_of(values: NDArray[np.uint8]) -> float:
    """The mean of the middle half: a median that knows parts of a grey level."""
    ranked = np.sort(values)
    return float(ranked[len(ranked) // 4 : max(len(ranked) // 4 + 1, 3 * len(ranked) // 4)].mean())


def _turning_right(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    if corners.ndim != 2 or len(corners) < 3 or not np.isfinite(corners).all():
        raise LightError("a tile's outline is a polygon of three corners or more: draw it anew")
    outline: Any = corners.astype(np.float32)
    if not cv2.isContourConvex(outline):
        raise LightError("a tile's outline must be convex: draw it anew")
    return corners if cv2.contourArea(outline, oriented=True) > 0 else corners[::-1]


def _reach(corners: NDArray[np.float64]) -> float:
    return float(max(REACH * np.ptp(corners, axis=0).min(), LEAST_REACH_PX))


def _origin(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    low = np.floor(corners.min(axis=0) - _reach(corners) - 2)
    return np.asarray(np.maximum(low, 0), np.float64)


def _box(pixels: Pixels, corners: NDArray[np.float64]) -> Pixels:
    """The part of the frame around the tile; raises LightError when the tile is not whole in the frame."""
    h, w = pixels.shape[:2]
    if (corners < 0).any() or (corners > [w - 1, h - 1]).any():
        raise LightError("the tile's outline is not whole in the frame of {w} x {h} px: draw it anew", w=w, h=h)
    if min(np.ptp(corners, axis=0)) < LEAST_TILE_PX:
        raise LightError("the tile's outline is smaller than {least} px: draw it anew", least=LEAST_TILE_PX)
    x, y = _origin(corners).astype(int)
    right, bottom = np.ceil(corners.max(axis=0) + _reach(corners) + 3).astype(int)
    return pixels[y:bottom, x:right]


def _filled(shape: tuple[int, ...], corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    canvas = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(canvas, np.round(corners * 16).astype(np.int32), 1, shift=4)
    return canvas.view(np.bool_)


def _edges(grey: Floats, corners: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """How far the outline has moved (x, y), and how steep its edges are; by the mean line across each edge."""
    normals, offs, slopes = [], [], []
    reach = _reach(corners)
    for begin, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = end - begin
        normal = np.array([along[1], -along[0]]) / np.hypot(*along)
        found = _edge(grey, begin, along, normal, reach)
        if found is not None:
            normals.append(normal)
            offs.append(found[0])
            slopes.append(found[1])
    if len(normals) < 2 or np.linalg.matrix_rank(np.array(normals), tol=0.3) < 2:
        raise LightError("no tile stands out at its place: see whether it is there, lit and clean, or draw it anew")
    shift = np.linalg.lstsq(np.array(normals), np.array(offs), rcond=None)[0]
    return np.asarray(shift, np.float64), float(np.median(slopes))


def _edge(
    grey: Floats, begin: NDArray[np.float64], along: NDArray[np.float64], normal: NDArray[np.float64], reach: float
) -> tuple[float, float] | None:
    """Where an edge lies along its normal and how steep it is; None where the step is too small or lies outside."""
    places = np.linspace(0.3, 0.7, LINES)
    across = np.arange(-np.ceil(reach), np.ceil(reach) + 0.01, 0.5)
    points = begin + places[:, None, None] * along + across[None, :, None] * normal
    x, y = points[..., 0].astype(np.float32), points[..., 1].astype(np.float32)
    lines = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    line = np.median(lines, axis=0).astype(np.float64)
    slope = np.gradient(line, 0.5)
    at = int(np.abs(slope).argmax())
    if np.ptp(line) < LEAST_STEP or not EDGE <= at < len(slope) - EDGE:
        return None
    sign = float(np.sign(slope[at]))
    near = slice(at - EDGE, at + EDGE + 1)
    for _ in range(3):  # the middle of the slope about its own middle
        weight = np.maximum(sign * slope, 0) * (np.abs(across - across[near].mean()) <= EDGE / 2)
        place = float((weight * across).sum() / max(float(weight.sum()), 1e-9))
        at = int(np.clip(round((place - across[0]) * 2), EDGE, len(slope) - EDGE - 1))
        near = slice(at - EDGE, at + EDGE + 1)
    step = abs(float(line[near][-3:].mean() - line[near][:3].mean()))
    return place, float(np.abs(slope[near]).max() / max(step, LEAST_STEP))


def _patches(pixels: Pixels, mask: NDArray[np.bool_], side: int = 64, across: int = 8) -> list[Pixels]:
    """Grey squares of full size, evenly over the frame, that are shell all over."""
    h, w = mask.shape
    side = min(side, h, w)
    patches = []
    for y in np.linspace(0, h - side, min(across, max(1, h // side))).astype(int):
        for x in np.linspace(0, w - side, min(across, max(1, w // side))).astype(int):
            if mask[y : y + side, x : x + side].all():
                patch = pixels[y : y + side, x : x + side]
                patches.append(patch if patch.ndim == 2 else cast(Pixels, cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY)))
    return patches


def _fineness(patch: Pixels, noise: float) -> float:
    """The slopes at `FINE_PX` over those at `COARSE_PX`, root mean square, less what noise alone makes of them.

    A Gaussian of deviation s leaves of white noise a slope of variance noise² / (8 pi s^4) along each axis.
    """
    slopes = []
    for width in (FINE_PX, COARSE_PX):
        level = cv2.GaussianBlur(patch.astype(np.float32), (0, 0), width)
        down, right = np.gradient(level)
        slopes.append(float((down**2 + right**2).mean()) - noise**2 / (4 * np.pi * width**4))
    return float(np.sqrt(max(slopes[0], 0.0) / max(slopes[1], 1e-3)))
