"""The planes of a view: pixels by name, which remember what was made of them for several steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

WITHIN = 0.1
One = TypeVar("One")
Made = TypeVar("Made")


class Planes(Mapping[str, Pixels]):
    """Pixels by light, all (h, w[, 3]) of one size; nobody writes into them."""

    def __init__(self, pixels: Mapping[str, Pixels]) -> None:
        self._pixels = dict(pixels)
        self._reduced: dict[tuple[str, int], Pixels] = {}

    def __getitem__(self, name: str) -> Pixels:
        return self._pixels[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pixels)

    def __len__(self) -> int:
        return len(self._pixels)

    def __contains__(self, name: object) -> bool:
        return name in self._pixels  # Mapping's own would ask for the pixels

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self)})"

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        h, w = next(iter(self._pixels.values())).shape[:2]
        return h, w

    def reduced(self, name: str, times: int) -> Pixels:
        """A plane averaged over squares of `times` pixels, made once; see `reduced`."""
        if times == 1:
            return self[name]
        key = (name, times)
        if key not in self._reduced:
            # by way of its half, whoever asks first: several steps want both
            half = times % 2 == 0 and times > 2
            self._reduced[key] = reduced(self.reduced(name, times // 2), 2) if half else reduced(self[name], times)
        return self._reduced[key]


def reduced(pixels: Pixels, times: int) -> Pixels:
    """Pixels (h, w[, 3]) averaged over squares, (h // times, w // times[, 3]); what is left over is left out."""
    h, w = pixels.shape[0] // times, pixels.shape[1] // times
    whole = pixels[: h * times, : w * times]
    return cast(Pixels, cv2.resize(whole, (w, h), interpolation=cv2.INTER_AREA))


def plane_reduced(planes: Mapping[str, Pixels], name: str, times: int) -> Pixels:
    """One of the planes averaged over squares of `times` pixels; planes that remember it are asked."""
    return (planes if isinstance(planes, Planes) else Planes(planes)).reduced(name, times)


def whole_times(px_per_mm: float, wanted: float) -> int:
    """By what whole number to divide a scale so that it comes within a tenth of the wanted one; 0 by none.

    OpenCV averages over whole pixels in a third of the time it takes for parts of pixels.
    """
    times = round(px_per_mm / wanted)
    return times if times >= 1 and abs(times * wanted / px_per_mm - 1) <= WITHIN else 0


def side_by_side(items: Iterable[One], work: Callable[[One], Made]) -> list[Made]:
    """What `work` makes of each item, in their order, on as many threads as OpenCV has."""
    waiting = list(items)
    threads = min(cv2.getNumThreads(), len(waiting))
    if threads < 2:
        return [work(one) for one in waiting]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, waiting))


def in_bands(rows: int, band: int, work: Callable[[int, int], None]) -> None:
    """Call `work(top, bottom)` for every band of so many rows, side by side.

    What is small enough for the processor's cache is not written to memory and read again by every operation.
    """
    side_by_side(range(0, rows, band), lambda top: work(top, min(top + band, rows)))
