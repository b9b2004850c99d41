"""Step `light_check`: every frame is exposed well and was taken under its own lamp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import cv2
import numpy as np
from pydantic import Field

from shellmark_calibration import CalibrationError, LampReading, Lamps
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.said import Said, joined, said_by
from shellmark_inspect.types import Mask, Pixels, View

from .moving import painted, scaling, shrunk, smaller
from .shell_mask import silhouette
from .step import Parameters, Setting

CLIPPED_FROM = 250
WHITE = 0.5
"""A frame of which more than this share is clipped says nothing of its lamp."""
BLACK_TO = 5
LOOK_PX = 800
"""The longest side that is looked at."""
Share = Annotated[float, Field(ge=0, le=1)]


class LightCheckParameters(Parameters):
    """What is refused: each bound is of the shell, per light.

    `most_clipped` is the share of pixels of 250 and more, `most_black` that of 5 and less, each beyond the share that
    the reference picture has, where there is one (a low lamp clips the shoulders of ribs and leaves the far side
    black); `least_level` is the mean level.
    `order` compares every frame with the recipe's reference pictures, to tell lights in the wrong order and dead lamps;
    it needs a reference picture of every light, as they are before `align`.
    """

    most_clipped: Share = 0.05
    most_black: Share = 0.15
    least_level: Annotated[float, Field(ge=0, lt=255)] = 8.0
    order: bool = True


@dataclass(frozen=True, slots=True)
class _Exposure:
    """Of one frame's shell: mean level, share of clipped and of black pixels."""

    level: float
    clipped: float
    black: float


