"""A camera's tone curve: how the light follows the values of a picture, per colour, always rising."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from .measure import Gamma, linear_of
from .spaces import linear_of_srgb, srgb_of_linear

Floats = NDArray[np.float64]

NUMBERS = 3
"""The numbers of one colour's curve: its steepness, how that changes from dark to bright, and in between."""
LEVELS = 256
_ENCODED = np.concatenate([[0.5 / (LEVELS - 1)], np.linspace(0.0, 1.0, LEVELS)[1:]])
"""Where a curve is held: sRGB's own steps, the darkest half a step up so that it has a logarithm."""
_SHAPES = np.stack([np.ones(LEVELS), 2 * _ENCODED - 1, 6 * _ENCODED**2 - 6 * _ENCODED + 1], axis=-1)
"""The first Legendre polynomials on 0..1: of each the curve's numbers say how much."""
_STEPS = np.diff(np.log(linear_of_srgb(_ENCODED)))


def curves(numbers: Floats) -> tuple[Floats, Floats]:
    """The logarithm of the light (…, LEVELS) of curves (…, NUMBERS), 0 at full scale, and its slopes by each number.

    With e the sRGB-encoded value and L(e) the logarithm of its light, d log y / dL = exp(a + b P1(e) + c P2(e)), so
    that a curve always rises; all zeros is sRGB's own.
    """
    steep = np.exp(numbers @ _SHAPES.T)
    by_number = steep[..., None] * _SHAPES
    log = -_from_the_top((steep[..., 1:] + steep[..., :-1]) / 2 * _STEPS)
    slopes = -_from_the_top(np.moveaxis((by_number[..., 1:, :] + by_number[..., :-1, :]) / 2 * _STEPS[:, None], -1, 0))
    return log, np.moveaxis(slopes, 0, -1)


def _from_the_top(parts: Floats) -> Floats:
    """The sums (…, n + 1) of the parts (…, n) above each level."""
    sums = np.flip(np.cumsum(np.flip(parts, -1), -1), -1)
    return np.concatenate([sums, np.zeros_like(sums[..., :1])], axis=-1)


def places_on(linear: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The level below each linear value, and how far it is to the next one, 0..1."""
    at = srgb_of_linear(linear) * (LEVELS - 1)
    below = np.clip(np.floor(at).astype(np.intp), 0, LEVELS - 2)
    # the darkest level is half a step up
    low = np.where(below == 0, 0.5, below)
    return below, np.clip((at - low) / (below + 1 - low), 0.0, 1.0)


def light_of(values: NDArray[Any], gamma: Gamma, tone: tuple[tuple[float, ...], ...]) -> Floats:
    """The light of camera values 0..1 (…, 3), red first, by the curve of each colour."""
    linear = linear_of(values, gamma)
    numbers = np.array(tone, np.float64)
    if not numbers.any():
        return linear
    log, _ = curves(numbers)
    below, share = places_on(linear)
    colour = np.arange(3)
    return cast(Floats, np.exp(log[colour, below] * (1 - share) + log[colour, below + 1] * share))
