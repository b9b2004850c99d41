"""A drawn label as the bytes of a PNG or a PDF, in its true size."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def label_picture_png(picture: NDArray[np.bool_], dots_per_mm: float) -> bytes:
    """A one-bit PNG, a pixel a dot, that says its resolution."""
    buffer = io.BytesIO()
    dpi = dots_per_mm * 25.4
    Image.fromarray(~picture).save(buffer, format="PNG", dpi=(dpi, dpi))
    return buffer.getvalue()


def label_pdf(picture: NDArray[np.bool_], dots_per_mm: float) -> bytes:
    """A PDF of one page of the label's size: printed at 100 % every dot lies where it lies in the picture."""
    buffer = io.BytesIO()
    Image.fromarray(~picture).save(buffer, format="PDF", resolution=dots_per_mm * 25.4)
    return buffer.getvalue()
