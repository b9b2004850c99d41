"""Step `shell_mask`: where the shell is and may be judged."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal, cast

import cv2
import numpy as np
from pydantic import Field

from shellmark_inspect.errors import StepError
from shellmark_inspect.recipe import Name, NotNegative, Polygon, Positive
from shellmark_inspect.types import Mask, Pixels, View

from .moving import grey, painted, shrunk, smaller
from .step import Parameters, Setting


class ShellMaskParameters(Parameters):
    """How the shell's outline is had.

    `outline`: "found" (by its grey level, in every view anew), "whole" (all of the view is shell), or a polygon in mm
    on the shell. `light` is the plane it is looked for in, None the brightest of all at each pixel. `shell` says
    whether it is the bright or the dark side, "auto" takes what does not fill the view's border. `margin_mm` is taken
    off the outline, `close_mm` closes gaps and notches; found at `search_px_per_mm`. A found shell covers at least
    `least_share` of the view.
    """

    outline: Literal["found", "whole"] | Polygon = "found"
    light: Name | None = None
    shell: Literal["auto", "bright", "dark"] = "auto"
    margin_mm: NotNegative = 2.0
    close_mm: NotNegative = 5.0
    search_px_per_mm: Positive = 2.0
    least_share: Annotated[float, Field(ge=0, le=1)] = 0.1


class ShellMask:
    """Finds the shell, takes a margin off it and leaves the fittings out; what was no shell before stays so."""

    def __init__(self, parameters: ShellMaskParameters, setting: Setting) -> None:
        self._p = parameters
        self._ignore = [fitting.polygon_mm for fitting in setting.spec.ignore]

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
                f"view {view.name}: no shell is left after the margin of {self._p.margin_mm:g} mm and the fittings"
            )
        return replace(view, shell=shell).noted(shell_share=share)

    def _outline(self, view: View, size: tuple[int, int], px_per_mm: float) -> Mask:
        if self._p.outline == "whole":
            return np.ones(size, np.bool_)
        if self._p.outline != "found":
            to_mm = view.to_mm @ np.diag([view.size[1] / size[1], view.size[0] / size[0], 1])
            return painted(size, to_mm, [self._p.outline])[0]
        level = self._level(view, size)
        valid = None if view.shell is None else shrunk(view.shell.view(np.uint8), size).astype(np.bool_)
        found = silhouette(level, self._p.shell, self._p.close_mm * px_per_mm, valid)
        if found.mean() < self._p.least_share:
            raise StepError(
                f"view {view.name}: no shell found: the largest part covers {100 * found.mean():.1f} % of the view, "
                f"{100 * self._p.least_share:g} % is the least: check the light, or draw the outline in mm"
            )
        return found

    def _level(self, view: View, size: tuple[int, int]) -> Pixels:
        lights = list(view.planes) if self._p.light is None else [self._p.light]
        if lights[0] not in view.planes:
            raise StepError(
                f"view {view.name} has no plane {lights[0]} to find the shell in: it has {', '.join(view.planes)}"
            )
        levels = [grey(cast(Pixels, shrunk(view.planes[light], size))) for light in lights]
        return cast(Pixels, np.maximum.reduce(levels))

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


def silhouette(level: Pixels, shell: str = "auto", close_px: float = 0, valid: Mask | None = None) -> Mask:
    """The shell in a grey picture: Otsu's threshold, gaps closed, the largest part with its holes filled.

    `valid` is False where there is no picture; all False comes back when nothing stands out.
    """
    smooth = cv2.GaussianBlur(level, (0, 0), 1.5)
    values = smooth if valid is None else smooth[valid]
    if values.size == 0:
        return np.zeros(level.shape, np.bool_)
    threshold, _ = cv2.threshold(values.reshape(-1, 1), 0, 255, cv2.THRESH_OTSU)
    bright = smooth > threshold
    dark_shell = shell == "dark" or (shell == "auto" and _border_share(bright) > 0.5)
    inside = bright ^ dark_shell
    if valid is not None:
        inside &= valid
    return _largest_filled(inside.astype(np.uint8), round(close_px))


def _border_share(mask: Mask) -> float:
    return float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())


def _largest_filled(inside: Pixels, close_px: int) -> Mask:
    if close_px > 0:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * close_px + 1, 2 * close_px + 1))
        inside = cast(Pixels, cv2.morphologyEx(inside, cv2.MORPH_CLOSE, kernel))
    contours, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(inside.shape, np.uint8)
    if contours:
        cv2.drawContours(filled, [max(contours, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return filled.view(np.bool_)
