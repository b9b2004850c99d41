"""The Basler camera on pylon's own emulator: the vendor's library is real, only the camera is not."""

from __future__ import annotations

import builtins
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from shellmark_inspect.cameras import Guarded, build_camera, build_guarded, find_cameras
from shellmark_inspect.errors import BadFrame, CameraError, CameraLost, FrameTimeout
from shellmark_inspect.types import Trigger

from .stills import cut, picture, write

pytest.importorskip("pypylon.pylon", reason="pypylon is not installed: pip install 'shellmark[basler]'")

# On Linux pylon takes SIGALRM for its timeouts: a runner that takes it for its own makes them wait for ever.
pytestmark = pytest.mark.timeout(60, method="thread")
LIGHTS = ("west", "north")


def trigger(number: int) -> Trigger:
    return Trigger(number, time.monotonic_ns(), f"C{number}")


@pytest.fixture(autouse=True)
def _one_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYLON_CAMEMU", "1")


@pytest.fixture
def stills(tmp_path: Path) -> Path:
    """Five coloured stills, 0.png .. 4.png."""
    for k in range(5):
        write(tmp_path / "stills" / f"{k}.png", picture(k))
    return tmp_path / "stills"


@pytest.fixture
def opened() -> Iterator[Any]:
    """Opens cameras, and closes them after the test."""
    cameras: list[Guarded] = []

    def build(folder: Path | None = None, **more: Any) -> Guarded:
        camera = build_guarded("cam", {"kind": "basler", "emulator_folder": folder, **more})
        cameras.append(camera)
        camera.open()
        return camera

    yield build
    for camera in cameras:
        camera.close()


def device(camera: Guarded) -> Any:
    """The vendor's own object, to do to it what happens to a real one."""
    return camera.camera._device  # type: ignore[attr-defined]


def test_file_k_is_light_k_pixel_for_pixel(opened: Any, stills: Path) -> None:
    camera = opened(stills)
    frames = [frame for k in (1, 2) for frame in camera.expose(trigger(k), "front", LIGHTS)]
    assert [frame.light for frame in frames] == ["west", "north"] * 2
    assert [frame.number for frame in frames] == [1, 2, 3, 4]
    for k, frame in enumerate(frames):
        assert np.array_equal(frame.pixels, picture(k))
        assert frame.case_id is None
    assert camera.state.gaps == 0


def test_the_folder_comes_round_and_the_live_view_uses_no_file_up(opened: Any, stills: Path) -> None:
    camera = opened(stills)
    assert camera.look() is None
    for k in range(4):
        frames = camera.expose(trigger(k), "front", LIGHTS)
        assert camera.look().pixels is frames[-1].pixels
        assert np.array_equal(frames[0].pixels, picture(2 * k % 5))


def test_frames_keep_their_pixels_when_the_buffers_are_used_again(opened: Any, stills: Path) -> None:
    camera = opened(stills, buffers=2)
    first = camera.expose(trigger(1), "front", ["west"])[0]
    for k in range(2, 9):
        camera.expose(trigger(k), "front", ["west"])
    assert np.array_equal(first.pixels, picture(0))


@pytest.mark.parametrize("pixel_format", ["BGR8Packed", "RGB8Packed", "BayerRG8"])
def test_colours_come_out_right_in_every_format(opened: Any, tmp_path: Path, pixel_format: str) -> None:
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[:, :32], pixels[:, 32:64], pixels[:, 64:] = (200, 30, 20), (20, 180, 40), (30, 20, 220)
    write(tmp_path / "set" / "a.png", pixels)
    got = opened(tmp_path / "set", pixel_format=pixel_format).expose(trigger(1), "front", ["ring"])[0].pixels
    inside = np.s_[4:-4, np.r_[4:28, 36:60, 68:92]]
    assert got.shape == pixels.shape
    assert np.abs(got[inside].astype(int) - pixels[inside]).max() <= 2


def test_grey_stays_grey(opened: Any, tmp_path: Path) -> None:
    write(tmp_path / "set" / "a.png", picture(1, colour=False))
    got = opened(tmp_path / "set", pixel_format="Mono8").expose(trigger(1), "front", ["ring"])[0].pixels
    assert np.array_equal(got, picture(1, colour=False))


def test_a_format_of_more_bits_is_refused(opened: Any, stills: Path) -> None:
    with pytest.raises(BadFrame, match="no 8-bit picture: set `pixel_format` to Mono8"):
        opened(stills, pixel_format="Mono12").expose(trigger(1), "front", ["ring"])


def test_a_failed_frame_costs_its_case_and_leaves_the_lights_in_step(opened: Any, stills: Path) -> None:
    camera = opened(stills)
    device(camera).ForceFailedBufferCount.Value = 1
    device(camera).ForceFailedBuffer.Execute()
    with pytest.raises(BadFrame, match="light west: frame 1 failed: The buffer was incompletely grabbed"):
        camera.expose(trigger(1), "front", LIGHTS)
    assert not camera.state.ok
    west, north = camera.expose(trigger(2), "front", LIGHTS)
    assert np.array_equal(west.pixels, picture(2))
    assert (west.number, north.number, west.gap) == (3, 4, 0)
    assert camera.state.ok


