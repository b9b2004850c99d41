from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from shellmark_inspect.cameras import Guarded, build_camera, build_guarded
from shellmark_inspect.cameras.opencv import _Grabber
from shellmark_inspect.errors import BadFrame, CameraLost, ConfigError, FrameTimeout, SourceEnded
from shellmark_inspect.types import Frame, Trigger

from .stills import cut, picture
from .streams import HEIGHT, WIDTH, HttpCamera

FAST = {"open_timeout_ms": 3000, "read_timeout_ms": 500, "frame_timeout_ms": 300}


def trigger(number: int) -> Trigger:
    return Trigger(number, time.monotonic_ns(), f"C{number}")


def video(path: Path, frames: int) -> Path:
    """A video whose frame k is level 20 + 25 k."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (WIDTH, HEIGHT))
    for k in range(frames):
        pixels = np.full((HEIGHT, WIDTH, 3), 20 + 25 * k, np.uint8)
        pixels[::2, ::2] += 5
        writer.write(pixels)
    writer.release()
    return path


def level(frame: Frame) -> int:
    return round((frame.pixels[1::2, 1::2].mean() - 20) / 25)


@pytest.fixture
def opened() -> Iterator[Callable[..., Guarded]]:
    """Opens cameras, and closes them after the test."""
    cameras: list[Guarded] = []

    def build(source: object, **more: Any) -> Guarded:
        camera = build_guarded("cam", {"kind": "opencv", "source": str(source), **more})
        cameras.append(camera)
        camera.open()
        return camera

    yield build
    for camera in cameras:
        camera.close()


@pytest.fixture
def http() -> Iterator[HttpCamera]:
    camera = HttpCamera()
    camera.start()
    yield camera
    camera.die()


# ── recordings ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_video_is_served_frame_by_frame_and_ends(opened: Any, tmp_path: Path) -> None:
    camera = opened(video(tmp_path / "a.avi", 7))
    served = []
    while not camera.ended:
        served.append([level(f) for f in camera.expose(trigger(len(served)), "front", ["west", "north"])])
    assert served == [[0, 1], [2, 3], [4, 5]]
    with pytest.raises(SourceEnded, match="no 2 frames left of 7"):
        camera.expose(trigger(9), "front", ["west", "north"])
    assert camera.state.ok


def test_a_looping_video_starts_again_with_a_whole_case(opened: Any, tmp_path: Path) -> None:
    camera = opened(video(tmp_path / "a.avi", 3), loop=True)
    served = [[level(f) for f in camera.expose(trigger(k), "front", ["west", "north"])] for k in range(3)]
    assert served == [[0, 1]] * 3
    assert not camera.ended


def test_a_video_opened_again_goes_on_where_it_was(opened: Any, tmp_path: Path) -> None:
    camera = opened(video(tmp_path / "a.avi", 4))
    assert level(camera.expose(trigger(1), "front", ["ring"])[0]) == 0
    camera.open()
    assert level(camera.expose(trigger(2), "front", ["ring"])[0]) == 1
    assert level(camera.look()) == 1


def test_a_torn_video_costs_one_case_and_ends(opened: Any, tmp_path: Path) -> None:
    path = video(tmp_path / "a.avi", 8)
    cut(path, 0.55)
    camera = opened(path)
    served: list[int] = []

    def serve() -> None:
        while not camera.ended:
            served.append(level(camera.expose(trigger(len(served)), "front", ["ring"])[0]))

    with pytest.raises(BadFrame, match=r"breaks off after frame [1-7] of 8: copy it again"):
        serve()
    assert served == list(range(len(served)))
    assert 0 < len(served) < 8
    assert camera.ended


def test_a_video_that_cannot_be_had_says_why(opened: Any, tmp_path: Path) -> None:
    with pytest.raises(CameraLost, match=r"gone\.avi is missing: put it there"):
        opened(tmp_path / "gone.avi")
    (tmp_path / "junk.avi").write_bytes(b"junk" * 200)
    with pytest.raises(CameraLost, match=r"junk\.avi cannot be opened: it is torn"):
        opened(tmp_path / "junk.avi")


# ── streams ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stream_gives_frames_read_after_the_trigger(opened: Any, http: HttpCamera) -> None:
    camera = opened(http.url, **FAST)
    numbers = []
    for number in range(5):
        asked = trigger(number)
        frames = camera.expose(asked, "front", ["west", "north"])
        assert all(frame.taken_ns >= asked.opened_ns for frame in frames)
        assert frames[0].pixels.shape == (HEIGHT, WIDTH, 3)
        numbers += [frame.number for frame in frames]
    assert numbers == sorted(set(numbers))
    assert camera.state.gaps == 0


def test_old_frames_do_not_pile_up_while_nobody_looks(opened: Any, http: HttpCamera) -> None:
    camera = opened(http.url, **FAST)
    first = camera.expose(trigger(1), "front", ["ring"])[0].number
    sent = http.frames_sent
    http.wait_sent(sent + 30)
    behind = http.frames_sent - sent - (camera.expose(trigger(2), "front", ["ring"])[0].number - first)
    assert abs(behind) <= 5


def test_a_short_stall_costs_a_case_and_heals(opened: Any, http: HttpCamera) -> None:
    camera = opened(http.url, **{**FAST, "read_timeout_ms": 5000, "frame_timeout_ms": 200})
    camera.expose(trigger(1), "front", ["ring"])
    http.flowing.clear()
    with pytest.raises(FrameTimeout, match="no new frame after the trigger, the last one came"):
        camera.expose(trigger(2), "front", ["ring"])
    http.flowing.set()
    assert camera.expose(trigger(3), "front", ["ring"])
    assert (camera.state.ok, camera.state.reopened) == (True, 0)


def test_a_long_stall_is_a_loss_and_a_new_opening_mends_it(opened: Any, http: HttpCamera) -> None:
    camera = opened(http.url, **FAST)
    http.flowing.clear()
    with pytest.raises(CameraLost, match="broke off after"):
        _look_until_lost(camera)
    with pytest.raises(CameraLost):
        camera.open()  # it still stalls
    assert camera.reopen_in_s is not None
    http.flowing.set()
    camera.open()
    assert camera.expose(trigger(1), "front", ["ring"])
    assert (camera.state.ok, camera.state.reopened) == (True, 1)


def test_a_stream_that_dies_is_reopened_when_it_is_back(opened: Any, http: HttpCamera) -> None:
    camera = opened(http.url, **FAST)
    before = camera.expose(trigger(1), "front", ["ring"])[0].number
    http.die()
    with pytest.raises(CameraLost, match="broke off"):
        _look_until_lost(camera)
    with pytest.raises(CameraLost, match="cannot be opened: check address, network"):
        camera.open()
    http.start()
    camera.open()
    assert camera.expose(trigger(2), "front", ["ring"])[0].number > before


def test_a_trigger_during_the_loss_ends_at_once(opened: Any, http: HttpCamera) -> None:
    camera = opened(http.url, **{**FAST, "frame_timeout_ms": 60_000})
    http.die()
    with pytest.raises(CameraLost):
        camera.expose(trigger(1), "front", ["ring"])


def test_close_from_elsewhere_ends_a_wait(opened: Any, http: HttpCamera) -> None:
    camera = opened(http.url, **{**FAST, "read_timeout_ms": 2000, "frame_timeout_ms": 60_000})
    http.flowing.clear()
    closer = threading.Timer(0.2, camera.close)
    closer.start()
    started = time.monotonic()
    with pytest.raises(CameraLost):
        camera.expose(trigger(1), "front", ["ring"])
    assert time.monotonic() - started < 2
    closer.join()


def test_a_port_nobody_listens_on_and_a_silent_server_are_lost_in_time(opened: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        started = time.monotonic()
        with pytest.raises(CameraLost):
            opened(f"http://127.0.0.1:{port}/", **{**FAST, "open_timeout_ms": 300})
        assert time.monotonic() - started < 10
    with pytest.raises(CameraLost, match="cannot be opened"):
        opened(f"http://127.0.0.1:{port}/", **FAST)


class Silent:
    """A capture that opens and gives nothing until it is let go on."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def get(self, _: int) -> float:
        return 25.0

    def read(self) -> tuple[bool, None]:
        self.let_go.wait(20)
        return False, None

    def release(self) -> None:
        pass


