"""Which version judges, and changing it: after the gate, one at a time, whole, and back again."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from shellmark_models.activation import ACTIVE_FILE, Active, How, Switch, active_root, first_active, read_active
from shellmark_models.errors import BundleError
from shellmark_models.evaluation.gate import GateReport, keep_report, kept_report
from shellmark_models.registry import Store, StoredModel, packaged_store
from shellmark_models.writing import write_file

PATIENCE_S = 1.0
"""How long an activation waits for another one."""
_CANNOT_WRITE = (errno.EROFS, errno.EACCES, errno.EPERM)


def gate_of(store: Store, stored: StoredModel) -> GateReport | None:
    """What the gate last said of this very file on this machine, None if never."""
    return kept_report(_gate_folders(store, stored), stored.digest)


def keep_gate(store: Store, stored: StoredModel, report: GateReport) -> None:
    """Keeps what the gate said, beside the version or, where nothing may be written, in the first store that takes it.

    Raises BundleError.
    """
    _on_first(_writable(_gate_folders(store, stored)), lambda folder: keep_report(report, folder), stored.name)


def _gate_folders(store: Store, stored: StoredModel) -> list[Path]:
    """Where the gate's result may be kept: in the bundle, else in the version's folder of a store."""
    return [stored.folder, *(root / stored.name / stored.version for root in store.roots)]


def store_for(store: Store, stored: StoredModel) -> Path:
    """Where a further version of a model goes: beside the one it comes from, or into the first store of one's own.

    Raises BundleError when there is no store but the one that came with the program.
    """
    roots = _writable([stored.root, *store.roots])
    if not roots:
        raise BundleError(f"{stored}: there is no store of one's own to write to; name one in the configuration")
    return roots[0]


def activate(store: Store, name: str, version: str, *, by: str, reason: str = "", force: bool = False) -> StoredModel:
    """Makes a version the one that judges; the one before can be rolled back to.

    ``force`` passes over the gate; it needs a ``reason``, which is kept. Raises BundleError: there is no such version,
    the gate did not pass this very file on this machine, or the store cannot be written; nothing has changed then.
    """
    stored = store.find(f"{name}/{version}")
    _require_person(by, str(stored))
    passed = (report := gate_of(store, stored)) is not None and report.passed
    if not passed and not force:
        raise BundleError(_refusal(stored, report))
    if not passed and not reason.strip():
        raise BundleError(f"{stored}: to activate it without the gate, give a reason; it is kept")
    how: How = "activate" if passed else "force"

    def change(active: Active | None) -> Active | None:
        if active is not None and (active.version, active.digest) == (version, stored.digest):
            return None
        switch = _switch(stored, by, how, reason)
        if active is not None:
            return active.followed_by(switch)
        first = _first(store, name)
        return first_active(switch, None if first == version else first)

    _replace(store, stored, change)
    return stored


def pin_first(store: Store, name: str) -> None:
    """Writes down which version judges while none was activated, before one comes that may claim to be older.

    Does nothing where that is known, or where there is none. Raises BundleError when the store cannot be written.
    """
    if read_active(store.roots, name) is None and (first := _first(store, name)) is not None:
        stored = store.find(f"{name}/{first}")
        switch = _switch(stored, "shellmark", "first", "it judged before any was activated")
        _replace(store, stored, lambda active: active or first_active(switch, None))


def rollback_target(store: Store, name: str) -> StoredModel:
    """The version a rollback would make active.

    Raises BundleError: none judged before, or its file is gone or changed since.
    """
    return _target(store, name)[0]


def rollback(store: Store, name: str, *, by: str) -> StoredModel:
    """Makes the version that judged before the one that judges; returns it. The gate is not asked again.

    Raises BundleError as ``rollback_target`` does, and when the store cannot be written.
    """
    _require_person(by, name)
    stored, active = _target(store, name)

    def change(now: Active | None) -> Active:
        if now != active:
            raise BundleError(f"{name}: another version was activated meanwhile; look and roll back again")
        return active.followed_by(_switch(stored, by, "rollback", ""))

    _replace(store, stored, change)
    return stored


def _target(store: Store, name: str) -> tuple[StoredModel, Active]:
    active = read_active(store.roots, name)
    if active is None or not active.before:
        raise BundleError(f"{name}: no other version judged before; activate one")
    stored = store.find(f"{name}/{active.before[0]}")
    known = [switch.digest for switch in active.history if switch.version == stored.version]
    if known and known[-1] != stored.digest:
        raise BundleError(f"{stored.path}: is not the file that judged before; put it through the gate and activate it")
    return stored, active


def _switch(stored: StoredModel, by: str, how: How, reason: str) -> Switch:
    at = datetime.now(UTC)
    return Switch(
        version=stored.version, digest=stored.digest, at=at, by=by.strip()[:1000], how=how, reason=reason[:1000]
    )


def _first(store: Store, name: str) -> str | None:
    """The version that judges while none was ever activated, None when there is none that could."""
    try:
        return store.find(name).version
    except BundleError:
        return None


def _require_person(by: str, what: str) -> None:
    if not by.strip():
        raise BundleError(f"{what}: say who activates it")


def _refusal(stored: StoredModel, report: GateReport | None) -> str:
    if report is None:
        return f"{stored}: has not been through the gate on this machine; run it first"
    failed = ", ".join(check.name for check in report.checks if not check.passed)
    return f"{stored}: did not pass the gate ({failed or 'nothing was checked'}); teach a better one"


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _replace(store: Store, stored: StoredModel, change: Callable[[Active | None], Active | None]) -> None:
    """Writes what ``change`` makes of the file in force, into a store that is looked at no later than that one."""
    force = active_root(store.roots, stored.name)
    seen = store.roots if force is None else store.roots[: store.roots.index(force) + 1]
    wished = [root for root in (force, stored.root, *seen) if root is not None and root in seen]

    def write(root: Path) -> None:
        with _locked(root / stored.name):
            after = change(read_active(store.roots, stored.name))
            if after is not None:
                write_file(root / stored.name / ACTIVE_FILE, after.model_dump_json(indent=2).encode())

    _on_first(_writable(wished), write, stored.name)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock", timeout=PATIENCE_S)
    try:
        lock.acquire()
    except Timeout as e:
        raise BundleError(f"{folder.name}: another activation is under way; try again when it is through") from e
    try:
        yield
    finally:
        lock.release()


def _writable(places: Sequence[Path]) -> list[Path]:
    """The stores, or folders in stores, to try, each once; the store that came with the program is never written."""
    packaged = packaged_store().resolve()
    return [place for place in dict.fromkeys(places) if not place.resolve().is_relative_to(packaged)]


def _on_first(places: Sequence[Path], write: Callable[[Path], None], name: str) -> None:
    """Writes in the first place that can be written; raises BundleError when none can or the disk refuses."""
    refused = ""
    for place in places:
        try:
            write(place)
            return
        except (OSError, BundleError) as e:
            cause = e if isinstance(e, OSError) else e.__cause__
            if isinstance(cause, Timeout) or not isinstance(cause, OSError):
                raise
            refused = f"{place}: {cause.strerror or cause}"
            if cause.errno not in _CANNOT_WRITE:
                break
    raise BundleError(f"{name}: nothing could be written ({refused or 'no store of its own'}); check space and rights")
