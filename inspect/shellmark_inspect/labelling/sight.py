"""What the labeller last drew, saw, read and counted, for people to look at; it decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.records import Waiting
from shellmark_inspect.types import Pixels
from shellmark_trace.printers import Printer
from shellmark_trace.readback import LabelRead

from .parts import Parts


@dataclass(frozen=True, slots=True)
class Sight:
    """The label at hand, as far as it has come.

    `label` is its picture in dots (True is black), None where this run has not drawn it; `frame` the last one that was
    looked at, None before; `uec` the unused error correction of this very code in that frame, None where it was not
    read there; `before` and `after` the printer's odometer around its one print command, None where not known. Two
    sights are equal when all but their pictures are; pictures are told apart by identity.
    """

    serial: str = ""
    label: NDArray[np.bool_] | None = field(default=None, compare=False)
    frame: Pixels | None = field(default=None, compare=False)
    uec: float | None = None
    before: int | None = None
    after: int | None = None


class Watch:
    """Remembers what goes through a labeller's parts: give the labeller `parts`, and pull `sight` from any thread."""

    def __init__(self, parts: Parts) -> None:
        self._watched = parts
        self._code: Waiting | None = None
        self._printed = False
        self._sight = Sight()
        printer = _WatchedPrinter(parts.printer, self._counted, self._sent)
        self.parts = replace(parts, printer=printer, draw=self._draw, look=self._look, read=self._read)

    def sight(self) -> Sight:
        """The label at hand; cheap, nothing is copied."""
        return self._sight

    def _draw(self, code: Waiting) -> NDArray[np.bool_]:
        picture = self._watched.draw(code)
        if code.serial != self._sight.serial:
            self._begin(code)
        self._sight = replace(self._sight, label=picture)
        return picture

    def _begin(self, code: Waiting) -> None:
        """Another label is at hand; one that a run before has sent was counted then."""
        self._code, self._printed = code, code.counted
        self._sight = Sight(code.serial, before=code.odometer)

    def _look(self, code: Waiting) -> Sequence[Pixels]:
        if code.serial != self._sight.serial:
            self._begin(code)
        self._code = code
        return self._watched.look(code)

    def _read(self, frame: Pixels) -> Sequence[LabelRead]:
        reads = self._watched.read(frame)
        text = self._code.text if self._code is not None else ""
        mine = [read.uec for read in reads if read.text and read.text == text]
        self._sight = replace(self._sight, frame=frame, uec=mine[0] if mine else None)
        return reads

    def _sent(self) -> None:
        self._printed = True

    def _counted(self, value: int | None) -> None:
        if self._printed:
            self._sight = replace(self._sight, after=value)
        else:
            self._sight = replace(self._sight, before=value)


class _WatchedPrinter:
    """A printer whose counts and jobs are told."""

    def __init__(self, printer: Printer, counted: Callable[[int | None], None], sent: Callable[[], None]) -> None:
        self._printer, self._counted, self._sent = printer, counted, sent

    @property
    def dots_per_mm(self) -> float:
        """The printer's own."""
        return self._printer.dots_per_mm

    def odometer(self) -> int | None:
        """The printer's own, and it is told."""
        value = self._printer.odometer()
        self._counted(value)
        return value

    def print(self, picture: NDArray[np.bool_]) -> None:
        """Print on the printer; that a job was begun is told before."""
        self._sent()
        self._printer.print(picture)

    def close(self) -> None:
        """Let the printer go."""
        self._printer.close()
