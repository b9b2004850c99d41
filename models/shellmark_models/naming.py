"""Naming a region: what is measured of it, and the small classifier that reads those measures.

The measures are of the region's excess over what a good shell shows there, else over the level of the ring round
it: size and shape of its strongest part, how much brighter or darker it is under each light, and which of its sides is
the bright one (a dent and a bump differ in that alone). The backbone's features were tried beside them and taken out:
with few crops a class they drown the measures.

The classifier answers UNKNOWN far from every class and between classes. It is a text of a few kilobytes in the
metadata of the model's own file.
"""

from __future__ import annotations

import base64
import io
import math
import zipfile
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np

from shellmark_models.errors import BundleError
from shellmark_models.types import UNKNOWN, Crop, Naming

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

NAMER_KEY = "shellmark.namer"
BLUR_PX = 1.2
_NEAR_PX = 3  # the region and its fading rim
_GAP_PX, _RING_PX = 5, 12  # the ring round a region begins and ends so far from it
_STRONG = 0.4  # of the strongest excess: what is part of the core
_SENSOR, _SENSOR_SHARE = 1.5, 0.02  # noise in grey levels and by brightness, as the registered family counts it
_DARK = 12.0  # grey levels below which a ratio to the background says little
_SURE = 1 / 3  # of crops left out, more than half of those at least so sure were right


def describe(crop: Crop) -> Floats:
    """The 27 numbers the classifier reads of a crop, of similar spread."""
    mask = crop.mask.astype(np.uint8)
    near = _dilate(mask, _NEAR_PX) > 0
    ring = (_dilate(mask, _RING_PX) > 0) & ~(_dilate(mask, _GAP_PX) > 0)
    around = ring if ring.any() else ~near if not near.all() else near
    pixels = _blurred(crop.pixels)
    good = np.median(pixels[around], axis=0) + 0 * pixels if crop.good is None else _blurred(crop.good)
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
            *_contrast(excess / (good + _DARK), near, weight),
            *_sides(excess * near[..., None], weight, float(np.sqrt(max(core.sum(), 4)))),
            *(2 * by_light / by_light.sum()),
            np.log10(strength.max() + 1),
        ],
        np.float32,
    )


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


def _dilate(mask: NDArray[np.uint8], radius_px: int) -> NDArray[np.uint8]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1, 2 * radius_px + 1))
    return np.asarray(cv2.dilate(mask, kernel), np.uint8)


@dataclass(frozen=True, slots=True)
class Namer:
    """A taught classifier of c classes from m samples.

    ``projection`` (n, n) and ``offset`` (n,) bring a description (n,) to where every class scatters alike;
    ``samples`` (m, n) are the crops taught, there, and ``codes`` (m,) their labels' numbers. ``width`` is how far a
    sample speaks, ``reach`` the squared distance to the nearest sample beyond which a region is unknown.
    """

    labels: tuple[str, ...]
    projection: Floats
    offset: Floats
    samples: Floats
    codes: NDArray[np.int64]
    width: float
    reach: float

    def name(self, description: Floats) -> Naming:
        """Names one description (n,)."""
        squares = np.square(self.samples - (description @ self.projection - self.offset)).sum(axis=1)
        share = shares(squares.astype(np.float64)[None], self.codes, len(self.labels), self.width)[0]
        # At ``reach`` a region is as likely of a class as of none.
        away = (float(squares.min()) - self.reach) / (2 * self.width**2)
        nothing = 1 / (1 + math.exp(-min(max(away, -50.0), 50.0)))
        scores = {label: float(p) * (1 - nothing) for label, p in zip(self.labels, share, strict=True)}
        scores[UNKNOWN] = nothing
        best = self.labels[int(share.argmax())]
        if scores[best] >= _SURE:
            return Naming(best, scores[best], scores)
        return Naming(UNKNOWN, 1 - scores[best], scores)

    def to_text(self) -> str:
        """The classifier as text for the metadata of an ONNX file."""
        file = io.BytesIO()
        arrays: dict[str, Any] = {f.name: np.asarray(getattr(self, f.name)) for f in fields(self)}
        np.savez_compressed(file, **arrays)
        return base64.b85encode(file.getvalue()).decode()

    @classmethod
    def from_text(cls, text: str, source: str) -> Self:
        """Reads it back; raises BundleError naming ``source``."""
        try:
            with np.load(io.BytesIO(base64.b85decode(text)), allow_pickle=False) as file:
                arrays = {f.name: file[f.name] for f in fields(cls)}
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as e:
            raise BundleError(f"{source}: the classifier inside cannot be read; teach the bundle again") from e
        return cls(
            tuple(map(str, arrays["labels"])),
            arrays["projection"].astype(np.float32),
            arrays["offset"].astype(np.float32),
            arrays["samples"].astype(np.float32),
            arrays["codes"].astype(np.int64),
            float(arrays["width"]),
            float(arrays["reach"]),
        )


def shares(squares: NDArray[np.float64], codes: NDArray[np.int64], classes: int, width: float) -> NDArray[np.float64]:
    """Probability of each class (r, c) from squared distances (r, m) to samples: each class the mean of its kernels."""
    near = np.exp(-(squares - squares.min(axis=1, keepdims=True)) / (2 * width**2))
    means = np.stack([near[:, codes == code].mean(axis=1) for code in range(classes)], axis=1)
    return np.asarray(means / means.sum(axis=1, keepdims=True), np.float64)
