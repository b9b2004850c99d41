"""What OpenCV's VideoCapture opens: a USB camera, a stream (RTSP, HTTP), a recorded video.

A live source is drained by a thread of its own into a slot for the newest frame, because its buffers else hand out
old ones; a recording is read frame by frame. VideoCapture's isOpened() stays True after a loss, so it is never asked.
"""

from __future__ import annotations

import itertools
import os
import platform
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Protocol, Self
from urllib.parse import urlsplit

import cv2
import numpy as np
from pydantic import Field, field_validator

from shellmark_inspect.errors import BadFrame, CameraLost, FrameTimeout, SourceEnded
from shellmark_inspect.said import Said, said_by
from shellmark_inspect.types import Frame, Pixels, Trigger

from .kinds import CameraSettings, Found, Milliseconds

_CLOSE_WITHIN_S = 0.5
_SETTLED_NS = 1_000_000_000
_BACKLOG_SHARE = 0.7
"""Of the interval; decoding 5 MP takes half of one at 30 a second, so a burst is no faster than that."""
_ON_LINUX = platform.system() == "Linux"
_ENVIRONMENT = threading.Lock()


class OpencvSettings(CameraSettings):
    """What is opened, and how long it may take.

    `source` is a USB camera's index, a stream's URL, or a video file's path. Timeouts: to open, for one read of the
    stream, and for a frame after the trigger. `transport` is RTSP's. `width`, `height`, `fps` and `fourcc` (MJPG is
    what most USB cameras need at full size) are asked of a USB camera; None leaves its own. `loop` starts a recording
    again.
    """

    kind: Literal["opencv"] = "opencv"
    source: str
    open_timeout_ms: Milliseconds = 5000
    read_timeout_ms: Milliseconds = 2000
    frame_timeout_ms: Milliseconds = 2000
    transport: Literal["tcp", "udp"] = "tcp"
    width: Annotated[int, Field(gt=0)] | None = None
    height: Annotated[int, Field(gt=0)] | None = None
    fps: Annotated[float, Field(gt=0)] | None = None
    fourcc: Annotated[str, Field(pattern=r"^[A-Z0-9]{4}$")] | None = None
    loop: bool = False

    @field_validator("source", mode="before")
    @classmethod
    def _index_as_text(cls, source: object) -> object:
        return str(source) if isinstance(source, int) and not isinstance(source, bool) else source

    @property
    def index(self) -> int | None:
        """The USB camera's index, None for anything else."""
        return int(self.source) if self.source.isdecimal() else None

    @property
    def recorded(self) -> bool:
        """Whether the source is a file, which ends."""
        return self.index is None and "://" not in self.source

    @property
    def shown(self) -> str:
        """The source as it may be shown: without a URL's user and password."""
        if self.index is not None:
            return f"USB camera {self.index}"
        if self.recorded:
            return self.source
        return urlsplit(self.source)._replace(netloc=urlsplit(self.source).netloc.rpartition("@")[2]).geturl()

    @property
    def repeats(self) -> bool:
        """A recording may stand still."""
        return self.recorded

    @property
    def skips(self) -> bool:
        """A live source runs by itself and is sampled."""
        return not self.recorded

    def rooted(self, folder: Path) -> Self:
        """The settings with a file's path taken from `folder`."""
        return self.model_copy(update={"source": str(folder / self.source)}) if self.recorded else self


class OpencvCamera:
    """A live source or a recording behind `Camera`; it has no hold of the lights: a case is one frame after another."""

    def __init__(self, name: str, settings: OpencvSettings) -> None:
        self.name = name
        self._source: _Source = _Recording(settings) if settings.recorded else _Live(name, settings)

    @property
    def ended(self) -> bool:
        """Whether a recording has no further case; never for a live source."""
        return self._source.ended

    def open(self) -> None:
        """Open the source and wait for its first frame; as `Camera.open`."""
        self._source.open()

    def close(self) -> None:
        """Let the source go; a read that hangs ends with its own timeout, in its own thread."""
        self._source.close()

    def expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        """The next frames read after the trigger, one per light; as `Camera.expose`."""
        del view
        grabs = self._source.take(len(lights), trigger.opened_ns)
        return [self._frame(grab, light, trigger.number) for grab, light in zip(grabs, lights, strict=True)]

    def look(self) -> Frame | None:
        """The newest frame; of a recording the last one taken."""
        grab = self._source.newest()
        return None if grab is None else self._frame(grab, "", None)

    def _frame(self, grab: _Grab, light: str, trigger: int | None) -> Frame:
        return Frame(grab.pixels, grab.number, grab.started_ns, self.name, light, trigger)


