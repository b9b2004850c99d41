"""The defects, in mm and in what light does to them; `DEFECTS` names how each label is drawn.

A defect narrower than three texels is drawn three texels wide with everything it does (slope, colour,
roughness) scaled by the share of that width it fills: seen from the pixels it is the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import pi, sqrt
from types import MappingProxyType

import cv2
import numpy as np

from .canvas import Canvas, Floats, Window, smoothstep, spread
from .sku import LABELS

WHITENED = (0.80, 0.79, 0.78)
BURNT = (0.11, 0.055, 0.018)
GLUE = (0.50, 0.48, 0.40)


@dataclass(frozen=True, slots=True)
class Extent:
    """The true size of a defect in mm; `depth_mm` is 0 without relief, positive either way with one."""

    length_mm: float
    width_mm: float
    diameter_mm: float
    area_mm2: float
    depth_mm: float


@dataclass(frozen=True, slots=True)
class Site:
    """Where a defect is drawn: the canvas, the centre, a direction, and the sheet's unprinted colour."""

    canvas: Canvas
    centre_mm: tuple[float, float]
    angle_rad: float
    sheet: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A defect as drawn: its true size and how much of each texel of its window it covers."""

    extent: Extent
    at: tuple[slice, slice]
    cover: Floats


Draw = Callable[[Site, float, np.random.Generator], Drawn]


def reach_mm(label: str, times_limit: float) -> float:
    """Returns half the largest dimension a defect of that size can have, for finding room for it."""
    size = LABELS[label].limit_mm * times_limit
    if label == "crack":
        return _crack_size(size)[0] / 2
    return size * (0.5 if label in {"scratch", "scuff"} else 0.75)


def draw_defect(site: Site, label: str, times_limit: float, rng: np.random.Generator) -> Drawn:
    """Draws a defect of `times_limit` times the zone-A limit of its label onto the canvas."""
    return DEFECTS[label](site, LABELS[label].limit_mm * times_limit, rng)


def _round_extent(diameter: float, depth: float = 0.0) -> Extent:
    return Extent(diameter, diameter, diameter, pi * diameter**2 / 4, depth)


def _line_extent(length: float, width: float, depth: float) -> Extent:
    area = length * width
    return Extent(length, width, sqrt(4 * area / pi), area, depth)


def _smooth_noise(rng: np.random.Generator, u: Floats, step_mm: float) -> Floats:
    """Noise in [-1, 1] along the window's axis with features of `step_mm`."""
    low = float(u.min())
    knots = rng.uniform(-1, 1, int((float(u.max()) - low) / step_mm) + 3)
    return np.asarray(np.interp((u - low) / step_mm, np.arange(len(knots)), knots), np.float32)


def _line(window: Window, path: Floats, length: float, width: float) -> tuple[Floats, Floats, float]:
    """Returns the signed distance to a path, its taper and the drawn width; see the module's docstring."""
    drawn = max(width, 3 * window.texel_mm)
    across = np.asarray(window.v_mm - path, np.float32)
    ends = 1 - smoothstep(np.abs(window.u_mm) / (length / 2), 0.8 if length > 1 else 0.5, 1.02)
    return across, ends, drawn


