"""Features of every tile seen, kept in a temporary file so that memory stays bounded."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SpooledTile:
    """One tile: its case, its image within the case, where it lies in it, and which grid cells count (g, g)."""

    case: int
    image: int
    top_px: int
    left_px: int
    used: NDArray[np.bool_]


class Spool:
    """A list of feature grids (g, g, c), half precision, on disk; the file vanishes with the spool."""

    def __init__(self) -> None:
        self.tiles: list[SpooledTile] = []
        self._shape: tuple[int, ...] = ()
        self._file = tempfile.TemporaryFile(prefix="shellmark-teach-")  # noqa: SIM115 - closed by __exit__

    def append(self, tile: SpooledTile, grid: NDArray[np.float32]) -> None:
        """Adds one tile's features; raises OSError when the disk is full."""
        self._shape = grid.shape
        self._file.write(grid.astype(np.float16).tobytes())
        self.tiles.append(tile)

    def grid(self, index: int) -> NDArray[np.float32]:
        """The features of tile ``index``."""
        size = int(np.prod(self._shape)) * 2
        self._file.seek(index * size)
        data = np.frombuffer(self._file.read(size), np.float16)
        return data.reshape(self._shape).astype(np.float32)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
