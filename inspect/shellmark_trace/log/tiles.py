"""Tiles (C2SP tlog-tiles): a log as files of up to 256 hashes or entries, and reading them from a folder or the web."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shellmark_trace.errors import LogError
from shellmark_trace.reading import read_file

from .merkle import HASH_BYTES, complete_root

WIDTH = 256
"""Hashes of a full tile, entries of a full bundle."""

CHECKPOINT = "checkpoint"
"""The name of the one file that changes."""

_BITS = 8
_BUNDLES = -1
_KEPT_TILES = 64
_LENGTH_BYTES = 2
_TIMEOUT_S = 10.0
_MOST_BYTES = WIDTH * (2 + 65_535)


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a tile lies: its level (-1 for bundles of entries), its number there, how many hashes or entries it has."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path under the log's folder or address, with forward slashes."""
        groups = [f"{self.number % 1000:03}"]
        rest = self.number // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level == _BUNDLES else str(self.level)
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{part}"

    @property
    def full(self) -> Tile:
        """The same place when the tile is full."""
        return Tile(self.level, self.number)


def bundle(number: int, width: int = WIDTH) -> Tile:
    """The bundle with entries number * 256 and on."""
    return Tile(_BUNDLES, number, width)


def tile_at(level: int, number: int, size: int) -> Tile:
    """The tile as a tree of `size` leaves has it.

    Raises:
        LogError: the tree does not reach so far.
    """
    width = min(WIDTH, (size >> _BITS * max(level, 0)) - number * WIDTH)
    if width <= 0:
        raise LogError(f"a log of {size} leaves has no {Tile(level, number).path}")
    return Tile(level, number, width)


def edge(size: int) -> list[Tile]:
    """The partial tiles of a tree of `size` leaves, lowest level first; a bundle of entries belongs to level 0."""
    found, level = [], 0
    while hashes := size >> _BITS * level:
        if hashes % WIDTH:
            found.append(Tile(level, hashes // WIDTH, hashes % WIDTH))
        level += 1
    return found


class Source(Protocol):
    """Where a log's files come from."""

    def read(self, path: str) -> bytes | None:
        """The file's bytes, None where there is none.

        Raises:
            LogError: it cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A log's files in a folder."""

    folder: Path

    def read(self, path: str) -> bytes | None:
        """The file's bytes, None where there is none."""
        try:
            return read_file(self.folder / path, _MOST_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as e:
            raise LogError(f"{self.folder / path} cannot be read: {e.strerror or e}") from e


@dataclass(frozen=True, slots=True)
class WebSource:
    """A log's files at an http or https address."""

    address: str

    def read(self, path: str) -> bytes | None:
        """The file's bytes, None where the server has none."""
        address = f"{self.address.rstrip('/')}/{path}"
        if not address.startswith(("http://", "https://")):
            raise LogError(f"{self.address!r} is no address: give one that begins with https://")
        try:
            with urllib.request.urlopen(address, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - the scheme is checked
                data: bytes = answer.read(_MOST_BYTES)
                return data
        except urllib.error.HTTPError as e:
            e.close()
            if e.code in {404, 410}:
                return None
            raise LogError(f"{address}: the server answers {e.code}") from e
        except OSError as e:
            raise LogError(f"{address} cannot be had: {e}") from e


def source_of(place: str | Path) -> Source:
    """A log's files by folder or address."""
    text = str(place)
    return WebSource(text) if text.startswith(("http://", "https://")) else FolderSource(Path(text))


class TileNodes:
    """The nodes of a tree of `size` leaves, read from its tiles; `merkle` makes proofs of them.

    Nothing read is trusted: who uses a proof checks it against a signed root.
    """

    def __init__(self, source: Source, size: int) -> None:
        self.size = size
        self._source = source
        self._kept: OrderedDict[Tile, Sequence[bytes]] = OrderedDict()

    def node(self, level: int, number: int) -> bytes:
        """The root of the complete subtree of 2**level leaves.

        Raises:
            LogError: a tile is missing or damaged.
        """
        row, inside = divmod(level, _BITS)
        start = number << inside
        hashes = self._hashes(tile_at(row, start // WIDTH, self.size))
        part = hashes[start % WIDTH : start % WIDTH + (1 << inside)]
        if len(part) != 1 << inside:
            raise LogError(f"a log of {self.size} leaves has no node {level}/{number}")
        return complete_root(part)

    def _hashes(self, tile: Tile) -> Sequence[bytes]:
        if tile not in self._kept:
            self._kept[tile] = read_tile(self._source, tile)
            if len(self._kept) > _KEPT_TILES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(tile)
        return self._kept[tile]


def read_tile(source: Source, tile: Tile) -> list[bytes]:
    """The hashes of a tile; where the partial one is gone, those of the full one.

    Raises:
        LogError: it is missing, or not as long as it should be.
    """
    data = _read(source, tile)
    if len(data) not in {tile.width * HASH_BYTES, WIDTH * HASH_BYTES}:
        raise LogError(f"{tile.path} has {len(data)} bytes, {tile.width * HASH_BYTES} are due: it is damaged")
    return [data[i : i + HASH_BYTES] for i in range(0, tile.width * HASH_BYTES, HASH_BYTES)]


def read_bundle(source: Source, tile: Tile) -> list[bytes]:
    """The entries of a bundle; where the partial one is gone, those of the full one.

    Raises:
        LogError: it is missing or damaged.
    """
    entries = list(_entries(_read(source, tile), tile))
    if len(entries) not in {tile.width, WIDTH}:
        raise LogError(f"{tile.path} has {len(entries)} entries, {tile.width} are due: it is damaged")
    return entries[: tile.width]


def read_entry(source: Source, index: int, size: int) -> bytes:
    """One entry of a log of `size` leaves.

    Raises:
        LogError: its bundle is missing or damaged.
    """
    return read_bundle(source, tile_at(_BUNDLES, index // WIDTH, size))[index % WIDTH]


def framed(entry: bytes) -> bytes:
    """An entry as it stands in a bundle: its length in two bytes, big-endian, and itself."""
    return len(entry).to_bytes(_LENGTH_BYTES, "big") + entry


def _entries(data: bytes, tile: Tile) -> Iterator[bytes]:
    place = 0
    while place < len(data):
        length = int.from_bytes(data[place : place + _LENGTH_BYTES], "big")
        place += _LENGTH_BYTES + length
        if place > len(data):
            raise LogError(f"{tile.path} is cut off within an entry: it is damaged")
        yield data[place - length : place]


def _read(source: Source, tile: Tile) -> bytes:
    for one in dict.fromkeys((tile, tile.full)):
        if (data := source.read(one.path)) is not None:
            return data
    raise LogError(f"{tile.path} is missing: publish the log again, its tiles are made from the records")
