"""A machine-vision camera: optics, sensor noise, 8 bit. No compression here."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from .canvas import Floats

FULL_WELL = 12_000.0
READ_NOISE = 5.0
PRNU = 0.005
VIGNETTING = 0.10
GAMMA = 0.6
OPTICS_SIGMA_PX = 0.42
CAMERA_SEED = 77


def expose(radiance: Floats, gain: float, defocus_px: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Turns radiance into a frame.

    Args:
        radiance: (h, w) or (h, w, 3), linear.
        gain: share of the full well that a radiance of 1 fills.
        defocus_px: blur beyond the optics' own, standard deviation in pixels.
        rng: of the shot and read noise.

    Returns:
        uint8 of the same shape; gamma 0.6 as set in the camera.
    """
    sigma = float(np.hypot(OPTICS_SIGMA_PX, defocus_px))
    light = np.asarray(cv2.GaussianBlur(radiance, (0, 0), sigma), np.float32)
    field = _field(light.shape[0], light.shape[1])
    electrons = light * (field[..., None] if light.ndim == 3 else field) * np.float32(gain * FULL_WELL)
    sd = np.sqrt(np.clip(electrons, 0, FULL_WELL) + np.float32(READ_NOISE**2))
    electrons += sd * rng.standard_normal(electrons.shape, np.float32)
    level = np.clip(electrons / np.float32(FULL_WELL), 0, 1) ** np.float32(GAMMA)
    return np.asarray(np.round(level * 255), np.uint8)


@lru_cache(maxsize=1)
def _field(h: int, w: int) -> Floats:
    """Vignetting and the fixed pattern of the pixels' responses: the same in every frame of the camera."""
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    r2 = ((x - w / 2) ** 2 + (y - h / 2) ** 2) / ((w / 2) ** 2 + (h / 2) ** 2)
    pattern = np.random.default_rng(CAMERA_SEED).standard_normal((h, w), np.float32)
    return np.asarray((1 - VIGNETTING * r2) * (1 + PRNU * pattern), np.float32)