@dataclass(frozen=True, slots=True)
class _Grab:
    """One read: when it began (monotonic), and whether it had to be waited for rather than coming out of a backlog."""

    pixels: Pixels
    number: int
    started_ns: int
    waited: bool


class _Source(Protocol):
    @property
    def ended(self) -> bool: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def take(self, count: int, after_ns: int) -> list[_Grab]: ...

    def newest(self) -> _Grab | None: ...


class _Recording:
    """A video file, read in step with the triggers; a place in it survives being opened again."""

    def __init__(self, settings: OpencvSettings) -> None:
        self._settings = settings
        self._capture: cv2.VideoCapture | None = None
        self._numbers = itertools.count(1)
        self._length = 0
        self._place = 0
        self._wanted = 1
        self._last: _Grab | None = None

    @property
    def ended(self) -> bool:
        return self._capture is not None and not self._settings.loop and self._place + self._wanted > self._length

    def open(self) -> None:
        path = Path(self._settings.source)
        if not path.is_file():
            raise CameraLost("video {path} is missing: put it there or mend `source` of the camera", path=path)
        with _ffmpeg_environment(""):
            capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        self._length = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        if not capture.isOpened() or self._length < 1:
            raise CameraLost("video {path} cannot be opened: it is torn or of a kind FFmpeg does not know", path=path)
        capture.set(cv2.CAP_PROP_POS_FRAMES, self._place)
        self._capture = capture

    def close(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()

    def take(self, count: int, after_ns: int) -> list[_Grab]:
        del after_ns
        capture = self._capture
        if capture is None:
            raise CameraLost("video {source} is not open", source=self._settings.shown)
        self._wanted = count
        if self._place + count > self._length:
            if not self._settings.loop or count > self._length:
                raise SourceEnded(
                    "video {source} has no {count} frames left of {length}",
                    source=self._settings.shown,
                    count=count,
                    length=self._length,
                )
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            self._place = 0
        return [self._read(capture) for _ in range(count)]

    def newest(self) -> _Grab | None:
        return self._last

    def _read(self, capture: cv2.VideoCapture) -> _Grab:
        started_ns = time.monotonic_ns()
        whole, pixels = capture.read()
        if not whole:
            good, said = self._place, self._length
            self._length = self._place  # what is behind the break is gone
            raise BadFrame(
                "video {source} breaks off after frame {good} of {said}: copy it again",
                source=self._settings.shown,
                good=good,
                said=said,
            )
        self._place += 1
        self._last = _Grab(_bgr(pixels), next(self._numbers), started_ns, waited=True)
        return self._last


class _Live:
    """A USB camera or a stream behind a grabber; every opening makes a new one, since a lost capture never recovers."""

    def __init__(self, name: str, settings: OpencvSettings) -> None:
        self.ended = False
        self._name = name
        self._settings = settings
        self._numbers = itertools.count(1)
        self._grabber: _Grabber | None = None

    def open(self) -> None:
        self.close()
        settings = self._settings
        grabber = _Grabber(self._name, lambda: _open_live(settings), self._numbers)
        self._grabber = grabber
        grabber.start()
        within_s = (settings.open_timeout_ms + settings.read_timeout_ms) / 1e3 + 1
        try:
            grabber.wait_newer(0, 0, within_s, lambda: f"{settings.shown} gave no frame within {within_s:.1f} s")
        except FrameTimeout as e:
            self.close()
            raise CameraLost("{why}: check cable, power and network", why=e) from e

    def close(self) -> None:
        grabber, self._grabber = self._grabber, None
        if grabber is not None:
            grabber.stop()
            grabber.join(_CLOSE_WITHIN_S)

    def take(self, count: int, after_ns: int) -> list[_Grab]:
        grabber = self._need()
        within_s = self._settings.frame_timeout_ms / 1e3
        grabs: list[_Grab] = []
        for _ in range(count):
            last = grabs[-1].number if grabs else 0
            grabs.append(
                grabber.wait_newer(
                    last,
                    after_ns,
                    within_s,
                    lambda: Said("{source}: {why}", source=self._settings.shown, why=grabber.late()),
                )
            )
        return grabs

    def newest(self) -> _Grab | None:
        grabber = self._need()
        grabber.check(self._settings.shown, (self._settings.read_timeout_ms + self._settings.frame_timeout_ms) / 1e3)
        return grabber.newest

    def _need(self) -> _Grabber:
        if self._grabber is None:
            raise CameraLost("{source} is not open", source=self._settings.shown)
        return self._grabber


class _Grabber(threading.Thread):
    """Opens a capture, drains it, and keeps the newest frame; it alone touches the capture, and lets it go."""

    def __init__(self, name: str, capture: Callable[[], cv2.VideoCapture], numbers: itertools.count[int]) -> None:
        super().__init__(name=f"grabber {name}", daemon=True)
        self.newest: _Grab | None = None
        self._open_capture = capture
        self._numbers = numbers
        self._fault = ""
        self._stopping = False
        self._changed = threading.Condition()
        self._arrivals_ns: deque[int] = deque(maxlen=128)
        self._declared_ns = 0.0

    def stop(self) -> None:
        """End the thread after the read it is in; whoever waits is told at once."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def wait_newer(self, number: int, after_ns: int, within_s: float, late: Callable[[], str]) -> _Grab:
        """The first frame beyond `number` whose read began after `after_ns` and was waited for.

        Raises:
            CameraLost: the source broke off or was closed.
            FrameTimeout: none came within `within_s`.
        """

        def is_there() -> bool:
            newest = self.newest
            fresh = newest is not None and newest.number > number and newest.started_ns >= after_ns and newest.waited
            return fresh or bool(self._fault) or self._stopping

        with self._changed:
            in_time = self._changed.wait_for(is_there, within_s)
            if self._fault or self._stopping:
                raise CameraLost(self._fault or Said("the camera was closed"))
            if not in_time or self.newest is None:
                raise FrameTimeout(late())
            return self.newest

    def check(self, shown: str, oldest_s: float) -> None:
        """Raises CameraLost when the source broke off, or its newest frame is older than `oldest_s`."""
        with self._changed:
            if self._fault or self._stopping:
                raise CameraLost(self._fault or Said("the camera was closed"))
            if self.newest is not None and (age_s := self._age_s()) > oldest_s:
                raise CameraLost(
                    "{source} stands still: no frame for {seconds:.1f} s: check cable, power and network",
                    source=shown,
                    seconds=age_s,
                )

    def late(self) -> str:
        """Says that no frame came in time, and since when."""
        return Said(
            "no new frame after the trigger, the last one came {seconds:.1f} s ago: check cable and network",
            seconds=self._age_s(),
        )

    def _age_s(self) -> float:
        return (time.monotonic_ns() - self._arrivals_ns[-1]) / 1e9 if self._arrivals_ns else float("inf")

    def run(self) -> None:
        """Drain until stopped or broken off."""
        capture: cv2.VideoCapture | None = None
        try:
            capture = self._open_capture()
            self._declared_ns = _declared_interval_ns(capture)
            while not self._stopping:
                self._grab(capture)
        except CameraLost as e:
            self._break_off(said_by(e))
        except cv2.error as e:
            self._break_off(Said("OpenCV gave up on the source ({err}): check cable and network", err=e.err))
        finally:
            if capture is not None:
                capture.release()

    def _break_off(self, fault: str) -> None:
        with self._changed:
            self._fault = fault
            self._changed.notify_all()

    def _grab(self, capture: cv2.VideoCapture) -> None:
        started_ns = time.monotonic_ns()
        whole, pixels = capture.read()
        now_ns = time.monotonic_ns()
        if not whole:
            raise CameraLost(
                "the source broke off after {seconds:.1f} s: check cable and network",
                seconds=(now_ns - started_ns) / 1e9,
            )
        with self._changed:
            waited = not self._is_backlog(now_ns)
            self._arrivals_ns.append(now_ns)
            self.newest = _Grab(_bgr(pixels), next(self._numbers), started_ns, waited)
            self._changed.notify_all()

    def _is_backlog(self, now_ns: int) -> bool:
        """Whether a frame came much sooner than one interval after the one before, as buffered ones do in a burst.

        The interval is the mean over the window, which is the same whether frames came evenly or late and then at
        once; in the first second, which begins with such a burst, it is what the source declares.
        """
        seen = self._arrivals_ns
        if not seen:
            return False
        span_ns = seen[-1] - seen[0]
        interval_ns = span_ns / (len(seen) - 1) if span_ns >= _SETTLED_NS else self._declared_ns
        return now_ns - seen[-1] < _BACKLOG_SHARE * interval_ns


def _declared_interval_ns(capture: cv2.VideoCapture) -> float:
    """What the source says of its rate; 25 a second, FFmpeg's own guess, where it says nothing that can be."""
    fps = capture.get(cv2.CAP_PROP_FPS)
    return 1e9 / (fps if 1 <= fps <= 240 else 25)


def _open_live(settings: OpencvSettings) -> cv2.VideoCapture:
    """A capture of a USB camera or a stream; timeouts can be given only here, set() after it is without effect."""
    if settings.index is not None:
        return _open_usb(settings, settings.index)
    times = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, settings.open_timeout_ms]
    times += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, settings.read_timeout_ms]
    with _ffmpeg_environment(f"rtsp_transport;{settings.transport}"):
        capture = cv2.VideoCapture(settings.source, cv2.CAP_FFMPEG, times)
    if not capture.isOpened():
        raise CameraLost("stream {source} cannot be opened: check address, network and password", source=settings.shown)
    return capture


