"""The directions of the lights of a stack, and how a mirror ball shows them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .errors import LightError

LEAST_SPREAD = 0.05
"""The least singular value of the unit directions, per root of their number: below it they lie in one plane."""
GLINT = 0.9
"""The share of a mirror ball's brightest value that its glint is made of."""


@dataclass(frozen=True, slots=True)
class Lights:
    """Where the lights stand: `directions` (n, 3) of length 1 from the object to the light, x right, y up, z to camera.

    `intensities` (n,) are relative; `measured` is whether somebody gave them, else they are 1 and may be refined.
    `named` is whether the names are somebody's, else they are numbers from 0 and say nothing of the pictures' names.

    Raises:
        LightError: fewer than three lights, a direction of no length, or all directions (nearly) in one plane.
    """

    names: tuple[str, ...]
    directions: NDArray[np.float64]
    intensities: NDArray[np.float64]
    measured: bool = False
    named: bool = True

    def __post_init__(self) -> None:
        if len(self.names) < 3:
            raise LightError(f"{len(self.names)} lights: three are the least normals can be had from: add lights")
        lengths = np.linalg.norm(self.directions, axis=1)
        if (bad := np.flatnonzero(~(np.isfinite(lengths) & (lengths > 1e-6)))).size:
            raise LightError(f"light {self.names[bad[0]]} has no direction: give three numbers that are not all 0")
        if not (np.isfinite(self.intensities) & (self.intensities > 0)).all():
            raise LightError("an intensity is not above 0: leave it out where it is not known")
        object.__setattr__(self, "directions", self.directions / lengths[:, None])
        spread = np.linalg.svd(self.directions, compute_uv=False)[2] / math.sqrt(len(self.names))
        if spread < LEAST_SPREAD:
            raise LightError(
                f"the {len(self.names)} lights lie in one plane (spread {spread:.3f}, {LEAST_SPREAD} is the least): "
                "normals cannot be had: place a light outside it, or check the directions"
            )

    @classmethod
    def of(cls, directions: Mapping[str, Sequence[float]]) -> Lights:
        """Lights by name, each three numbers, or four with the intensity last."""
        values = list(directions.values())
        given = bool(values) and all(len(value) == 4 for value in values)
        return cls(
            tuple(directions),
            np.array([value[:3] for value in values], np.float64).reshape(-1, 3),
            np.array([value[3] if given else 1.0 for value in values], np.float64),
            given,
        )


def mirror_ball(names: Sequence[str], pictures: Sequence[NDArray[Any]], mask: NDArray[np.bool_]) -> Lights:
    """The lights a mirror ball shows: each where its glint is, d = 2 (n·v) n - v with v = (0, 0, 1) to the camera.

    `pictures` are (h, w) or (h, w, 3) of the ball under each light alone, `mask` (h, w) where the ball is; the camera
    is far away (orthographic). The normal at (x, y) is ((x - cx)/r, -(y - cy)/r, …): y up.

    Raises:
        LightError: the mask is no disc, or a picture shows no glint on it.
    """
    ys, xs = np.nonzero(mask)
    if not len(xs):
        raise LightError("the mirror ball's mask is empty: give the ball's own mask")
    radius = math.sqrt(len(xs) / math.pi)
    x, y = float(xs.mean()), float(ys.mean())
    if max(abs(np.ptp(xs) + 1 - 2 * radius), abs(np.ptp(ys) + 1 - 2 * radius)) > 0.1 * radius:
        raise LightError("the mirror ball's mask is no whole disc: give the mask of the whole ball")
    found = {}
    for name, picture in zip(names, pictures, strict=True):
        glint = _glint(name, picture, mask)
        normal = np.array([(glint[0] - x) / radius, (y - glint[1]) / radius])
        height = math.sqrt(max(0.0, 1 - float(normal @ normal)))
        found[name] = [float(2 * height * normal[0]), float(2 * height * normal[1]), 2 * height**2 - 1]
    return Lights.of(found)


def _glint(name: str, picture: NDArray[Any], mask: NDArray[np.bool_]) -> tuple[float, float]:
    """The middle of the largest of the brightest spots, in pixels."""
    level = (picture.min(axis=2) if picture.ndim == 3 else picture).astype(np.float32) * mask
    inside = level[mask]
    if float(inside.max()) < 4 * float(np.median(inside)) + 10:
        raise LightError(f"light {name} makes no glint on the mirror ball: check its picture and the mask")
    _, _, stats, middles = cv2.connectedComponentsWithStats((level >= GLINT * level.max()).astype(np.uint8))
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return float(middles[largest][0]), float(middles[largest][1])
