"""The nominal shell of a SKU: rounded lid, ribs, zip, logo plate, lock, and which texel belongs to what."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from .canvas import Floats, smoothstep
from .sku import MARGIN_MM, PX_PER_MM, SKUS, ZONE_B_BAND_MM, Sku

ZIP_MM = 3.2
CORNER_MM = 15.0
EDGE_MM = 9.0
EDGE_RADIUS_MM = 10.0
CROWN_MM = 1.5
BACKGROUND_MM = -4.0
LOGO_MM = (30.0, 9.0)
LOCK_MM = (24.0, 9.0)
PLATE_ALBEDO = 0.52
BLACK_PLASTIC = 0.022
FELT = 0.012

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """The parts of a shell that are the same on every shell of a SKU.

    Arrays (h, w) over the frame: `base_mm` height without ribs, `ribs_mm` the ribs alone, `inside_mm`
    the distance to the outline (negative outside), `plastic` where the sheet itself is seen (0 to 1),
    `trim` the albedo of everything else, `roughness` and `metallic` of everything else.
    Rectangles are (left, top, right, bottom) in mm of the nominal frame.
    """

    sku: Sku
    texels_per_mm: float
    base_mm: Floats
    ribs_mm: Floats
    inside_mm: Floats
    plastic: Floats
    trim: Floats
    roughness: Floats
    metallic: Floats
    outline: Rect
    logo: Rect
    lock: Rect

    def zone(self, x_mm: float, y_mm: float) -> str:
        """Returns the zone of a point of the shell: A, or B in the band inside the outline."""
        return "A" if self._at(self.inside_mm, x_mm, y_mm) >= ZONE_B_BAND_MM else "B"

    def on_rib(self, x_mm: float, y_mm: float) -> bool:
        """Says whether a point lies on a rib or its shoulder."""
        return self._at(self.ribs_mm, x_mm, y_mm) > 0.3 * self.sku.rib_height_mm

    def clearance_mm(self, x_mm: float, y_mm: float) -> float:
        """Returns the distance from a point to the nearest fitting or to the zip; negative inside one."""
        to_zip = self._at(self.inside_mm, x_mm, y_mm) - ZIP_MM
        return min(to_zip, *(_to_rect(x_mm, y_mm, rect) for rect in (self.logo, self.lock)))

    def _at(self, values: Floats, x_mm: float, y_mm: float) -> float:
        h, w = values.shape
        row = int(np.clip(y_mm * self.texels_per_mm, 0, h - 1))
        column = int(np.clip(x_mm * self.texels_per_mm, 0, w - 1))
        return float(values[row, column])


@lru_cache(maxsize=3)
def shape_of(sku_name: str, frame_px: tuple[int, int], texels_per_mm: float) -> Shape:
    """Builds the nominal shell of a SKU for a frame of that size."""
    sku = SKUS[sku_name]
    w_mm, h_mm = frame_px[0] / PX_PER_MM, frame_px[1] / PX_PER_MM
    x, y = _grid(w_mm, h_mm, texels_per_mm)
    outline = (MARGIN_MM, MARGIN_MM, w_mm - MARGIN_MM, h_mm - MARGIN_MM)
    inside = -_rounded(x, y, outline, min(CORNER_MM, 0.2 * h_mm))
    logo, lock = _logo_rect(sku, w_mm, h_mm), _lock_rect(sku, w_mm, h_mm)
    to_logo, to_lock = _rounded(x, y, logo, 1.5), _rounded(x, y, lock, 2.0)
    base = _lid(x, y, inside, w_mm, h_mm)
    ribs = _ribs(sku, x, y, w_mm, h_mm) * smoothstep(inside, ZIP_MM + 3, ZIP_MM + 12)
    ribs *= smoothstep(np.minimum(to_logo, to_lock), 0.5, 4.0)
    parts = _Parts(base, *(np.zeros_like(base) for _ in range(4)))
    _zip(parts, x, y, inside)
    _plate(parts, to_logo, logo, texels_per_mm, "SHELLMARK")
    _lock(parts, to_lock, lock, x, y)
    return Shape(
        sku=sku,
        texels_per_mm=texels_per_mm,
        base_mm=parts.height,
        ribs_mm=ribs,
        inside_mm=inside,
        plastic=1 - parts.cover,
        trim=parts.trim,
        roughness=parts.roughness,
        metallic=parts.metallic,
        outline=outline,
        logo=logo,
        lock=lock,
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The fittings being put onto the lid: all arrays are changed in place."""

    height: Floats
    cover: Floats
    trim: Floats
    roughness: Floats
    metallic: Floats

    def put(self, mask: Floats, albedo: float, roughness: float, metallic: float = 0.0) -> None:
        for values, new in (
            (self.cover, 1.0),
            (self.trim, albedo),
            (self.roughness, roughness),
            (self.metallic, metallic),
        ):
            values[...] += mask * (np.float32(new) - values)