def test_a_device_that_opens_and_gives_nothing_is_lost_in_time(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = Silent()
    monkeypatch.setattr("shellmark_inspect.cameras.opencv._open_live", lambda settings: silent)
    with pytest.raises(CameraLost, match=r"USB camera 0 gave no frame within 1\.2 s: check cable"):
        opened(0, open_timeout_ms=100, read_timeout_ms=100)
    silent.let_go.set()


def test_a_password_is_never_shown(opened: Any) -> None:
    with pytest.raises(CameraLost) as caught:
        opened("http://operator:hunter2@127.0.0.1:9/stream", **FAST)
    assert "127.0.0.1:9/stream" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "operator" not in str(caught.value)


OPEN_ALL = """
import sys
from shellmark_inspect.cameras import build_camera
from shellmark_inspect.errors import CameraLost
for source in sys.argv[1:]:
    try:
        build_camera("cam", {"kind": "opencv", "source": source}).open()
    except CameraLost as e:
        print(e)
"""


def test_what_is_wrong_is_said_once_and_by_us(tmp_path: Path) -> None:
    """In a process of its own, since FFmpeg takes only once how much it prints."""
    (tmp_path / "junk.avi").write_bytes(b"junk" * 200)
    sources = ["97", "http://127.0.0.1:9/", str(tmp_path / "junk.avi")]
    done = subprocess.run([sys.executable, "-c", OPEN_ALL, *sources], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 3


def test_a_usb_camera_that_is_not_there_is_lost(opened: Any) -> None:
    with pytest.raises(CameraLost, match="USB camera 97 cannot be opened: plug it in"):
        opened(97)
    assert "OPENCV_FFMPEG_CAPTURE_OPTIONS" not in os.environ


def _look_until_lost(camera: Guarded) -> None:
    """Looks as the loop does, 30 times a second, until the loss is told; gives up after 15 s."""
    give_up = time.monotonic() + 15
    while time.monotonic() < give_up:
        camera.look()
        threading.Event().wait(1 / 30)
    raise AssertionError("the loss was not noticed")


class Paced:
    """A capture whose reads take as long as it is told."""

    def __init__(self, clock_ns: list[int], waits_ms: list[int]) -> None:
        self.clock_ns = clock_ns
        self.waits_ms = iter(waits_ms)

    def read(self) -> tuple[bool, np.ndarray]:
        self.clock_ns[0] += next(self.waits_ms) * 1_000_000
        return True, picture(1)


@pytest.mark.parametrize(
    ("waits_ms", "waited"),
    [
        ([20] * 60 + [400] + [1] * 20 + [20] * 5, [True] * 61 + [False] * 20 + [True] * 5),
        ([20] * 60 + [400] + [11] * 20 + [20] * 5, [True] * 61 + [False] * 20 + [True] * 5),
        ([300] + [2] * 25 + [20] * 5, [True] + [False] * 25 + [True] * 5),
        ([20, 15] * 50, [True] * 100),
    ],
    ids=["a burst after a stall", "a burst as fast as decoding", "a burst at the start", "jitter"],
)
def test_frames_that_come_in_a_burst_are_not_taken_for_new(
    monkeypatch: pytest.MonkeyPatch, waits_ms: list[int], waited: list[bool]
) -> None:
    clock_ns = [0]
    monkeypatch.setattr("shellmark_inspect.cameras.opencv.time.monotonic_ns", lambda: clock_ns[0])
    grabber = _Grabber("test", lambda: None, iter(range(1, 999)))  # type: ignore[arg-type, return-value]
    grabber._declared_ns = 20e6
    capture = Paced(clock_ns, waits_ms)
    seen = []
    for _ in waits_ms:
        grabber._grab(capture)  # type: ignore[arg-type]
        seen.append(grabber.newest.waited)  # type: ignore[union-attr]
    assert seen == waited


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"source": "0", "fourcc": "mjpeg"}, "fourcc"),
        ({"source": "0", "read_timeout_ms": 0}, "read_timeout_ms"),
        ({"source": "0", "exposure": 3}, "exposure: unknown key"),
        ({}, "source: Field required"),
    ],
)
def test_settings_that_are_wrong_are_refused(settings: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        build_camera("cam", {"kind": "opencv", **settings})


def test_an_index_may_be_a_number_and_a_path_is_taken_from_the_configurations_place(tmp_path: Path) -> None:
    build_camera("cam", {"kind": "opencv", "source": 0})
    video(tmp_path / "a.avi", 1)
    camera = build_camera("cam", {"kind": "opencv", "source": "a.avi"}, base=tmp_path)
    camera.open()
    assert camera.expose(trigger(1), "front", ["ring"])
    camera.close()
