"""The depth of a shell's face: how high it lies over the plane its front touches, and where an eye sees it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from .errors import CalibrationError

Points = NDArray[np.float64]

LEAST_POINTS = 4
MOST_POINTS = 2000
STEEPEST = np.tan(np.radians(80.0))
"""What is steeper is not seen from in front, and no size on it means anything."""
_HALVINGS = 36


class Depth(ABC):
    """A surface over the plane: the height in mm, towards the camera, of each point (x, y) of the plane."""

    @abstractmethod
    def height_mm(self, points_mm: Points) -> Points:
        """The heights (n,) right above points (n, 2) of the plane; negative behind it."""

    @property
    @abstractmethod
    def span_mm(self) -> tuple[float, float]:
        """The least and the greatest height."""

    def seen(self, points_mm: Points, eye_mm: Points) -> Points:
        """Where the rays from an eye (3,) through points (n, 2) of the plane meet the surface: (n, 3).

        Heights count towards the camera, so that the eye's is positive. On a ray the height falls with the distance
        from the eye, so the place is halved in between the surface's greatest and least height; where a ray meets the
        surface several times (one part hides another) it is one of them.

        Raises:
            CalibrationError: the eye is not above the surface.
        """
        flat = np.asarray(points_mm, np.float64)
        foot, eye = np.asarray(eye_mm[:2], np.float64), float(eye_mm[2])
        least, greatest = self.span_mm
        if eye <= greatest:
            raise CalibrationError(f"the camera is {eye:.0f} mm over the plane, the depth profile reaches "
                                   f"{greatest:.0f} mm: mend the profile's heights")  # fmt: skip
        low = np.full(len(flat), least)
        high = np.full(len(flat), greatest)
        for _ in range(_HALVINGS if greatest > least else 0):
            middle = (low + high) / 2
            above = middle > self.height_mm(_at_height(flat, foot, eye, middle))
            high = np.where(above, middle, high)
            low = np.where(above, low, middle)
        height = (low + high) / 2
        return np.column_stack([_at_height(flat, foot, eye, height), height])


def _at_height(flat: Points, foot: Points, eye: float, height: Points) -> Points:
    """Where rays from the eye through points of the plane are at a height: nearer to its foot the higher they are."""
    return np.asarray(foot + (flat - foot) * ((eye - height) / eye)[:, None], np.float64)


@dataclass(frozen=True)
class MeasuredDepth(Depth):
    """A smooth surface through measured heights, each (x_mm, y_mm, z_mm): a thin plate bent through them (SciPy).

    Outside the points' own range of heights it is cut off, since nothing was measured there.

    Raises:
        CalibrationError: too few points, or all on one line, or two at one place, or two neighbours on a steep.
    """

    points_mm: tuple[tuple[float, float, float], ...]

    def __post_init__(self) -> None:
        count = len(self.points_mm)
        if not LEAST_POINTS <= count <= MOST_POINTS:
            raise CalibrationError(f"a depth profile of {count} points cannot be: give {LEAST_POINTS} to {MOST_POINTS}")
        if len({one[:2] for one in self.points_mm}) < count:
            raise CalibrationError("a depth profile gives two heights for one place: take one out")
        flat = np.array(self.points_mm)[:, :2]
        spread = np.linalg.svd(flat - flat.mean(0), compute_uv=False)
        if spread[1] < 1e-3 * spread[0]:
            raise CalibrationError("all points of the depth profile lie on one line: measure beside it as well")
        apart, nearest = cKDTree(flat).query(flat, k=2)
        rises = np.abs(np.array(self.points_mm)[:, 2] - np.array(self.points_mm)[nearest[:, 1], 2])
        if (steep := np.flatnonzero(rises > STEEPEST * apart[:, 1])).size:
            x, y = flat[steep[0]]
            raise CalibrationError(f"the depth profile is steeper than 80 degrees at {x:g}, {y:g} mm, which no camera "
                                   "sees from in front: mend its points")  # fmt: skip
        _ = self._plate

    @cached_property
    def _plate(self) -> Any:
        from scipy.interpolate import RBFInterpolator  # half a second, for the recipes alone that have a depth

        points = np.array(self.points_mm)
        return RBFInterpolator(points[:, :2], points[:, 2], kernel="thin_plate_spline", neighbors=min(64, len(points)))

    @property
    def span_mm(self) -> tuple[float, float]:
        """The least and the greatest height."""
        heights = [one[2] for one in self.points_mm]
        return min(heights), max(heights)

    def height_mm(self, points_mm: Points) -> Points:
        """The heights (n,) right above points (n, 2) of the plane."""
        return np.asarray(np.clip(self._plate(points_mm), *self.span_mm), np.float64)


@dataclass(frozen=True)
class RoundedBox(Depth):
    """The face of a moulded shell: a rounded rectangle, domed by a crown, its edges falling away in a quarter circle.

    `middle_mm` and `size_mm` (width, height) say where it lies on the plane, `corner_mm` the radius of its outline's
    corners, `edge_mm` that of its edges, `crown_mm` how much lower the rim of the face is than its middle, and
    `top_mm` the middle's height over the plane. Beyond the outline it stays as deep as the edge goes.

    Raises:
        CalibrationError: the radii or the crown do not fit the size.
    """

    middle_mm: tuple[float, float]
    size_mm: tuple[float, float]
    corner_mm: float = 0.0
    edge_mm: float = 0.0
    crown_mm: float = 0.0
    top_mm: float = 0.0

    def __post_init__(self) -> None:
        half = min(self.size_mm) / 2
        if half <= 0 or not 0 <= self.edge_mm <= half or not 0 <= self.corner_mm <= half or self.crown_mm < 0:
            raise CalibrationError(f"a box of {self.size_mm[0]:g} x {self.size_mm[1]:g} mm with corners of "
                                   f"{self.corner_mm:g} mm and edges of {self.edge_mm:g} mm cannot be: radii are at "
                                   f"most half its shorter side")  # fmt: skip
        if self.crown_mm > half:
            raise CalibrationError(f"a crown of {self.crown_mm:g} mm on a box of {self.size_mm[0]:g} x "
                                   f"{self.size_mm[1]:g} mm cannot be: give half its shorter side at most")  # fmt: skip

    @property
    def span_mm(self) -> tuple[float, float]:
        """The least and the greatest height."""
        return self.top_mm - self.crown_mm - self.edge_mm, self.top_mm

    def height_mm(self, points_mm: Points) -> Points:
        """The heights (n,) right above points (n, 2) of the plane."""
        at = np.abs(np.asarray(points_mm, np.float64) - self.middle_mm)
        share = np.clip(at / (np.array(self.size_mm) / 2), 0, 1)
        dome = self.crown_mm * (1 - (1 - share[:, 0] ** 2) * (1 - share[:, 1] ** 2))
        return np.asarray(self.top_mm - dome - self._fall(self._inside(at)), np.float64)

    def _inside(self, at: Points) -> Points:
        """How far (n,) points of the first quadrant lie inside the outline, negative outside."""
        beyond = at - (np.array(self.size_mm) / 2 - self.corner_mm)
        outside = np.linalg.norm(np.maximum(beyond, 0), axis=1) + np.minimum(beyond.max(1), 0)
        return np.asarray(self.corner_mm - outside, np.float64)

    def _fall(self, inside: Points) -> Points:
        """How far the edge has fallen: a quarter circle, straight on where that is steeper than can be seen."""
        radius = self.edge_mm
        if radius == 0:
            return np.zeros(len(inside))
        along = np.maximum(radius - inside, 0)
        steep = radius * np.sin(np.arctan(STEEPEST))
        curved = radius - np.sqrt(radius**2 - np.minimum(along, steep) ** 2)
        return np.asarray(np.minimum(curved + np.maximum(along - steep, 0) * STEEPEST, radius), np.float64)
