"""Rows kept durably as they come, so that a run can go on where it stopped; the pixels' counts lie beside them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from filelock import FileLock, Timeout

from shellmark_inspect.errors import InputError
from shellmark_models.evaluation.curves import PixelCounts

from .contestant import Contestant
from .rows import Judged, Row

ROWS, PIXELS = "rows.jsonl", "pixels.bin"


class Ledger:
    """A folder with the rows of any number of runs; an earlier run's row is found by its case's digest and contestant.

    Raises:
        InputError: the folder cannot be used, or another run is using it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._places: dict[bytes, int] = {}
        self._digests: dict[bytes, bytes] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(folder / ".lock", timeout=0)
            self._lock.acquire()
            self._rows: BinaryIO = (folder / ROWS).open("a+b")
            self._pixels: BinaryIO = (folder / PIXELS).open("a+b")
        except Timeout as e:
            raise InputError(f"{folder} is in use by another run: wait for it or give another folder") from e
        except OSError as e:
            raise InputError(f"{folder} cannot be used: {e.strerror or e}: give another folder") from e
        self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self._rows.close()
        self._pixels.close()
        self._lock.release()

    def _read(self) -> None:
        """Find every whole line; what a power cut left of the last one is cut off."""
        self._rows.seek(0)
        at = 0
        for line in self._rows:
            if not line.endswith(b"\n"):
                break
            told = json.loads(line)
            self._places[_short(told["digest"], told["key"])] = at
            self._digests[_short(told["set"], told["case"], told["key"])] = _short(told["digest"])
            at += len(line)
        self._rows.truncate(at)
        self._rows.seek(0, os.SEEK_END)

    def __len__(self) -> int:
        return len(self._places)

    def find(self, digest: str, contestant: Contestant) -> int | None:
        """Where the row of a case is, by the digest of its files; None when it was not judged."""
        return self._places.get(_short(digest, contestant.key))

    def changed(self, image_set: str, case: str, digest: str, contestant: Contestant) -> bool:
        """Whether a case of that name was judged with other content."""
        before = self._digests.get(_short(image_set, case, contestant.key))
        return before is not None and before != _short(digest)

    def add(self, image_set: str, names: Iterable[str], judged: list[Judged], contestant: Contestant) -> list[int]:
        """Keep rows; they are on the disk when this returns. Their places.

        Raises:
            InputError: the disk is full.
        """
        try:
            lines = [self._line(image_set, name, one, contestant) for name, one in zip(names, judged, strict=True)]
            _flush(self._pixels)
            places = [self._append(line) for line in lines]
            _flush(self._rows)
        except OSError as e:
            raise InputError(
                f"{self.folder}: a row cannot be kept: {e.strerror or e}: make room and start again"
            ) from e
        return places

    def _line(self, image_set: str, name: str, one: Judged, contestant: Contestant) -> bytes:
        at: list[int] | None = None
        if one.pixels is not None:
            self._pixels.seek(0, os.SEEK_END)
            at = [self._pixels.tell(), len(one.pixels)]
            self._pixels.write(one.pixels)
        told = {
            "digest": one.row.digest,
            "key": contestant.key,
            "model": contestant.name,
            "set": image_set,
            "case": name,
            "pixels": at,
            "peak_mb": round(one.peak_mb, 1),
            "row": one.row.as_json(),
        }
        return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"

    def _append(self, line: bytes) -> int:
        self._rows.seek(0, os.SEEK_END)
        place = self._rows.tell()
        self._rows.write(line)
        return place

    def read(self, place: int) -> tuple[Row, PixelCounts | None, float]:
        """A row, its pixel counts, and the most memory its process had held by then."""
        told = self._told(place)
        counts = None
        if told["pixels"] is not None:
            at, size = told["pixels"]
            self._pixels.seek(at)
            counts = PixelCounts.from_bytes(self._pixels.read(size))
        return Row.from_json(told["row"]), counts, float(told["peak_mb"])

    def row(self, place: int) -> Row:
        """A row alone."""
        return Row.from_json(self._told(place)["row"])

    def timing(self, place: int) -> tuple[dict[str, Any], float]:
        """The measurements of a row by name, and the most memory its process had held by then."""
        told = self._told(place)
        return told["row"], float(told["peak_mb"])

    def verdict(self, place: int) -> tuple[str, float | None]:
        """A row's verdict and score."""
        told = self._told(place)["row"]
        return told["verdict"], told["score"]

    def _told(self, place: int) -> dict[str, Any]:
        self._rows.seek(place)
        told: dict[str, Any] = json.loads(self._rows.readline())
        return told


def _short(*words: str) -> bytes:
    """A key of sixteen bytes: a hundred thousand of them are to be held."""
    return hashlib.blake2b("\0".join(words).encode(), digest_size=16).digest()


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
