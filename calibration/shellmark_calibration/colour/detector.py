"""Colour cards in a picture: a grid of patches, and the place and turn in it whose colours are a card's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from .cards import CARDS, COLUMNS, ROWS
from .patches import Grid, areas, grids
from .spaces import lab_of_linear, linear_of_lab, linear_of_srgb

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

LONG_SIDES_PX = (1000, 1600, 2400, 4000)
"""The picture is searched at these sizes, one after another until a card is found; never larger than `MOST_GROWN`."""
MOST_GROWN = 6.0
MOST_MISFIT = 22.0
"""The mean Lab distance of the patches after a linear fit from which a grid is no card (a wrong turn has over 20)."""
LEAST_LEAD = 1.4
"""By how much the right place and turn must fit better than the next."""
LEAST_VISIBLE = 12
"""Patches that must be in the picture to say that half a card is."""
INNER, USUAL_SIDE = 0.6, 0.8
"""The share of a patch's side that is looked at: its rim is blurred; and a side to try when marks were taken for it."""


@dataclass(frozen=True, slots=True)
class CardPlace:
    """A card in a picture: `to_px` (3x3) takes (column 0..5, row 0..3), the middles of the patches, to pixels.

    `side` is a patch's side as a share of the way to the next; `misfit` the mean Lab distance of the patches' colours
    to the card's after a linear fit; `visible` how many patches have their middle in the picture; `mirrored` whether
    the card is seen in a mirror; `seen` how many patches were seen as areas of their own.
    """

    to_px: Floats
    side: float
    misfit: float
    visible: int
    mirrored: bool
    seen: int

    @property
    def whole(self) -> bool:
        """Whether every patch can be measured."""
        return self.visible == ROWS * COLUMNS

    def corners(self) -> Floats:
        """The outline (4, 2) around the patches in pixels: brown, bluish green, black and white corner."""
        rim = self.side / 2
        outline = np.array([
            [-rim, -rim],
            [COLUMNS - 1 + rim, -rim],
            [COLUMNS - 1 + rim, ROWS - 1 + rim],
            [-rim, ROWS - 1 + rim],
        ])  # fmt: skip
        return projected(self.to_px, outline)

    @property
    def area_px(self) -> float:
        """The outline's area."""
        return float(cv2.contourArea(self.corners().astype(np.float32)))


def find_cards(picture: Pixels) -> tuple[CardPlace, ...]:
    """Every card in a BGR picture (h, w, 3) of 8 bits, the largest first; cards seen only in part are among them."""
    longest = max(picture.shape[:2])
    parts: tuple[CardPlace, ...] = ()
    for side in LONG_SIDES_PX:
        factor = min(side / longest, MOST_GROWN)
        found = _at_scale(picture, factor)
        if any(place.whole for place in found):
            return found
        parts = parts or found
        if factor == MOST_GROWN:
            break
    return parts


def _at_scale(picture: Pixels, factor: float) -> tuple[CardPlace, ...]:
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    scaled = cast(Pixels, cv2.resize(picture, None, fx=factor, fy=factor, interpolation=way))
    soft = cast(Pixels, cv2.GaussianBlur(picture, (0, 0), 0.5 / factor)) if factor < 0.5 else picture
    back = np.array([[1 / factor, 0, 0.5 / factor - 0.5], [0, 1 / factor, 0.5 / factor - 0.5], [0, 0, 1]])
    places: list[CardPlace] = []
    for grid in grids(areas(scaled)):
        tried = [_placed(soft, Grid(back @ grid.to_px, grid.nodes, side)) for side in (grid.side, USUAL_SIDE)]
        place = min((one for one in tried if one is not None), key=lambda one: one.misfit, default=None)
        if place is not None and not any(_overlap(place, other) for other in places):
            places.append(place)
    return tuple(sorted(places, key=lambda place: (-place.whole, -place.area_px)))


def _overlap(place: CardPlace, other: CardPlace) -> bool:
    middle = np.array([[(COLUMNS - 1) / 2, (ROWS - 1) / 2]])
    here = projected(place.to_px, middle)[0]
    return cv2.pointPolygonTest(other.corners().astype(np.float32), (float(here[0]), float(here[1])), False) >= 0


def projected(matrix: Floats, points: NDArray[np.floating]) -> Floats:
    """Points (n, 2) through a 3x3 homography."""
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return homogeneous[:, :2] / homogeneous[:, 2:]


