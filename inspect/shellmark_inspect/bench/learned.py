"""Which pictures a bundle has learned: judging them again says little, so it is told."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from shellmark_inspect.errors import InputError
from shellmark_inspect.types import Pixels

LEARNED_FILE, DIGESTS = "learned.npz", "teaching.digest"
"""What teaching keeps beside the model, and in it the digests of what it learned."""


def learned_digests(bundle: Path) -> frozenset[str]:
    """The digests of the prepared pictures of every case a bundle learned; none where it kept none.

    Raises:
        InputError: the file is damaged.
    """
    path = (bundle if bundle.is_dir() else bundle.parent) / LEARNED_FILE
    if not path.is_file():
        return frozenset()
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return frozenset(arrays[DIGESTS].tolist() if DIGESTS in arrays else ())
    except (OSError, ValueError, BadZipFile) as e:
        raise InputError(f"{path} is damaged ({e}): copy the bundle again or remove the file") from e


def pictures_digest(images: Sequence[Pixels]) -> str:
    """The digest of a case's prepared pictures, as teaching writes it."""
    found = hashlib.sha256()
    for image in images:
        found.update(repr(image.shape).encode())
        found.update(np.ascontiguousarray(image).data)
    return f"sha256:{found.hexdigest()}"
