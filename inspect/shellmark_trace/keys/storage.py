"""Files nobody else may read: written whole and once, refused when others can read them."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path

from shellmark_trace.errors import KeyFileError
from shellmark_trace.reading import open_file

MOST_BYTES = 64 * 1024
"""No key file, card or passphrase file is larger."""

_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def write_private(path: Path, data: bytes) -> None:
    """Write a new file with mode 0600, whole or not at all; what exists is never written over.

    Raises:
        KeyFileError: the file exists, or cannot be written.
    """
    _write(path, data)


def write_public(path: Path, data: bytes) -> None:
    """Write a new file everybody may read, whole or not at all; what exists is never written over.

    Raises:
        KeyFileError: the file exists, or cannot be written.
    """
    _write(path, data, public=True)


def replace_public(path: Path, data: bytes) -> None:
    """Write a file everybody may read in the place of the one that is there, whole or not at all.

    Raises:
        KeyFileError: it cannot be written.
    """
    _write(path, data, public=True, replace=True)


def read_private(path: Path, what: str) -> bytes:
    """The content of a file that only its owner can read; `what` names it in the error.

    Where there are no POSIX modes the file's rights are the folder's, and are not looked at.

    Raises:
        KeyFileError: it cannot be read, is no file, is of another owner, or others can read or write it.
    """
    try:
        with open_file(path) as file:
            _check_rights(path, os.fstat(file.fileno()), what)
            return file.read(MOST_BYTES)
    except OSError as e:
        raise KeyFileError(f"{what} file {path} cannot be read: {e.strerror or e}") from e


def _check_rights(path: Path, found: os.stat_result, what: str) -> None:
    if os.name != "posix":
        return
    if found.st_uid not in {os.geteuid(), 0}:
        raise KeyFileError(f"{what} file {path} belongs to another user: copy it to your own, mode 0600")
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = stat.S_IMODE(found.st_mode)
        raise KeyFileError(f"{what} file {path} can be used by others (mode {mode:04o}): chmod 600 it, then renew it")


def _write(path: Path, data: bytes, *, public: bool = False, replace: bool = False) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")  # made with mode 0600
    except OSError as e:
        raise KeyFileError(f"{path} cannot be written: {e.strerror or e}: give a folder that exists") from e
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if public and os.name == "posix":
                with contextlib.suppress(PermissionError):  # a USB stick's file system has no modes
                    os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        _give_name(Path(name), path, replace=replace)
    except FileExistsError as e:
        raise KeyFileError(f"{path} is there already and stays as it is: give another name, or move it away") from e
    except OSError as e:
        raise KeyFileError(f"{path} cannot be written: {e.strerror or e}") from e
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()


def _give_name(temporary: Path, path: Path, *, replace: bool) -> None:
    if replace:
        temporary.replace(path)
    elif os.name == "posix":
        _link(temporary, path)
    else:
        temporary.rename(path)  # refuses to write over a file there
    if os.name != "posix":
        return
    folder = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _link(temporary: Path, path: Path) -> None:
    """Give a file its name unless it is taken; where the file system has no hard links, by taking the name first."""
    try:
        path.hardlink_to(temporary)
    except OSError as e:
        if e.errno not in _NO_LINKS:
            raise
        path.touch(mode=0o600, exist_ok=False)
        temporary.replace(path)
