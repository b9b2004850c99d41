"""Photographs through pylon's emulator into a whole station, and what came out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tomli_w

from shellmark_inspect.recipe import Recipe
from shellmark_inspect.sets import read_set
from shellmark_inspect.station import Station, StationConfig
from shellmark_inspect.teaching.goods import Goods, Prepared
from shellmark_inspect.types import Pixels, Record
from shellmark_models import TeachCase, TeachOptions, teach, write_bundle

HERE = Path(__file__).resolve().parent
FRAME_TIMEOUT_MS = 10_000
ANSWER_WITHIN_S = 60.0


@dataclass(frozen=True)
class Judged:
    """One photograph and its record, and how long trigger to record took."""

    photo: Path
    record: Record
    ms: float

    @property
    def score(self) -> float | None:
        """The case's score: the highest of its views; 1.0 is the model's threshold. None: no view reached the model."""
        return max(self.record.inspection.scores.values(), default=None)

    def without_pixels(self) -> Judged:
        """The same, fit to be kept by the hundred."""
        inspection = self.record.inspection
        bare = tuple(replace(defect, crop=None) for defect in inspection.defects)
        return replace(self, record=replace(self.record, inspection=replace(inspection, evidence=(), defects=bare)))


def picture(path: Path) -> Pixels:
    """A photograph's pixels (h, w, 3)."""
    pixels = cv2.imread(str(path))
    if pixels is None:
        raise SystemExit(f"{path} is no picture")
    return np.asarray(pixels, np.uint8)


def serve(folder: Path, photos: Sequence[Path]) -> Path:
    """A clean folder that holds links to the photographs and nothing else, for the emulator."""
    folder.mkdir(parents=True)
    for photo in photos:
        (folder / photo.name).symlink_to(photo.resolve())
    return folder


def goods(recipe: Recipe, folder: Path) -> Iterator[TeachCase]:
    """The photographs of a folder as the recipe's steps leave them: what `shellmark train` gives to `teach`."""
    cases = Goods(Prepared(recipe), read_set(folder).to_learn)
    yield from cases
    for remark in cases.remarks:
        print(f"{folder.name}: {remark.text}", flush=True)


def learn(
    cases: Sequence[TeachCase],
    name: str,
    px_per_mm: float,
    store: Path,
    *,
    threads: int,
    notes: str,
    family: str = "memory",
) -> Path:
    """A model of good photographs, kept in `store`."""
    began = time.perf_counter()
    data = teach(cases, name=name, version="1", channels=("bgr",), px_per_mm=px_per_mm, family=family,
                 options=TeachOptions(threads=threads, notes=notes))  # fmt: skip
    path = write_bundle(data, store)
    print(f"{name}: learned {len(cases)} cases in {time.perf_counter() - began:.0f} s -> {path}", flush=True)
    return path


def configuration(
    out: Path, cameras: Mapping[str, Path], recipes: Sequence[Path], store: Path, *, threads: int
) -> StationConfig:
    """A station whose cameras are emulators, each serving a folder; written to `out`/station.toml and read again."""
    served = {
        name: {"kind": "basler", "serial": f"0815-{i:04}", "emulator_folder": str(folder.resolve()),
               "frame_timeout_ms": FRAME_TIMEOUT_MS}
        for i, (name, folder) in enumerate(cameras.items())
    }  # fmt: skip
    settings: dict[str, Any] = {
        "station": "real",
        "data": str((out / "data").resolve()),
        "recipes": [str(path.resolve()) for path in recipes],
        "models": [str(store.resolve())],
        "threads": threads,
        "answer_within_s": ANSWER_WITHIN_S,
        "save": {"frames": "all"},
        "cameras": served,
    }
    file = out / "station.toml"
    out.mkdir(parents=True, exist_ok=True)
    file.write_text(tomli_w.dumps(settings), "utf-8")
    return StationConfig.read(file)


def judge(station: Station, photos: Sequence[Path], prefix: str = "") -> Iterator[Judged]:
    """Trigger once per photograph, in the order the emulator serves them; a case is `prefix` and the file's name."""
    for photo in sorted(photos, key=lambda path: path.name):
        began = time.perf_counter()
        record = station.trigger(prefix + photo.stem).result()
        yield Judged(photo, record, (time.perf_counter() - began) * 1000)


def check_kept(station: Station, judged: Sequence[Judged]) -> dict[str, int]:
    """What the database and the picture folder hold of the cases, read back; stops at the first contradiction."""
    with_code = pictures = 0
    for one in judged:
        pictures += len(one.record.images)
        with_code += one.record.code is not None
        if (one.record.code is not None) != (one.record.verdict == "PASS"):
            raise SystemExit(f"{one.photo.name}: {one.record.verdict} and code {one.record.code}")
        _check_frame(station, one)
    reader = station.reader()
    try:
        rows = {record.inspection.trigger.case_id: record for record in reader.iterate()}
    finally:
        reader.close()
    for one in judged:
        row = rows[one.record.inspection.trigger.case_id]
        if (row.verdict, row.code) != (one.record.verdict, one.record.code):
            raise SystemExit(
                f"{one.photo.name}: the database says {row.verdict}, the station said {one.record.verdict}"
            )
    return {"records": len(rows), "codes": with_code, "pictures": pictures}


def _check_frame(station: Station, one: Judged) -> None:
    """The frame kept with the record is the photograph the emulator should have served."""
    frames = [image for image in one.record.images if image.kind == "frame"]
    if not frames:
        raise SystemExit(f"{one.photo.name}: no frame was kept (is the disk full?)")
    photo = picture(one.photo)
    for image in frames:
        kept = picture(station.picture(image))
        if kept.shape != photo.shape:
            raise SystemExit(f"{one.photo.name}: the kept frame {image.path} is another picture")
        if np.abs(kept.astype(np.int16) - photo).mean() > 2:  # two JPEG decoders differ by less than a level
            raise SystemExit(f"{one.photo.name}: the kept frame {image.path} is another picture")
