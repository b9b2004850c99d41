"""The guard around any camera: it checks what came, keeps the state for the lamp, and says when to try again."""

from __future__ import annotations

import logging
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from shellmark_inspect.errors import BadFrame, CameraError, CameraLost, FrameTimeout, SourceEnded, StaleFrame
from shellmark_inspect.said import Said, said_by
from shellmark_inspect.types import Frame, Pixels, Trigger

from .camera import Camera

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
LOST_AFTER_TIMEOUTS = 3
"""So many cases in a row without a frame are a lost camera: an unplugged one often only goes silent."""

_BLACK_BELOW = 5
_BLOWN_ABOVE = 253
_SHARE = 0.999


@dataclass(frozen=True, slots=True)
class CameraState:
    """How a camera is, for the lamp and the record.

    `ok` is True while it is open and its last case came whole; `since_ns` (monotonic) when `ok` last changed;
    `last_error` the text of what is wrong, "" while nothing is; `frames` had for cases, `gaps` frames noticed missing
    between them, `reopened` how often it was had again after a loss.
    """

    name: str
    ok: bool
    since_ns: int
    last_error: str = ""
    frames: int = 0
    gaps: int = 0
    reopened: int = 0


class Guarded:
    """A camera over any camera. One thread opens, exposes and looks; `close` and what can be read are anyone's.

    While it is lost, `expose` and `look` raise `CameraLost` at once; its owner calls `open` again when `reopen_in_s` is
    over (1 s, doubling to 30 s). Nothing here sleeps.

    `frame_px` gives the (width, height) a view's frames must have; a view not in it takes any, but all its lights one
    size. `repeats` allows the same picture twice, `skips` jumps in the frame numbers (see `CameraSettings`).
    """

    def __init__(
        self,
        camera: Camera,
        *,
        frame_px: Mapping[str, tuple[int, int]] = MappingProxyType({}),
        repeats: bool = False,
        skips: bool = False,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.camera = camera
        self._frame_px = frame_px
        self._repeats = repeats
        self._skips = skips
        self._clock_ns = clock_ns
        self._lock = threading.Lock()
        self._state = CameraState(camera.name, ok=False, since_ns=clock_ns(), last_error=Said("not opened yet"))
        self._busy_since_ns: int | None = None
        self._closed = True
        self._lost = False
        self._pause_s = FIRST_PAUSE_S
        self._due_ns = 0
        self._timeouts = 0
        self._number: int | None = None
        self._trigger: int | None = None
        self._digests: dict[int, str] = {}
        self._digests_before: dict[int, str] = {}

    @property
    def name(self) -> str:
        """The station's name for the camera."""
        return self.camera.name

    @property
    def ended(self) -> bool:
        """Whether the camera's last case has been begun."""
        return self.camera.ended

    @property
    def state(self) -> CameraState:
        """How the camera is now."""
        return self._state

    @property
    def busy_since_ns(self) -> int | None:
        """When (monotonic) the call into the device that is still under way began, None while there is none."""
        return self._busy_since_ns

    @property
    def reopen_in_s(self) -> float | None:
        """Seconds until a lost camera should be opened again (0.0: now), None while it is not lost."""
        return max(0.0, (self._due_ns - self._clock_ns()) / 1e9) if self._lost else None

    def open(self) -> None:
        """Open the camera, anew when it was open or lost.

        Raises:
            CameraLost: it cannot be had, or it was closed from elsewhere meanwhile.
        """
        self.close()
        self._closed = False
        try:
            with self._busy():
                self.camera.open()
        except CameraError as e:
            self._lose(e)
            raise
        if self._closed:
            self._let_go()
            raise CameraLost("camera {camera} was closed while it was being opened", camera=self.name)
        again, self._lost, self._pause_s = self._lost, False, FIRST_PAUSE_S
        self._timeouts, self._number = 0, None
        self._note(ok=True, last_error="", reopened=int(again))

    def close(self) -> None:
        """Let the camera go; why it was lost is still said. Never raises: what is gone cannot be let go of either."""
        self._closed = True
        self._let_go()
        if not self._lost:
            self._note(ok=False, last_error=Said("closed"))

    def expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        """The frames of a view, checked; `Frame.gap` is set where numbers jumped. As `Camera.expose`.

        Raises:
            CameraLost: as well after `LOST_AFTER_TIMEOUTS` cases in a row without a frame.
        """
        self._need_open()
        try:
            with self._busy():
                checked = self._checked(self.camera.expose(trigger, view, lights), trigger, view, lights)
        except SourceEnded:
            raise
        except FrameTimeout as e:
            self._timeouts += 1
            if self._timeouts < LOST_AFTER_TIMEOUTS:
                self._failed(e)
                raise
            lost = CameraLost("{why} ({timeouts} times in a row)", why=e, timeouts=self._timeouts)
            self._lose(lost)
            raise lost from e
        except CameraError as e:
            self._timeouts = 0
            self._failed(e)
            raise
        self._timeouts = 0
        self._note(ok=True, last_error="", frames=len(checked), gaps=sum(frame.gap for frame in checked))
        return checked

    def look(self) -> Frame | None:
        """The newest frame for the live view. As `Camera.look`."""
        self._need_open()
        try:
            with self._busy():
                frame = self.camera.look()
        except CameraError as e:
            self._failed(e)
            raise
        if frame is not None and self._number is not None:
            self._number = max(frame.number, self._number)
        return frame

    def _let_go(self) -> None:
        try:
            self.camera.close()
        except Exception as e:  # noqa: BLE001 - an SDK's bug must not keep the camera from being opened again
            log.warning("camera %s does not close: %s: %s", self.name, type(e).__name__, e)

    def _need_open(self) -> None:
        if self._lost or self._closed:
            raise CameraLost("camera {camera} is not open: {why}", camera=self.name, why=self._state.last_error)

    def _failed(self, error: CameraError) -> None:
        self._number = None  # after a failed case nobody knows the count of frames
        if isinstance(error, CameraLost):
            self._lose(error)
        else:
            self._note(ok=False, last_error=said_by(error))

    def _lose(self, error: CameraError) -> None:
        if self._closed:
            return
        self._lost = True
        self._due_ns = self._clock_ns() + int(self._pause_s * 1e9)
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._note(ok=False, last_error=said_by(error))

    def _note(self, *, ok: bool, last_error: str, frames: int = 0, gaps: int = 0, reopened: int = 0) -> None:
        with self._lock:
            old = self._state
            self._state = replace(
                old,
                ok=ok,
                since_ns=old.since_ns if ok == old.ok else self._clock_ns(),
                last_error=last_error,
                frames=old.frames + frames,
                gaps=old.gaps + gaps,
                reopened=old.reopened + reopened,
            )

    @contextmanager
    def _busy(self) -> Iterator[None]:
        self._busy_since_ns = self._clock_ns()
        try:
            yield
        except CameraError:
            raise
        except Exception as e:  # an SDK's bug must not cost a record
            raise CameraLost("camera {camera}: {kind}: {why}", camera=self.name, kind=type(e).__name__, why=e) from e
        finally:
            self._busy_since_ns = None

    def _checked(self, frames: list[Frame], trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        if len(frames) != len(lights):
            raise BadFrame(
                "camera {camera} gave {count} frames for the {lights} lights of view {view}: check its "
                "trigger and the light controller",
                camera=self.name,
                count=len(frames),
                lights=len(lights),
                view=view,
            )
        if trigger.number != self._trigger:
            self._trigger, self._digests_before, self._digests = trigger.number, self._digests, {}
        size = self._frame_px.get(view)
        for frame in frames:
            height, width = frame.pixels.shape[:2]
            size = size or (width, height)
            self._check_picture(frame, view, size)
            self._check_fresh(frame, trigger, view)
        return [self._counted(frame) for frame in frames]

    def _check_picture(self, frame: Frame, view: str, size: tuple[int, int]) -> None:
        what = self._place(frame, view, _of(frame))
        height, width = frame.pixels.shape[:2]
        if (width, height) != size:
            raise BadFrame(
                "{what}: frame of {width}x{height} px, wanted {wanted_width}x{wanted_height}: mend the "
                "camera's size or the recipe's frame_px",
                what=what,
                width=width,
                height=height,
                wanted_width=size[0],
                wanted_height=size[1],
            )
        sample = _sample(frame.pixels)
        if np.mean(sample < _BLACK_BELOW) >= _SHARE:
            raise BadFrame(
                "{what}: the frame is all black: check lens cap, exposure and whether the light fires", what=what
            )
        if np.mean(sample > _BLOWN_ABOVE) >= _SHARE:
            raise BadFrame("{what}: the frame is all white: check the exposure and the light", what=what)

    def _check_fresh(self, frame: Frame, trigger: Trigger, view: str) -> None:
        what = self._place(frame, view)
        if frame.taken_ns < trigger.opened_ns:
            age_ms = (trigger.opened_ns - frame.taken_ns) / 1e6
            raise StaleFrame(
                "{what}: frame {number} is {age_ms:.0f} ms older than the trigger: restart the camera",
                what=what,
                number=frame.number,
                age_ms=age_ms,
            )
        if self._repeats:
            return
        digest = zlib.crc32(_sample(frame.pixels).data)
        seen = self._digests.get(digest) or self._digests_before.get(digest)
        self._digests[digest] = Said(
            "view {view}, light {light} of trigger {number}", view=view, light=frame.light, number=trigger.number
        )
        if seen:
            raise StaleFrame("{what}: the very picture of {seen} came again: restart the camera", what=what, seen=seen)

    def _place(self, frame: Frame, view: str, case: str = "") -> Said:
        return Said(
            "camera {camera}, view {view}, light {light}{case}",
            camera=self.name,
            view=view,
            light=frame.light,
            case=case,
        )

    def _counted(self, frame: Frame) -> Frame:
        last, self._number = self._number, frame.number
        if last is None or self._skips:
            return frame
        if frame.number <= last:
            raise StaleFrame(
                "camera {camera}: frame number {number} came after {last}: restart the camera",
                camera=self.name,
                number=frame.number,
                last=last,
            )
        missed = frame.number - last - 1
        return replace(frame, gap=frame.gap + missed) if missed else frame


def _sample(pixels: Pixels) -> Pixels:
    """About 64 rows, whole: enough to tell two exposures of a real sensor apart, at a hundredth of the reading."""
    return np.ascontiguousarray(pixels[:: max(1, len(pixels) // 64)])


def _of(frame: Frame) -> str:
    return Said(", case {case}", case=frame.case_id) if frame.case_id else ""
