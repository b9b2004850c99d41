"""The colours of a card's patches in a picture, robust to marks, dust and blurred rims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from .cards import COLUMNS, NEUTRALS, ROWS
from .detector import CardPlace, projected
from .spaces import linear_of_srgb

Floats = NDArray[np.float64]
Gamma = Literal["srgb", "linear"]

SAMPLES = 33
"""Samples a side over a patch and half the gap around it."""
SATURATED, EMPTY = 252.5, 1.5
"""From this level of 8 bits on a value says "at least", and up to that one "at most"."""
NEAR = 12.0
"""In levels."""
DARKENED_FROM, DARKENED = 150.0, 2.5
"""White and the next neutral within so many levels of each other, and this bright, are cut at a level below 255."""
LEVEL_SHARE = 0.85
"""The share of the largest spread between patches that a ring around their middles must have to be the patches' own."""
TURNS = 6
UNLIKE = 2.0
"""A sample that is off by more than so many deviations of its place counts for less: by the square of it."""
MARKED = 3.0
LEAST_DEVIATION = 1.0
"""In grey levels."""
TOP_SHARE = 0.9
OWN, EDGE = 0.8, 0.5
"""A place from which on follows its patch's colour this much is of the patch; the patch ends where it is half."""


@dataclass(frozen=True, slots=True)
class Patches:
    """What was measured of 24 patches, in the order of `cards.PATCHES`.

    `linear` (24, 3) is linear red, green, blue, 1.0 = full scale; `saturated` (24,) the share of each patch at full
    scale or at nothing in any colour; `marked` (24,) the share of its samples that is unlike the other patches' at the
    same place; `side` the patches' side as a share of the way to the next; `places` (24, 2) the middles as
    (across, down), -1..1 over the card.
    """

    linear: Floats
    saturated: Floats
    marked: Floats
    side: float
    places: Floats


def measure_patches(picture: NDArray[np.uint8], place: CardPlace, gamma: Gamma = "srgb") -> Patches:
    """Measure a card's patches in a BGR picture (h, w, 3) of 8 bits; `gamma` says how its values follow the light."""
    samples = _samples(picture, place, cv2.INTER_LINEAR)
    colours, follows, unlike = _parted(samples)
    own = (follows >= OWN) & (follows >= OWN * TOP_SHARE * follows.max())
    pulls = (own & (unlike <= MARKED)).astype(np.float64)
    saturated = (_cut(_samples(picture, place, cv2.INTER_NEAREST), colours) * pulls).sum(1) / np.maximum(
        pulls.sum(1), 1
    )
    v, u = np.mgrid[0:ROWS, 0:COLUMNS]
    return Patches(
        linear=linear_of(np.clip(colours, 0.0, 255.0) / 255.0, gamma),
        saturated=np.where((colours >= _full_scale(colours)).any(-1), 1.0, saturated),
        marked=1.0 - pulls.sum(1) / max(int(own.sum()), 1),
        side=float(np.sqrt((follows >= EDGE).mean())),
        places=np.stack([u.ravel() / (COLUMNS - 1) * 2 - 1, v.ravel() / (ROWS - 1) * 2 - 1], axis=-1),
    )


def _parted(samples: Floats) -> tuple[Floats, Floats, Floats]:
    """The patches' own colours (24, 3), told from gaps, blur and marks, which are alike on all patches.

    A sample (24, n, 3) at a place of its patch is taken for w times the patch's colour and something added, both the
    same on every patch: 1 and 0 well within a clean patch, less and something of the gap at a blurred rim, less and
    something of the dot where a program drew one on every patch. Found in turns, each by least squares, in which a
    sample unlike the others of its place (dust, glare, a mark on a few patches) counts for less. Second are the places'
    w (n,), third by how many deviations of its place each sample is off (24, n).
    """
    colours = _first_guess(samples)
    pulls = np.ones(samples.shape[:2])
    for _ in range(TURNS):
        follows, added = _lines(samples, colours, pulls)
        off = np.linalg.norm(samples - follows * colours[:, None] - added, axis=-1)
        deviation = np.maximum(np.median(off, axis=0), LEAST_DEVIATION)
        unlike = off / deviation
        pulls = np.minimum(1.0, (UNLIKE / np.maximum(unlike, UNLIKE)) ** 2)
        says = (follows / deviation[:, None]).mean(-1)
        top = says >= TOP_SHARE * np.partition(says, -_few(says))[-_few(says)]
        scale, shift = follows[top].mean(0), added[top].mean(0)
        follows = follows / scale
        added = added - follows * shift
        weights = pulls[..., None] / (deviation**2)[:, None]
        colours = (weights * follows * (samples - added)).sum(1) / (weights * follows**2).sum(1)
    return colours, follows.mean(-1), unlike


