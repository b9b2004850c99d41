"""Writing a bundle: whole or not at all, one writer at a time, and nothing left behind by one that died."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from shellmark_inspect.errors import InputError

_LOCK = "lock"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CANNOT_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP})
"""What some network disks answer."""
_TRIES = 5


class Workplace:
    """The folder `.<name>.teaching` beside a bundle to be: who holds its lock may write, and renames what it wrote.

    The system frees the lock when a process dies, so a workplace that can be locked has no owner and is cleared.

    Raises:
        InputError: the bundle exists, another training writes it, or the disk refuses.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self._root = target.with_name(f".{target.name}.teaching")
        self._lock = FileLock(self._root / _LOCK, timeout=0, thread_local=False)

    @property
    def folder(self) -> Path:
        """Where the bundle is written until it is whole."""
        return self._root / "bundle"

    def __enter__(self) -> Self:
        with on_disk(self.target):
            _require_absent(self.target)
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self._acquire()
            try:
                _require_absent(self.target)
                self._clear()
                self.folder.mkdir()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._leave()

    def finish(self) -> Path:
        """Bring everything to disk and give the folder its name; returns it.

        Raises:
            InputError: the disk refuses, or the name was taken meanwhile.
        """
        with on_disk(self.target):
            for folder, _, names in os.walk(self.folder):
                for name in names:
                    _to_disk(Path(folder) / name)
            _require_absent(self.target)
            self.folder.rename(self.target)
        return self.target

    def _acquire(self) -> None:
        """Take the lock of the folder that is there now, not of one its last owner has just removed."""
        for _ in range(_TRIES):
            self._root.mkdir(exist_ok=True)
            try:
                self._lock.acquire()
            except Timeout as e:
                raise InputError(
                    f"{self.target} is being taught by another process: wait for it, or give another name"
                ) from e
            except FileNotFoundError:
                continue
            if (self._root / _LOCK).exists():
                return
            self._lock.release()
        raise InputError(f"{self.target} cannot be locked: remove {self._root}")

    def _clear(self) -> None:
        for left in self._root.iterdir():
            if left.name != _LOCK:
                shutil.rmtree(left) if left.is_dir() else left.unlink()

    def _leave(self) -> None:
        """Remove the workplace while it is still locked; where a system forbids that, after letting go."""
        shutil.rmtree(self._root, ignore_errors=True)
        self._lock.release()
        if os.name == "nt":
            shutil.rmtree(self._root, ignore_errors=True)


def clear_left_over(target: Path) -> None:
    """Remove what a process that died while teaching left beside its bundle; one that is alive keeps its own.

    Raises:
        InputError: the disk refuses, or another process is teaching.
    """
    if target.with_name(f".{target.name}.teaching").is_dir() and not target.exists():
        with Workplace(target):
            pass


@contextmanager
def on_disk(target: Path) -> Iterator[None]:
    """Say in one line what the disk would not do for a bundle.

    Raises:
        InputError: an OSError arose in the block.
    """
    try:
        yield
    except OSError as e:
        if e.errno in _NO_ROOM:
            where = f"the disk is full, or that of {tempfile.gettempdir()}"
            raise InputError(f"{target} cannot be written: {where}: free some space and teach again") from e
        why = e.strerror or type(e).__name__
        raise InputError(f"{target} cannot be written ({why}): check the folder and its rights") from e


def _require_absent(target: Path) -> None:
    if target.is_symlink() or target.exists():
        raise InputError(f"{target} exists: a bundle is never overwritten, give another name or version")


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        try:
            os.fsync(file.fileno())
        except OSError as e:
            if e.errno not in _CANNOT_SYNC:
                raise
