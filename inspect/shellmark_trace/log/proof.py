"""Proof files (C2SP tlog-proof): what an outsider needs to check one entry without asking anybody."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from shellmark_trace.entries import leaf_hash
from shellmark_trace.errors import LogError

from .checkpoint import Checkpoint, decimal, open_checkpoint
from .merkle import HASH_BYTES, Nodes, check_inclusion, prove_inclusion
from .notes import Kind, Note, Signature, Verifier, b64, decoded

HEADING = "c2sp.org/tlog-proof@v1"
ENDING = ".tlog-proof"
MOST_HASHES = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """That leaf `index` is in a checkpoint's tree: hashes from the leaf's sibling up, the checkpoint as signed.

    `extra` is carried along and proves nothing.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: Note
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = "" if self.extra is None else f"extra {base64.b64encode(self.extra).decode()}\n"
        hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in self.hashes)
        return f"{HEADING}\n{extra}index {self.index}\n{hashes}\n{self.note}"

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint the proof leads to; whether it is signed by the right keys, `check` says."""
        return Checkpoint.parse(self.note.text)

    @classmethod
    def parse(cls, said: str | bytes) -> Proof:
        """A proof from its file.

        Raises:
            LogError: it is none.
        """
        head, blank, note = decoded(said).partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != HEADING:
            raise LogError(f"this is no proof file: its first line is not {HEADING}, or it is cut off")
        extra = b64(lines.pop(0)[6:], "the proof's extra data") if lines and lines[0].startswith("extra ") else None
        if not lines or not lines[0].startswith("index "):
            raise LogError("the proof file has no line 'index N': it is damaged")
        index = decimal(lines.pop(0)[6:], "the proof's index")
        return cls(index, parse_hashes(lines), Note.parse(note), extra)

    def check(self, entry: bytes, log: Verifier, witnesses: Sequence[Verifier] = (), *, least: int = 0) -> Proved:
        """See that the entry is in the log, that the log says so, and that `least` of the witnesses have seen it.

        Raises:
            LogError: it does not hold, or one of the witnesses is the log itself.
            SignatureInvalid: the log's signature, or one of a witness, is forged or missing.
        """
        for one in witnesses:
            if one.kind is not Kind.COSIGNATURE or one.key == log.key:
                raise LogError(f"{one.name} signs the log itself: a witness has a key of its own, give that")
        checkpoint, note = open_checkpoint(str(self.note), [log])
        check_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.hashes, checkpoint.root)
        seen = note.signed_by(witnesses)
        if len(seen) < least:
            raise LogError(f"{len(seen)} witnesses have signed the checkpoint, {least} are wanted: ask for a later one")
        return Proved(checkpoint, self.index, seen)


@dataclass(frozen=True, slots=True)
class Proved:
    """What a proof has shown: the entry is leaf `index` of the checkpoint; `witnesses` have cosigned that."""

    checkpoint: Checkpoint
    index: int
    witnesses: tuple[Signature, ...]


def make_proof(nodes: Nodes, index: int, note: Note, entry: bytes) -> Proof:
    """The proof of an entry against a checkpoint, checked before it is given out.

    Raises:
        LogError: the checkpoint does not have the leaf yet, or the stored hashes do not lead to its root.
    """
    checkpoint = Checkpoint.parse(note.text)
    if index >= checkpoint.size:
        raise LogError(f"leaf {index} is not in the checkpoint of {checkpoint.size} leaves yet: publish the log first")
    hashes = prove_inclusion(nodes, index, checkpoint.size)
    check_inclusion(leaf_hash(entry), index, checkpoint.size, hashes, checkpoint.root)
    return Proof(index, tuple(hashes), note)


def parse_hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    """Hashes, one base64 line each.

    Raises:
        LogError: one is none, or there are more than 63.
    """
    hashes = tuple(b64(line, "a hash of the proof") for line in lines)
    if len(hashes) > MOST_HASHES or any(len(one) != HASH_BYTES for one in hashes):
        raise LogError(f"a proof has at most {MOST_HASHES} hashes of {HASH_BYTES} bytes: this one was damaged")
    return hashes
