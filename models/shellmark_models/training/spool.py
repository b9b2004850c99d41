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
    """Where one tile lies: its case, its image within the case and that image's (h, w), its top-left pixel."""

    case: int
    image: int
    size: tuple[int, int]
    top_px: int
    left_px: int


class Spool:
    """Feature grids (g, g, c) at half precision and masks (t, t) of tiles; the file vanishes with the spool."""

    def __init__(self, tile_px: int, stride_px: int, channels: int) -> None:
        """An empty spool for tiles of ``tile_px`` with a feature of ``channels`` numbers every ``stride_px``."""
        self.tiles: list[SpooledTile] = []
        self._tile_px = tile_px
        self._side = tile_px // stride_px
        self._shape = (self._side, self._side, channels)
        self._grid_bytes = 2 * self._side * self._side * channels
        self._bytes = self._grid_bytes + tile_px * tile_px // 8
        self._file = tempfile.TemporaryFile(prefix="shellmark-teach-")  # noqa: SIM115 - closed by __exit__

    def append(self, tile: SpooledTile, grid: NDArray[np.float32], mask: NDArray[np.bool_]) -> None:
        """Adds one tile; raises OSError when the disk is full."""
        self._file.write(grid.astype(np.float16).tobytes())
        self._file.write(np.packbits(mask).tobytes())
        self.tiles.append(tile)

    def grid(self, index: int) -> NDArray[np.float32]:
        """The features of tile ``index`` (g, g, c)."""
        data = np.frombuffer(self._read(index, 0, self._grid_bytes), np.float16)
        return data.reshape(self._shape).astype(np.float32)

    def mask(self, index: int) -> NDArray[np.bool_]:
        """Where tile ``index`` is looked at (t, t)."""
        bits = np.frombuffer(self._read(index, self._grid_bytes, self._bytes - self._grid_bytes), np.uint8)
        return np.unpackbits(bits).reshape(self._tile_px, self._tile_px).astype(np.bool_)

    def used(self, index: int) -> NDArray[np.bool_]:
        """Which features of tile ``index`` have a pixel that is looked at (g, g)."""
        stride = self._tile_px // self._side
        cells = self.mask(index).reshape(self._side, stride, self._side, stride)
        return np.asarray(cells.any(axis=(1, 3)), np.bool_)

    def _read(self, index: int, offset: int, size: int) -> bytes:
        self._file.seek(index * self._bytes + offset)
        return self._file.read(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
