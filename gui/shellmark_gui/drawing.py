"""Polygons that a person draws in mm by single taps: begun, closed, chosen, their corners moved, taken back.

Nothing of Qt is known here: a tap is a point in mm, and how far a finger reaches around it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from shellmark_inspect.recipe import Ignore, Point, Zone
from shellmark_inspect.zoning import FILM_EDGE, ViewZones, band

Kind = Literal["zone", "ignore", "outline"]
DEEPEST = 100
"""So many steps can be taken back."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A polygon in mm: a zone or what is left out, by its name, or the shell's outline."""

    kind: Kind
    name: str
    polygon: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """What is being drawn: its kind and name, and for a band round a line its width in mm."""

    kind: Kind
    name: str
    width_mm: float | None = None


@dataclass(frozen=True, slots=True)
class _Moment:
    """What can be gone back to."""

    shapes: tuple[Drawn, ...] = ()
    chosen: int | None = None
    begun: Begun | None = None
    corners: tuple[Point, ...] = ()
    picked: int | None = None


class Drawing:
    """What is drawn on one view. `shapes` are in the order they are painted, `chosen` is an index into them.

    `corners` are those of what is being drawn, `picked` the corner of the chosen shape that the next tap puts down.
    """

    def __init__(self, drawn: ViewZones | None = None) -> None:
        self._of = drawn or ViewZones()
        self._now = self._first = _Moment(shapes_of(self._of))
        self._before: list[_Moment] = []

    @property
    def shapes(self) -> tuple[Drawn, ...]:
        """What is drawn, in the order it is painted."""
        return self._now.shapes

    @property
    def chosen(self) -> int | None:
        """The shape that can be changed."""
        return self._now.chosen

    @property
    def begun(self) -> Begun | None:
        """What is being drawn."""
        return self._now.begun

    @property
    def corners(self) -> tuple[Point, ...]:
        """The corners tapped so far of what is being drawn."""
        return self._now.corners

    @property
    def picked(self) -> int | None:
        """The corner of the chosen shape that the next tap puts down."""
        return self._now.picked

    @property
    def changed(self) -> bool:
        """Whether something else is drawn than at first."""
        return self._now.shapes != self._first.shapes

    @property
    def can_close(self) -> bool:
        """Whether there are enough corners for what is being drawn."""
        begun = self.begun
        return begun is not None and len(self.corners) >= (3 if begun.width_mm is None else 2)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)

    def begin(self, begun: Begun) -> None:
        """Begin to draw something; what was begun before and not closed is left."""
        self._go(replace(self._now, begun=begun, corners=(), chosen=None, picked=None))

    def tap(self, at: Point, reach_mm: float) -> None:
        """A further corner; or a corner picked up, put down; or a shape chosen."""
        now = self._now
        if now.begun is not None:
            if len(now.corners) > 2 and now.begun.width_mm is None and _near(at, now.corners[0], reach_mm):
                self.close()
            else:
                self._go(replace(now, corners=(*now.corners, at)))
        elif now.picked is not None:
            self.put(at)
        elif not self.pick(at, reach_mm):
            self._go(replace(now, chosen=_topmost(now.shapes, at)))

    def pick(self, at: Point, reach_mm: float) -> bool:
        """Pick up the corner near a point, or a new one in the middle of a long side; False where there is none."""
        now = self._now
        if now.chosen is None or now.begun is not None:
            return False
        polygon = now.shapes[now.chosen].polygon
        corner = min(range(len(polygon)), key=lambda one: math.dist(at, polygon[one]))
        if _near(at, polygon[corner], reach_mm):
            self._go(replace(now, picked=corner))
            return True
        middles = [(after, point) for after, point in middles_of(polygon, reach_mm) if _near(at, point, reach_mm)]
        if not middles:
            return False
        after, point = min(middles, key=lambda one: math.dist(at, one[1]))
        grown = (*polygon[: after + 1], point, *polygon[after + 1 :])
        self._go(replace(self._with(now.chosen, grown), picked=after + 1))
        return True

    def put(self, at: Point) -> None:
        """Put the picked corner down."""
        now = self._now
        if now.chosen is not None and now.picked is not None:
            polygon = list(now.shapes[now.chosen].polygon)
            polygon[now.picked] = at
            self._go(replace(self._with(now.chosen, tuple(polygon)), picked=None))

    def close(self) -> None:
        """Make a shape of the corners, where they are enough for one.

        Raises:
            ValueError: the band round a line closes on itself.
        """
        now, begun = self._now, self._now.begun
        if begun is None or not self.can_close:
            return
        polygon = now.corners if begun.width_mm is None else band(now.corners, begun.width_mm)
        shapes = tuple(one for one in now.shapes if begun.kind != "outline" or one.kind != "outline")
        self._go(_Moment((*shapes, Drawn(begun.kind, begun.name, polygon)), chosen=len(shapes)))

    def delete(self) -> None:
        """Take away the picked corner, else the chosen shape, else what is being drawn."""
        now = self._now
        if now.begun is not None:
            self._go(replace(now, begun=None, corners=()))
        elif now.chosen is not None and now.picked is not None and len(now.shapes[now.chosen].polygon) > 3:
            polygon = now.shapes[now.chosen].polygon
            cut = (*polygon[: now.picked], *polygon[now.picked + 1 :])
            self._go(replace(self._with(now.chosen, cut), picked=None))
        elif now.chosen is not None:
            self._go(_Moment((*now.shapes[: now.chosen], *now.shapes[now.chosen + 1 :])))

    def choose(self, index: int) -> None:
        """Choose a shape; what is begun and not closed is left."""
        self._go(_Moment(self.shapes, chosen=index))

    def rename(self, kind: Kind, name: str) -> None:
        """Make the chosen shape another zone or fitting."""
        now = self._now
        if now.chosen is not None:
            one = replace(now.shapes[now.chosen], kind=kind, name=name)
            self._go(replace(now, shapes=(*now.shapes[: now.chosen], one, *now.shapes[now.chosen + 1 :])))

    def set_outline(self, polygon: tuple[Point, ...]) -> None:
        """Take an outline that was found."""
        shapes = tuple(one for one in self.shapes if one.kind != "outline")
        self._go(_Moment((*shapes, Drawn("outline", "", polygon)), chosen=len(shapes)))

    def undo(self) -> None:
        """Take the last step back."""
        if self._before:
            self._now = self._before.pop()

    def kept(self) -> None:
        """Take what is drawn now for what is in the recipe."""
        self._of, self._first = self.drawn(), self._now

    def drawn(self) -> ViewZones:
        """What the recipe is to have.

        Raises:
            ValueError: a polygon crosses itself or has no area.
        """
        outline = next((one.polygon for one in self.shapes if one.kind == "outline"), None)
        own = self._of.outline
        return ViewZones(
            default_zone=self._of.default_zone,
            zones=tuple(Zone(zone=one.name, polygon_mm=one.polygon) for one in self.shapes if one.kind == "zone"),
            ignore=tuple(Ignore(name=one.name, polygon_mm=one.polygon) for one in self.shapes if one.kind == "ignore"),
            outline=outline or (own if isinstance(own, str) else None if own is None else "found"),
            margin_mm=self._of.margin_mm,
        )

    def _with(self, index: int, polygon: tuple[Point, ...]) -> _Moment:
        shapes = self.shapes
        one = replace(shapes[index], polygon=polygon)
        return replace(self._now, shapes=(*shapes[:index], one, *shapes[index + 1 :]))

    def _go(self, then: _Moment) -> None:
        if then != self._now:
            self._before = [*self._before[-DEEPEST + 1 :], self._now]
            self._now = then


