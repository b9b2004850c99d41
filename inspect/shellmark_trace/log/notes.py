"""Signed notes (C2SP signed-note) and the cosignatures of witnesses (C2SP tlog-cosignature, cosignature/v1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shellmark_trace.errors import LogError, SignatureInvalid

MOST_SIGNATURES = 100
"""Signatures a note may carry; Go's note package takes as many."""

_KEY_BYTES = 32
_ID_BYTES = 4
_TIME_BYTES = 8
_NAME = re.compile(r"[^\s+]+")
_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<data>[A-Za-z0-9+/]+=*)")


class Kind(IntEnum):
    """What a key signs, as it stands in the key's id."""

    NOTE = 0x01
    COSIGNATURE = 0x04


_OTHERS = {
    Kind.NOTE: "a witness's key, not a log's: take the one `shellmark log key` prints",
    Kind.COSIGNATURE: "a log's key, not a witness's: take the one `shellmark log witness --show-key` prints",
}
"""What a key is that is not of the kind that is due."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the signer's name, its 4-byte key id, and what it signed with."""

    name: str
    key_id: bytes
    data: bytes

    def __str__(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.data).decode()}\n"

    @classmethod
    def parse(cls, line: str) -> Signature:
        """A signature from its line.

        Raises:
            LogError: it is none.
        """
        found = _LINE.fullmatch(line)
        data = b"" if found is None else b64(found["data"], "a signature")
        if found is None or len(data) <= _ID_BYTES:
            raise LogError(f"{line[:60]!r} is no signature line: '— NAME BASE64' is due")
        return cls(found["name"], data[:_ID_BYTES], data[_ID_BYTES:])

    @property
    def time(self) -> int:
        """When a cosignature was made, in seconds since 1970; the witness says so."""
        return int.from_bytes(self.data[:_TIME_BYTES], "big")


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a line feed, with its signatures."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    @classmethod
    def parse(cls, said: str | bytes) -> Note:
        """A note from its text.

        Raises:
            LogError: it is none.
        """
        content = decoded(said)
        if any(ord(char) < ord(" ") and char != "\n" for char in content):
            raise LogError("the note has control characters: it was damaged on its way")
        text, blank, lines = content.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise LogError("the note has no signatures after a blank line: it is cut off, or no note")
        signatures = tuple(Signature.parse(line) for line in lines[:-1].split("\n"))
        if len(signatures) > MOST_SIGNATURES:
            raise LogError(f"the note has {len(signatures)} signatures, {MOST_SIGNATURES} are allowed")
        return cls(f"{text}\n", signatures)

    def signed_by(self, verifiers: Iterable[Verifier]) -> tuple[Signature, ...]:
        """The signatures by these keys, each key's first; those by others are passed over.

        Raises:
            SignatureInvalid: one names such a key and is not by it.
        """
        known = {(one.name, one.key_id): one for one in verifiers}
        found: dict[tuple[str, bytes], Signature] = {}
        for signature in self.signatures:
            place = (signature.name, signature.key_id)
            if (verifier := known.get(place)) is not None and place not in found:
                verifier.check(self.text, signature)
                found[place] = signature
        return tuple(found.values())

    def adding(self, signatures: Iterable[Signature]) -> Note:
        """The note with further signatures; one by a key that has signed already takes the old one's place."""
        merged = {(one.name, one.key_id): one for one in (*self.signatures, *signatures)}
        return replace(self, signatures=tuple(merged.values()))


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name it signs under."""

    name: str
    key: Ed25519PublicKey
    kind: Kind = Kind.NOTE

    def __post_init__(self) -> None:
        check_name(self.name)

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ 0x0A ‖ kind ‖ key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._key_data()).digest()[:_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The key as others configure it: name+id+base64."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self._key_data()).decode()}"

    @classmethod
    def parse(cls, vkey: str, kind: Kind | None = None) -> Verifier:
        """A key from its text, of this kind if one is given.

        Raises:
            LogError: it is no Ed25519 key of a note or a cosignature, its id does not fit, or it is of the other kind.
        """
        name, _, rest = vkey.strip().partition("+")
        wanted, _, encoded = rest.partition("+")
        data = b64(encoded, "a key")
        if len(data) != 1 + _KEY_BYTES or data[0] not in set(Kind):
            raise LogError(f"{vkey[:60]!r} is no key of a log or a witness: NAME+ID+BASE64 with an Ed25519 key is due")
        found = cls(name, Ed25519PublicKey.from_public_bytes(data[1:]), Kind(data[0]))
        if found.key_id.hex() != wanted:
            raise LogError(f"the key {name}+{wanted} has id {found.key_id.hex()}: it was copied wrongly")
        if kind is not None and found.kind is not kind:
            raise LogError(f"{vkey.strip()[:60]!r} is {_OTHERS[kind]}")
        return found

    def check(self, text: str, signature: Signature) -> None:
        """See that the signature of a note's text is by this key.

        Raises:
            SignatureInvalid: it is not.
        """
        data, signed = signature.data, text.encode()
        if self.kind is Kind.COSIGNATURE:
            signed, data = _cosigned(text, signature.time), data[_TIME_BYTES:]
        try:
            self.key.verify(data, signed)
        except InvalidSignature as e:
            raise SignatureInvalid(
                f"the signature of {self.name} (key {self.key_id.hex()}) does not fit: the text was changed, or forged"
            ) from e

    def _key_data(self) -> bytes:
        return bytes([self.kind]) + self.key.public_bytes_raw()


@dataclass(frozen=True, slots=True)
class Signer:
    """A log's private key with its name, which is the log's origin."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """The public side."""
        return Verifier(self.name, self.key.public_key())

    def sign(self, text: str) -> Signature:
        """A signature of a note's text."""
        return Signature(self.name, self.verifier.key_id, self.key.sign(text.encode()))


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness's private key with its name; the key must not sign anything else."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """The public side."""
        return Verifier(self.name, self.key.public_key(), Kind.COSIGNATURE)

    def sign(self, text: str, time: int) -> Signature:
        """A cosignature of a checkpoint's text; `time` in whole seconds since 1970."""
        data = time.to_bytes(_TIME_BYTES, "big") + self.key.sign(_cosigned(text, time))
        return Signature(self.name, self.verifier.key_id, data)


