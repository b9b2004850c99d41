"""The symbol on the label: QR version 3, level M, quiet zone 4, and the serial's tail for people to read."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import segno
from numpy.typing import NDArray

from .errors import LabelError
from .link import parse_link

VERSION = 3
LEVEL = "M"
QUIET_MODULES = 4
SIDE_MODULES = 17 + 4 * VERSION + 2 * QUIET_MODULES
"""Modules along a side with the quiet zone: 37."""

MODULE_MM = 6 * 25.4 / 300
"""Six dots of a 300 dpi printer: 0.508 mm, which makes the symbol 18.8 mm with its quiet zone."""

TAIL_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Label:
    """A drawn symbol: the file's bytes, and the last characters of the serial to be printed beside it."""

    data: bytes
    tail: str


def label_matrix(text: str) -> NDArray[np.bool_]:
    """The symbol as (37, 37) modules with the quiet zone, True where dark.

    Raises:
        LabelError: the text does not fit the symbol.
        LinkError: the text is no code.
    """
    rows = list(_symbol(text).matrix_iter(scale=1, border=QUIET_MODULES))
    return np.array(rows, dtype=np.bool_)


def label_png(text: str, *, module_px: int = 6) -> Label:
    """The label's symbol as a PNG of `module_px` whole dots a module.

    Raises:
        LabelError: the text does not fit the symbol.
        LinkError: the text is no code.
    """
    return _drawn(text, "png", scale=module_px)


def label_svg(text: str, *, module_mm: float = MODULE_MM) -> Label:
    """The label's symbol as an SVG in millimetres.

    Raises:
        LabelError: the text does not fit the symbol.
        LinkError: the text is no code.
    """
    return _drawn(text, "svg", scale=module_mm, unit="mm")


def _drawn(text: str, kind: str, **options: Any) -> Label:
    buffer = io.BytesIO()
    _symbol(text).save(buffer, kind=kind, border=QUIET_MODULES, **options)
    return Label(buffer.getvalue(), parse_link(text).serial[-TAIL_LENGTH:])


def _symbol(text: str) -> segno.QRCode:
    parse_link(text)
    try:
        return segno.make_qr(text, error=LEVEL, version=VERSION, boost_error=False)
    except segno.DataOverflowError as e:
        raise LabelError(f"{text[:80]!r} does not fit a version {VERSION}-{LEVEL} symbol: keep it upper case") from e
