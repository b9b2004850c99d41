"""How a step that moves pixels moves everything a view holds, and composes its maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.planes import Planes
from shellmark_inspect.types import Mask, Matrix, Pixels, View

from .straightened import Straightened

_STRIP = 64
Moving = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


def moved(
    view: View, back: Matrix, move: Moving, move_labels: Moving | None = None, planes: Planes | None = None
) -> View:
    """The view with `move` done to every plane and channel, and `move_labels` (default: the same) to mask and zones.

    `back` (3x3) takes the new pixels to the old ones; `planes` are the planes where they have been moved already.
    """
    move_labels = move_labels or move
    if planes is None:
        planes = Planes({light: move(pixels) for light, pixels in view.planes.items()})
    changes: dict[str, Any] = {
        "channels": MappingProxyType({name: move(pixels) for name, pixels in view.channels.items()})
    }
    if view.shell is not None:
        changes["shell"] = move_labels(view.shell.view(np.uint8)).view(np.bool_)
    if view.zones is not None:
        changes["zones"] = move_labels(view.zones)
    return view.moved(planes, back, **changes)


def warped(view: View, back: Matrix, size: tuple[int, int], flags: int = cv2.INTER_CUBIC) -> View:
    """The view resampled through an affine map onto (h, w) pixels; what comes from outside the view is no shell.

    `back` (3x3, last row 0 0 1) takes the new pixels to the old ones. When new pixels lie outside the old view and no
    step has found the shell yet, `shell` becomes the mask of those that do not. Planes that `undistort` has not
    resampled yet are resampled once, as that step says.
    """
    h, w = size
    if view.shell is None and not covers(view.size, back, size):
        view = replace(view, shell=np.ones(view.size, np.bool_))
    planes = view.planes
    at_once = Planes(planes.through(back, size)) if isinstance(planes, Straightened) and planes.pending else None

    def move(pixels: Pixels) -> Pixels:
        return _warp(pixels, back, (w, h), flags, cv2.BORDER_REPLICATE)

    def move_labels(labels: Pixels) -> Pixels:
        return _warp(labels, back, (w, h), cv2.INTER_NEAREST, cv2.BORDER_CONSTANT)

    return moved(view, back, move, move_labels, at_once)


def _warp(pixels: Pixels, back: Matrix, dsize: tuple[int, int], flags: int, border: int) -> Pixels:
    return cast(Pixels, cv2.warpAffine(pixels, back[:2], dsize, flags=flags | cv2.WARP_INVERSE_MAP, borderMode=border))


def frame_in_view(pixels: NDArray[np.uint8], view: View) -> NDArray[np.uint8]:
    """A picture of the camera's frame, a drawn mask for one, in the pixels of a view; nothing is mixed, 0 outside."""
    h, w = view.size
    if view.bend is None:
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpPerspective(pixels, view.to_frame, (w, h), flags=flags), np.uint8)
    moved_pixels = np.empty((h, w, *pixels.shape[2:]), np.uint8)
    for top in range(0, h, _STRIP):
        y, x = np.mgrid[top : min(top + _STRIP, h), :w]
        at = view.in_frame(np.column_stack([x.ravel(), y.ravel()])).astype(np.float32).reshape(*x.shape, 2)
        moved_pixels[top : top + _STRIP] = cv2.remap(pixels, at, None, cv2.INTER_NEAREST)  # type: ignore[call-overload]
    return moved_pixels


def covers(old: tuple[int, int], back: Matrix, new: tuple[int, int]) -> bool:
    """Whether every new pixel of an affine map comes from within the old ones, half a pixel of rounding allowed."""
    h, w = new
    corners = back @ np.array([[0, w - 1, 0, w - 1], [0, 0, h - 1, h - 1], [1, 1, 1, 1]], np.float64)
    limits = np.array([[old[1] - 1], [old[0] - 1]])
    return bool((corners[:2] >= -0.5).all() and (corners[:2] <= limits + 0.5).all())


def grey(pixels: Pixels) -> Pixels:
    """A plane as grey (h, w)."""
    return pixels if pixels.ndim == 2 else cast(Pixels, cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY))


def scaling(x: float, y: float | None = None) -> Matrix:
    """The 3x3 map that multiplies coordinates."""
    return np.diag([x, x if y is None else y, 1.0])


def shifting(x: float, y: float) -> Matrix:
    """The 3x3 map that adds (x, y)."""
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def resizing(old: tuple[int, int], new: tuple[int, int]) -> Matrix:
    """The 3x3 map from the pixels of a picture resized to `new` (h, w) back to those of the `old` one.

    Pixel centres lie at whole numbers, as OpenCV's resize has them: old = (new + 1/2) s - 1/2.
    """
    sx, sy = old[1] / new[1], old[0] / new[0]
    return np.array([[sx, 0.0, (sx - 1) / 2], [0.0, sy, (sy - 1) / 2], [0.0, 0.0, 1.0]])


def shrinking(times: int) -> Matrix:
    """The 3x3 map from the pixels of a picture averaged over squares of `times` back to its own."""
    return np.array([[times, 0.0, (times - 1) / 2], [0.0, times, (times - 1) / 2], [0.0, 0.0, 1.0]])


def shrunk(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """A picture averaged down to (h, w); never enlarged, the same one when it has that size."""
    return (
        pixels
        if pixels.shape[:2] == size
        else cast("NDArray[Any]", cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_AREA))
    )


def smaller(size: tuple[int, int], factor: float) -> tuple[int, int]:
    """(h, w) times a factor, at most 1 and at least one pixel."""
    factor = min(factor, 1.0)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def painted(size: tuple[int, int], to_mm: Matrix, polygons_mm: list[tuple[tuple[float, float], ...]]) -> list[Mask]:
    """For each polygon in mm, the mask (h, w) of the pixels inside it."""
    back = np.asarray(np.linalg.inv(to_mm), np.float64)
    return [_filled(size, back, polygon) for polygon in polygons_mm]


def _filled(size: tuple[int, int], back: Matrix, polygon: tuple[tuple[float, float], ...]) -> Mask:
    points = np.column_stack([np.array(polygon, np.float64), np.ones(len(polygon))]) @ back.T
    points = points[:, :2] / points[:, 2:]
    canvas = np.zeros(size, np.uint8)
    # four binary places: a corner between two pixels stays there
    cv2.fillPoly(canvas, [np.round(points * 16).astype(np.int32)], 1, shift=4)
    return canvas.view(np.bool_)
