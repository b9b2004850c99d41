"""The newest still of a folder as a camera."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from shellmark_inspect.cameras import build_camera
from shellmark_inspect.errors import BadFrame, CameraLost
from shellmark_inspect.types import Trigger

from .stills import picture, write


def expose(camera: object, number: int = 1, lights: tuple[str, ...] = ("top",)) -> list[np.ndarray]:
    trigger = Trigger(number, time.monotonic_ns(), "a")
    return [frame.pixels for frame in camera.expose(trigger, "label", lights)]  # type: ignore[attr-defined]


def test_the_still_that_was_written_last_is_shown_until_a_newer_one_comes_or_it_goes(tmp_path: Path) -> None:
    camera = build_camera("label", {"kind": "newest", "path": str(tmp_path)})
    camera.open()
    assert camera.look() is None
    with pytest.raises(BadFrame, match="holds no picture yet"):
        expose(camera)
    for number, name in enumerate(("z.png", "a.png")):
        write(tmp_path / name, picture(number))
        os.utime(tmp_path / name, ns=(number, number))
    (tmp_path / ".label-x.part").write_bytes(b"half")
    seen = expose(camera, 1, ("top", "low"))
    assert len(seen) == 2
    assert np.array_equal(seen[0], picture(1))
    assert np.array_equal(expose(camera, 2)[0], picture(1)), "as often as it is asked"
    shown = camera.look()
    assert shown is not None
    assert camera.look() is shown
    (tmp_path / "a.png").unlink()
    assert np.array_equal(expose(camera, 3)[0], picture(0))
    assert not camera.ended
    camera.close()
    with pytest.raises(CameraLost, match="not open"):
        expose(camera)


def test_a_folder_that_is_not_there_or_goes_is_a_lost_camera(tmp_path: Path) -> None:
    camera = build_camera("label", {"kind": "newest", "path": str(tmp_path / "labels")})
    with pytest.raises(CameraLost, match="is missing"):
        camera.open()
    (tmp_path / "labels").mkdir()
    camera.open()
    (tmp_path / "labels").rmdir()
    with pytest.raises(CameraLost, match="is gone"):
        expose(camera)
