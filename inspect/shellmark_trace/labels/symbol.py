"""The symbol of a label at whole dots a module, so that the printer rounds nothing."""

from __future__ import annotations

import re

import numpy as np
import segno
from numpy.typing import NDArray

from shellmark_trace.errors import LabelError
from shellmark_trace.label import LEVEL, QUIET_MODULES, label_matrix
from shellmark_trace.link import parse_link

from .template import LEAST_MODULE_MM, MOST_MODULE_MM

SIGNED_VERSIONS = (8, 9)
"""Version 8 while the host has at most 15 characters, else 9."""

MODULE_SLACK = 0.05
"""How far whole dots may lie from the module that was asked for."""

_SIGNATURE = re.compile(r"91=[A-Za-z0-9_-]{90}")


def signed_matrix(text: str) -> NDArray[np.bool_]:
    """The symbol of a signed code with its quiet zone, (57, 57) or (61, 61) modules, True where dark.

    Raises:
        LabelError: the text carries no signature of 90 characters in AI 91, or does not fit.
        LinkError: what comes before the signature is no code.
    """
    link, _, rest = text.partition("?")
    parse_link(link)
    if not _SIGNATURE.fullmatch(rest):
        raise LabelError("{text!r} is not signed: ?91= and 90 characters of signature are due", text=text[:80])
    for version in SIGNED_VERSIONS:
        try:
            symbol = segno.make_qr(text, error=LEVEL, version=version, boost_error=False)
        except segno.DataOverflowError:
            continue
        return np.array(list(symbol.matrix_iter(scale=1, border=QUIET_MODULES)), dtype=np.bool_)
    raise LabelError(
        "{text!r} does not fit a version {version}-{level} symbol: use a shorter host",
        text=text[:80],
        version=SIGNED_VERSIONS[-1],
        level=LEVEL,
    )


def module_dots(module_mm: float, dots_per_mm: float) -> int:
    """Whole dots of a module: 6 for 0.508 mm at 300 dpi.

    Raises:
        LabelError: no whole number of dots lies within 5 % of the module, or it leaves the 0.396 to 0.990 mm of GS1.
    """
    dots = round(module_mm * dots_per_mm)
    real = dots / dots_per_mm
    if abs(real - module_mm) <= MODULE_SLACK * module_mm and LEAST_MODULE_MM <= real <= MOST_MODULE_MM:
        return dots
    can = [n / dots_per_mm for n in range(1, 100) if LEAST_MODULE_MM <= n / dots_per_mm <= MOST_MODULE_MM]
    offers = ", ".join(f"{size:.3f}" for size in can) or "none"
    raise LabelError(
        "a module of {module_mm:g} mm is not whole dots of a printer of {dots_per_mm:.3f} dots a mm: "
        "take one of {offers} mm",
        module_mm=module_mm,
        dots_per_mm=dots_per_mm,
        offers=offers,
    )


def symbol_dots(text: str, kind: str, dots: int) -> NDArray[np.bool_]:
    """The symbol with its quiet zone at so many dots a module; `kind` is "plain" or "signed".

    Raises:
        LabelError: the text does not fit the symbol or is not signed.
        LinkError: the text is no code.
    """
    matrix = label_matrix(text) if kind == "plain" else signed_matrix(text)
    return np.kron(matrix, np.ones((dots, dots), np.bool_))
