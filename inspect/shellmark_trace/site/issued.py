"""Codes that were issued and not uploaded: said only where the signature and the manifest of issued codes agree."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from shellmark_trace.dealer import Papers, Verdicts, Why, decide, open_papers
from shellmark_trace.keys import Roots
from shellmark_trace.link import Link
from shellmark_trace.reading import MOST_LIST_BYTES, read_file

REOPEN_S = 600.0
"""How long papers are believed before they are opened again: they expire, and newer ones come."""

log = logging.getLogger(__name__)


class IssuedPapers:
    """The factory's papers in files, which may be replaced while the site runs; each call may be on any thread."""

    def __init__(
        self,
        keys: Path,
        roots: Roots,
        manifest: Path,
        withdrawn: Path | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Name the files; they are opened with the first code asked for."""
        self._files = keys, manifest, withdrawn
        self._roots = roots
        self._clock = clock
        self._turn = threading.Lock()
        self._papers = Papers()
        self._stamp: tuple[object, ...] = ()
        self._opened_s = float("-inf")

    def __call__(self, link: Link, signature: str) -> bool:
        """Whether the code with this AI 91 was issued; False too while the papers cannot be believed."""
        now = self._clock()
        try:
            papers = self._current(now)
        except OSError as e:
            log.warning("papers of issued codes: %s: %s", e.filename, e.strerror)
            return False
        answer = decide(f"{link}?91={signature}", papers, now)
        return answer.verdict is Verdicts.ISSUED and answer.why is Why.LISTED

    def _current(self, now: datetime) -> Papers:
        with self._turn:
            stamp = tuple(path and (path.stat().st_mtime_ns, path.stat().st_size) for path in self._files)
            if stamp == self._stamp and time.monotonic() - self._opened_s < REOPEN_S:
                return self._papers
            keys, manifest, withdrawn = map(_read, self._files)
            seen = self._papers.seen
            papers = open_papers(now, keys=keys, roots=self._roots, manifest=manifest, withdrawn=withdrawn, seen=seen)
            if papers.trouble is not None:
                log.warning("papers of issued codes: %s", papers.trouble[1])
            self._papers, self._stamp, self._opened_s = papers, stamp, time.monotonic()
            return papers


def _read(path: Path | None) -> bytes | None:
    return None if path is None else read_file(path, MOST_LIST_BYTES)
