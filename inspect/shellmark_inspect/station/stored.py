"""Cases that are on the disk, as the frames the station would have had of them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shellmark_inspect.cameras.stills import read_still
from shellmark_inspect.errors import CameraError, InputError
from shellmark_inspect.recipe import Recipe, ViewSpec
from shellmark_inspect.said import said_by
from shellmark_inspect.sets import SetCase, read_set
from shellmark_inspect.types import Frame, Frames, Reason, ReasonCode, Record, Trigger

_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class StoredCase:
    """One case from the disk: its name, its frames by view, and what was wrong with them.

    `row` is the record's, None where the case is from a folder.
    """

    name: str
    frames: Frames
    faults: tuple[Reason, ...] = ()
    row: int | None = None

    def trigger(self, number: int) -> Trigger:
        """A trigger to inspect it under."""
        return Trigger(number, time.monotonic_ns(), self.name, named=True)


def folder_cases(recipe: Recipe, folder: Path) -> Iterator[StoredCase]:
    """The cases of an image set to be judged, one after the other; a picture that cannot be read is a fault.

    Raises:
        InputError: the folder is no image set.
    """
    for case in read_set(folder).to_judge:
        yield set_case(recipe, case)


def set_case(recipe: Recipe, case: SetCase) -> StoredCase:
    """The frames of a case of an image set."""
    frames: dict[str, list[Frame]] = {}
    faults: list[Reason] = []
    for view in recipe.views:
        try:
            paths = [case.file_of(view.name, light, len(view.lights)) for light in view.lights]
            frames[view.name] = [_frame(path, view, light, case.name) for path, light in _zip(paths, view)]
        except (CameraError, InputError) as e:
            faults.append(Reason(ReasonCode.CAMERA, {"camera": view.camera, "detail": said_by(e)}))
    return StoredCase(case.name, frames, tuple(faults))


def record_cases(recipe: Recipe, records: Iterable[Record]) -> Iterator[StoredCase]:
    """The records whose frames were all kept, as cases; the others are left out."""
    for record in records:
        if (case := record_case(recipe, record)) is not None:
            yield case


def record_case(recipe: Recipe, record: Record) -> StoredCase | None:
    """A record's frames as they were kept; None where the save policy or its days left one out."""
    kept = {(image.view, image.light): image.path for image in record.images if image.kind == "frame"}
    wanted = [(view, light) for view in recipe.views for light in view.lights]
    if any((path := kept.get((view.name, light))) is None or not path.is_file() for view, light in wanted):
        return None
    name = record.inspection.trigger.case_id
    frames: dict[str, list[Frame]] = {}
    try:
        for view, light in wanted:
            frames.setdefault(view.name, []).append(_frame(kept[view.name, light], view, light, name))
    except CameraError:
        return None
    return StoredCase(name, frames, row=record.row)


def reference_case(recipe: Recipe) -> StoredCase | None:
    """The good shell of the recipe's references as a case; None where a view or a light has none."""
    frames: dict[str, list[Frame]] = {}
    for view in recipe.views:
        paths = [recipe.folder / view.reference[light] for light in view.lights if light in view.reference]
        if len(paths) != len(view.lights):
            return None
        try:
            frames[view.name] = [_frame(path, view, light, "reference") for path, light in _zip(paths, view)]
        except CameraError:
            return None
    return StoredCase("reference", frames)


def _zip(paths: list[Path], view: ViewSpec) -> Iterator[tuple[Path, str]]:
    return zip(paths, view.lights, strict=True)


def _frame(path: Path, view: ViewSpec, light: str, case: str) -> Frame:
    return Frame(read_still(path), next(_NUMBERS), time.monotonic_ns(), view.camera, light, None, case)
