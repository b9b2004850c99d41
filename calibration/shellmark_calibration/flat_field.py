"""From flat fields and dark frames of one light to its `LightField`, and how good that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from .errors import LightError
from .light import CELL_PX, Floats, LightField, encoded, unevenness
from .light_frames import QUARTER, LightFrame, check_frames, mean_of, noise_of

MOST_GAIN = 4.0
MOST_STRUCTURE = 0.04
"""What a smooth light leaves of an even surface, root mean square of its level (a proposal)."""
MOST_DUST = 0.2
"""The share of a surface that dust may cover."""
DUST_FROM = 0.015
"""A spot that differs less from its surroundings is not told from the surface's grain."""
ENOUGH_FRAMES = 8
LEAST_MOST_GAIN = 2.0
LEAST_CELLS = 8
ORDER = 6
"""Of the surface a smooth light is fitted with: the fourth leaves 5 % of a corner that has half of the light."""
ORDERS = [(i, j) for i in range(ORDER + 1) for j in range(ORDER + 1 - i)]
"""The powers of x and y of such a surface."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A speck of dust or a scratch of the flat surface, or dirt on the sensor: middle and longer side in pixels."""

    x_px: float
    y_px: float
    length_px: float
    darker: bool


@dataclass(frozen=True, slots=True)
class MeasuredLight:
    """What measuring gave: the `field` for the profile, and what the report shows.

    `before` and `after` are the cells (rows, columns) of the mean flat field less dark, and of a flat field that had no
    part in the gain times the gain (None with a single one); `spots` the dust; `remarks` what could be better.
    """

    field: LightField
    before: Floats
    after: Floats | None
    spots: tuple[Spot, ...]
    remarks: tuple[str, ...]


def measure_light(
    light: str,
    flats: Sequence[LightFrame],
    darks: Sequence[LightFrame],
    *,
    size_px: tuple[int, int] | None = None,
    exposure_us: float | None = None,
    most_gain: float = MOST_GAIN,
) -> MeasuredLight:
    """Measure one light from flat fields and dark frames of one exposure.

    The gain is measured in the frames' own grey levels. A linear camera (gamma 1) is what it is exact for; a power law
    keeps it a factor, (a b)^g = a^g b^g, as long as the dark level is near 0. `size_px` is the profile's (width,
    height), None when there is none yet.

    Raises:
        LightError: frames that do not do (`check_frames`), a surface that is not even, or a light that would have to be
            multiplied with more than `most_gain`.
    """
    flats, darks = list(flats), list(darks)
    check_frames(light, flats, darks, size_px)
    dark = float(np.mean([frame.level for frame in darks]))
    quarter = mean_of(flats) - np.float32(dark)
    full = flats[0].size_px[1] // CELL_PX, flats[0].size_px[0] // CELL_PX
    if min(full) < LEAST_CELLS:
        raise LightError(f"light {light}: the frames have fewer than {LEAST_CELLS} x {LEAST_CELLS} cells: too small")
    spots, surface = _dust(quarter, full)
    before = surface.cells(quarter)[: full[0], : full[1]]
    _check_even(light, before, surface)
    gain = _gain(quarter, surface)
    _check_gain(light, gain, most_gain)
    top = float(max(LEAST_MOST_GAIN, np.ceil(gain.max())))
    after = _held_out(flats, dark, surface)
    field = LightField(
        dark=round(dark, 3),
        level=round(float(before.mean()), 3),
        gain=encoded(gain, top),
        most_gain=top,
        exposure_us=exposure_us,
        frames=len(flats),
        uneven_before=round(unevenness(before), 5),
        uneven_after=None if after is None else round(max(map(unevenness, after)), 5),
        noise=_rounded(noise_of(flats)),
        full_well_e=_full_well(flats, darks, dark),
        dust=len(spots),
    )
    return MeasuredLight(field, before, None if after is None else after[-1], spots, _remarks(light, flats, spots))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


