"""The newest still of a folder as a camera: what lies under the label camera of a demonstration."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from shellmark_inspect.errors import BadFrame, CameraLost
from shellmark_inspect.types import Frame, Trigger

from .kinds import CameraSettings, Found
from .stills import SUFFIXES, read_still


class NewestSettings(CameraSettings):
    """`path` is the folder; a still in it may come, be written over and go while the camera is open."""

    kind: Literal["newest"] = "newest"
    path: Path

    @property
    def repeats(self) -> bool:
        """The same still is shown until a newer one lies there."""
        return True

    def rooted(self, folder: Path) -> Self:
        """The settings with `path` taken from `folder`."""
        return self.model_copy(update={"path": folder / self.path})


class NewestCamera:
    """Shows the still that was written last, under every light alike, as often as it is asked."""

    def __init__(self, name: str, settings: NewestSettings) -> None:
        self.name = name
        self._folder = settings.path
        self._numbers = itertools.count(1)
        self._open = False
        self._live: tuple[Path, Frame] | None = None

    @property
    def ended(self) -> bool:
        """Never: a newer still may come."""
        return False

    def open(self) -> None:
        """See that the folder is there; it may be empty.

        Raises:
            CameraLost: it is not.
        """
        if not self._folder.is_dir():
            raise CameraLost("folder {path} is missing: put it there or mend `path` of the camera", path=self._folder)
        self._open = True

    def close(self) -> None:
        """Forget the live view."""
        self._open, self._live = False, None

    def expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        """The newest still, once per light; as `Camera.expose`."""
        del view
        path = self._newest()
        if path is None:
            raise BadFrame("folder {path} holds no picture yet", path=self._folder)
        return [self._frame(path, light, trigger.number) for light in lights]

    def look(self) -> Frame | None:
        """The newest still, None when there is none or none that can be shown."""
        path = self._newest()
        if path is not None and (self._live is None or self._live[0] != path):
            try:
                self._live = path, self._frame(path, "", None)
            except BadFrame:
                return None  # said when a trigger comes
        return self._live[1] if self._live is not None else None

    def _newest(self) -> Path | None:
        """The still that was written last.

        Raises:
            CameraLost: the camera is not open, or its folder is gone.
        """
        if not self._open:
            raise CameraLost("camera {camera} is not open: open it first", camera=self.name)
        try:
            stills = [path for path in self._folder.iterdir() if path.suffix.lower() in SUFFIXES]
            return max(stills, key=lambda path: (path.stat().st_mtime_ns, path.name), default=None)
        except OSError as e:
            raise CameraLost("folder {path} is gone: put it back", path=self._folder) from e

    def _frame(self, path: Path, light: str, trigger: int | None) -> Frame:
        return Frame(read_still(path), next(self._numbers), time.monotonic_ns(), self.name, light, trigger)


def discover() -> list[Found]:
    """Nothing: a folder is named, not found."""
    return []
