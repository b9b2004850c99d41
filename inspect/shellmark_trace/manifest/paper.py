"""A signed paper with a body: a note by the manifest key (heading, facts as canonical JSON), a blank line, the bytes.

The facts name the SHA-256 of the body, so the one signature covers both. Issued codes and withdrawn codes are papers
with different headings; neither can be taken for the other.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import Field

from shellmark_trace.entries import canonical
from shellmark_trace.errors import KeyFileError, LogError, ManifestError, SignatureInvalid
from shellmark_trace.keys import KeyFile, KeyList, Kind, check_dates
from shellmark_trace.keys.entries import Count, Frozen, Line, Moment, first_fault
from shellmark_trace.log import Checkpoint, Note, Signer

MOST_HEAD = 64 * 1024
MOST_BODY = 256 * 1024 * 1024


class LogAt(Frozen):
    """How far a log was when a paper was made: its origin, and the size and root (hex) of its last checkpoint.

    `upto` is how many leaves the records had once the codes were read, so that no code of the paper is a later leaf.
    """

    origin: Line
    size: Count
    root: str = Field(pattern=r"^[0-9a-f]{64}$")
    upto: Count

    @classmethod
    def of(cls, checkpoint: Checkpoint, upto: int = 0) -> Self:
        """From a checkpoint and the size of the longest log of the records."""
        size = checkpoint.size
        return cls(origin=checkpoint.origin, size=size, root=checkpoint.root.hex(), upto=max(size, upto))


class Facts(Frozen):
    """What a paper says of itself; `counts` how many entries it has of each sort, `k` how they are coded."""

    what: Literal["issued", "withdrawn"]
    version: int = Field(ge=1, le=2**53 - 1)
    issued: Moment
    expires: Moment
    counts: dict[str, Count]
    bits: int = Field(ge=16, le=64)
    k: int = Field(ge=0, le=63)
    logs: tuple[LogAt, ...] = ()
    body: str = Field(pattern=r"^[0-9a-f]{64}$")

    def size_of(self, log: str) -> int | None:
        """How many leaves of a log the paper takes in at most, None for a log it does not name."""
        return next((one.upto for one in self.logs if one.origin == log), None)

    def age(self, now: datetime) -> timedelta:
        """How old the paper is, never below zero."""
        return max(timedelta(), now - self.issued)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper whose signature and dates hold."""

    facts: Facts
    body: bytes


def write_paper(facts: Facts, body: bytes, key: KeyFile) -> bytes:
    """A signed paper as a file's bytes.

    Raises:
        KeyFileError: the key is no manifest key.
    """
    if key.kind is not Kind.MANIFEST:
        raise KeyFileError(f"{key.name} is a {key.kind} key: a manifest is signed by a manifest key")
    said = canonical(facts.model_dump(mode="json", exclude_none=True)).decode()
    note = Note(f"{_heading(facts.what)}\n{said}\n")
    return f"{note.adding([Signer(key.name, key.private).sign(note.text)])}\n".encode() + body


def parse_paper(data: bytes, what: str) -> tuple[Facts, Note, bytes]:
    """A paper's facts, its note and its body; nothing but the form and the body's hash is checked.

    Raises:
        ManifestError: it is no such paper, or is damaged.
    """
    text, first, rest = data.partition(b"\n\n")
    signatures, second, body = rest.partition(b"\n\n")
    if not (first and second) or len(text) + len(signatures) > MOST_HEAD or len(body) > MOST_BODY:
        raise ManifestError(f"this is no list of {what} codes, or it is cut off: fetch it again")
    try:
        note = Note.parse(text + first + signatures + b"\n")
        heading, _, said = note.text.partition("\n")
        if heading != _heading(what):
            raise ManifestError(f"this is no list of {what} codes: its first line is not {_heading(what)!r}")
        facts = Facts.model_validate(json.loads(said))
    except (LogError, RecursionError) as e:
        raise ManifestError(f"the list of {what} codes is damaged: {e}") from e
    except ValueError as e:
        raise ManifestError(f"the list of {what} codes cannot be used: {first_fault(e)}") from e
    if facts.what != what or hashlib.sha256(body).hexdigest() != facts.body:
        raise ManifestError(f"the list of {what} codes is damaged: its body is not the one that was signed")
    return facts, note, body


def open_paper(data: bytes, what: str, keys: KeyList, now: datetime, *, seen: int = 0) -> Paper:
    """A paper that may be believed.

    Raises:
        ManifestError: it is none, is damaged, has expired, is older than one seen, or is dated in the future.
        SignatureInvalid: it is not signed by a manifest key of the list that was in force and is not revoked.
    """
    facts, note, body = parse_paper(data, what)
    mine = [one for one in keys.of_kind(Kind.MANIFEST) if one.revoked is None and one.starts <= facts.issued < one.ends]
    if not note.signed_by([one.verifier for one in mine]):
        raise SignatureInvalid(f"the list of {what} codes is not signed by a manifest key of key list {keys.version}")
    if facts.version < seen:
        raise ManifestError(
            f"the list of {what} codes has version {facts.version}, {seen} was seen before: it was rolled back"
        )
    check_dates(f"list of {what} codes", facts.issued, facts.expires, now, error=ManifestError)
    return Paper(facts, body)


def _heading(what: str) -> str:
    return f"shellmark {what} codes v1"