@contextmanager
def _ffmpeg_environment(options: str) -> Iterator[None]:
    """What OpenCV's FFmpeg takes from the process's environment only: its options, and how much it prints (nothing)."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # what is wrong is told by our own errors
    with _ENVIRONMENT:
        os.environ.update({"OPENCV_FFMPEG_CAPTURE_OPTIONS": options, "OPENCV_FFMPEG_LOGLEVEL": "-8"})
        try:
            yield
        finally:
            del os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"], os.environ["OPENCV_FFMPEG_LOGLEVEL"]


def _open_usb(settings: OpencvSettings, index: int) -> cv2.VideoCapture:
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    capture = cv2.VideoCapture(index, cv2.CAP_V4L2 if _ON_LINUX else cv2.CAP_ANY)
    if not capture.isOpened():
        raise CameraLost(
            "USB camera {index} cannot be opened: plug it in, or see `shellmark cameras list`", index=index
        )
    if settings.fourcc:
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*settings.fourcc))
    for setting, value in (
        (cv2.CAP_PROP_FRAME_WIDTH, settings.width),
        (cv2.CAP_PROP_FRAME_HEIGHT, settings.height),
        (cv2.CAP_PROP_FPS, settings.fps),
    ):
        if value is not None:
            capture.set(setting, value)
    return capture


def _bgr(pixels: np.ndarray) -> Pixels:
    if pixels.dtype != np.uint8:
        raise CameraLost("the source gives {dtype} pixels: set it to 8 bits", dtype=pixels.dtype)
    return np.asarray(pixels, np.uint8)


def discover() -> list[Found]:
    """The USB cameras: on Linux by their nodes, elsewhere by trying the first four indices."""
    if _ON_LINUX:
        nodes = sorted(Path("/sys/class/video4linux").glob("video*"))
        return [Found("opencv", node.name[5:], _node_name(node)) for node in nodes if _is_picture_node(node)]
    found = []
    for index in range(4):
        capture = cv2.VideoCapture(index)
        if capture.isOpened():
            found.append(Found("opencv", str(index), f"USB camera {index}"))
        capture.release()
    return found


def _node_name(node: Path) -> str:
    return (node / "name").read_text().strip()


def _is_picture_node(node: Path) -> bool:
    """The first of the nodes a USB camera has; the further ones carry metadata."""
    return (node / "index").read_text().strip() == "0"
