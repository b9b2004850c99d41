"""How large a dent or a bump is: the bowl whose slopes explain what the lights show.

A low light shows the slope along it, which fades out towards a bowl's rim: there is no edge to be found there. So a
bowl z = (1 + cos πr) / 2 with r from 0 to 1 inside an ellipse is fitted: in each light the brightness changes by the
usual brightness times a z_x + b z_y + c z, blurred as a camera blurs. The ellipse is found by robust least squares, the
three numbers of each light follow from it linearly (variable projection, Golub and Pereyra 1973).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from shellmark_inspect.types import Mask

from .contrast import Floats, Rest

Doubles = NDArray[np.float64]

BLUR_PX = 0.95
"""The camera's blur and the smoothing of 0.7 px together (measured on rendered dents to learn from)."""
FITTED_RADIUS_PX = 12.0
"""A larger bowl is fitted in a smaller picture."""
REACH = 1.6
"""How far beyond the first guess's radius pixels count."""
MODEL_ERROR = 0.15
"""The share of a light's strongest change that the bowl may be wrong by: shading is not quite linear in the slope."""
LEAST_EXPLAINED, SLOPES_SHARE = 0.45, 0.75
"""What the slopes must explain of the strongest light, and of what the bowl explains: a spot is explained by z."""
LEAST_PIXELS = 40
MOST_TURNS = 30
SMALLER, LARGER, OVAL = 0.4, 1.9, 0.3
_STEPS = (1e-3, 1e-3, 1e-3, 1e-2, 1e-2)


@dataclass(frozen=True, slots=True)
class Bowl:
    """An ellipse in pixels: r(x, y) = |shape (p - centre)| is 1 on its rim; `radius` is that of the same area."""

    centre: tuple[float, float]
    radius: float
    shape: Doubles

    def mask(self, size: tuple[int, int]) -> Mask:
        """Its inside in a picture of (h, w)."""
        y, x = np.mgrid[: size[0], : size[1]]
        u, v = np.tensordot(self.shape, np.stack([x - self.centre[0], y - self.centre[1]]), 1)
        return np.asarray(u * u + v * v < 1)


def fitted_bowl(
    rests: Sequence[Rest], allowed: Mask, start: tuple[float, float, float], most_radius: float
) -> Bowl | None:
    """The bowl that best explains the rests where `allowed` (h, w) is True; None when none does.

    `start` is a first guess (x, y, radius) in pixels, `most_radius` how large it may well be.
    """
    factor = min(1.0, FITTED_RADIUS_PX / most_radius)
    problem = _Problem(rests, allowed, (start[0], start[1], most_radius), factor)
    if problem.count < LEAST_PIXELS:
        return None
    found = problem.solved(start)
    by_slopes = problem.explained(found.x, terms=2)
    if by_slopes < max(LEAST_EXPLAINED, SLOPES_SHARE * problem.explained(found.x)):
        return None
    x, y, log_radius, *oval = found.x
    shape = _oval(*oval) / math.exp(log_radius) * factor
    return Bowl(((x + 0.5) / factor - 0.5, (y + 0.5) / factor - 0.5), math.exp(log_radius) / factor, shape)


