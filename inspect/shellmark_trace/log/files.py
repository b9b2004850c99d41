"""Files that survive a power cut: written beside their name, synced, then given it."""

from __future__ import annotations

import os
from pathlib import Path

from shellmark_trace.errors import LogError


def write_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file that is there whole or as before; its name lasts once `sync_folder` was called on its folder.

    Raises:
        LogError: the disk does not take it.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as e:
        raise LogError(f"{path} cannot be written: {e.strerror or e}: free some space, or mend the folder") from e


def sync_folder(folder: Path) -> None:
    """Make new names in a folder last; Windows writes them through by itself.

    Raises:
        LogError: the disk does not take it.
    """
    if os.name == "nt":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as e:
        raise LogError(f"{folder} cannot be synced: {e.strerror or e}") from e


def keep(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file and its name so that both last.

    Raises:
        LogError: the disk does not take it.
    """
    write_whole(path, data, private=private)
    sync_folder(path.parent)
