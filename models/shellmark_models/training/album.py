"""The crops a classifier is taught from, as descriptions."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from shellmark_models.errors import TeachError
from shellmark_models.naming import Namer, describe
from shellmark_models.training.classifier import fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from shellmark_models.types import Crop, LabelledCrop

_GROWN_PX = (0, 5)  # a found region is larger than the region a person marks


class Album:
    """Crops described and named, each once: a crop given again under another name has that name from then on."""

    def __init__(self, former: Namer | None = None) -> None:
        self._entries: dict[str, tuple[str, NDArray[np.float16]]] = {}
        if former is not None:
            for group, mark in enumerate(former.kept.marks):
                rows = former.kept.groups == group
                label = former.labels[int(former.kept.codes[rows][0])]
                self._entries[mark] = (label, former.kept.descriptions[rows])

    def add(self, sample: LabelledCrop) -> None:
        """Describes a crop and keeps it under its name; raises InferenceError."""
        described = np.stack([describe(crop) for crop in _variants(sample.crop)])
        self._entries[_mark(sample.crop)] = (sample.label, described.astype(np.float16))

    @property
    def crops(self) -> Mapping[str, int]:
        """How many crops of each class."""
        return dict(sorted(Counter(label for label, _ in self._entries.values()).items()))

    def namer(self) -> Namer:
        """The classifier of what was kept; raises TeachError for fewer than two classes."""
        entries = list(self._entries.values())
        if not entries:
            raise TeachError("names: no labelled crop was given; mark defects and name them")
        rows = np.concatenate([rows for _, rows in entries]).astype(np.float32)
        labels = [label for label, rows in entries for _ in rows]
        groups = [group for group, (_, rows) in enumerate(entries) for _ in rows]
        return fit(rows, labels, groups, list(self._entries))


def _variants(crop: Crop) -> Iterator[Crop]:
    """The crop with its region as marked and grown, since a region found is larger than one marked; each once."""
    sizes = set()
    for radius in _GROWN_PX:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        mask = cv2.dilate(crop.mask.astype(np.uint8), kernel) > 0
        if (size := int(mask.sum())) not in sizes:
            sizes.add(size)
            yield replace(crop, mask=mask)


def _mark(crop: Crop) -> str:
    """What a crop is known by again."""
    found = hashlib.sha256()
    for part in (crop.pixels, crop.mask, crop.colour):
        if part is not None:
            found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()[:32]
