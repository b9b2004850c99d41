"""What the camera and the odometer say of a label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from shellmark_inspect.errors import CameraError
from shellmark_inspect.records import Waiting
from shellmark_inspect.types import Pixels
from shellmark_trace import PrinterError, parse_link
from shellmark_trace.printers import Printer
from shellmark_trace.readback import LabelRead, ReadVerdict, judge_read

from .parts import Parts, Settings
from .states import Fault

READINGS = 6
"""How often the odometer is asked before its answers count as unsteady."""

_FAULTS: Mapping[ReadVerdict, Fault] = MappingProxyType(
    {
        ReadVerdict.NONE: Fault.NOT_READ,
        ReadVerdict.WEAK: Fault.WEAK,
        ReadVerdict.OTHER_SERIAL: Fault.OTHER,
        ReadVerdict.OTHER_HOST: Fault.OTHER,
        ReadVerdict.SEVERAL: Fault.SEVERAL,
    }
)
_LOOK_AGAIN = frozenset({Fault.NOT_READ, Fault.WEAK})
"""Faults of one frame a further frame may not have; the others end the look."""


@dataclass(slots=True)
class Sightings:
    """What the camera has seen while one code's label was at hand.

    `own` is how many labels of that code lay in one frame at most, `others` are the serials of other codes, `any` says
    that there was a symbol at all, be it one that cannot be read.
    """

    serial: str = ""
    own: int = 0
    any: bool = False
    others: set[str] = field(default_factory=set)

    def add(self, reads: Sequence[LabelRead], code: Waiting) -> None:
        """One more frame."""
        self.any = self.any or bool(reads)
        self.own = max(self.own, sum(read.text == code.text for read in reads))
        self.others |= {read.link.serial for read in reads if read.link is not None} - {code.serial}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen: the fault, or the one label that is right with the frame it is in."""

    fault: Fault | None
    read: LabelRead | None = None
    frame: Pixels | None = None


def steady_odometer(printer: Printer) -> int | None:
    """The odometer, as two answers in a row give it.

    Raises:
        PrinterError: it does not answer, or never the same twice.
    """
    last = printer.odometer()
    for _ in range(READINGS - 1):
        again = printer.odometer()
        if again == last:
            return again
        last = again
    raise PrinterError(
        "the printer's odometer gives another number each time, now {last}: look at the printer", last=last
    )


def see_label(code: Waiting, parts: Parts, settings: Settings, sightings: Sightings) -> Seen:
    """Look at the case that lies under the camera until its label is right, or for `looks` times.

    One frame with a second or another label settles it: such a case is not right in any frame. What every frame shows
    is added to the sightings.
    """
    seen = Seen(Fault.NO_PICTURE)
    for _ in range(settings.looks):
        try:
            frames = parts.look(code)
        except CameraError:
            continue
        found = [_in_frame(frame, code, parts, settings, sightings) for frame in frames]
        bad = next((one for one in found if one.fault is not None and one.fault not in _LOOK_AGAIN), None)
        if bad is not None:
            return bad
        seen = next((one for one in found if one.fault is None), found[-1] if found else seen)
        if seen.fault is None:
            break
    return seen


def labels_seen(code: Waiting, parts: Parts) -> int:
    """The most codes that one frame of the case shows now, ours or not.

    Raises:
        CameraError: there is no picture.
    """
    return max((sum(read.link is not None for read in parts.read(frame)) for frame in parts.look(code)), default=0)


def _in_frame(frame: Pixels, code: Waiting, parts: Parts, settings: Settings, sightings: Sightings) -> Seen:
    reads: Sequence[LabelRead] = parts.read(frame)
    sightings.add(reads, code)
    verdict = judge_read(reads, code.serial, parse_link(code.text).host, code.gtin)
    if verdict is not ReadVerdict.RIGHT:
        return Seen(_FAULTS[verdict])
    read = next(one for one in reads if one.text == code.text)
    return Seen(Fault.WEAK) if read.uec < settings.uec_least else Seen(None, read, frame)
