"""`shellmark calibrate board`: a board to print, at its true size."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from shellmark_inspect.app.calibrate.board_pictures import BoardOption, SquareOption, board_of
from shellmark_inspect.app.printing import out
from shellmark_inspect.errors import InputError

DPI = 600
MM_PER_INCH = 25.4
MOST_PX = 30_000
MOST_MM = 1189, 841
"""A0, the largest sheet a printer takes; a board may lie on it either way."""


def board(
    board: BoardOption,
    file: Annotated[Path, typer.Option("--out", metavar="FILE", help="A .pdf or .png.")],
    square_mm: SquareOption = None,
    margin_mm: Annotated[float, typer.Option("--margin-mm", min=0, max=100, help="White around it.")] = 10.0,
) -> None:
    """Draw a board to print at its true size (100 %, no fitting to the page); measure a square after printing.

    Example: `shellmark calibrate board --board charuco:11x8:15:11:5X5_100 --out board.pdf`
    """
    if file.suffix.lower() not in {".pdf", ".png"}:
        raise InputError(f"{file} is neither .pdf nor .png: give one of them")
    wanted = board_of(board, square_mm)
    sides_mm = [(n + 1) * wanted.square_mm + 2 * margin_mm for n in (wanted.columns, wanted.rows)]
    if max(sides_mm) > max(MOST_MM) or min(sides_mm) > min(MOST_MM):
        raise InputError(f"a board of {sides_mm[0]:.0f} x {sides_mm[1]:.0f} mm is larger than an A0 sheet "
                         f"({MOST_MM[0]} x {MOST_MM[1]} mm): give smaller or fewer squares")  # fmt: skip
    # a square must be a whole number of pixels, so the resolution is bent to it rather than the square
    square_px = max(2, round(wanted.square_mm * min(DPI, MOST_PX / max(sides_mm) * MM_PER_INCH) / MM_PER_INCH))
    px_per_mm = square_px / wanted.square_mm
    picture = Image.fromarray(wanted.drawn(px_per_mm, margin_mm))
    dpi = px_per_mm * MM_PER_INCH
    try:
        if file.suffix.lower() == ".pdf":
            picture.save(file, resolution=dpi)
        else:
            picture.save(file, dpi=(dpi, dpi))
    except OSError as e:
        raise InputError(f"{file} cannot be written: {e.strerror or e}: give another file") from e
    out.print(f"{file}: {wanted.title}, {sides_mm[0]:.0f} x {sides_mm[1]:.0f} mm: "
              "print at 100 %, then measure a square", markup=False, soft_wrap=True)  # fmt: skip