def _scratch(site: Site, length: float, rng: np.random.Generator) -> Drawn:
    """A groove with lips, roughened and whitened, here and there interrupted."""
    times = length / LABELS["scratch"].limit_mm
    low, high = (0.05, min(0.14, 0.09 + 0.04 * times)) if times <= 1 else (0.12, 0.30)
    width, bend, white = spread(rng, (low, high), (-0.03, 0.03), (0.35, 0.75))
    depth = float(np.clip(width * rng.uniform(0.16, 0.28), 0.01, 0.06))
    window = site.canvas.window(site.centre_mm, length / 2 + 0.6, site.angle_rad)
    path = np.float32(bend / max(length, 1)) * window.u_mm**2
    path = path + np.float32(0.04) * _smooth_noise(rng, window.u_mm, 2.0)
    across, ends, drawn = _line(window, path, length, width)
    breaks = 1 - 0.75 * smoothstep(_smooth_noise(rng, window.u_mm, 0.9), 0.55, 0.8)
    share = np.asarray(ends * breaks * (width / drawn), np.float32)
    t = across / (drawn / 2)
    groove = np.exp(-(t**2) * 1.5)
    lips = 0.35 * np.exp(-((np.abs(t) - 1.3) ** 2) * 6)
    window.raise_by(np.float32(depth) * share * (lips - groove))
    window.tint(np.float32(white) * share * groove, WHITENED)
    window.roughen(share * groove, 0.6)
    cover = ends * (1 - smoothstep(np.abs(across) / drawn, 0.4, 0.6))
    return Drawn(_line_extent(length, width, depth), window.at, cover)


def _scuff(site: Site, length: float, rng: np.random.Generator) -> Drawn:
    """A cloud of fine parallel lines in a haze of lost gloss."""
    width = length * float(rng.uniform(0.3, 0.5))
    window = site.canvas.window(site.centre_mm, length / 2 + 0.6, site.angle_rad)
    r = np.hypot(window.u_mm / (length / 2), window.v_mm / (width / 2))
    haze = 1 - smoothstep(r, 0.35, 1.0)
    lines = _hatch(window, length, width, site.angle_rad, rng)
    strength = float(rng.uniform(0.6, 1.0))
    window.tint(np.float32(strength) * (0.05 * haze + 0.35 * lines), WHITENED)
    window.roughen(np.float32(strength) * np.maximum(0.35 * haze, lines), 0.62)
    window.raise_by(np.float32(-0.006 * strength) * lines)
    area = pi * length * width / 4
    extent = Extent(length, width, sqrt(4 * area / pi), area, 0.006 * strength)
    return Drawn(extent, window.at, 1 - smoothstep(r, 0.85, 1.05))


def _hatch(window: Window, length: float, width: float, angle: float, rng: np.random.Generator) -> Floats:
    """Fine lines in an ellipse, anti-aliased, as the share of each texel they fill."""
    rows, columns = window.v_mm.shape
    layer = np.zeros((rows, columns), np.uint8)
    middle = np.array([columns, rows]) / 2
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    for _ in range(int(12 + 5 * width / 0.4)):
        v = float(np.clip(rng.normal(0, 0.3), -0.9, 0.9))
        room = sqrt(1 - v * v)
        u = float(rng.uniform(-0.7, 0.7)) * room
        half, tilt = spread(rng, (0.1, 0.3), (-0.12, 0.12))
        ends = np.array([[u - half, v - tilt], [u + half, v + tilt]]) * (length / 2, width / 2)
        pixels = np.round((ends @ turn / window.texel_mm + middle) * 16).astype(int)
        cv2.line(layer, pixels[0].tolist(), pixels[1].tolist(), int(rng.integers(90, 255)), 1, cv2.LINE_AA, 4)
    return np.asarray(layer, np.float32) / 255


def _dent(site: Site, diameter: float, rng: np.random.Generator) -> Drawn:
    """A cosine hollow, slightly oval, without any change of colour."""
    depth = max(0.03, diameter * float(rng.uniform(0.06, 0.095)))
    return _bowl(site, diameter, -depth, rng)


def _bump(site: Site, diameter: float, rng: np.random.Generator) -> Drawn:
    """A cosine pimple: a dent the other way up, mostly steeper."""
    return _bowl(site, diameter, max(0.03, diameter * float(rng.uniform(0.06, 0.10))), rng)


def _bowl(site: Site, diameter: float, height: float, rng: np.random.Generator) -> Drawn:
    oval = float(rng.uniform(0.85, 1.18))
    window = site.canvas.window(site.centre_mm, diameter * 0.65 + 0.4, site.angle_rad)
    r = np.hypot(window.u_mm * oval, window.v_mm / oval) / (diameter / 2)
    bowl = np.asarray(0.5 * (1 + np.cos(pi * np.clip(r, 0, 1))), np.float32)
    window.raise_by(np.float32(height) * bowl, casts_shadow=diameter > 1.5)
    return Drawn(_round_extent(diameter, abs(height)), window.at, 1 - smoothstep(r, 0.85, 1.05))


