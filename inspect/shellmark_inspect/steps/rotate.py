"""Step `rotate`: turn the view; quarter turns move pixels exactly, other angles resample."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import Field

from shellmark_inspect.types import Matrix, Pixels, View

from .moving import moved, warped
from .step import Parameters, Setting


class RotateParameters(Parameters):
    """`degrees` counter-clockwise as seen on the screen."""

    degrees: Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False)]


class Rotate:
    """Turns the view about its middle; no pixel is cut off, what comes from outside is no shell."""

    def __init__(self, parameters: RotateParameters, _setting: Setting) -> None:
        self._degrees = parameters.degrees % 360

    def __call__(self, view: View) -> View:
        """Turn the view."""
        quarters, rest = divmod(self._degrees, 90)
        if rest == 0:
            return _quarters(view, int(quarters)) if quarters else view
        new = _size_after(view.size, self._degrees)
        return warped(view, _back(view.size, new, self._degrees), new)


def _quarters(view: View, quarters: int) -> View:
    h, w = view.size
    new = (h, w) if quarters == 2 else (w, h)

    def turn(pixels: Pixels) -> Pixels:
        return np.ascontiguousarray(np.rot90(pixels, quarters))

    return moved(view, np.round(_back(view.size, new, 90 * quarters) * 2) / 2, turn)


def _size_after(size: tuple[int, int], degrees: float) -> tuple[int, int]:
    c, s = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    return math.ceil(size[0] * c + size[1] * s), math.ceil(size[1] * c + size[0] * s)


def _back(old: tuple[int, int], new: tuple[int, int], degrees: float) -> Matrix:
    """The map from the turned pixels to the old ones: middle to middle, y down."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turn = np.array([[c, -s], [s, c]])
    middle_new = np.array([new[1] - 1, new[0] - 1]) / 2
    middle_old = np.array([old[1] - 1, old[0] - 1]) / 2
    back = np.eye(3)
    back[:2, :2] = turn
    back[:2, 2] = middle_old - turn @ middle_new
    return back
