"""The boards a lens is measured with: plain chessboards and ChArUco."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from .errors import BoardError

USUAL_SQUARE_MM = 25.0
_PLAIN = re.compile(r"(\d+)x(\d+)", re.ASCII)
_CHARUCO = re.compile(r"charuco:(\d+)x(\d+):([\d.]+):([\d.]+):(\w+)", re.ASCII)
_EXAMPLES = "9x6 (inner corners) or charuco:11x8:15:11:5X5_100 (squares, square mm, marker mm, dictionary)"


@dataclass(frozen=True, slots=True)
class Markers:
    """What a ChArUco board has in its white squares: the marker's side in mm and OpenCV's name of the dictionary."""

    side_mm: float
    dictionary: str


@dataclass(frozen=True, slots=True)
class Board:
    """A flat board of squares with `columns` x `rows` inner corners.

    `square_known` is False when nobody said how large a square is: the lens does not depend on it, millimetres do.
    `markers` is None for a plain chessboard.
    """

    columns: int
    rows: int
    square_mm: float = USUAL_SQUARE_MM
    square_known: bool = True
    markers: Markers | None = None

    def __post_init__(self) -> None:
        if min(self.columns, self.rows) < 3 or max(self.columns, self.rows) > 60:
            raise BoardError(
                f"a board of {self.columns} x {self.rows} inner corners cannot be used: give 3 to 60 a side"
            )
        if not 0.1 <= self.square_mm <= 1000:
            raise BoardError(f"a square of {self.square_mm:g} mm is no board's: give 0.1 to 1000 mm")
        if self.markers is not None:
            self._check(self.markers)

    def _check(self, markers: Markers) -> None:
        if not 0 < markers.side_mm < self.square_mm:
            raise BoardError(f"markers of {markers.side_mm:g} mm do not fit squares of {self.square_mm:g} mm")
        if not isinstance(getattr(cv2.aruco, f"DICT_{markers.dictionary}", None), int):
            raise BoardError(f"no dictionary of markers is called {markers.dictionary}: give one like 5X5_100")
        needed = (self.columns + 1) * (self.rows + 1) // 2
        if needed > (there := len(_dictionary(markers).bytesList)):
            raise BoardError(f"the board needs {needed} markers, {markers.dictionary} has {there}: take a larger one")

    @property
    def points_mm(self) -> NDArray[np.float64]:
        """The inner corners on the board, (columns * rows, 3) mm, row by row; the first is at (0, 0, 0)."""
        y, x = np.mgrid[: self.rows, : self.columns]
        return np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)]) * self.square_mm

    @property
    def title(self) -> str:
        """What a record says of the board."""
        if self.markers is None:
            return (
                f"chessboard {self.columns}x{self.rows}, {self.square_mm:g} mm{'' if self.square_known else ' taken'}"
            )
        of = self.markers
        squares = f"{self.columns + 1}x{self.rows + 1}"
        return f"charuco {squares} squares of {self.square_mm:g} mm, markers {of.side_mm:g} mm {of.dictionary}"

    def charuco(self) -> Any:
        """OpenCV's own board.

        Raises:
            BoardError: it is a plain chessboard.
        """
        if self.markers is None:
            raise BoardError("a plain chessboard has no markers")
        size = (self.columns + 1, self.rows + 1)
        return cv2.aruco.CharucoBoard(size, self.square_mm, self.markers.side_mm, _dictionary(self.markers))

    def drawn(self, px_per_mm: float, margin_mm: float = 10.0) -> NDArray[np.uint8]:
        """The board as it is to be printed, grey (h, w), a white margin around it."""
        square = round(self.square_mm * px_per_mm)
        w, h = (self.columns + 1) * square, (self.rows + 1) * square
        if self.markers is not None:
            plain = np.asarray(self.charuco().generateImage((w, h)), np.uint8)
        else:
            y, x = np.ogrid[: self.rows + 1, : self.columns + 1]
            squares = np.where((x + y) % 2 == 0, 0, 255).astype(np.uint8)
            plain = squares.repeat(square, axis=0).repeat(square, axis=1)
        margin = round(margin_mm * px_per_mm)
        return cast("NDArray[np.uint8]", np.pad(plain, margin, constant_values=255))

    @classmethod
    def parse(cls, text: str, square_mm: float | None = None) -> Board:
        """The board of a command line: inner corners "9x6", or "charuco:11x8:15:11:5X5_100".

        `square_mm` is the side of a plain board's square; None takes 25 mm and remembers that nobody said it.

        Raises:
            BoardError: it names no board that can be.
        """
        text = text.strip().lower().replace("×", "x")
        if plain := _PLAIN.fullmatch(text):
            size = int(plain[1]), int(plain[2])
            known = square_mm is not None
            return cls(*size, square_mm if square_mm is not None else USUAL_SQUARE_MM, known)
        if charuco := _CHARUCO.fullmatch(text):
            return _charuco_of(charuco, square_mm)
        raise BoardError(f"--board {text or '(nothing)'} is no board: give {_EXAMPLES}")


def _charuco_of(match: re.Match[str], square_mm: float | None) -> Board:
    try:
        square, marker = float(match[3]), float(match[4])
    except ValueError as e:
        raise BoardError(f"--board {match[0]} is no board: give {_EXAMPLES}") from e
    if square_mm is not None and square_mm != square:
        raise BoardError(f"the board says squares of {square:g} mm, --square-mm {square_mm:g}: give it once")
    name = match[5].upper().removeprefix("DICT_")
    # OpenCV writes the x of 5X5_100 large and the rest of APRILTAG_36h11 as it is
    name = name.replace("APRILTAG_36H", "APRILTAG_36h").replace("APRILTAG_25H", "APRILTAG_25h")
    return Board(int(match[1]) - 1, int(match[2]) - 1, square, square_known=True, markers=Markers(marker, name))


def _dictionary(markers: Markers) -> Any:
    return cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, f"DICT_{markers.dictionary}"))
