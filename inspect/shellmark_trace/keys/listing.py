"""The key list: which keys a factory's codes, logs and manifests are signed with; signed by two of three root holders.

It travels as a signed note (C2SP signed-note): the line "shellmark key list v1", the list as canonical JSON (RFC 8785)
on one line, a blank line, and a signature line a holder. What is signed is the two lines with their line feeds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import Field, model_validator

from shellmark_trace.entries import canonical
from shellmark_trace.errors import KeyFileError, LogError, SignatureInvalid, TraceError
from shellmark_trace.log import Note, Signature, Signer, Verifier

from .entries import Entry, Frozen, Host, Line, Moment, first_fault
from .files import Card, KeyFile, Kind

HEADING = "shellmark key list v1"
HOLDERS = 3
NEEDED = 2
"""Of three holders two must sign: one may be lost, one alone can do nothing."""

CLOCK_SLACK = timedelta(hours=1)
"""How far a clock may be behind the one that dated a list or a manifest."""


@dataclass(frozen=True, slots=True)
class Roots:
    """The three root holders, as everybody who checks must know them beforehand."""

    holders: tuple[Verifier, ...]

    def __post_init__(self) -> None:
        keys = {one.key.public_bytes_raw() for one in self.holders}
        if not len(self.holders) == len(keys) == len({one.name for one in self.holders}) == HOLDERS:
            raise KeyFileError(
                f"there are {HOLDERS} root holders with a name and a key each: give three different cards"
            )

    @classmethod
    def parse(cls, text: str) -> Roots:
        """Holders from a text with one card a line; the word "root" before the key may be left out.

        Raises:
            KeyFileError: they are not three, or a line is no card of a root key.
        """
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        cards = [Card.parse(line if " " in line else f"{Kind.ROOT} {line}") for line in lines]
        if wrong := [card for card in cards if card.kind is not Kind.ROOT]:
            raise KeyFileError(f"{wrong[0].name} is a {wrong[0].kind} key, no root holder's: give the holders' cards")
        return cls(tuple(card.verifier for card in cards))


class KeyList(Frozen):
    """What the holders have signed: who the factory is, its hosts, its keys; old keys stay so that old codes check."""

    factory_zh: Line
    factory_en: Line
    version: int = Field(ge=1, le=2**53 - 1)
    issued: Moment
    expires: Moment
    hosts: tuple[Host, ...] = Field(min_length=1)
    keys: tuple[Entry, ...]

    @model_validator(mode="after")
    def _fits(self) -> KeyList:
        if self.issued >= self.expires:
            raise ValueError("the list expires before it is issued")
        if len({one.id for one in self.keys}) != len(self.keys):
            raise ValueError("two keys of the list have the same id: draw one of them anew")
        logs = {one.name for one in self.keys if one.kind is Kind.LOG}
        if missing := [one for one in self.keys if one.log and one.log not in logs]:
            raise ValueError(f"key {missing[0].id} names the log {missing[0].log}, which has no key in the list")
        return self

    @property
    def gtins(self) -> frozenset[str]:
        """Every GTIN a station of this factory has or had."""
        return frozenset(gtin for one in self.keys for gtin in one.gtins)

    def entry(self, key_id: str) -> Entry | None:
        """The key of an id (6 hex digits), or None."""
        return next((one for one in self.keys if one.id == key_id), None)

    def of_kind(self, kind: Kind) -> tuple[Entry, ...]:
        """The keys of a kind, in the order of the list."""
        return tuple(one for one in self.keys if one.kind is kind)

    def text(self) -> str:
        """What the holders sign."""
        return f"{HEADING}\n{canonical(self.model_dump(mode='json', exclude_none=True)).decode()}\n"


def draft(keys: KeyList) -> Note:
    """A list nobody has signed yet."""
    return Note(keys.text())


def draft_text(note: Note) -> str:
    """A draft as a file's text; one without a signature ends in its blank line."""
    return str(note)


def parse_draft(said: str | bytes) -> tuple[KeyList, Note]:
    """A list and who has signed it, nothing of which is checked yet.

    Raises:
        KeyFileError: it is no key list.
    """
    try:
        content = said.decode() if isinstance(said, bytes) else said
        text, _, signatures = content.partition("\n\n")
        note = Note(f"{text}\n") if not signatures else Note.parse(content)
        heading, _, body = note.text.partition("\n")
        if heading != HEADING:
            raise KeyFileError(f"this is no key list: its first line is not {HEADING!r}")
        value = json.loads(body)
        keys = KeyList.model_validate(value)
    except (UnicodeDecodeError, LogError, RecursionError) as e:
        raise KeyFileError(f"the key list is damaged: {e}") from e
    except ValueError as e:
        raise KeyFileError(f"the key list cannot be used: {first_fault(e)}") from e
    if keys.text() != note.text:
        raise KeyFileError("the key list is not written in the one canonical way: take it as the holders signed it")
    return keys, note


def sign_draft(said: str | bytes, holder: KeyFile, roots: Roots) -> tuple[KeyList, Note]:
    """The draft with one holder's signature added; signing twice changes nothing.

    Raises:
        KeyFileError: it is no list, or the key is not one of the holders'.
        SignatureInvalid: a signature that is there already is forged.
    """
    keys, note = parse_draft(said)
    if holder.kind is not Kind.ROOT or holder.card.verifier not in roots.holders:
        raise KeyFileError(f"{holder.name} is none of the root holders: {_names(roots.holders)} may sign a list")
    note.signed_by(roots.holders)
    return keys, note.adding([Signer(holder.name, holder.private).sign(note.text)])


def signed_by(note: Note, roots: Roots) -> tuple[Signature, ...]:
    """The holders' signatures of a list.

    Raises:
        SignatureInvalid: one is forged.
    """
    return note.signed_by(roots.holders)


def open_list(said: str | bytes, roots: Roots, now: datetime, *, seen: int = 0) -> KeyList:
    """A key list that may be believed; `seen` is the newest version this reader has ever believed.

    Raises:
        KeyFileError: it is no list, is older than one seen, has expired, or is dated in the future.
        SignatureInvalid: fewer than two of the three holders have signed it, or a signature is forged.
    """
    keys, note = parse_draft(said)
    found = signed_by(note, roots)
    if len(found) < NEEDED:
        missing = "nobody" if not found else ", ".join(one.name for one in found)
        raise SignatureInvalid(
            f"the key list of version {keys.version} is signed by {missing}: {NEEDED} of {_names(roots.holders)} must"
        )
    if keys.version < seen:
        raise KeyFileError(f"the key list has version {keys.version}, {seen} was seen before: it was rolled back")
    check_dates("key list", keys.issued, keys.expires, now)
    return keys


def check_dates(
    what: str, issued: datetime, expires: datetime, now: datetime, *, error: type[TraceError] = KeyFileError
) -> None:
    """See that something signed is in force.

    Raises:
        TraceError: (as `error`) it has expired, or is dated after now by more than an hour.
    """
    if now >= expires:
        raise error(f"the {what} expired at {expires:%Y-%m-%d %H:%M} UTC: fetch the newest one from the factory")
    if now < issued - CLOCK_SLACK:
        raise error(
            f"the {what} was issued at {issued:%Y-%m-%d %H:%M} UTC, after this device's time: set its clock right"
        )


def _names(holders: Iterable[Verifier] | Sequence[Verifier]) -> str:
    return ", ".join(one.name for one in holders)