def test_a_torn_file_is_a_bad_frame(opened: Any, stills: Path) -> None:
    (stills / "0.png").write_bytes(b"torn")
    camera = opened(stills)
    with pytest.raises(BadFrame, match=r"failed: Failed to load image file: .*0\.png"):
        camera.expose(trigger(1), "front", LIGHTS)
    assert np.array_equal(camera.expose(trigger(2), "front", LIGHTS)[0].pixels, picture(2))


def test_a_folder_that_goes_while_it_is_served_gives_bad_frames(opened: Any, stills: Path) -> None:
    camera = opened(stills)
    camera.expose(trigger(1), "front", LIGHTS)
    stills.rename(stills.with_name("away"))
    with pytest.raises(BadFrame, match="Failed to load image file"):
        camera.expose(trigger(2), "front", LIGHTS)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: folder.rename(folder.with_name("away")), "missing: put it there"),
        (lambda folder: [file.unlink() for file in folder.iterdir()], "is empty: put stills there"),
        (lambda folder: (folder / "LICENSE").write_text("x"), "holds LICENSE, which is no still: take it out"),
        (lambda folder: (folder / "more").mkdir(), "holds more, which is no still"),
    ],
)
def test_a_folder_the_emulator_cannot_serve_is_named(opened: Any, stills: Path, spoil: Any, says: str) -> None:
    spoil(stills)
    with pytest.raises(CameraLost, match=says):
        opened(stills)


def test_a_trigger_that_never_comes_times_out_and_three_are_a_loss(opened: Any, stills: Path) -> None:
    camera = opened(stills, trigger="Line1", frame_timeout_ms=100)
    for number in (1, 2):
        with pytest.raises(FrameTimeout, match="no frame within 100 ms: check its trigger and cable"):
            camera.expose(trigger(number), "front", LIGHTS)
    with pytest.raises(CameraLost, match="3 times in a row"):
        camera.expose(trigger(3), "front", LIGHTS)
    assert camera.reopen_in_s is not None
    camera.open()
    assert camera.state.reopened == 1


def test_close_from_elsewhere_ends_a_wait_for_a_frame(opened: Any, stills: Path) -> None:
    camera = opened(stills, trigger="Line1", frame_timeout_ms=60_000)
    closer = threading.Timer(0.3, camera.close)
    closer.start()
    started = time.monotonic()
    with pytest.raises(CameraError):
        camera.expose(trigger(1), "front", LIGHTS)
    closer.join()
    assert time.monotonic() - started < 10
    assert camera.state.last_error == "closed"


@pytest.mark.parametrize("buffering", ["every", "latest"])
def test_frames_nobody_waited_for_are_dropped_and_told(opened: Any, stills: Path, buffering: str) -> None:
    camera = opened(stills, buffering=buffering)
    assert camera.expose(trigger(1), "front", ["west"])[0].number == 1
    pylon = pytest.importorskip("pypylon.pylon")
    for _ in range(3):
        device(camera).WaitForFrameTriggerReady(1000, pylon.TimeoutHandling_ThrowException)
        device(camera).ExecuteSoftwareTrigger()
    _wait_until_grabbed(camera, 3 if buffering == "every" else 1)
    frame = camera.expose(trigger(2), "front", ["west"])[0]
    assert (frame.number, frame.gap) == (5, 3)
    assert np.array_equal(frame.pixels, picture(4))
    assert camera.state.gaps == 3


def _wait_until_grabbed(camera: Guarded, count: int) -> None:
    """Waits on the vendor's own event until so many frames lie ready."""
    pylon = pytest.importorskip("pypylon.pylon")
    deadline = time.monotonic() + 10
    while device(camera).NumReadyBuffers.Value < count:
        assert time.monotonic() < deadline
        device(camera).GetGrabResultWaitObject().Wait(1000)
    device(camera).WaitForFrameTriggerReady(1000, pylon.TimeoutHandling_ThrowException)


def test_numbers_rise_on_after_the_camera_is_opened_again(opened: Any, stills: Path) -> None:
    camera = opened(stills)
    before = camera.expose(trigger(1), "front", LIGHTS)[-1].number
    camera.open()
    assert [f.number for f in camera.expose(trigger(2), "front", LIGHTS)] == [before + 1, before + 2]
    assert camera.state.gaps == 0


def test_a_block_number_of_16_bits_may_wrap(opened: Any, stills: Path) -> None:
    camera = opened(stills)
    camera.camera._block, camera.camera._number = 65535, 70000

    class Wrapped:
        BlockID = 1

    camera.camera._count(Wrapped())
    assert camera.camera._number == 70001


