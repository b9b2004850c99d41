"""Step `shell_mask`: where the shell is and may be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.recipe import Name, NotNegative, Polygon, Positive
from shellmark_inspect.types import Mask, Pixels, View

from .moving import grey, painted, resizing, shrunk, smaller
from .step import Parameters, Setting

Floats = NDArray[np.float32]

BORDER_SHARE = 0.03
"""The share of the view's smaller side that is taken for background all around."""
LEAST_NOISE = 2.0
"""Grey levels of a background's unevenness that say nothing."""
OFF_RANGE = (4.0, 30.0)
"""The background's deviations between which the threshold lies."""


class ShellMaskParameters(Parameters):
    """How the shell's outline is had.

    `outline`: "found" (in every view anew), "reference" (found once in the reference pictures: the view has to be
    aligned to them), "whole" (all of the view is shell), or a polygon in mm on the shell. `by` says how it is found:
    what is "unlike-border" of the view in any plane, or the "bright" or "dark" side of Otsu's threshold. `light`
    is the only plane to look in, None looks in all. `margin_mm` is taken off the outline, `close_mm` closes gaps and
    notches; it is found at `search_px_per_mm`. A found shell covers at least `least_share` of the view.
    """

    outline: Literal["found", "reference", "whole"] | Polygon = "found"
    by: Literal["unlike-border", "bright", "dark"] = "unlike-border"
    light: Name | None = None
    margin_mm: NotNegative = 2.0
    close_mm: NotNegative = 5.0
    search_px_per_mm: Positive = 2.0
    least_share: Annotated[float, Field(ge=0, le=1)] = 0.1


class ShellMask:
    """Finds the shell, takes a margin off it and leaves the fittings out; what was no shell before stays so."""

    def __init__(self, parameters: ShellMaskParameters, setting: Setting) -> None:
        self._p = parameters
        self._ignore = [fitting.polygon_mm for fitting in setting.spec.ignore]
        self._name = setting.spec.name
        self._reference: Mask | None = None
        if parameters.outline == "reference":
            self._reference = self._in_reference(setting)

    def __call__(self, view: View) -> View:
        """Find the shell; raises StepError when none is found or nothing of it is left."""
        size = smaller(view.size, self._p.search_px_per_mm / view.px_per_mm)
        px_per_mm = view.px_per_mm * size[0] / view.size[0]
        shell = self._eroded(self._outline(view, size, px_per_mm), view.size, self._p.margin_mm * px_per_mm)
        if view.shell is not None:
            shell &= view.shell
        for fitting in painted(view.size, view.to_mm, self._ignore):
            shell &= ~fitting
        share = float(shell.mean())
        if share == 0:
            raise StepError(
                "view {view}: no shell is left after the margin of {margin:g} mm and the fittings",
                view=view.name,
                margin=self._p.margin_mm,
            )
        return replace(view, shell=shell).noted(shell_share=share)

    def _outline(self, view: View, size: tuple[int, int], px_per_mm: float) -> Mask:
        if self._p.outline == "whole":
            return np.ones(size, np.bool_)
        if self._reference is not None:
            if self._reference.shape != size:
                raise StepError(
                    "view {view} has not the reference's size: let align come before shell_mask", view=view.name
                )
            return self._reference
        if isinstance(self._p.outline, tuple):
            to_mm = view.to_mm @ resizing(view.size, size)
            return painted(size, to_mm, [self._p.outline])[0]
        valid = None if view.shell is None else shrunk(view.shell.view(np.uint8), size).astype(np.bool_)
        return self._found(view.planes, size, px_per_mm, valid)

    def _in_reference(self, setting: Setting) -> Mask:
        if not setting.references:
            raise RecipeError(f"view {self._name}, step shell_mask: no reference picture to find the outline in")
        h, w = next(iter(setting.references.values())).shape[:2]
        size = smaller((h, w), self._p.search_px_per_mm / setting.spec.px_per_mm)
        try:
            return self._found(setting.references, size, setting.spec.px_per_mm * size[0] / h, None)
        except StepError as e:
            raise RecipeError(f"{e}, in the reference picture") from e

    def _found(self, planes: Mapping[str, Pixels], size: tuple[int, int], px_per_mm: float, valid: Mask | None) -> Mask:
        light = self._p.light
        if light is not None and light not in planes:
            raise StepError(
                "view {view} has no plane {light} to find the shell in: it has {there}",
                view=self._name,
                light=light,
                there=", ".join(planes),
            )
        looked_at = [cast(Pixels, shrunk(planes[name], size)) for name in ([light] if light else planes)]
        found = silhouette(looked_at, self._p.by, self._p.close_mm * px_per_mm, valid)
        if found.mean() < self._p.least_share:
            raise StepError(
                "view {view}: no shell found: the largest part covers {percent:.1f} % of the view, {least:g} "
                "% is the least: check the light, or give the outline as whole or in mm",
                view=self._name,
                percent=100 * found.mean(),
                least=100 * self._p.least_share,
            )
        return found

    @staticmethod
    def _eroded(outline: Mask, size: tuple[int, int], margin_px: float) -> Mask:
        if outline.all() and margin_px == 0:
            return np.ones(size, np.bool_)
        # a view's border is no outline: the shell goes on beyond it
        inside = cv2.copyMakeBorder(outline.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
        away = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)[1:-1, 1:-1]
        kept = (away > margin_px).astype(np.uint8) * 255
        large = cv2.resize(kept, size[::-1], interpolation=cv2.INTER_LINEAR)
        return np.asarray(large > 127)


