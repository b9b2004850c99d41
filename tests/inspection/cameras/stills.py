"""Makes stills, good and bad, as files."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np

from shellmark_inspect.types import Pixels


def picture(seed: int = 0, width: int = 64, height: int = 48, colour: bool = True) -> Pixels:
    """A noisy picture with a bright middle; another for every seed."""
    random = np.random.default_rng(seed)
    shape = (height, width, 3) if colour else (height, width)
    pixels = random.integers(20, 120, shape, dtype=np.uint8)
    pixels[height // 4 : height // 2, width // 4 : width // 2] = 180
    return pixels


def write(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), pixels)
    return path


def cut(path: Path, share: float = 0.6) -> None:
    """Takes the end of a file away, as a broken copy does."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def cmyk_jpeg(path: Path) -> None:
    """Turns a JPEG's frame header into that of a four-component one, which is how CMYK is told."""
    data = path.read_bytes()
    at = data.index(b"\xff\xc0")
    length, precision, height, width, _ = struct.unpack(">HBHHB", data[at + 2 : at + 10])
    components = data[at + 10 : at + 2 + length] + bytes([4, 0x11, 1])
    head = b"\xff\xc0" + struct.pack(">HBHHB", length + 3, precision, height, width, 4) + components
    path.write_bytes(data[:at] + head + data[at + 2 + length :])
