"""What the steps that make channels share: a light at a small scale, and a channel from small signed numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.errors import RecipeError
from shellmark_inspect.planes import plane_reduced, whole_times
from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.types import Pixels, View

from .moving import grey, shrunk, smaller

Floats = NDArray[np.float32]
Light = NDArray[np.uint8] | NDArray[np.float32]
LEAST_LEVEL = 4.0
"""Grey levels that nothing is divided by less than."""
ZERO = 128
"""Where a signed channel has its zero."""
AZIMUTHS: Mapping[str, float] = MappingProxyType({"east": 0.0, "north": 90.0, "west": 180.0, "south": 270.0})
"""Degrees counter-clockwise from the right edge that a light shines from, where its name says so."""


def small(planes: Mapping[str, Pixels], name: str, px_per_mm: float, wanted: float) -> tuple[Pixels, float]:
    """A plane in grey at about `wanted` pixels per millimetre, never enlarged, and the scale it came to."""
    px_per_mm = round(px_per_mm, 9)  # half a pixel must not go up here and down there
    if times := whole_times(px_per_mm, wanted):
        return grey(plane_reduced(planes, name, times)), px_per_mm / times
    h, w = planes[name].shape[:2]
    size = smaller((h, w), round(wanted / px_per_mm, 6))
    return grey(cast(Pixels, shrunk(planes[name], size))), px_per_mm * size[0] / h


def contrast(light: Light, over: Light | None, slow_px: float) -> Floats:
    """A light as a share of its own slow part, less one: -1 is black, whatever the lamp's level.

    It is divided by another light first where one is given, so that print vanishes. No logarithm: in a rib's shadow
    that would be noise alone.
    """
    if over is not None:
        level = max(float(over.mean()), LEAST_LEVEL)
        light = cast(Floats, cv2.divide(light, _not_black(over), scale=level, dtype=cv2.CV_32F))
    side = max(3, round(slow_px) | 1)
    slow = cv2.boxFilter(light, cv2.CV_32F, (side, side), borderType=cv2.BORDER_REFLECT)
    share = cast(Floats, cv2.divide(light, _not_black(slow), dtype=cv2.CV_32F))
    share -= 1
    return share


def _not_black(light: NDArray[Any]) -> NDArray[Any]:
    return cast("NDArray[Any]", np.maximum(light, light.dtype.type(LEAST_LEVEL)))


def signed(values: Floats, full: float, size: tuple[int, int]) -> Pixels:
    """A channel (h, w) of signed numbers: `full` is 127 levels from the zero; enlarged to `size`."""
    return enlarged(levelled(values, full), size)


def levelled(values: Floats, full: float) -> Pixels:
    """Signed numbers (h, w) as 8 bits, 1 to 255: `full` is 127 levels from the zero."""
    levels = cast(Pixels, cv2.addWeighted(values, 127 / full, values, 0.0, ZERO, dtype=cv2.CV_8U))
    return np.maximum(levels, 1, out=levels)


def enlarged(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """A picture brought to (h, w) pixels, by a whole number where it was made smaller by one."""
    h, w = pixels.shape[:2]
    times = max(1, size[0] // h)
    if times == 1 or (size[0] // times, size[1] // times) != (h, w):
        return pixels if (h, w) == size else _resized(pixels, size[1], size[0])
    if (h * times, w * times) == size:
        return _resized(pixels, size[1], size[0])
    whole = np.empty((*size, *pixels.shape[2:]), np.uint8)
    cv2.resize(pixels, (w * times, h * times), whole[: h * times, : w * times], interpolation=cv2.INTER_LINEAR)
    # what was left out when it was made smaller
    whole[: h * times, w * times :] = whole[: h * times, w * times - 1 : w * times]
    whole[h * times :] = whole[h * times - 1]
    return whole


def _resized(pixels: Pixels, w: int, h: int) -> Pixels:
    return cast(Pixels, cv2.resize(pixels, (w, h), interpolation=cv2.INTER_LINEAR))


def with_channels(view: View, channels: Mapping[str, Pixels]) -> View:
    """The view with further channels."""
    return view.moved(view.planes, np.eye(3), channels=MappingProxyType({**view.channels, **channels}))


def check_lights(step: str, spec: ViewSpec, names: Mapping[str, object] | tuple[str, ...]) -> None:
    """Refuse a light the view does not have.

    Raises:
        RecipeError: there is such a light.
    """
    if strange := [name for name in names if name not in spec.lights]:
        raise RecipeError(
            f"view {spec.name}, step {step}: light {strange[0]} is not among its lights {', '.join(spec.lights)}"
        )
