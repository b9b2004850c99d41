"""Corrections: stored cases people want taught, each a folder with its own copy of the pictures until it is.

    <data>/corrections/<sku>/false_calls/<row>/<view>_<light>.jpg, correction.json
    <data>/corrections/<sku>/missed/missed/<row>-<view>/<view>_<light>.jpg, <view>_mask.png, correction.json

as teaching reads them. Pictures are copied because the save policy deletes its own after some days.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from shellmark_inspect.errors import InputError, RecordsError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.types import Evidence, Mask, Pixels, Record
from shellmark_models import BundleError
from shellmark_models.writing import write_folder

Correction = Literal["false_call", "missed"]
NOTE = "correction.json"
_FOLDERS: Mapping[Correction, Path] = {"false_call": Path("false_calls"), "missed": Path("missed", "missed")}


@dataclass(frozen=True, slots=True)
class Queued:
    """One correction that waits: its folder, the record it is about, and what was wrong."""

    folder: Path
    row: int
    case_id: str
    kind: Correction


class Corrections:
    """The queue of one SKU below a station's data folder; a correction is there whole or not at all."""

    def __init__(self, data: Path, sku: str) -> None:
        self.root = data / "corrections" / sku

    @property
    def false_calls(self) -> Path | None:
        """The folder of goods that were stopped, None while there is none."""
        return self._place("false_call")

    @property
    def missed(self) -> Path | None:
        """The folder of defects that passed, None while there is none."""
        folder = self._place("missed")
        return None if folder is None else folder.parent

    def _place(self, kind: Correction) -> Path | None:
        return self.root / _FOLDERS[kind] if any(one.kind == kind for one in self.queued()) else None

    def queued(self) -> list[Queued]:
        """What waits, oldest record first; what cannot be read is passed over."""
        return sorted(self._queued(), key=lambda one: (one.row, one.folder.name))

    def _queued(self) -> Iterator[Queued]:
        for kind, below in _FOLDERS.items():
            for note in (self.root / below).glob(f"[0-9]*/{NOTE}"):
                try:
                    said = json.loads(note.read_text("utf-8"))
                    yield Queued(note.parent, int(said["row"]), str(said["case"]), kind)
                except (OSError, ValueError, KeyError, TypeError):
                    continue

    def add(self, recipe: Recipe, record: Record, kind: Correction, masks: Mapping[str, Mask]) -> None:
        """Queue a record; queued again it replaces what was said of it before.

        `masks` maps a view to the defect in its frame's pixels. The pictures are those kept with the record, or in it.

        Raises:
            InputError: the frames were not kept, a mask is missing or does not fit, or the SKU is another one.
            RecordsError: the disk refuses.
        """
        if record.inspection.sku != recipe.sku:
            raise InputError(
                f"record {record.row} is of SKU {record.inspection.sku}, not {recipe.sku}: change over first"
            )
        files = _pictures(recipe, record)
        note = {"row": record.row, "case": record.inspection.trigger.case_id, "at": datetime.now(UTC).isoformat()}
        if kind == "false_call":
            self._write(str(record.row), kind, {**files, NOTE: _json(note)})
            return
        marked = {view: mask for view, mask in masks.items() if mask.any()}
        if not marked:
            raise InputError(f"record {record.row}: mark the defect that was missed")
        for view, mask in marked.items():
            _check_mask(recipe, view, mask, files)
        for view, mask in marked.items():
            drawn = _png(mask.astype(np.uint8) * 255)
            whole = {**files, f"{view}_mask.png": drawn, NOTE: _json({**note, "view": view})}
            self._write(f"{record.row}-{view}", kind, whole)

    def _write(self, name: str, kind: Correction, files: Mapping[str, bytes]) -> None:
        folder = self.root / _FOLDERS[kind] / name
        old = folder.with_name(f".old-{name}")
        try:
            shutil.rmtree(old, ignore_errors=True)
            if folder.exists():
                folder.rename(old)
            write_folder(files, folder, holds=NOTE)
        except (BundleError, OSError) as e:
            if old.exists() and not folder.exists():
                old.rename(folder)
            raise RecordsError(f"correction {folder} cannot be kept: {e}") from e
        shutil.rmtree(old, ignore_errors=True)

    def settle(self, queued: Sequence[Queued], version: str) -> None:
        """Take what a version was taught out of the queue; it stays below `taught/<version>`."""
        for one in queued:
            place = self.root / "taught" / version / one.folder.name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(place, ignore_errors=True)
            one.folder.rename(place)


def _pictures(recipe: Recipe, record: Record) -> dict[str, bytes]:
    """The frames' files by "<view>_<light>" and suffix: as kept, else as the newest record still has them in memory."""
    kept = {(image.view, image.light): image.path for image in record.images if image.kind == "frame"}
    seen = {(e.view, e.light): e for e in record.inspection.evidence if e.kind == "frame"}
    return dict(_picture(view.name, light, kept, seen, record) for view in recipe.views for light in view.lights)


def _picture(
    view: str,
    light: str,
    kept: Mapping[tuple[str, str], Path],
    seen: Mapping[tuple[str, str], Evidence],
    record: Record,
) -> tuple[str, bytes]:
    path, evidence = kept.get((view, light)), seen.get((view, light))
    if path is not None and path.is_file():
        return f"{view}_{light}{path.suffix}", path.read_bytes()
    if evidence is not None:
        return f"{view}_{light}.png", _png(evidence.pixels)
    raise InputError(
        f"record {record.row}: its picture {view} {light} was not kept: set save.frames to all, or inspect it again"
    )


def _check_mask(recipe: Recipe, view: str, mask: Mask, files: Mapping[str, bytes]) -> None:
    spec = next((one for one in recipe.views if one.name == view), None)
    if spec is None:
        raise InputError(f"mask of view {view}: the recipe has {', '.join(one.name for one in recipe.views)}")
    data = next(data for name, data in files.items() if name.startswith(f"{view}_{spec.lights[0]}."))
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or mask.shape != pixels.shape[:2]:
        size = "unreadable" if pixels is None else f"{pixels.shape[1]}x{pixels.shape[0]}"
        raise InputError(f"mask of view {view} is {mask.shape[1]}x{mask.shape[0]}, its picture {size}: mark it anew")


def _png(pixels: Pixels) -> bytes:
    return bytes(cv2.imencode(".png", pixels, (cv2.IMWRITE_PNG_COMPRESSION, 1))[1].tobytes())


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
