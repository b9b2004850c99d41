"""A printed label as a camera sees it: the degradations of print, optics and handling, rendered from the label's dots.

Used by the tests here and by `benchmarks/trace/decode.py`. Lengths in mm; the paper is drawn at `FINE` pixels a mm and
brought to the camera's pixels by area, as a sensor does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_trace import ALPHABET, SERIAL_LENGTH, digital_link, label_matrix
from shellmark_trace.labels import LabelContent, LabelTemplate, draw_label

DOTS_PER_MM = 300 / 25.4
TWICE = 2
FINE = DOTS_PER_MM * TWICE
"""Pixels a mm of the paper before the camera: 23.6."""
TEMPLATE = LabelTemplate(name="outside")
AROUND_MM = 4.0
"""Shell around the sticker."""
GTIN = "06901234567892"
HOST = "ID.EXAMPLE.CN"


@dataclass(frozen=True, slots=True)
class Harm:
    """What happens to one label on its way to the pixels.

    `blur_mm` is a Gaussian's s.d., `motion_mm` the way during exposure, `contrast` the step from dark to light over
    255, `gain_mm` how far every edge of the ink is moved outward on both sides together (negative: inward), `noise`
    an s.d. in grey values, `tilt_deg` the angle between the paper's and the camera's axis, `blob` the share of the
    symbol's area under one dark or light spot (`off_finders`: nowhere near a finder pattern), `turn_deg` the turn in
    the picture (None: any).
    """

    blur_mm: float = 0.03
    motion_mm: float = 0.0
    contrast: float = 0.8
    gain_mm: float = 0.0
    noise: float = 2.0
    tilt_deg: float = 0.0
    blob: float = 0.0
    off_finders: bool = False
    turn_deg: float | None = None


CLEAN = Harm()

HARMS: Mapping[str, Harm] = MappingProxyType(
    {
        "clean": CLEAN,
        "blur 0.2 mm": replace(CLEAN, blur_mm=0.2),
        "motion 0.7 mm": replace(CLEAN, motion_mm=0.7),
        "contrast 12 %": replace(CLEAN, contrast=0.12),
        "gain +0.12 mm": replace(CLEAN, gain_mm=0.12),
        "gain -0.12 mm": replace(CLEAN, gain_mm=-0.12),
        "noise 45": replace(CLEAN, noise=45.0),
        "tilt 65 deg": replace(CLEAN, tilt_deg=65.0),
        "blob 2 %": replace(CLEAN, blob=0.02),
        "blob 2 %, no finder": replace(CLEAN, blob=0.02, off_finders=True),
    }
)
"""Each degradation of the specification alone, everything else good."""


def station_harm(rng: np.random.Generator) -> Harm:
    """What a station's own camera may do to a good label, everything at once: drawn evenly between stated limits."""
    return Harm(
        blur_mm=rng.uniform(0.02, 0.09),
        motion_mm=rng.uniform(0.0, 0.15),
        contrast=rng.uniform(0.35, 0.9),
        gain_mm=rng.uniform(-0.05, 0.05),
        noise=rng.uniform(1.0, 8.0),
        tilt_deg=rng.uniform(0.0, 25.0),
    )


def new_label(rng: np.random.Generator) -> tuple[str, NDArray[np.bool_]]:
    """A code's text and the dots of its label; the words beside the symbol are drawn once, tail included."""
    serial = "".join(rng.choice(list(ALPHABET), SERIAL_LENGTH))
    text = digital_link(HOST, GTIN, serial)
    dots, corner = _words().copy(), round(TEMPLATE.margin_mm * DOTS_PER_MM)
    symbol = np.kron(label_matrix(text), np.ones((6, 6), np.bool_))
    dots[corner : corner + symbol.shape[0], corner : corner + symbol.shape[1]] = symbol
    return text, dots


@cache
def _words() -> NDArray[np.bool_]:
    text = digital_link(HOST, GTIN, "0" * SERIAL_LENGTH)
    content = LabelContent(text, sku="GV-24-BK", name="亮面竖纹铝框拉杆箱", batch="B20261123-07", date="2026-11-23")
    return draw_label(TEMPLATE, content, DOTS_PER_MM)