class LightCheck:
    """Looks at the frames as they are; it belongs before `align` and after `flat_field`, and changes nothing.

    The shell is where the view's mask has it; without one, where the reference picture's outline is found in the view.
    Notes: level_<light>, clipped_<light>, black_<light>, and with `order` lamp_ratio_<light>, the level over the
    reference's own.
    """

    def __init__(self, parameters: LightCheckParameters, setting: Setting) -> None:
        spec = setting.spec
        self._p = parameters
        self._lamps: Lamps | None = None
        self._outline: Mask | None = None
        self._usual = dict.fromkeys(spec.lights, _Exposure(0.0, 0.0, 0.0))
        missing = [light for light in spec.lights if light not in setting.references]
        if missing and parameters.order:
            raise RecipeError(
                f"view {spec.name}, step light_check: there is no reference picture of light {missing[0]}: name one in "
                f"the view's reference, or write order = false"
            )
        if missing:
            return
        references = {light: setting.references[light] for light in spec.lights}
        if parameters.order:
            try:
                self._lamps = Lamps(references, spec.px_per_mm)
            except CalibrationError as e:
                raise RecipeError(f"view {spec.name}, step light_check: {e}: or write order = false") from e
        self._outline = _outline(references, setting)
        for light, pixels in references.items():
            stride = _stride((pixels.shape[0], pixels.shape[1]))
            few = pixels[::stride, ::stride]
            inside = cv2.resize(self._outline.view(np.uint8), few.shape[1::-1], interpolation=cv2.INTER_NEAREST)
            self._usual[light] = _exposure(few, np.asarray(inside > 0))

    def __call__(self, view: View) -> View:
        """Note every frame's exposure; raises StepError for one that cannot be judged by."""
        reading = None if self._lamps is None else self._read(self._lamps, view)
        shell = self._shell(view, reading)
        stride = _stride(view.size)
        seen = {light: _exposure(pixels[::stride, ::stride], shell) for light, pixels in view.planes.items()}
        notes: dict[str, float] = {}
        for light, one in seen.items():
            notes |= {f"level_{light}": one.level, f"clipped_{light}": one.clipped, f"black_{light}": one.black}
        if faults := self._faults(reading, seen):
            raise StepError(
                "view {view}: {faults}: check lamps, cables, controller and exposure",
                view=view.name,
                faults=joined(faults),
            )
        if reading is not None:
            notes |= {f"lamp_ratio_{light}": ratio for light, ratio in reading.ratio.items()}
        return view.noted(**notes)

    def _read(self, lamps: Lamps, view: View) -> LampReading:
        if view.size != lamps.size_px:
            (h, w), (rh, rw) = view.size, lamps.size_px
            raise StepError(
                "view {view}: {w} x {h} px cannot be compared with a reference of {rw} x {rh} px: take the "
                "reference anew with this recipe's steps",
                view=view.name,
                w=w,
                h=h,
                rw=rw,
                rh=rh,
            )
        return lamps.read(view.planes)

    def _shell(self, view: View, reading: LampReading | None) -> Mask:
        """Where the shell is, at a size that is looked at."""
        if view.shell is not None:
            return view.shell[:: _stride(view.size), :: _stride(view.size)]
        h, w = view.planes[next(iter(view.planes))][:: _stride(view.size), :: _stride(view.size)].shape[:2]
        if self._outline is None:
            return np.ones((h, w), np.bool_)
        # pixels of the outline -> coarse reference -> coarse view -> pixels that are looked at
        scale = 1.0 if self._lamps is None else self._lamps.scale
        back = np.eye(3) if reading is None else np.vstack([reading.back, [0, 0, 1]])
        coarse = scaling(scale * view.size[1] / self._outline.shape[1])
        there = scaling(1 / scale / _stride(view.size)) @ back @ coarse
        inside = self._outline.view(np.uint8)
        return np.asarray(cv2.warpAffine(inside, there[:2], (w, h), flags=cv2.INTER_NEAREST) > 0)

    def _faults(self, reading: LampReading | None, seen: Mapping[str, _Exposure]) -> list[str]:
        """What is wrong: mostly white frames first, as no lamp is known by them; then lamps; then exposure."""
        white = [light for light, one in seen.items() if one.clipped > WHITE]
        if faults := [fault for light in white if (fault := self._fault(light, seen[light]))]:
            return faults
        if reading is not None and reading.faults:
            return [said_by(fault) for fault in reading.faults]
        return next(([fault] for light, one in seen.items() if (fault := self._fault(light, one))), [])

    def _fault(self, light: str, seen: _Exposure) -> str:
        p, usual = self._p, self._usual[light]
        if seen.level < p.least_level:
            return Said(
                "light {light} is black: level {level:.1f}, {least:g} is the least",
                light=light,
                level=seen.level,
                least=p.least_level,
            )
        if seen.clipped > (most := min(1.0, usual.clipped + p.most_clipped)):
            return Said(
                "light {light} is saturated: {share:.1%} of the shell, {most:.1%} is the most",
                light=light,
                share=seen.clipped,
                most=most,
            )
        if seen.black > (most := min(1.0, usual.black + p.most_black)):
            return Said(
                "light {light} is too dark: {share:.0%} of the shell is black, {most:.0%} is the most",
                light=light,
                share=seen.black,
                most=most,
            )
        return ""


def _outline(references: Mapping[str, Pixels], setting: Setting) -> Mask:
    """Where the shell is in the reference pictures, without its fittings, at a size that is looked at."""
    h, w = next(iter(references.values())).shape[:2]
    size = smaller((h, w), LOOK_PX / max(h, w))
    outline = silhouette([shrunk(pixels, size) for pixels in references.values()], "unlike-border")
    to_mm = scaling(w / size[1] / setting.spec.px_per_mm, h / size[0] / setting.spec.px_per_mm)
    for fitting in painted(size, to_mm, [one.polygon_mm for one in setting.spec.ignore]):
        outline &= ~fitting
    return outline


def _stride(size: tuple[int, int]) -> int:
    """Every how many pixels one is looked at: as they are, since an average would hide those that are clipped."""
    return max(1, round(max(size) / LOOK_PX))


def _exposure(looked_at: Pixels, shell: Mask) -> _Exposure:
    brightest = looked_at if looked_at.ndim == 2 else looked_at.max(axis=2)
    inside = brightest[shell]
    if inside.size == 0:
        return _Exposure(0.0, 0.0, 1.0)
    level = float(looked_at[shell].mean())
    return _Exposure(level, float(np.mean(inside >= CLIPPED_FROM)), float(np.mean(inside <= BLACK_TO)))
