"""The lens of one camera: focal lengths, middle and distortion, solved from pictures of a board."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from .part import Part

Points = NDArray[np.float64]
Focal = Annotated[float, Field(ge=1, le=1e6)]
Pixel = Annotated[float, Field(ge=-1e6, le=1e6)]
Bend = Annotated[float, Field(ge=-1e6, le=1e6)]
_UNTIL = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 50, 1e-10)


class Lens(Part):
    """A pinhole with Brown's distortion, as OpenCV's `calibrateCamera` gives it.

    `focal_px` (fx, fy) and `middle_px` (cx, cy) in pixels, pixel centres at whole numbers; `distortion` (k1, k2, p1,
    p2, k3). `rms_px` is the root mean square of the residuals of the pictures that were used, `held_out_px` that of
    pictures the solution had not seen, None when there were too few to hold any out.

    "Straight" pixels are those of the same pinhole without distortion, in which lines are lines.
    """

    focal_px: tuple[Focal, Focal]
    middle_px: tuple[Pixel, Pixel]
    distortion: tuple[Bend, Bend, Bend, Bend, Bend]
    rms_px: Annotated[float, Field(ge=0)]
    held_out_px: Annotated[float, Field(ge=0)] | None = None

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The 3x3 camera matrix."""
        (fx, fy), (cx, cy) = self.focal_px, self.middle_px
        return np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])

    @property
    def bends(self) -> NDArray[np.float64]:
        """The distortion (5,) as OpenCV takes it."""
        return np.array(self.distortion, np.float64)

    def straight(self, points: Points) -> Points:
        """Straight pixels (n, 2) of the frame's pixels (n, 2)."""
        if not len(points):
            return np.empty((0, 2))
        plain = np.ascontiguousarray(points, np.float64).reshape(-1, 1, 2)
        found = cv2.undistortPoints(plain, self.matrix, self.bends, None, self.matrix, criteria=_UNTIL)
        return np.asarray(found, np.float64).reshape(-1, 2)

    def bent(self, points: Points) -> Points:
        """The frame's pixels (n, 2) of straight pixels (n, 2)."""
        if not len(points):
            return np.empty((0, 2))
        rays = np.column_stack([(np.asarray(points) - self.middle_px) / self.focal_px, np.ones(len(points))])
        found, _ = cv2.projectPoints(rays, np.zeros(3), np.zeros(3), self.matrix, self.bends)
        return np.asarray(found, np.float64).reshape(-1, 2)