def _blob(window: Window, diameter: float, rng: np.random.Generator, ragged: float) -> Floats:
    """Relative radius to an irregular closed outline whose area is that of the given diameter."""
    angle = np.arctan2(window.v_mm, window.u_mm)
    outline = np.ones_like(angle)
    for k in range(2, 6):
        amount, phase = spread(rng, (-ragged, ragged), (0, 2 * pi))
        outline = outline + np.float32(amount / k * 2) * np.cos(k * angle + phase)
    return np.asarray(np.hypot(window.u_mm, window.v_mm) / (diameter / 2 * outline), np.float32)


def _edge(r: Floats, diameter: float, window: Window, soft: float = 0.0) -> Floats:
    """Coverage of a blob with an edge at least a texel wide; `soft` is a share of the radius."""
    half = max(soft, 1.2 * window.texel_mm / diameter)
    return 1 - smoothstep(r, 1 - half, 1 + half)


def _spot(site: Site, diameter: float, rng: np.random.Generator, ragged: float) -> tuple[Window, Floats]:
    window = site.canvas.window(site.centre_mm, diameter * 0.8 + 0.4, site.angle_rad)
    return window, _blob(window, diameter, rng, ragged)


def _whitening(site: Site, diameter: float, rng: np.random.Generator) -> Drawn:
    """A pale soft-edged patch without relief."""
    window, r = _spot(site, diameter, rng, 0.15)
    window.tint(np.float32(rng.uniform(0.28, 0.5)) * _edge(r, diameter, window, 0.35), WHITENED)
    return Drawn(_round_extent(diameter), window.at, _edge(r, diameter, window))


def _crack_size(diameter: float) -> tuple[float, float]:
    """Length and width of the crack whose area is that of a circle of `diameter`."""
    width = float(np.clip(0.08 * sqrt(diameter / 0.5), 0.05, 0.16))
    return pi * diameter**2 / 4 / width, width


def _crack(site: Site, diameter: float, rng: np.random.Generator) -> Drawn:
    """A jagged dark gap with one raised bright lip."""
    length, width = _crack_size(diameter)
    window = site.canvas.window(site.centre_mm, length / 2 + 0.8, site.angle_rad)
    path = np.float32(min(0.35, 0.12 * length)) * _smooth_noise(rng, window.u_mm, 0.7)
    path = path + np.float32(0.05) * _smooth_noise(rng, window.u_mm, 0.2)
    across, ends, drawn = _line(window, path, length, width)
    share = np.asarray(ends * (width / drawn), np.float32)
    t = across / (drawn / 2)
    gap, lip = np.exp(-(t**2) * 1.5), np.exp(-((t - 1.9) ** 2) * 3)
    window.raise_by(share * (np.float32(0.03) * lip - np.float32(0.12) * gap))
    window.tint(np.minimum(1, share * 1.3) * gap, (0.004, 0.004, 0.004))
    window.tint(np.float32(0.4) * share * lip, WHITENED)
    window.roughen(share * gap, 0.9)
    cover = ends * (1 - smoothstep(np.abs(across) / drawn, 0.4, 0.6))
    return Drawn(_line_extent(length, width, 0.12), window.at, cover)


def _speck(site: Site, diameter: float, rng: np.random.Generator) -> Drawn:
    """Foreign matter in the sheet: a dark or a bright dot of ragged outline, no relief."""
    window, r = _spot(site, diameter, rng, 0.18)
    cover = _edge(r, diameter, window)
    dark_sheet = float(np.mean(site.sheet)) < 0.16
    bright = rng.random() < (0.75 if dark_sheet else 0.15)
    share = min(1.0, (diameter / (1.2 * window.texel_mm)) ** 2)
    window.tint(np.float32(0.92 * share) * cover, (0.55, 0.52, 0.44) if bright else (0.010, 0.009, 0.008))
    return Drawn(_round_extent(diameter), window.at, cover)


