"""One thread per camera: it exposes when asked, looks in between, and opens a lost camera again."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Event, Thread

from shellmark_inspect.cameras import Guarded
from shellmark_inspect.errors import CameraError, CameraLost
from shellmark_inspect.loop.channel import Channel, ChannelClosed
from shellmark_inspect.loop.status import Lamp, Light
from shellmark_inspect.said import Said
from shellmark_inspect.types import Frame, Trigger

LOOK_EVERY_S = 1 / 30
RED_AFTER_S = 10.0
"""A call into the device that takes longer turns the lamp red."""

log = logging.getLogger(__name__)

Exposures = dict[str, list[Frame] | CameraError]
"""View name → its frames, or why there are none."""


@dataclass(frozen=True, slots=True)
class _Request:
    trigger: Trigger
    views: Mapping[str, Sequence[str]]
    answer: Future[Exposures]


class CameraThread:
    """A guarded camera with the thread that alone touches it.

    `live` is the newest frame per view, that of the view "" being the newest of a look between two cases;
    `look_every_s` the pause between two looks, 0 for none.
    """

    def __init__(self, camera: Guarded, *, look_every_s: float = LOOK_EVERY_S) -> None:
        self.camera = camera
        self.live: dict[str, Frame] = {}
        self._look_every_s = look_every_s
        self._requests: Channel[_Request] = Channel(1)
        self._opened: Future[None] = Future()
        self._there = Event()
        self._thread = Thread(target=self._work, name=f"camera {camera.name}", daemon=True)

    def start(self) -> Future[None]:
        """Begin to open the camera; the future ends with the first attempt, failed or not."""
        self._thread.start()
        return self._opened

    def expose(self, trigger: Trigger, views: Mapping[str, Sequence[str]]) -> Future[Exposures]:
        """Ask for one case's frames: view name → lights."""
        request = _Request(trigger, views, Future())
        if not self._thread.is_alive():  # nobody would ever take the request
            request.answer.set_result(dict.fromkeys(views, CameraLost("its thread has ended: start the station again")))
            return request.answer
        if self.camera.busy_since_ns is not None and len(self._requests):
            request.answer.set_result(dict.fromkeys(views, CameraLost(self.stall_text())))
            return request.answer
        try:
            self._requests.put(request)
        except ChannelClosed:
            request.answer.set_result(dict.fromkeys(views, CameraLost("the station is stopping")))
        return request.answer

    def stall_text(self) -> str:
        """Why no answer comes, in one line."""
        return Said("no answer for {seconds:.1f} s: check its cable and power", seconds=self._busy_s())

    def lamp(self) -> Lamp:
        """Green while frames come; red, with the reason, while the device is lost or hangs; yellow after a bad case."""
        state = self.camera.state
        if self._busy_s() > RED_AFTER_S:
            return Lamp(Light.RED, Said("{camera}: {why}", camera=self.camera.name, why=self.stall_text()))
        if state.ok:
            return Lamp(Light.GREEN)
        lost = self.camera.reopen_in_s is not None or not self._opened.done()
        return Lamp(
            Light.RED if lost else Light.YELLOW, Said("{camera}: {why}", camera=self.camera.name, why=state.last_error)
        )

    def wait_there(self, timeout_s: float) -> bool:
        """Wait until the camera is open and not lost; False when `timeout_s` passed first."""
        return self._there.wait(timeout_s)

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Close the camera and end the thread; False when the device does not let go in time."""
        self._requests.close()
        self._close()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _busy_s(self) -> float:
        since = self.camera.busy_since_ns
        return 0.0 if since is None else (time.monotonic_ns() - since) / 1e9

    def _work(self) -> None:
        self._open()
        self._note_there()
        self._opened.set_result(None)
        while True:
            lost_for_s = self.camera.reopen_in_s
            self._note_there()
            try:
                request = self._requests.get(self._look_every_s or None if lost_for_s is None else lost_for_s)
            except ChannelClosed:
                self._close()
                return
            if self.camera.reopen_in_s == 0:
                self._open()
            if request is not None:
                self._answer(request)
            elif self.camera.reopen_in_s is None:
                self._look()

    def _open(self) -> None:
        before = self.camera.state
        try:
            self.camera.open()
        except CameraError as e:
            if str(e) != before.last_error:
                log.warning("camera %s: %s", self.camera.name, e)
        else:
            if self.camera.state.reopened > before.reopened:
                log.warning("camera %s is back", self.camera.name)

    def _answer(self, request: _Request) -> None:
        if not request.answer.set_running_or_notify_cancel():
            return  # the case was given up while it waited; its frames would be another case's
        exposures: Exposures = {}
        for view, lights in request.views.items():
            exposures[view] = self._expose(request.trigger, view, lights)
        self._note_there()
        request.answer.set_result(exposures)

    def _note_there(self) -> None:
        if self.camera.reopen_in_s is None:
            self._there.set()
        else:
            self._there.clear()

    def _expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame] | CameraError:
        try:
            frames = self.camera.expose(trigger, view, lights)
        except CameraError as e:
            log.warning("camera %s: %s", self.camera.name, e)
            return e
        self.live[view] = frames[-1]
        return frames

    def _look(self) -> None:
        try:
            frame = self.camera.look()
        except CameraError as e:
            log.warning("camera %s: %s", self.camera.name, e)
            return
        if frame is not None:
            self.live[""] = frame

    def _close(self) -> None:
        try:
            self.camera.close()
        except CameraError as e:
            log.warning("camera %s: %s", self.camera.name, e)