def _few(places: Floats) -> int:
    return max(5, len(places) // 50)


def _lines(samples: Floats, colours: Floats, pulls: Floats) -> tuple[Floats, Floats]:
    """At each place w (n, 3) and what is added (n, 3), over the patches, by weighted least squares."""
    weights = pulls[..., None] / pulls.sum(0)[:, None]
    mean_colour = (weights * colours[:, None]).sum(0)
    mean_sample = (weights * samples).sum(0)
    colour, sample = colours[:, None] - mean_colour, samples - mean_sample
    square = (weights * colour**2).sum(0)
    follows = np.maximum((weights * colour * sample).sum(0) / np.maximum(square, 1e-9), 0.0)
    return follows, mean_sample - follows * mean_colour


def _cut(samples: Floats, colours: Floats) -> NDArray[np.bool_]:
    """Which samples (24, n) are at full scale or at nothing in a colour in which their patch is near that as well.

    A dark patch beside a mark has levels of nothing that are the picture's sharpening, not the patch.
    """
    high = (samples >= SATURATED) & (colours >= SATURATED - NEAR)[:, None]
    low = (samples <= EMPTY) & (colours <= EMPTY + NEAR)[:, None]
    return np.asarray((high | low).any(-1))


def _full_scale(colours: Floats) -> Floats:
    """The level (3,) from which on each colour is cut though below 255; infinite where it is not.

    A picture that was darkened after it was taken has its white and the next neutral at one level.
    """
    white, next_one = colours[NEUTRALS][:2]
    alike = (white - next_one < DARKENED) & (white > DARKENED_FROM)
    return np.where(alike, white - DARKENED, np.inf)


def linear_of(encoded: NDArray[Any], gamma: Gamma) -> Floats:
    """Linear light 0..1 of a camera's values 0..1."""
    return linear_of_srgb(encoded) if gamma == "srgb" else np.asarray(encoded, np.float64)


def _samples(picture: NDArray[np.uint8], place: CardPlace, way: int) -> Floats:
    """Red, green, blue (24, SAMPLES², 3), 0..255, over each patch and half the gaps around it; `way` is OpenCV's."""
    pitch = float(np.sqrt(place.area_px / (COLUMNS - 1 + place.side) / (ROWS - 1 + place.side)))
    step = pitch / SAMPLES
    soft = cv2.GaussianBlur(picture, (0, 0), step / 2) if step > 2 else picture
    v, u = np.mgrid[0:ROWS, 0:COLUMNS]
    x, y = np.meshgrid(*[np.linspace(-0.5, 0.5, SAMPLES)] * 2)
    points = np.stack([u.reshape(-1, 1, 1) + x, v.reshape(-1, 1, 1) + y], axis=-1)
    there = projected(place.to_px, points.reshape(-1, 2)).reshape(len(points), -1, 2).astype(np.float32)
    across, down = (np.ascontiguousarray(there[..., i], np.float32) for i in (0, 1))
    values = cv2.remap(soft, across, down, way, borderMode=cv2.BORDER_REPLICATE)
    return cast(Floats, values.reshape(len(points), -1, 3)[..., ::-1].astype(np.float64))


def _first_guess(samples: Floats) -> Floats:
    """The median of each patch (24, 3) where, around their middles, the patches differ most from each other.

    The gaps between patches are all alike, and so are marks that a program drew on every patch; the patches are not.
    """
    offsets = np.abs(np.linspace(-0.5, 0.5, SAMPLES))
    radius = np.maximum(*np.meshgrid(offsets, offsets)).ravel()
    radii = np.unique(radius)
    spread = np.array([float(np.median(samples[:, radius == r], axis=1).std(0).mean()) for r in radii])
    own = spread >= LEVEL_SHARE * spread.max()
    first = last = int(spread.argmax())
    while first > 0 and own[first - 1]:
        first -= 1
    while last < len(radii) - 1 and own[last + 1]:
        last += 1
    inner = 0.0 if first <= 2 else float(radii[first])
    return cast(Floats, np.median(samples[:, (radius >= inner) & (radius <= radii[last])], axis=1))
