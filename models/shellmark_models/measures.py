"""What is measured of a region: 38 numbers of size, contrast, sides and colour.

The measures are of the region's excess over what a good shell shows there, else over the level of the ring round
it: size and shape of its strongest part, how much brighter or darker it is under each light, which of its sides is
the bright one (a dent and a bump differ in that alone), and how its colour differs, where a colour frame is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shellmark_models.types import Crop

    Floats = NDArray[np.float32]

MEASURES = 38
BLUR_PX = 1.2
NEAR_PX = 3  # the region and its fading rim
_GAP_PX, _RING_PX = 5, 12  # the ring round a region begins and ends so far from it
_STRONG = 0.4  # of the strongest excess: what is part of the core
_SENSOR, _SENSOR_SHARE = 1.5, 0.02  # noise in grey levels and by brightness, as the registered family counts it
DARK = 12.0  # grey levels below which a ratio to the background says little
_LAB = 15.0  # a difference in CIE Lab that is plain to see
_COLOUR_MEASURES = 11


def measured(crop: Crop) -> Floats:
    """The numbers (38,) of a crop, of similar spread; those of colour are 0 where its colour frame is not known."""
    near, ring, around = surroundings(crop.mask)
    pixels = _blurred(crop.pixels[..., :3])  # chroma planes a family compares besides come with the colour frame
    good = np.median(pixels[around], axis=0) + 0 * pixels if crop.good is None else _blurred(crop.good[..., :3])
    excess = pixels - good
    spread = 1.5 * np.median(np.abs(excess[around]), axis=0)
    if ring.any():
        excess -= np.median(excess[ring], axis=0)
    salience = np.abs(excess) / (spread + _SENSOR + _SENSOR_SHARE * good)
    strength = salience.max(axis=2) * near
    core = (strength >= _STRONG * strength.max()) & near
    weight = strength * core + 1e-6 * near
    by_light = (salience * core[..., None]).sum(axis=(0, 1)) + 1e-6
    return np.array(
        [
            *_shape(core, crop.px_per_mm),
            *_contrast(excess / (good + DARK), near, weight),
            *_sides(excess * near[..., None], weight, float(np.sqrt(max(core.sum(), 4)))),
            *(2 * by_light / by_light.sum()),
            np.log10(strength.max() + 1),
            *_colour(crop, near, ring, around),
        ],
        np.float32,
    )


def surroundings(mask: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """The region with its rim, the ring round it, and what to take the level from: the ring, else what is left."""
    drawn = mask.astype(np.uint8)
    near = dilated(drawn, NEAR_PX) > 0
    ring = (dilated(drawn, _RING_PX) > 0) & ~(dilated(drawn, _GAP_PX) > 0)
    return near, ring, ring if ring.any() else ~near if not near.all() else near


def dilated(mask: NDArray[np.uint8], radius_px: int) -> NDArray[np.uint8]:
    """A mask grown by a disc."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1, 2 * radius_px + 1))
    return np.asarray(cv2.dilate(mask, kernel), np.uint8)


def _blurred(pixels: NDArray[np.uint8]) -> Floats:
    return np.asarray(cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), BLUR_PX), np.float32)


def _shape(mask: NDArray[np.bool_], px_per_mm: float) -> list[float]:
    """Decades of length, width and area in mm; elongation and fill as fractions."""
    ys, xs = np.nonzero(mask)
    (_, sides, _) = cv2.minAreaRect(np.stack([xs, ys], axis=1).astype(np.float32))
    long_px, short_px = max(sides) + 1, min(sides) + 1
    area_px = len(xs)
    size = np.log10([long_px / px_per_mm, area_px / long_px / px_per_mm, area_px / px_per_mm**2])
    return [*map(float, size), short_px / long_px, area_px / (long_px * short_px)]


def _contrast(ratio: Floats, near: NDArray[np.bool_], weight: Floats) -> Floats:
    """Mean, darkest and brightest excess relative to the good level, per light, drawn into -2..2."""
    mean = (ratio * weight[..., None]).sum(axis=(0, 1)) / weight.sum()
    low, high = np.percentile(ratio[near], [3, 97], axis=0)
    return np.asarray(2 * np.tanh(2 * np.concatenate([mean, low, high])), np.float32)


def _sides(excess: Floats, weight: Floats, size_px: float) -> list[float]:
    """Per light: to which side (x, y, in region sizes) the brighter part lies, and the balance of bright and dark."""
    ys, xs = np.mgrid[: weight.shape[0], : weight.shape[1]]
    x, y = xs - (xs * weight).sum() / weight.sum(), ys - (ys * weight).sum() / weight.sum()
    found = []
    for plane in np.moveaxis(excess, 2, 0):
        total = float(np.abs(plane).sum()) + 1e-3
        found += [float((plane * side).sum()) / total / size_px for side in (x, y)] + [float(plane.sum()) / total]
    return found


def _colour(crop: Crop, near: NDArray[np.bool_], ring: NDArray[np.bool_], around: NDArray[np.bool_]) -> list[float]:
    """Mean, lowest and highest difference in CIE Lab from the good shell, and the direction of the mean's tint."""
    if crop.colour is None:
        return [0.0] * _COLOUR_MEASURES
    lab = _lab(crop.colour)
    excess = lab - (np.median(lab[around], axis=0) if crop.good_colour is None else _lab(crop.good_colour))
    if ring.any():
        excess -= np.median(excess[ring], axis=0)
    strength = np.abs(excess).sum(axis=2) * near
    weight = strength * (strength >= _STRONG * strength.max()) * near + 1e-6 * near
    mean = (excess * weight[..., None]).sum(axis=(0, 1)) / weight.sum()
    low, high = np.percentile(excess[near], [3, 97], axis=0)
    tint = float(np.hypot(mean[1], mean[2]))
    return [*np.tanh(np.concatenate([mean, low, high]) / _LAB), tint / 10, float(np.arctan2(mean[2], mean[1])) / 3]


def _lab(pixels: NDArray[np.uint8]) -> Floats:
    return np.asarray(cv2.cvtColor(_blurred(pixels) / np.float32(255), cv2.COLOR_BGR2LAB), np.float32)
