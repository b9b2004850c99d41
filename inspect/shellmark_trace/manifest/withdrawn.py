"""The list of withdrawn codes: VOID, COPIED and RETIRED ones, small, and fresher than the manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from shellmark_trace.errors import ManifestError
from shellmark_trace.keys import KeyFile, KeyList
from shellmark_trace.link import Link

from .issued import prefix
from .paper import Facts, LogAt, open_paper, parse_paper, write_paper

WITHDRAWN = "withdrawn"
BITS = 64
"""Bits of a prefix: a good code is taken for one of 100,000 withdrawn ones with probability 5e-15."""

LIFE = timedelta(days=3)
"""How long the list is believed unless it says otherwise."""


class Withdrawal(StrEnum):
    """Why a code is no longer good."""

    VOID = "void"
    COPIED = "copied"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A list that may be believed; per reason (n,) sorted uint64."""

    facts: Facts
    prefixes: Mapping[Withdrawal, NDArray[np.uint64]]

    def why(self, link: Link) -> Withdrawal | None:
        """Why a code is withdrawn, None when it is not."""
        wanted = np.uint64(prefix(link, BITS))
        for reason, numbers in self.prefixes.items():
            place = int(np.searchsorted(numbers, wanted))
            if place < len(numbers) and numbers[place] == wanted:
                return reason
        return None


def build_withdrawn(
    links: Iterable[tuple[Link, Withdrawal]],
    key: KeyFile,
    *,
    version: int,
    now: datetime,
    life: timedelta = LIFE,
    logs: Iterable[LogAt] = (),
) -> bytes:
    """A signed list as a file's bytes, 8 bytes a code.

    Raises:
        ManifestError: the version is none.
        KeyFileError: the key is no manifest key.
    """
    found: dict[Withdrawal, set[int]] = {reason: set() for reason in Withdrawal}
    for link, reason in links:
        found[reason].add(prefix(link, BITS))
    body = b"".join(np.array(sorted(found[reason]), ">u8").tobytes() for reason in Withdrawal)
    try:
        facts = Facts(
            what=WITHDRAWN,
            version=version,
            issued=now,
            expires=now + life,
            counts={str(reason): len(numbers) for reason, numbers in found.items()},
            bits=BITS,
            k=0,
            logs=tuple(logs),
            body=hashlib.sha256(body).hexdigest(),
        )
    except ValueError as e:
        raise ManifestError(f"a list of version {version} cannot be made: give a version of 1 or more") from e
    return write_paper(facts, body, key)


def open_withdrawn(data: bytes, keys: KeyList, now: datetime, *, seen: int = 0) -> Withdrawn:
    """A list from its file; `seen` is the newest version this reader has ever believed.

    Raises:
        ManifestError: it is none, is damaged, has expired, is older than one seen, or is dated in the future.
        SignatureInvalid: it is not signed by a manifest key of the list.
    """
    paper = open_paper(data, WITHDRAWN, keys, now, seen=seen)
    counts = paper.facts.counts
    if paper.facts.bits != BITS or set(counts) != set(Withdrawal) or sum(counts.values()) * 8 != len(paper.body):
        raise ManifestError("the list of withdrawn codes is coded in a way this program does not know")
    numbers = np.frombuffer(paper.body, ">u8").astype(np.uint64)
    ends = np.cumsum([counts[str(reason)] for reason in Withdrawal])
    parts = dict(zip(Withdrawal, np.split(numbers, ends[:-1]), strict=True))
    if any((part[1:] <= part[:-1]).any() for part in parts.values()):
        raise ManifestError("the list of withdrawn codes is not sorted: fetch it again")
    return Withdrawn(paper.facts, parts)


def withdrawn_facts(data: bytes) -> Facts:
    """What a list says of itself, unchecked.

    Raises:
        ManifestError: it is none, or is damaged.
    """
    return parse_paper(data, WITHDRAWN)[0]