def check_name(name: str) -> str:
    """The name, when a key can have it.

    Raises:
        LogError: it is empty, or has white space or a plus sign.
    """
    if not _NAME.fullmatch(name):
        raise LogError(
            f"{name[:60]!r} is no name of a key: give an address without scheme such as trace.example.cn/st01"
        )
    return name


def open_note(said: str | bytes, verifiers: Sequence[Verifier]) -> Note:
    """A note that is signed by at least one of these keys.

    Raises:
        LogError: it is no note.
        SignatureInvalid: no signature is by one of the keys, or one claims to be and is not.
    """
    note = Note.parse(said)
    if not note.signed_by(verifiers):
        names = ", ".join(one.name for one in verifiers) or "nobody"
        raise SignatureInvalid(f"the note is not signed by {names}: it is another log's, or the key has changed")
    return note


def b64(text: str, what: str) -> bytes:
    """Bytes from standard base64, written in the one way there is.

    Raises:
        LogError: it is none.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as e:
        raise LogError(f"{what} is no base64: {text[:60]!r}") from e
    if base64.b64encode(data).decode() != text:
        raise LogError(f"{what} is base64 with bits to spare: {text[:60]!r}")
    return data


def decoded(said: str | bytes) -> str:
    """Text from UTF-8.

    Raises:
        LogError: it is none.
    """
    if isinstance(said, str):
        return said
    try:
        return said.decode()
    except UnicodeDecodeError as e:
        raise LogError("the text is no UTF-8: it was damaged on its way") from e


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()
