"""Which pictures a command line names: files, folders, patterns."""

from __future__ import annotations

import glob
from pathlib import Path

from shellmark_inspect.errors import InputError

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})


def picture_files(path: str) -> list[Path]:
    """The files of one word of a command line: itself, the pictures of a folder, what a pattern matches, sorted.

    Raises:
        InputError: a folder without a picture, a pattern that matches nothing.
    """
    place = Path(path)
    if place.is_dir():
        if found := sorted(one for one in place.iterdir() if one.suffix.lower() in ENDINGS and one.is_file()):
            return found
        raise InputError(f"folder {place} holds no pictures ({', '.join(sorted(ENDINGS))})")
    if not place.exists() and any(sign in path for sign in "*?["):
        if matching := sorted(Path(one) for one in glob.glob(path)):  # noqa: PTH207 - a pattern with folders in it
            return matching
        raise InputError(f"no picture is called {path}")
    return [place]
