"""The offline manifest: which codes the factory has issued, as sorted 40-bit prefixes of their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from shellmark_trace.errors import ManifestError
from shellmark_trace.keys import KeyFile, KeyList
from shellmark_trace.link import Link
from shellmark_trace.signed import canonical_link

from .paper import Facts, LogAt, open_paper, parse_paper, write_paper
from .rice import best_k, decode, encode

ISSUED = "issued"
BITS = 40
"""Bits of a prefix: a random code is taken for one of a million with probability 1e6 / 2^40 = 9.1e-7."""

MOST_CODES = 50_000_000
"""Codes of one manifest: 400 MB while it is read."""

LIFE = timedelta(days=14)
"""How long a manifest is believed unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that may be believed; `prefixes` are (n,) sorted uint64."""

    facts: Facts
    prefixes: NDArray[np.uint64]

    def has(self, link: Link) -> bool:
        """Whether the code is among those issued; a random code is with probability n / 2^40."""
        wanted = np.uint64(prefix(link, BITS))
        place = int(np.searchsorted(self.prefixes, wanted))
        return place < len(self.prefixes) and bool(self.prefixes[place] == wanted)


def prefix(link: Link, bits: int) -> int:
    """The first bits of the SHA-256 of a code's canonical link."""
    return int.from_bytes(hashlib.sha256(canonical_link(link).encode("ascii")).digest()[:8], "big") >> (64 - bits)


def build_manifest(
    links: Iterable[Link],
    key: KeyFile,
    *,
    version: int,
    now: datetime,
    life: timedelta = LIFE,
    logs: Iterable[LogAt] = (),
) -> bytes:
    """A signed manifest as a file's bytes: 2.7 MB for a million codes.

    Raises:
        ManifestError: there are more than 50 million codes, or the version is none.
        KeyFileError: the key is no manifest key.
    """
    found = np.fromiter(_prefixes(links), np.uint64)
    numbers = np.unique(found)
    k = best_k(len(numbers), BITS)
    body = encode(numbers, k)
    try:
        facts = Facts(
            what=ISSUED,
            version=version,
            issued=now,
            expires=now + life,
            counts={"codes": len(found), "prefixes": len(numbers)},
            bits=BITS,
            k=k,
            logs=tuple(logs),
            body=hashlib.sha256(body).hexdigest(),
        )
    except ValueError as e:
        raise ManifestError(f"a manifest of version {version} cannot be made: give a version of 1 or more") from e
    return write_paper(facts, body, key)


def open_manifest(data: bytes, keys: KeyList, now: datetime, *, seen: int = 0) -> Manifest:
    """A manifest from its file; `seen` is the newest version this reader has ever believed.

    Raises:
        ManifestError: it is none, is damaged, has expired, is older than one seen, or is dated in the future.
        SignatureInvalid: it is not signed by a manifest key of the list.
    """
    paper = open_paper(data, ISSUED, keys, now, seen=seen)
    facts = paper.facts
    count = facts.counts.get("prefixes", -1)
    if facts.bits != BITS or not 0 <= count <= MOST_CODES or not 1 <= facts.k < BITS:
        raise ManifestError("the manifest is coded in a way this program does not know: use a newer program")
    return Manifest(facts, decode(paper.body, count, facts.k, facts.bits))


def manifest_facts(data: bytes) -> Facts:
    """What a manifest says of itself, unchecked.

    Raises:
        ManifestError: it is none, or is damaged.
    """
    return parse_paper(data, ISSUED)[0]


def _prefixes(links: Iterable[Link]) -> Iterator[int]:
    for number, link in enumerate(links):
        if number >= MOST_CODES:
            raise ManifestError(f"a manifest takes {MOST_CODES} codes at most: make one a year or a line")
        yield prefix(link, BITS)
