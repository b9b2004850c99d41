"""Every QR symbol of a frame: the whole frame first; then, closer, what looks like one and was not read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from shellmark_trace.errors import LinkError
from shellmark_trace.link import Link, parse_link

from .finders import finder_patterns
from .places import Place, likely_places


@dataclass(frozen=True, slots=True)
class _Try:
    """One way to look at a place again: stretched along x and y, smoothed before by a Gaussian of s.d. `smooth_px`."""

    x: float
    y: float
    smooth_px: float = 0.0


ENLARGED = (_Try(2, 2),)
"""What is tried where something looks like a symbol, beside others that were read."""
AT_LAST = (_Try(2, 2, 1.0), _Try(3, 1.5), _Try(1.5, 3), _Try(4, 4, 0.7), _Try(4, 2), _Try(2, 4))
"""What is tried after that while nothing at all was read: against noise, a label seen aslant, few pixels."""
SMALL_PX = 640_000
"""A frame of no more pixels is one place, and is enlarged whole."""
MOST_PX = 2_200_000
"""A place is not enlarged to more: its label then has pixels enough as it is."""
MARGIN = 0.25
FILLED = 0.4 / (1 + 2 * MARGIN) ** 2

_QR = zxingcpp.BarcodeFormat.QRCodeModel2
"""Without Micro QR, which the decoder's `QRCode` includes and which has so little error correction that it was seen to
read "222898" out of a spoilt label's finder pattern."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelRead:
    """One QR symbol of a frame.

    `text` is what it says, empty for a symbol that is there and cannot be read (half covered, torn). `uec` is the share
    of its error correction that was not needed: 1.0 undamaged, 0.0 not readable (unused error correction, a parameter
    of ISO/IEC 15415). `corners_px` are (4, 2) corners as x and y in the frame: those of the symbol, of a symbol that
    cannot be read perhaps only those of one finder pattern.
    """

    text: str
    uec: float
    corners_px: NDArray[np.float64]

    @property
    def link(self) -> Link | None:
        """What it says as a code, by whatever factory; None for any other text."""
        try:
            return parse_link(self.text)
        except LinkError:
            return None


def read_labels(frame: NDArray[np.uint8], place: Place | None = None) -> tuple[LabelRead, ...]:
    """Every QR symbol in a frame, ours or not, from top to bottom.

    Args:
        frame: (height, width) grey or (height, width, 3) BGR.
        place: Look there only, which is quicker. None: everywhere, which alone tells that a label is alone on a case.

    Raises:
        ValueError: the frame is no such array.
    """
    grey = _grey(frame)
    whole = Place(0, 0, grey.shape[1], grey.shape[0]) if place is None else place.clipped(grey.shape)
    if min(whole.width, whole.height) == 0:
        return ()
    if whole.width * whole.height <= SMALL_PX:
        found = _closely(grey, [whole], [])
        places = [whole]
    else:
        found = _decoded(grey, whole)
        places = [whole.within(spot).grown(MARGIN).clipped(grey.shape) for spot in likely_places(whole.of(grey))]
        found = _closely(grey, places, found)
    found = _at_last(grey, places, found)
    return tuple(sorted(found, key=lambda read: float(read.corners_px[:, 1].mean())))


def _closely(grey: NDArray[np.uint8], places: Iterable[Place], found: list[LabelRead]) -> list[LabelRead]:
    """What was found, and what is read or merely there in the places that it does not fill."""
    for place in places:
        if any(read.text and _fills(place, read) for read in found):
            continue
        here = _decoded(grey, place)
        if not any(read.text for read in here):
            here += _tried(grey, place, ENLARGED)
        corner = np.array((place.left, place.top), np.float64)
        lone = [LabelRead("", 0.0, corners + corner) for corners in finder_patterns(place.of(grey))]
        found = _merged([*found, *here, *lone])
    return found