def photographed(label: NDArray[np.bool_], harm: Harm, px_per_mm: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The label on a grey shell as (height, width) pixels of a camera at so many px a mm."""
    paper = _with_blob(_inked(label, harm.gain_mm), harm, rng)
    low = rng.uniform(0, 1 - harm.contrast) * 255
    around = round(AROUND_MM * FINE)
    scene = np.pad(
        low + 255 * harm.contrast * paper, around, constant_values=low + 255 * harm.contrast * rng.uniform(0.3, 0.8)
    )
    seen = _seen(scene.astype(np.float32), harm, px_per_mm, rng)
    return np.clip(seen + rng.normal(0, harm.noise, seen.shape), 0, 255).astype(np.uint8)


def shell(rng: np.random.Generator, size: tuple[int, int] = (1944, 2592), ribs: bool = True) -> NDArray[np.uint8]:
    """A camera's frame of a bare shell, (height, width): uneven light, ribs, fine grain."""
    height, width = size
    light = cv2.resize(rng.normal(120, 12, (6, 8)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    grain = cv2.GaussianBlur(rng.normal(0, 12, size).astype(np.float32), (0, 0), 1.2)
    lines = 18 * np.sign(np.sin(np.arange(width) / 25)) if ribs else 0
    return np.clip(light + grain + lines, 0, 255).astype(np.uint8)


def stuck(frame: NDArray[np.uint8], picture: NDArray[np.uint8], at: tuple[int, int]) -> NDArray[np.uint8]:
    """The frame with a label's picture laid on it, its top left corner at (x, y)."""
    frame = frame.copy()
    part = frame[at[1] : at[1] + picture.shape[0], at[0] : at[0] + picture.shape[1]]
    part[:] = picture[: part.shape[0], : part.shape[1]]
    return frame


def _inked(label: NDArray[np.bool_], gain_mm: float) -> NDArray[np.float32]:
    """1 for paper, 0 for ink, at `FINE` px a mm, with every edge of the ink moved."""
    ink = label.astype(np.uint8).repeat(TWICE, axis=0).repeat(TWICE, axis=1)
    if gain_mm == 0:
        return 1 - ink.astype(np.float32)
    inside = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    outside = cv2.distanceTransform(1 - ink, cv2.DIST_L2, 3)
    depth = inside - outside - 0.5 * np.sign(inside - outside) + gain_mm * FINE  # > 0: ink; px from the edge
    return np.clip(0.5 - depth, 0, 1).astype(np.float32)


def _with_blob(paper: NDArray[np.float32], harm: Harm, rng: np.random.Generator) -> NDArray[np.float32]:
    if harm.blob <= 0:
        return paper
    module = 6 * TWICE
    radius = 29 * math.sqrt(harm.blob / math.pi)  # in modules, as all until the circle is drawn
    while True:
        x, y = (float(rng.uniform(0, 29)) for _ in range(2))
        near = [math.hypot(x - left, y - top) for left, top in ((3.5, 3.5), (25.5, 3.5), (3.5, 25.5))]
        if not harm.off_finders or min(near) > radius + 3.5 * math.sqrt(2):
            break
    corner = TEMPLATE.margin_mm * FINE + 4 * module
    at = (round(corner + x * module), round(corner + y * module))
    cv2.circle(paper, at, round(radius * module), float(rng.integers(2)), -1, cv2.LINE_AA)
    return paper


def _seen(scene: NDArray[np.float32], harm: Harm, px_per_mm: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Tilt, turn, blur and motion, then the sensor's pixels."""
    many = max(1, math.ceil(FINE / px_per_mm))
    scale = px_per_mm * many / FINE
    turn = math.radians(rng.uniform(0, 360) if harm.turn_deg is None else harm.turn_deg)
    moved, size = _homography((scene.shape[1], scene.shape[0]), scale, math.radians(harm.tilt_deg), turn, rng, many)
    if harm.blur_mm > 0:
        scene = cv2.GaussianBlur(scene, (0, 0), harm.blur_mm * FINE)
    if harm.motion_mm > 0:
        scene = cv2.filter2D(scene, -1, _streak(harm.motion_mm * FINE, rng.uniform(0, math.pi)))
    edge = float(scene[0, 0])
    large = cv2.warpPerspective(
        scene, moved, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=edge
    )
    return np.asarray(cv2.resize(large, (size[0] // many, size[1] // many), interpolation=cv2.INTER_AREA), np.float32)


def _homography(size: tuple[int, int], scale: float, tilt: float, turn: float, rng: np.random.Generator, many: int):
    """From the scene to the sensor: turned, then tilted about the vertical axis, seen from 12 label widths away."""
    width, height = size
    to_middle = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1.0]])
    turned = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
    tilted = np.array([[math.cos(tilt), 0, 0], [0, 1, 0], [math.sin(tilt) / (12 * width), 0, 1]])
    scaled = np.diag([scale, scale, 1.0])
    matrix = scaled @ tilted @ turned @ to_middle
    corners = cv2.perspectiveTransform(np.float64([[[0, 0], [width, 0], [width, height], [0, height]]]), matrix)[0]
    low, high = corners.min(axis=0), corners.max(axis=0)
    shift = np.array([[1, 0, -low[0] + rng.uniform(0, many)], [0, 1, -low[1] + rng.uniform(0, many)], [0, 0, 1]])
    extent = [math.ceil(float(span) / many + 2) * many for span in high - low]
    return shift @ matrix, (extent[0], extent[1])


def _streak(length_px: float, angle: float) -> NDArray[np.float32]:
    side = 2 * math.ceil(length_px / 2) + 3
    kernel = np.zeros((side, side), np.float32)
    middle = side // 2
    for step in np.linspace(-length_px / 2, length_px / 2, 4 * side):
        x, y = middle + step * math.cos(angle), middle + step * math.sin(angle)
        left, top = math.floor(x), math.floor(y)
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            kernel[top + dy, left + dx] += (1 - abs(x - left - dx)) * (1 - abs(y - top - dy))
    return kernel / kernel.sum()
