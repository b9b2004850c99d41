"""The pictures of one object under several lights, read from a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .errors import LightError

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"})
NO_FRAME = re.compile(r"mask|normal|depth|albedo|(^|[._-])(gt|silhouette)([._-]|$)")
"""What pictures are called that lie beside the frames and are none: masks, true normals and the like."""
DEPTHS = (10, 12, 14, 16)
BLACK, WHITE = 3.0, 0.5
"""A frame whose brightest 1 % is below this level is black; one of which this share is clipped is saturated."""


def frames_of(folder: Path) -> list[Path]:
    """The pictures of a folder in their natural order (2 before 10), masks and true normals left out.

    Raises:
        LightError: there is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise LightError(f"{folder} is no folder: give the folder with one picture per light")
    files = [path for path in _pictures(folder) if not NO_FRAME.search(path.stem.lower())]
    if not files:
        raise LightError(f"{folder} holds no pictures: give the folder with one picture per light")
    return sorted(files, key=_naturally)


def _naturally(path: Path) -> tuple[tuple[int, int, str], ...]:
    words = re.split(r"(\d+)", path.name.lower())
    return tuple((0, int(word), "") if word.isdigit() else (1, 0, word) for word in words)


def _pictures(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and not path.name.startswith(".")]


def mask_of(folder: Path) -> Path | None:
    """The picture called mask, or the one with "mask" in its name; None when there is none.

    Raises:
        LightError: there are several, and none is called just mask.
    """
    found = [path for path in _pictures(folder) if "mask" in path.stem.lower()]
    plain = [path for path in found if path.stem.lower() == "mask"]
    if len(found) > 1 and len(plain) != 1:
        raise LightError(
            f"{folder} holds {len(found)} masks, {_listed(sorted(found))}: leave one, or name it with --mask"
        )
    return plain[0] if plain else found[0] if found else None


def matched(files: Sequence[Path], names: Sequence[str], folder: Path, *, named: bool = True) -> dict[str, Path]:
    """Which picture each light is: by file name, stem, the stem's last part or its number; else by order.

    A name's folders, capitals and ending (where no picture has it) do not count, nor zeros before a number. The order
    counts where no name fits any picture, or where nobody named the lights (`named` False).

    Raises:
        LightError: a light has no picture, or a picture no light.
    """
    if not named:
        if len(files) != len(names):
            raise LightError(
                f"{len(names)} lights without names, {len(files)} pictures in {folder} ({_listed(files)}): "
                "make them alike, or name the lights"
            )
        return dict(zip(names, files, strict=True))
    found: dict[str, Path] = {}
    for name in names:
        if (fit := _fitting(files, name)) is not None:
            found[name] = fit
    if not found and len(files) == len(names):
        return dict(zip(names, files, strict=True))
    if missing := [name for name in names if name not in found]:
        raise LightError(f"light {missing[0]} has no picture in {folder}: it has {_listed(files)}")
    if doubled := [name for name in names if list(found.values()).count(found[name]) > 1]:
        raise LightError(f"light {doubled[0]} and another are both {found[doubled[0]].name}: name the lights apart")
    if over := [path.name for path in files if path not in found.values()]:
        raise LightError(f"picture {over[0]} in {folder} has no light: add it to the lights, or take it out")
    return found


def _fitting(files: Sequence[Path], name: str) -> Path | None:
    """The one picture a name fits, by the first way in which it fits any; None when it fits none or several."""
    plain = re.split(r"[/\\]", name)[-1].lower()
    stem = Path(plain).stem if Path(plain).suffix in ENDINGS else plain
    for fits in (
        [path for path in files if path.name.lower() == plain],
        [path for path in files if path.stem.lower() == stem],
        [path for path in files if re.split(r"[._-]", path.stem.lower())[-1] == stem],
        [path for path in files if stem.isdigit() and _number(path.stem) == int(stem)],
    ):
        if fits:
            return fits[0] if len(fits) == 1 else None
    return None


def _number(stem: str) -> int | None:
    digits = re.search(r"(\d+)\D*$", stem)
    return int(digits[1]) if digits else None