def silhouette(planes: Sequence[Pixels], by: str, close_px: float = 0, valid: Mask | None = None) -> Mask:
    """The shell in pictures of one size: gaps closed, the largest part with its holes filled.

    `by` is that of `ShellMaskParameters`.

    `valid` is False where there is no picture. All False comes back when nothing stands out.
    """
    valid = np.ones(planes[0].shape[:2], np.bool_) if valid is None else valid
    if not valid.any():
        return valid
    if by == "unlike-border":
        inside = _unlike_border(planes, valid)
    else:
        level = np.maximum.reduce([cv2.GaussianBlur(grey(plane), (0, 0), 0.8) for plane in planes])
        threshold, _ = cv2.threshold(level[valid].reshape(-1, 1), 0, 255, cv2.THRESH_OTSU)
        inside = (level > threshold) ^ (by == "dark")
    return _largest_filled((inside & valid).astype(np.uint8), round(close_px))


def _unlike_border(planes: Sequence[Pixels], valid: Mask) -> Mask:
    """Pixels off the background in any plane or colour; the background is a plane through the border."""
    band = max(2, round(BORDER_SHARE * min(valid.shape)))
    border = valid.copy()
    border[band:-band, band:-band] = False
    off = np.zeros(valid.shape, np.float32)
    for plane in planes:
        for channel in cv2.split(cv2.GaussianBlur(plane, (0, 0), 0.8)):
            np.maximum(off, _off_background(channel.astype(np.float32), border), out=off)
    decades = np.log1p(off)
    bins = np.clip(decades / float(decades.max(initial=1e-6)) * 255, 0, 255).astype(np.uint8)
    threshold, _ = cv2.threshold(bins[valid].reshape(-1, 1), 0, 255, cv2.THRESH_OTSU)
    level = float(np.expm1(threshold / 255 * float(decades.max(initial=1e-6))))
    # a blurred edge lies half-way up, not where it first leaves the ground
    nearby = cv2.dilate(off, np.ones((5, 5), np.uint8))
    return np.asarray(off > np.maximum(np.clip(level, *OFF_RANGE), nearby / 2))


def _off_background(channel: Floats, border: Mask) -> Floats:
    """How far each pixel lies off a plane through the border, in deviations of the border's own noise."""
    h, w = channel.shape
    ys, xs = np.nonzero(border)
    terms = np.stack([np.ones(len(xs)), xs / w, ys / h], axis=1)
    values = channel[border].astype(np.float64)
    keep = np.ones(len(values), np.bool_)
    numbers = np.zeros(3)
    for _ in range(3):  # what of the shell reaches the border drops out
        numbers = np.linalg.lstsq(terms[keep], values[keep], rcond=None)[0]
        rest = np.abs(values - terms @ numbers)
        keep = rest <= 3 * max(1.4826 * float(np.median(rest)), LEAST_NOISE)
    noise = max(1.4826 * float(np.median(np.abs(values - terms @ numbers))), LEAST_NOISE)
    x, y = np.arange(w, dtype=np.float32)[None] / w, np.arange(h, dtype=np.float32)[:, None] / h
    ground = np.float32(numbers[0]) + np.float32(numbers[1]) * x + np.float32(numbers[2]) * y
    return cast(Floats, np.abs(channel - ground) / np.float32(noise))


def _largest_filled(inside: Pixels, close_px: int) -> Mask:
    if close_px > 0:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * close_px + 1, 2 * close_px + 1))
        inside = cast(Pixels, cv2.morphologyEx(inside, cv2.MORPH_CLOSE, kernel))
    contours, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(inside.shape, np.uint8)
    if contours:
        cv2.drawContours(filled, [max(contours, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return filled.view(np.bool_)
