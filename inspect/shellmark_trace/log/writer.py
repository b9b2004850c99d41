"""Writing tiles: leaf after leaf, in memory of a few tiles, so that a log of any size can be written or rebuilt."""

from __future__ import annotations

import shutil
from pathlib import Path

from shellmark_trace.entries import leaf_hash
from shellmark_trace.errors import LogError, LogForked

from .files import sync_folder, write_whole
from .merkle import HASH_BYTES, complete_root, folded
from .tiles import WIDTH, FolderSource, Tile, bundle, framed, read_tile, tile_at


class TileWriter:
    """Appends entries to a log's tiles in a folder. A tile that is there is never changed: another one is an error.

    With `write` False nothing is written, and nothing compared with what is there.

    `size` is how many leaves the tiles have so far, a multiple of 256; what lies beyond is written anew and must turn
    out as it was. A tree of `known` leaves says which partial tiles above may be read for it.

    Raises:
        LogError: a tile up to there is missing or damaged.
    """

    def __init__(self, folder: Path, size: int = 0, known: int = 0, *, write: bool = True) -> None:
        self.folder = folder
        self._writes = write
        self.start = self.size = size
        self._rows: list[list[bytes]] = [[]]
        self._entries: list[bytes] = []
        self._touched: set[Path] = set()
        source, level = FolderSource(folder), 1
        while hashes := size >> 8 * level:
            number, width = divmod(hashes, WIDTH)
            tile = tile_at(level, number, known) if width else None
            self._rows.append(read_tile(source, tile)[:width] if tile else [])
            level += 1

    def append(self, entry: bytes) -> bytes:
        """Add an entry; the hash of its leaf."""
        found = leaf_hash(entry)
        self._entries.append(framed(entry))
        self.size += 1
        if len(self._entries) == WIDTH:
            self._write(bundle(self.size // WIDTH - 1), b"".join(self._entries))
            self._entries.clear()
        self._carry(found)
        return found

    def root(self) -> bytes:
        """The root over everything appended."""
        peaks: list[bytes] = []
        for row in reversed(self._rows):
            peaks += _peaks(row)
        return folded(peaks)

    def write_edge(self) -> None:
        """Write the partial tiles a checkpoint of this size needs."""
        number = self.size // WIDTH
        if self._entries:
            self._write(bundle(number, len(self._entries)), b"".join(self._entries))
        for level, row in enumerate(self._rows):
            if row:
                self._write(Tile(level, self.size >> 8 * (level + 1), len(row)), b"".join(row))

    def sync(self) -> None:
        """Make the names of everything written last.

        Raises:
            LogError: the disk does not take it.
        """
        for folder in sorted(self._touched, reverse=True):
            sync_folder(folder)
        self._touched.clear()

    def _carry(self, found: bytes) -> None:
        level = 0
        while True:
            if level == len(self._rows):
                self._rows.append([])
            row = self._rows[level]
            row.append(found)
            if len(row) < WIDTH:
                return
            self._write(Tile(level, (self.size >> 8 * (level + 1)) - 1), b"".join(row))
            found = complete_root(row)
            row.clear()
            level += 1

    def _write(self, tile: Tile, data: bytes) -> None:
        if not self._writes:
            return
        path = self.folder / tile.path
        try:
            there = path.read_bytes()
        except FileNotFoundError:
            write_whole(path, data)
            self._touched |= {path.parent, *path.parent.parents} - set(self.folder.parents)
            return
        except OSError as e:
            raise LogError(f"{path} cannot be read: {e.strerror or e}") from e
        if there != data:
            raise LogForked(
                f"{path} differs from the records{_where(tile, there, data)}: "
                "`shellmark log check` says which was changed"
            )


def drop_partials(folder: Path, old: int, size: int) -> None:
    """Delete the partial tiles of trees from `old` leaves on that are full in one of `size`; nobody needs them."""
    level = 0
    while size >> 8 * (level + 1):
        for number in range(old >> 8 * (level + 1), size >> 8 * (level + 1)):
            for tile in (Tile(level, number, 1), bundle(number, 1)) if level == 0 else (Tile(level, number, 1),):
                shutil.rmtree((folder / tile.path).parent, ignore_errors=True)
        level += 1


def _peaks(row: list[bytes]) -> list[bytes]:
    """The complete subtrees of a row that is not full, largest first."""
    found, start = [], 0
    for bit in range(WIDTH.bit_length() - 1, -1, -1):
        if len(row) & 1 << bit:
            found.append(complete_root(row[start : start + (1 << bit)]))
            start += 1 << bit
    return found


def _where(tile: Tile, there: bytes, data: bytes) -> str:
    """The first leaf in which two versions of a tile of level 0 differ, as words."""
    if tile.level != 0:
        return ""
    for place in range(tile.width):
        span = slice(place * HASH_BYTES, (place + 1) * HASH_BYTES)
        if there[span] != data[span]:
            return f" at leaf {tile.number * WIDTH + place}"
    return ""
