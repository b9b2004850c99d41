"""Steps of codes that somebody wishes for, and the folder by which a command hands them to the station that runs.

A wish is a file, so that only the station's own process writes its database. It is handed in whole or not at all:

    ID.new ─▶ ID.taken ─▶ ID.done      the station takes it up, does it code by code, and answers
       └────▶ (withdrawn)              whoever handed it in may take it back until it is taken up

A wish that was taken up when the process died is done again at the next start; a code that took its step says so in the
step's facts, so that none takes it twice.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shellmark_inspect.errors import RecordsError, WrongState
from shellmark_inspect.records import Records, sync_folder

FOLDER = "wishes"
_KEPT_S = 86_400
"""How long an answer waits for whoever asked, seconds."""
_FORM = re.compile(r"[0-9a-f]{32}")

StepName = Literal["ship", "claim", "return", "rework", "retire", "void", "suspect", "clear", "copied"]


class Wish(BaseModel):
    """One step for several codes, in somebody's name; `target` is the verify site's output, for "ship" only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    request: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] = Field(default_factory=lambda: uuid4().hex)
    step: StepName
    serials: Annotated[tuple[str, ...], Field(min_length=1)]
    operator: str = ""
    reason: str = ""
    target: str = ""


class Taken(BaseModel):
    """What became of one code: where it stands now, and why it was refused, None where it took its step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    serial: str
    state: str
    suspicion: str
    refused: str | None = None


class Answer(BaseModel):
    """What became of a wish: each code, or why nothing was done at all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    taken: tuple[Taken, ...] = ()
    error: str = ""


_STEPS: Mapping[str, Callable[[Records, str, Wish], None]] = MappingProxyType(
    {
        "ship": lambda r, s, w: r.labels.ship(s, target=w.target, operator=w.operator, reason=w.reason),
        "claim": lambda r, s, _: r.labels.claim(s),
        "return": lambda r, s, w: r.labels.take_back(s, operator=w.operator, reason=w.reason),
        "rework": lambda r, s, w: r.labels.rework(s, operator=w.operator, reason=w.reason),
        "retire": lambda r, s, w: r.labels.retire(s, operator=w.operator, reason=w.reason),
        "void": lambda r, s, w: r.labels.void(s, operator=w.operator, reason=w.reason),
        "suspect": lambda r, s, w: r.labels.suspect(s, operator=w.operator, reason=w.reason),
        "clear": lambda r, s, w: r.labels.clear(s, operator=w.operator, reason=w.reason),
        "copied": lambda r, s, w: r.labels.copied(s, operator=w.operator, reason=w.reason),
    }
)


def take_step(records: Records, wish: Wish, serial: str) -> Taken:
    """Let one code take the step, unless this very wish has brought it to it before; on the records thread.

    Raises:
        InputError: the wish lacks something, or nobody knows the serial.
    """
    refused = None
    if not records.labels.was_asked(wish.request, serial):
        try:
            with records.labels.asked(wish.request):
                _STEPS[wish.step](records, serial, wish)
        except WrongState as e:
            refused = str(e)
    state, doubt = records.labels.standing(serial)
    return Taken(serial=serial, state=str(state), suspicion=str(doubt), refused=refused)


@dataclass(frozen=True, slots=True)
class Spool:
    """The folder of wishes of one station.

    Raises:
        RecordsError: the folder, or a file in it, cannot be used.
    """

    folder: Path

    def hand_in(self, wish: Wish) -> None:
        """Lay a wish down for the station, durably."""
        self._write(wish.request, "new", wish.model_dump_json())

    def withdraw(self, request: str) -> bool:
        """Take a wish back; False when the station has taken it up."""
        try:
            self._place(request, "new").unlink()
        except FileNotFoundError:
            return False
        except OSError as e:
            raise _unusable(self.folder, e) from e
        return True

    def answer(self, request: str) -> Answer | None:
        """The station's answer, None while there is none; once read it is gone."""
        place = self._place(request, "done")
        try:
            found = Answer.model_validate_json(place.read_text("utf-8"))
            place.unlink()
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as e:
            raise _unusable(place, e) from e
        return found

    def take_up(self) -> list[Wish]:
        """Every wish that waits, the ones taken up before a crash first; each is the station's from now on."""
        if not self.folder.is_dir():
            return []
        try:
            for place in sorted(self.folder.glob("*.new"), key=lambda one: one.stat().st_mtime_ns):
                if _FORM.fullmatch(place.stem):
                    place.rename(place.with_suffix(".taken"))
            taken = sorted(self.folder.glob("*.taken"), key=lambda one: one.stat().st_mtime_ns)
        except OSError as e:
            raise _unusable(self.folder, e) from e
        return [wish for place in taken if (wish := self._read(place)) is not None]

    def finish(self, request: str, answer: Answer) -> None:
        """Answer a wish, and then forget it, and answers that nobody came for within a day."""
        self._write(request, "done", answer.model_dump_json())
        self._place(request, "taken").unlink(missing_ok=True)
        for place in self.folder.glob("*.done"):
            if place.stat().st_mtime < time.time() - _KEPT_S:
                place.unlink(missing_ok=True)

    def _read(self, place: Path) -> Wish | None:
        """A wish; one that cannot be read is answered with why."""
        try:
            return Wish.model_validate_json(place.read_text("utf-8"))
        except (OSError, ValidationError) as e:
            self.finish(place.stem, Answer(error=f"the wish cannot be read: {' '.join(str(e).split())[:200]}"))
            return None

    def _place(self, request: str, state: str) -> Path:
        return self.folder / f"{request}.{state}"

    def _write(self, request: str, state: str, text: str) -> None:
        part, place = self._place(request, "part"), self._place(request, state)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            part.replace(place)
            sync_folder(self.folder)
        except OSError as e:
            raise _unusable(place, e) from e


def _unusable(place: Path, error: Exception) -> RecordsError:
    why = error.strerror if isinstance(error, OSError) and error.strerror else " ".join(str(error).split())[:200]
    return RecordsError("wishes: {place}: {why}", place=place, why=why)


def as_rows(answer: Answer) -> list[dict[str, Any]]:
    """An answer's codes, for a machine."""
    return [one.model_dump() for one in answer.taken]
