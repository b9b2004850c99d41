"""One self-contained HTML page of a calibration: what was measured, tables, pictures."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .errors import CalibrationError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPLATE = "report.html.j2"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the page: `source` a data address, `caption` what it shows, in Chinese and English."""

    source: str
    caption: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: sentences, a table (`columns`, `rows`), pictures; each may be empty."""

    title: str
    sentences: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    pictures: Sequence[Picture] = ()


def empty_figure(width_in: float, height_in: float) -> Figure:
    """A plot with nothing in it; Matplotlib is loaded when one is drawn, so that a station starts without it."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in))


def of_figure(figure: Figure, caption: str) -> Picture:
    """A plot as a picture of the page."""
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=110, bbox_inches="tight")
    return _picture(data.getvalue(), "png", caption)


def of_pixels(pixels: NDArray[Any], caption: str, most_px: int = 900) -> Picture:
    """A picture (h, w) or (h, w, 3) BGR, uint8, made smaller where it is longer than `most_px`."""
    factor = min(1.0, most_px / max(pixels.shape[:2]))
    if factor < 1:
        pixels = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 88])
    return _picture(np.asarray(data).tobytes(), "jpeg", caption)


def _picture(data: bytes, kind: str, caption: str) -> Picture:
    return Picture(f"data:image/{kind};base64,{base64.b64encode(data).decode()}", caption)


def write_html(path: Path, title: str, sections: Sequence[Section]) -> None:
    """Write the page.

    Raises:
        CalibrationError: the file cannot be written.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = resources.files(__package__).joinpath(TEMPLATE).read_text("utf-8")
    html = environment.from_string(text).render(
        title=title, made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), sections=sections
    )
    try:
        path.write_text(html, "utf-8")
    except OSError as e:
        raise CalibrationError(f"{path} cannot be written: {e.strerror or e}: give another file") from e
