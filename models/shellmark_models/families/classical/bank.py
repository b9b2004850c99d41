"""The filters a difference to the good shells is looked at with.

| filter | of | at | answers to |
|---|---|---|---|
| fine | grey | full resolution | specks, edges of scratches: what is 1 to 4 px wide |
| line | grey | half resolution | scratches, cracks: mean of `fine` over 8 px along the best of twelve directions |
| long | grey, bright only | half resolution | scratches: three such pieces in one line, the weakest counts |
| trace | grey, dark only | half resolution | cracks: `line` of what a closing by 5 px fills |
| level, spot, blot | grey, colour | half resolution | what is 3, 3 to 8, 5 to 20 px wide |
| slope x, slope y | grey | half resolution | dents and bumps: one side brighter, the other darker |

Lines are looked for in the highest of every 2 x 2 pixels, so that half the resolution loses no thin one.

Dust is bright, thin, short and curled, and lies on every shell. What is linear answers to a bright fibre with a dark
rim and with slopes: `trace` is taken of what a closing fills, blot and slopes of a grey plane from which an opening has
taken what is up to 5 px wide, and no three pieces of a fibre lie in line.

The widths, and which filters are worth their cost, were chosen on rendered cases to learn from (docs/models.md).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Fixed = NDArray[np.int16]

CHROMA: Mapping[str, str] = MappingProxyType({"level": "+-", "spot": "+-", "blot": "+-"})
"""The filters of a plane of colour, with the signs each is looked at in."""
GREY: Mapping[str, str] = MappingProxyType(
    {"fine": "+-", "line": "+-", "long": "+", "trace": "-", **CHROMA, "slope x": "+-", "slope y": "+-"}
)
"""Those of a grey plane, in the order `responses` gives them."""
REACH_PX = 32
"""How far round a pixel the widest filter looks; a multiple of 16."""
STEPS = 16
"""Steps of a grey level: what is filtered is whole numbers of 16 bits, which a core adds 16 at a time."""
DIRECTIONS = ((4, 0), (4, 1), (4, 2), (3, 3), (2, 4), (1, 4), (0, 4), (-1, 4), (-2, 4), (-3, 3), (-4, 2), (-4, 1))
"""Steps (x, y) at half resolution from piece to piece of a line."""
PIECES = 3
"""Of a long line."""
CLOSED_PX = 5
"""What is dark and narrower may be a crack."""
OPENED_PX = 3
"""At half resolution: what is bright and narrower is taken away before blots and slopes are looked for."""


class Response(NamedTuple):
    """What a filter answers, (h, w) or (h/2, w/2): how much brighter than the goods, how much darker (below 0).

    None: a filter that does not look at that sign.
    """

    bright: Fixed | None
    dark: Fixed | None


class Piece(NamedTuple):
    """A piece of a line: its step (x, y), the (h, w) of the plane, and its mean from every place on that has one."""

    x: int
    y: int
    size: tuple[int, ...]
    mean: Fixed

    def put(self, found: Fixed, values: Fixed, number: int = 0, of: int = 1) -> None:
        """Raises ``found`` (h, w) to what lines of so many pieces are worth, at the middle of one piece of each."""
        top, left = number * self.y, number * self.x if self.x > 0 else (number + 1 - of) * self.x
        top, left = top + 3 * self.y // 8, left + 3 * abs(self.x) // 8
        part = found[top : top + values.shape[0], left : left + values.shape[1]]
        np.maximum(part, values, out=part)


def measures(chroma: Sequence[bool]) -> tuple[str, ...]:
    """Names of what is measured of planes of these kinds, in order: ``<plane> <filter> <sign>``."""
    return tuple(
        f"{plane} {name} {sign}"
        for plane, kind in enumerate(chroma)
        for name, signs in (CHROMA if kind else GREY).items()
        for sign in signs
    )


def lit_plane(measure: str, chroma: Sequence[bool]) -> int | None:
    """The plane a measure is of, where that is a light's grey level; None for colour and what is no filter."""
    plane = measure.partition(" ")[0]
    return int(plane) if plane.isdecimal() and not chroma[int(plane)] else None