@dataclass(frozen=True, slots=True)
class _Surface:
    """A flat surface at a quarter of the frame's size.

    `clean` is True where there is no dust, `expected` the level without it. `full` (rows, columns) is how many cells
    lie whole in the frame.
    """

    clean: NDArray[np.bool_]
    expected: Floats
    full: tuple[int, int]

    def cells(self, quarter: Floats) -> Floats:
        """The mean of each cell, dust taken for what is expected there."""
        return _shrunk(np.where(self.clean, quarter, self.expected).astype(np.float32))


def _shrunk(quarter: Floats) -> Floats:
    side = CELL_PX // QUARTER
    size = quarter.shape[1] // side, quarter.shape[0] // side
    return cast(Floats, cv2.resize(quarter, size, interpolation=cv2.INTER_AREA))


def _gain(quarter: Floats, surface: _Surface) -> Floats:
    """The mean level divided by each cell's, smoothed over its neighbours where a smooth light leaves something.

    A cell that reaches over the frame's edge goes on as those do that lie whole in it.
    """
    cells, (rows, columns) = surface.cells(quarter), surface.full
    whole = cells[:rows, :columns]
    light = smooth_light(whole, cells.shape)
    rest = whole / light[:rows, :columns]
    over = cells.shape[0] - rows, cells.shape[1] - columns
    beyond = cv2.copyMakeBorder(rest, 0, over[0], 0, over[1], cv2.BORDER_REPLICATE)
    slow = light * cv2.GaussianBlur(beyond, (0, 0), 1.0, borderType=cv2.BORDER_REFLECT)
    return cast(Floats, (whole.mean() / np.maximum(slow, 1.0)).astype(np.float32))


