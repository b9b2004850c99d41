"""Which stills make up which case: sub-folders, single files, or the rows of a manifest."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, ValidationError

from shellmark_inspect.errors import BadFrame, CameraLost
from shellmark_inspect.recipe import first_fault

from .stills import SUFFIXES

_ONE = ""


class CaseFilter(BaseModel):
    """Which rows of a manifest are served; what is not given is not asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    split: str | None = None
    sku: str | None = None
    kind: str | None = None

    def __str__(self) -> str:
        return "".join(f" of {key} {value}" for key, value in self.model_dump(exclude_none=True).items())

    def takes(self, row: Mapping[str, str]) -> bool:
        """Whether a row's own words are the ones asked for."""
        return all(row.get(key) == value for key, value in self.model_dump(exclude_none=True).items())


@dataclass(frozen=True, slots=True)
class StillCase:
    """One case's stills: its name, and its files by "<view>_<light>" (by "" where the one file is the only view's)."""

    name: str
    files: Mapping[str, tuple[Path, ...]]

    def file_of(self, view: str, light: str, of: int) -> Path:
        """The still of a view under a light, one of `of` lights.

        Raises:
            BadFrame: the case has no such still, or two.
        """
        if _ONE in self.files:
            if of > 1:
                raise BadFrame(
                    "case {case} is one file but view {view} has {of} lights: make it a folder of <view>_<light> files",
                    case=self.name,
                    view=view,
                    of=of,
                )
            return self.files[_ONE][0]
        wanted = f"{view}_{light}"
        found = self.files.get(wanted, ())
        if not found:
            raise BadFrame(
                "case {case} has no picture {wanted}: add it, or take light {light} out of the recipe",
                case=self.name,
                wanted=wanted,
                light=light,
            )
        if len(found) > 1:
            raise BadFrame(
                "case {case} has {wanted} twice ({files}): keep one",
                case=self.name,
                wanted=wanted,
                files=", ".join(p.name for p in found),
            )
        return found[0]


def list_cases(path: Path, wanted: CaseFilter | None = None) -> list[StillCase]:
    """The cases at `path`: a manifest (.json, .csv, or in a folder manifest.json), a folder of case folders or stills.

    A folder at any depth that holds stills is a case named by its relative path; stills lying in `path` itself are
    a case each. Folders are listed in natural order (2 before 10), manifests in their own.

    Raises:
        CameraLost: there is no such place, no case in it, or a manifest that cannot be read.
    """
    if not path.exists():
        raise CameraLost("folder {path} is missing: put it there or mend `path` of the camera", path=path)
    manifest = path / "manifest.json" if (path / "manifest.json").is_file() else path
    if manifest.is_file():
        cases = _manifest_cases(manifest, wanted or CaseFilter())
    elif wanted is not None:
        raise CameraLost("folder {path} has no manifest.json to filter by: drop `filter` of the camera", path=path)
    else:
        cases = list(_folder_cases(path))
    if not cases:
        raise CameraLost(
            "no case{wanted} in {path}: put stills ({kinds}) there or mend the camera",
            wanted=wanted or "",
            path=path,
            kinds=", ".join(sorted(SUFFIXES)),
        )
    return cases


def _folder_cases(root: Path) -> Iterator[StillCase]:
    for folder, below, names in os.walk(root):
        below.sort(key=_natural)
        files = [Path(folder) / name for name in sorted(names, key=_natural) if Path(name).suffix.lower() in SUFFIXES]
        if Path(folder) == root:
            yield from (StillCase(file.name, MappingProxyType({_ONE: (file,)})) for file in files)
        elif files:
            yield StillCase(Path(folder).relative_to(root).as_posix(), _by_stem(files))


def _by_stem(files: list[Path]) -> Mapping[str, tuple[Path, ...]]:
    stems: dict[str, tuple[Path, ...]] = {}
    for file in files:
        stems[file.stem] = (*stems.get(file.stem, ()), file)
    return MappingProxyType(stems)


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts 2 before 10; the name itself decides between a1 and A1."""
    parts = [(int(part), "") if part.isdigit() else (-1, part.casefold()) for part in re.split(r"(\d+)", name)]
    return [*parts, (-2, name)]


class _Row(BaseModel):
    case: str
    frames: dict[str, dict[str, str]]
    split: str = ""
    sku: str = ""
    kind: str = ""


class _Manifest(BaseModel):
    cases: list[_Row]


def _manifest_cases(path: Path, wanted: CaseFilter) -> list[StillCase]:
    try:
        text = path.read_text("utf-8-sig")
        rows = _csv_rows(text) if path.suffix.lower() == ".csv" else _Manifest.model_validate(json.loads(text)).cases
    except (OSError, ValueError, csv.Error) as e:
        why = first_fault(e) if isinstance(e, ValidationError) else e
        raise CameraLost("manifest {path} cannot be read: {why}", path=path, why=why) from e
    return [StillCase(row.case, _row_files(path.parent, row)) for row in rows if wanted.takes(row.model_dump())]


def _row_files(folder: Path, row: _Row) -> Mapping[str, tuple[Path, ...]]:
    return MappingProxyType(
        {f"{view}_{light}": (folder / file,) for view, lights in row.frames.items() for light, file in lights.items()}
    )


def _csv_rows(text: str) -> list[_Row]:
    """One line per still: columns case, view, light, path, and split, sku, kind where they are to be filtered by."""
    reader = csv.DictReader(text.splitlines(), strict=True)
    if missing := [column for column in ("case", "view", "light", "path") if column not in (reader.fieldnames or ())]:
        raise ValueError(f"column {missing[0]} is missing")
    frames: defaultdict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    words: dict[str, dict[str, str]] = {}
    for line in reader:
        if None in line.values():
            raise ValueError(f"line {reader.line_num} is too short")
        frames[line["case"]][line["view"]][line["light"]] = line["path"]
        words.setdefault(line["case"], {key: line[key] for key in ("split", "sku", "kind") if key in line})
    return [_Row(case=case, frames=dict(views), **words[case]) for case, views in frames.items()]