def _at_last(grey: NDArray[np.uint8], places: Iterable[Place], found: list[LabelRead]) -> list[LabelRead]:
    """What was found; while nothing of it could be read, what every further try makes of the places."""
    for place in places:
        if any(read.text for read in found):
            break
        found = _merged([*found, *_tried(grey, place, AT_LAST)])
    return found


def _tried(grey: NDArray[np.uint8], place: Place, tries: Iterable[_Try]) -> list[LabelRead]:
    """What the first try that reads something finds in a place, with what the tries before it saw unread."""
    found: list[LabelRead] = []
    for attempt in tries:
        if place.width * attempt.x * place.height * attempt.y > MOST_PX:
            continue
        found += _decoded(grey, place, attempt)
        if any(read.text for read in found):
            break
    return found


def _decoded(grey: NDArray[np.uint8], place: Place, attempt: _Try = _Try(1, 1)) -> list[LabelRead]:
    pixels = np.ascontiguousarray(place.of(grey))
    if attempt.smooth_px:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), attempt.smooth_px), np.uint8)
    if (attempt.x, attempt.y) != (1, 1):
        pixels = np.asarray(
            cv2.resize(pixels, None, fx=attempt.x, fy=attempt.y, interpolation=cv2.INTER_CUBIC), np.uint8
        )
    formats = zxingcpp.BarcodeFormats([_QR])  # one of the module's own would be called leaked when Python ends
    symbols = zxingcpp.read_barcodes(pixels, formats=formats, try_invert=False, return_errors=True)
    return _merged(read for read in (_read(symbol, place, attempt) for symbol in symbols) if _lies_somewhere(read))


def _lies_somewhere(read: LabelRead) -> bool:
    """Whether it has an outline: the decoder also returns what came of three marks that make no symbol, at 0, 0.

    1 of 20,000 clean symbols had such marks among its own dots. What really is there unread has finder patterns.
    """
    return bool(np.ptp(read.corners_px, axis=0).max() > 0)


def _read(symbol: Any, place: Place, attempt: _Try) -> LabelRead:
    at = symbol.position
    corners = [(p.x, p.y) for p in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]
    text = str(symbol.text) if symbol.valid else ""
    uec = float(symbol.extra.get("UEC", 0.0)) if symbol.valid else 0.0
    return LabelRead(text, uec, np.array(corners, np.float64) / (attempt.x, attempt.y) + (place.left, place.top))


def _merged(reads: Iterable[LabelRead]) -> list[LabelRead]:
    """The reads with each symbol once: the one that says something goes before the one that does not."""
    kept: list[LabelRead] = []
    for read in sorted(reads, key=lambda read: not read.text):
        if not any(_same(read, known) for known in kept):
            kept.append(read)
    return kept


def _same(read: LabelRead, known: LabelRead) -> bool:
    """Whether the one lies on the other."""
    outline = known.corners_px.astype(np.float32)
    middle = read.corners_px.mean(axis=0)
    reach = 0.1 * float(np.ptp(outline, axis=0).max())  # a finder pattern's middle lies inside, corners are rounded
    return bool(cv2.pointPolygonTest(outline, (float(middle[0]), float(middle[1])), measureDist=True) > -reach)


def _fills(place: Place, read: LabelRead) -> bool:
    """Whether most of a place, without the margin it was grown by, is the symbol that was read."""
    x, y = read.corners_px.min(axis=0)
    right, bottom = read.corners_px.max(axis=0)
    width = min(right, place.left + place.width) - max(x, place.left)
    height = min(bottom, place.top + place.height) - max(y, place.top)
    return bool(width > 0 and height > 0 and width * height > FILLED * place.width * place.height)


def _grey(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if frame.dtype != np.uint8 or frame.ndim not in {2, 3} or (frame.ndim == 3 and frame.shape[2] != 3):
        raise ValueError(f"a frame of {frame.dtype} {frame.shape} cannot be read: uint8, grey or BGR, is due")
    return frame if frame.ndim == 2 else np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
