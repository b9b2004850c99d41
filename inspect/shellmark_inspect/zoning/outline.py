"""The shell's outline, from many good shells: what most of them call shell, once they lie on the reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.measure import find_contours

from shellmark_inspect.errors import CameraError, InputError, StepError
from shellmark_inspect.recipe import Point, Recipe, ViewSpec
from shellmark_inspect.sets import SetCase
from shellmark_inspect.steps import build_steps
from shellmark_inspect.steps.moving import resizing, shrunk, smaller
from shellmark_inspect.steps.shell_mask import ShellMaskParameters, silhouette
from shellmark_inspect.teaching.goods import case_frames
from shellmark_inspect.types import Mask, Matrix, Pixels, View, project

from .backdrop import before_mask
from .plan import rounded

ENOUGH = 20
"""Good shells an outline is wanted of (issue: "found automatically from 20 good shells")."""
LEAST = 3
"""Good shells without which there is nothing to vote."""
ALIKE = 0.9
"""A shell that shares less of its outline with the others (intersection over union) is another one, or badly seen."""
FINE_PX_PER_MM = 4.0
"""The shells are found at least so finely: it is done once, not in every view."""
CORNER_MM = 0.15
"""How far the polygon may be from the outline that was found."""


@dataclass(frozen=True, slots=True)
class FoundOutline:
    """An outline: the polygon in mm on the reference view, and how sure it is.

    `cases` had a say; `refused` are those that had none, each with its reason. `spread_mm` is how far from it the
    outline of nine in ten of their points lies. `remarks` are what a person should know.
    """

    polygon_mm: tuple[Point, ...]
    cases: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    spread_mm: float
    remarks: tuple[str, ...] = field(default=())


def find_outline(
    recipe: Recipe,
    spec: ViewSpec,
    cases: Sequence[SetCase],
    *,
    asked: Callable[[], None] = lambda: None,
    advance: Callable[[int], None] = lambda _done: None,
) -> FoundOutline:
    """The shell's outline in a view, from good cases brought where the recipe's mask is made.

    Each case's shell is found as the step shell_mask finds it (its own parameters where the recipe has the step); a
    pixel is shell where more than half of the cases say so. `asked` is called before each case and may raise;
    `advance` is told how many are done.

    Raises:
        InputError: too few cases show a shell.
    """
    steps, p = build_steps(spec, recipe.folder), _parameters(spec)
    found: list[tuple[str, Mask]] = []
    refused: list[tuple[str, str]] = []
    place: tuple[tuple[int, int], Matrix] | None = None
    for done, case in enumerate(cases):
        asked()
        try:
            view = before_mask(spec, steps, case_frames(spec, case))
            mask = _shell(view, p)
        except (CameraError, InputError, StepError) as e:
            refused.append((case.name, str(e)))
        else:
            if place is None:
                place = (view.size, view.to_mm)
            if found and mask.shape != found[0][1].shape:
                refused.append((case.name, "its pictures have another size than the first's"))
            else:
                found.append((case.name, mask))
        advance(done + 1)
    return _vote(spec, found, refused, place)


def _parameters(spec: ViewSpec) -> ShellMaskParameters:
    """How the shell is found: as the recipe's own step says, else by what is unlike the border."""
    own = next((step.parameters for step in spec.steps if step.step == "shell_mask"), {})
    return ShellMaskParameters.model_validate(own | {"outline": "found"})


def _shell(view: View, p: ShellMaskParameters) -> Mask:
    size = smaller(view.size, max(p.search_px_per_mm, FINE_PX_PER_MM) / view.px_per_mm)
    names = [p.light] if p.light in view.planes else list(view.planes)
    planes = [cast(Pixels, shrunk(view.planes[name], size)) for name in names if name]
    valid = None if view.shell is None else shrunk(view.shell.view(np.uint8), size).astype(np.bool_)
    close_px = p.close_mm * view.px_per_mm * size[0] / view.size[0]
    mask = silhouette(planes, p.by, close_px, valid)
    if (share := float(mask.mean())) < p.least_share:
        raise StepError(
            f"no shell found: the largest part covers {share:.1%} of the view, {p.least_share:.0%} is the least"
        )
    return mask


