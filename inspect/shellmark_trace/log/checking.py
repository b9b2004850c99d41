"""Checking a published log against the entries it should hold: the first leaf that differs, each tile, the root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shellmark_trace.errors import LogError

from .checkpoint import Checkpoint
from .merkle import HASH_BYTES
from .tiles import WIDTH, Source, Tile, read_bundle
from .writer import TileWriter


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not hold; `index` is the leaf where that is known, None where a file or the root is wrong."""

    index: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.index is None else f"leaf {self.index}: {self.what}"


class LogCheck(TileWriter):
    """Takes a log's entries in order and compares them with its published files and a checkpoint.

    `sizes` are published sizes whose partial tiles are looked at besides. Nothing is written.
    """

    def __init__(self, source: Source, checkpoint: Checkpoint, sizes: Sequence[int] = ()) -> None:
        super().__init__(Path(), write=False)
        self.faults: list[Fault] = []
        self._source = source
        self._checkpoint = checkpoint
        self._edges = {*sizes, checkpoint.size} - {0}

    def take(self, entry: bytes) -> None:
        """Look at the next entry; those beyond the checkpoint are not published yet and are passed over."""
        if self.size >= self._checkpoint.size:
            return
        self.append(entry)
        if self.size in self._edges:
            self.write_edge()

    def finish(self) -> Sequence[Fault]:
        """Everything that does not hold, leaves first, by number.

        Too few entries are a fault, and a root that is not the checkpoint's.
        """
        signed = self._checkpoint
        if self.size < signed.size:
            what = f"the records end here, {signed.size} leaves were signed: they were rolled back"
            self.faults.append(Fault(self.size, what))
        elif self.root() != signed.root:
            what = f"the records do not lead to the signed checkpoint of {signed.size} leaves: one was edited"
            self.faults.append(Fault(None, what))
        return sorted(self.faults, key=lambda fault: (fault.index is None, fault.index or 0))

    def _write(self, tile: Tile, data: bytes) -> None:
        there = self._source.read(tile.path)
        if there is None and tile.width < WIDTH and self.size < self._checkpoint.size:
            return  # of an older size, which only the newest edge makes up for
        if there is None:
            self.faults.append(Fault(None, f"{tile.path} is missing: publish the log again"))
        elif there != data:
            self.faults.append(self._difference(tile, there, data))

    def _difference(self, tile: Tile, there: bytes, data: bytes) -> Fault:
        if tile.level > 0:
            return Fault(None, f"{tile.path} was changed: it is not made of the tiles below")
        steps = range(0, tile.width * HASH_BYTES, HASH_BYTES)
        if tile.level == 0:
            places = [i for i, at in enumerate(steps) if there[at : at + HASH_BYTES] != data[at : at + HASH_BYTES]]
            what = "its hash is not the published one: the entry was edited"
        else:
            places = self._entries_that_differ(tile, data)
            what = "its entry is not the published one"
        return Fault(tile.number * WIDTH + (places[0] if places else 0), f"{what} ({tile.path})")

    def _entries_that_differ(self, tile: Tile, data: bytes) -> list[int]:
        try:
            theirs = read_bundle(self._source, tile)
            ours = read_bundle(_Held(data), tile)
        except LogError:
            return [0]
        return [place for place, (one, other) in enumerate(zip(theirs, ours, strict=False)) if one != other]


@dataclass(frozen=True, slots=True)
class _Held:
    """One file in memory."""

    data: bytes

    def read(self, _path: str) -> bytes:
        """The file, whatever it is called."""
        return self.data
