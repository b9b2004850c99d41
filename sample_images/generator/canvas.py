"""The shell as arrays over its face: height, colour, gloss; and a rotated window on it in mm."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Canvas:
    """What the renderer needs of one shell, on a grid of `texels_per_mm` over the nominal frame.

    Shapes: (h, w) each, `albedo` (h, w, 3) linear RGB. `macro_mm` goes into the mesh and casts
    shadows, `relief_mm` only tilts the normals. The arrays are drawn on in place while a case is made.
    """

    texels_per_mm: float
    macro_mm: Floats
    relief_mm: Floats
    albedo: Floats
    roughness: Floats
    metallic: Floats

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of the nominal frame in mm."""
        h, w = self.macro_mm.shape
        return w / self.texels_per_mm, h / self.texels_per_mm

    def window(self, centre_mm: tuple[float, float], half_mm: float, angle_rad: float = 0.0) -> "Window":
        """Returns a square window around a point, clipped to the frame, with axes turned by `angle_rad`."""
        h, w = self.macro_mm.shape
        t = self.texels_per_mm
        x0, x1 = (int(np.clip((centre_mm[0] + s * half_mm) * t + s, 0, w)) for s in (-1, 1))
        y0, y1 = (int(np.clip((centre_mm[1] + s * half_mm) * t + s, 0, h)) for s in (-1, 1))
        at = (slice(y0, y1), slice(x0, x1))
        dx = ((np.arange(x0, x1) + 0.5) / t - centre_mm[0]).astype(np.float32)[None, :]
        dy = ((np.arange(y0, y1) + 0.5) / t - centre_mm[1]).astype(np.float32)[:, None]
        c, s = np.float32(np.cos(angle_rad)), np.float32(np.sin(angle_rad))
        return Window(
            canvas=self,
            at=at,
            u_mm=dx * c + dy * s,
            v_mm=dy * c - dx * s,
            texel_mm=1.0 / t,
        )


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a canvas: `u_mm` runs along the window's axis, `v_mm` across it, both 0 at its centre."""

    canvas: Canvas
    at: tuple[slice, slice]
    u_mm: Floats
    v_mm: Floats
    texel_mm: float

    def tint(self, amount: Floats, colour: tuple[float, float, float] | Floats) -> None:
        """Mixes the albedo towards a colour by `amount` (0 leaves it, 1 replaces it)."""
        albedo = self.canvas.albedo[self.at]
        albedo += amount[..., None] * (np.asarray(colour, np.float32) - albedo)

    def shade(self, factor: Floats) -> None:
        """Multiplies the albedo."""
        self.canvas.albedo[self.at] *= factor[..., None]

    def roughen(self, amount: Floats, roughness: float) -> None:
        """Mixes the roughness towards a value by `amount`."""
        rough = self.canvas.roughness[self.at]
        rough += amount * (np.float32(roughness) - rough)

    def raise_by(self, height_mm: Floats, *, casts_shadow: bool = False) -> None:
        """Adds to the height, of the mesh too where the feature is large enough to cast a shadow."""
        target = self.canvas.macro_mm if casts_shadow else self.canvas.relief_mm
        target[self.at] += height_mm


def smoothstep(x: Floats, low: float, high: float) -> Floats:
    """Returns 0 below `low`, 1 above `high` and a cubic in between."""
    t = np.clip((x - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def spread(rng: np.random.Generator, *ranges: tuple[float, float]) -> Iterator[float]:
    """Draws one uniform value per range."""
    for low, high in ranges:
        yield float(rng.uniform(low, high))
