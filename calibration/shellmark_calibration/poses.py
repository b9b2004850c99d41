"""What a set of sightings can tell of a lens: which are too alike, how the board was tilted, where it was seen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from .sighting import Refusal, Sighting

ALIKE_SHARE = 0.01
"""Pictures whose corners lie within this share of the frame's diagonal of each other (8 px of 640 x 480) are one."""
FEW = 8
"""Below so many pictures each one's errors weigh too much; OpenCV's guide asks for ten."""
LEAST_TILT_DEG = 10.0
"""The least angle between two of the board's poses: without it focal length and distance cannot be told apart."""
CELLS = (6, 8)
"""Rows and columns of the coverage map."""
LEAST_COVERED = 0.5
LEAST_REACH = 0.75
"""The share of the way from the frame's middle to its corner up to which corners were seen."""


def distance_share(one: Sighting, other: Sighting) -> float:
    """How far apart the corners of two pictures lie, root mean square, as a share of the frame's diagonal.

    A board may be seen turned by half, so both orders are compared; infinite when they share no corners.
    """
    shared, mine, theirs = np.intersect1d(one.ids, other.ids, return_indices=True)
    if len(shared) < 4:
        return float("inf")
    a, b = one.corners_px[mine], other.corners_px[theirs]
    apart = min(float(((a - way) ** 2).sum(1).mean()) for way in (b, b[::-1]))
    return float(np.sqrt(apart) / np.hypot(*one.size_px))


def too_alike(sighting: Sighting, taken: Sequence[Sighting]) -> Refusal | None:
    """Refused when a picture already taken shows the board at the same place and tilt."""
    for other in taken:
        if distance_share(sighting, other) < ALIKE_SHARE:
            return Refusal(
                sighting.name, f"too alike {other.name or 'another'}: move or tilt the board between pictures"
            )
    return None


def covered(sightings: Sequence[Sighting], size_px: tuple[int, int]) -> NDArray[np.int64]:
    """How many corners fell into each cell of the frame, (6, 8)."""
    rows, columns = CELLS
    grid = np.zeros(CELLS, np.int64)
    for one in sightings:
        cells = one.corners_px * [columns / size_px[0], rows / size_px[1]]
        x, y = cells.astype(int).T
        np.add.at(grid, (y.clip(0, rows - 1), x.clip(0, columns - 1)), 1)
    return grid


def reach(sightings: Sequence[Sighting], size_px: tuple[int, int]) -> float:
    """How far from the frame's middle corners were seen, 1 being its corner."""
    middle = (np.array(size_px) - 1) / 2
    farthest = max(float(np.linalg.norm(one.corners_px - middle, axis=1).max()) for one in sightings)
    return farthest / float(np.linalg.norm(middle))


def most_tilt_deg(turns: Sequence[NDArray[np.float64]]) -> float:
    """The largest angle between two of the board's poses, from their Rodrigues vectors; 0 for one pose.

    It does not matter from which of its sides a board's corners were counted.
    """
    normals = [np.asarray(cv2.Rodrigues(turn)[0])[:, 2] for turn in turns]
    cosines = [float(np.clip(abs(a @ b), 0, 1)) for a, b in combinations(normals, 2)]
    return float(np.degrees(np.arccos(min(cosines, default=1.0))))


def doubts(sightings: Sequence[Sighting], size_px: tuple[int, int], tilt_deg: float) -> list[str]:
    """What these pictures leave open, each in one line that says what to do; none when they do."""
    found = []
    if len(sightings) < FEW:
        found.append(f"few pictures: {len(sightings)} were used, take {FEW} or more")
    if tilt_deg < 2 * LEAST_TILT_DEG:
        found.append(f"poses too similar: the board was tilted by {tilt_deg:.0f} deg at most, so that the focal length "
                     "is uncertain: tilt it by 20 to 30 deg to each side")  # fmt: skip
    share = float((covered(sightings, size_px) > 0).mean())
    if share < LEAST_COVERED:
        found.append(
            f"the board was seen in {share:.0%} of the frame: bring it to the places the coverage map leaves empty"
        )
    if (far := reach(sightings, size_px)) < LEAST_REACH:
        found.append(f"no corner was seen beyond {far:.0%} of the way to the frame's corners: the distortion there is "
                     "a guess: bring the board into the corners")  # fmt: skip
    return found