def _placed(picture: Pixels, grid: Grid) -> CardPlace | None:
    """The place and turn of a card on a grid whose colours fit best; None when none is a card's."""
    low, high = grid.nodes.min(0), grid.nodes.max(0)
    colours, origin = _colours(picture, grid, low - COLUMNS + 2, high + COLUMNS - 2)
    seen = np.zeros(colours.shape[:2], np.bool_)
    seen[grid.nodes[:, 1] - origin[1], grid.nodes[:, 0] - origin[0]] = True
    tried = sorted(
        (
            (misfit, pose)
            for pose in _poses(seen)
            for misfit in [_misfit(_window(colours, pose))]
            if np.isfinite(misfit)
        ),
        key=lambda one: one[0],
    )
    if not tried or tried[0][0] > MOST_MISFIT:
        return None
    misfit, pose = tried[0]
    if len(tried) > 1 and tried[1][0] < LEAST_LEAD * misfit:
        return None
    window = _window(colours, pose)
    return CardPlace(
        to_px=grid.to_px @ _pose_matrix(pose, origin),
        side=grid.side,
        misfit=float(misfit),
        visible=int(np.isfinite(window[..., 0]).sum()),
        mirrored=pose.mirrored,
        seen=int(_window(seen[..., None], pose).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Pose:
    """A card on a grid: its window's first column and row, quarter turns, mirrored or not."""

    column: int
    row: int
    turns: int
    mirrored: bool


def _poses(seen: NDArray[np.bool_]) -> list[_Pose]:
    """Every pose with enough of its patches seen."""
    poses = []
    for turns in range(4):
        rows, columns = (ROWS, COLUMNS) if turns % 2 == 0 else (COLUMNS, ROWS)
        for row in range(seen.shape[0] - rows + 1):
            for column in range(seen.shape[1] - columns + 1):
                inside = int(seen[row : row + rows, column : column + columns].sum())
                if inside >= max(8, 0.6 * int(seen.sum())):
                    poses += [_Pose(column, row, turns, mirrored) for mirrored in (False, True)]
    return poses


def _window(colours: NDArray[np.generic], pose: _Pose) -> Floats:
    """The window of a grid (rows, columns, …) as the card lies when upright, (4, 6, …)."""
    rows, columns = (ROWS, COLUMNS) if pose.turns % 2 == 0 else (COLUMNS, ROWS)
    window = np.rot90(colours[pose.row : pose.row + rows, pose.column : pose.column + columns], pose.turns)
    return cast(Floats, window[:, ::-1] if pose.mirrored else window)


def _pose_matrix(pose: _Pose, origin: NDArray[np.int64]) -> Floats:
    """From (column, row) of the upright card to (column, row) of the grid."""
    rows, columns = (ROWS, COLUMNS) if pose.turns % 2 == 0 else (COLUMNS, ROWS)
    v, u = np.mgrid[0:rows, 0:columns]
    pairs = _window(np.stack([u, v], axis=-1), _Pose(0, 0, pose.turns, pose.mirrored)).astype(np.float64)
    corner, right, down = pairs[0, 0], pairs[0, 1] - pairs[0, 0], pairs[1, 0] - pairs[0, 0]
    shift = corner + np.array([pose.column, pose.row]) + origin
    return np.array([[right[0], down[0], shift[0]], [right[1], down[1], shift[1]], [0.0, 0.0, 1.0]])


def _colours(
    picture: Pixels, grid: Grid, low: NDArray[np.int64], high: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.int64]]:
    """Linear red, green, blue (rows, columns, 3) around every node from `low` to `high`; NaN outside the picture."""
    v, u = np.mgrid[low[1] : high[1] + 1, low[0] : high[0] + 1]
    nodes = np.stack([u.ravel(), v.ravel()], axis=-1).astype(np.float64)
    offsets = (np.stack(np.meshgrid(*[np.linspace(-0.5, 0.5, 5)] * 2), -1).reshape(-1, 2)) * INNER * grid.side
    points = (nodes[:, None] + offsets[None]).reshape(-1, 2)
    with np.errstate(all="ignore"):
        there = projected(grid.to_px, points)
    there = np.nan_to_num(there, nan=-1e6, posinf=-1e6, neginf=-1e6).clip(-1e6, 1e6).reshape(len(nodes), -1, 2)
    h, w = picture.shape[:2]
    inside = ((there > -0.5) & (there < np.array([w, h]) - 0.5)).all((1, 2))
    across, down = (np.ascontiguousarray(there[..., i], np.float32) for i in (0, 1))
    values = cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    linear = linear_of_srgb(np.median(values, axis=1)[:, ::-1] / 255.0)
    linear[~inside] = np.nan
    return linear.reshape(*u.shape, 3), low


def _misfit(window: Floats) -> float:
    """The mean Lab distance to the card that fits best, after a linear fit; infinite when too little is seen.

    The least squares are weighted so that they are about those of cube roots, as Lab is: dL/dY ~ Y^(-2/3).
    """
    measured = window.reshape(-1, 3)
    there = np.isfinite(measured[:, 0])
    if there.sum() < LEAST_VISIBLE:
        return np.inf
    card = CARDS["classic"]
    wanted = linear_of_lab(card.lab)[there]
    weights = (np.maximum(wanted @ np.array([0.2126, 0.7152, 0.0722]), 0.01) ** (-2 / 3))[:, None]
    matrix = np.linalg.lstsq(measured[there] * weights, wanted * weights, rcond=None)[0]
    off = lab_of_linear(np.maximum(measured[there] @ matrix, 0.0)) - card.lab[there]
    return float(np.linalg.norm(off, axis=1).mean())
