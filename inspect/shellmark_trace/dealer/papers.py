"""The papers a dealer holds, opened: key list, manifest, list of withdrawn codes; what cannot be believed is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from shellmark_trace.errors import TraceError
from shellmark_trace.keys import KeyList, Roots, Seen, open_list, parse_draft
from shellmark_trace.manifest import (
    Manifest,
    Withdrawn,
    manifest_facts,
    open_manifest,
    open_withdrawn,
    withdrawn_facts,
)

from .answers import Basis, Known, Why


@dataclass(frozen=True, slots=True)
class Papers:
    """What is at hand; None for what is not. `trouble` is why nothing may be said, with the sentence of the error."""

    keys: KeyList | None = None
    manifest: Manifest | None = None
    withdrawn: Withdrawn | None = None
    trouble: tuple[Why, str] | None = None
    seen: Seen = field(default_factory=Seen)

    @property
    def known(self) -> tuple[Known, ...]:
        """The papers with their dates."""
        found = []
        if self.keys is not None:
            found.append(Known(Basis.KEYS, self.keys.version, self.keys.issued, self.keys.expires))
        for what, paper in ((Basis.MANIFEST, self.manifest), (Basis.VOIDS, self.withdrawn)):
            if paper is not None:
                found.append(Known(what, paper.facts.version, paper.facts.issued, paper.facts.expires))
        return tuple(found)


def open_papers(
    now: datetime,
    *,
    keys: bytes | None = None,
    roots: Roots | None = None,
    manifest: bytes | None = None,
    withdrawn: bytes | None = None,
    seen: Seen | None = None,
) -> Papers:
    """The papers, each checked; the first that cannot be believed ends it as `trouble`: none is passed over in silence.

    `seen` keeps what is older than before, and a clock that was set back, from being believed; the papers' own `seen`
    is to be kept for the next time.
    """
    seen = seen or Seen()
    papers = Papers(seen=seen)
    at = seen.at(now)
    if keys is None or roots is None:
        return papers
    try:
        found = open_list(keys, roots, at, seen=seen.version(Basis.KEYS))
    except TraceError as e:
        old = _is_old(lambda: parse_draft(keys)[0].expires, at)
        return replace(papers, trouble=(Why.KEYS_EXPIRED if old else Why.KEYS_REFUSED, str(e)))
    papers = replace(papers, keys=found, seen=seen.with_version(Basis.KEYS, found.version, now))
    papers = papers if manifest is None else _with_manifest(papers, found, manifest, now)
    return papers if withdrawn is None or papers.trouble else _with_withdrawn(papers, found, withdrawn, now)


def _with_manifest(papers: Papers, keys: KeyList, data: bytes, now: datetime) -> Papers:
    at = papers.seen.at(now)
    try:
        found = open_manifest(data, keys, at, seen=papers.seen.version(Basis.MANIFEST))
    except TraceError as e:
        old = _is_old(lambda: manifest_facts(data).expires, at)
        return replace(papers, trouble=(Why.MANIFEST_EXPIRED if old else Why.MANIFEST_REFUSED, str(e)))
    return replace(papers, manifest=found, seen=papers.seen.with_version(Basis.MANIFEST, found.facts.version, now))


def _with_withdrawn(papers: Papers, keys: KeyList, data: bytes, now: datetime) -> Papers:
    at = papers.seen.at(now)
    try:
        found = open_withdrawn(data, keys, at, seen=papers.seen.version(Basis.VOIDS))
    except TraceError as e:
        old = _is_old(lambda: withdrawn_facts(data).expires, at)
        return replace(papers, trouble=(Why.VOIDS_EXPIRED if old else Why.VOIDS_REFUSED, str(e)))
    return replace(papers, withdrawn=found, seen=papers.seen.with_version(Basis.VOIDS, found.facts.version, now))


def _is_old(expires: Callable[[], datetime], now: datetime) -> bool:
    """Whether a refused paper at least says itself that it has expired; only the words of the answer hang on it."""
    try:
        return now >= expires()
    except TraceError:
        return False
