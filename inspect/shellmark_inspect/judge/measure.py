"""From regions of a view to measured defects that only lack a name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.recipe import JudgeSpec
from shellmark_inspect.types import Defect, Mask, Pixels, View

from .contrast import Standout, standouts
from .outline import sharper
from .parts import bridged, hull, links, parts_of, together
from .regions import Region
from .shape import Shape, shape_of
from .zones import zone_of

Box = tuple[int, int, int, int]
Cut = TypeVar("Cut", np.uint8, np.bool_)

BLUR_PX = 8
"""How far an anomaly map's edge may lie from the defect's: the usual stride of a model."""
AROUND_MM = 3.0
LEAST_AROUND_PX = 16
REACH_MM = 0.5
LEAST_CROP_PX = 96
MOST_CROP_PX = 2048
MOST_REFINED = 100
MOST_REGIONS = 300
MOST_BOX_PX = 1_000_000
MOST_SHARPENED, MOST_SHARPENED_PX = 30, 200_000
"""Half a pixel is nothing to what is larger."""
BESIDE = 0.3
"""How far a dent's bright slope lies from its dark one, in roots of its area; a burn's rim lies around its core."""
PIXEL_SHARE, PIXEL_CAP = 0.12, 8.0
"""What is weaker than this share of the strongest (at most that many noise deviations) is no part of the defect."""
PART_SHARE, PART_CAP = 0.4, 30.0
"""The same for the strongest pixel of a part. All four: measured on rendered cases to learn from, not on test cases."""
EXPLAINED = 0.4
"""The share of a region that must lie by what stands out; else the region itself is the defect."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A defect without a name.

    `box_px` is the crop's (x, y, width, height) in the view, `mask` (height, width) the defect's own pixels in it,
    `crop` the pixels of the light it shows best in, (height, width, 3) BGR. `refined` is False when nothing stood out
    in the pixels and the size is the anomaly's own, which its uncertainty says. The other fields are those of
    `Defect`.
    """

    view: str
    zone: str
    score: float
    centre_mm: tuple[float, float]
    length_mm: float
    width_mm: float
    diameter_mm: float
    area_mm2: float
    uncertainty_mm: float
    light: str
    contour_px: NDArray[np.float64]
    box_px: Box
    mask: Mask
    crop: Pixels
    crop_px_per_mm: float
    refined: bool

    def named(self, label: str, label_score: float, may_be: tuple[str, ...] = ()) -> Defect:
        """The defect with its class, and the other classes it could well be of."""
        return Defect(
            view=self.view,
            zone=self.zone,
            label=label,
            label_score=label_score,
            score=self.score,
            centre_mm=self.centre_mm,
            length_mm=self.length_mm,
            width_mm=self.width_mm,
            diameter_mm=self.diameter_mm,
            area_mm2=self.area_mm2,
            uncertainty_mm=self.uncertainty_mm,
            light=self.light,
            contour_px=self.contour_px,
            crop=self.crop,
            crop_px_per_mm=self.crop_px_per_mm,
            may_be=may_be,
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """A defect's pixels in a box of the view; `linked` is the mask with its parts joined."""

    box: Box
    mask: Mask
    linked: Mask
    score: float
    light: str
    refined: bool


def measure(
    view: View, regions: Sequence[Region], spec: JudgeSpec, good: Mapping[str, Pixels] | None = None
) -> list[Measured]:
    """Measure the regions of a view on its own pixels, through its maps; the highest score first.

    `good` are the planes of a good shell in the same pixels (the reference after the same steps): with them ribs,
    prints and highlights do not count; None when there are none, or for lights that have none.

    A region can turn out to be several defects, and several regions one; what comes after the first few hundred
    regions is taken together as one large defect, since no shell with so many is good. What is smaller than
    `spec.smallest_mm` is dropped.

    Raises:
        ValueError: a plane of the good shell is not of the view's size.
    """
    good = good or {}
    for light in good.keys() & view.planes.keys():
        if good[light].shape != view.planes[light].shape:
            raise ValueError(f"the good shell's {light} is {good[light].shape}, the view's {view.planes[light].shape}")
    found: list[_Found] = []
    for region in regions[:MOST_REFINED]:
        found += _refined(view, region, regions, spec, good)
    found += [_as_it_is(view, region) for region in regions[MOST_REFINED:MOST_REGIONS]]
    if len(regions) > MOST_REGIONS:
        found.append(_all_as_one(view, regions[MOST_REGIONS:]))
    joined = _joined(found)
    sharp = [_sharpened(view, one, regions, good) for one in joined[:MOST_SHARPENED]]
    measured = [_measured(view, one, spec) for one in (*sharp, *joined[MOST_SHARPENED:])]
    large = [one for one in measured if not one.length_mm < spec.smallest_mm]  # what is no number is kept
    return sorted(large, key=lambda one: (-one.score, one.centre_mm))


