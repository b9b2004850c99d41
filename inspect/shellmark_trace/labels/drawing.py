"""A label drawn once, to the printer's own dots; what is printed, shown and kept is this picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from shellmark_trace.errors import LabelError

from .fonts import Typeface, typeface
from .symbol import module_dots, symbol_dots
from .template import CAPTIONS, LabelContent, LabelTemplate, Row

LEAST_TEXT_MM, MOST_TEXT_MM = 1.8, 4.2
"""Heights of an em: below the first nobody reads Chinese on thermal paper, above the second nothing is gained."""
TAIL_MM = 3.6
HOST_MM = 2.2
NAME_LINES = 2
LEAST_COLUMN_MM = 10.0
GAP_MM = 1.0

Box = tuple[int, int, int, int]
"""Left, top, width, height in dots."""


def draw_label(template: LabelTemplate, content: LabelContent, dots_per_mm: float) -> NDArray[np.bool_]:
    """The label as (height, width) dots of a printer, True where black.

    The symbol stands at the top left with its quiet zone, the serial's tail below it, the rows beside it, the host
    along the bottom. Nothing is ever cut off.

    Raises:
        LabelError: the module is not whole dots, a part finds no room, the font is missing or lacks a character, or
            the text does not fit the template's symbol.
        LinkError: the content's text is no code.
    """
    return _Sheet(template, content, dots_per_mm).drawn()


@dataclass(frozen=True, slots=True)
class _Line:
    """A text that is to stand in a box, in as large letters as fit between the two heights in mm."""

    text: str
    most_mm: float
    centred: bool = False


class _Sheet:
    def __init__(self, template: LabelTemplate, content: LabelContent, dots_per_mm: float) -> None:
        self._template, self._content, self._dots_per_mm = template, content, dots_per_mm
        self._words = CAPTIONS[template.language]
        self._face: Typeface = typeface(template.font)
        self._symbol = symbol_dots(content.text, template.symbol, module_dots(template.module_mm, dots_per_mm))
        self._size = self._dots(template.width_mm), self._dots(template.height_mm)
        self._margin, self._gap = self._dots(template.margin_mm), self._dots(GAP_MM)
        self._image = Image.new("1", self._size, 0)
        self._draw = ImageDraw.Draw(self._image)
        self._draw.fontmode = "1"

    def drawn(self) -> NDArray[np.bool_]:
        self._check_room()
        left, side = self._margin, self._symbol.shape[0]
        width, height = self._size[0] - 2 * left, self._size[1] - 2 * left
        tail, host = self._dots(TAIL_MM), self._dots(HOST_MM)
        self._write(_Line(self._tail(), TAIL_MM, centred=True), (left, left + side, side, tail))
        self._write(
            _Line(f"{self._words['host']} {self._content.host}", HOST_MM), (left, left + height - host, width, host)
        )
        column = left + side + self._gap
        self._rows((column, left, left + width - column, height - host - self._gap))
        picture = np.array(self._image, np.bool_)
        picture[left : left + side, left : left + side] = self._symbol
        return picture

    def _tail(self) -> str:
        return self._words["sample"] if self._content.sample else f"{self._words['tail']} {self._content.tail}"

    def _check_room(self) -> None:
        side = self._symbol.shape[0] / self._dots_per_mm
        least = (
            side + 2 * self._template.margin_mm + GAP_MM + LEAST_COLUMN_MM,
            side + 2 * self._template.margin_mm + TAIL_MM + HOST_MM + 0.2,
        )
        if self._template.width_mm < least[0] or self._template.height_mm < least[1]:
            raise LabelError(
                "label template {template}: {width:g} x {height:g} mm is too small for a symbol of "
                "{side:.1f} mm: {least_width:.1f} x {least_height:.1f} mm is the least",
                template=self._template.name,
                width=self._template.width_mm,
                height=self._template.height_mm,
                side=side,
                least_width=least[0],
                least_height=least[1],
            )

    def _rows(self, box: Box) -> None:
        """The rows from the top down, each in its share of the column's height; the name may take two lines."""
        rows = [row for row in self._template.rows if self._content.of(row)]
        shares = [1.7 if row is Row.NAME else 1.0 for row in rows]
        left, top, width, height = box
        unit = min(self._dots(MOST_TEXT_MM * 1.3), int(height / max(1.0, sum(shares))))
        for row, share in zip(rows, shares, strict=True):
            room = int(unit * share)
            if row is Row.NAME:
                self._name(self._content.name, (left, top, width, room - self._gap // 2))
            else:
                line = _Line(f"{self._words[row]} {self._content.of(row)}", MOST_TEXT_MM * 0.8)
                self._write(line, (left, top, width, room - self._gap // 2))
            top += room

    def _name(self, name: str, box: Box) -> None:
        """On one line, or on two if the letters are larger then."""
        left, top, width, height = box
        half = _broken(name)
        low = height // NAME_LINES
        one = self._fitting(name, width, height, MOST_TEXT_MM)
        two = min(self._fitting(part, width, low, MOST_TEXT_MM) for part in half)
        if one >= two:
            self._write(_Line(name, MOST_TEXT_MM), box)
            return
        for n, part in enumerate(half):
            self._write(_Line(part, two / self._dots_per_mm), (left, top + n * low, width, low))

    def _fitting(self, text: str, width: int, height: int, most_mm: float) -> int:
        """The largest em in dots at which the text stays in its box, 0 when it is below what can be read."""
        least = self._dots(LEAST_TEXT_MM)
        for size in range(min(self._dots(most_mm), height), least - 1, -1):
            if self._face.at(size).getlength(text, mode="1") <= width:
                return size
        return 0

    def _write(self, line: _Line, box: Box) -> None:
        left, top, width, height = box
        if lacking := self._face.lacking(line.text):
            raise LabelError(
                "the label's font {font} has no {lacking}: name another in the template",
                font=self._face.file,
                lacking=lacking,
            )
        size = self._fitting(line.text, width, height, line.most_mm)
        if not size:
            room = f"{width / self._dots_per_mm:.0f} x {height / self._dots_per_mm:.1f} mm"
            raise LabelError(
                "{text!r} finds no room on label template {template}: there is {room}, letters are "
                "{least_mm} mm high at least: shorten it or take a larger label",
                text=line.text,
                template=self._template.name,
                room=room,
                least_mm=LEAST_TEXT_MM,
            )
        anchor, x = ("mm", left + width // 2) if line.centred else ("lm", left)
        self._draw.text((x, top + height // 2), line.text, fill=1, font=self._face.at(size), anchor=anchor)

    def _dots(self, mm: float) -> int:
        return round(mm * self._dots_per_mm)


def _broken(name: str) -> tuple[str, str]:
    """A name in two halves, at the space or the character nearest its middle."""
    middle = (len(name) + 1) // 2
    spaces = [n for n, char in enumerate(name) if char == " "]
    cut = min(spaces, key=lambda n: abs(n - middle)) if spaces else middle
    return name[:cut].strip(), name[cut:].strip()