def _listed(files: Sequence[Path]) -> str:
    return ", ".join(path.name for path in files[:12]) + (", …" if len(files) > 12 else "")


def read_stack(files: Mapping[str, Path]) -> dict[str, NDArray[Any]]:
    """The pictures by light, (h, w) or (h, w, 3) BGR, uint8 or uint16, all of one size.

    Raises:
        LightError: a picture cannot be read, is black or saturated, or has another size than the first.
    """
    stack: dict[str, NDArray[Any]] = {}
    for name, path in files.items():
        picture = read_picture(path)
        first = next(iter(stack.values()), picture)
        if picture.shape[:2] != first.shape[:2]:
            (h, w), (fh, fw) = picture.shape[:2], first.shape[:2]
            raise LightError(
                f"light {name}: {path.name} has {w} x {h} px, the first frame {fw} x {fh}: take them alike"
            )
        stack[name] = picture
    white = white_of(list(stack.values()))
    for name, picture in stack.items():
        _check_exposure(name, files[name], picture, white)
    return stack


def white_of(pictures: Sequence[NDArray[Any]]) -> float:
    """The level at which pictures end: 255, or of 16 bits the least of 10, 12, 14 and 16 that holds them all.

    A camera of 12 bits ends at 4095, wherever its file could.
    """
    if all(picture.dtype == np.uint8 for picture in pictures):
        return 255.0
    highest = max(int(picture.max()) for picture in pictures)
    return float(next(2**bits - 1 for bits in DEPTHS if highest < 2**bits))


def _check_exposure(name: str, path: Path, picture: NDArray[Any], most: float) -> None:
    grey = picture if picture.ndim == 2 else picture.max(axis=2)
    if float(np.percentile(grey, 99)) * 255 / most < BLACK and float(grey.max()) * 255 / most < 10 * BLACK:
        raise LightError(f"light {name}: {path.name} is black: is its lamp on? lengthen the exposure")
    if (share := float((grey >= most * 0.98).mean())) > WHITE:
        raise LightError(f"light {name}: {share:.0%} of {path.name} is saturated: shorten the exposure")


def read_picture(path: Path) -> NDArray[Any]:
    """A picture of 8 or 16 bits, grey or BGR.

    Raises:
        LightError: it cannot be read, or is of another kind.
    """
    try:
        data = np.fromfile(path, np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    except (OSError, cv2.error) as e:
        raise LightError(f"{path} cannot be read: {getattr(e, 'strerror', None) or e}: give a picture") from e
    if picture is None or picture.dtype not in {np.dtype(np.uint8), np.dtype(np.uint16)}:
        raise LightError(f"{path} is no picture of 8 or 16 bits: give PNG, JPEG, BMP or TIFF")
    return np.asarray(picture[..., :3] if picture.ndim == 3 else picture)


def read_mask(path: Path, size: tuple[int, int]) -> NDArray[np.bool_]:
    """A mask picture, True where it is brighter than half of its brightest.

    Raises:
        LightError: it cannot be read, or is not of the frames' size (h, w).
    """
    picture = read_picture(path)
    if picture.shape[:2] != size:
        (h, w), (fh, fw) = picture.shape[:2], size
        raise LightError(f"mask {path.name} has {w} x {h} px, the frames {fw} x {fh}: give the mask of these frames")
    grey = picture if picture.ndim == 2 else picture.max(axis=2)
    return np.asarray(grey > float(grey.max()) / 2)


def linear(picture: NDArray[Any], gamma: float, white: float | None = None) -> NDArray[np.float32]:
    """A picture's grey light (mean of its colours), linear, 0..255: gamma 1 leaves it, 2.2 undoes an sRGB camera's.

    `white` is the level the picture ends at (`white_of`), None its file's.
    """
    level = picture.astype(np.float32) * np.float32(255 / (white or np.iinfo(picture.dtype).max))
    level = level if level.ndim == 2 else level.mean(axis=2)
    return level if gamma == 1 else np.asarray(255 * (level / 255) ** np.float32(gamma), np.float32)
