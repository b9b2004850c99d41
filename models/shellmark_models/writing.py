"""Files that are there whole or not at all, also after a power cut."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from shellmark_models.errors import BundleError

UNFINISHED = ".unfinished-"
"""How what is being written is called until it is whole."""
FORGOTTEN_S = 24 * 3600
"""What has been unfinished for so long, nobody will finish: the program was killed."""


def write_folder(files: Mapping[str, bytes], folder: Path, *, holds: str) -> None:
    """Writes a folder whole or not at all: beside its place, onto the disk, then under its name.

    ``files`` maps a path within the folder to its bytes. A folder that lacks the file ``holds`` (half a bundle, a
    gate's result) makes way; its other files are kept. Raises BundleError when it has one, or the disk refuses.
    """
    if (folder / holds).exists():
        raise BundleError(f"{folder}: holds a {holds} already; give the new one another version")
    temporary: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=UNFINISHED))
        temporary.chmod(0o755)
        for name, data in files.items():
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, data)
        if folder.is_dir():
            _make_way(folder, temporary)
        temporary.rename(folder)
        sync_folder(folder.parent)
    except OSError as e:
        raise BundleError(f"{folder}: cannot be written ({e.strerror or e}); check space and rights") from e
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def write_file(path: Path, data: bytes) -> None:
    """Replaces one file whole or not at all, and has it on the disk when it returns; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Makes new names in a folder survive a power cut; Windows writes them through by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _make_way(folder: Path, temporary: Path) -> None:
    for left in folder.iterdir():
        if left.is_file() and not (temporary / left.name).exists():
            shutil.copy2(left, temporary / left.name)
    shutil.rmtree(folder)


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{UNFINISHED}*"):
        if time.time() - left.stat().st_mtime > FORGOTTEN_S:
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
