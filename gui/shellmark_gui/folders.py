"""What is in a folder, for choosing one: read on the bridge's thread, since a folder on a network may not answer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QDir

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Listing:
    """One folder: its path, its folders by name, how many pictures lie in it, and the one above (None: there is none).

    `path` None stands for the list of drives.
    """

    path: Path | None
    folders: tuple[Path, ...]
    pictures: int
    above: Path | None
    drives: bool = False


def listing(path: Path) -> Listing:
    """What is in a folder.

    Raises:
        OSError: it cannot be read.
    """
    path = path.expanduser().absolute()
    folders: list[Path] = []
    pictures = 0
    with os.scandir(path) as entries:
        for count, entry in enumerate(entries):
            if count >= MOST_ENTRIES:
                break
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                folders.append(path / entry.name)
            elif Path(entry.name).suffix.lower() in PICTURES:
                pictures += 1
    above = None if path.parent == path else path.parent
    return Listing(path, tuple(sorted(folders, key=lambda one: one.name.casefold())), pictures, above, above is None)


def drives() -> Listing:
    """The drives of a PC that has several roots."""
    return Listing(None, tuple(Path(drive.absoluteFilePath()) for drive in QDir.drives()), 0, None)
