"""What a reader has seen so far, so that nothing older is believed again: versions, and the latest time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shellmark_trace.errors import KeyFileError
from shellmark_trace.reading import read_file

from .listing import Roots
from .storage import replace_public


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest version of each kind of paper ("keys", "issued", "withdrawn") and the latest time seen."""

    versions: Mapping[str, int] = field(default_factory=dict)
    latest: datetime | None = None

    def version(self, what: str) -> int:
        """The newest version of a paper that was believed, 0 for none."""
        return self.versions.get(what, 0)

    def at(self, now: datetime) -> datetime:
        """The time to go by: a clock that was set back does not make an expired paper good again."""
        return now if self.latest is None else max(now, self.latest)

    def with_version(self, what: str, version: int, now: datetime) -> Seen:
        """With a version and a time added; neither ever goes back."""
        versions = {**self.versions, what: max(version, self.version(what))}
        return Seen(versions, self.at(now))


def roots_name(roots: Roots) -> str:
    """A short name of a set of root holders, which what was seen is kept under."""
    keys = sorted(one.key.public_bytes_raw() for one in roots.holders)
    return hashlib.sha256(b"".join(keys)).hexdigest()[:16]


def read_seen(path: Path, roots: Roots) -> Seen:
    """What was seen of these holders' papers; nothing without a file.

    Raises:
        KeyFileError: the file is damaged; going on without it would believe what is old.
    """
    kept = _read(path).get(roots_name(roots))
    if kept is None:
        return Seen()
    try:
        versions = {str(what): int(version) for what, version in kept["versions"].items()}
        latest = datetime.fromisoformat(kept["latest"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        raise _damaged(path) from e
    return Seen(versions, latest)


def write_seen(path: Path, roots: Roots, seen: Seen) -> None:
    """Keep what was seen, whole or not at all.

    Raises:
        KeyFileError: the file cannot be written.
    """
    latest = (seen.latest or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    value = _read(path) | {roots_name(roots): {"versions": dict(seen.versions), "latest": latest}}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise KeyFileError(f"{path} cannot be written: {e.strerror or e}: give another file for what was seen") from e
    replace_public(path, json.dumps(value, indent=1).encode())


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(read_file(path))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as e:
        raise _damaged(path) from e
    if not isinstance(value, dict):
        raise _damaged(path)
    return value


def _damaged(path: Path) -> KeyFileError:
    return KeyFileError(f"{path} holds what was seen and is damaged: mend it, or delete it and fetch the newest papers")
