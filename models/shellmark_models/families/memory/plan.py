"""How the memory family looks: which networks, at which size, and what counts as evidence."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from shellmark_models.card import COLOUR
from shellmark_models.errors import BundleError
from shellmark_models.tiling import Tiling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from shellmark_models.tiling import Corner

GRID_PX = 8
"""Pixels of the working picture per cell of the maps."""
HALVED_PX = 32
"""Sides the networks halve without remainder."""
MOST_ROWS = 4
USUAL_VIEWS, MOST_GAIN = 25, 4
"""Views of goods a bank of the usual size is for; with more of them it grows by as much, up to so many times."""
CANDIDATES = 20_000
"""Features a bank is chosen from, or twice its rows where that is more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How views are looked at.

    ``backbones`` are files of this package. A view whose area lies outside ``least_px`` to ``most_px`` pixels is first
    brought to the nearer of them, and looked at in one piece; where ``most_px`` is 0 it is cut into tiles as it is.
    ``level`` evens the light first. ``most_work`` is of cells times rows of a bank: the smaller the views, the more is
    remembered, up to MOST_ROWS times what the lesson asks for, and both grow with the views learned, MOST_GAIN times
    at most. ``dims_factor`` multiplies what the lesson asks for.
    ``weights`` are of a view's peak, its highest share and its whole.
    """

    backbones: tuple[str, ...]
    level: bool
    least_px: int
    most_px: int
    most_work: int
    dims_factor: int
    weights: tuple[float, float, float]

    def rows(self, asked: int, cells: int, views: int = 0) -> int:
        """How many rows a bank has for so many views of so many cells."""
        gain = float(np.clip(views / USUAL_VIEWS, 1, MOST_GAIN))
        return int(np.clip(gain * self.most_work / max(1, cells), asked, gain * MOST_ROWS * asked))

    def candidates(self, asked: int, cells: int, views: int) -> int:
        """How many features of all such views the rows are chosen from."""
        return max(CANDIDATES, 2 * self.rows(asked, cells, views))


LIGHTS = Plan(("mobilenet_v2",), True, 0, 0, 0, 1, (1.0, 0.0, 0.0))
"""Lamps stacked as planes: large aligned views, tiny marks, every lamp with shadows of its own."""
PHOTOGRAPHS = Plan(("mobilenet_v2", "pp_lcnet_v2"), False, 160_000, 1_600_000, 20_000_000, 2, (0.5, 1.0, 1.0))
"""Colour frames as they are: what docs/models-tried.md found best over many kinds of pictures, not on any one."""
LEAN = replace(PHOTOGRAPHS, least_px=0, most_px=256 * 256, most_work=0)
"""Photographs at a tenth of the cost and fewer: what is smaller than a few pixels of 256 x 256 is lost."""
PLAN_KEY = "shellmark.memory.plan"
"""The metadata that says how a model looks, so that it goes on so whatever later programs prefer."""


def plan_for(channels: tuple[str, ...]) -> Plan:
    """The plan a model of these channels is taught with."""
    return PHOTOGRAPHS if channels == COLOUR else LIGHTS


def plan_text(plan: Plan) -> str:
    """A plan as text for a model's metadata."""
    return json.dumps(asdict(plan))


def plan_of(text: str | None, source: str) -> Plan:
    """The plan a model was taught with; raises BundleError."""
    try:
        stated = json.loads(text or "")
        plan = Plan(**stated)
        return replace(plan, backbones=tuple(plan.backbones), weights=(*map(float, plan.weights),))  # type: ignore[arg-type]
    except (TypeError, ValueError) as e:
        raise BundleError(f"{source}: does not say how it looks at views; teach the bundle again") from e


@dataclass(frozen=True, slots=True)
class Working:
    """A view as the networks take it: ``pixels`` (h, w, 3), where it is looked at per cell, how it is cut."""

    pixels: NDArray[np.uint8]
    inside: NDArray[np.bool_]
    tile_px: int
    overlap_px: int

    def pieces(self) -> Iterator[tuple[Corner, NDArray[np.uint8], NDArray[np.float32]]]:
        """Corner in cells, tile (1, t, u, 3) and its cells that are looked at (1, 1, t/8, u/8), piece by piece."""
        if not self.tile_px:
            yield (0, 0), self.pixels[None], self.inside[None, None].astype(np.float32)
            return
        mask = np.repeat(np.repeat(self.inside, GRID_PX, 0), GRID_PX, 1)[: len(self.pixels), : self.pixels.shape[1]]
        cells = self.tile_px // GRID_PX
        for [(left, top)], tile in Tiling(self.tile_px, self.overlap_px).batches(self.pixels, mask, most=1):
            corner = (left // GRID_PX, top // GRID_PX)
            part = np.zeros((1, 1, cells, cells), np.float32)
            shown = self.inside[corner[1] : corner[1] + cells, corner[0] : corner[0] + cells]
            part[0, 0, : shown.shape[0], : shown.shape[1]] = shown
            yield corner, tile, part


def working(
    plan: Plan, image: NDArray[np.uint8], mask: NDArray[np.bool_] | None, tile_px: int, overlap_px: int
) -> Working:
    """A view (h, w, 3) brought to the size it is looked at in."""
    height, width = image.shape[:2]
    if not plan.most_px:
        cells = (-(-height // GRID_PX), -(-width // GRID_PX))
        return Working(image, _cells(mask, cells, pad=True), tile_px, overlap_px)
    scale = float(np.sqrt(np.clip(height * width, plan.least_px, plan.most_px) / (height * width)))
    h, w = (max(HALVED_PX, round(side * scale / HALVED_PX) * HALVED_PX) for side in (height, width))
    how = cv2.INTER_AREA if h * w < height * width else cv2.INTER_CUBIC
    pixels = image if (h, w) == (height, width) else cv2.resize(image, (w, h), interpolation=how)
    return Working(np.asarray(pixels, np.uint8), _cells(mask, (h // GRID_PX, w // GRID_PX)), 0, 0)


def _cells(mask: NDArray[np.bool_] | None, cells: tuple[int, int], *, pad: bool = False) -> NDArray[np.bool_]:
    """The cells of which at least a tenth is looked at."""
    if mask is None:
        return np.ones(cells, np.bool_)
    share = mask.astype(np.float32)
    if pad:
        down, right = (side * GRID_PX - had for side, had in zip(cells, mask.shape, strict=True))
        share = np.pad(share, ((0, down), (0, right)))
    small = cv2.resize(share, (cells[1], cells[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(small > 0.1, np.bool_)
