"""Files of commands: read in bounds, asked for before the work begins, written whole, refused in one line."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from shellmark_inspect.errors import InputError
from shellmark_trace.reading import MOST_LIST_BYTES, read_file


def read_bytes(path: Path, what: str) -> bytes:
    """The content of a file; `what` names it in the error.

    Raises:
        InputError: it cannot be read, is no ordinary file, or is larger than a list of codes can be.
    """
    try:
        return read_file(path, MOST_LIST_BYTES)
    except OSError as e:
        raise InputError(f"{what} {path} cannot be read: {e.strerror or e}: give a file") from e


def read_lines(path: Path, what: str) -> list[str]:
    """The lines of a text in UTF-8, without blank ones and blanks around them.

    Raises:
        InputError: as `read_bytes`, or it is no text.
    """
    try:
        text = read_bytes(path, what).decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise InputError(f"{what} {path} cannot be read: give a text file with one a line") from e
    return [line.strip() for line in text.splitlines() if line.strip()]


def check_writable(*files: Path | str | None) -> None:
    """Refuse before the work, not after it, what cannot be written; None and "-" (standard output) are well.

    Raises:
        InputError: a file is a folder, lies in none, or its folder takes no files.
    """
    for file in (Path(one) for one in files if one not in {None, "-"}):
        if file.is_dir() or not file.absolute().parent.is_dir():
            raise InputError(f"{file} cannot be written: give a file in a folder that exists")
        if file.exists() and not file.is_file():
            raise InputError(f"{file} cannot be written: a device or a pipe is no file: give another one")
        try:
            with tempfile.TemporaryFile(
                dir=file.absolute().parent
            ):  # rights alone do not tell: a disk may be read-only
                pass
        except OSError as e:
            raise InputError(f"{file} cannot be written ({e.strerror}): give a file in another folder") from e


def write_json(file: str | None, value: Any) -> None:
    """Write a value as JSON to a file, or to standard output for "-".

    Raises:
        InputError: the file cannot be written.
    """
    if file is None:
        return
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if file == "-":
        sys.stdout.write(text)
        return
    try:
        Path(file).write_text(text, "utf-8")
    except OSError as e:
        raise InputError(f"{file} cannot be written: {e.strerror or e}: give another file") from e
