"""Which kind of set a folder is, and its cases."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from shellmark_inspect.errors import InputError

from .cases import ImageSet, SetCase
from .check import twins
from .folders import (
    GOOD_NAMES,
    IMAGE_SUFFIXES,
    cases_of,
    child_named,
    class_folders,
    is_one_case,
    is_picture,
    subfolders,
)
from .tables import index_cases, manifest_cases

_TRUTHS = ("ground_truth", "masks", "mask", "gt")
"""What the folder of a set's masks may be called; the first is MVTec's."""


def read_set(folder: Path) -> ImageSet:
    """The image set at `folder`; its layout is told by what lies there.

    In this order: a manifest (the file, or `manifest.json` in the folder); an `index.csv` with `images/` and `masks/`;
    MVTec's layout (`train/good`, `test/good`, `test/<defect>`, `ground_truth/<defect>/*_mask.png`); class folders of
    which one is called good, normal or ok; a plain folder of good pictures. A case is one picture, or a sub-folder of
    <view>_<light> pictures. Pixels are not read here: `check_set` looks at them.

    Raises:
        InputError: there is no such place, no picture, no good one, a class without any, or two cases of one name.
    """
    if not folder.exists():
        raise InputError(f"set {folder} is missing: give a folder of pictures, a manifest or an index.csv")
    try:
        cases, remarks = _read(folder)
    except OSError as e:
        raise InputError(f"set {folder} cannot be read: {e.strerror or e}: check its rights") from e
    if not cases:
        raise InputError(f"set {folder} has no picture: put some ({', '.join(sorted(IMAGE_SUFFIXES))}) there")
    if not any(case.kind == "good" for case in cases):
        raise InputError(f"set {folder} has no good picture: put good ones into a folder called good")
    if doubled := [name for name, count in Counter(case.name for case in cases).items() if count > 1]:
        raise InputError(f"set {folder} names case {doubled[0]} twice: keep one of them")
    root = folder if folder.is_dir() else folder.parent
    name = root.resolve().name or "set"
    return ImageSet(name, root, tuple(cases), (*remarks, *_unmasked(cases), *twins(cases)))


def _read(folder: Path) -> tuple[list[SetCase], list[str]]:
    if folder.is_file():
        return _table(folder)
    for table in ("manifest.json", "index.csv"):
        if (folder / table).is_file():
            return _table(folder / table)
    truth = next((found for name in _TRUTHS if (found := child_named(folder, name))), None)
    if child_named(folder, "test") or child_named(folder, "train"):
        return _mvtec(folder, truth), []
    classes = [child for child in subfolders(folder) if child != truth]
    if any(child.name.lower() in GOOD_NAMES for child in classes):
        return class_folders(classes, "test", folder, truth), []
    if truth is not None:
        raise InputError(
            f"set {folder} has masks ({truth.name}) but no good picture: put good ones into a folder called good"
        )
    return _plain(folder, classes), []


def _table(path: Path) -> tuple[list[SetCase], list[str]]:
    if path.suffix.lower() == ".json":
        return manifest_cases(path)
    if path.suffix.lower() == ".csv":
        return index_cases(path), []
    raise InputError(f"set {path} is neither a folder nor a manifest (.json) nor an index (.csv): give one of them")


def _mvtec(folder: Path, truth: Path | None) -> list[SetCase]:
    cases: list[SetCase] = []
    if train := child_named(folder, "train"):
        classes = subfolders(train)
        if any(child.name.lower() in GOOD_NAMES for child in classes):
            cases += class_folders(classes, "train", folder, truth)
        else:
            cases += cases_of(folder, train, "train", "good", None)
        if not cases:
            raise InputError(f"set {folder} has no good picture in train/good: put some there or remove train")
    if test := child_named(folder, "test"):
        if loose := [file for file in test.iterdir() if is_picture(file)]:
            raise InputError(
                f"set {folder}: {loose[0].name} lies in test itself: put it into test/good or test/<defect>"
            )
        cases += class_folders(subfolders(test), "test", folder, truth)
    return cases


def _plain(folder: Path, classes: list[Path]) -> list[SetCase]:
    loose = any(is_picture(file) for file in folder.iterdir())
    if len(classes) > 1 and not loose and not all(is_one_case(child) for child in classes):
        names = ", ".join(child.name for child in classes[:5])
        raise InputError(
            f"set {folder} has no good picture: none of its folders ({names}) is called good: "
            f"rename the folder of goods, or give one of them"
        )
    return cases_of(folder, folder, "test", "good", None)


def _unmasked(cases: list[SetCase]) -> list[str]:
    defects = [case for case in cases if case.kind == "defect"]
    without = [case for case in defects if case.mask is None]
    if not without or len(without) == len(defects):
        return []
    return [f"{len(without)} of {len(defects)} defect cases have no mask (first {without[0].name}): no pixel figures"]