def _grid(w_mm: float, h_mm: float, texels_per_mm: float) -> tuple[Floats, Floats]:
    w, h = round(w_mm * texels_per_mm), round(h_mm * texels_per_mm)
    x = ((np.arange(w) + 0.5) / texels_per_mm).astype(np.float32)[None, :]
    y = ((np.arange(h) + 0.5) / texels_per_mm).astype(np.float32)[:, None]
    return x, y


def _rounded(x: Floats, y: Floats, rect: Rect, radius: float) -> Floats:
    """Signed distance to a rounded rectangle, negative inside."""
    left, top, right, bottom = rect
    qx = np.abs(x - (left + right) / 2) - ((right - left) / 2 - radius)
    qy = np.abs(y - (top + bottom) / 2) - ((bottom - top) / 2 - radius)
    outer = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0))
    return np.asarray(outer + np.minimum(np.maximum(qx, qy), 0) - radius, np.float32)


def _to_rect(x: float, y: float, rect: Rect) -> float:
    dx = max(rect[0] - x, x - rect[2])
    dy = max(rect[1] - y, y - rect[3])
    return float(np.hypot(max(dx, 0), max(dy, 0))) + min(max(dx, dy), 0)


def _lid(x: Floats, y: Floats, inside: Floats, w_mm: float, h_mm: float) -> Floats:
    """A quarter-round edge up to a slightly crowned face, on a flat dark table."""
    t = np.clip((inside - ZIP_MM) / EDGE_RADIUS_MM, 0, 1)
    edge = EDGE_MM * np.sqrt(np.clip(1 - (1 - t) ** 2, 0, 1))
    rx, ry = (x / w_mm - 0.5) * 2, (y / h_mm - 0.5) * 2
    crown = CROWN_MM * np.clip(1 - 0.5 * (rx * rx + ry * ry), 0, 1) * t
    side = np.float32(BACKGROUND_MM) * (1 - smoothstep(inside, -0.6, 0.0))
    return np.asarray(edge + crown + side, np.float32)


def _ribs(sku: Sku, x: Floats, y: Floats, w_mm: float, h_mm: float) -> Floats:
    along, size = (x, w_mm) if sku.ribs == "vertical" else (y, h_mm)
    phase = (along - size / 2 + sku.rib_pitch_mm / 2) % sku.rib_pitch_mm - sku.rib_pitch_mm / 2
    r = np.clip(np.abs(phase) / (sku.rib_width_mm / 2), 0, 1)
    rib = np.float32(sku.rib_height_mm / 2) * (1 + np.cos(np.pi * r))
    return np.asarray(rib + 0 * x + 0 * y, np.float32)


def _logo_rect(sku: Sku, w_mm: float, h_mm: float) -> Rect:
    cx, cy = sku.logo_at[0] * w_mm, sku.logo_at[1] * h_mm
    w, h = LOGO_MM
    return (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)


def _lock_rect(sku: Sku, w_mm: float, h_mm: float) -> Rect:
    long, short = LOCK_MM
    from_edge = MARGIN_MM + ZIP_MM + 0.5
    if sku.lock_side == "south":
        return (w_mm / 2 - long / 2, h_mm - from_edge - short, w_mm / 2 + long / 2, h_mm - from_edge)
    return (w_mm - from_edge - short, h_mm / 2 - long / 2, w_mm - from_edge, h_mm / 2 + long / 2)


def _band(values: Floats, low: float, high: float, soft: float = 0.08) -> Floats:
    return smoothstep(values, low - soft, low + soft) * (1 - smoothstep(values, high - soft, high + soft))


