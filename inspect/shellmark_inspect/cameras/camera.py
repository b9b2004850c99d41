"""The one protocol every camera is behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shellmark_inspect.types import Frame, Trigger


class Camera(Protocol):
    """One camera. One thread opens, exposes and looks; `close` may come from any thread and never blocks for long.

    A case may be several views: calls of `expose` with one trigger's number belong to one case, and a finite source
    serves them from one. A case that fails is used up; the next trigger gets the next case.
    """

    @property
    def name(self) -> str:
        """The station's name for it."""

    @property
    def ended(self) -> bool:
        """True once a finite source (a folder, a file) has begun its last case: no further trigger is opened for it.

        Always False for a source that goes on for ever.
        """

    def open(self) -> None:
        """Get hold of the device; after a loss the whole device is built anew.

        Raises:
            CameraLost: it cannot be had; the text says why and what to do.
        """

    def close(self) -> None:
        """Let the device go; closing a closed camera does nothing. A call that waits in it ends with `CameraLost`."""

    def expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        """One frame per light, in that order, taken after the trigger was opened; blocks until the last one is there.

        Raises:
            FrameTimeout: a frame did not come in time.
            BadFrame: a frame is no usable picture.
            StaleFrame: a frame is older than the trigger, or the same as the one before.
            CameraLost: the device is gone.
            SourceEnded: a finite source has no further case (a caller that heeds `ended` never sees it).
        """

    def look(self) -> Frame | None:
        """The newest frame for the live view, or None when there is none yet; never one to judge.

        Raises:
            CameraError: as for `expose`.
        """