def _bubble(site: Site, diameter: float, rng: np.random.Generator) -> Drawn:
    """A glossy dome, a little paler than the sheet around it."""
    height = diameter * float(rng.uniform(0.12, 0.22))
    window = site.canvas.window(site.centre_mm, diameter * 0.7 + 0.4, site.angle_rad)
    r = np.hypot(window.u_mm, window.v_mm) / (diameter / 2)
    dome = np.asarray(np.clip(1 - r * r, 0, 1) ** 0.75, np.float32)
    inside = _edge(r, diameter, window)
    window.raise_by(np.float32(height) * dome, casts_shadow=diameter > 1.5)
    window.tint(np.float32(0.10) * inside, WHITENED)
    window.roughen(inside, 0.20)
    return Drawn(_round_extent(diameter, height), window.at, inside)


def _burn(site: Site, diameter: float, rng: np.random.Generator) -> Drawn:
    """A scorched patch, brown with a yellow rim, pitted and dull in the middle."""
    window, r = _spot(site, diameter, rng, 0.22)
    body, core = _edge(r, diameter, window, 0.25), 1 - smoothstep(r, 0.2, 0.9)
    window.tint(np.float32(0.5) * body, (0.30, 0.19, 0.05))
    window.tint(np.float32(rng.uniform(0.6, 0.85)) * core, BURNT)
    window.roughen(np.float32(0.7) * core, 0.75)
    pits = rng.standard_normal(core.shape, np.float32)
    window.raise_by(np.float32(0.008) * core * np.asarray(cv2.GaussianBlur(pits, (0, 0), 1.5), np.float32))
    return Drawn(_round_extent(diameter, 0.008), window.at, _edge(r, diameter, window))


def _stain(site: Site, diameter: float, rng: np.random.Generator) -> Drawn:
    """Oil (darker, glossier) or dried glue (paler), with a ring where it dried."""
    window, r = _spot(site, diameter, rng, 0.30)
    body = _edge(r, diameter, window, 0.12)
    ring = np.asarray(np.exp(-(((r - 0.9) / 0.12) ** 2)), np.float32)
    if rng.random() < 0.6:
        window.shade(1 - np.float32(0.30) * body - np.float32(0.25) * ring * body)
        window.roughen(np.float32(0.8) * body, 0.22)
    else:
        window.tint(np.float32(0.22) * body + np.float32(0.2) * ring * body, GLUE)
        window.roughen(np.float32(0.6) * body, 0.5)
    return Drawn(_round_extent(diameter), window.at, _edge(r, diameter, window))


def _print_flaw(site: Site, diameter: float, rng: np.random.Generator) -> Drawn:
    """Ink missing where there is ink, ink splashed where there is none."""
    window, r = _spot(site, diameter, rng, 0.25)
    cover = _edge(r, diameter, window, 0.08)
    here = window.canvas.albedo[window.at][cover > 0.5]
    inked = here.size > 0 and float(np.abs(here - np.asarray(site.sheet, np.float32)).mean()) > 0.12
    ink = site.sheet if inked else ((0.035, 0.10, 0.22), (0.50, 0.09, 0.05))[int(rng.integers(2))]
    share = min(1.0, (diameter / (1.2 * window.texel_mm)) ** 2)
    window.tint(np.float32(0.92 * share) * cover, ink)
    return Drawn(_round_extent(diameter), window.at, cover)


DEFECTS: Mapping[str, Draw] = MappingProxyType(
    {
        "scratch": _scratch,
        "scuff": _scuff,
        "dent": _dent,
        "bump": _bump,
        "whitening": _whitening,
        "crack": _crack,
        "speck": _speck,
        "bubble": _bubble,
        "burn": _burn,
        "stain": _stain,
        "print": _print_flaw,
    }
)
