"""What is kept of a good case to compare it with the others: a few kilobytes, whatever its pictures' size."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.types import Mask, Pixels

SIDE = 64
"""Pixels of the square a view is reduced to."""
COARSE = 8
_SMOOTH = 3.0
_MOST_VIEWS = 4
_STEPS = 20.0  # of a standard deviation, so that eight bits hold six deviations to either side


@dataclass(frozen=True, slots=True)
class Sketch:
    """A good case in short.

    `digest` is of its prepared pictures, `place` of where its files lie. `sizes` are (h, w) per view. `detail` int8
    (d,) is what is finer than the shading, in twentieths of its own deviation; `look` float32 (k,) its colours by
    place, 0..1.
    """

    case: str
    files: tuple[Path, ...]
    digest: str
    place: str
    sizes: tuple[tuple[int, int], ...]
    detail: NDArray[np.int8]
    look: NDArray[np.float32]


def sketch(case: str, files: Sequence[Path], images: Sequence[Pixels], masks: Sequence[Mask]) -> Sketch:
    """The sketch of a case from its views (h, w, 3) and where each is looked at (h, w)."""
    small = [
        (_reduced(image[..., :3]), _reduced(mask.astype(np.uint8)))
        for image, mask in zip(images[:_MOST_VIEWS], masks, strict=False)
    ]
    return Sketch(
        case=case,
        files=tuple(files),
        digest=pictures_digest(images),
        place=place_digest(files),
        sizes=tuple((image.shape[0], image.shape[1]) for image in images),
        detail=np.concatenate([_detail(image, mask) for image, mask in small]),
        look=np.concatenate([_look(image) for image, _ in small]),
    )


def pictures_digest(images: Sequence[Pixels]) -> str:
    """``sha256:`` and the digest of a case's prepared pictures."""
    found = hashlib.sha256()
    for image in images:
        found.update(repr(image.shape).encode())
        found.update(np.ascontiguousarray(image).data)
    return f"sha256:{found.hexdigest()}"


def place_digest(files: Sequence[Path]) -> str:
    """``sha256:`` and the digest of where a case's files lie, so that a bundle tells no paths."""
    names = "\n".join(str(file.resolve()) for file in files)
    return f"sha256:{hashlib.sha256(names.encode()).hexdigest()}"


def _reduced(plane: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(plane, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)


def _detail(image: NDArray[np.float32], mask: NDArray[np.float32]) -> NDArray[np.int8]:
    grey = image.mean(axis=2)
    fine = (grey - cv2.GaussianBlur(grey, (0, 0), _SMOOTH)) * mask
    steps = np.round(_STEPS * fine / (fine.std() + 1e-3))
    return np.asarray(np.clip(steps, -127, 127), np.int8).reshape(-1)


def _look(image: NDArray[np.float32]) -> NDArray[np.float32]:
    coarse = cv2.resize(image, (COARSE, COARSE), interpolation=cv2.INTER_AREA)
    return np.asarray(coarse / 255, np.float32).reshape(-1)
