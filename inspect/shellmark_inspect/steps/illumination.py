"""Step `illumination`: take slow differences of light out of every plane."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from shellmark_inspect.errors import StepError
from shellmark_inspect.recipe import Positive
from shellmark_inspect.types import Mask, Pixels, View

from .moving import grey, shrunk, smaller
from .step import Parameters, Setting

Floats = NDArray[np.float32]

SEARCH_PX_PER_MM = 0.5
STRIP_ROWS = 512


class IlluminationParameters(Parameters):
    """What each plane is brought to.

    `to` "flat": one level all over the shell (`level`, 0..255); "reference": the reference picture's own slow light,
    for the lights that have one, the others flat. `scale_mm` is the width of the smoothing: a dent must be well below
    it. `most_gain` is the strongest brightening, and its inverse the strongest dimming.
    """

    to: Literal["flat", "reference"] = "flat"
    level: Annotated[float, Field(gt=0, lt=255)] = 110.0
    scale_mm: Positive = 120.0
    most_gain: Annotated[float, Field(gt=1, le=16)] = 4.0


class Illumination:
    """Multiplies every plane by a slow gain; the note `gain_<light>` is its mean over the shell.

    The colours of one plane share a gain, so that a shell of another colour stays one. Where there is no shell the
    gain goes on smoothly.
    """

    def __init__(self, parameters: IlluminationParameters, setting: Setting) -> None:
        self._p = parameters
        self._view = setting.spec.name
        self._references = setting.references if parameters.to == "reference" else {}

    def __call__(self, view: View) -> View:
        """Bring every plane to its level."""
        size = smaller(view.size, SEARCH_PX_PER_MM / view.px_per_mm)
        weight = np.ones(size, np.float32) if view.shell is None else _share(view.shell, size)
        width = max(3, round(self._p.scale_mm * SEARCH_PX_PER_MM / 2) * 2 + 1)
        planes, notes = {}, {}
        for light, pixels in view.planes.items():
            gain = self._gain(light, pixels, weight, width)
            planes[light] = multiplied(pixels, gain)
            notes[f"gain_{light}"] = float((gain * weight).sum() / max(float(weight.sum()), 1e-6))
        return view.moved(MappingProxyType(planes), np.eye(3)).noted(**notes)

    def _gain(self, light: str, pixels: Pixels, weight: Floats, width: int) -> Floats:
        slow = smoothed(_level(pixels, weight.shape), weight, width)
        wanted: Floats | float = self._p.level
        if light in self._references:
            reference = self._references[light]
            if reference.shape[:2] != pixels.shape[:2]:
                h, w = reference.shape[:2]
                raise StepError(
                    "view {view}: light {light} has {width} x {height} px, its reference {w} x {h}: let align "
                    "come before illumination",
                    view=self._view,
                    light=light,
                    width=pixels.shape[1],
                    height=pixels.shape[0],
                    w=w,
                    h=h,
                )
            wanted = smoothed(_level(reference, weight.shape), weight, width)
        gain = wanted / np.maximum(slow, 1.0)
        return np.clip(gain, 1 / self._p.most_gain, self._p.most_gain).astype(np.float32)


def _level(pixels: Pixels, size: tuple[int, ...]) -> Floats:
    return grey(cast(Pixels, shrunk(pixels, (size[0], size[1])))).astype(np.float32)


def _share(shell: Mask, size: tuple[int, int]) -> Floats:
    return shrunk(shell.view(np.uint8) * np.uint8(255), size).astype(np.float32) / np.float32(255)


def smoothed(level: Floats, weight: Floats, width: int) -> Floats:
    """The weighted mean over boxes of that width, three times over, near a Gaussian; outside the shell it weighs 0.

    Dividing by the equally smoothed weight keeps the dark background out (normalised convolution, Knutsson and Westin
    1993).
    """
    side = max(3, round(width / np.sqrt(3)) | 1)
    above, below = level * weight, weight + 1e-3
    above += 1e-3 * float(above.sum() / max(float(weight.sum()), 1e-6))
    for _ in range(3):
        above, below = _blurred(above, side), _blurred(below, side)
    return (above / below).astype(np.float32)


def _blurred(values: Floats, side: int) -> Floats:
    return cast(Floats, cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT))


def multiplied(pixels: Pixels, gain: Floats) -> Pixels:
    """The pixels times a gain map of fewer pixels, enlarged strip by strip so that no full frame of floats is held."""
    h, w = pixels.shape[:2]
    out = np.empty_like(pixels)
    rows = (np.arange(h, dtype=np.float32) + 0.5) * gain.shape[0] / h - 0.5
    wide = cv2.resize(gain, (w, gain.shape[0]), interpolation=cv2.INTER_LINEAR)
    for top in range(0, h, STRIP_ROWS):
        here = np.clip(rows[top : top + STRIP_ROWS], 0, gain.shape[0] - 1)
        low = np.minimum(here.astype(int), max(gain.shape[0] - 2, 0))
        share = (here - low)[:, None].astype(np.float32)
        strip = wide[low] * (1 - share) + wide[np.minimum(low + 1, gain.shape[0] - 1)] * share
        factor = strip if pixels.ndim == 2 else cv2.merge([strip] * 3)
        cv2.multiply(pixels[top : top + STRIP_ROWS], factor, out[top : top + STRIP_ROWS], dtype=cv2.CV_8U)
    return out
