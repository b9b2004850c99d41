"""The symbol of the signed variant: QR version 8, level M, in two segments, at least 30 mm wide."""

from __future__ import annotations

import io
from typing import Any

import segno

from shellmark_trace.errors import LabelError

from .text import SignedLink

VERSION = 8
LEVEL = "M"
QUIET_MODULES = 4

SIDE_MODULES = 17 + 4 * VERSION + 2 * QUIET_MODULES
"""Modules along a side with the quiet zone: 57."""


def signed_symbol(signed: SignedLink) -> segno.QRCode:
    """The symbol: the link in alphanumeric mode, the signature in byte mode.

    In one byte segment a host of more than 15 characters would need version 9; in two, 18 fit version 8.

    Raises:
        LabelError: it does not fit.
    """
    link = str(signed.link)
    parts: Any = [link, str(signed)[len(link) :]]  # segments; segno's types name a single one only
    try:
        return segno.make_qr(parts, error=LEVEL, version=VERSION, boost_error=False)
    except segno.DataOverflowError as e:
        raise LabelError(f"{link!r} does not fit a version {VERSION}-{LEVEL} symbol signed: use a shorter host") from e


def signed_png(signed: SignedLink, *, module_px: int = 6) -> bytes:
    """The symbol as a PNG; 6 dots a module are 29.0 mm at 300 dpi.

    Raises:
        LabelError: it does not fit.
    """
    buffer = io.BytesIO()
    signed_symbol(signed).save(buffer, kind="png", border=QUIET_MODULES, scale=module_px)
    return buffer.getvalue()
