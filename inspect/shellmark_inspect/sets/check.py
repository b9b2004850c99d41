"""What is wrong inside a set: twins, masks of another size, files that are no pictures."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from shellmark_inspect.errors import InputError

from .cases import ImageSet, SetCase


def check_set(image_set: ImageSet) -> list[str]:
    """Looks into the files' heads; gives a line per picture that cannot be opened (the station would say REVIEW).

    Raises:
        InputError: a mask cannot be opened or is of another size than its picture.
    """
    said: list[str] = []
    for case in image_set.cases:
        sizes = {path: _size(path) for path in case.files.values()}
        said += [f"picture {path} cannot be opened: copy or save it again" for path, size in sizes.items() if not size]
        if case.mask is not None:
            _check_mask(case, [size for size in sizes.values() if size])
    return said


def _check_mask(case: SetCase, sizes: Sequence[tuple[int, int]]) -> None:
    mask = _size(case.mask) if case.mask else None
    if mask is None:
        raise InputError(f"mask {case.mask} of case {case.name} cannot be opened: save it again or remove it")
    if strange := [size for size in sizes if size != mask]:
        picture, drawn = "x".join(map(str, strange[0])), "x".join(map(str, mask))
        raise InputError(
            f"mask {case.mask} is {drawn} px but its picture is {picture}: draw it on the picture itself or remove it"
        )


def _size(path: Path) -> tuple[int, int] | None:
    """Width and height from the file's head; None where it is no picture."""
    try:
        with Image.open(path) as image:
            return image.size
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
        return None


def twins(cases: Iterable[SetCase]) -> list[str]:
    """A line when pictures of different cases are the same file, byte by byte; another when one is in both splits."""
    by_size: defaultdict[int, list[tuple[SetCase, Path]]] = defaultdict(list)
    for case in cases:
        for path in case.files.values():
            if path.is_file():
                by_size[path.stat().st_size].append((case, path))
    alike: list[list[SetCase]] = []
    for same in by_size.values():
        if len(same) > 1:
            alike += _alike(same)
    if not alike:
        return []
    first = alike[0]
    said = f"{sum(len(a) - 1 for a in alike)} pictures are in the set twice (first {first[0].name} = {first[1].name})"
    leaks = [each for each in alike if len({case.split for case in each}) > 1]
    if leaks:
        said += f"; {len(leaks)} of them in both train and test: what was learned is judged"
    contradictions = [each for each in alike if len({case.kind for case in each}) > 1]
    if contradictions:
        a, b = contradictions[0][:2]
        said += f"; {len(contradictions)} both as good and as defect (first {a.name}, {b.name})"
    return [said]


def _alike(same: Sequence[tuple[SetCase, Path]]) -> list[list[SetCase]]:
    by_digest: defaultdict[bytes, list[SetCase]] = defaultdict(list)
    for case, path in same:
        by_digest[hashlib.sha256(path.read_bytes()).digest()].append(case)
    return [found for found in by_digest.values() if len({case.name for case in found}) > 1]
