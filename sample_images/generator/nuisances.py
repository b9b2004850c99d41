"""What differs between two sound shells and must not alarm: drawn alike for good and defective cases."""

from dataclasses import dataclass

import cv2
import numpy as np

from .canvas import Canvas, smoothstep, spread
from .shape import Shape
from .sku import LIGHTS
from .streams import stream


@dataclass(frozen=True, slots=True)
class Nuisances:
    """One case's draw: pose on the fixture, exposure, lamps, focus, batch, and how dirty it is.

    `lamp` is the light's strength per light, `register_mm` the shift of a film's print.
    """

    shift_mm: tuple[float, float]
    turn_deg: float
    exposure: float
    lamp: dict[str, float]
    defocus_px: float
    batch_colour: tuple[float, float, float]
    rib_gain: float
    register_mm: tuple[float, float]
    dust: int
    streaks: int


def draw_nuisances(seed: int) -> Nuisances:
    """Draws the nuisances of a case; nothing about its defects goes in."""
    rng = stream(seed, "nuisances")
    shift_x, shift_y, turn, exposure, defocus, rib, reg_x, reg_y = spread(
        rng, (-2, 2), (-2, 2), (-0.7, 0.7), (0.95, 1.05), (0, 0.6), (0.95, 1.05), (-0.15, 0.15), (-0.15, 0.15)
    )
    weak = LIGHTS[int(rng.integers(len(LIGHTS)))] if rng.random() < 0.3 else None
    batch = 1 + 0.012 * rng.standard_normal(3)
    return Nuisances(
        shift_mm=(round(shift_x, 3), round(shift_y, 3)),
        turn_deg=round(turn, 3),
        exposure=round(exposure, 4),
        lamp={light: 0.85 if light == weak else 1.0 for light in LIGHTS},
        defocus_px=round(defocus, 3),
        batch_colour=(round(batch[0], 4), round(batch[1], 4), round(batch[2], 4)),
        rib_gain=round(rib, 4),
        register_mm=(round(reg_x, 3), round(reg_y, 3)),
        dust=int(rng.poisson(5)),
        streaks=int(rng.integers(0, 3)),
    )


def dirty(canvas: Canvas, shape: Shape, nuisances: Nuisances, seed: int) -> None:
    """Lays dust fibres, dust grains and wiped streaks on the shell."""
    rng = stream(seed, "dust")
    for _ in range(nuisances.streaks):
        _streak(canvas, rng)
    for _ in range(nuisances.dust):
        _fibre(canvas, shape, rng)
    for _ in range(4 * nuisances.dust):
        _grain_of_dust(canvas, shape, rng)


def _somewhere(shape: Shape, rng: np.random.Generator) -> tuple[float, float]:
    left, top, right, bottom = shape.outline
    return float(rng.uniform(left, right)), float(rng.uniform(top, bottom))


def _streak(canvas: Canvas, rng: np.random.Generator) -> None:
    """A wiped arc: the gloss is a little off along a broad band, the colour hardly."""
    w_mm, h_mm = canvas.size_mm
    centre = (float(rng.uniform(0, w_mm)), float(rng.uniform(-h_mm, 2 * h_mm)))
    radius, width = spread(rng, (0.5 * h_mm, 1.2 * h_mm), (4, 10))
    window = canvas.window((w_mm / 2, h_mm / 2), max(w_mm, h_mm))
    dx, dy = window.u_mm + w_mm / 2 - centre[0], window.v_mm + h_mm / 2 - centre[1]
    off = np.abs(np.hypot(dx, dy) - radius) / (width / 2)
    wipe = np.asarray(1 - smoothstep(off, 0.5, 1.0), np.float32)
    wipe *= (1 - 0.8 * smoothstep(canvas.metallic, 0.1, 0.5)) * rng.uniform(0.4, 1.0)
    canvas.roughness[window.at] *= 1 + np.float32(0.10) * wipe
    window.shade(1 + np.float32(0.015) * wipe)


def _fibre(canvas: Canvas, shape: Shape, rng: np.random.Generator) -> None:
    """A short curled light fibre lying on the surface, 0.6 to 6 mm long and 20 to 45 um thick."""
    at = _somewhere(shape, rng)
    length = float(np.exp(rng.uniform(np.log(0.6), np.log(6.0))))
    thick, curl, angle = spread(rng, (0.02, 0.045), (-1.2, 1.2), (0, np.pi))
    window = canvas.window(at, length * 0.6)
    s = np.linspace(-0.5, 0.5, 24)
    heading = angle + curl * s * 2 + 0.4 * np.sin(9 * s + rng.uniform(0, 6))
    step = length / len(s) / window.texel_mm
    points = np.stack([np.cumsum(np.cos(heading)), np.cumsum(np.sin(heading))], -1) * step
    rows, columns = window.v_mm.shape
    layer = np.zeros((rows, columns), np.uint8)
    origin = np.array([columns / 2, rows / 2])
    path = np.round((points - points.mean(0) + origin) * 16).astype(np.int32)
    cv2.polylines(layer, [path], False, 255, 1, cv2.LINE_AA, 4)
    cover = layer.astype(np.float32) / 255 * np.float32(min(1.0, thick / window.texel_mm))
    window.tint(cover, (0.62, 0.61, 0.58))
    window.raise_by(np.float32(0.02) * cover)


def _grain_of_dust(canvas: Canvas, shape: Shape, rng: np.random.Generator) -> None:
    """A light grain of 40 to 110 um."""
    at = _somewhere(shape, rng)
    size = float(rng.uniform(0.04, 0.11))
    window = canvas.window(at, 0.4)
    spot = np.exp(-(window.u_mm**2 + window.v_mm**2) / (2 * (0.6 * window.texel_mm) ** 2))
    cover = np.asarray(spot * min(1.0, (size / window.texel_mm) ** 2 * 0.5), np.float32)
    window.tint(cover, (0.55, 0.54, 0.52))
