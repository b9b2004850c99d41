"""The arithmetic of `align`: the turn, scale and shift that bring one picture onto another.

Both pictures are turned into features that know neither exposure nor slow light. Places are looked for coarsely over
the whole of the allowed shift and turn; each candidate is refined by inverse compositional Gauss-Newton (Baker and
Matthews 2004) with a similarity's four numbers; the candidates are then told apart by the pixels that differ between
them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.types import Matrix, Pixels

from .moving import grey, resizing, shrunk, smaller

Floats = NDArray[np.float32]

LEVELS_PX_PER_MM = (0.5, 1.0, 2.0)
SLOW_MM = 30.0
STEPS_PER_LEVEL = 30
STILL_PX = 0.01


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


def levels(picture: Pixels, px_per_mm: float) -> tuple[Level, ...]:
    """A picture's features from coarse to fine; scales finer than the picture's own are left out but for one."""
    full = picture.shape[0], picture.shape[1]
    sizes = dict.fromkeys(smaller(full, level / px_per_mm) for level in reversed(LEVELS_PX_PER_MM))
    found, shrinking = [], picture
    for size in sizes:
        shrinking = cast(Pixels, shrunk(shrinking, size))
        scale = px_per_mm * size[0] / full[0]
        found.append(Level(features(grey(shrinking), scale), resizing(full, size)))
    return tuple(reversed(found))


def features(picture: Pixels, px_per_mm: float) -> Floats:
    """The logarithm of the light less its slow part, of mean 0 and deviation 1: a gain or an offset of it vanishes."""
    light = cast(Floats, cv2.GaussianBlur(np.log1p(picture.astype(np.float32)), (0, 0), 1.0))
    side = max(3, round(SLOW_MM * px_per_mm) | 1)
    light = light - cast(Floats, cv2.blur(light, (side, side), borderType=cv2.BORDER_REFLECT))
    return cast(Floats, (light - light.mean()) / max(float(light.std()), 1e-6))


class Reference:
    """A reference picture made ready: its features, and per level the steepest descent and its Hessian."""

    def __init__(self, picture: Pixels, px_per_mm: float) -> None:
        self.size = picture.shape[:2]
        self.px_per_mm = px_per_mm
        self._levels = levels(picture, px_per_mm)
        self._slopes = [_slopes(level.features) for level in self._levels]

    def match(self, picture: Pixels, most_mm: float, most_deg: float) -> tuple[Match, float]:
        """Where the reference lies in a picture of its own size, within about that shift and turn, and the doubt of it.

        The doubt is how well another place explains the pixels in which the two differ: 0 not at all, 1 as well. Ribs
        repeat and say nothing there; the outline and the fittings do not repeat, and decide. A picture without anything
        in it gives a correlation of 0.
        """
        view = levels(picture, self.px_per_mm)
        found = [self._refined(view, back, 0, min(2, len(view))) for back in self._places(view[0], most_mm, most_deg)]
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
        peaks: list[tuple[float, Matrix]] = []
        for degrees in np.linspace(-most_deg, most_deg, 2 * math.ceil(most_deg) + 1):
            turn = _turn(ours.features.shape, float(degrees))
            turned = _warped(view.features, turn, ours.features.shape)
            wide = cv2.copyMakeBorder(turned, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
            surface = cast(Floats, cv2.matchTemplate(wide, ours.features, cv2.TM_CCOEFF_NORMED))
            for score, x, y in _peaks(surface):
                shift = np.array([[1, 0, x - reach], [0, 1, y - reach], [0, 0, 1]], np.float64)
                peaks.append((score, view.to_full @ turn @ shift @ ours.from_full))
        peaks.sort(key=lambda peak: -peak[0])
        apart = _apart([Match(back, score) for score, back in peaks], self._middle, 2.0 * self.px_per_mm)
        return (match.back for match in apart[:4])

    def _refined(self, view: tuple[Level, ...], back: Matrix, first: int, last: int) -> Match:
        correlation = -1.0
        for i in range(first, last):
            ours = self._levels[i]
            at_level, correlation = _descend(
                ours.features, self._slopes[i], view[i].features, _at_level(back, view[i], ours)
            )
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


def _descend(template: Floats, slopes: _Slopes, picture: Floats, back: Matrix) -> tuple[Matrix, float]:
    """Gauss-Newton from `back` until no corner moves, and the correlation there; what the slopes do not tell stays."""
    h, w = template.shape
    corners = np.array([[0, w - 1, 0, w - 1], [0, 0, h - 1, h - 1], [1, 1, 1, 1]], np.float64)
    solve = np.asarray(np.linalg.pinv(slopes.hessian, rcond=1e-9, hermitian=True), np.float64)
    for _ in range(STEPS_PER_LEVEL):
        error = _warped(picture, back, template.shape) - template
        step = _similarity(solve @ (slopes.rows @ error.ravel()).astype(np.float64), slopes.middle)
        before, back = back @ corners, back @ np.linalg.inv(step)
        if np.abs((before - back @ corners)[:2]).max() < STILL_PX:
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
