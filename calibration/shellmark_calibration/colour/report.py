"""The page of a colour calibration: the card as it was found, and each patch beside what it should be."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_calibration.report import Picture, Section, of_pixels

from .cards import COLUMNS, PATCHES, ROWS
from .reading import CardReading
from .spaces import linear_of_lab, srgb_of_linear

TILE_PX, GAP_PX = 140, 8
GREEN, RED = (60, 200, 60), (60, 60, 220)
GOOD_DE = 3.0


def colour_sections(picture: NDArray[np.uint8], reading: CardReading) -> list[Section]:
    """The sections of the page for a BGR picture and what was read of it."""
    fit, correction = reading.fit, reading.fit.correction
    summary = [
        f"Card {reading.card.name}, {correction.kind}, {correction.patches} of 24 patches used; D50 values of the card "
        f"adapted to D65 by Bradford, 2 degree observer.",
        f"相机 ΔE00 camera ΔE00, mean: {correction.camera_de_before:.2f} before, "
        f"{correction.camera_de_after:.2f} after with each patch left out, "
        f"{fit.in_sample[fit.used].mean():.2f} after on the patches fitted.",
        "相机 ΔE，非分光光度计 ΔE。Camera ΔE, not spectrophotometer ΔE.",
        *reading.warnings,
    ]
    found = of_pixels(_outlined(picture, reading), "找到的色卡 The card as it was found")
    rows = [
        (
            PATCHES[i],
            _lab(fit.lab_before[i]),
            _lab(fit.lab_after[i]),
            _lab(reading.card.lab[i]),
            f"{fit.before[i]:.1f}",
            f"{fit.in_sample[i]:.1f}",
            f"{fit.left_out[i]:.1f}",
            "" if fit.used[i] else "not used",
        )
        for i in range(len(PATCHES))
    ]
    kinds = [(name, f"{value:.2f}") for name, value in fit.tried.items()]
    columns = ("色块 patch", "Lab before", "Lab after", "Lab card", "ΔE before", "ΔE after", "ΔE left out", "")
    return [
        Section("色彩标定 Colour", summary, pictures=[found, _tiles(reading)]),
        Section("色块 Patches (camera ΔE00)", columns=columns, rows=rows),
        Section("方法 Kinds tried, mean camera ΔE00 left out", columns=("kind", "camera ΔE00"), rows=kinds),
    ]


def _lab(lab: NDArray[np.float64]) -> str:
    return " ".join(f"{x:.1f}" for x in lab)


def _outlined(picture: NDArray[np.uint8], reading: CardReading) -> NDArray[np.uint8]:
    """The picture with every card's outline and its brown corner; the one that was read is green."""
    factor = max(1.0, 900 / max(picture.shape[:2]))
    drawn = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    width = max(2, round(max(drawn.shape[:2]) / 400))
    for number, place in enumerate(reading.places, 1):
        colour = GREEN if place is reading.place else RED
        corners = np.round(((place.corners() + 0.5) * factor - 0.5) * 16).astype(np.int32)
        cv2.polylines(drawn, [corners], True, colour, width, cv2.LINE_AA, 4)
        at = (int(corners[0, 0]) // 16, int(corners[0, 1]) // 16)
        cv2.circle(drawn, at, 3 * width, colour, -1, cv2.LINE_AA)
        cv2.putText(drawn, str(number), at, cv2.FONT_HERSHEY_SIMPLEX, width / 2, colour, width, cv2.LINE_AA)
    return np.asarray(drawn, np.uint8)


def _tiles(reading: CardReading) -> Picture:
    """Every patch in thirds: measured, corrected, what the card says; its left-out camera ΔE below."""
    fit = reading.fit
    page = np.full((ROWS * (TILE_PX + GAP_PX) + GAP_PX, COLUMNS * (TILE_PX + GAP_PX) + GAP_PX, 3), 40, np.uint8)
    thirds = [_bgr(lab) for lab in (fit.lab_before, fit.lab_after, reading.card.lab)]
    for i in range(len(PATCHES)):
        y, x = (GAP_PX + n * (TILE_PX + GAP_PX) for n in divmod(i, COLUMNS))
        for k, colours in enumerate(thirds):
            left, right = x + TILE_PX * k // 3, x + TILE_PX * (k + 1) // 3
            page[y : y + TILE_PX - 26, left:right] = colours[i]
        page[y + TILE_PX - 26 : y + TILE_PX, x : x + TILE_PX] = 250
        text = f"{fit.before[i]:.1f} > {fit.left_out[i]:.1f}" + ("" if fit.used[i] else " (-)")
        ink = RED if fit.left_out[i] > GOOD_DE else (30, 30, 30)
        cv2.putText(page, text, (x + 6, y + TILE_PX - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.5, ink, 1, cv2.LINE_AA)
    caption = "每格：拍摄、校正后、标准值；相机 ΔE 校正前 > 校正后（留一法）"
    return of_pixels(page, f"{caption} Each: as taken, corrected, the card's; camera ΔE before > after, left out")


def _bgr(lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.round(srgb_of_linear(linear_of_lab(lab))[:, ::-1] * 255).astype(np.uint8)