def shapes_of(drawn: ViewZones) -> tuple[Drawn, ...]:
    """The polygons of a view, the outline last."""
    shapes = [Drawn("zone", zone.zone, zone.polygon_mm) for zone in drawn.zones]
    shapes += [Drawn("ignore", one.name, one.polygon_mm) for one in drawn.ignore]
    if isinstance(drawn.outline, tuple):
        shapes.append(Drawn("outline", "", drawn.outline))
    return tuple(shapes)


def middles_of(polygon: Sequence[Point], reach_mm: float) -> list[tuple[int, Point]]:
    """The middles of the sides long enough to be tapped between their corners, each with its first corner's index."""
    sides = list(zip(polygon, (*polygon[1:], polygon[0]), strict=True))
    return [
        (index, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2))
        for index, (a, b) in enumerate(sides)
        if math.dist(a, b) > 4 * reach_mm
    ]


def is_film_edge(shape: Drawn) -> bool:
    """Whether a shape is the band along a film's edge."""
    return shape.kind == "ignore" and shape.name == FILM_EDGE


def _near(one: Point, other: Point, reach_mm: float) -> bool:
    return math.dist(one, other) <= reach_mm


def _topmost(shapes: Sequence[Drawn], at: Point) -> int | None:
    """The smallest shape around a point."""
    inside = [n for n, one in enumerate(shapes) if cv2.pointPolygonTest(_contour(one.polygon), at, False) >= 0]
    return min(inside, key=lambda n: cv2.contourArea(_contour(shapes[n].polygon)), default=None)


def _contour(polygon: Sequence[Point]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array(polygon, np.float32)
