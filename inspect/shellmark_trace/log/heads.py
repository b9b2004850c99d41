"""What a log has signed: kept before it is shown, so that no two checkpoints ever contradict each other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import filelock

from shellmark_trace.errors import LogError, LogForked
from shellmark_trace.reading import read_file

from .checkpoint import Checkpoint
from .files import keep
from .merkle import EMPTY_ROOT
from .notes import Note, Signature, Signer, Verifier, open_note
from .tiles import Tile, edge

_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Head:
    """The last checkpoint a log has signed, "" for none yet, and the last one a witness has cosigned.

    `sizes` are the published sizes of which partial tiles are still needed, the last one included.
    """

    note: str = ""
    witnessed: str = ""
    sizes: tuple[int, ...] = ()

    @property
    def checkpoint(self) -> Checkpoint:
        """What was signed last; an empty log for nothing."""
        return Checkpoint.parse(Note.parse(self.note).text) if self.note else Checkpoint("none", 0, EMPTY_ROOT)


class Heads:
    """The signing side of one log, with its memory in a file. One at a time holds it, among threads and programs."""

    def __init__(self, path: Path, signer: Signer, witnesses: Sequence[Verifier] = ()) -> None:
        """Sign with `signer` and remember in the file `path`; cosignatures are taken from `witnesses` only."""
        self.signer = signer
        self.witnesses = tuple(witnesses)
        self._path = path

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep others from signing meanwhile.

        Raises:
            LogError: another program holds it, or the folder cannot be used.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(f"{self._path}.lock", timeout=_WAIT_S):
                yield
        except filelock.Timeout as e:
            raise LogError(f"{self._path} is held by another program: let that one publish, or end it") from e
        except OSError as e:
            raise LogError(f"{self._path} cannot be used: {e.strerror or e}") from e

    def read(self) -> Head:
        """What was signed last.

        Raises:
            LogError: the memory is damaged, or of another log or key.
        """
        return read_head(self._path, self.signer.verifier)

    def sign(self, size: int, root: bytes, *, old: int, old_root: bytes) -> Head:
        """Sign a tree that was grown from one of `old` leaves with `old_root`, which must be what was signed last.

        The tree signed last is not signed again.

        Raises:
            LogForked: the tree is smaller than, or does not continue, what was signed last.
        """
        head = self.read()
        before = head.checkpoint
        name = self.signer.name
        if size < before.size:
            raise LogForked(rolled_back(name, size, before.size))
        if (old, old_root) != (before.size, before.root) or (size == before.size and root != before.root):
            raise LogForked(forked(name, before.size))
        if head.note and size == before.size:
            return head
        checkpoint = Checkpoint(name, size, root)
        note = Note(str(checkpoint), (self.signer.sign(str(checkpoint)),))
        return self._keep(replace(head, note=str(note), sizes=_needed((*head.sizes, size))))

    def adopt(self, note: Note) -> Head:
        """Remember a checkpoint of this log's own that the memory does not know of, because it was lost.

        Raises:
            SignatureInvalid: it is not signed by this log.
        """
        head, checkpoint = self.read(), Checkpoint.parse(open_note(str(note), [self.signer.verifier]).text)
        return self._keep(replace(head, note=str(note), sizes=_needed((*head.sizes, checkpoint.size))))

    def probe(self) -> Note:
        """A signed checkpoint of the empty log, with which every log begins: it asks a witness how far it is."""
        checkpoint = Checkpoint(self.signer.name, 0, EMPTY_ROOT)
        return Note(str(checkpoint), (self.signer.sign(str(checkpoint)),))

    def add(self, note: Note, signatures: Iterable[Signature]) -> Head:
        """Keep cosignatures of a checkpoint this log has signed.

        Raises:
            SignatureInvalid: one is forged.
        """
        more = note.adding(signatures)
        head = self.read()
        if not more.signed_by(self.witnesses):
            return head
        if Note.parse(head.note).text == note.text:
            head = replace(head, note=str(Note.parse(head.note).adding(more.signatures)))
            more = Note.parse(head.note)
        return self._keep(replace(head, witnessed=str(more)))

    def _keep(self, head: Head) -> Head:
        keep(self._path, json.dumps(asdict(head), ensure_ascii=False, indent=1).encode())
        return head


def read_head(path: Path, verifier: Verifier) -> Head:
    """What a log with this key has signed last; an empty head where there is no memory yet.

    Raises:
        LogError: the memory is damaged, or of another log or key.
    """
    try:
        said = json.loads(read_file(path))
        head = Head(str(said["note"]), str(said["witnessed"]), tuple(int(size) for size in said["sizes"]))
    except FileNotFoundError:
        return Head()
    except OSError as e:
        raise LogError(f"{path} cannot be read: {e.strerror or e}") from e
    except (ValueError, KeyError, TypeError, RecursionError) as e:
        raise LogError(f"{path} is damaged: take it from a backup; without it nothing may be signed") from e
    for note in (Note.parse(text) for text in (head.note, head.witnessed) if text):
        if not note.signed_by([verifier]):
            raise LogError(
                f"{path} is the memory of {Checkpoint.parse(note.text).origin}, not of {verifier.name} with this key: "
                "a new key or name begins a new log with a new memory file"
            )
    return head


def rolled_back(name: str, size: int, signed: int) -> str:
    """What to say of a log that has become shorter."""
    return (
        f"log {name} has {size} leaves, {signed} were signed: the records were rolled back; "
        "put the newest database back, or begin a new log under a new name"
    )


def forked(name: str, signed: int) -> str:
    """What to say of a log that has other leaves than it had."""
    return (
        f"log {name} does not continue its signed checkpoint of {signed} leaves: records were changed or replaced; "
        "`shellmark log check` finds the first one"
    )


def _needed(sizes: Sequence[int]) -> tuple[int, ...]:
    """The sizes whose partial tiles are not full in the last one, the first of each width; the last size always."""
    last = sizes[-1]
    seen: set[Tile] = set()
    found = []
    for size in sizes[:-1]:
        fresh = {tile for tile in edge(size) if tile.number >= last >> 8 * (tile.level + 1)} - seen
        if fresh:
            seen |= fresh
            found.append(size)
    return (*found, last)