def _vote(
    spec: ViewSpec,
    found: list[tuple[str, Mask]],
    refused: list[tuple[str, str]],
    place: tuple[tuple[int, int], Matrix] | None,
) -> FoundOutline:
    if place is None or len(found) < LEAST:
        why = f": {refused[0][0]}: {refused[0][1]}" if refused else ""
        raise InputError(
            f"view {spec.name}: a shell was found in {len(found)} good cases, {LEAST} is the least and {ENOUGH} are "
            f"wanted{why}"
        )
    most = _shares(found) > 0.5
    kept = [one for one in found if _overlap(one[1], most) >= ALIKE]
    if len(kept) < LEAST:
        raise InputError(f"view {spec.name}: the shells of the good cases have no outline in common: align them first")
    names = {name for name, _ in kept}
    refused += [(name, "its outline is unlike the others'") for name, _ in found if name not in names]
    shares = _shares(kept)
    size, to_mm = place
    to_mm = to_mm @ resizing(size, (shares.shape[0], shares.shape[1]))
    line = _longest(shares)
    px_per_mm = 1 / float(np.sqrt(abs(np.linalg.det(to_mm[:2, :2]))))
    polygon = cv2.approxPolyDP(line.astype(np.float32)[:, None], CORNER_MM * px_per_mm, True)[:, 0]
    spread = _spread_px([mask for _, mask in kept], line) / px_per_mm
    return FoundOutline(
        rounded(project(to_mm, polygon.astype(np.float64))),
        tuple(name for name, _ in kept),
        tuple(refused),
        spread,
        tuple(_remarks(spec, len(kept), shares)),
    )


def _shares(found: Sequence[tuple[str, Mask]]) -> NDArray[np.float32]:
    """The share of the cases that call each pixel shell."""
    return np.asarray(np.mean([mask for _, mask in found], axis=0, dtype=np.float32), np.float32)


def _overlap(one: Mask, other: Mask) -> float:
    return float(int(np.count_nonzero(one & other)) / max(1, int(np.count_nonzero(one | other))))


def _longest(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    """The longest line (n, 2) of x, y along which half of the cases see shell; a view's border closes it."""
    # a vote of few masks is a staircase: a blur of half a pixel's width makes its height between two pixels tell
    smooth = np.pad(cv2.GaussianBlur(shares, (0, 0), 1.0, borderType=cv2.BORDER_REPLICATE), 1)
    lines: list[NDArray[np.float64]] = find_contours(smooth, 0.5)  # type: ignore[no-untyped-call]
    return np.asarray(max(lines, key=len)[:-1, ::-1] - 1, np.float64)


def _spread_px(masks: Sequence[Mask], line: NDArray[np.float64]) -> float:
    """How far nine in ten points of the masks' own rims lie from a line at most."""
    away = np.ones(masks[0].shape, np.uint8)
    cv2.polylines(away, [np.round(line).astype(np.int32)], True, 0)
    far = cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    rims = [cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0 for mask in masks]
    return float(np.percentile(np.concatenate([far[rim] for rim in rims]), 90))


def _remarks(spec: ViewSpec, count: int, shares: NDArray[np.float32]) -> list[str]:
    said = []
    if count < ENOUGH:
        said.append(f"{count} good shells had a say, {ENOUGH} are wanted: add some and find the outline anew")
    if not any(step.step == "align" for step in spec.steps):
        said.append("the view has no align step: the outline holds only as exactly as the shells are put down")
    rim = np.concatenate([shares[0], shares[-1], shares[:, 0], shares[:, -1]])
    if float(np.mean(rim > 0.5)) > 0.02:
        said.append("the shell reaches the view's border: there the outline is the border")
    return said