def smooth_light(cells: Floats, shape: tuple[int, ...], per_cell: int = 1) -> Floats:
    """The light of an even surface as the exponential of a surface of `ORDER`, fitted to cells.

    It is given on a grid of `shape` with `per_cell` places to a cell, which may reach beyond the cells.
    """
    h, w = cells.shape
    down, across = _powers(h, h), _powers(w, w)
    step = max(1, min(h, w) // 16)
    level = np.log(np.maximum(cells[::step, ::step].ravel().astype(np.float64), 1.0))
    terms = np.stack([np.outer(down[::step, j], across[::step, i]).ravel() for i, j in ORDERS], axis=1)
    keep = np.ones(len(level), np.bool_)
    numbers: NDArray[np.float64] = np.zeros(len(ORDERS))
    for _ in range(3):  # what is no light drops out
        numbers = np.linalg.lstsq(terms[keep], level[keep], rcond=None)[0].astype(np.float64)
        rest = np.abs(level - terms @ numbers)
        keep = rest <= max(8 * 1.4826 * float(np.median(rest)), 0.02)
    matrix = np.zeros((ORDER + 1, ORDER + 1))
    for (i, j), number in zip(ORDERS, numbers, strict=True):
        matrix[j, i] = number
    rows, columns = _powers(shape[0], h * per_cell), _powers(shape[1], w * per_cell)
    return cast(Floats, np.exp(rows @ matrix @ columns.T).astype(np.float32))


def _powers(count: int, total: int) -> NDArray[np.float64]:
    """The powers from 0 on of the places of a line, of which `total` go from -1 to 1."""
    return np.vander((np.arange(count) + 0.5) / total * 2 - 1, ORDER + 1, increasing=True)


def _dust(quarter: Floats, full: tuple[int, int]) -> tuple[tuple[Spot, ...], _Surface]:
    """Spots that differ from their surroundings, and the surface without them (a little around each is taken out)."""
    side = CELL_PX // QUARTER
    light = smooth_light(_shrunk(quarter)[: full[0], : full[1]], quarter.shape, side)
    even = quarter / light
    even[full[0] * side :], even[:, full[1] * side :] = 1, 1  # beyond, where part of a cell is no picture
    slow = cv2.medianBlur(cv2.copyMakeBorder(_shrunk(even), 2, 2, 2, 2, cv2.BORDER_REFLECT_101), 5)[2:-2, 2:-2]
    around = cast(Floats, cv2.resize(slow, quarter.shape[::-1], interpolation=cv2.INTER_LINEAR))
    off = even / np.maximum(around, 1e-3) - 1
    spread = 1.4826 * float(np.median(np.abs(off - np.median(off))))
    marked = (np.abs(off) > max(DUST_FROM, 6 * spread)).astype(np.uint8)
    count, _, boxes, middles = cv2.connectedComponentsWithStats(marked, connectivity=8)
    labels = range(1, count)
    spots = tuple(
        Spot(
            round(float(middles[i][0]) * QUARTER + (QUARTER - 1) / 2, 1),
            round(float(middles[i][1]) * QUARTER + (QUARTER - 1) / 2, 1),
            float(max(boxes[i][cv2.CC_STAT_WIDTH], boxes[i][cv2.CC_STAT_HEIGHT]) * QUARTER),
            bool(off[round(middles[i][1]), round(middles[i][0])] < 0),
        )
        for i in labels
    )
    clean = cv2.dilate(marked, np.ones((5, 5), np.uint8)) == 0
    ranked = tuple(sorted(spots, key=lambda spot: -spot.length_px))
    return ranked, _Surface(np.asarray(clean), cast(Floats, light * around), full)


def _check_even(light: str, cells: Floats, surface: _Surface) -> None:
    covered = 1 - float(surface.clean.mean())
    if covered > MOST_DUST:
        raise LightError(
            f"light {light}: spots cover {covered:.0%} of the flat field: that is no even surface: put a clean matte "
            f"white or grey sheet before the camera"
        )
    rest = _structure(cells)
    if rest > MOST_STRUCTURE:
        raise LightError(
            f"light {light}: the flat field shows a structure of {rest:.1%}, {MOST_STRUCTURE:.0%} is the most: put an "
            f"even matte sheet before the camera, not a shell"
        )


def _structure(cells: Floats) -> float:
    """What a smooth light leaves of a surface's level, root mean square of its share."""
    return float(np.sqrt(np.mean((cells / smooth_light(cells, cells.shape) - 1) ** 2)))


def _check_gain(light: str, gain: Floats, most_gain: float) -> None:
    if (most := float(gain.max())) > most_gain:
        row, column = np.unravel_index(int(gain.argmax()), gain.shape)
        x, y = int(column) * CELL_PX, int(row) * CELL_PX
        raise LightError(
            f"light {light}: the light is too uneven: near ({x}, {y}) px it would have to be multiplied with "
            f"{most:.1f}, {most_gain:g} is the most: aim the lamp anew"
        )


def _held_out(flats: list[LightFrame], dark: float, surface: _Surface) -> list[Floats] | None:
    """The cells of each flat field after the gain of all the others; None with a single one."""
    if len(flats) < 2:
        return None
    total, (rows, columns) = mean_of(flats) * np.float32(len(flats)), surface.full
    corrected = []
    for frame in flats:
        others = (total - frame.quarter) / np.float32(len(flats) - 1) - np.float32(dark)
        even = surface.cells(frame.quarter - np.float32(dark)) * _gain(others, surface)
        corrected.append(cast(Floats, even[:rows, :columns]))
    return corrected


def _full_well(flats: list[LightFrame], darks: list[LightFrame], dark: float) -> float | None:
    """Electrons of level 255 by the photon transfer method (Janesick 2007): the noise's variance grows with the light.

    Of a linear camera; None with a single frame, or without any noise beyond the dark frames'.
    """
    bright, quiet = noise_of(flats), noise_of(darks)
    if bright is None:
        return None
    grown = bright**2 - (quiet or 0.0) ** 2
    light = float(np.mean([frame.level for frame in flats])) - dark
    return round(255.0 * light / grown, -1) if grown > 0.02 else None


def _remarks(light: str, flats: list[LightFrame], spots: tuple[Spot, ...]) -> tuple[str, ...]:
    remarks = []
    if len(flats) < ENOUGH_FRAMES:
        told = "whether it helps was not tried on a frame of its own" if len(flats) < 2 else "more average the noise"
        remarks.append(f"light {light}: {len(flats)} flat field(s), {ENOUGH_FRAMES} are better: {told}")
    if spots:
        first = spots[0]
        remarks.append(
            f"light {light}: {len(spots)} spot(s) of dust or scratches were kept out of the gain, the longest "
            f"{first.length_px:.0f} px at ({first.x_px:.0f}, {first.y_px:.0f}): clean the surface and the lens"
        )
    return tuple(remarks)
