"""Drawn defects of known size, and defects made of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from shellmark_inspect.judge import Measured, Region, find_regions, measure
from shellmark_inspect.recipe import JudgeSpec
from shellmark_inspect.types import View

PX_PER_MM = 6.0
Shape = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Drawing:
    """A view with drawn shapes, blurred and noisy as a camera sees them, and the blurred anomaly map of a model."""

    def __init__(self, *shapes: Shape, size_mm: float = 70.0, contrast: float = 40.0, ribs: float = 0.0, seed: int = 0):
        side = round(size_mm * PX_PER_MM)
        fine = 4
        y, x = np.mgrid[: side * fine, : side * fine].astype(np.float32)
        x, y = ((c + 0.5) / fine - 0.5 for c in (x, y))
        inside = np.logical_or.reduce([shape(x / PX_PER_MM, y / PX_PER_MM) for shape in shapes])
        self.share = cv2.resize(inside.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)
        ground = 110 + ribs * np.sin(2 * np.pi * np.arange(side) / PX_PER_MM / 12)[None]
        picture = cv2.GaussianBlur(ground + contrast * self.share, (0, 0), 0.8)
        noise = np.random.default_rng(seed).normal(0, 2, picture.shape)
        self.pixels = np.clip(picture + noise, 0, 255).astype(np.uint8)
        self.anomaly = anomaly_of(self.share)

    def view(self, **changes: Any) -> View:
        scale = np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1.0])
        plain = {"name": "front", "planes": {"west": self.pixels}, "to_frame": np.eye(3), "to_mm": scale}
        return View(**(plain | changes))

    def regions(self, **changes: Any) -> list[Region]:
        keys = {"grow": 0.75, "merge_mm": 1.0, "smallest_mm": 0.2, "px_per_mm": PX_PER_MM} | changes
        return find_regions(self.anomaly, None, **keys)

    def measured(self, spec: JudgeSpec | None = None, **changes: Any) -> list[Measured]:
        return measure(self.view(**changes), self.regions(), spec or JudgeSpec())


def anomaly_of(share: np.ndarray) -> np.ndarray:
    """What a model of stride 8 makes of a drawn shape: blurred, and larger than it."""
    side = share.shape[0]
    coarse = cv2.resize(share, (side // 8, side // 8), interpolation=cv2.INTER_AREA)
    hit = (cv2.resize(coarse, (side, side)) > 0.005).astype(np.float32)
    blurred = cv2.GaussianBlur(hit, (0, 0), 8)
    return (blurred / max(float(blurred.max()), 1e-6) * 2).astype(np.float32)


@pytest.fixture
def drawing() -> type[Drawing]:
    """The class above."""
    return Drawing
