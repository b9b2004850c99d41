"""Checkpoints (C2SP tlog-checkpoint): the three lines that say what a log holds."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from shellmark_trace.errors import LogError

from .merkle import EMPTY_ROOT, HASH_BYTES
from .notes import Note, Verifier, b64, check_name, open_note

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's state: its origin, how many leaves it has, and the 32-byte root over them."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """A checkpoint from the signed text of its note: three lines and no more.

        Raises:
            LogError: it is none.
        """
        lines = text.split("\n")
        if len(lines) != _LINES + 1 or lines[-1]:
            raise LogError("a checkpoint has three lines: origin, size, root; this one has others")
        origin, size, encoded = lines[:_LINES]
        digest = b64(encoded, "the checkpoint's root")
        if len(digest) != HASH_BYTES:
            raise LogError(f"the checkpoint's root has {len(digest)} bytes, {HASH_BYTES} are due")
        found = cls(check_name(origin), decimal(size, "the checkpoint's size"), digest)
        if found.size == 0 and digest != EMPTY_ROOT:
            raise LogError("the checkpoint has size 0 and the root of something: it is forged")
        return found


def open_checkpoint(said: str | bytes, verifiers: Sequence[Verifier]) -> tuple[Checkpoint, Note]:
    """A checkpoint signed under its own origin's name by one of these keys, and its note.

    Raises:
        LogError: it is no checkpoint, or of another log.
        SignatureInvalid: no signature is by one of the keys, or one claims to be and is not.
    """
    note = open_note(said, verifiers)
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin not in {one.name for one in note.signed_by(verifiers)}:
        raise LogError(f"the checkpoint is of {checkpoint.origin}, its signature of another log")
    return checkpoint, note


def decimal(text: str, what: str) -> int:
    """A whole number written without leading zeros.

    Raises:
        LogError: it is none, or beyond 63 bits.
    """
    if not (text.isascii() and _DECIMAL.fullmatch(text)) or int(text) >= 1 << 63:
        raise LogError(f"{what} is no whole number: {text[:60]!r}")
    return int(text)
