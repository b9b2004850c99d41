"""Reading one still, whole or not at all: what is torn or of another depth is refused, never converted."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from shellmark_inspect.errors import BadFrame
from shellmark_inspect.said import Said
from shellmark_inspect.types import Pixels

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"})
"""The endings of files that are stills; others in a folder are not looked at."""

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_LONE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_EIGHT_BIT = Said("save it with 8 bits per channel, grey or RGB")


def read_still(path: Path) -> Pixels:
    """The pixels of a JPEG, PNG, BMP or TIFF file: (h, w) grey or (h, w, 3) BGR, uint8, as stored (no EXIF turn).

    Raises:
        BadFrame: the file is missing, empty, torn, no picture, or not 8-bit grey or RGB; the text names the mend.
    """
    try:
        data = path.read_bytes()
    except OSError as e:
        raise BadFrame(
            "picture {path} cannot be read ({why}): put it back or take its case out", path=path, why=e.strerror or e
        ) from e
    if fault := _fault_of(data):
        raise BadFrame("picture {path} {fault}", path=path, fault=fault)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # what is wrong is told once, below
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as e:
        raise BadFrame("picture {path} cannot be decoded ({err}): save it again", path=path, err=e.err) from e
    if pixels is None:
        raise BadFrame("picture {path} is torn or no picture: copy or save it again", path=path)
    return _checked(path, pixels)


def _checked(path: Path, pixels: np.ndarray) -> Pixels:
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    if pixels.dtype != np.uint8:
        raise BadFrame(
            "picture {path} has {bits} bits per channel: {todo}",
            path=path,
            bits=pixels.dtype.itemsize * 8,
            todo=_EIGHT_BIT,
        )
    if channels not in (1, 3):
        raise BadFrame(
            "picture {path} has {channels} channels (CMYK or transparency): {todo}",
            path=path,
            channels=channels,
            todo=_EIGHT_BIT,
        )
    return pixels if channels == 3 else pixels.reshape(pixels.shape[:2])


def _fault_of(data: bytes) -> str | None:
    """What is wrong with a file's bytes that a decoder would pass over in silence, or None."""
    if not data:
        return Said("is empty (0 bytes): copy or save it again")
    for start, check in _CHECKS.items():
        if data.startswith(start):
            return check(data)
    if data[:4] in (b"II*\0", b"MM\0*"):
        return None
    return Said("is no JPEG, PNG, BMP or TIFF: save it as one of these")


def _jpeg_fault(data: bytes) -> str | None:
    """Walks the segments (ITU-T T.81, annex B) to the end of the image, past a thumbnail's own end."""
    for marker, at in _jpeg_segments(data):
        if marker == 0xD9:
            return None
        if marker in _SOF and len(data) > at + 9:
            precision, components = data[at + 4], data[at + 9]
            if components == 4:
                return Said("is CMYK: save it as RGB")
            if precision != 8:
                return Said("has {bits} bits per channel: {todo}", bits=precision, todo=_EIGHT_BIT)
    return Said("is truncated (a JPEG without its end): copy or save it again")


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Each segment's marker and where it starts, as far as the bytes go."""
    at = 2
    while found := _MARKER.search(data, at):
        at, marker = found.start(), data[found.start() + 1]
        yield marker, at
        lone = marker in _LONE_MARKERS or len(data) < at + 4
        at += 2 if lone else 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def _png_fault(data: bytes) -> str | None:
    """Walks the chunks and their check sums (ISO/IEC 15948, section 5)."""
    at = 8
    while len(data) >= at + 12:
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = memoryview(data)[at + 4 : at + 8 + length]
        at += 12 + length
        if len(data) < at:
            break
        if zlib.crc32(body) != int.from_bytes(data[at - 4 : at], "big"):
            return Said("is damaged (a PNG's check sum is wrong): copy or save it again")
        if name == b"IHDR" and data[24] == 16:
            return Said("has {bits} bits per channel: {todo}", bits=16, todo=_EIGHT_BIT)
        if name == b"IEND":
            return None
    return Said("is truncated (a PNG without its end): copy or save it again")


def _bmp_fault(data: bytes) -> str | None:
    """Compares the pixels' offset and size with the file's; a size of 0 means uncompressed rows of 4-byte steps."""
    if len(data) < 54:
        return Said("is truncated (a BMP without its head): copy or save it again")
    offset, width, bits = (int.from_bytes(data[a:b], "little") for a, b in ((10, 14), (18, 22), (28, 30)))
    height, packed = abs(int.from_bytes(data[22:26], "little", signed=True)), int.from_bytes(data[30:34], "little")
    size = int.from_bytes(data[34:38], "little") if packed else (width * bits + 31) // 32 * 4 * height
    return None if len(data) >= offset + size else Said("is truncated (a BMP without its end): copy or save it again")


_CHECKS: Mapping[bytes, Callable[[bytes], str | None]] = MappingProxyType(
    {b"\xff\xd8": _jpeg_fault, b"\x89PNG\r\n\x1a\n": _png_fault, b"BM": _bmp_fault}
)
