"""Pictures as Qt sees them: zero copies of frames for the live view, small smooth ones for all that stands still.

Everything here but `zero_copy` is slow and runs on the bridge's thread. Reading and shrinking are OpenCV's, which lets
go of Python's lock meanwhile; QImage.scaled does not, and 20 MP of it would block the screen from any thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage

from shellmark_inspect.types import Evidence, ImageRef, Pixels, Record

for _variable in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
    os.environ.pop(_variable, None)  # cv2 points Qt at its own Qt 5 plugins and at fonts it does not bring

THUMBNAIL_PX = QSize(240, 160)
HELD_PX = QSize(1600, 1200)
EVEN_LIGHTS = frozenset({"diffuse", "dome"})
"""Lights a shell looks like itself in."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image to draw, and the size in pixels of what it shows (contours are in those pixels)."""

    image: QImage
    source: QSize


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of a record: where it belongs, and either its pixels in memory or its file."""

    kind: str
    view: str
    light: str
    defect: int | None
    pixels: Pixels | None
    image: ImageRef | None


def zero_copy(pixels: Pixels) -> QImage:
    """The pixels as a QImage that shares them (and keeps them alive); only a slice of an array is copied."""
    pixels = np.ascontiguousarray(pixels)
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_BGR888
    return QImage(pixels.data, pixels.shape[1], pixels.shape[0], pixels.strides[0], kind)  # type: ignore[call-overload,no-any-return]


def smooth(pixels: Pixels, box: QSize) -> Picture:
    """The pixels shrunk to fit a box, every pixel counted, so that thin lines stay."""
    height, width = pixels.shape[:2]
    share = min(1.0, box.width() / width, box.height() / height)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if share < 1.0 else pixels.copy()
    return Picture(zero_copy(np.asarray(small, np.uint8)), QSize(width, height))


def read(path: Path, box: QSize) -> Picture:
    """A kept picture shrunk to fit a box.

    Raises:
        OSError: it is missing or no picture.
    """
    pixels = cv2.imdecode(np.frombuffer(path.read_bytes() or b"?", np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise OSError(f"picture {path} cannot be shown: it is damaged")
    return smooth(np.asarray(pixels, np.uint8), box)


def shots(record: Record) -> list[Shot]:
    """Every picture of a record, those in memory first choice, frames before crops before maps."""
    found = {_place(one): _in_memory(one) for one in record.inspection.evidence}
    for image in record.images:
        found.setdefault(_place(image), _on_disk(image))
    order = {"frame": 0, "crop": 1}
    return sorted(found.values(), key=lambda shot: (order.get(shot.kind, 2), shot.view))


def _place(one: Evidence | ImageRef) -> tuple[str, str, str, int | None]:
    return (one.kind, one.view, one.light, one.defect)


def _in_memory(one: Evidence) -> Shot:
    return Shot(one.kind, one.view, one.light, one.defect, one.pixels, None)


def _on_disk(one: ImageRef) -> Shot:
    return Shot(one.kind, one.view, one.light, one.defect, None, one)


def best_shot(record: Record) -> Shot | None:
    """The picture that shows a record at a glance: the worst defect's view and light, else an evenly lit frame."""
    pictures = shots(record)
    frames = [shot for shot in pictures if shot.kind == "frame"] or pictures
    if not frames:
        return None
    defects = record.inspection.defects
    worst = max(defects, key=lambda defect: defect.score, default=None)
    if worst is None:
        return max(frames, key=lambda shot: shot.light in EVEN_LIGHTS)
    return max(frames, key=lambda shot: (shot.view == worst.view, shot.light == worst.light))


def load(shot: Shot, box: QSize, find: Callable[[ImageRef], Path]) -> Picture:
    """One picture of a record, shrunk to fit a box.

    Raises:
        OSError: its file is missing or no picture.
    """
    if shot.pixels is not None:
        return smooth(shot.pixels, box)
    if shot.image is None:
        raise OSError("a picture that is neither in memory nor kept")
    return read(find(shot.image), box)
