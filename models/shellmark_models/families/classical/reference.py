"""What good shells look like at each place of an aligned view, and how far a view is from that.

The difference to the goods' mean, less what a pixel's shift of its edges explains (a print lies a little elsewhere on
every shell), goes through the filters of `bank`; what each answers is taken in units of what goods answer near that
place, so that a quiet place is watched as closely as a lively one, and of how bright the place is, for dust shines as
its place does. A view is cut into cells of 8 x 8 pixels: how much a filter answers in a cell is its highest value
there. The logarithms of these are what is learned: their mean is little moved by the dust that one shell of thirty
carries, their sums go on with every further shell.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from shellmark_models.families.classical.bank import REACH_PX, STEPS, measures, responses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Fixed = NDArray[np.int16]
    Floats = NDArray[np.float32]

CELL_PX = 8
TILE_PX = 768
"""What is filtered at once: with what lies round it, a few planes of it stay in a core's cache."""
GRID_PX = 16
LEAST = 0.3
"""Grey levels: what 8 bits cannot tell from nothing."""
WIDE = 1.5
"""Deviations of the logarithms above their mean that are still usual."""
NEAR_CELLS = 3
FLOOR = 1.0
"""The least that may be usual at a place, as a share of the view's median; more where it is brighter than usual."""
MOST_BRIGHT = 4.0
DARK = 8.0
"""Grey levels below which a place's brightness says little of how dust shines there."""
SHIFTED = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
"""Where an edge of the goods' mean may lie."""
SUSPECT = 0.75
"""Cells below this share of the limit are drawn as cells: the judge's regions grow no farther than they do."""
PATCH_PX = 128
"""What is drawn at once: little round a small defect, whatever else the view holds."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a view to be filtered: its rows and columns, and those with what lies round them, all in pixels."""

    top: int
    left: int
    bottom: int
    right: int

    def grown(self, size: tuple[int, int]) -> Box:
        """With the filters' reach, inside a view of (h, w)."""
        return Box(
            max(0, self.top - REACH_PX),
            max(0, self.left - REACH_PX),
            min(size[0], self.bottom + REACH_PX),
            min(size[1], self.right + REACH_PX),
        )

    def within(self, outer: Box, stride: int) -> tuple[slice, slice]:
        """This box in the pixels of an outer one's response of that stride."""
        return (
            slice((self.top - outer.top) // stride, (self.bottom - outer.top) // stride),
            slice((self.left - outer.left) // stride, (self.right - outer.left) // stride),
        )

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def cells(self) -> tuple[slice, slice]:
        """Rows and columns in cells."""
        return (
            slice(self.top // CELL_PX, self.bottom // CELL_PX),
            slice(self.left // CELL_PX, self.right // CELL_PX),
        )


def padded(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Planes (h, w, p) with their border drawn out to whole cells at either resolution."""
    down, right = (-side % GRID_PX for side in array.shape[:2])
    return array if not down and not right else np.pad(array, ((0, down), (0, right), (0, 0)), mode="edge")


def padded_mask(mask: NDArray[np.bool_] | None, size: tuple[int, int]) -> NDArray[np.bool_]:
    """A mask (None: all of a view of (h, w)), false on what is drawn out."""
    down, right = (-side % GRID_PX for side in size)
    return np.pad(np.ones(size, np.bool_) if mask is None else mask, ((0, down), (0, right)))


def tiles(mask: NDArray[np.bool_]) -> list[Box]:
    """The tiles of a padded view that have something to look at."""
    height, width = mask.shape
    boxes = [
        Box(top, left, min(height, top + TILE_PX), min(width, left + TILE_PX))
        for top in range(0, height, TILE_PX)
        for left in range(0, width, TILE_PX)
    ]
    return [box for box in boxes if mask[box.slices].any()]


def highest_in_cells(response: Fixed, stride: int) -> Fixed:
    """The highest of each cell of a response of that stride."""
    return _over_cells(response, CELL_PX // stride, np.maximum)


def lowest_in_cells(response: Fixed, stride: int) -> Fixed:
    """The lowest of each cell of a response of that stride."""
    return _over_cells(response, CELL_PX // stride, np.minimum)


def _over_cells(response: Fixed, cell: int, worse: np.ufunc) -> Fixed:
    """Halves each cell's rows until one is left, then its columns: far faster than a reduction over short axes."""
    height, width = response.shape[0] // cell, response.shape[1] // cell
    rows = response.reshape(height, cell, width * cell)
    while rows.shape[1] > 1:
        half = rows.shape[1] // 2
        rows = worse(rows[:, :half], rows[:, half:])
    found = rows.reshape(height, width * cell)
    while found.shape[1] > width:
        found = worse(found[:, ::2], found[:, 1::2])
    return np.asarray(found, np.int16)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A padded view (h, w, p) beside the goods' mean of the same places; ``chroma`` (p,) as in Layout."""

    planes: NDArray[np.uint8]
    mean: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    chroma: tuple[bool, ...]
    threads: int = 0

    def cells(self) -> Floats:
        """How much every filter answers in every cell within the mask (m, h/8, w/8)."""
        height, width = self.mask.shape
        found = np.zeros((len(measures(self.chroma)), height // CELL_PX, width // CELL_PX), np.float32)

        def one(box: Box) -> None:
            for index, (response, sign, stride) in enumerate(self._masked(box)):
                cells = highest_in_cells(response, stride) if sign > 0 else -lowest_in_cells(response, stride)
                found[index, *box.cells] = cells

        self._each(one, tiles(self.mask))
        np.maximum(found, 0, out=found)
        return np.multiply(found, np.float32(1 / STEPS), out=found)

    def drawn(self, grid: Floats, inverse: Floats) -> Floats:
        """The map (h, w): each pixel's highest response by ``inverse`` (m, h/8, w/8) where the grid is suspect.

        ``grid`` (h/8, w/8) is drawn as it is elsewhere.
        """
        height, width = self.mask.shape
        found = cv2.resize(grid, (width, height), interpolation=cv2.INTER_NEAREST)

        def one(box: Box) -> None:
            drawn = np.zeros((box.bottom - box.top, box.right - box.left), np.float32)
            for index, (response, sign, stride) in enumerate(self._masked(box)):
                counts = inverse[index][box.cells] * np.float32(sign / STEPS)
                part = response * cv2.resize(counts, response.shape[::-1], interpolation=cv2.INTER_NEAREST)
                full = part if stride == 1 else cv2.resize(part, drawn.shape[::-1], interpolation=cv2.INTER_NEAREST)
                np.maximum(drawn, full, out=drawn)
            found[box.slices] = drawn

        self._each(one, _suspect(grid))
        return np.asarray(found, np.float32)

    def _masked(self, box: Box) -> Iterator[tuple[Fixed, int, int]]:
        """Every measure's response inside a box, with its sign and its stride; nothing outside the mask."""
        outer = box.grown((self.mask.shape[0], self.mask.shape[1]))
        here, goods = self.planes[outer.slices], self.mean[outer.slices]
        whole = _beyond(here, goods)
        difference = [np.ascontiguousarray(whole[..., i]) * np.int16(STEPS) for i in range(whole.shape[2])]
        mask = self.mask[box.slices]
        shown = None if mask.all() else {1: mask.astype(np.int16), 2: mask[::2, ::2].astype(np.int16)}

        def part(response: Fixed, stride: int) -> Fixed:
            inner = response[box.within(outer, stride)]
            return np.ascontiguousarray(inner) if shown is None else inner * shown[stride]

        for bright, dark in responses(difference, self.chroma):
            inner = None
            for response, sign in ((bright, 1), (dark, -1)):
                if response is None:
                    continue
                stride = whole.shape[0] // response.shape[0]
                if inner is None or dark is not bright:
                    inner = part(response, stride)
                yield inner, sign, stride

    def _each(self, work: Callable[[Box], None], boxes: Sequence[Box]) -> None:
        threads = min(self.threads or os.cpu_count() or 1, len(boxes))
        if threads <= 1:
            for box in boxes:
                work(box)
            return
        with ThreadPoolExecutor(threads, thread_name_prefix="classical") as pool:
            list(pool.map(work, boxes))


def _beyond(here: NDArray[np.uint8], goods: NDArray[np.uint8]) -> Fixed:
    """How far planes lie beyond what the goods' mean shows at a place and beside it."""
    above = cv2.subtract(here, cv2.dilate(goods, SHIFTED))
    below = cv2.subtract(cv2.erode(goods, SHIFTED), here)
    return np.asarray(cv2.subtract(above, below, dtype=cv2.CV_16S), np.int16)


def brightness(mean: NDArray[np.uint8]) -> Floats:
    """How bright the goods' mean (h, w, p) is in each cell (p, h/8, w/8)."""
    size = (mean.shape[1] // CELL_PX, mean.shape[0] // CELL_PX)
    small = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in cv2.split(mean)]
    return np.asarray(small, np.float32)


def _suspect(grid: Floats) -> list[Box]:
    """The patches of a padded view that hold a suspect cell or lie beside one."""
    near = cv2.dilate((grid >= SUSPECT).astype(np.uint8), np.ones((3, 3), np.uint8))
    height, width = (side * CELL_PX for side in grid.shape)
    boxes = [
        Box(top, left, min(height, top + PATCH_PX), min(width, left + PATCH_PX))
        for top in range(0, height, PATCH_PX)
        for left in range(0, width, PATCH_PX)
    ]
    return [box for box in boxes if near[box.cells].any()]


@dataclass(frozen=True, slots=True)
class Logs:
    """Sums over goods of the logarithms of what each measure answers in each cell (m, gh, gw), and of their squares."""

    count: int
    total: NDArray[np.float32]
    squares: NDArray[np.float32]

    @classmethod
    def of_none(cls, shape: tuple[int, ...]) -> Logs:
        """No shell yet."""
        return cls(0, np.zeros(shape, np.float32), np.zeros(shape, np.float32))

    def add(self, cells: Floats) -> Logs:
        """With one more shell; the arrays are changed in place."""
        logs = logarithms(cells)
        self.total.__iadd__(logs)
        self.squares.__iadd__(logs * logs)
        return Logs(self.count + 1, self.total, self.squares)

    def usual(self, index: int, without: Floats | None = None, bright: Floats | None = None) -> Floats:
        """What is usual near each cell (gh, gw) in one measure, of all goods or all but the one with these cells.

        ``bright`` (gh, gw) is how bright the cells are in the light that is measured, None for what has no brightness.
        """
        count, total, squares = self.count, self.total[index], self.squares[index]
        if without is not None:
            logs = logarithms(without)
            count, total, squares = count - 1, total - logs, squares - logs * logs
        mean = total / count
        deviation = np.sqrt(np.maximum(squares / count - mean * mean, 0))
        high = np.exp(mean + WIDE * deviation).astype(np.float32)
        seen = (total > count * np.log(LEAST) + 1e-3).astype(np.float32)
        share = cv2.blur(seen, (NEAR_CELLS, NEAR_CELLS))
        near = cv2.blur(high * seen, (NEAR_CELLS, NEAR_CELLS)) / np.maximum(share, 1e-3)
        if not seen.any():
            return np.asarray(np.maximum(near, LEAST), np.float32)
        floor = np.full_like(near, FLOOR * float(np.median(high[seen > 0])))
        if bright is not None:
            ratio = (bright + DARK) / (float(np.median(bright[seen > 0])) + DARK)
            floor *= np.clip(ratio, 1.0, MOST_BRIGHT)
        return np.asarray(np.maximum(near, np.maximum(floor, np.float32(LEAST))), np.float32)


def logarithms(cells: Floats) -> Floats:
    """The logarithms of what is measured, nothing counting as the least that can be."""
    return np.asarray(np.log(np.maximum(cells, np.float32(LEAST))), np.float32)
