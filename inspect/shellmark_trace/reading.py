"""Reading files that people name: ordinary ones, up to a size; nothing that never ends or never begins."""

from __future__ import annotations

import errno
import os
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

MOST_BYTES = 16 * 1024**2
"""The most bytes of a file whose reader does not say otherwise."""

MOST_LIST_BYTES = 300 * 1024**2
"""The most bytes of a list of codes, in clear or signed: some five million of them."""

MOST_TOML_BYTES = 1024**2


def open_file(path: Path) -> BinaryIO:
    """An ordinary file, opened for reading; a device or a pipe is not even opened.

    Raises:
        OSError: it cannot be opened, is no file, or its name cannot be one; `strerror` says why.
    """
    try:
        _check_kind(path, path.stat())
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as e:
        raise OSError(errno.EINVAL, "its name holds a NUL character", str(path)) from e
    try:
        _check_kind(path, os.fstat(handle))  # it may have been exchanged in between
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read_file(path: Path, most: int = MOST_BYTES) -> bytes:
    """The content of an ordinary file of at most `most` bytes.

    Raises:
        OSError: it cannot be read, is no file or too large, or its name cannot be one; `strerror` says why.
    """
    with open_file(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it has more than {most} bytes, this is another file", str(path))
    return data


def read_toml(path: Path) -> dict[str, Any]:
    """The values of a TOML file of at most 1 MiB; none of its texts and names holds a NUL character.

    Raises:
        OSError: as `read_file`.
        UnicodeDecodeError: it is no text in UTF-8.
        tomllib.TOMLDecodeError: it is no TOML, is nested too deep, or a text in it holds a NUL character.
    """
    try:
        found = tomllib.loads(read_file(path, MOST_TOML_BYTES).decode())
        place = place_of_nul(found)
    except RecursionError as e:
        raise tomllib.TOMLDecodeError("it is nested too deep") from e
    if place is not None:
        raise tomllib.TOMLDecodeError(f"{place} holds a NUL character, which no path or text can have")
    return found


def place_of_nul(values: dict[str, Any]) -> str | None:
    """Where in nested values a NUL character stands, by the names that lead there with dots; None for nowhere."""
    place = next(_places_of_nul(values), None)
    return "a name" if place == "" else place


def _check_kind(path: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is a device or a pipe, no file", str(path))


def _places_of_nul(value: Any, place: str = "") -> Iterator[str]:
    """Where in a file's values a NUL stands, by the names that lead there."""
    if isinstance(value, str) and "\0" in value:
        yield place
    elif isinstance(value, dict):
        for name, inner in value.items():
            if "\0" in name:
                yield place
            yield from _places_of_nul(inner, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _places_of_nul(inner, place)
