"""A drawn label as one ZPL format; the printer draws nothing itself, so that what was looked at is what comes out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shellmark_trace.errors import LabelError

MOST_DOTS = 32_000
"""Dots along a side that ^LL takes (ZPL II Programming Guide, P1012728)."""


def label_zpl(picture: NDArray[np.bool_]) -> bytes:
    r"""The format that prints a picture of (height, width) dots, True black, once.

    `^JZN` stands in every format, since it holds only until the printer is switched off: without it the printer prints
    the label again by itself after ribbon-out, media-out or head-open. The quantity is 1 and nothing is counted by the
    printer, which would repeat a serial. The graphic is plain hexadecimal (`^GFA`).

    Raises:
        LabelError: the picture is no label: not bool, not two-dimensional, empty or longer than the printer takes.
    """
    if picture.dtype != np.bool_ or picture.ndim != 2 or not 0 < min(picture.shape) <= max(picture.shape) <= MOST_DOTS:
        raise LabelError(
            "a picture of {dtype} {shape} is no label: (height, width) of bool, at most {most} dots, is due",
            dtype=picture.dtype,
            shape=picture.shape,
            most=MOST_DOTS,
        )
    height, width = picture.shape
    rows = np.packbits(picture, axis=1)
    head = f"^XA^JZN^PW{width}^LL{height}^LH0,0^FO0,0^GFA,{rows.size},{rows.size},{rows.shape[1]},"
    return head.encode() + rows.tobytes().hex().upper().encode() + b"^FS^PQ1,0,0,N^XZ\n"
