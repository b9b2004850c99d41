"""What a kind of camera is: its settings, its class, and how its devices are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from .camera import Camera

Milliseconds = Annotated[int, Field(gt=0, le=600_000)]


class CameraSettings(BaseModel):
    """What a station's configuration says of one camera; `kind` is its key in `CAMERAS`."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    kind: str

    @property
    def repeats(self) -> bool:
        """Whether the same picture twice is legal, as it is where pictures come from files."""
        return False

    @property
    def skips(self) -> bool:
        """Whether frame numbers jump by design, as they do where a free-running stream is sampled."""
        return False

    def rooted(self, folder: Path) -> Self:
        """The settings with relative paths taken from `folder`, the place of the configuration file."""
        del folder
        return self


@dataclass(frozen=True, slots=True)
class Found:
    """One row of `shellmark cameras list`.

    `address` is what goes into the settings (a serial number, an index); `usable` is False for a row that only says in
    `detail` why a kind cannot be looked for.
    """

    kind: str
    address: str
    detail: str
    usable: bool = True


@dataclass(frozen=True, slots=True)
class CameraKind:
    """One line of `CAMERAS`: the settings' model, the class (called with a name and such settings), the search."""

    settings: type[CameraSettings]
    camera: Callable[[str, Any], Camera]
    discover: Callable[[], list[Found]]
