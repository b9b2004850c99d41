"""Naming a region: what is measured of it, and the small classifier that reads those measures.

The classifier is linear discriminant analysis on few numbers: the backbone's features inside the region less those
of the ring round it, and plain measures in millimetres and grey levels. It answers UNKNOWN far from every class and
between classes. It is a text of a few kilobytes in the metadata of the model's own file.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np

from shellmark_models.errors import BundleError
from shellmark_models.types import UNKNOWN, Crop, Naming

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMER_KEY = "shellmark.namer"
LARGEST_PX = 384
"""A crop is shrunk to this for the network; its measures are taken at full size."""
_SMALLEST_PX = 96
_MULTIPLE_PX = 32
_SURE = 0.5
_GREY = 32.0  # grey levels that count as much as one decade of size


def network_input(crop: Crop, px_per_mm: float) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The crop as the network sees it: pixels (1, h, w, 3) at ``px_per_mm``, and the region's share of each pixel."""
    height, width = crop.mask.shape
    factor = min(px_per_mm / crop.px_per_mm, LARGEST_PX / max(height, width))
    pixels, share = crop.pixels, crop.mask.astype(np.float32)
    if abs(factor - 1) > 0.05:
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)
        share = np.asarray(cv2.resize(share, size, interpolation=way), np.float32)
    below, right = (_missing(side) for side in share.shape)
    pixels = np.asarray(cv2.copyMakeBorder(pixels, 0, below, 0, right, cv2.BORDER_REFLECT), np.uint8)
    share = np.pad(share, ((0, below), (0, right)))
    return pixels[None], share


def _missing(side_px: int) -> int:
    wanted = max(_SMALLEST_PX, -(-side_px // _MULTIPLE_PX) * _MULTIPLE_PX)
    return wanted - side_px


def describe(crop: Crop, share: NDArray[np.float32], features: NDArray[np.float32]) -> NDArray[np.float32]:
    """All numbers the classifier reads: ``features`` (c, h, w) of the region against its ring, then the measures."""
    height, width = features.shape[1:]
    inside = np.asarray(cv2.resize(share, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    around = np.asarray(cv2.dilate(inside, np.ones((5, 5), np.uint8)), np.float32)
    ring = np.where(inside > 0.05, 0, around > 0).astype(np.float32)
    if not ring.any():
        ring = np.ones_like(ring)
    weight = inside / inside.sum()
    difference = features.reshape(len(features), -1) @ (weight - ring / ring.sum()).ravel()
    return np.concatenate([difference, measures(crop)]).astype(np.float32)


def measures(crop: Crop) -> NDArray[np.float32]:
    """Size, shape and contrast of a region as 22 numbers of similar spread: decades of mm, fractions, grey / 32."""
    mask = crop.mask.astype(np.uint8)
    near = _dilate(mask, 2) > 0
    reach = 6 + round(0.25 * float(np.sqrt(mask.sum())))
    ring = (_dilate(mask, 3 + reach) > 0) & ~(_dilate(mask, 3) > 0)
    if not ring.any():
        ring = ~crop.mask if not crop.mask.all() else crop.mask
    pixels = crop.pixels.astype(np.float32)
    level = np.median(pixels[ring], axis=0)
    spread = np.median(np.abs(pixels[ring] - level), axis=0) + 1
    excess = pixels - level
    low, high = np.percentile(excess[near], [2, 98], axis=0)
    contrast = np.concatenate([excess[crop.mask].mean(0), low, high]) / _GREY
    salient = (np.abs(excess) / spread).max(2) * near
    core = (salient >= 0.5 * np.percentile(salient[near], 98)) & near
    shape = [*_shape(crop.mask, crop.px_per_mm), *_shape(core, crop.px_per_mm)]
    return np.array([*shape, *contrast, *np.log10(spread)], np.float32)


def _shape(mask: NDArray[np.bool_], px_per_mm: float) -> list[float]:
    """Decades of length, width and area in mm; elongation and fill as fractions."""
    ys, xs = np.nonzero(mask)
    (_, sides, _) = cv2.minAreaRect(np.stack([xs, ys], axis=1).astype(np.float32))
    long_px, short_px = max(sides) + 1, min(sides) + 1
    area_px = len(xs)
    size = np.log10([long_px / px_per_mm, area_px / long_px / px_per_mm, area_px / px_per_mm**2])
    return [*map(float, size), short_px / long_px, area_px / (long_px * short_px)]


def _dilate(mask: NDArray[np.uint8], radius_px: int) -> NDArray[np.uint8]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1, 2 * radius_px + 1))
    return np.asarray(cv2.dilate(mask, kernel), np.uint8)


@dataclass(frozen=True, slots=True)
class Namer:
    """A taught classifier of c classes.

    ``projection`` (n, d) and ``offset`` (d,) bring a description (n,) to where every class is a unit ball round its
    row of ``centres`` (c, d); ``reach`` is the squared distance beyond which a region is unknown, ``temperature``
    what makes the probabilities honest on crops left out.
    """

    labels: tuple[str, ...]
    projection: NDArray[np.float32]
    offset: NDArray[np.float32]
    centres: NDArray[np.float32]
    reach: float
    temperature: float

    def name(self, description: NDArray[np.float32]) -> Naming:
        """Names one description (n,)."""
        squares = np.square(description @ self.projection - self.offset - self.centres).sum(1).astype(np.float64)
        share = np.exp(-(squares - squares.min()) / (2 * self.temperature))
        share /= share.sum()
        # A class as far as ``reach`` is as likely as none of them.
        nothing = float(1 / (1 + np.exp((self.reach - squares.min()) / (2 * self.temperature))))
        scores = {label: float(p) * (1 - nothing) for label, p in zip(self.labels, share, strict=True)}
        scores[UNKNOWN] = nothing
        best = self.labels[int(squares.argmin())]
        label = best if scores[best] >= _SURE else UNKNOWN
        return Naming(label, scores[best] if label == best else 1 - scores[best], scores)

    def to_text(self) -> str:
        """The classifier as text for the metadata of an ONNX file."""
        file = io.BytesIO()
        arrays: dict[str, Any] = {f.name: np.asarray(getattr(self, f.name)) for f in fields(self)}
        np.savez(file, **arrays)
        return base64.b85encode(file.getvalue()).decode()

    @classmethod
    def from_text(cls, text: str, source: str) -> Self:
        """Reads it back; raises BundleError naming ``source``."""
        try:
            with np.load(io.BytesIO(base64.b85decode(text)), allow_pickle=False) as file:
                arrays = {f.name: file[f.name] for f in fields(cls)}
        except (ValueError, KeyError, OSError, EOFError) as e:
            raise BundleError(f"{source}: the classifier inside cannot be read; teach the bundle again") from e
        return cls(
            tuple(map(str, arrays["labels"])),
            arrays["projection"].astype(np.float32),
            arrays["offset"].astype(np.float32),
            arrays["centres"].astype(np.float32),
            float(arrays["reach"]),
            float(arrays["temperature"]),
        )