def measured_as_found(view: View, regions: Sequence[Region], channel: str, spec: JudgeSpec) -> list[Measured]:
    """Measure regions that a channel (or a light) found as they are; what is below `spec.smallest_mm` is dropped."""
    found = [_Found(one.box_px, one.mask, one.mask, one.peak, channel, refined=True) for one in regions]
    return [one for one in (_measured(view, each, spec) for each in found) if not one.length_mm < spec.smallest_mm]


def _as_it_is(view: View, region: Region) -> _Found:
    return _Found(region.box_px, region.mask, region.mask, region.peak, next(iter(view.planes)), refined=False)


def _all_as_one(view: View, regions: Sequence[Region]) -> _Found:
    box = regions[0].box_px
    for region in regions:
        box = _union_box(box, region.box_px)
    mask = np.zeros((box[3], box[2]), np.bool_)
    for region in regions:
        x, y, w, h = region.box_px
        mask[y - box[1] : y - box[1] + h, x - box[0] : x - box[0] + w] |= region.mask
    return _Found(box, mask, mask, regions[0].peak, next(iter(view.planes)), refined=False)


def _refined(
    view: View, region: Region, regions: Sequence[Region], spec: JudgeSpec, good: Mapping[str, Pixels]
) -> list[_Found]:
    """What stands out of the pixels in and next to a region; the region as it is when that does not explain it."""
    px_per_mm = view.px_per_mm
    box = _grown(region.box_px, max(LEAST_AROUND_PX, round(AROUND_MM * px_per_mm)) + BLUR_PX, view.size)
    if box[2] * box[3] > MOST_BOX_PX:
        return [_as_it_is(view, region)]
    core = _placed(region.mask, region.box_px, box)
    near = _dilated(core, BLUR_PX)
    around = ~_dilated(_all_regions(regions, box), BLUR_PX)
    if view.shell is not None:
        around &= _cut(view.shell, box)
    planes = {light: _cut(pixels, box) for light, pixels in view.planes.items()}
    like = {light: _cut(good[light], box) for light in planes if light in good}
    seen = standouts(planes, like, around, max(2, round(REACH_MM * px_per_mm)))
    # what stands out farther away than the map is blurred is another thing
    mask = _with_weaker(seen, np.logical_or.reduce([one.mask for one in seen]) & near, core)
    if view.shell is not None:
        mask &= _cut(view.shell, box)
    if (_dilated(mask, 2 * BLUR_PX) & core).sum() < EXPLAINED * core.sum():
        return [_as_it_is(view, region)]
    return _split(box, mask, seen, region.peak, spec.merge_mm * px_per_mm)


def _with_weaker(seen: Sequence[Standout], mask: Mask, core: Mask) -> Mask:
    """The strong parts of a mask, and those of what lies farther from them in the region than a map is blurred.

    A faint scratch beside a strong speck is a defect of its own; what is faint next to the speck is its halo.
    """
    strong = _strong(seen, mask)
    beyond = core & ~_dilated(strong, 2 * BLUR_PX)
    _, labels = cv2.connectedComponents((mask & ~strong).view(np.uint8), connectivity=8)
    weaker = np.unique(labels[beyond & (labels > 0)])
    if not strong.any() or not weaker.size:
        return strong
    return np.asarray(strong | _strong(seen, np.isin(labels, weaker)))


