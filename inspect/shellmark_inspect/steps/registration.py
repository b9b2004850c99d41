"""The arithmetic of `align`: the turn, scale and shift that bring one picture onto another.

Both pictures are turned into features that know neither exposure nor slow light. Places are looked for coarsely over
the whole of the allowed shift and turn; each candidate is refined by inverse compositional Gauss-Newton (Baker and
Matthews 2004) with a similarity's four numbers; the candidates are then told apart by the pixels that differ between
them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.planes import Planes, reduced, side_by_side, whole_times
from shellmark_inspect.types import Matrix, Pixels

from .moving import grey, resizing, shifting, shrinking, shrunk, smaller
from .straightened import Straightened

Floats = NDArray[np.float32]

LEVELS_PX_PER_MM = (0.5, 1.0, 2.0)
SLOW_MM = 30.0
STEPS_PER_LEVEL = 30
STILL_PX, STILL_BEFORE_PX = 0.01, 0.05
"""A corner that moves less is where it belongs, at the finest scale and at those before it."""


@dataclass(frozen=True, slots=True)
class Match:
    """One way the reference lies in a view.

    `back` (3x3) takes reference pixels to view pixels, `correlation` is -1..1 over the whole picture.
    """

    back: Matrix
    correlation: float


@dataclass(frozen=True, slots=True)
class Level:
    """A picture's features at one scale: `to_full` takes its pixels to the full picture's."""

    features: Floats
    to_full: Matrix

    @property
    def from_full(self) -> Matrix:
        """The full picture's pixels to this level's."""
        return np.asarray(np.linalg.inv(self.to_full), np.float64)


def levels(planes: Mapping[str, Pixels], light: str, px_per_mm: float) -> tuple[Level, ...]:
    """A plane's features from coarse to fine; scales finer than the plane's own are left out but for one."""
    times = max(1, whole_times(px_per_mm, LEVELS_PX_PER_MM[-1]))
    seen_first = planes.foreseen if isinstance(planes, Straightened) else Planes(planes).reduced
    picture, to_full = seen_first(light, times), shrinking(times)
    found: dict[tuple[int, int], Level] = {}
    for wanted in reversed(LEVELS_PX_PER_MM):
        scale = px_per_mm / to_full[0, 0]
        if times := whole_times(scale, wanted):
            picture, to_full = (reduced(picture, times) if times > 1 else picture), to_full @ shrinking(times)
        else:
            old = picture.shape[0], picture.shape[1]
            size = smaller(old, wanted / scale)
            picture, to_full = cast(Pixels, shrunk(picture, size)), to_full @ resizing(old, size)
        size = picture.shape[0], picture.shape[1]
        found[size] = found.get(size) or Level(features(grey(picture), px_per_mm / to_full[0, 0]), to_full)
    return tuple(reversed(found.values()))


_LIGHT = np.log1p(np.arange(256, dtype=np.float32))


def features(picture: Pixels, px_per_mm: float) -> Floats:
    """The logarithm of the light less its slow part, of mean 0 and deviation 1: a gain or an offset of it vanishes."""
    light = cast(Floats, cv2.GaussianBlur(cv2.LUT(picture, _LIGHT), (0, 0), 1.0))
    side = max(3, round(SLOW_MM * px_per_mm) | 1)
    # beyond the picture its border goes on: mirrored, what lies near the border would not move when the shell does
    cv2.subtract(light, cv2.blur(light, (side, side), borderType=cv2.BORDER_REPLICATE), light)
    mean, deviation = (float(one[0, 0]) for one in cv2.meanStdDev(light))
    return cast(Floats, cv2.addWeighted(light, scale := 1 / max(deviation, 1e-6), light, 0.0, -mean * scale))


class Reference:
    """A reference picture made ready: its features, and per level the steepest descent and its Hessian."""

    def __init__(self, planes: Mapping[str, Pixels], light: str, px_per_mm: float) -> None:
        self.size = planes[light].shape[:2]
        self._light = light
        self.px_per_mm = px_per_mm
        self._levels = levels(planes, light, px_per_mm)
        self._slopes = [_slopes(level.features) for level in self._levels]

    def match(self, planes: Mapping[str, Pixels], most_mm: float, most_deg: float) -> tuple[Match, float]:
        """Where the reference lies in planes of its own size, within about that shift and turn, and the doubt of it.

        The doubt is how well another place explains the pixels in which the two differ: 0 not at all, 1 as well. Ribs
        repeat and say nothing there; the outline and the fittings do not repeat, and decide. A picture without anything
        in it gives a correlation of 0.
        """
        view = levels(planes, self._light, self.px_per_mm)
        places = self._places(view[0], most_mm, most_deg)
        found = side_by_side(places, lambda back: self._refined(view, back, 0, min(2, len(view))))
        if not found:
            return Match(np.eye(3), 0.0), 0.0
        found.sort(key=lambda match: -match.correlation)
        first, *others = _apart(found, self._middle, 2.0 * self.px_per_mm)
        best = self._refined(view, first.back, len(view) - 1, len(view))
        return best, max((self._doubt(view, best, other) for other in others), default=0.0)

    def _doubt(self, view: tuple[Level, ...], best: Match, other: Match) -> float:
        i = min(1, len(view) - 1)
        ours = self._levels[i]
        there = [
            _warped(view[i].features, _at_level(match.back, view[i], ours), ours.features.shape)
            for match in (best, other)
        ]
        weight = np.abs(there[0] - there[1])
        errors = [float((weight * (picture - ours.features) ** 2).sum()) for picture in there]
        return errors[0] / max(errors[1], 1e-9)

    @property
    def _middle(self) -> NDArray[np.float64]:
        return np.array([(self.size[1] - 1) / 2, (self.size[0] - 1) / 2, 1.0])

    def _places(self, view: Level, most_mm: float, most_deg: float) -> Iterator[Matrix]:
        """Peaks of the correlation over shifts and turns, at the coarsest level."""
        ours = self._levels[0]
        px_per_mm = self.px_per_mm / ours.to_full[0, 0]
        reach = max(2, math.ceil(most_mm * px_per_mm) + 1)

        def turned(degrees: float) -> list[tuple[float, Matrix]]:
            turn = _turn(ours.features.shape, degrees)
            there = _warped(view.features, turn, ours.features.shape)
            wide = cv2.copyMakeBorder(there, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
            surface = cast(Floats, cv2.matchTemplate(wide, ours.features, cv2.TM_CCOEFF_NORMED))
            return [
                (score, view.to_full @ turn @ shifting(x - reach, y - reach) @ ours.from_full)
                for score, x, y in _peaks(surface)
            ]

        turns = np.linspace(-most_deg, most_deg, 2 * math.ceil(most_deg) + 1).tolist()
        peaks = [peak for each in side_by_side(turns, turned) for peak in each]
        peaks.sort(key=lambda peak: -peak[0])
        apart = _apart([Match(back, score) for score, back in peaks], self._middle, 2.0 * self.px_per_mm)
        return (match.back for match in apart[:4])

    def _refined(self, view: tuple[Level, ...], back: Matrix, first: int, last: int) -> Match:
        correlation = -1.0
        for i in range(first, last):
            ours = self._levels[i]
            start, still_px = _at_level(back, view[i], ours), STILL_PX if i == len(view) - 1 else STILL_BEFORE_PX
            at_level, correlation = _descend(ours.features, self._slopes[i], view[i].features, start, still_px)
            back = view[i].to_full @ at_level @ ours.from_full
        return Match(back, correlation)


def _at_level(back: Matrix, view: Level, ours: Level) -> Matrix:
    return view.from_full @ back @ ours.to_full


def _turn(shape: tuple[int, ...], degrees: float) -> Matrix:
    h, w = shape[:2]
    rotation = cv2.getRotationMatrix2D(((w - 1) / 2, (h - 1) / 2), degrees, 1.0)
    return np.vstack([rotation, [0, 0, 1]]).astype(np.float64)


def _warped(picture: Floats, back: Matrix, shape: tuple[int, ...]) -> Floats:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cast(
        Floats, cv2.warpAffine(picture, back[:2], (shape[1], shape[0]), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    )


def _peaks(surface: Floats) -> list[tuple[float, int, int]]:
    """The local maxima of a correlation surface that come near its highest: (score, x, y)."""
    around = cv2.dilate(surface, np.ones((3, 3), np.uint8))
    ys, xs = np.nonzero((surface >= around) & (surface > 0.5 * surface.max()))
    best = np.argsort(-surface[ys, xs])[:6]
    return [(float(surface[ys[i], xs[i]]), int(xs[i]), int(ys[i])) for i in best]


def _apart(ranked: list[Match], middle: NDArray[np.float64], least_px: float) -> list[Match]:
    """The matches that move the middle of the picture to places of their own."""
    kept: list[Match] = []
    for match in ranked:
        place = (match.back @ middle)[:2]
        if all(np.hypot(*(place - (other.back @ middle)[:2])) > least_px for other in kept):
            kept.append(match)
    return kept or ranked[:1]


@dataclass(frozen=True, slots=True)
class _Slopes:
    """How the template changes with size, turn and shift: (4, n) rows, their inner products, what is turned about."""

    rows: Floats
    hessian: Matrix
    middle: tuple[float, float]


def _slopes(template: Floats) -> _Slopes:
    h, w = template.shape
    right = cv2.Sobel(template, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(template, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    middle = ((w - 1) / 2, (h - 1) / 2)
    x = (np.arange(w, dtype=np.float32) - np.float32(middle[0]))[None, :]
    y = (np.arange(h, dtype=np.float32) - np.float32(middle[1]))[:, None]
    rows = np.stack([right * x + down * y, down * x - right * y, right, down]).reshape(4, -1)
    return _Slopes(rows, (rows @ rows.T).astype(np.float64), middle)


def _descend(template: Floats, slopes: _Slopes, picture: Floats, back: Matrix, still_px: float) -> tuple[Matrix, float]:
    """Gauss-Newton from `back` until no corner moves, and the correlation there; what the slopes do not tell stays."""
    h, w = template.shape
    corners = np.array([[0, w - 1, 0, w - 1], [0, 0, h - 1, h - 1], [1, 1, 1, 1]], np.float64)
    solve = np.asarray(np.linalg.pinv(slopes.hessian, rcond=1e-9, hermitian=True), np.float64)
    for _ in range(STEPS_PER_LEVEL):
        error = _warped(picture, back, template.shape) - template
        step = _similarity(solve @ (slopes.rows @ error.ravel()).astype(np.float64), slopes.middle)
        before, back = back @ corners, back @ np.linalg.inv(step)
        if np.abs((before - back @ corners)[:2]).max() < still_px:
            break
    there = _warped(picture, back, template.shape)
    return back, _correlation(there, template)


def _correlation(one: Floats, other: Floats) -> float:
    (mean_one, deviation_one), (mean_other, deviation_other) = (cv2.meanStdDev(picture) for picture in (one, other))
    spread = float(deviation_one[0, 0] * deviation_other[0, 0])
    together = float((one * other).mean(dtype=np.float64)) - float(mean_one[0, 0] * mean_other[0, 0])
    return together / spread if spread > 1e-9 else 0.0


def _similarity(numbers: NDArray[np.float64], middle: tuple[float, float]) -> Matrix:
    """The 3x3 map of (growth, turn, shift x, shift y) about a middle."""
    growth, turn, x, y = numbers
    about = np.array([[1 + growth, -turn, x], [turn, 1 + growth, y], [0, 0, 1]])
    to_middle = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]])
    return np.asarray(np.linalg.inv(to_middle) @ about @ to_middle, np.float64)
