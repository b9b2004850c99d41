"""The demonstration's labels: printed as pictures, and read back from those very pictures."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

from shellmark_inspect.app.cases import FOR_PEOPLE
from shellmark_inspect.app.printing import errors, out
from shellmark_inspect.errors import InputError
from shellmark_inspect.labelling import LabelState
from shellmark_inspect.station import LabelSpec, Station
from shellmark_inspect.types import Record
from shellmark_trace import States

FOLDER = "labels"
"""Where the labels go, under the demonstration's data."""
VIEW = "label"
EVERY_S = 4.0
"""How far apart cases are in the window, so that there is time to say that a label is on."""
LOOK_AGAIN_S = 0.02
WHO = "demo"


def label_camera(data: Path) -> dict[str, str]:
    """The camera that sees the label printed last."""
    return {"kind": "newest", "path": str(data / FOLDER)}


def label_spec(data: Path) -> LabelSpec:
    """A printer that writes each label as a picture; it counts nothing, so one proof is missing."""
    printer = {"kind": "files", "folder": str(data / FOLDER), "format": "png"}
    return LabelSpec(printer=printer, view=VIEW, uncounted=True)


class LabelHand:
    """Does for a demonstration without a window what people do at a station: says of each label that it is on."""

    def __init__(self, station: Station, folder: Path, stop: Event, *, machine: bool) -> None:
        self._station, self._folder, self._stop, self._machine = station, folder, stop, machine
        self.active = 0

    def settle(self, record: Record) -> None:
        """Bring the label of a stored case to its end: its code is active, or the label wants a person."""
        if record.code is None:
            return
        labels, serial = self._station.labels, record.code.serial
        while not self._stop.is_set():
            status = labels.status()
            assert status is not None
            if labels.standing(serial).result()[0] is States.ACTIVE:
                self._proven(serial)
                return
            if status.state is LabelState.STICK and status.serial == serial:
                self._say_it_is_on(serial)
            elif status.state in FOR_PEOPLE:
                return  # said at the case's end, as on any run without a window
            self._stop.wait(LOOK_AGAIN_S)

    def as_json(self) -> dict[str, Any]:
        """What became of the labels, for a machine."""
        return {"printed": self._printed(), "active": self.active, "read_back": "drawn", "folder": str(self._folder)}

    def print(self) -> None:
        """What became of the labels, for people."""
        words = f"{self._printed()} labels printed, {self.active} read back and active"
        out.print(f"{words}\nlabels    {self._folder}", markup=False, soft_wrap=True)
        drawn = "the labels are drawn: what is read back is the printed file itself, no photograph; nobody counts them"
        errors.print(drawn, style="dim", markup=False, soft_wrap=True)

    def _say_it_is_on(self, serial: str) -> None:
        try:
            self._station.labels.stuck(WHO, serial).result()
        except InputError:
            return  # the labeller shows what it waits for a moment before it listens

    def _proven(self, serial: str) -> None:
        self.active += 1
        if not self._machine:
            uec = self._station.labels.sight().uec
            figure = f", unused error correction {uec:.2f}" if uec is not None else ""
            out.print(f"        label {serial[-6:]} read back (drawn){figure}: active", markup=False, soft_wrap=True)

    def _printed(self) -> int:
        return len(list(self._folder.glob("*.png")))