def _strong(seen: Sequence[Standout], mask: Mask) -> Mask:
    """The parts of a mask that are not far weaker than its strongest, as what is left of ribs and grain would be."""
    strength = np.maximum.reduce([np.abs(one.strength) for one in seen])
    peak = float(strength.max(initial=0.0, where=mask))
    mask = mask & (strength > min(PIXEL_SHARE * peak, PIXEL_CAP))
    _, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    strongest = np.unique(labels[mask & (strength > min(PART_SHARE * peak, PART_CAP))])
    return np.asarray(np.isin(labels, strongest) & mask)


def _split(box: Box, mask: Mask, seen: Sequence[Standout], score: float, merge_px: float) -> list[_Found]:
    parts = parts_of(mask)
    joints = links(parts)
    found = []
    for members in together(parts, joints, merge_px):
        whole = cast(Mask, np.logical_or.reduce([parts[i].mask for i in members]))
        light, bipolar = _best_light(seen, whole)
        if bipolar:
            whole = hull(whole)
            found.append(_Found(box, whole, whole, score, light, refined=True))
        else:
            found.append(_Found(box, whole, bridged(parts, joints, members), score, light, refined=True))
    return found


def _best_light(seen: Sequence[Standout], mask: Mask) -> tuple[str, bool]:
    """The light a mask shows best in, and whether any shows a bright and a dark slope: a dent, not two specks."""
    strengths = [float(np.abs(one.strength[mask]).clip(max=50).mean()) for one in seen]
    return seen[int(np.argmax(strengths))].light, any(_bipolar(one, mask) for one in seen)


def _bipolar(one: Standout, mask: Mask) -> bool:
    here = one.strength[mask & one.mask]
    if here.size < 8:
        return False
    if min((here > 0).mean(), (here < 0).mean()) <= 0.25:
        return False
    bright, dark = (np.argwhere(mask & one.mask & side).mean(0) for side in (one.strength > 0, one.strength < 0))
    return bool(np.hypot(*(bright - dark)) > BESIDE * math.sqrt(len(here)))


def _sharpened(view: View, found: _Found, regions: Sequence[Region], good: Mapping[str, Pixels]) -> _Found:
    """The same with an outline sharper than half a pixel, where the pixels give one."""
    if not found.refined or found.box[2] * found.box[3] > MOST_SHARPENED_PX:
        return found
    allowed = np.ones((found.box[3], found.box[2]), np.bool_) if view.shell is None else _cut(view.shell, found.box)
    around = allowed & ~_dilated(_all_regions(regions, found.box), BLUR_PX)
    planes = {light: _cut(pixels, found.box) for light, pixels in view.planes.items()}
    like = {light: _cut(good[light], found.box) for light in planes if light in good}
    rough = _all_regions(regions, found.box) & _dilated(found.mask, BLUR_PX)
    mask = sharper(planes, like, around, allowed, found.mask, rough)
    return found if mask is None or not mask.any() else replace(found, mask=mask, linked=mask)


def _joined(found: Sequence[_Found]) -> list[_Found]:
    """The same, with those that share pixels made one: a long scratch may be two regions."""
    joined: list[_Found] = []
    for one in found:
        mine = one
        apart = []
        for other in joined:
            if _share_pixels(mine, other):
                mine = _union(mine, other)
            else:
                apart.append(other)
        joined = [*apart, mine]
    return joined


def _share_pixels(one: _Found, other: _Found) -> bool:
    both = _union_box(one.box, other.box)
    if both[2] >= one.box[2] + other.box[2] or both[3] >= one.box[3] + other.box[3]:
        return False
    return bool((_placed(one.mask, one.box, both) & _placed(other.mask, other.box, both)).any())


def _union(one: _Found, other: _Found) -> _Found:
    box = _union_box(one.box, other.box)
    better = one if (one.refined, one.score) >= (other.refined, other.score) else other
    return replace(
        better,
        box=box,
        mask=_placed(one.mask, one.box, box) | _placed(other.mask, other.box, box),
        linked=_placed(one.linked, one.box, box) | _placed(other.linked, other.box, box),
        score=max(one.score, other.score),
        refined=one.refined and other.refined,
    )


