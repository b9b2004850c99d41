"""Colour spaces a camera's colour goes through: sRGB, linear sRGB, CIE XYZ and Lab, the white points, CIEDE2000."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000

Floats = NDArray[np.float64]

D50 = np.array([0.96422, 1.0, 0.82521])
D65 = np.array([0.95047, 1.0, 1.08883])
"""White points for the 2 degree observer (ICC.1 and IEC 61966-2-1)."""

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
"""Linear sRGB → XYZ under D65 (IEC 61966-2-1)."""
_FROM_XYZ = np.linalg.inv(_TO_XYZ)
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
"""XYZ → the cone-like responses that Bradford's adaptation scales (Lam 1985)."""
_KNEE = (6 / 29) ** 3


def linear_of_srgb(srgb: NDArray[Any]) -> Floats:
    """Linear 0..1 of sRGB-encoded 0..1 (IEC 61966-2-1)."""
    encoded = np.asarray(srgb, np.float64)
    return np.where(encoded <= 0.04045, encoded / 12.92, ((np.maximum(encoded, 0.04045) + 0.055) / 1.055) ** 2.4)


def srgb_of_linear(linear: NDArray[Any]) -> Floats:
    """sRGB-encoded 0..1 of linear values; what lies outside 0..1 is cut."""
    inside = np.clip(np.asarray(linear, np.float64), 0.0, 1.0)
    return np.where(inside <= 0.0031308, inside * 12.92, 1.055 * np.maximum(inside, 0.0031308) ** (1 / 2.4) - 0.055)


def lab_of_linear(linear: NDArray[Any]) -> Floats:
    """CIE Lab under D65 of linear sRGB (…, 3), red first; negative light counts as the line below the knee."""
    scaled = np.asarray(linear, np.float64) @ _TO_XYZ.T / D65
    f = np.where(scaled > _KNEE, np.cbrt(scaled), scaled / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def lab_of_srgb(srgb: NDArray[Any]) -> Floats:
    """CIE Lab under D65 of sRGB-encoded 0..1 (…, 3), red first."""
    return lab_of_linear(linear_of_srgb(srgb))


def linear_of_lab(lab: NDArray[Any]) -> Floats:
    """Linear sRGB (…, 3) of CIE Lab under D65; what sRGB cannot show lies outside 0..1."""
    return _xyz_of_lab(np.asarray(lab, np.float64), D65) @ _FROM_XYZ.T


def adapted_to_d65(lab_d50: NDArray[Any]) -> Floats:
    """CIE Lab under D65 of CIE Lab under D50, by Bradford's adaptation."""
    cones = np.diag((_BRADFORD @ D65) / (_BRADFORD @ D50))
    turn = np.linalg.inv(_BRADFORD) @ cones @ _BRADFORD
    return lab_of_linear(_xyz_of_lab(np.asarray(lab_d50, np.float64), D50) @ turn.T @ _FROM_XYZ.T)


def _xyz_of_lab(lab: Floats, white: Floats) -> Floats:
    fy = (lab[..., 0] + 16) / 116
    f = np.stack([fy + lab[..., 1] / 500, fy, fy - lab[..., 2] / 200], axis=-1)
    return np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * white


def difference(lab: NDArray[Any], other: NDArray[Any]) -> Floats:
    """CIEDE2000 (kL = kC = kH = 1) of CIE Lab values (…, 3); of a camera's values it is a camera ΔE."""
    found = deltaE_ciede2000(np.asarray(lab, np.float64), np.asarray(other, np.float64))  # type: ignore[no-untyped-call]
    return np.asarray(found, np.float64)
