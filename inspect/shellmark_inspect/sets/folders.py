"""Sets that are folders of pictures: which files make a case, whether it is good, and where its mask is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from shellmark_inspect.errors import InputError

from .cases import ONE, Kind, SetCase, Split

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"})
"""The endings of files that are pictures, in small letters; others are not looked at."""
GOOD_NAMES = frozenset({"good", "goods", "normal", "ok"})
"""What a folder of good cases may be called, in small letters."""
MASK = "mask"
_MOST_LIGHTS = 64
_LIGHT = re.compile(r"[A-Za-z][A-Za-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class Stills:
    """The files of one case below a folder: its path relative to that folder (without suffix), files, and own mask."""

    place: Path
    files: Mapping[str, Path]
    mask: Path | None = None


def natural(name: str) -> list[tuple[int, str]]:
    """Sorts 2 before 10; the name itself decides between a1 and A1."""
    parts = [(int(part), "") if part.isdigit() else (-1, part.casefold()) for part in re.split(r"(\d+)", name)]
    return [*parts, (-2, name)]


def is_picture(path: Path) -> bool:
    """Whether a file's ending is a picture's and its name is not hidden."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def subfolders(folder: Path) -> list[Path]:
    """The folders in a folder, in natural order, hidden ones left out."""
    found = (child for child in folder.iterdir() if child.is_dir() and not child.name.startswith("."))
    return sorted(found, key=lambda child: natural(child.name))


def child_named(folder: Path, name: str) -> Path | None:
    """The folder in `folder` of that name in whatever case, or None."""
    return next((child for child in subfolders(folder) if child.name.lower() == name), None)


def stills_below(folder: Path) -> Iterator[Stills]:
    """Every case below a folder, in natural order.

    A picture is a case of its own, but a sub-folder whose pictures are all called <view>_<light> is one case of several
    lights (and `<view>_mask` in it is the case's mask).
    """
    for place, below, names in os.walk(folder, followlinks=True):
        below[:] = sorted((name for name in below if not name.startswith(".")), key=natural)
        files = [Path(place) / name for name in sorted(names, key=natural) if is_picture(Path(name))]
        here = Path(place).relative_to(folder)
        if Path(place) != folder and _is_one_case(files):
            masks = [file for file in files if _light_of(file) == MASK]
            shown = {file.stem: file for file in files if file not in masks}
            yield Stills(here, shown, masks[0] if masks else None)
        else:
            yield from (Stills(here / file.name, {ONE: file}) for file in files)


def _light_of(file: Path) -> str:
    return file.stem.rpartition("_")[2].lower()


def is_one_case(folder: Path) -> bool:
    """Whether the pictures lying in a folder are the lights of one case."""
    return _is_one_case([file for file in folder.iterdir() if is_picture(file)])


def _is_one_case(files: list[Path]) -> bool:
    stems = [file.stem for file in files]
    named = all(re.fullmatch(rf".+_({_LIGHT.pattern})", stem) for stem in stems)
    return 1 < len(set(stems)) == len(stems) <= _MOST_LIGHTS and named


def cases_of(folder: Path, below: Path, split: Split, kind: Kind, label: str | None) -> list[SetCase]:
    """The cases of one class: what lies below `below`, named by the path from the set's `folder`."""
    return [
        SetCase((below / still.place).relative_to(folder).as_posix(), still.files, kind, label, still.mask, split=split)
        for still in stills_below(below)
    ]


class Masks:
    """The masks below a class's folder, by the path of the picture they belong to."""

    def __init__(self, folder: Path | None) -> None:
        self._by_place: dict[str, Path] = {}
        for file in _pictures(folder) if folder is not None and folder.is_dir() else ():
            self._by_place.setdefault(file.relative_to(folder or file).with_suffix("").as_posix().lower(), file)

    def __bool__(self) -> bool:
        return bool(self._by_place)

    def of(self, place: Path, suffix: bool) -> Path | None:
        """The mask of a picture: x_mask.*, x.*, x_gt.* beside or in the same sub-folder; None without one."""
        stem = (place.with_suffix("") if suffix else place).as_posix().lower()
        return next((self._by_place[stem + end] for end in ("_mask", "", "_gt") if stem + end in self._by_place), None)


def _pictures(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder, followlinks=True):
        yield from (Path(place) / name for name in sorted(names) if is_picture(Path(name)))


def class_folders(classes: list[Path], split: Split, root: Path, truth: Path | None) -> list[SetCase]:
    """The cases of folders of one class each (good ones and defects), masks from `truth` or its folder of that class.

    Raises:
        InputError: a class has no picture.
    """
    cases: list[SetCase] = []
    for below in classes:
        good = below.name.lower() in GOOD_NAMES
        found = cases_of(root, below, split, "good" if good else "defect", None if good else below.name)
        if not found:
            raise InputError(f"class {below.name} of {root} has no picture: put some there or remove folder {below}")
        own = truth and (child_named(truth, below.name.lower()) or truth)
        cases += found if good else with_masks(found, below, root, Masks(own))
    return cases


def with_masks(cases: list[SetCase], below: Path, root: Path, masks: Masks) -> list[SetCase]:
    """The cases with the masks that belong to them."""
    if not masks:
        return cases
    return [_with_mask(case, (root / case.name).relative_to(below), masks) for case in cases]


def _with_mask(case: SetCase, place: Path, masks: Masks) -> SetCase:
    mask = case.mask or masks.of(place, suffix=ONE in case.files)
    return SetCase(case.name, case.files, case.kind, case.label, mask, split=case.split)
