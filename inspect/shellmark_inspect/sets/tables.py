"""Sets that a table describes: the manifest of the sample images, or an index.csv with groups."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import first_fault

from .cases import ONE, Kind, KnownDefect, SetCase, Split
from .folders import GOOD_NAMES, is_picture

_SPLITS: Mapping[str, Split] = {"learn": "train", "train": "train", "test": "test", "": "test"}
"""What a table may call a split; cases of any other are left out."""


class _Defect(BaseModel):
    label: str
    length_mm: float | None = None
    diameter_mm: float | None = None
    times_limit: float | None = None
    mask_value: int | None = None


class _Row(BaseModel):
    case: str = Field(min_length=1)
    frames: dict[str, dict[str, str]] = Field(min_length=1)
    split: str = ""
    sku: str = ""
    kind: Kind
    group: str | None = None
    mask: str | None = None
    defects: list[_Defect] = []


class _Manifest(BaseModel):
    cases: list[_Row]
    images: str = ""


def manifest_cases(path: Path) -> tuple[list[SetCase], list[str]]:
    """The cases of a manifest, and what of it was left out.

    Raises:
        InputError: it cannot be read.
    """
    try:
        manifest = _Manifest.model_validate(json.loads(path.read_text("utf-8-sig")))
    except (OSError, ValueError) as e:
        why = first_fault(e) if isinstance(e, ValidationError) else getattr(e, "strerror", None) or e
        raise InputError(f"manifest {path} cannot be read: {why}: mend it, see docs/benchmarking.md") from e
    rows = manifest.cases
    taken = [row for row in rows if row.split in _SPLITS]
    others = sorted({row.split for row in rows} - set(_SPLITS))
    said = [f"all images are {manifest.images}"] if manifest.images else []
    said += [f"{len(rows) - len(taken)} cases of split {', '.join(others)} are left out"] if others else []
    return [_manifest_case(path.parent, row) for row in taken], said


def _manifest_case(folder: Path, row: _Row) -> SetCase:
    files = {f"{view}_{light}": folder / file for view, lights in row.frames.items() for light, file in lights.items()}
    defects = tuple(KnownDefect(**defect.model_dump()) for defect in row.defects)
    worst = max(defects, key=lambda one: one.times_limit or 0.0, default=None)
    label = None if row.kind == "good" else worst.label if worst else "defect"
    mask = folder / row.mask if row.mask else None
    return SetCase(row.case, files, row.kind, label, mask, row.group, _SPLITS[row.split], row.sku, defects)


def index_cases(path: Path) -> list[SetCase]:
    """The cases of an index.csv: columns name and label, and split, mask_px and group where they are known.

    Pictures lie in `images/` (or beside the table), masks in `masks/`, both by the row's name with any suffix.

    Raises:
        InputError: it cannot be read, or a picture is missing.
    """
    try:
        reader = csv.DictReader(path.read_text("utf-8-sig").splitlines(), strict=True)
        rows = list(reader)
    except (OSError, ValueError, csv.Error) as e:
        raise InputError(f"index {path} cannot be read: {getattr(e, 'strerror', None) or e}: mend it") from e
    columns = tuple(reader.fieldnames or ())
    if missing := [column for column in ("name", "label") if column not in columns]:
        raise InputError(f"index {path} has no column {missing[0]}: it needs name and label, see docs/benchmarking.md")
    group = next((column for column in columns if column == "group" or column.endswith("_group")), None)
    images = _by_name(path.parent / "images") or _by_name(path.parent)
    masks = _by_name(path.parent / "masks")
    return [_index_case(path, row, images, masks, group) for row in rows]


def _by_name(folder: Path) -> dict[str, Path]:
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [file for file in files if is_picture(file)]
    return {file.stem: file for file in found} | {file.name: file for file in found}


def _index_case(
    path: Path, row: Mapping[str, str], images: Mapping[str, Path], masks: Mapping[str, Path], group: str | None
) -> SetCase:
    name, label = row["name"], (row["label"] or "").strip()
    if name not in images:
        raise InputError(
            f"index {path}: picture {name} is not in {path.parent / 'images'}: put it there or drop its row"
        )
    if not label:
        raise InputError(f"index {path}: {name} has no label: say good or the defect's class")
    kind: Kind = "good" if label.lower() in GOOD_NAMES else "defect"
    split = _SPLITS.get((row.get("split") or "").strip().lower(), "test")
    mask = masks.get(Path(name).stem) if kind == "defect" else None
    area = float(row["mask_px"]) if kind == "defect" and _is_number(row.get("mask_px")) else None
    return SetCase(
        name,
        {ONE: images[name]},
        kind,
        None if kind == "good" else label,
        mask,
        (row.get(group) or None) if group else None,
        split,
        area_px=area,
    )


def _is_number(text: str | None) -> bool:
    try:
        return text is not None and float(text) > 0
    except ValueError:
        return False
