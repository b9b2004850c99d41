"""Defects painted on good pictures: what a design can be chosen by where no real defect is at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Place:
    """Where a defect comes: the picture as numbers, its centre, the picture's shorter side, the deviation around."""

    pixels: Plane
    x: float
    y: float
    side: int
    deviation: float

    def strength(self, random: np.random.Generator) -> float:
        """Grey levels a mark differs by, mostly darker."""
        return float(
            random.choice([-1, 1], p=[0.65, 0.35]) * np.clip(random.uniform(1.5, 3.5) * self.deviation, 25, 110)
        )


def place(picture: Picture, random: np.random.Generator) -> Place:
    """A random place that is neither black nor white."""
    pixels = picture.astype(np.float32)
    height, width = picture.shape[:2]
    for _ in range(30):
        x, y = random.uniform(0.15, 0.85) * width, random.uniform(0.15, 0.85) * height
        if 20 < pixels[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4].mean() < 245:
            break
    around = pixels[max(0, int(y) - 20) : int(y) + 20, max(0, int(x) - 20) : int(x) + 20]
    return Place(pixels, x, y, min(height, width), max(6.0, float(around.std(axis=(0, 1)).mean())))


def blob(at: Place, radius: float, soft: float, random: np.random.Generator) -> Plane:
    """A patch with a wavy rim (h, w, 1), 1 inside."""
    y, x = np.mgrid[: at.pixels.shape[0], : at.pixels.shape[1]]
    angle = np.arctan2(y - at.y, x - at.x)
    far = np.hypot(x - at.x, (y - at.y) * random.uniform(0.6, 1.6))
    waves = sum(random.uniform(-0.2, 0.2) * np.cos(k * angle + random.uniform(0, 6.3)) for k in range(1, 5))
    inside = (radius * (1 + waves) - far) / max(1.0, radius * soft) + 0.5
    return np.asarray(np.clip(inside, 0, 1)[..., None], np.float32)


def line(at: Place, points: Sequence[tuple[float, float]], width: float) -> Plane:
    """A thin line through points (h, w, 1)."""
    height, across = at.pixels.shape[:2]
    large = np.zeros((height * 4, across * 4), np.uint8)
    corners = np.round(np.array(points) * 4).astype(np.int32)
    cv2.polylines(large, [corners], isClosed=False, color=255, thickness=max(1, round(width * 4)), lineType=cv2.LINE_AA)
    small = cv2.resize(large, (across, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small[..., None] / np.float32(255), np.float32)


def crack(at: Place, random: np.random.Generator) -> Plane:
    """A dark line that wanders."""
    points, angle = [(at.x, at.y)], random.uniform(0, 6.3)
    for _ in range(int(random.uniform(12, 35))):
        angle += random.normal(0, 0.45)
        x, y = points[-1]
        points.append((x + at.side / 60 * np.cos(angle), y + at.side / 60 * np.sin(angle)))
    dark = 1.2 * abs(at.strength(random))
    return np.asarray(at.pixels - line(at, points, random.uniform(0.8, 2.0) * at.side / 256) * dark, np.float32)


def scratch(at: Place, random: np.random.Generator) -> Plane:
    """A straight line."""
    angle, length = random.uniform(0, 6.3), random.uniform(0.08, 0.4) * at.side
    end = (at.x + length * np.cos(angle), at.y + length * np.sin(angle))
    return at.pixels + line(at, [(at.x, at.y), end], random.uniform(1.0, 2.2) * at.side / 256) * at.strength(random)


def dent(at: Place, random: np.random.Generator) -> Plane:
    """Shading: one flank lighter, the other darker."""
    radius, angle = random.uniform(0.02, 0.08) * at.side, random.uniform(0, 6.3)
    y, x = np.mgrid[: at.pixels.shape[0], : at.pixels.shape[1]]
    slope = ((x - at.x) * np.cos(angle) + (y - at.y) * np.sin(angle)) / radius
    round_it = np.exp(-((x - at.x) ** 2 + (y - at.y) ** 2) / (2 * radius**2))
    shading = 1 + random.uniform(0.4, 0.9) * (slope * round_it)[..., None]
    return np.asarray(at.pixels * shading, np.float32)


def smear(at: Place, random: np.random.Generator) -> Plane:
    """A veil of another colour."""
    veil = blob(at, random.uniform(0.03, 0.12) * at.side, 1.0, random) * random.uniform(0.35, 0.7)
    colour = random.uniform(40, 220) + random.normal(0, 10, 3)
    return np.asarray(at.pixels * (1 - veil) + veil * colour, np.float32)


def misprint(at: Place, random: np.random.Generator) -> Plane:
    """A piece of the picture where it does not belong."""
    mask = blob(at, random.uniform(0.035, 0.09) * at.side, 0.15, random)
    steps = tuple(int(random.uniform(0.1, 0.5) * side) for side in at.pixels.shape[:2])
    return at.pixels * (1 - mask) + mask * np.roll(at.pixels, steps, (0, 1))


def spot(at: Place, random: np.random.Generator) -> Plane:
    """A small dark or light patch."""
    return at.pixels + blob(at, random.uniform(0.012, 0.04) * at.side, 0.5, random) * at.strength(random)


def blurred(at: Place, random: np.random.Generator) -> Plane:
    """A patch without its grain."""
    mask = blob(at, random.uniform(0.05, 0.12) * at.side, 0.3, random)
    return at.pixels * (1 - mask) + mask * cv2.GaussianBlur(at.pixels, (0, 0), random.uniform(3, 6))


def chip(at: Place, random: np.random.Generator) -> Plane:
    """A rough patch."""
    grain = cv2.GaussianBlur(random.normal(0, 1, at.pixels.shape[:2]).astype(np.float32), (0, 0), 1.2)
    rough = 0.6 * at.strength(random) + (grain / grain.std() * at.deviation)[..., None]
    return np.asarray(at.pixels + blob(at, random.uniform(0.015, 0.05) * at.side, 0.2, random) * rough, np.float32)


KINDS: dict[str, Callable[[Place, np.random.Generator], Plane]] = {
    "crack": crack,
    "scratch": scratch,
    "dent": dent,
    "smear": smear,
    "misprint": misprint,
    "spot": spot,
    "blurred": blurred,
    "chip": chip,
}


def paint(picture: Picture, kind: str, random: np.random.Generator) -> Picture:
    """The picture with one defect of a kind."""
    return np.clip(KINDS[kind](place(picture, random), random), 0, 255).astype(np.uint8)