def test_settings_reach_the_camera_light_by_light(opened: Any, stills: Path) -> None:
    lit: dict[str, bool] = {}
    camera = opened(
        stills,
        exposure_us={"west": 2500, "*": 900},
        gain_db=3,
        outputs={"west": "UserOutput1", "north": "UserOutput2"},
        width=32,
        height=16,
    )
    true = device(camera)

    class Watched:
        """The vendor's object, looked at whenever a frame is fetched."""

        def __getattr__(self, name: str) -> Any:
            return getattr(true, name)

        def RetrieveResult(self, timeout_ms: int, handling: int) -> Any:
            if timeout_ms:
                lit[f"{true.UserOutputSelector.Value} {true.ExposureTime.Value:.0f}"] = true.UserOutputValue.Value
            return true.RetrieveResult(timeout_ms, handling)

    camera.camera._device = Watched()
    frames = camera.expose(trigger(1), "front", LIGHTS)
    assert lit == {"UserOutput1 2500": True, "UserOutput2 900": True}
    assert frames[0].pixels.shape == (16, 32, 3)
    assert device(camera).Gain.Value == pytest.approx(3, abs=0.1)
    for output in ("UserOutput1", "UserOutput2"):
        device(camera).UserOutputSelector.Value = output
        assert not device(camera).UserOutputValue.Value


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"pixel_format": "Mauve8"}, "cannot be opened"),
        ({"exposure_us": {"west": 1e12}}, "cannot take a frame"),
        ({"serial": "4711"}, r"no Basler camera 4711 \(there: 0815-0000\): check cable"),
    ],
)
def test_what_the_camera_refuses_is_said_in_one_line(opened: Any, stills: Path, settings: Any, says: str) -> None:
    with pytest.raises(CameraLost, match=says) as caught:
        opened(stills, **settings).expose(trigger(1), "front", LIGHTS)
    assert "\n" not in str(caught.value)


def test_a_camera_that_is_not_there_yet_is_had_when_it_is(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYLON_CAMEMU", "0")
    camera = build_guarded("cam", {"kind": "basler"})
    with pytest.raises(CameraLost, match="no Basler camera at all"):
        camera.open()
    assert camera.reopen_in_s is not None
    monkeypatch.setenv("PYLON_CAMEMU", "1")
    camera.open()
    assert camera.expose(trigger(1), "front", ["ring"])[0].pixels.ndim == 2
    assert camera.look().trigger is None  # type: ignore[union-attr]
    camera.close()


def test_two_cameras_are_told_apart_by_serial(opened: Any, stills: Path, tmp_path: Path) -> None:
    write(tmp_path / "other" / "a.png", picture(77))
    first, second = opened(stills), opened(tmp_path / "other", serial="0815-0001")
    assert np.array_equal(second.expose(trigger(1), "top", ["ring"])[0].pixels, picture(77))
    assert np.array_equal(first.expose(trigger(1), "front", ["ring"])[0].pixels, picture(0))
    with pytest.raises(CameraLost, match=r"several Basler cameras .*0815-0001.: say which"):
        build_camera("cam", {"kind": "basler"}).open()
    assert [row.address for row in find_cameras() if row.kind == "basler"] == ["0815-0000", "0815-0001"]


def test_without_pypylon_the_mend_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    true_import = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("pypylon"):
            raise ImportError(name)
        return true_import(name, *rest)

    for name in [name for name in sys.modules if name.startswith("pypylon")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CameraLost, match=r"pypylon is not installed: pip install 'shellmark\[basler\]'"):
        build_camera("cam", {"kind": "basler"}).open()
    row = next(row for row in find_cameras() if row.kind == "basler")
    assert not row.usable
    assert "pip install" in row.detail


def test_warnings_as_errors_do_not_crash_the_first_import() -> None:
    code = "from shellmark_inspect.cameras import find_cameras; print(len(find_cameras()))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_real_suitcases_come_through_as_they_are_on_disk(opened: Any, real_data: Path, tmp_path: Path) -> None:
    photographs = sorted((real_data / "suitcases").glob("*.png"))
    (tmp_path / "set").mkdir()
    for file in photographs:
        (tmp_path / "set" / file.name).symlink_to(file.resolve())
    camera = opened(tmp_path / "set", frame_timeout_ms=20_000)
    for number, file in enumerate(photographs):
        frame = camera.expose(trigger(number), "front", ["day"])[0]
        assert np.array_equal(frame.pixels, cv2.imread(str(file), cv2.IMREAD_COLOR_BGR | cv2.IMREAD_IGNORE_ORIENTATION))


def test_a_truncated_still_is_no_frame(opened: Any, tmp_path: Path) -> None:
    cut(write(tmp_path / "set" / "a.png", picture(1, 320, 240)))
    with pytest.raises(BadFrame, match="Failed to load"):
        opened(tmp_path / "set").expose(trigger(1), "front", ["ring"])
