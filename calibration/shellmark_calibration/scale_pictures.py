"""The pictures of a scale report: the board as it was found, and the millimetres of a pixel over the frame."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .report import Picture, Section, empty_figure, of_figure, of_pixels
from .scale import MmMap
from .sighting import Sighting


def scale_sections(
    to_mm: MmMap, sighting: Sighting, pixels: NDArray[Any], rows: list[tuple[str, str]]
) -> list[Section]:
    """The sections of a scale report; `pixels` is the picture of the board, `rows` the figures, each with its name."""
    pictures = [_found(sighting, pixels), _map(to_mm)]
    return [Section("毫米图 Millimetre map", (), ("", ""), rows), Section("图 Pictures", pictures=pictures)]


def _found(sighting: Sighting, pixels: NDArray[Any]) -> Picture:
    drawn = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR) if pixels.ndim == 2 else pixels.copy())
    size = max(3, max(sighting.size_px) // 200)
    for x, y in np.round(sighting.corners_px).astype(int):
        cv2.circle(drawn, (int(x), int(y)), size, (38, 30, 179), max(1, size // 3), cv2.LINE_AA)
    return of_pixels(drawn, "找到的角点 The corners found")


def _map(to_mm: MmMap) -> Picture:
    w, h = to_mm.size_px
    y, x = np.mgrid[0 : h - 1 : 25j, 0 : w - 1 : 33j]
    longest = to_mm.mm_per_px(np.column_stack([x.ravel(), y.ravel()]))[:, 0].reshape(x.shape)
    figure = empty_figure(6.4, 4.8)
    axes = figure.subplots()
    found = axes.contourf(x, y, longest, 12, cmap="viridis")
    figure.colorbar(found, label="mm/px")
    axes.set_ylim(h, 0)
    axes.set_aspect("equal")
    return of_figure(figure, "平面上每像素毫米数，长的方向 Millimetres of a pixel on the plane, its longer direction")
