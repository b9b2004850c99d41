from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from shellmark_inspect.cameras import Guarded, build_guarded
from shellmark_inspect.errors import (
    BadFrame,
    CameraError,
    CameraLost,
    ConfigError,
    FrameTimeout,
    SourceEnded,
    StaleFrame,
)
from shellmark_inspect.types import Frame, Pixels, Trigger

from .stills import picture, write


class Script:
    """A camera that does as it is told: each entry is what one `expose` gives, pixels or an error."""

    name = "scripted"
    ended = False

    def __init__(self, *script: list[Pixels] | CameraError, open_faults: int = 0) -> None:
        self.script = list(script)
        self.open_faults = open_faults
        self.numbers = iter(range(1, 1000))
        self.taken_ns: int | None = None
        self.calls: list[str] = []

    def open(self) -> None:
        self.calls.append("open")
        if self.open_faults:
            self.open_faults -= 1
            raise CameraLost("nothing there: plug it in")

    def close(self) -> None:
        self.calls.append("close")

    def expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        now = self.script.pop(0)
        if isinstance(now, CameraError):
            raise now
        return [self.frame(pixels, light, trigger.number) for pixels, light in zip(now, lights, strict=False)]

    def look(self) -> Frame | None:
        return self.frame(picture(999), "", None)

    def frame(self, pixels: Pixels, light: str, trigger: int | None) -> Frame:
        taken_ns = time.monotonic_ns() if self.taken_ns is None else self.taken_ns
        return Frame(pixels, next(self.numbers), taken_ns, self.name, light, trigger)


class Clock:
    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


def trigger(number: int) -> Trigger:
    return Trigger(number, time.monotonic_ns(), f"C{number}")


def guarded(*script: list[Pixels] | CameraError, **options: object) -> Guarded:
    camera = Guarded(Script(*script), **options)  # type: ignore[arg-type]
    camera.open()
    return camera


class Broken(Script):
    """An SDK with bugs: it answers with nothing at all, and cannot be closed."""

    def close(self) -> None:
        super().close()
        raise RuntimeError("handle is stale")

    def expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        return None  # type: ignore[return-value]


def test_what_an_sdk_must_not_do_is_a_lost_camera_and_it_is_opened_again() -> None:
    clock = Clock()
    camera = Guarded(Broken(), clock_ns=clock)
    camera.open()
    with pytest.raises(CameraLost, match="scripted: TypeError"):
        camera.expose(trigger(1), "front", ["top"])
    clock.now_ns += int(2e9)
    assert camera.reopen_in_s == 0
    camera.open()
    assert camera.state.ok
    camera.close()


def test_good_frames_pass_and_are_counted() -> None:
    camera = guarded([picture(1), picture(2)], [picture(3), picture(4)])
    for number in (1, 2):
        assert [f.gap for f in camera.expose(trigger(number), "front", "ab")] == [0, 0]
    assert (camera.state.ok, camera.state.frames, camera.state.gaps, camera.state.last_error) == (True, 4, 0, "")


@pytest.mark.parametrize(
    ("pixels", "says"),
    [
        ([picture(1)], "1 frames for the 2 lights of view front"),
        ([picture(1), np.full((48, 64, 3), 2, np.uint8)], "light b: the frame is all black: check lens cap"),
        ([np.full((48, 64), 255, np.uint8), picture(1)], "light a: the frame is all white"),
        ([picture(1), picture(2, 64, 50)], "frame of 64x50 px, wanted 64x48"),
    ],
)
def test_what_is_no_usable_picture_is_named(pixels: list[Pixels], says: str) -> None:
    camera = guarded(pixels)
    with pytest.raises(BadFrame, match=says):
        camera.expose(trigger(1), "front", "ab")
    assert not camera.state.ok
    assert says in camera.state.last_error


def test_a_frame_must_have_the_recipes_size() -> None:
    camera = guarded([picture(1)], [picture(2, 32, 24)], frame_px={"front": (32, 24)})
    with pytest.raises(BadFrame, match="64x48 px, wanted 32x24"):
        camera.expose(trigger(1), "front", "a")
    assert camera.expose(trigger(2), "front", "a")


def test_a_dark_frame_with_a_picture_in_it_is_no_black_one() -> None:
    dark = np.zeros((480, 640), np.uint8)
    dark[:, 100:120] = 60
    assert guarded([dark]).expose(trigger(1), "front", "a")


def test_a_frame_older_than_its_trigger_is_stale() -> None:
    camera = guarded([picture(1)])
    camera.camera.taken_ns = time.monotonic_ns() - 50_000_000  # type: ignore[attr-defined]
    with pytest.raises(StaleFrame, match=r"(5|6)\d ms older than the trigger"):
        camera.expose(trigger(1), "front", "a")


@pytest.mark.parametrize("script", [[[picture(1)], [picture(1)]], [[picture(2), picture(1)], [picture(1), picture(3)]]])
def test_the_same_picture_in_the_next_case_is_stale(script: list[list[Pixels]]) -> None:
    camera = guarded(*script)
    lights = "ab"[: len(script[0])]
    camera.expose(trigger(1), "front", lights)
    with pytest.raises(StaleFrame, match=r"the very picture of .*trigger 1 came again"):
        camera.expose(trigger(2), "front", lights)


def test_the_same_picture_under_two_lights_is_stale_but_legal_where_files_repeat() -> None:
    with pytest.raises(StaleFrame, match="light b: the very picture of view front, light a of trigger 1"):
        guarded([picture(1), picture(1)]).expose(trigger(1), "front", "ab")
    assert guarded([picture(1), picture(1)], repeats=True).expose(trigger(1), "front", "ab")


