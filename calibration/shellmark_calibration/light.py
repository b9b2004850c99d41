"""The light of one view: dark level and flat field of each light."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Self, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from .errors import LightError
from .part import Part

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

CELL_PX = 16
"""Side of the square of pixels that shares one value of a gain map."""
STRIP_CELLS = 8
"""Rows of cells in a strip: more do not stay in the cache, fewer enlarge their borders too often."""
SAME_ROWS = 4
"""Rows that share a gain: within a cell it changes by less than can be seen, and enlarging it costs most."""
FULL = 65535


class LightField(Part):
    """What was measured of one light with nothing but a flat even surface in view.

    `dark` is the level (0..255) with the light off; `gain` a PNG of 16 bits in base64, one value per square of
    `CELL_PX` pixels (the last ones reach over the frame's edge), of what a pixel is to be multiplied with (65535 is
    `most_gain`); `level` the mean level of the flat surface less `dark`, which drift is told by; `exposure_us` the
    exposure that was used, None when nobody said.

    Of the measuring: `frames` is how many flat frames were averaged; `uneven_before` and `uneven_after` how much the
    cells of the flat surface differ (`unevenness`), after on a frame that had no part in the gain, None with a single
    frame; `noise` the standard deviation of one pixel from frame to frame in grey levels, None with a single frame;
    `full_well_e` the electrons of level 255 by the photon transfer method, None where it could not be told; `dust` how
    many spots of the surface or the sensor were kept out of the gain.
    """

    dark: Annotated[float, Field(ge=0, lt=255)]
    level: Annotated[float, Field(gt=0, le=255)]
    gain: str
    most_gain: Annotated[float, Field(ge=1, le=16)]
    exposure_us: Annotated[float, Field(gt=0)] | None = None
    frames: Annotated[int, Field(ge=1)] = 1
    uneven_before: float | None = None
    uneven_after: float | None = None
    noise: float | None = None
    full_well_e: float | None = None
    dust: int = 0

    @model_validator(mode="after")
    def _gain_can_be_read(self) -> Self:
        if _decoded(self.gain) is None:
            raise ValueError("gain is no PNG of 16 bits in base64")
        return self

    def gain_map(self, size_px: tuple[int, int]) -> Floats:
        """The gain of each cell, (rows, columns) float32.

        Raises:
            LightError: a frame of `size_px` (width, height) has another number of cells.
        """
        values = cast("NDArray[np.uint16]", _decoded(self.gain))
        if values.shape != cells_of(size_px):
            (rows, columns), (r, c) = values.shape, cells_of(size_px)
            raise LightError(
                f"the gain map has {columns} x {rows} cells, a frame of {size_px[0]} x {size_px[1]} px {c} x {r}: "
                f"measure the light anew"
            )
        return values.astype(np.float32) * np.float32(self.most_gain / FULL)


def cells_of(size_px: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of the gain map of a frame of that (width, height)."""
    return -(-size_px[1] // CELL_PX), -(-size_px[0] // CELL_PX)


def encoded(gain: Floats, most_gain: float) -> str:
    """A gain map as `LightField.gain` keeps it."""
    values = np.clip(np.round(gain.astype(np.float64) / most_gain * FULL), 0, FULL).astype(np.uint16)
    _, data = cv2.imencode(".png", values)
    return base64.b64encode(np.asarray(data).tobytes()).decode()


def _decoded(text: str) -> NDArray[np.uint16] | None:
    try:
        data = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    except (binascii.Error, cv2.error):
        return None
    good = picture is not None and picture.dtype == np.uint16 and picture.ndim == 2
    return cast("NDArray[np.uint16]", picture) if good else None


def flattened(pixels: Pixels, dark: float, gain: Floats) -> Pixels:
    """(pixels - dark) x gain, rounded to 8 bits; the colours of a plane share the gain.

    `pixels` (h, w[, 3]), `gain` (rows, columns) of `cells_of` them; the gain is enlarged strip by strip, so that no
    full frame of floats is held. The dark level is rounded to a whole grey level.
    """
    h = pixels.shape[0]
    flat = np.ascontiguousarray(pixels).reshape(h, -1)
    # the colours lie side by side in a row: a third of a pixel is nothing to a map of such cells
    across = CELL_PX * (flat.shape[1] // pixels.shape[1])
    out = np.empty_like(flat)
    level: Any = float(round(dark))
    cells = _bordered(gain)
    for first in range(0, gain.shape[0], STRIP_CELLS):
        top, bottom = first * CELL_PX, min(h, (first + STRIP_CELLS) * CELL_PX)
        factor = _enlarged(cells[first : first + STRIP_CELLS + 2], across)[:, : flat.shape[1]]
        strip = cv2.subtract(flat[top:bottom], level) if level else flat[top:bottom]
        for row in range(SAME_ROWS):
            rows = strip[row::SAME_ROWS]
            cv2.multiply(rows, factor[: len(rows)], out[top + row : bottom : SAME_ROWS], dtype=cv2.CV_8U)
    return out.reshape(pixels.shape)


def _bordered(cells: Floats) -> Floats:
    """Cells with one more all around, going on as the last two lead: pixels beyond the last centres need them."""
    wide = np.pad(cells, 1, mode="reflect", reflect_type="odd") if min(cells.shape) > 1 else np.pad(cells, 1, "edge")
    return cast(Floats, np.maximum(wide, 0).astype(np.float32))


def _enlarged(cells: Floats, across: int) -> NDArray[Any]:
    """Cells as every SAME_ROWS rows of pixels between their centres, less the border all around."""
    down = CELL_PX // SAME_ROWS
    size = cells.shape[1] * across, cells.shape[0] * down
    return cast("NDArray[Any]", cv2.resize(cells, size, interpolation=cv2.INTER_LINEAR)[down:-down, across:])


def unevenness(cells: Floats) -> float:
    """How much the cells of a flat surface differ: (p99 - p1) / (p99 + p1), 0 where all are alike.

    Michelson's contrast of the 1st and 99th percentile: single specks of dust do not count.
    """
    low, high = np.percentile(cells, (1, 99))
    return float((high - low) / max(high + low, 1e-6))
