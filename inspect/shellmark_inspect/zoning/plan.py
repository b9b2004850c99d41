"""What is drawn on a view: zones, what is left out, the shell's outline, as polygons in mm, and a file of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Ignore, Name, NotNegative, Point, Polygon, Zone, first_fault

FILM_EDGE = "film-edge"
"""The name of what is left out along the edge of a film: a band round a line."""
LEAST_MM2 = 1.0
"""A polygon of less says nothing: a slip of the finger."""
BAND_PX_PER_MM = 8.0
"""How finely a band is drawn before its rim is taken."""

Outline = Literal["found", "reference", "whole"] | Polygon


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ViewZones(_Part):
    """What is drawn on one view, polygons in mm on the reference view.

    `zones` are painted in their order over `default_zone`; `ignore` are fittings and film edges, not judged; `outline`
    is the shell's, or how the step shell_mask finds it, None where the recipe has no such step; `margin_mm` is taken
    off it, None leaves what the recipe says.

    Raises:
        ValueError: a polygon crosses itself or has no area.
    """

    default_zone: Name = "A"
    zones: tuple[Zone, ...] = ()
    ignore: tuple[Ignore, ...] = ()
    outline: Outline | None = None
    margin_mm: NotNegative | None = None

    @model_validator(mode="after")
    def _polygons_can_be(self) -> Self:
        named = [(f"zone {zone.zone}", zone.polygon_mm) for zone in self.zones]
        named += [(f"ignore {one.name}", one.polygon_mm) for one in self.ignore]
        if isinstance(self.outline, tuple):
            named.append(("outline", self.outline))
        for name, polygon in named:
            if fault := polygon_fault(polygon):
                raise ValueError(f"the polygon of {name} {fault}")
        return self


class ZoneFile(_Part):
    """The drawings of a recipe's views by the views' names, as `shellmark calibrate zones --export` writes them."""

    version: Literal[1] = 1
    sku: str = ""
    views: Annotated[dict[Name, ViewZones], Field(min_length=1)]

    @classmethod
    def read(cls, path: Path) -> ZoneFile:
        """The drawings in a JSON file.

        Raises:
            InputError: the file is missing, is no JSON, or holds a polygon that cannot be.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError as e:
            raise InputError(f"zones {path} is missing: make it with shellmark calibrate zones --export") from e
        except OSError as e:
            raise InputError(f"zones {path} cannot be read: {e.strerror or e}: check its rights") from e
        except ValidationError as e:
            raise InputError(f"zones {path}: {first_fault(e)}: mend the file") from e

    def write(self, path: Path) -> None:
        """Write the drawings, whole or not at all.

        Raises:
            InputError: the file cannot be written.
        """
        half = path.with_name(path.name + ".part")
        try:
            half.write_text(self.model_dump_json(indent=1, exclude_none=True) + "\n", "utf-8")
            half.replace(path)
        except OSError as e:
            raise InputError(f"zones {path} cannot be written: {e.strerror or e}: give another file") from e


def polygon_fault(polygon: Sequence[Point]) -> str:
    """What is wrong with a polygon (mm), "" for nothing: it has no area, or two of its sides cross."""
    points = np.asarray(polygon, np.float64)
    if (crossing := _crossing(points)) is not None:
        return f"crosses itself at ({crossing[0]:.1f}, {crossing[1]:.1f}) mm: move a corner"
    return "" if polygon_area(points) >= LEAST_MM2 else f"covers less than {LEAST_MM2:g} mm²: draw it larger"


def polygon_area(points: NDArray[np.float64]) -> float:
    """The area of a polygon (n, 2), by the shoelace formula."""
    x, y = points.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def _crossing(points: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Where two sides that are no neighbours meet within both; None when none do."""
    a, b = points, np.roll(points, -1, axis=0)
    d = b - a
    n = len(points)
    across = d[:, None, 0] * d[None, :, 1] - d[:, None, 1] * d[None, :, 0]
    to = a[None, :] - a[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (to[..., 0] * d[None, :, 1] - to[..., 1] * d[None, :, 0]) / across
        u = (to[..., 0] * d[:, None, 1] - to[..., 1] * d[:, None, 0]) / across
    step = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    apart = (step > 1) & (step < n - 1)
    met = np.argwhere(apart & (np.abs(across) > 1e-12) & (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1))
    return None if not len(met) else np.asarray(a[met[0][0]] + t[tuple(met[0])] * d[met[0][0]])


def band(line_mm: Sequence[Point], width_mm: float) -> tuple[Point, ...]:
    """The polygon of a band of a width round a line of two points and more: the edge of a film.

    Raises:
        ValueError: fewer than two points, no width, or the band closes on itself (a hole would be lost).
    """
    if len(line_mm) < 2 or width_mm <= 0:
        raise ValueError("a band needs a line of two points and a width above zero")
    points = np.asarray(line_mm, np.float64)
    scale = min(BAND_PX_PER_MM, 4000 / max(1.0, float(np.ptp(points, axis=0).max()) + 2 * width_mm))
    low = points.min(axis=0) - width_mm
    size = np.ceil((np.ptp(points, axis=0) + 2 * width_mm) * scale).astype(int) + 1
    canvas = np.zeros((int(size[1]), int(size[0])), np.uint8)
    drawn = np.round((points - low) * scale).astype(np.int32)
    for one, other in pairwise(drawn):
        cv2.line(canvas, one.tolist(), other.tolist(), 1, max(1, round(width_mm * scale)))
    rims, holes = cv2.findContours(canvas, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if len(rims) != 1 or holes is None:
        raise ValueError("the band closes on itself: draw it in two pieces")
    rim = cv2.approxPolyDP(rims[0], 0.2 * scale, True)[:, 0].astype(np.float64)
    return rounded(rim / scale + low)


def rounded(points: NDArray[np.float64]) -> tuple[Point, ...]:
    """Points (n, 2) in mm to the hundredth."""
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in points)