def _zip(parts: _Parts, x: Floats, y: Floats, inside: Floats) -> None:
    """Black tape with a row of metal teeth, and the dark table beyond it."""
    gy, gx = np.gradient(inside)
    run = np.where(np.abs(gy) > np.abs(gx), x, y + 0 * x)
    teeth = _band(inside, 0.9, 2.3, 0.15) * smoothstep(np.sin(2 * np.pi / 1.5 * run), -0.2, 0.3)
    weave = 0.02 * np.sin(2 * np.pi / 0.5 * x) * np.sin(2 * np.pi / 0.5 * y)
    tape = _band(inside, 0.0, ZIP_MM)
    parts.put(1 - smoothstep(inside, -0.1, 0.1), FELT, 0.9)
    parts.put(tape, BLACK_PLASTIC, 0.8)
    parts.put(teeth, 0.30, 0.40, 0.9)
    parts.height[...] += tape * weave + 0.35 * teeth


def _plate(parts: _Parts, distance: Floats, rect: Rect, texels_per_mm: float, text: str) -> None:
    """A brushed metal plate with engraved letters."""
    on = 1 - smoothstep(distance, -0.05, 0.05)
    top = 0.9 * (1 - smoothstep(distance, -0.7, 0.1))
    letters = _letters(distance.shape, rect, texels_per_mm, text)
    parts.put(on, PLATE_ALBEDO, 0.38, 1.0)
    parts.put(letters, 0.05, 0.6, 0.0)
    parts.height[...] += top - 0.12 * letters


def _letters(shape: tuple[int, ...], rect: Rect, texels_per_mm: float, text: str) -> Floats:
    layer: NDArray[np.uint8] = np.zeros(shape, np.uint8)
    face, thick = cv2.FONT_HERSHEY_DUPLEX, max(1, round(0.35 * texels_per_mm))
    (w, h), _ = cv2.getTextSize(text, face, 1.0, 1)
    scale = 0.84 * (rect[2] - rect[0]) * texels_per_mm / w
    at = (
        round((rect[0] + rect[2]) / 2 * texels_per_mm - scale * w / 2),
        round((rect[1] + rect[3]) / 2 * texels_per_mm + scale * h / 2),
    )
    cv2.putText(layer, text, at, face, scale, 255, thick, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), 0.7), np.float32) / 255


def _lock(parts: _Parts, distance: Floats, rect: Rect, x: Floats, y: Floats) -> None:
    """A black plastic body with three number wheels, a key hole and a metal slider."""
    on = 1 - smoothstep(distance, -0.05, 0.05)
    level = float(parts.height[distance < -1].mean()) + 1.5
    rim = 1 - smoothstep(distance, -0.9, 0.1)
    parts.height[...] += rim * (level - parts.height)
    parts.put(on, BLACK_PLASTIC, 0.35)
    left, top, right, bottom = rect
    cx, cy = (left + right) / 2, (top + bottom) / 2
    turned = bottom - top > right - left
    for u in (-8.0, -5.0, -2.0):
        _inset(parts, x, y, _place(cx, cy, u, 1.1, 2.6, turned), 0.28, 0.4, 0.0, -0.3)
    _inset(parts, x, y, _place(cx, cy, 3.0, 1.3, 1.3, turned), 0.01, 0.8, 0.0, -0.6)
    _inset(parts, x, y, _place(cx, cy, 7.8, 2.4, 2.0, turned), 0.5, 0.3, 1.0, 0.5)


def _place(cx: float, cy: float, u: float, half_u: float, half_v: float, turned: bool) -> Rect:
    if turned:
        return (cx - half_v, cy + u - half_u, cx + half_v, cy + u + half_u)
    return (cx + u - half_u, cy - half_v, cx + u + half_u, cy + half_v)


def _inset(
    parts: _Parts,
    x: Floats,
    y: Floats,
    rect: Rect,
    albedo: float,
    roughness: float,
    metallic: float,
    height: float,
) -> None:
    distance = _rounded(x, y, rect, 0.8)
    parts.put(1 - smoothstep(distance, -0.05, 0.05), albedo, roughness, metallic)
    parts.height[...] += height * (1 - smoothstep(distance, -0.4, 0.1))
