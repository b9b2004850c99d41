"""A 24-patch card drawn with known colours, put anywhere, lit and seen by a camera of known faults."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from shellmark_calibration.colour import CARDS
from shellmark_calibration.colour.spaces import linear_of_lab, srgb_of_linear

CELL_PX, SIDE = 40, 0.72
MIXING = np.array([[0.86, 0.10, 0.04], [0.06, 0.88, 0.06], [0.02, 0.12, 0.86]])
"""What a camera's filters let through of each other's colour."""


@dataclass(frozen=True)
class DrawnCard:
    """`corners` are where the card's four corners go (x, y), brown first, clockwise on an upright card."""

    corners: tuple[tuple[float, float], ...] = ((90, 60), (510, 70), (505, 350), (85, 340))
    size: tuple[int, int] = (420, 600)
    card: str = "classic"
    exposure: float = 0.85
    mixing: np.ndarray = field(default_factory=lambda: MIXING)
    slope: float = 0.0
    gamma: str = "srgb"
    noise: float = 1.0
    painted: tuple[int, ...] = ()

    def linear(self) -> np.ndarray:
        """The card seen from above, linear red, green, blue."""
        patches = np.clip(linear_of_lab(CARDS[self.card].lab), 0, None)
        page = np.full((6 * CELL_PX, 8 * CELL_PX, 3), 0.035)
        half = round(SIDE * CELL_PX / 2)
        for i in range(24):
            y, x = ((n + 1) * CELL_PX + CELL_PX // 2 for n in divmod(i, 6))
            colour = (0.5, 0.45, 0.02) if i in self.painted else patches[i]
            page[y - half : y + half, x - half : x + half] = colour
        return page

    def to_picture(self) -> np.ndarray:
        """From the page's pixels to the picture's."""
        rows, columns = 6 * CELL_PX, 8 * CELL_PX
        outline = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
        return cv2.getPerspectiveTransform(outline, np.array(self.corners, np.float32))

    def middles(self) -> np.ndarray:
        """The middles of the patches (24, 2) in the picture, brown first."""
        v, u = np.mgrid[0:4, 0:6]
        page = np.stack([u.ravel() + 1.5, v.ravel() + 1.5], axis=-1) * CELL_PX - 0.5
        return cv2.perspectiveTransform(page[None], self.to_picture())[0]

    def picture(self) -> np.ndarray:
        """What the camera gives, BGR of 8 bits."""
        h, w = self.size
        to_picture = self.to_picture()
        ground = (0.30, 0.28, 0.25)
        scene = cv2.warpPerspective(
            self.linear(),
            to_picture,
            (w, h),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=ground,
        )
        scene = cv2.GaussianBlur(scene, (0, 0), 0.8)
        light = self.exposure * np.exp(self.slope * np.linspace(-0.5, 0.5, w))[None, :, None]
        seen = np.clip(scene @ self.mixing.T * light, 0, 1)
        encoded = srgb_of_linear(seen) if self.gamma == "srgb" else seen
        noisy = encoded * 255 + np.random.default_rng(0).normal(0, self.noise, encoded.shape)
        return np.clip(np.round(noisy), 0, 255).astype(np.uint8)[..., ::-1].copy()