def test_numbers_that_jump_are_gaps_and_numbers_that_fall_are_stale() -> None:
    camera = guarded([picture(1)], [picture(2)], [picture(3)], [picture(4)])
    script: Script = camera.camera  # type: ignore[assignment]
    script.numbers = iter([5, 8, 7, 8])
    assert camera.expose(trigger(1), "front", "a")[0].gap == 0
    assert camera.expose(trigger(2), "front", "a")[0].gap == 2
    with pytest.raises(StaleFrame, match="number 7 came after 8"):
        camera.expose(trigger(3), "front", "a")
    assert camera.expose(trigger(4), "front", "a")[0].gap == 0
    assert camera.state.gaps == 2


def test_a_sampled_stream_may_skip_and_a_live_frame_is_no_gap() -> None:
    camera = guarded([picture(1)], [picture(2)], skips=True)
    camera.camera.numbers = iter([5, 80])  # type: ignore[attr-defined]
    assert [camera.expose(trigger(k), "front", "a")[0].gap for k in (1, 2)] == [0, 0]
    camera = guarded([picture(1)], [picture(2)])
    camera.expose(trigger(1), "front", "a")
    camera.look()
    assert camera.expose(trigger(2), "front", "a")[0].gap == 0


def test_the_end_of_a_source_is_no_fault() -> None:
    camera = guarded([picture(1)], SourceEnded("all served"))
    camera.expose(trigger(1), "front", "a")
    with pytest.raises(SourceEnded):
        camera.expose(trigger(2), "front", "a")
    assert camera.state.ok


def test_a_lost_camera_is_tried_with_doubling_pauses_and_then_goes_on() -> None:
    clock = Clock()
    script = Script([picture(1)], CameraLost("cable out"), [picture(2)])
    camera = Guarded(script, clock_ns=clock)
    camera.open()
    camera.expose(Trigger(1, 0, ""), "front", "a")
    assert camera.reopen_in_s is None
    with pytest.raises(CameraLost, match="cable out"):
        camera.expose(Trigger(2, 0, ""), "front", "a")
    pauses = []
    script.open_faults = 7
    while (pause := camera.reopen_in_s) is not None:
        pauses.append(pause)
        with pytest.raises(CameraLost, match=r"not open: (cable out|nothing there)"):
            camera.look()
        clock.now_ns += int(pause * 1e9)
        assert camera.reopen_in_s == 0
        if script.open_faults:
            with pytest.raises(CameraLost, match="nothing there"):
                camera.open()
            assert camera.state.last_error == "nothing there: plug it in"
        else:
            camera.open()
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    assert (camera.state.ok, camera.state.reopened, camera.state.since_ns) == (True, 1, int(121e9))
    assert camera.expose(Trigger(3, 0, ""), "front", "a")


def test_a_camera_that_is_silent_three_times_is_lost() -> None:
    silent = [FrameTimeout("no frame within 100 ms") for _ in range(3)]
    camera = guarded(silent[0], [picture(1)], *silent)
    for number in (1, 2, 3, 4):
        if number == 2:
            camera.expose(trigger(number), "front", "a")
            continue
        with pytest.raises(FrameTimeout):
            camera.expose(trigger(number), "front", "a")
    with pytest.raises(CameraLost, match=r"no frame within 100 ms \(3 times in a row\)"):
        camera.expose(trigger(5), "front", "a")
    assert camera.reopen_in_s is not None


def test_a_closed_camera_says_so_and_stays_closed() -> None:
    camera = guarded([picture(1)])
    camera.close()
    camera.close()
    with pytest.raises(CameraLost, match="not open: closed"):
        camera.expose(trigger(1), "front", "a")
    assert (camera.state.ok, camera.reopen_in_s) == (False, None)


class Hanging(Script):
    """A camera whose calls hang until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.let_go = threading.Event()

    def open(self) -> None:
        self.let_go.clear()

    def close(self) -> None:
        self.let_go.set()

    def expose(self, trigger: Trigger, view: str, lights: Sequence[str]) -> list[Frame]:
        self.entered.set()
        assert self.let_go.wait(10)
        raise CameraLost("closed under it")


def test_a_hang_inside_the_device_is_seen_from_outside_and_ends_with_close() -> None:
    device = Hanging()
    camera = Guarded(device)
    camera.open()
    assert camera.busy_since_ns is None
    caught: list[CameraError] = []

    def expose() -> None:
        try:
            camera.expose(trigger(1), "front", "a")
        except CameraError as e:
            caught.append(e)

    before_ns = time.monotonic_ns()
    thread = threading.Thread(target=expose)
    thread.start()
    assert device.entered.wait(10)
    since_ns = camera.busy_since_ns
    camera.close()
    thread.join(10)
    assert since_ns is not None
    assert before_ns <= since_ns <= time.monotonic_ns()
    assert camera.busy_since_ns is None
    assert isinstance(caught[0], CameraLost)
    assert camera.state.last_error == "closed"


def test_a_station_gets_its_camera_with_the_guard_that_fits_its_kind(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        write(tmp_path / name, picture(1))
    camera = build_guarded("cam", {"kind": "folder", "path": tmp_path}, frame_px={"front": (64, 48), "top": (9, 9)})
    camera.open()
    assert camera.name == "cam"
    assert camera.expose(trigger(1), "front", ["ring"])[0].case_id == "a.png"
    with pytest.raises(BadFrame, match=r"view top, light ring, case b\.png: frame of 64x48 px, wanted 9x9"):
        camera.expose(trigger(2), "top", ["ring"])
    assert camera.ended
    with pytest.raises(ConfigError, match="unknown"):
        build_guarded("cam", {"kind": "none"})
