"""Whether every frame of a view was taken under its own lamp: told by the picture, against a good shell's.

Under one light two shells of one kind differ by a factor that is nearly the same everywhere: the print and the colour
are the same, and the shading is. Under another light the shading differs. So the spread of the logarithm of the ratio
of a frame to each light's reference tells which lamp was on; a dead lamp is told by its level, or by being like
another's. On rendered shells of three kinds the spread was at most 0.11 for the right light and at least 0.72 for a
wrong one (docs/light.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from .errors import LightError
from .light import Floats, Pixels

WORK_PX_PER_MM = 1.0
WORK_PX = 192
"""The longest side that is worked on: a light's shading is coarse."""
SAMPLES = 4
"""Pixels that are averaged along each side of a working pixel."""
FOOT = 4.0
"""Grey levels added before the logarithm, so that noise in the dark counts little."""
BACKGROUND_BELOW = 15.0
"""What is darker in every reference says nothing of a lamp."""
LIKE_BELOW = 0.3
"""The spread up to which a frame is taken for one of a light: about the geometric mean of the two figures above."""
CLEARLY = 0.6
"""Another light must fit with less than this share of the own light's spread."""
LEAST_RATIO = 0.4
"""A lamp that gives less of its reference's level is no weak one any more."""
LEAST_SHIFT_MM, MOST_TURN_DEG = 7.0, 3.0
"""How far the shell is looked for: what `align` may put right, and a little."""


@dataclass(frozen=True, slots=True)
class LampReading:
    """What the frames say of the lamps.

    `lights` names rows and columns; `ratio` the level of each frame's shell over its own reference's; `unlike`
    (n, n) the spread of frame i against reference j; `back` (2x3) takes coarse reference pixels to coarse frame pixels;
    `correlation` how well the shell was found, -1..1. `faults` is what is wrong, in errors nobody raised.
    """

    lights: tuple[str, ...]
    ratio: Mapping[str, float]
    unlike: NDArray[np.float64]
    back: NDArray[np.float64]
    correlation: float
    faults: tuple[LightError, ...]


class Lamps:
    """A good shell under each light, ready to compare frames with.

    `references` (h, w[, 3]) uint8 by light, all of one size; `px_per_mm` their scale.

    Raises:
        LightError: two lights' references are so alike that their frames could not be told apart.
    """

    def __init__(self, references: Mapping[str, Pixels], px_per_mm: float) -> None:
        self.lights = tuple(references)
        self.size_px = next(iter(references.values())).shape[:2]
        self.scale = min(1.0, WORK_PX_PER_MM / px_per_mm, WORK_PX / max(self.size_px))
        self._px_per_mm = px_per_mm * self.scale
        self._pictures = small = {light: self._small(pixels) for light, pixels in references.items()}
        self._level = {light: float(picture.mean()) for light, picture in small.items()}
        self._logs = {light: _log(picture) for light, picture in small.items()}
        self._seen = np.maximum.reduce(list(small.values())) >= BACKGROUND_BELOW
        if not self._seen.any():
            raise LightError("the reference pictures are black under every light: take them anew")
        self._check_apart()

    def _check_apart(self) -> None:
        for i, one in enumerate(self.lights):
            for other in self.lights[i + 1 :]:
                spread = self._spread(self._logs[one], self._logs[other])
                if spread < LIKE_BELOW:
                    raise LightError(
                        "the reference pictures of light {light} and {other} are alike (spread {spread:.2f}, "
                        "{least:g} is the least): take them anew, or see whether one lamp does not fire",
                        light=one,
                        other=other,
                        spread=spread,
                        least=LIKE_BELOW,
                    )

    def read(self, planes: Mapping[str, Pixels]) -> LampReading:
        """Compare the frames of one view; every light needs its plane, of the references' size."""
        small = {light: self._small(planes[light]) for light in self.lights}
        logs = {light: _log(picture) for light, picture in small.items()}
        lit = [i for i in self.lights if float(small[i].mean()) >= LEAST_RATIO * self._level[i]] or list(self.lights)
        ours, theirs = [self._logs[light] for light in lit], [logs[light] for light in lit]
        reading = self._reading(small, logs, *self._place(_mean(ours), _mean(theirs)))
        if not reading.faults or float(reading.unlike.min(axis=1).max()) <= LIKE_BELOW:
            return reading
        # what is wrong with one frame puts the mean off its place: the best place of any frame by any light counts
        others = [self._place(one, other) for one in self._logs.values() for other in theirs]
        readings = [reading, *(self._reading(small, logs, *place) for place in others)]
        return min(readings, key=lambda one: float(one.unlike.min(axis=1).sum()))

    def _reading(
        self, small: Mapping[str, Floats], logs: Mapping[str, Floats], back: NDArray[np.float64], correlation: float
    ) -> LampReading:
        there = [self._warped(logs[light], back) for light in self.lights]
        unlike = np.array([[self._spread(one, self._logs[light]) for light in self.lights] for one in there])
        ratio = {light: self._ratio(self._warped(small[light], back), light) for light in self.lights}
        return LampReading(self.lights, ratio, unlike, back, correlation, tuple(_faults(self.lights, ratio, unlike)))

    def _small(self, pixels: Pixels) -> Floats:
        size = max(1, round(self.size_px[1] * self.scale)), max(1, round(self.size_px[0] * self.scale))
        stride = max(1, int(1 / self.scale / SAMPLES))  # some pixels of each square are enough for its mean
        few = cv2.resize(np.ascontiguousarray(pixels[::stride, ::stride]), size, interpolation=cv2.INTER_AREA)
        grey = few if few.ndim == 2 else cv2.cvtColor(few, cv2.COLOR_BGR2GRAY)
        return cast(Floats, grey.astype(np.float32))

    def _spread(self, one: Floats, other: Floats) -> float:
        return float(np.std((one - other)[self._seen]))

    def _ratio(self, picture: Floats, light: str) -> float:
        return float(picture[self._seen].mean() / max(float(self._pictures[light][self._seen].mean()), 1e-3))

    def _warped(self, picture: Floats, back: NDArray[np.float64]) -> Floats:
        h, w = picture.shape
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cast(Floats, cv2.warpAffine(picture, back, (w, h), flags=flags, borderMode=cv2.BORDER_REPLICATE))

    def _place(self, ours: Floats, theirs: Floats) -> tuple[NDArray[np.float64], float]:
        """Where the shell lies; the mean over the lights does not care for their order."""
        reach = int(np.ceil(LEAST_SHIFT_MM * self._px_per_mm)) + 1
        turns = np.linspace(-MOST_TURN_DEG, MOST_TURN_DEG, 7)
        score, turn, shift = max((_shifted(ours, theirs, float(turn), reach) for turn in turns), key=lambda one: one[0])
        back = np.asarray((np.linalg.inv(turn) @ shift)[:2], np.float64)
        return _refined(ours, theirs, back, score)


