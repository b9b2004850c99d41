"""The sheet of one shell: its colour, print, grain and gloss, drawn onto the nominal shape."""

from functools import lru_cache

import cv2
import numpy as np

from .canvas import Canvas, Floats
from .nuisances import Nuisances
from .shape import Shape
from .sku import Sku
from .streams import stream

INKS = ((0.035, 0.10, 0.22), (0.50, 0.09, 0.05), (0.06, 0.22, 0.12), (0.75, 0.42, 0.06), (0.04, 0.04, 0.05))
PRINT_SEED = 20_260


def bare_shell(shape: Shape, nuisances: Nuisances, seed: int) -> Canvas:
    """Returns the canvas of one sound shell: its own grain, batch colour and rib height."""
    colour = print_of(shape)
    if shape.sku.printed:
        colour = _moved(colour, nuisances.register_mm, shape.texels_per_mm)
    plastic = shape.plastic[..., None]
    albedo = colour * np.asarray(nuisances.batch_colour, np.float32) * plastic
    albedo += shape.trim[..., None] * (1 - plastic)
    grain = _grain(shape, stream(seed, "grain"))
    gloss = _mottle(shape.plastic.shape, shape.texels_per_mm, stream(seed, "gloss"))
    roughness = shape.sku.roughness * (1 + 0.04 * gloss)
    return Canvas(
        texels_per_mm=shape.texels_per_mm,
        macro_mm=np.asarray(shape.base_mm + np.float32(nuisances.rib_gain) * shape.ribs_mm),
        relief_mm=np.asarray(grain * shape.plastic),
        albedo=albedo,
        roughness=np.asarray(roughness * shape.plastic + shape.roughness * (1 - shape.plastic)),
        metallic=shape.metallic.copy(),
    )


def _grain(shape: Shape, rng: np.random.Generator) -> Floats:
    """Band-passed noise of the SKU's wavelengths, scaled to its rms height in mm."""
    noise = rng.standard_normal(shape.plastic.shape, np.float32)
    fine, coarse = (w * shape.texels_per_mm / 4 for w in shape.sku.grain_band_mm)
    grain = _blur(noise, fine) - _blur(noise, coarse)
    return np.asarray(grain * np.float32(shape.sku.grain_rms_um * 1e-3 / grain.std()))


def _mottle(size: tuple[int, ...], texels_per_mm: float, rng: np.random.Generator) -> Floats:
    """Slow variation of gloss over the sheet, unit rms."""
    h, w = (max(4, int(n / texels_per_mm / 6)) for n in size)
    coarse = rng.standard_normal((h, w), np.float32)
    return np.asarray(cv2.resize(coarse, (size[1], size[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def _blur(values: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), max(sigma, 0.3)), np.float32)


def _moved(image: Floats, by_mm: tuple[float, float], texels_per_mm: float) -> Floats:
    move = np.array([[1, 0, by_mm[0] * texels_per_mm], [0, 1, by_mm[1] * texels_per_mm]], np.float32)
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.warpAffine(image, move, size, borderMode=cv2.BORDER_REPLICATE), np.float32)


def print_of(shape: Shape) -> Floats:
    """Returns the albedo (h, w, 3) of the sheet with its print in register; plain colour if unprinted."""
    return _print(shape.sku, shape.plastic.shape[0], shape.plastic.shape[1], shape.texels_per_mm)


@lru_cache(maxsize=3)
def _print(sku: Sku, h: int, w: int, texels_per_mm: float) -> Floats:
    image = np.empty((h, w, 3), np.float32)
    image[...] = sku.colour
    if sku.printed:
        _draw_print(image, texels_per_mm)
    return image


def _draw_print(image: Floats, texels_per_mm: float) -> None:
    """Overlapping leaves and discs in five inks: the same design on every shell of the SKU."""
    rng = np.random.default_rng(PRINT_SEED)
    h, w = image.shape[:2]
    for row, y in enumerate(np.arange(3.0, h / texels_per_mm + 8, 7.5)):
        for x in np.arange(4.5 * (row % 2), w / texels_per_mm + 8, 9.5):
            at = (round((x + rng.uniform(-2, 2)) * texels_per_mm), round(y * texels_per_mm))
            ink = INKS[int(rng.integers(len(INKS)))]
            size = rng.uniform(2.4, 4.8) * texels_per_mm
            _leaf(image, at, size, float(rng.uniform(0, 180)), ink, texels_per_mm)
    image[...] = _blur(image, 0.6)


def _leaf(
    image: Floats,
    at: tuple[int, int],
    size: float,
    angle: float,
    ink: tuple[float, float, float],
    texels_per_mm: float,
) -> None:
    axes = (round(size), round(size * 0.45))
    cv2.ellipse(image, at, axes, angle, 0, 360, ink, -1, cv2.LINE_8)
    cv2.ellipse(image, at, axes, angle + 60, 0, 360, ink, max(1, round(0.4 * texels_per_mm)), cv2.LINE_8)
    tip = (
        round(at[0] + size * 1.4 * np.cos(np.radians(angle))),
        round(at[1] + size * 1.4 * np.sin(np.radians(angle))),
    )
    cv2.line(image, at, tip, INKS[-1], max(1, round(0.25 * texels_per_mm)), cv2.LINE_8)
