"""The millimetres of one view: where the plane lies that the shell's front touches, and what a pixel is on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError, model_validator

from .board import Board
from .errors import BoardError
from .lens import Lens
from .part import Part
from .sighting import Sighting

Points = NDArray[np.float64]

CLAIMS_PX = (3.0, 4.0)
"""A defect may be claimed from 3 px on, and is sized from 4 px on."""
SLANTED_DEG = 60.0
"""A camera that looks at the plane more askew sees too little of it to be a station's."""
SIDE_POINTS = 64
Radian = Annotated[float, Field(ge=-2 * math.pi, le=2 * math.pi)]
Millimetre = Annotated[float, Field(ge=-1e5, le=1e5)]
Distance = Annotated[float, Field(ge=1, le=1e5)]


class Plane(Part):
    """The plane before the camera that the shell's front touches: millimetres on it → the camera.

    `turn` is a Rodrigues vector, `shift_mm` (x, y, z): camera = R plane + t, OpenCV's axes. The plane's x runs to the
    right and its y down in the frame, z away from the camera; (0, 0) is what the frame's middle sees. `rms_px` are the
    residuals of the board's corners.
    """

    turn: tuple[Radian, Radian, Radian]
    shift_mm: tuple[Millimetre, Millimetre, Distance]
    rms_px: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _faces_the_camera(self) -> Self:
        away = self.rotation[:, 2]
        ray = np.array(self.shift_mm) / np.linalg.norm(self.shift_mm)
        if float(away @ ray) < math.cos(math.radians(SLANTED_DEG)) - 1e-6:
            raise ValueError(f"the camera looks at the plane by more than {SLANTED_DEG:g} deg off its normal")
        return self

    @property
    def rotation(self) -> NDArray[np.float64]:
        """The 3x3 rotation."""
        return np.asarray(cv2.Rodrigues(np.array(self.turn))[0], np.float64)

    @property
    def eye_mm(self) -> Points:
        """Where the camera's eye is in the plane's millimetres, (3,); its height over the plane is -z."""
        return np.asarray(-self.rotation.T @ np.array(self.shift_mm), np.float64)


@dataclass(frozen=True, slots=True)
class MmMap:
    """A lens over a plane: the frame's pixels ↔ millimetres on the plane, for a frame of `size_px` (width, height)."""

    lens: Lens
    plane: Plane
    size_px: tuple[int, int]

    @property
    def to_straight(self) -> NDArray[np.float64]:
        """The 3x3 homography from millimetres on the plane to straight pixels (the lens's, without distortion)."""
        r = self.plane.rotation
        return np.asarray(self.lens.matrix @ np.column_stack([r[:, 0], r[:, 1], self.plane.shift_mm]), np.float64)

    def mm(self, points_px: Points) -> Points:
        """Millimetres on the plane (n, 2) of the frame's pixels (n, 2)."""
        return _through(np.asarray(np.linalg.inv(self.to_straight), np.float64), self.lens.straight(points_px))

    def px(self, points_mm: Points) -> Points:
        """The frame's pixels (n, 2) of millimetres (n, 2) on the plane, or (n, 3) over it (z away from the camera)."""
        points = np.asarray(points_mm, np.float64)
        if points.shape[1] == 2:
            points = np.column_stack([points, np.zeros(len(points))])
        if not len(points):
            return np.empty((0, 2))
        found, _ = cv2.projectPoints(
            points, np.array(self.plane.turn), np.array(self.plane.shift_mm), self.lens.matrix, self.lens.bends
        )
        return np.asarray(found, np.float64).reshape(-1, 2)

    def mm_per_px(self, points_px: Points) -> Points:
        """How long a pixel is on the plane at points (n, 2): (n, 2), its longer and its shorter direction in mm.

        The singular values of the map's Jacobian, taken by central differences of half a pixel.
        """
        points = np.asarray(points_px, np.float64)
        half = np.eye(2) / 2
        right = self.mm(points + half[0]) - self.mm(points - half[0])
        down = self.mm(points + half[1]) - self.mm(points - half[1])
        return np.asarray(np.linalg.svd(np.stack([right, down], 2), compute_uv=False), np.float64)

    @property
    def border_px(self) -> Points:
        """Points along the frame's border, (n, 2): around it once, from the top-left corner to the right."""
        w, h = self.size_px[0] - 1.0, self.size_px[1] - 1.0
        share = np.linspace(0, 1, SIDE_POINTS, endpoint=False)[:, None]
        ends = np.array([[0, 0], [w, 0], [w, h], [0, h]])
        return np.concatenate([a + share * (b - a) for a, b in zip(ends, np.roll(ends, -1, axis=0), strict=True)])

    @property
    def corners_px(self) -> Points:
        """The frame's corners, (4, 2), from the top-left one to the right."""
        return self.border_px[::SIDE_POINTS]

    @property
    def middle_px(self) -> Points:
        """The frame's middle, (1, 2)."""
        return np.array([[(self.size_px[0] - 1) / 2, (self.size_px[1] - 1) / 2]])

    @property
    def tilt_deg(self) -> float:
        """The angle between the optical axis and the plane's normal."""
        return float(np.degrees(np.arccos(np.clip(self.plane.rotation[2, 2], -1, 1))))

    @property
    def worst_mm_per_px(self) -> float:
        """The length of the longest pixel of the frame on the plane, in mm."""
        return float(self.mm_per_px(np.concatenate([self.border_px, self.middle_px])).max())

    def smallest_mm(self, px: float) -> float:
        """The smallest defect the view may claim when it must be `px` pixels long, in mm, at the worst place."""
        return px * self.worst_mm_per_px


