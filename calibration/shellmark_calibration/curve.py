"""What a stack tells of how it was taken: pictures that are not linear, or lie in another order, fit no normal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .lights import Lights
from .normals import FAINT, SAMPLE, Floats, solved

CURVES = (1.0, 1.15, 1.3, 1.5, 1.8, 2.2)
"""The exponents that are tried; 2.2 is about sRGB's."""
LEAST_GAIN = 0.1
"""The share by which a curve must lower what is left over: lamps that are not as said let one win by up to 5 %."""
LEAST_LIGHTS = 6
ORDER = 0.7
"""How much less another order of the pictures must leave over to be taken for the right one."""
MOST_REST = 0.1
ROUNDS = 6


def found_gamma(stack: NDArray[np.generic], lights: Lights, mask: NDArray[np.bool_]) -> float:
    """The exponent that makes a stack (n, h, w), 0..255, linear in light; 1 unless another one is plainly better.

    Fewer than six lights leave too little over to tell: 1.
    """
    if len(lights.names) < LEAST_LIGHTS:
        return 1.0
    levels = _sample(stack, mask)
    vectors = lights.directions * lights.intensities[:, None]
    rests = {gamma: _rest(levels, vectors, gamma) for gamma in CURVES}
    best = min(rests, key=rests.__getitem__)
    return best if rests[best] < (1 - LEAST_GAIN) * rests[1.0] else 1.0


def in_alphabet(stack: NDArray[np.generic], lights: Lights, mask: NDArray[np.bool_], names: Sequence[str]) -> bool:
    """Whether lights nobody named are plainly in the alphabet's order of the pictures (10 before 2), not the stack's.

    `names` are the pictures' file names in the stack's order. Fewer than six lights cannot tell: False.
    """
    order = sorted(range(len(names)), key=names.__getitem__)
    if len(names) < LEAST_LIGHTS or order == list(range(len(names))):
        return False
    levels = _sample(stack, mask)
    vectors = lights.directions * lights.intensities[:, None]
    return _rest(levels[:, order], vectors, 1.0) < ORDER * _rest(levels, vectors, 1.0)


def _sample(stack: NDArray[np.generic], mask: NDArray[np.bool_]) -> Floats:
    """Levels (p, n) of at most a few thousand pixels of the object, what stands black behind it left out."""
    levels = np.ascontiguousarray(stack[:, mask].T, dtype=np.float32)
    mean = levels.mean(axis=1, dtype=np.float64)
    levels = levels[mean >= FAINT * np.percentile(mean, 95)]
    return np.asarray(levels[:: max(1, len(levels) // SAMPLE)], np.float32)


def _rest(levels: Floats, vectors: NDArray[np.float64], gamma: float) -> float:
    """What is left over of the levels as taken, as a share of each pixel's mean; highlights count little."""
    linear = np.asarray(255 * (levels / 255) ** np.float32(gamma), np.float32)
    scaled, _, _ = solved(linear, vectors, ROUNDS)
    foretold = 255 * (np.maximum(scaled @ vectors.T, 0) / 255) ** (1 / gamma)
    rests = np.abs(levels - foretold) / np.maximum(levels.mean(axis=1), 2)[:, None]
    return float(np.minimum(rests, MOST_REST).mean())
