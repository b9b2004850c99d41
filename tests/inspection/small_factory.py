"""A small factory: three root holders, a station's, a log's and a manifest's key, and its signed key list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shellmark_trace import ALPHABET, Link, canonical, leaf, leaf_hash, new_serial, payload_hash
from shellmark_trace.dealer import pack_proof
from shellmark_trace.keys import (
    LIST_LIFE,
    Card,
    KeyFile,
    KeyList,
    Kind,
    Roots,
    draft,
    first_list,
    key_id,
    new_entry,
    open_list,
    rotated,
    sign_draft,
)
from shellmark_trace.log import Checkpoint, Note, Proof, Signer, Verifier, node_hash, prove_inclusion, root

GTIN = "06901234567892"
OTHER_GTIN = "06901234567885"
HOST = "ID.EXAMPLE.CN"
ORIGIN = "trace.example.cn/pinghu/st01"
NOW = datetime(2026, 11, 29, 8, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def key_file(kind: Kind, name: str) -> KeyFile:
    """A fresh key as if it had been opened from its file."""
    private = Ed25519PrivateKey.generate()
    return KeyFile(Card(kind, Verifier(name, private.public_key())), private)


def a_link(serial: str | None = None, gtin: str = GTIN) -> Link:
    return Link(HOST, gtin, serial or new_serial())


def altered(serial: str, place: int) -> str:
    """The serial with one symbol changed to the next."""
    return serial[:place] + ALPHABET[(ALPHABET.index(serial[place]) + 1) % 32] + serial[place + 1 :]


@dataclass
class Factory:
    """Everything a factory signs with."""

    holders: tuple[KeyFile, ...] = field(default_factory=lambda: tuple(key_file(Kind.ROOT, n) for n in "abc"))
    station: KeyFile = field(default_factory=lambda: key_file(Kind.STATION, "st01"))
    log: KeyFile = field(default_factory=lambda: key_file(Kind.LOG, ORIGIN))
    manifest: KeyFile = field(default_factory=lambda: key_file(Kind.MANIFEST, "m1"))
    most: int = 1000

    @property
    def roots(self) -> Roots:
        return Roots(tuple(one.card.verifier for one in self.holders))

    @property
    def station_id(self) -> str:
        return key_id(self.station.card.verifier)

    def keys(self, now: datetime = NOW) -> KeyList:
        """The list of version 2."""
        entries = [new_entry(one.card, now) for one in (self.log, self.manifest)]
        first = first_list("平湖箱包厂", "Pinghu Luggage", [HOST], entries, now, LIST_LIFE)
        station = new_entry(self.station.card, now, gtins=(GTIN,), most=self.most, log=ORIGIN)
        return rotated(first, station, now, LIST_LIFE)

    def signed(self, keys: KeyList, who: Sequence[int] = (0, 1)) -> bytes:
        """A list signed by some of the holders."""
        note = draft(keys)
        for place in who:
            _, note = sign_draft(str(note), self.holders[place], self.roots)
        return str(note).encode()

    def opened(self, keys: KeyList | None = None, now: datetime = NOW) -> KeyList:
        """A list as a reader gets it."""
        return open_list(self.signed(keys or self.keys()), self.roots, now)


@dataclass
class SmallLog:
    """A log of codes' steps, with proofs that carry their leaves."""

    factory: Factory
    leaves: list[tuple[bytes, bytes, bytes]] = field(default_factory=list)

    def add(self, link: Link, after: str = "RESERVED", at: datetime = NOW, subject: str = "") -> int:
        """A leaf as the station writes it; its index."""
        told = {"serial": link.serial, "gtin": link.gtin, "after": after, "at": at.isoformat(), "case_id": "c-1"}
        payload, salt = canonical(told), bytes(32)
        entry = {"v": 1, "station": "st01", "kind": "code", "before": None, "after": after}
        entry |= {"subject": subject} if subject else {}
        self.leaves.append((leaf({**entry, "payload": payload_hash(payload, salt)}), salt, payload))
        return len(self.leaves) - 1

    def proof(self, index: int, size: int | None = None) -> bytes:
        """The proof of a leaf, its leaf and payload in it."""
        entry, salt, payload = self.leaves[index]
        return pack_proof(self.bare(index, size), entry, salt, payload).encode()

    def bare(self, index: int, size: int | None = None) -> Proof:
        size = len(self.leaves) if size is None else size
        hashes = [leaf_hash(entry) for entry, _, _ in self.leaves[:size]]
        note = self.checkpoint(size)
        return Proof(index, tuple(prove_inclusion(_Hashes(hashes), index, size)), note)

    def checkpoint(self, size: int | None = None) -> Note:
        size = len(self.leaves) if size is None else size
        hashes = [leaf_hash(entry) for entry, _, _ in self.leaves[:size]]
        note = Note(str(Checkpoint(ORIGIN, size, root(_Hashes(hashes), size))))
        return note.adding([Signer(ORIGIN, self.factory.log.private).sign(note.text)])


class _Hashes:
    """Complete subtrees from the leaves' hashes."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._leaves = leaves

    def node(self, level: int, number: int) -> bytes:
        if level == 0:
            return self._leaves[number]
        return node_hash(self.node(level - 1, 2 * number), self.node(level - 1, 2 * number + 1))
