"""Defects that people marked: crops with a name to learn, and shells the model passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from shellmark_inspect.cameras import read_still
from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.sets import GOOD_NAMES, SetCase, read_set
from shellmark_inspect.sets.folders import class_folders, is_picture, subfolders
from shellmark_inspect.steps import frame_in_view
from shellmark_inspect.types import Mask, Pixels
from shellmark_models import Crop, LabelledCrop, MissedCase

from .goods import Prepared, Shot

_TRUTHS = frozenset({"ground_truth", "masks", "mask", "gt"})
_SETS = frozenset({"train", "test", *GOOD_NAMES})
_LEAST_SHARE = 0.1
"""Of the largest region of a mask: what is smaller is a crumb of it."""
_LEAST_SIDE_PX = 96


def marked_cases(place: Path) -> tuple[SetCase, ...]:
    """The defects of a set, or of a folder of class folders, or of pictures with <name>_mask beside each.

    Raises:
        InputError: there is no such place, or no defect in it.
    """
    if not place.exists():
        raise InputError(f"{place} is missing: give a folder of marked defects or a manifest")
    if place.is_file() or _is_set(place):
        cases: Iterable[SetCase] = [case for case in read_set(place).cases if case.kind == "defect"]
    else:
        truth = next((child for child in subfolders(place) if child.name.lower() in _TRUTHS), None)
        classes = [child for child in subfolders(place) if child != truth]
        cases = [*_pairs(place), *(class_folders(classes, "train", place, truth) if classes else ())]
    if not cases:
        raise InputError(f"{place} holds no marked defect: class folders, or NAME.png with NAME_mask.png beside it")
    return tuple(cases)


def _is_set(place: Path) -> bool:
    tables = any((place / name).is_file() for name in ("manifest.json", "index.csv"))
    return tables or any(child.name.lower() in _SETS for child in subfolders(place))


def _pairs(place: Path) -> Iterator[SetCase]:
    files = {file.stem: file for file in sorted(place.iterdir()) if is_picture(file)}
    for stem, file in files.items():
        if not stem.endswith("_mask"):
            yield SetCase(file.name, {"": file}, "defect", None, files.get(f"{stem}_mask"), split="train")


def labelled_crops(prepared: Prepared, cases: Sequence[SetCase], asked: Callable[[], None]) -> Iterator[LabelledCrop]:
    """The named regions of cases: each marked defect, or the whole picture where nothing is marked.

    Raises:
        InputError: a case has no name, or a mask cannot be read or is of another size than its picture.
        CameraError: a picture cannot be read.
        StepError: a step of the recipe failed on it.
    """
    for case in cases:
        asked()
        if case.label is None:
            raise InputError(f"case {case.name} has no class: put it into a folder of that name")
        if case.mask is None:
            yield LabelledCrop(case.label, _whole(prepared, case))
            continue
        shot = _marked_shot(prepared, case, case.mask)
        seen = (shot.image, prepared.good(shot.spec), shot.colour, prepared.good_colour(shot.spec))
        for label, mask in _regions(case, _moved(case.mask, shot)):
            yield LabelledCrop(label, cut(mask, shot.view.px_per_mm, *seen))


def missed_cases(prepared: Prepared, cases: Sequence[SetCase], asked: Callable[[], None]) -> Iterator[MissedCase]:
    """The cases with where their defects are in the views; raises as `labelled_crops`, and for one without a mask."""
    for case in cases:
        asked()
        if case.mask is None:
            raise InputError(f"case {case.name} has no mask: draw {case.name}_mask.png, white where the defect is")
        shots = prepared.shots(case)
        marked = _name_of_marked(prepared.recipe, case.mask)
        defects = [
            _moved(case.mask, shot) > 0 if shot.spec.name == marked else np.zeros(shot.view.size, np.bool_)
            for shot in shots
        ]
        if not any(defect.any() for defect in defects):
            raise InputError(f"mask {case.mask} marks nothing in the picture: draw the defect in white")
        yield MissedCase(case.name, [shot.image for shot in shots], defects)


def known_defects(recipe: Recipe, manifest: Path, asked: Callable[[], None]) -> Iterator[LabelledCrop]:
    """The labelled defects of a manifest's learn split: of this SKU, and of all whose recipe beside it sees the same.

    A scratch is a scratch on any shell, so few crops a SKU make many a class; what this SKU cannot have (a flaw of a
    print it does not wear) is left out.
    """
    learn = [case for case in read_set(manifest).cases if case.split == "train" and case.kind == "defect"]
    labels = {defect.label for case in learn if case.sku == recipe.sku for defect in case.defects}
    for sku in dict.fromkeys(case.sku for case in learn):
        theirs = recipe if sku == recipe.sku else _recipe_beside(manifest, sku)
        if theirs is not None and theirs.views[0].channels == recipe.views[0].channels:
            cases = [case for case in learn if case.sku == sku and case.mask is not None]
            crops = labelled_crops(Prepared(theirs), cases, asked)
            yield from (crop for crop in crops if crop.label in labels)


def _recipe_beside(manifest: Path, sku: str) -> Recipe | None:
    folder = (manifest if manifest.is_dir() else manifest.parent) / sku
    return Recipe.read(folder) if sku and (folder / "recipe.toml").is_file() else None


def _whole(prepared: Prepared, case: SetCase) -> Crop:
    spec = prepared.recipe.views[0]
    if len(spec.channels) != 1:
        raise InputError(
            f"case {case.name} has no mask and the recipe sees {len(spec.channels)} lights: mark the defect"
        )
    pixels = read_still(case.file_of(spec.name, spec.channels[0]))
    image = pixels if pixels.ndim == 3 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)
    return Crop(image, np.ones(image.shape[:2], np.bool_), spec.px_per_mm)


def _name_of_marked(recipe: Recipe, mask: Path) -> str:
    """The view a mask is of: the one its name begins with, else the first."""
    named = mask.stem.rpartition("_")[0]
    return named if named in {view.name for view in recipe.views} else recipe.views[0].name


def _marked_shot(prepared: Prepared, case: SetCase, mask: Path) -> Shot:
    name = _name_of_marked(prepared.recipe, mask)
    return next(shot for shot in prepared.shots(case) if shot.spec.name == name)


def _moved(path: Path, shot: Shot) -> Pixels:
    """A mask of the frame's pixels in the pixels of the view."""
    data = np.frombuffer(path.read_bytes(), np.uint8) if path.is_file() else np.empty(0, np.uint8)
    drawn = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
    if drawn is None:
        raise InputError(f"mask {path} cannot be read: put it back or take its case out")
    height, width = shot.frame_px
    if drawn.shape != (height, width):
        raise InputError(
            f"mask {path} is {drawn.shape[1]}x{drawn.shape[0]}, its picture {width}x{height}: draw it anew"
        )
    return frame_in_view(np.asarray(drawn, np.uint8), shot.view)


