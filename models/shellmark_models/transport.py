"""A bundle as one file, to be carried to another PC: a zip with the digest of everything in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any

from shellmark_models.card import parse_model, read_card
from shellmark_models.errors import BundleError
from shellmark_models.evaluation.gate import GATE_FILE
from shellmark_models.registry import FILE_NAME, Store, StoredModel, read_model
from shellmark_models.switch import pin_first
from shellmark_models.writing import UNFINISHED, sync_folder

DIGESTS = "digests.json"
MOST_BYTES = 2**32
"""What a carried bundle may unpack to, and the most files it may hold."""
MOST_FILES = 10_000
_MOST_DIGESTS_BYTES = 2**24
_CHUNK = 2**20
_PART = re.compile(r"[^\x00-\x1f\x7f\\/:*?\"<>|]{1,255}")


def export_bundle(stored: StoredModel, path: Path) -> None:
    """Writes a bundle as a zip, whole or not at all; what the gate said on this PC stays here.

    Raises BundleError when the file exists, or the disk refuses.
    """
    if path.exists():
        raise BundleError(f"{path}: exists; give another name")
    part = path.with_name(f"{UNFINISHED}{path.name}")
    try:
        files = {file.relative_to(stored.folder).as_posix(): file for file in _files(stored.folder)}
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            told = {name: _written(archive, name, file) for name, file in files.items()}
            archive.writestr(DIGESTS, json.dumps({"name": stored.name, "version": stored.version, "files": told}))
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as e:
        raise BundleError(f"{path}: cannot be written ({e.strerror or e}); check space and rights") from e
    finally:
        part.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    every = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != GATE_FILE)
    if outside := [path for path in every if not path.resolve().is_relative_to(folder.resolve())]:
        raise BundleError(f"{outside[0]}: is a link out of its bundle; put the file itself there")
    return [path for path in every if not any(part.startswith(UNFINISHED) for part in path.parts)]


def _written(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, Any]:
    seen = sha256()
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while chunk := source.read(_CHUNK):
            seen.update(chunk)
            target.write(chunk)
        return {"sha256": seen.hexdigest(), "bytes": source.tell()}


def unpack_bundle(path: Path, store: Store, root: Path) -> StoredModel:
    """Takes a carried bundle into ``root``, whole or not at all; it judges nothing before the gate and an activation.

    Raises BundleError: no such zip, a name that leads out of the bundle, more than it may hold, contents that are not
    those its digests name, a version that is there already, or a disk that refuses.
    """
    temporary: Path | None = None
    try:
        root.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=root, prefix=UNFINISHED))
        temporary.chmod(0o755)
        with zipfile.ZipFile(path) as archive:
            _unpack(archive, temporary, path)
        return _take_in(temporary, store, root, path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as e:
        raise BundleError(
            f"{path}: is damaged or no carried bundle ({' '.join(str(e).split())}); export it again"
        ) from e
    except OSError as e:
        raise BundleError(f"{path}: cannot be taken in ({e.strerror or e}); check space and rights") from e
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _unpack(archive: zipfile.ZipFile, folder: Path, path: Path) -> None:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    _check_entries(entries, path)
    told = _digests(archive, path)
    names = {entry.filename for entry in entries} - {DIGESTS}
    if names != set(told):
        odd = sorted(names ^ set(told))[0]
        raise BundleError(f"{path}: {odd!a} is not both in it and among its digests; export it again")
    for entry in entries:
        if entry.filename in told and PurePosixPath(entry.filename).name != GATE_FILE:
            _extract(archive, entry, folder / entry.filename, told[entry.filename], path)


def _check_entries(entries: list[zipfile.ZipInfo], path: Path) -> None:
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_FILES or total > MOST_BYTES:
        raise BundleError(f"{path}: unpacks to {len(entries)} files and {total / 2**20:,.0f} MiB; that is no bundle")
    if len({entry.filename.casefold() for entry in entries}) != len(entries):
        raise BundleError(f"{path}: holds one name twice; export it again")
    for entry in entries:
        parts = entry.filename.split("/")
        harmless = all(
            _PART.fullmatch(part) and part not in {".", ".."} and part == part.rstrip(". ") for part in parts
        )
        if not harmless or stat.S_ISLNK(entry.external_attr >> 16):
            raise BundleError(f"{path}: {entry.filename!a} is no name for a file of a bundle; do not trust this file")


def _digests(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    try:
        entry = archive.getinfo(DIGESTS)
        with archive.open(entry) as file:
            said = json.loads(file.read(_MOST_DIGESTS_BYTES))
        return {str(name): str(facts["sha256"]) for name, facts in said["files"].items()}
    except (KeyError, ValueError, TypeError, AttributeError) as e:
        raise BundleError(f"{path}: has no readable {DIGESTS}; export it with shellmark models export") from e


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, digest: str, path: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, target.open("wb") as file:
        found = _copied(source, file, entry.file_size)
        file.flush()
        os.fsync(file.fileno())
    if found != digest:
        raise BundleError(f"{path}: {entry.filename} is not what its digest says; copy the file again")


def _copied(source: IO[bytes], target: IO[bytes], most: int) -> str:
    seen, left = sha256(), most
    while chunk := source.read(min(_CHUNK, left + 1)):
        left -= len(chunk)
        if left < 0:
            raise zipfile.BadZipFile("a file holds more than it says")
        seen.update(chunk)
        target.write(chunk)
    return seen.hexdigest()


def _take_in(temporary: Path, store: Store, root: Path, path: Path) -> StoredModel:
    file = temporary / FILE_NAME
    card = read_card(parse_model(read_model(file), path), path)
    target = root / card.name / card.version
    if any((one / card.name / card.version / FILE_NAME).exists() for one in store.roots) or target.exists():
        raise BundleError(f"{card.name}/{card.version}: is in the store already; a version is never overwritten")
    pin_first(store, card.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary.rename(target)
    sync_folder(target.parent)
    return store.find(f"{card.name}/{card.version}")