def _log(picture: Floats) -> Floats:
    return cast(Floats, cv2.GaussianBlur(np.log(picture + np.float32(FOOT)), (0, 0), 1.0))


def _mean(pictures: list[Floats]) -> Floats:
    alike = [(picture - picture.mean()) / max(float(picture.std()), 1e-6) for picture in pictures]
    return cast(Floats, np.mean(alike, axis=0).astype(np.float32))


def _shifted(
    ours: Floats, theirs: Floats, degrees: float, reach: int
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """The best correlation over shifts at one turn, with that turn and that shift."""
    h, w = ours.shape
    turn = np.vstack([cv2.getRotationMatrix2D(((w - 1) / 2, (h - 1) / 2), degrees, 1.0), [0, 0, 1]])
    turned = cv2.warpAffine(theirs, turn[:2], (w, h), borderMode=cv2.BORDER_REPLICATE)
    wide = cv2.copyMakeBorder(turned, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    _, score, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(wide, ours, cv2.TM_CCOEFF_NORMED))
    return float(score), turn, np.array([[1, 0, x - reach], [0, 1, y - reach], [0, 0, 1]], np.float64)


def _refined(
    ours: Floats, theirs: Floats, back: NDArray[np.float64], score: float
) -> tuple[NDArray[np.float64], float]:
    """The place to a part of a pixel (Evangelidis and Psarakis 2008); the coarse one where that comes to nothing."""
    ending = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
    start: Any = back.astype(np.float32)
    try:
        better, found = cv2.findTransformECC(ours, theirs, start, cv2.MOTION_EUCLIDEAN, ending)
    except cv2.error:
        return back, score
    return (np.asarray(found, np.float64), float(better)) if better > score else (back, score)


def _faults(lights: Sequence[str], ratio: Mapping[str, float], unlike: NDArray[np.float64]) -> list[LightError]:
    """What is wrong with the lamps."""
    shown = [_shows(i, unlike) for i in range(len(lights))]
    if moved := _changed(lights, shown, unlike):
        return [moved]
    faults = []
    for i, light in enumerate(lights):
        of = shown[i]
        if of is None and ratio[light] < LEAST_RATIO:
            faults.append(
                LightError(
                    "lamp {light} is dead: its frame has {ratio:.0%} of the reference's level",
                    light=light,
                    ratio=ratio[light],
                )
            )
        elif of is None:
            faults.append(
                LightError(
                    "the frame of light {light} is like the reference under no light (spread {spread:.2f}, "
                    "{most:g} is the most): another shell, or lamp {light} was moved",
                    light=light,
                    spread=float(unlike[i].min()),
                    most=LIKE_BELOW,
                )
            )
        elif of != i:
            faults.append(
                LightError(
                    "the frame of light {light} shows light {other}: lamp {light} is dead, or lamp {other} does not "
                    "go out",
                    light=light,
                    other=lights[of],
                )
            )
        elif ratio[light] < LEAST_RATIO:
            faults.append(
                LightError(
                    "lamp {light} gives {ratio:.0%} of the reference's level, {least:.0%} is the least",
                    light=light,
                    ratio=ratio[light],
                    least=LEAST_RATIO,
                )
            )
    return faults


def _shows(i: int, unlike: NDArray[np.float64]) -> int | None:
    """The light a frame was taken under: its own unless another fits clearly better; None when none fits."""
    best = int(unlike[i].argmin())
    if unlike[i, best] > LIKE_BELOW:
        return None
    return best if unlike[i, best] < CLEARLY * unlike[i, i] else i


def _changed(lights: Sequence[str], shown: Sequence[int | None], unlike: NDArray[np.float64]) -> LightError | None:
    """Which lights have changed places; None when they have not, or when something else is wrong."""
    if None in shown or len(set(shown)) < len(shown):
        return None
    _, order = linear_sum_assignment(unlike)
    moved = [i for i in range(len(lights)) if shown[i] != i and order[i] == shown[i]]
    if not moved:
        return None
    if len(moved) == 2:
        return LightError(
            "lights {light} and {other} have changed places", light=lights[moved[0]], other=lights[moved[1]]
        )
    took = ", ".join(f"{lights[i]} shows {lights[int(order[i])]}" for i in moved)
    return LightError("the lights are in the wrong order: {took}", took=took)
