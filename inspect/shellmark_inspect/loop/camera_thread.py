"""One thread per camera: it exposes when asked, looks in between, and opens a lost camera again."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread

from shellmark_inspect.cameras import Camera
from shellmark_inspect.errors import CameraError, CameraLost
from shellmark_inspect.loop.channel import Channel, ChannelClosed
from shellmark_inspect.loop.status import Lamp, Light
from shellmark_inspect.types import Frame, Trigger

LOOK_EVERY_S = 1 / 30
FIRST_RETRY_S = 0.5
LAST_RETRY_S = 10.0

log = logging.getLogger(__name__)

Exposures = dict[str, list[Frame] | CameraError]
"""View name → its frames, or why there are none."""


@dataclass(frozen=True, slots=True)
class _Request:
    trigger: Trigger
    views: Mapping[str, Sequence[str]]
    answer: Future[Exposures]


class CameraThread:
    """A camera with the thread that alone touches it.

    `look_every_s` is the pause between two looks for the live view, 0 for none.
    """

    def __init__(
        self, camera: Camera, *, look_every_s: float = LOOK_EVERY_S, first_retry_s: float = FIRST_RETRY_S
    ) -> None:
        self.camera = camera
        self.live: dict[str, Frame] = {}
        self._look_every_s = look_every_s
        self._first_retry_s = first_retry_s
        self._requests: Channel[_Request] = Channel(1)
        self._fault: str = "not opened yet"
        self._busy_since: float | None = None
        self._opened: Future[None] = Future()
        self._thread = Thread(target=self._work, name=f"camera {camera.name}", daemon=True)

    def start(self) -> Future[None]:
        """Begin to open the camera; the future ends with the first attempt, failed or not."""
        self._thread.start()
        return self._opened

    def expose(self, trigger: Trigger, views: Mapping[str, Sequence[str]]) -> Future[Exposures]:
        """Ask for one case's frames: view name → lights."""
        request = _Request(trigger, views, Future())
        if self._busy_since is not None and len(self._requests):
            request.answer.set_result(dict.fromkeys(views, CameraLost(self.stall_text())))
            return request.answer
        try:
            self._requests.put(request)
        except ChannelClosed:
            request.answer.set_result(dict.fromkeys(views, CameraLost("the station is stopping")))
        return request.answer

    def stall_text(self) -> str:
        """Why no answer comes, in one line."""
        since = self._busy_since
        return (
            "no answer" if since is None else f"no answer for {time.monotonic() - since:.1f} s: check cable and power"
        )

    def lamp(self) -> Lamp:
        """Green while frames come, yellow while the device is being opened again, red while it hangs."""
        since = self._busy_since
        if since is not None and time.monotonic() - since > 10:
            return Lamp(Light.RED, f"{self.camera.name}: {self.stall_text()}")
        return Lamp(Light.RED, f"{self.camera.name}: {self._fault}") if self._fault else Lamp(Light.GREEN)

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Close the camera and end the thread; False when the device does not let go in time."""
        self._requests.close()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        self._try_close()
        return not self._thread.is_alive()

    def _work(self) -> None:
        retry_s = self._first_retry_s
        self._open()
        self._opened.set_result(None)
        while True:
            wait_s = retry_s if self._fault else self._look_every_s or None
            try:
                request = self._requests.get(wait_s)
            except ChannelClosed:
                self._try_close()
                return
            if self._fault:
                self._open()
                retry_s = min(2 * retry_s, LAST_RETRY_S) if self._fault else self._first_retry_s
            if request is not None:
                self._answer(request)
            elif not self._fault:
                self._look()

    def _open(self) -> None:
        self._try_close()
        try:
            self.camera.open()
        except CameraError as e:
            if str(e) != self._fault:
                log.warning("camera %s: %s", self.camera.name, e)
            self._fault = str(e) or type(e).__name__
        else:
            if self._opened.done() and self._fault:
                log.warning("camera %s is back", self.camera.name)
            self._fault = ""

    def _answer(self, request: _Request) -> None:
        if not request.answer.set_running_or_notify_cancel():
            return  # the case was given up while it waited; its frames would be another case's
        self._busy_since = time.monotonic()
        exposures: Exposures = {}
        for view, lights in request.views.items():
            exposures[view] = self._expose(request.trigger, view, lights)
        self._busy_since = None
        request.answer.set_result(exposures)

    def _expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame] | CameraError:
        if self._fault:
            return CameraLost(self._fault)
        try:
            frames = self.camera.expose(trigger, view, lights)
        except CameraError as e:
            self._note_loss(e)
            return e
        except Exception as e:  # a camera's bug must not cost a record
            log.exception("camera %s", self.camera.name)
            self._fault = f"{type(e).__name__}: {e}"
            return CameraLost(self._fault)
        if frames:
            self.live[view] = frames[-1]
        return frames

    def _look(self) -> None:
        try:
            frame = self.camera.look()
        except CameraError as e:
            self._note_loss(e)
        except Exception as e:  # as above
            log.exception("camera %s", self.camera.name)
            self._fault = f"{type(e).__name__}: {e}"
        else:
            if frame is not None:
                self.live[""] = frame

    def _note_loss(self, error: CameraError) -> None:
        if isinstance(error, CameraLost):
            log.warning("camera %s: %s", self.camera.name, error)
            self._fault = str(error)

    def _try_close(self) -> None:
        try:
            self.camera.close()
        except CameraError as e:
            log.warning("camera %s: %s", self.camera.name, e)
