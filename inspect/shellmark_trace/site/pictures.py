"""Pictures on the site's disk: the file as uploaded for inspectors, and a small one for phones."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from shellmark_trace.errors import SiteError, UploadRefused

MOST_BYTES = 16 * 1024**2
"""Size of the largest upload: a 5 MP frame takes 2.6 MB as JPEG."""

MOST_PIXELS = 60_000_000
PHONE_PX = 720
"""Longer side of what a phone is sent."""

_MEDIA = {"JPEG": "image/jpeg", "PNG": "image/png"}


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture that is in the folder: its media type, width and height in pixels."""

    media: str
    size: tuple[int, int]


class PictureFolder:
    """The folder; files are named by the hex SHA-256 of the uploaded bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def original(self, digest: str) -> Path:
        """Where the uploaded file is."""
        return self._folder / digest[:2] / digest

    def small(self, digest: str) -> Path:
        """Where the phone's JPEG is."""
        return self._folder / digest[:2] / f"{digest}.jpg"

    def keep(self, digest: str, data: bytes) -> Stored:
        """Write an uploaded picture and its small one.

        Raises:
            UploadRefused: the bytes are not those of the digest, or no JPEG or PNG.
            SiteError: they cannot be written.
        """
        if hashlib.sha256(data).hexdigest() != digest:
            raise UploadRefused(f"picture {digest[:12]}: the bytes are not those of its digest: send it again")
        small, media, size = _reduced(digest, data)
        try:
            self._write(self.small(digest), small)
            self._write(self.original(digest), data)
        except OSError as e:
            raise SiteError(f"picture {digest[:12]}: {e.strerror}") from e
        return Stored(media, size)

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".unfinished-{secrets.token_hex(4)}-{path.name}")
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _reduced(digest: str, data: bytes) -> tuple[bytes, str, tuple[int, int]]:
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=tuple(_MEDIA)) as image:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if image.width * image.height > MOST_PIXELS:
                raise UploadRefused(f"picture {digest[:12]} has over {MOST_PIXELS} pixels")
            size, media = image.size, _MEDIA[str(image.format)]
            image.draft("RGB", (PHONE_PX, PHONE_PX))
            small = image.convert("RGB")
            small.thumbnail((PHONE_PX, PHONE_PX))
            out = io.BytesIO()
            small.save(out, "JPEG", quality=72, optimize=True, progressive=True)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, Warning) as e:
        raise UploadRefused(f"picture {digest[:12]} is no JPEG or PNG that can be read") from e
    return out.getvalue(), media, size