def _regions(case: SetCase, drawn: Pixels) -> Iterator[tuple[str, Mask]]:
    valued = [defect for defect in case.defects if defect.mask_value is not None]
    if valued:
        named = ((defect.label, drawn == defect.mask_value) for defect in valued)
        yield from ((label, mask) for label, mask in named if mask.any())
        return
    count, parts, stats, _ = cv2.connectedComponentsWithStats((drawn > 0).astype(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]
    for number in range(1, count):
        if areas[number - 1] >= _LEAST_SHARE * areas.max():
            yield case.label or "", np.asarray(parts == number)


def cut(
    mask: Mask,
    px_per_mm: float,
    image: Pixels,
    good: Pixels | None,
    colour: Pixels | None = None,
    good_colour: Pixels | None = None,
) -> Crop:
    """The region with as much round it as the judge cuts: twice its own size, at least 96 px, inside the view."""
    ys, xs = np.nonzero(mask)
    box = []
    for low, high, most in ((ys.min(), ys.max(), mask.shape[0]), (xs.min(), xs.max(), mask.shape[1])):
        side = int(min(max(2 * (high - low + 1), _LEAST_SIDE_PX), most))
        start = int(np.clip((low + high) // 2 - side // 2, 0, most - side))
        box.append(slice(start, start + side))
    part = (box[0], box[1])
    like, tint, like_tint = (
        None if each is None else np.ascontiguousarray(each[part]) for each in (good, colour, good_colour)
    )
    return Crop(
        np.ascontiguousarray(image[part]),
        np.ascontiguousarray(mask[part]),
        px_per_mm,
        like,
        colour=tint,
        good_colour=None if tint is None else like_tint,
    )