def _measured(view: View, found: _Found, spec: JudgeSpec) -> Measured:
    x, y = found.box[:2]
    corner = np.array([x, y], np.float64)
    shape = shape_of(found.mask, found.linked, lambda points: view.on_shell(points + corner))
    crop_box = _crop_box(found, view.size)
    return Measured(
        view=view.name,
        zone=zone_of(view, found.box, found.mask),
        score=found.score,
        centre_mm=shape.centre_mm,
        length_mm=shape.length_mm,
        width_mm=shape.width_mm,
        diameter_mm=shape.diameter_mm,
        area_mm2=shape.area_mm2,
        uncertainty_mm=_uncertainty_mm(shape, found.refined, spec),
        light=found.light,
        contour_px=view.in_frame(_contour(found.linked) + corner),
        box_px=crop_box,
        mask=_placed(found.mask, found.box, crop_box),
        crop=_bgr(_cut({**view.planes, **view.channels}[found.light], crop_box)),
        crop_px_per_mm=1 / shape.px_mm,
        refined=found.refined,
    )


def _uncertainty_mm(shape: Shape, refined: bool, spec: JudgeSpec) -> float:
    blur = 0 if refined else 3 * BLUR_PX
    return (1 + blur) * shape.px_mm + spec.unsure_share * shape.length_mm


def _crop_box(found: _Found, size: tuple[int, int]) -> Box:
    """Twice the defect's own box, at least 96 px and at most 2048 px a side, shifted into the view.

    The middle of a defect larger than that is its pixel nearest to the middle of its box.
    """
    ys, xs = np.nonzero(found.mask)
    x, y = (xs.min() + xs.max()) / 2, (ys.min() + ys.max()) / 2
    if max(np.ptp(xs), np.ptp(ys)) >= MOST_CROP_PX:
        nearest = int(np.argmin((xs - x) ** 2 + (ys - y) ** 2))
        x, y = float(xs[nearest]), float(ys[nearest])
    middle = (found.box[0] + x, found.box[1] + y)
    extents = int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1
    sides = [
        min(max(2 * extent, LEAST_CROP_PX), MOST_CROP_PX, most)
        for extent, most in zip(extents, size[::-1], strict=True)
    ]
    corner = [
        int(np.clip(round(at - side / 2), 0, most - side))
        for at, side, most in zip(middle, sides, size[::-1], strict=True)
    ]
    return corner[0], corner[1], sides[0], sides[1]


def _contour(mask: Mask) -> NDArray[np.float64]:
    contours, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return max(contours, key=len)[:, 0].astype(np.float64)


def _bgr(pixels: Pixels) -> Pixels:
    return pixels.copy() if pixels.ndim == 3 else cast(Pixels, cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR))


def _all_regions(regions: Iterable[Region], box: Box) -> Mask:
    """Every region's pixels in a box, so that a neighbour is not taken for what is around."""
    canvas = np.zeros((box[3], box[2]), np.bool_)
    for region in regions:
        canvas |= _placed(region.mask, region.box_px, box)
    return canvas


def _cut(pixels: NDArray[Cut], box: Box) -> NDArray[Cut]:
    x, y, w, h = box
    return pixels[y : y + h, x : x + w]


def _placed(mask: Mask, box: Box, into: Box) -> Mask:
    """A mask in a box, in the pixels of another box; what lies outside is cut off."""
    canvas = np.zeros((into[3], into[2]), np.bool_)
    left, top = max(box[0], into[0]), max(box[1], into[1])
    right, bottom = min(box[0] + box[2], into[0] + into[2]), min(box[1] + box[3], into[1] + into[3])
    if right > left and bottom > top:
        part = mask[top - box[1] : bottom - box[1], left - box[0] : right - box[0]]
        canvas[top - into[1] : bottom - into[1], left - into[0] : right - into[0]] = part
    return canvas


def _union_box(one: Box, other: Box) -> Box:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right, bottom = max(one[0] + one[2], other[0] + other[2]), max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top


def _grown(box: Box, by: int, size: tuple[int, int]) -> Box:
    left, top = max(0, box[0] - by), max(0, box[1] - by)
    right, bottom = min(size[1], box[0] + box[2] + by), min(size[0], box[1] + box[3] + by)
    return left, top, right - left, bottom - top


def _dilated(mask: Mask, by: int) -> Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    return cast("NDArray[np.uint8]", cv2.dilate(mask.view(np.uint8), kernel)).view(np.bool_)
