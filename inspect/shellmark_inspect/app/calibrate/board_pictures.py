"""What the board commands share: the pictures a command line names, the board in them, files that are written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from shellmark_calibration import Board, Measurement, Refusal, Source
from shellmark_inspect.app.calibrate.picture_files import picture_files
from shellmark_inspect.app.printing import errors
from shellmark_inspect.errors import InputError

BoardOption = Annotated[
    str, typer.Option("--board", metavar="BOARD", help="Inner corners 9x6, or charuco:11x8:15:11:5X5_100.")
]
SquareOption = Annotated[
    float | None, typer.Option("--square-mm", metavar="MM", help="The side of a square, measured on the board.")
]
JsonFileOption = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help='Every figure as JSON; "-" for standard output.')
]
HtmlOption = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="A report in one file.")]


@dataclass(frozen=True, slots=True)
class Read:
    """A picture as read: `pixels` (h, w, 3) BGR or (h, w), None when the file is no picture."""

    name: str
    digest: str
    pixels: NDArray[np.uint8] | None


def pictures(paths: Sequence[str]) -> Iterator[Read]:
    """The pictures of files, folders and patterns, one after the other.

    Raises:
        InputError: a path that is not there, or a folder without pictures.
    """
    files = [file for path in paths for file in picture_files(path)]
    short = len({file.name for file in files}) == len(set(files))
    for file in dict.fromkeys(files):
        yield read(file, file.name if short else str(file))


def read(file: Path, name: str = "") -> Read:
    """One picture.

    Raises:
        InputError: the file is not there or may not be read.
    """
    try:
        data = file.read_bytes()
    except FileNotFoundError as e:
        raise InputError(f"picture {file} is missing: give a picture that is there") from e
    except OSError as e:
        raise InputError(f"picture {file} cannot be read: {e.strerror or e}") from e
    return Read(name or file.name, "sha256:" + hashlib.sha256(data).hexdigest(), _decoded(data))


def _decoded(data: bytes) -> NDArray[np.uint8] | None:
    try:
        # as the sensor has it: a turn in the EXIF would make another camera of it
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
    except cv2.error:
        return None
    if found is None:
        return None
    pixels: NDArray[Any] = np.asarray(found)
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    if pixels.dtype != np.uint8:
        return None
    return pixels[..., :3] if pixels.ndim == 3 and pixels.shape[2] == 4 else pixels


def board_of(text: str, square_mm: float | None) -> Board:
    """The board of the options; says aloud when nobody told the size of its squares."""
    board = Board.parse(text, square_mm)
    if not board.square_known:
        say(f"nobody said how large a square is: {board.square_mm:g} mm taken, give --square-mm for true millimetres")
    return board


def measurement(board: Board, used: Sequence[Read], refused: Sequence[Refusal]) -> Measurement:
    """How a part came about, now."""
    why = {one.name: one.reason for one in refused}
    sources = tuple(Source(name=one.name, digest=one.digest, refused=why.get(one.name, "")) for one in used)
    program = f"shellmark {metadata.version('shellmark')}"
    return Measurement(measured_at=datetime.now(UTC), with_what=board.title, program=program, sources=sources)


def say(text: str) -> None:
    """A line that is no result."""
    errors.print(text, style="yellow", markup=False, soft_wrap=True)