def plane_of(board: Board, sighting: Sighting, lens: Lens) -> Plane:
    """The plane that a board lies on, its axes along the frame's.

    Raises:
        BoardError: the board does not fit the lens, or is seen too flat.
    """
    points = board.points_mm[sighting.ids]
    found, turn, shift = cv2.solvePnP(points, sighting.corners_px, lens.matrix, lens.bends)
    if not found:
        raise BoardError(f"{sighting.name or 'the picture'}: no pose fits the board's corners: take it anew")
    seen, _ = cv2.projectPoints(points, turn, shift, lens.matrix, lens.bends)
    rms = float(np.sqrt(((np.asarray(seen).reshape(-1, 2) - sighting.corners_px) ** 2).sum(1).mean()))
    normal = np.asarray(cv2.Rodrigues(turn)[0], np.float64)[:, 2]
    return along_frame(normal, np.asarray(shift, np.float64).ravel(), lens, sighting.size_px, rms)


def along_frame(normal: Points, point_mm: Points, lens: Lens, size_px: tuple[int, int], rms_px: float) -> Plane:
    """The plane through a point (3,) before the camera with a normal (3,), in the axes of `Plane`.

    Raises:
        BoardError: the camera sees it too flat, or not in its middle.
    """
    z = normal * np.sign(normal[2] or 1.0)
    middle = lens.straight(np.array([[(size_px[0] - 1) / 2, (size_px[1] - 1) / 2]]))[0]
    ray = np.append((middle - lens.middle_px) / lens.focal_px, 1.0)
    if z @ ray < np.cos(np.radians(SLANTED_DEG)) * np.linalg.norm(ray):
        raise BoardError(f"the camera looks at the plane by more than {SLANTED_DEG:g} deg off its normal: "
                         "lay the board where the shell's front will be")  # fmt: skip
    origin = ray * (z @ point_mm) / (z @ ray)
    x = np.array([1.0, 0, 0]) - z[0] * z
    x /= np.linalg.norm(x)
    turn = np.asarray(cv2.Rodrigues(np.column_stack([x, np.cross(z, x), z]))[0], np.float64).ravel()
    try:
        return Plane(turn=_three(turn), shift_mm=_three(origin), rms_px=rms_px)
    except ValidationError as e:
        raise BoardError(f"the board solves to no plane that can be ({e.errors()[0]['msg']}): take it anew") from e


@dataclass(frozen=True, slots=True)
class Lengths:
    """Known lengths of a board as a profile measures them: from each row's and column's first corner to its last.

    `known_mm` and `measured_mm` are (n,); a length off by 1 % means a plane off by 1 % of its distance.
    """

    known_mm: Points
    measured_mm: Points

    @property
    def error_mm(self) -> Points:
        """Measured minus known."""
        return self.measured_mm - self.known_mm

    @property
    def scale_error(self) -> float:
        """The mean of measured / known, minus 1."""
        return float((self.measured_mm / self.known_mm).mean() - 1)


def measured_lengths(board: Board, sighting: Sighting, to_mm: MmMap) -> Lengths:
    """The board's rows and columns as the profile measures them, the board lying on the profile's plane."""
    there = to_mm.mm(sighting.corners_px)
    ids = sighting.ids
    known, measured = [], []
    for lines in (ids // board.columns, ids % board.columns):
        for line in np.unique(lines):
            its = np.flatnonzero(lines == line)
            if len(its) < 2:
                continue
            first, last = its[np.argmin(ids[its])], its[np.argmax(ids[its])]
            known.append(float(np.linalg.norm(board.points_mm[ids[last]] - board.points_mm[ids[first]])))
            measured.append(float(np.linalg.norm(there[last] - there[first])))
    return Lengths(np.array(known), np.array(measured))


def _through(matrix: NDArray[np.float64], points: Points) -> Points:
    there = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(there[:, :2] / there[:, 2:], np.float64)


def _three(values: Points | Sequence[float]) -> tuple[float, float, float]:
    x, y, z = (float(one) for one in values)
    return x, y, z
