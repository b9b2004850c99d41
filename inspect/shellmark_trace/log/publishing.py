"""Publishing: the tiles of what the records hold, then a signed checkpoint; rebuilt from the records when lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from shellmark_trace.errors import LogError, LogForked, SignatureInvalid

from .checkpoint import Checkpoint, open_checkpoint
from .files import keep
from .heads import Head, Heads, forked, rolled_back
from .tiles import CHECKPOINT, WIDTH, FolderSource, TileNodes
from .writer import TileWriter, drop_partials


class Leaves(Protocol):
    """The entries of a log, as the records have them."""

    def size(self) -> int:
        """How many there are."""
        ...

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The entries from `start` up to `stop`, in order."""
        ...


class Publisher:
    """A log as a folder of files: tiles that never change and the checkpoint that does."""

    def __init__(self, folder: Path, heads: Heads, leaves: Leaves) -> None:
        self.folder = folder
        self.heads = heads
        self._leaves = leaves

    def publish(self) -> Head:
        """Write the tiles of everything recorded, sign a checkpoint and show it; what was lost is written again.

        Raises:
            LogError: the records are shorter than, or do not continue, what was signed; or the disk does not take it.
        """
        with self.heads.turn():
            return self._publish(self._last())

    def look(self) -> None:
        """See that the records continue what was signed, without signing anything.

        Raises:
            LogError: they are shorter or other ones.
        """
        with self.heads.turn():
            head = self._last()
            self._longer_than(head)
            self._compare(self._resumed(head, write=False), head.checkpoint)

    def size(self) -> int:
        """How many leaves the records have."""
        return self._leaves.size()

    def nodes(self) -> TileNodes:
        """The hashes of the published tree, for proofs."""
        return TileNodes(FolderSource(self.folder), self.heads.read().checkpoint.size)

    def show(self, head: Head) -> None:
        """Write the checkpoint file.

        Raises:
            LogError: the disk does not take it.
        """
        keep(self.folder / CHECKPOINT, head.note.encode())

    def _last(self) -> Head:
        """What was signed last: what is remembered, or what is shown where the memory was lost or rolled back."""
        head, said = self.heads.read(), FolderSource(self.folder).read(CHECKPOINT)
        try:
            shown, note = open_checkpoint(said or b"", [self.heads.signer.verifier])
        except (LogError, SignatureInvalid):  # it is not ours, and will be written anew
            return head
        return self.heads.adopt(note) if shown.size > head.checkpoint.size else head

    def _publish(self, head: Head) -> Head:
        signed, size = head.checkpoint, self._longer_than(head)
        self._compare(self._resumed(head, write=False), signed)
        writer = self._resumed(head, write=True)
        for entry in self._leaves.entries(signed.size, size):
            writer.append(entry)
        if writer.size != size:
            raise LogForked(f"the records have a gap: {writer.size} leaves came, {size} were due")
        writer.write_edge()
        writer.sync()
        drop_partials(self.folder, writer.start, size)
        new = self.heads.sign(size, writer.root(), old=signed.size, old_root=signed.root)
        self.show(new)
        return new

    def _longer_than(self, head: Head) -> int:
        """How many leaves the records have, at least as many as were signed."""
        size, signed = self._leaves.size(), head.checkpoint.size
        if size < signed:
            raise LogForked(rolled_back(self.heads.signer.name, size, signed))
        return size

    def _resumed(self, head: Head, *, write: bool) -> TileWriter:
        """A writer at the size signed last: its last tile is made anew from the records, what is before is read.

        Where tiles are gone, all of them are made anew, the partial ones that are still needed too.
        """
        signed = head.checkpoint.size
        start = max(0, signed - 1) // WIDTH * WIDTH
        sizes: tuple[int, ...] = (signed,)
        try:
            writer = TileWriter(self.folder, start, signed, write=write)
            if signed and not (self.folder / CHECKPOINT).is_file():
                raise LogError("the folder was emptied")
        except LogError:
            writer, sizes = TileWriter(self.folder, write=write), head.sizes
        for size in sizes:
            for entry in self._leaves.entries(writer.size, size):
                writer.append(entry)
            writer.write_edge()
        return writer

    def _compare(self, writer: TileWriter, signed: Checkpoint) -> None:
        if (writer.size, writer.root()) != (signed.size, signed.root):
            raise LogForked(forked(self.heads.signer.name, signed.size))