def responses(difference: Sequence[Fixed], chroma: Sequence[bool]) -> Iterator[Response]:
    """For each plane what its filters answer, in the order of `measures`.

    ``difference`` (h, w), of even sides, and responses are in steps of a grey level.
    """
    for plane, kind in zip(difference, chroma, strict=True):
        if not kind:
            sharp = _blurred(plane, 0.7)
            fine = _less(sharp, _blurred(plane, 2.0))
            yield Response(fine, fine)
            bright = _pieces(_pooled(fine))
            yield Response(_line(bright), -_line(_pieces(_pooled(-fine))))
            yield Response(_long(bright), -_line(_pieces(_pooled(_depth(sharp)))))
        yield from _at_half(plane, grey=not kind)


def _blurred(plane: Fixed, deviation: float) -> Fixed:
    side = 2 * round(3 * deviation) + 1
    return np.asarray(cv2.GaussianBlur(plane, (side, side), deviation), np.int16)


def _less(one: Fixed, other: Fixed) -> Fixed:
    return np.asarray(cv2.subtract(one, other), np.int16)


def _depth(sharp: Fixed) -> Fixed:
    """How far dark places lie below what is round them."""
    kernel = np.ones((CLOSED_PX, CLOSED_PX), np.uint8)
    return np.asarray(cv2.morphologyEx(sharp, cv2.MORPH_BLACKHAT, kernel), np.int16)


def _pooled(plane: Fixed) -> Fixed:
    """The highest of every 2 x 2 pixels: half the resolution, and no thin line is lost."""
    rows = plane.reshape(plane.shape[0] // 2, 2, plane.shape[1])
    high = np.maximum(rows[:, 0], rows[:, 1])
    return np.maximum(high[:, ::2], high[:, 1::2])


def _pieces(pooled: Fixed) -> list[Piece]:
    """For each direction the mean over a piece of four samples from every place on."""
    quarter = pooled >> 2
    return [
        Piece(x, y, pooled.shape, _along(_along(quarter, round(x / 4), round(y / 4)), round(x / 2), round(y / 2)))
        for x, y in DIRECTIONS
    ]


def _line(pieces: Sequence[Piece]) -> Fixed:
    """The highest piece in any direction, at its middle."""
    found = np.zeros(pieces[0].size, np.int16)
    for piece in pieces:
        piece.put(found, piece.mean)
    return found


def _long(pieces: Sequence[Piece]) -> Fixed:
    """Three pieces in one line: the mean of the weakest, at the middles of all three; of all lines the brightest."""
    found = np.zeros(pieces[0].size, np.int16)
    for piece in pieces:
        two = np.minimum(*_apart(piece.mean, piece.x, piece.y))
        least = np.minimum(*_apart(two, piece.x, piece.y))
        for number in range(PIECES):
            piece.put(found, least, number, PIECES)
    return found


def _along(plane: Fixed, x: int, y: int) -> Fixed:
    """Every pixel plus the one (x, y) farther, y >= 0, where there is one."""
    one, other = _apart(plane, x, y)
    return np.asarray(cv2.add(one, other), np.int16)


def _apart(plane: Fixed, x: int, y: int) -> tuple[Fixed, Fixed]:
    """The pixels that have one (x, y) farther, y >= 0, and those."""
    height, width = max(0, plane.shape[0] - y), max(0, plane.shape[1] - abs(x))
    here, there = max(-x, 0), max(x, 0)
    return plane[:height, here : here + width], plane[y:, there : there + width]


def _at_half(plane: Fixed, *, grey: bool) -> Iterator[Response]:
    size = (plane.shape[1] // 2, plane.shape[0] // 2)
    half = np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.int16)
    level = _blurred(half, 0.5)
    spot = _less(level, _blurred(half, 2.0))
    broad = _opened(level) if grey else half
    for response in (level, spot, _less(_blurred(broad, 1.0), _blurred(broad, 4.0))):
        yield Response(response, response)
    if grey:
        smooth = _blurred(broad, 1.5)
        for across, down in ((1, 0), (0, 1)):
            slope = np.asarray(cv2.Sobel(smooth, cv2.CV_16S, across, down, ksize=3, scale=0.25), np.int16)
            yield Response(slope, slope)


def _opened(level: Fixed) -> Fixed:
    kernel = np.ones((OPENED_PX, OPENED_PX), np.uint8)
    return np.asarray(cv2.morphologyEx(level, cv2.MORPH_OPEN, kernel), np.int16)