class _Problem:
    """The pixels of all lights, made smaller by a factor, each light over what it may be wrong by."""

    def __init__(self, rests: Sequence[Rest], allowed: Mask, place: tuple[float, float, float], factor: float) -> None:
        self._factor = factor
        h, w = allowed.shape
        size = max(1, round(w * factor)), max(1, round(h * factor))
        self._y, self._x = np.mgrid[: size[1], : size[0]].astype(np.float64)
        x, y, radius = self._scaled(place)
        near = np.hypot(self._x - x, self._y - y) < REACH * radius + 4 * factor
        self._here = near & (_resized(allowed.astype(np.float32), size) > 0.99)
        self._blur = BLUR_PX * factor
        self._seen, self._levels = [], []
        for rest in rests:
            change = _resized(rest.change, size)
            strongest = float(np.quantile(np.abs(change[self._here]), 0.98)) if self.count else 0.0
            error = max(rest.noise, MODEL_ERROR * strongest)
            self._seen.append((change[self._here] / error).astype(np.float64))
            self._levels.append(_resized(rest.usual, size).astype(np.float64) / error)

    @property
    def count(self) -> int:
        return int(self._here.sum())

    def solved(self, start: tuple[float, float, float]) -> Any:
        x, y, radius = self._scaled(start)
        log = math.log(radius)
        bounds = (
            [x - radius, y - radius, log + math.log(SMALLER), -OVAL, -OVAL],
            [x + radius, y + radius, log + math.log(LARGER), OVAL, OVAL],
        )
        scale = [0.1 * radius, 0.1 * radius, 0.1, 0.1, 0.1]
        return least_squares(
            self._unexplained, [x, y, log, 0.02, 0.02], loss="soft_l1", x_scale=scale, bounds=bounds,
            max_nfev=MOST_TURNS, diff_step=_STEPS,
        )  # fmt: skip

    def explained(self, numbers: Doubles, terms: int = 3) -> float:
        """The share of the strongest light's changes that the bowl explains, by its slopes alone with two terms."""
        rest = self._by_light(numbers, terms)
        strongest = max(range(len(rest)), key=lambda i: float((self._seen[i] ** 2).sum()))
        whole = float((self._seen[strongest] ** 2).sum())
        return 1 - float((rest[strongest] ** 2).sum()) / max(whole, 1e-9)

    def _scaled(self, start: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, radius = start
        f = self._factor
        return (x + 0.5) * f - 0.5, (y + 0.5) * f - 0.5, radius * f

    def _unexplained(self, numbers: Doubles) -> Doubles:
        return np.concatenate(self._by_light(numbers))

    def _by_light(self, numbers: Doubles, terms: int = 3) -> list[Doubles]:
        slopes = _slopes(numbers, self._x, self._y)[:terms]
        rest = []
        for seen, level in zip(self._seen, self._levels, strict=True):
            shown = np.stack([cv2.GaussianBlur(one * level, (0, 0), self._blur)[self._here] for one in slopes], 1)
            normal = shown.T @ shown
            normal.flat[:: terms + 1] += 1e-6 * (np.trace(normal) + 1e-9)
            rest.append(seen - shown @ np.linalg.solve(normal, shown.T @ seen))
        return rest


def _slopes(numbers: Doubles, x: Doubles, y: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """z_x and z_y (times a constant) and z of a bowl."""
    centre_x, centre_y, log_radius, *oval = numbers
    shape = _oval(*oval)
    u, v = np.tensordot(shape, np.stack([x - centre_x, y - centre_y]), 1) / math.exp(log_radius)
    steep, z = _cosine(np.hypot(u, v))
    return steep * (shape[0, 0] * u + shape[1, 0] * v), steep * (shape[0, 1] * u + shape[1, 1] * v), z


def _cosine(r: Doubles) -> tuple[Doubles, Doubles]:
    """The slope over r (times a constant) and z = (1 + cos πr) / 2, for r from the middle (0) to the rim (1)."""
    inside = r < 1
    return np.where(inside, np.sinc(r), 0.0), np.where(inside, 0.5 * (1 + np.cos(np.pi * r)), 0.0)


def _oval(first: float, second: float) -> Doubles:
    """The symmetric matrix of determinant 1 with that strain: the exponential of a traceless one."""
    size = math.hypot(first, second)
    grown = math.sinh(size) / size if size > 1e-9 else 1.0
    even = math.cosh(size)
    return np.array([[even + grown * first, grown * second], [grown * second, even - grown * first]])


def _resized(picture: NDArray[np.floating], size: tuple[int, int]) -> Floats:
    same = picture.shape[1::-1] == size
    return np.asarray(picture if same else cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)
