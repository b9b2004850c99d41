"""Planes resampled once: what they remember, what is moved together, and one resampling against two."""

from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest
from rendered_boards import LENS, SIZE

from shellmark_calibration import Plane, Profile
from shellmark_inspect.planes import Planes, in_bands, reduced, side_by_side, whole_times
from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.steps import STEPS, Setting
from shellmark_inspect.steps.filters import enlarged
from shellmark_inspect.steps.moving import warped
from shellmark_inspect.steps.straightened import Straightened
from shellmark_inspect.types import View

PROFILE = Profile(camera="top", size_px=SIZE, lens=LENS, plane=Plane(turn=(0.1, -0.1, 0.02), shift_mm=(5, -4, 420),
                                                                    rms_px=0))  # fmt: skip
BACK = np.array([[0.999, 0.02, 4.3], [-0.02, 0.999, 2.6], [0, 0, 1.0]])


def picture(seed=0):
    noise = np.random.default_rng(seed).uniform(0, 255, SIZE[::-1]).astype(np.float32)
    return np.clip(128 + 6 * (cv2.GaussianBlur(noise, (0, 0), 3) - 128), 0, 255).astype(np.uint8)


def undistorted(planes, **keys):
    kind = STEPS["undistort"]
    spec = ViewSpec.model_validate({"name": "front", "camera": "top", "lights": tuple(planes),
                                    "channels": (next(iter(planes)),), "px_per_mm": 1.1})  # fmt: skip
    step = kind.build(kind.parameters.model_validate(keys), Setting(spec, {}, PROFILE))
    return step(View("front", planes, np.eye(3), np.eye(3)))


@pytest.mark.parametrize("greys", [1, 2, 3, 4, 5, 7])
def test_planes_moved_together_are_those_moved_alone(greys):
    planes = {f"light{i}": picture(i) for i in range(greys)} | {"dome": cv2.merge([picture(20 + i) for i in range(3)])}
    together = undistorted(planes).planes
    for name, pixels in planes.items():
        alone = undistorted({name: pixels}).planes[name]
        assert alone.shape[:2] == together.size
        assert np.array_equal(together[name], alone), name


def test_one_resampling_is_two_less_their_blur():
    view = undistorted({"west": picture()})
    once = warped(view, BACK, view.size, cv2.INTER_CUBIC)
    taken = undistorted({"west": picture()})
    twice = warped(View("front", dict(taken.planes), taken.to_frame, taken.to_mm), BACK, view.size, cv2.INTER_CUBIC)
    inside = once.shell & (cv2.erode(once.shell.view(np.uint8), np.ones((9, 9))) > 0)
    off = np.abs(once.planes["west"].astype(int) - twice.planes["west"])[inside]
    assert off.mean() < 1.0
    assert off.max() <= 12
    assert np.array_equal(once.shell, twice.shell)
    assert np.allclose(once.to_frame, twice.to_frame)


def test_a_dot_moved_once_lies_where_the_map_says():
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    dot = np.round(250 * np.exp(-((x - 300.0) ** 2 + (y - 140.0) ** 2) / (2 * 2.5**2))).astype(np.uint8)
    view = undistorted({"west": dot})
    there = warped(view, BACK, view.size)
    plane = there.planes["west"].astype(np.float64)
    y, x = np.mgrid[: plane.shape[0], : plane.shape[1]]
    centre = np.array([(plane * x).sum(), (plane * y).sum()]) / plane.sum()
    assert np.abs(centre - there.of_frame(np.array([[300.0, 140.0]]))[0]).max() < 0.1


def test_what_the_frame_does_not_see_stays_black_and_no_shell_when_moved():
    view = undistorted({"west": np.full(SIZE[::-1], 200, np.uint8)}, area_mm=(-260, -200, 540, 420))
    there = warped(view, BACK, view.size)
    assert not there.shell.all()
    seen = there.planes["west"] > 100
    assert (seen != there.shell).mean() < 0.01
    assert (there.planes["west"][cv2.dilate(there.shell.view(np.uint8), np.ones((5, 5))) == 0] == 0).all()


def test_nothing_is_moved_until_a_plane_is_asked_for():
    view = undistorted({"west": picture(), "east": picture(1)})
    planes = view.planes
    assert isinstance(planes, Straightened)
    assert list(planes) == ["west", "east"]
    assert "west" in planes
    assert view.size == planes.size
    glimpse = planes.foreseen("east", 2)
    assert planes.pending
    exact = planes.reduced("east", 2)
    assert not planes.pending
    assert np.array_equal(planes.foreseen("east", 2), exact)
    assert np.abs(glimpse.astype(int) - exact)[4:-4, 4:-4].mean() < 2.0
    # once they are there, a step that moves them moves what is there
    assert warped(view, np.eye(3), view.size, cv2.INTER_LINEAR).planes["east"] is not planes["east"]


def test_threads_that_ask_together_get_planes_moved_once(monkeypatch):
    monkeypatch.setattr(cv2, "getNumThreads", lambda: 4)
    frames = {f"light{i}": picture(i) for i in range(4)}
    planes, alone = undistorted(frames).planes, undistorted(frames).planes
    for name, pixels in zip(frames, side_by_side(frames, lambda name: planes[name]), strict=True):
        assert np.array_equal(pixels, alone[name])


def test_a_smaller_plane_is_made_once_and_by_way_of_its_half():
    planes = Planes({"west": picture()})
    sixth = planes.reduced("west", 6)
    assert planes.reduced("west", 6) is sixth
    assert np.array_equal(sixth, reduced(planes.reduced("west", 3), 2))
    assert planes.reduced("west", 1) is planes["west"]
    assert (SIZE[1] // 6, SIZE[0] // 6) == sixth.shape


@pytest.mark.parametrize("size", [(12, 18), (13, 20), (14, 19)])
def test_a_picture_made_smaller_by_a_whole_number_comes_back_in_its_place(size):
    y, x = np.mgrid[: size[0], : size[1]]
    ramp = (5 * x + 7 * y).astype(np.uint8)
    back = enlarged(reduced(ramp, 3), size)
    assert back.shape == size
    inner = np.s_[2:10, 2:16]
    assert np.abs(back[inner].astype(int) - ramp[inner]).max() <= 1
    # what was left over repeats its neighbour
    assert np.array_equal(back[-1], back[size[0] // 3 * 3 - 1])


SCALES = [(6.0, 2.0, 3), (6.5, 2.0, 3), (6.0, 1.0, 6), (2.0, 2.0, 1), (1.0, 2.0, 0), (3.0, 2.0, 0)]


@pytest.mark.parametrize(("px_per_mm", "wanted", "times"), SCALES)
def test_only_a_scale_near_a_whole_number_is_divided_by_one(px_per_mm, wanted, times):
    assert whole_times(px_per_mm, wanted) == times


@pytest.mark.parametrize("threads", [1, 2])
def test_work_side_by_side_keeps_its_order_and_its_errors(threads, monkeypatch):
    monkeypatch.setattr(cv2, "getNumThreads", lambda: threads)
    assert side_by_side(range(5), lambda i: i * i) == [0, 1, 4, 9, 16]
    seen, lock = [], threading.Lock()

    def note(top: int, bottom: int) -> None:
        with lock:
            seen.append((top, bottom))

    in_bands(10, 4, note)
    assert sorted(seen) == [(0, 4), (4, 8), (8, 10)]
    with pytest.raises(ZeroDivisionError):
        side_by_side(range(3), lambda i: 1 // i)
