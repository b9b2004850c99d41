"""A correction made ready for whole frames: tables before and after one matrix."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from .correction import ColourCorrection
from .spaces import srgb_of_linear
from .tone import light_of

Pixels = NDArray[np.uint8]
Singles = NDArray[np.float32]

STRIP_ROWS = 16
"""Rows at a time: the floats between two tables stay in the processor's cache and need no fresh memory."""
LEVELS = 65535
"""Linear light is held in 16 bits before it becomes sRGB: its steps are below one of 8 bits even where it is dark."""
NEXT = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], np.float32)
"""Blue, green, red → green, red, blue: the other factor of each root."""


class ColourTable:
    """Applies a correction to BGR pictures of 8 bits; what comes out is sRGB under D65, cut to 0..255."""

    def __init__(self, correction: ColourCorrection) -> None:
        levels = np.linspace(0.0, 1.0, 256)
        bent = light_of(np.repeat(levels[:, None], 3, axis=1), correction.gamma, correction.tone)
        self._bent = np.ascontiguousarray(bent[:, ::-1], np.float32).reshape(1, -1, 3)
        matrix = np.array(correction.matrix, np.float32)[::-1] * LEVELS
        self._straight = np.ascontiguousarray(matrix[:, 2::-1])
        # the roots of red-green, green-blue, red-blue by the order of `NEXT`: blue-green, green-red, red-blue
        self._rooted = np.ascontiguousarray(matrix[:, [4, 3, 5]]) if matrix.shape[1] > 3 else None
        self._srgb = np.round(srgb_of_linear(np.arange(LEVELS + 1) / LEVELS) * 255).astype(np.uint8)

    def __call__(self, picture: Pixels) -> Pixels:
        """The corrected picture, (h, w, 3) BGR."""
        out = np.empty_like(picture)
        for top in range(0, picture.shape[0], STRIP_ROWS):
            out[top : top + STRIP_ROWS] = self._encoded(self._linear(picture[top : top + STRIP_ROWS]))
        return out

    def _linear(self, strip: Pixels) -> Singles:
        bent = cv2.LUT(strip, self._bent)
        linear = cv2.transform(bent, self._straight)
        if self._rooted is not None:
            roots = cv2.sqrt(cv2.multiply(bent, cv2.transform(bent, NEXT)))
            linear = cv2.add(linear, cv2.transform(roots, self._rooted))
        return cast(Singles, linear)

    def _encoded(self, linear: Singles) -> Pixels:
        whole = cv2.add(linear, np.zeros_like(linear), dtype=cv2.CV_16U)
        try:
            return cast(Pixels, cv2.LUT(whole, self._srgb.reshape(1, -1)))
        except cv2.error:  # before OpenCV 5 only 8 bits can be looked up
            return cast(Pixels, self._srgb[whole])
