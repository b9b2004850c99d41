"""Files that commands write: asked for before the work begins, written whole, refused in one line."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from shellmark_inspect.errors import InputError


def check_writable(*files: Path | str | None) -> None:
    """Refuse before the work, not after it, what cannot be written; None and "-" (standard output) are well.

    Raises:
        InputError: a file is a folder, lies in none, or its folder takes no files.
    """
    for file in (Path(one) for one in files if one not in {None, "-"}):
        if file.is_dir() or not file.absolute().parent.is_dir():
            raise InputError(f"{file} cannot be written: give a file in a folder that exists")
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
