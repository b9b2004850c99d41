"""Key files: an Ed25519 key as PEM PKCS#8 under a passphrase, its kind and name above it; and its public card."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from shellmark_trace.errors import KeyFileError, LogError
from shellmark_trace.log import Verifier

from .passphrases import check_passphrase
from .storage import read_private, write_private, write_public

ENDING = ".key"
CARD_ENDING = ".pub"

SCRYPT = (1 << 16, 8, 1)
"""n, r, p of the stretching: 64 MiB and about a fifth of a second a try.

PKCS#8 as `cryptography` 50 writes it stretches by 2,048 rounds of PBKDF2 only (read from the file by asn1parse); so the
passphrase goes through scrypt first.
"""

MOST_SCRYPT_N = 1 << 20
"""A file may not ask for more than 1 GiB of memory."""

_SALT_BYTES = 16
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,79}")
_FILE = re.compile(
    rb"shellmark-kind: (?P<kind>[a-z]+)\n"
    rb"shellmark-name: (?P<name>[!-~]+)\n"
    rb"shellmark-key: (?P<vkey>[!-~]+)\n"
    rb"shellmark-scrypt: (?P<n>[1-9][0-9]{0,8}) (?P<r>[1-9][0-9]?) (?P<p>[1-9][0-9]?) (?P<salt>[0-9a-f]{32})\n"
    rb"(?P<pem>-----BEGIN ENCRYPTED PRIVATE KEY-----\n.+-----END ENCRYPTED PRIVATE KEY-----\n)",
    re.DOTALL,
)


class Kind(StrEnum):
    """What a key is for; no key serves two ends."""

    ROOT = "root"
    STATION = "station"
    LOG = "log"
    MANIFEST = "manifest"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Card:
    """The public side of a key: its kind, its name, its public key."""

    kind: Kind
    verifier: Verifier

    def __str__(self) -> str:
        return f"{self.kind} {self.verifier.vkey}"

    @property
    def name(self) -> str:
        """The key's name; of a log's key the log's origin."""
        return self.verifier.name

    @classmethod
    def parse(cls, line: str) -> Card:
        """A card from its line, `KIND NAME+ID+BASE64`.

        Raises:
            KeyFileError: it is none.
        """
        kind, _, vkey = line.strip().partition(" ")
        if kind not in set(Kind) or kind == Kind.PIN:
            raise KeyFileError(f"{line.strip()[:60]!r} is no card of a key: KIND NAME+ID+BASE64 is due")
        try:
            return cls(Kind(kind), Verifier.parse(vkey))
        except LogError as e:
            raise KeyFileError(f"the card of a {kind} key cannot be used: {e}") from e


@dataclass(frozen=True, slots=True)
class KeyFile:
    """An opened key file."""

    card: Card
    private: Ed25519PrivateKey

    @property
    def kind(self) -> Kind:
        """What the key is for."""
        return self.card.kind

    @property
    def name(self) -> str:
        """The key's name."""
        return self.card.name

    def secret(self) -> bytes:
        """The 32 secret bytes of a PIN key, for HMAC; such a key never signs.

        Raises:
            KeyFileError: the key is of another kind.
        """
        if self.kind is not Kind.PIN:
            raise KeyFileError(f"{self.name} is a {self.kind} key: the PINs' HMAC takes a pin key only")
        return self.private.private_bytes_raw()


def create_key(kind: Kind, name: str, path: Path, passphrase: bytes) -> Card:
    """Draw a key, write its file (mode 0600) and give its card; the card of a PIN key must not be published.

    Raises:
        KeyFileError: the file exists or cannot be written, the name is none, the passphrase too easy.
    """
    if not _NAME.fullmatch(name):
        raise KeyFileError(f"{name[:40]!r} is no name of a key: letters, digits and . _ - / only, 80 at most")
    check_passphrase(passphrase)
    private = Ed25519PrivateKey.generate()
    card = Card(kind, Verifier(name, private.public_key()))
    salt = secrets.token_bytes(_SALT_BYTES)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(_stretched(passphrase, salt, *SCRYPT)),
    )
    head = (
        f"shellmark-kind: {kind}\nshellmark-name: {name}\nshellmark-key: {_shown(card)}\n"
        f"shellmark-scrypt: {' '.join(map(str, SCRYPT))} {salt.hex()}\n"
    )
    write_private(path, head.encode() + pem)
    return card


def read_key(path: Path, passphrase: bytes, kind: Kind | None = None) -> KeyFile:
    """Open a key file, of this kind if one is given.

    Raises:
        KeyFileError: it cannot be read, others can read it, it is of another kind, or the passphrase does not fit.
    """
    head = _head(path)
    found = Kind(head["kind"].decode())
    if kind is not None and found is not kind:
        raise KeyFileError(f"{path} is a {found} key, a {kind} key is due: give another file")
    n, r, p = (int(head[part]) for part in ("n", "r", "p"))
    secret = _stretched(passphrase, bytes.fromhex(head["salt"].decode()), n, r, p)
    try:
        private = serialization.load_pem_private_key(head["pem"], secret)
    except (ValueError, TypeError) as e:
        raise KeyFileError(f"key file {path} does not open: the passphrase is wrong, or the file is damaged") from e
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(f"key file {path} holds no Ed25519 key: draw a new one with `shellmark keys init`")
    card = Card(found, Verifier(head["name"].decode(), private.public_key()))
    if _shown(card) != head["vkey"].decode():
        raise KeyFileError(f"key file {path} names another key than it holds: it was changed, take the copy")
    return KeyFile(card, private)


def read_pin_key(path: Path, passphrase: bytes) -> bytes:
    """The 32 bytes PINs are hashed with (HMAC-SHA256).

    Raises:
        KeyFileError: the file is no PIN key, or does not open.
    """
    return read_key(path, passphrase, Kind.PIN).secret()


def card_of(path: Path) -> Card:
    """The card of a key file, without its passphrase.

    Raises:
        KeyFileError: it is no key file, others can read it, or it is a PIN key, which has no card.
    """
    head = _head(path)
    if head["kind"].decode() == Kind.PIN:
        raise KeyFileError(f"{path} is a pin key, which has no card: it is a secret both ways")
    return Card.parse(f"{head['kind'].decode()} {head['vkey'].decode()}")


def write_card(card: Card, path: Path) -> None:
    """Write a card for others.

    Raises:
        KeyFileError: the file exists or cannot be written, or the key is one that has no card.
    """
    if card.kind is Kind.PIN:
        raise KeyFileError("a pin key has no card: it is a secret both ways")
    write_public(path, f"{card}\n".encode())


def _shown(card: Card) -> str:
    return "-" if card.kind is Kind.PIN else card.verifier.vkey


def _head(path: Path) -> re.Match[bytes]:
    found = _FILE.fullmatch(read_private(path, "key").replace(b"\r\n", b"\n"))
    if found is None or found["kind"].decode() not in set(Kind) or not _NAME.fullmatch(found["name"].decode()):
        raise KeyFileError(f"{path} is no key file of shellmark, or is damaged: `shellmark keys init` makes one")
    if int(found["n"]) > MOST_SCRYPT_N or int(found["n"]) & (int(found["n"]) - 1):
        raise KeyFileError(f"key file {path} asks for {found['n'].decode()} blocks of scrypt: it was changed")
    return found


def _stretched(passphrase: bytes, salt: bytes, n: int, r: int, p: int) -> bytes:
    try:
        return base64.b64encode(Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase))
    except (ValueError, MemoryError) as e:
        raise KeyFileError(f"the passphrase cannot be stretched by scrypt {n} {r} {p}: {e}") from e
