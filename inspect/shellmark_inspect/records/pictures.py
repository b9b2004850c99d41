"""Pictures on disk: written whole, named by what is in them, in a folder per day.

Frames and maps are JPEG at quality 95 without chroma subsampling, crops PNG: a 5 MP frame takes 20 ms as JPEG and over
500 ms as PNG, which the cycle has no time for (docs/records.md has the figures).
"""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import cv2

from shellmark_inspect.errors import RecordsError
from shellmark_inspect.types import Evidence, ImageRef, Inspection, Pixels, Verdict

from .database import free_bytes, mapped, sync_folder
from .policy import SavePolicy

_JPEG = (cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)
_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 1)
_UNFINISHED = ".unfinished-"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Kept:
    """Pictures of one record: what the record says of them, and the files that were not there before."""

    refs: tuple[ImageRef, ...]
    fresh: tuple[Path, ...]

    def discard(self) -> None:
        """Delete the fresh files, because their record could not be kept."""
        for path in self.fresh:
            path.unlink(missing_ok=True)


class Pictures:
    """The image folder of a station, made when it is missing; what a crash of its own left unfinished is deleted.

    Several stations may share a folder: a file that is being written carries the station's name.

    Raises:
        RecordsError: the folder cannot be written.
    """

    def __init__(self, folder: Path, policy: SavePolicy, station: str) -> None:
        self.folder = folder.expanduser().absolute()
        self._unfinished = f"{_UNFINISHED}{station}-"
        self._policy = policy
        self._passes = 0
        with mapped("open the image folder", self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            for left in self.folder.glob(f"*/{glob.escape(self._unfinished)}*"):
                left.unlink()

    def keep(self, inspection: Inspection, at: datetime) -> Kept:
        """Write the pictures the policy keeps; all of them are on the disk when this returns.

        Raises:
            StorageFull: there was no room; nothing is left behind.
            RecordsError: a picture could not be encoded or written; nothing is left behind.
        """
        chosen = list(self._chosen(inspection))
        return self._write(chosen, self.folder / at.strftime("%Y-%m-%d")) if chosen else Kept((), ())

    def _write(self, chosen: Sequence[Evidence], day: Path) -> Kept:
        refs, fresh = [], []
        try:
            with mapped("keep a picture", self.folder):
                self._make_day(day)
                for evidence in chosen:
                    data, ending = _encoded(evidence)
                    digest = hashlib.sha256(data).hexdigest()
                    path = day / f"{digest}.{ending}"
                    if not path.exists():
                        _write_whole(path, path.with_name(f"{self._unfinished}{path.name}"), data)
                        fresh.append(path)
                    refs.append(_ref(evidence, path, digest))
                sync_folder(day)
        except BaseException:
            Kept((), tuple(fresh)).discard()
            raise
        return Kept(tuple(refs), tuple(fresh))

    def enrol(self, pixels: Pixels, view: str, at: datetime) -> Kept:
        """Write the picture that proves a label, whatever the policy; it is on the disk when this returns.

        It lies in a folder of its own kind ("label-YYYY-MM-DD"), which `prune` leaves alone: a buyer may ask in years.

        Raises:
            StorageFull: there was no room; nothing is left behind.
            RecordsError: it could not be encoded or written; nothing is left behind.
        """
        return self._write([Evidence("label", view, "", pixels)], self.folder / at.strftime("label-%Y-%m-%d"))

    def prune(self, newest: datetime) -> int:
        """Delete the pictures of days over the policy's age before `newest`, a record's time; how many went.

        Counting from the newest record and not from the clock keeps a clock that is wrong from emptying the folder.
        """
        if self._policy.days is None:
            return 0
        first = newest.date() - timedelta(days=self._policy.days)
        gone = 0
        with mapped("delete old pictures", self.folder):
            for day in self.folder.iterdir():
                if not (day.is_dir() and _DAY.fullmatch(day.name)) or date.fromisoformat(day.name) >= first:
                    continue
                files = list(day.iterdir())
                for path in files:
                    path.unlink()
                day.rmdir()
                gone += len(files)
        return gone

    def _chosen(self, inspection: Inspection) -> Iterator[Evidence]:
        self._passes += inspection.verdict is Verdict.PASS
        keeps = self._policy.keeps(inspection.verdict, self._passes, free_bytes(self.folder))
        if not keeps:
            return
        yield from inspection.evidence
        shown = {evidence.defect for evidence in inspection.evidence if evidence.kind == "crop"}
        for place, defect in enumerate(inspection.defects):
            if defect.crop is not None and place not in shown:
                yield Evidence("crop", defect.view, defect.light, defect.crop, place)

    def _make_day(self, day: Path) -> None:
        if not day.exists():
            day.mkdir(exist_ok=True)
            sync_folder(self.folder)


def _encoded(evidence: Evidence) -> tuple[bytes, str]:
    ending, options = ("png", _PNG) if evidence.kind in ("crop", "map") else ("jpg", _JPEG)
    pixels: Pixels = evidence.pixels
    try:
        done, data = cv2.imencode(f".{ending}", pixels, options)
    except cv2.error as e:
        raise RecordsError(
            "{kind} of view {view}: {shape} is no picture: {err}",
            kind=evidence.kind,
            view=evidence.view,
            shape=pixels.shape,
            err=e.err,
        ) from e
    if not done:
        raise RecordsError(
            "{kind} of view {view}: {shape} cannot be written as {ending}",
            kind=evidence.kind,
            view=evidence.view,
            shape=pixels.shape,
            ending=ending,
        )
    return data.tobytes(), ending


def _write_whole(path: Path, part: Path, data: bytes) -> None:
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _ref(evidence: Evidence, path: Path, digest: str) -> ImageRef:
    return ImageRef(evidence.kind, evidence.view, evidence.light, path, f"sha256:{digest}", evidence.defect)
