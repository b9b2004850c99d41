"""A set of stills served as a camera: to demonstrate, to teach, and to judge what was photographed elsewhere."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field

from shellmark_inspect.errors import BadFrame, CameraLost, SourceEnded
from shellmark_inspect.types import Frame, Trigger

from .cases import CaseFilter, StillCase, list_cases
from .kinds import CameraSettings, Found
from .stills import read_still


class FolderSettings(CameraSettings):
    """Where the stills are and how they are gone through.

    `path` is a folder or a manifest (see `list_cases`), `filter` picks rows of a manifest. `order` is "given" (natural
    name order, a manifest's own) or "shuffled" by `seed`; `loop` starts again after the last case. `live_fps` is how
    often the live view goes on to the next light of the coming case.
    """

    kind: Literal["folder"] = "folder"
    path: Path
    filter: CaseFilter | None = None
    order: Literal["given", "shuffled"] = "given"
    seed: int = 0
    loop: bool = False
    live_fps: Annotated[float, Field(gt=0, le=60)] = 1.0

    @property
    def repeats(self) -> bool:
        """Files may be alike."""
        return True

    def rooted(self, folder: Path) -> Self:
        """The settings with `path` taken from `folder`."""
        return self.model_copy(update={"path": folder / self.path})


class FolderCamera:
    """Serves one case of stills per trigger; every view of one trigger comes from one case, bad or not.

    Opened again it lists the place anew and goes on after the cases it has served.
    """

    def __init__(self, name: str, settings: FolderSettings) -> None:
        self.name = name
        self._settings = settings
        self._cases: tuple[StillCase, ...] = ()
        self._served = 0
        self._case: StillCase | None = None
        self._trigger: int | None = None
        self._numbers = itertools.count(1)
        self._keys: tuple[tuple[str, str, int], ...] = ()
        self._live: tuple[Path, Frame] | None = None
        self._live_due_ns = 0
        self._live_turn = 0

    @property
    def ended(self) -> bool:
        """Whether the last case has been begun; never when looping."""
        return bool(self._cases) and self._at(self._served) is None

    @property
    def cases(self) -> tuple[StillCase, ...]:
        """The cases in the order they are served; empty while the camera is closed."""
        return self._cases

    def open(self) -> None:
        """List the cases.

        Raises:
            CameraLost: as `list_cases` does.
        """
        cases = list_cases(self._settings.path, self._settings.filter)
        if self._settings.order == "shuffled":
            random.Random(self._settings.seed).shuffle(cases)
        self._cases = tuple(cases)

    def close(self) -> None:
        """Forget the list; the place in it is kept."""
        self._cases = ()
        self._live = None

    def expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        """The stills of the trigger's case; as `Camera.expose`."""
        case = self._case_of(trigger)
        self._keys = tuple((view, light, len(lights)) for light in lights)
        try:
            return [self._frame(case, case.file_of(*key), key[1], trigger.number) for key in self._keys]
        except BadFrame as e:
            e.case_id = case.name
            if not self._settings.path.exists():
                raise CameraLost("folder {path} is gone: put it back", path=self._settings.path) from e
            raise

    def look(self) -> Frame | None:
        """A still of the coming case, light after light; None when there is none, or none that can be shown."""
        case = self._at(self._served) or self._case
        now = time.monotonic_ns()
        if case is None or not self._cases or (self._live and now < self._live_due_ns):
            return self._live[1] if self._live else None
        self._live_due_ns = now + int(1e9 / self._settings.live_fps)
        self._live_turn += 1
        try:
            path = self._live_file(case)
            if self._live is None or self._live[0] != path:
                self._live = path, self._frame(case, path, path.stem.rpartition("_")[2], None)
        except BadFrame:
            return None  # said when the case's own trigger comes
        return self._live[1]

    def _live_file(self, case: StillCase) -> Path:
        if self._keys:
            return case.file_of(*self._keys[self._live_turn % len(self._keys)])
        return next(iter(case.files.values()))[0]

    def _case_of(self, trigger: Trigger) -> StillCase:
        """The case of a trigger; it is used up whatever becomes of it."""
        if not self._cases:
            raise CameraLost("camera {camera} is not open: open it first", camera=self.name)
        if self._case is None or trigger.number != self._trigger:
            case = self._at(self._served)
            if case is None:
                raise SourceEnded(
                    "all {count} cases of {path} have been served", count=len(self._cases), path=self._settings.path
                )
            self._case, self._trigger = case, trigger.number
            self._served += 1
        return self._case

    def _at(self, place: int) -> StillCase | None:
        if self._settings.loop and self._cases:
            return self._cases[place % len(self._cases)]
        return self._cases[place] if place < len(self._cases) else None

    def _frame(self, case: StillCase, path: Path, light: str, trigger: int | None) -> Frame:
        return Frame(read_still(path), next(self._numbers), time.monotonic_ns(), self.name, light, trigger, case.name)


def discover() -> list[Found]:
    """Nothing: a folder is named, not found."""
    return []
