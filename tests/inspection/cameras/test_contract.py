"""What holds for every kind in `CAMERAS`, and how each works under the loop's own thread."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shellmark_inspect import cameras
from shellmark_inspect.cameras import CAMERAS, Guarded, build_guarded, find_cameras, read_camera_settings
from shellmark_inspect.errors import CameraLost, ConfigError
from shellmark_inspect.loop import CameraThread
from shellmark_inspect.types import Frame, Trigger

from .stills import picture, write
from .streams import HttpCamera

# On Linux pylon takes SIGALRM for its timeouts: a runner that takes it for its own makes them wait for ever.
pytestmark = pytest.mark.timeout(60, method="thread")
LIGHTS = ("west", "north", "diffuse")


def trigger(number: int) -> Trigger:
    return Trigger(number, time.monotonic_ns(), f"C{number}")


def _folder(place: Path, http: HttpCamera) -> dict[str, Any]:
    for case in range(4):
        for k, light in enumerate(LIGHTS):
            write(place / f"c{case}" / f"front_{light}.png", picture(3 * case + k))
    return {"path": place}


def _stream(place: Path, http: HttpCamera) -> dict[str, Any]:
    return {"source": http.url, "open_timeout_ms": 3000, "read_timeout_ms": 500, "frame_timeout_ms": 2000}


def _emulator(place: Path, http: HttpCamera) -> dict[str, Any]:
    pytest.importorskip("pypylon.pylon", reason="pypylon is not installed: pip install 'shellmark[basler]'")
    for k in range(12):
        write(place / f"{k:02}.png", picture(k))
    return {"emulator_folder": place}


def _newest(place: Path, http: HttpCamera) -> dict[str, Any]:
    write(place / "label-1.png", picture(1))
    return {"path": place}


SETTINGS: Mapping[str, Callable[[Path, HttpCamera], dict[str, Any]]] = {
    "folder": _folder,
    "newest": _newest,
    "opencv": _stream,
    "basler": _emulator,
}


@pytest.fixture
def http() -> Iterator[HttpCamera]:
    server = HttpCamera()
    server.start()
    yield server
    server.die()


@pytest.fixture(params=sorted(CAMERAS))
def camera(
    request: pytest.FixtureRequest, tmp_path: Path, http: HttpCamera, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Guarded]:
    """A camera of every kind, not opened yet."""
    monkeypatch.setenv("PYLON_CAMEMU", "1")
    built = build_guarded("cam", {"kind": request.param, **SETTINGS[request.param](tmp_path / "set", http)})
    yield built
    built.close()


def test_every_expose_gives_one_fresh_frame_per_light(camera: Guarded) -> None:
    camera.open()
    numbers: list[int] = []
    for number in range(1, 4):
        asked = trigger(number)
        frames = camera.expose(asked, "front", LIGHTS)
        assert [frame.light for frame in frames] == list(LIGHTS)
        assert {(frame.camera, frame.trigger, frame.gap) for frame in frames} == {("cam", number, 0)}
        assert all(asked.opened_ns <= frame.taken_ns <= time.monotonic_ns() for frame in frames)
        numbers += [frame.number for frame in frames]
    assert numbers == sorted(set(numbers))
    assert (camera.state.ok, camera.state.frames, camera.state.gaps) == (True, 9, 0)


def test_pixels_are_read_only_and_stay_as_they_are(camera: Guarded) -> None:
    camera.open()
    frame = camera.expose(trigger(1), "front", LIGHTS)[0]
    kept = frame.pixels.copy()
    with pytest.raises(ValueError, match="read-only"):
        frame.pixels[0, 0] = 0
    camera.expose(trigger(2), "front", LIGHTS)
    camera.look()
    camera.close()
    assert np.array_equal(frame.pixels, kept)


def test_a_live_frame_belongs_to_no_trigger(camera: Guarded) -> None:
    camera.open()
    camera.expose(trigger(1), "front", LIGHTS)
    frame = camera.look()
    assert isinstance(frame, Frame)
    assert (frame.trigger, frame.camera) == (None, "cam")


def test_closing_twice_and_before_opening_does_nothing(camera: Guarded) -> None:
    camera.close()
    camera.open()
    camera.close()
    camera.close()
    with pytest.raises(CameraLost):
        camera.camera.expose(trigger(1), "front", LIGHTS)


def test_a_camera_opened_again_goes_on(camera: Guarded) -> None:
    camera.open()
    before = camera.expose(trigger(1), "front", LIGHTS)[-1].number
    camera.camera.open()
    camera.open()
    assert camera.expose(trigger(2), "front", LIGHTS)[0].number > before


def test_a_camera_serves_under_the_loops_thread(camera: Guarded) -> None:
    thread = CameraThread(camera, look_every_s=0.01)
    thread.start().result(20)
    for number in range(1, 4):
        exposures = thread.expose(trigger(number), {"front": LIGHTS}).result(20)
        assert [frame.light for frame in exposures["front"]] == list(LIGHTS)  # type: ignore[union-attr]
    assert thread.stop()


def test_the_loops_thread_brings_a_stream_back_by_itself(http: HttpCamera, tmp_path: Path) -> None:
    camera = build_guarded("cam", {"kind": "opencv", **_stream(tmp_path, http)})
    back = threading.Event()
    opens = camera.open

    def watched() -> None:
        opens()
        if camera.state.reopened:
            back.set()

    camera.open = watched  # type: ignore[method-assign]
    thread = CameraThread(camera, look_every_s=0.02)
    thread.start().result(20)
    assert isinstance(thread.expose(trigger(1), {"front": ["ring"]}).result(20)["front"], list)
    http.die()
    lost = thread.expose(trigger(2), {"front": ["ring"]}).result(20)["front"]
    assert isinstance(lost, CameraLost)
    http.start()
    assert back.wait(20)
    assert isinstance(thread.expose(trigger(3), {"front": ["ring"]}).result(20)["front"], list)
    assert thread.stop()


@pytest.mark.parametrize("kind", sorted(CAMERAS))
def test_every_kind_refuses_an_unknown_key_and_has_its_own_word(kind: str, tmp_path: Path, http: HttpCamera) -> None:
    settings = {"kind": kind, **SETTINGS[kind](tmp_path / "set", http)}
    assert read_camera_settings("cam", settings).kind == kind
    with pytest.raises(ConfigError, match=rf"camera cam \({kind}\): colour: unknown key"):
        read_camera_settings("cam", {**settings, "colour": "red"})


def test_the_search_gives_rows_of_every_kind_that_can_look(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pypylon.pylon", reason="pypylon is not installed: pip install 'shellmark[basler]'")
    monkeypatch.setenv("PYLON_CAMEMU", "2")
    rows = [(row.kind, row.address, row.usable) for row in find_cameras() if row.kind != "opencv"]
    assert rows == [("basler", "0815-0000", True), ("basler", "0815-0001", True)]


def test_the_vendors_library_is_not_loaded_before_it_is_used() -> None:
    code = "import sys, shellmark_inspect.cameras; sys.exit(any(name.startswith('pypylon') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_the_doors_names_are_these() -> None:
    assert set(cameras.__all__) <= set(dir(cameras))
    assert set(SETTINGS) == set(CAMERAS)
