"""The calibrated plane from straight above: maps there and back, the right pixels, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered_boards import LENS, SIZE

from shellmark_calibration import Lens, Measurement, MmMap, Plane, Profile
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.judge import score_map
from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.steps import STEPS, Setting, build_steps, frame_in_view
from shellmark_inspect.types import View, project

PLANE = Plane(turn=(0.15, -0.1, 0.05), shift_mm=(5, -4, 420), rms_px=0)
PROFILE = Profile(camera="top", size_px=SIZE, lens=LENS, plane=PLANE)
TO_MM = MmMap(LENS, PLANE, SIZE)


def spec(*steps, px_per_mm=1.0, **changes):
    plain = {"name": "front", "camera": "top", "lights": ("west",), "channels": ("west",), "px_per_mm": px_per_mm}
    return ViewSpec.model_validate(plain | {"steps": steps} | changes)


def step(name="undistort", profile=PROFILE, px_per_mm=1.0, before=(), **keys):
    kind = STEPS[name]
    steps = [*before, {"step": name, **keys}]
    return kind.build(kind.parameters.model_validate(keys), Setting(spec(*steps, px_per_mm=px_per_mm), {}, profile))


def frame(pixels=None):
    pixels = np.zeros(SIZE[::-1], np.uint8) if pixels is None else pixels
    return View("front", {"west": pixels}, np.eye(3), np.eye(3))


points_in_frame = st.lists(st.tuples(st.floats(5, 474), st.floats(5, 354)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(points=points_in_frame)
def test_pixels_go_to_the_frame_and_back(points):
    view = step()(frame())
    at = np.array(points)
    assert np.abs(view.in_frame(view.of_frame(at)) - at).max() < 1e-4


@settings(max_examples=40, deadline=None)
@given(points=points_in_frame)
def test_millimetres_are_the_planes(points):
    at = np.array(points)
    view = step(area_mm=(-100, -80, 200, 150))(frame())
    there = project(view.to_mm, view.of_frame(at))
    assert np.abs(there - [100, 80] - TO_MM.mm(at)).max() < 1e-4
    # without a surface the shell is the plane
    assert np.allclose(view.on_shell(view.of_frame(at)), np.column_stack([there, np.zeros(len(at))]))


@pytest.mark.parametrize("keys", [{}, {"area_mm": (-170, -150, 420, 330)}, {"interpolation": "cubic"}])
@pytest.mark.parametrize("at", [(240.0, 180.0), (90.0, 70.5), (400.25, 290.0)])
def test_a_painted_dot_lies_where_the_map_says(at, keys):
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    dot = np.round(250 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * 2.5**2))).astype(np.uint8)
    view = step(px_per_mm=1.2, **keys)(frame(dot))
    expected = view.of_frame(np.array([at]))[0]
    h, w = view.size
    assert 8 < expected[0] < w - 8
    assert 8 < expected[1] < h - 8
    plane = view.planes["west"].astype(np.float64)
    y, x = np.mgrid[:h, :w]
    centre = np.array([(plane * x).sum(), (plane * y).sum()]) / plane.sum()
    assert np.abs(centre - expected).max() < 0.15


def test_a_line_on_the_plane_becomes_a_line_and_a_grid_has_one_scale():
    mm = np.array([[x, y] for y in (-60.0, 0, 60) for x in (-80.0, -40, 0, 40, 80)])
    view = step(px_per_mm=2.0)(frame())
    seen = view.of_frame(TO_MM.px(mm))
    steps = np.diff(seen.reshape(3, 5, 2), axis=1)
    assert np.abs(steps - [80, 0]).max() < 1e-3
    assert view.px_per_mm == pytest.approx(2.0)


def test_what_the_frame_does_not_see_is_black_and_no_shell():
    view = step(area_mm=(-260, -200, 540, 420))(frame(np.full(SIZE[::-1], 200, np.uint8)))
    inside = view.planes["west"] > 100
    assert not inside.all()
    # the outline itself may be half a pixel off
    assert (inside != view.shell).mean() < 0.01
    assert np.unique(view.planes["west"][~cv2.dilate(view.shell.view(np.uint8), np.ones((5, 5))).view(np.bool_)]) == 0
    for keys in ({"area_mm": (-50, -50, 100, 100)}, {}):
        whole = step(**keys)(frame(np.full(SIZE[::-1], 200, np.uint8)))
        assert whole.shell is None
        assert whole.planes["west"].min() == 200
    assert whole.size[0] * whole.size[1] > 0.5 * np.ptp(TO_MM.mm(TO_MM.border_px), axis=0).prod()


def test_all_lights_and_channels_are_moved_alike_whatever_their_colours():
    grey = np.random.default_rng(0).integers(0, 255, SIZE[::-1], dtype=np.uint8)
    colour = np.dstack([grey] * 3)
    view = step()(View("front", {"west": grey, "dome": colour}, np.eye(3), np.eye(3), channels={"dent": grey}))
    assert np.array_equal(view.planes["dome"][..., 1], view.planes["west"])
    assert np.array_equal(view.channels["dent"], view.planes["west"])


def test_the_eye_is_over_the_plane_and_moves_with_the_pixels():
    view = step(area_mm=(-150, -120, 300, 240))(frame())
    eye = PLANE.eye_mm
    assert view.eye.height_mm == pytest.approx(-eye[2])
    assert np.allclose(project(view.to_mm, np.array([view.eye.foot_px]))[0] + [-150, -120], eye[:2])
    turned = step("rotate", degrees=90)(view)
    there = project(turned.to_mm, np.array([turned.eye.foot_px]))[0]
    assert np.allclose(there - [150, 120], eye[:2])


def test_a_mask_of_the_frame_comes_to_the_view():
    mask = np.zeros(SIZE[::-1], np.uint8)
    cv2.circle(mask, (300, 120), 14, 255, -1)
    view = step(px_per_mm=1.1)(frame(mask))
    there = frame_in_view(mask, view)
    assert np.mean((there > 127) != (view.planes["west"] > 127)) < 0.001
    assert (there > 0).sum() > 400
    plain = View("front", {"west": mask}, np.eye(3), np.eye(3))
    assert np.array_equal(frame_in_view(mask, plain), mask)


def test_a_region_after_it_is_still_of_the_frame():
    view = step()(frame())
    cut = step("region", rectangle_px=(200, 150, 60, 50))(view)
    corner = cut.in_frame(np.array([[0.0, 0.0]]))[0]
    assert np.abs(corner - [200, 150]).max() < 6


BAD = [
    ({"profile": None}, "names no profile"),
    ({"profile": PROFILE.model_copy(update={"plane": None})}, "no plane: measure it with shellmark calibrate scale"),
    ({"profile": PROFILE.model_copy(update={"lens": None})}, "no lens: measure it with shellmark calibrate lens"),
    ({"before": [{"step": "region", "rectangle_px": [0, 0, 9, 9]}]}, "region moves pixels before it"),
    ({"px_per_mm": 400.0}, "mend px_per_mm"),
    ({"area_mm": (0, 0, 0.1, 0.1)}, "mend px_per_mm or give a smaller"),
]


@pytest.mark.parametrize(("keys", "fault"), BAD)
def test_what_cannot_be_built_is_one_line(keys, fault):
    with pytest.raises(RecipeError, match=fault) as caught:
        step(**keys)
    assert "\n" not in str(caught.value)


def test_frames_of_another_size_go_to_review():
    with pytest.raises(StepError, match="320 x 240 px are not the whole frame of 480 x 360"):
        step()(frame(np.zeros((240, 320), np.uint8)))
    once = step(area_mm=(-100, -80, 480, 360))(frame())
    with pytest.raises(StepError, match="not the whole frame"):
        step()(once)


def test_a_shell_found_before_is_refused():
    early = View(
        "front", {"west": np.zeros(SIZE[::-1], np.uint8)}, np.eye(3), np.eye(3), shell=np.ones(SIZE[::-1], bool)
    )
    with pytest.raises(StepError, match="put undistort first"):
        step()(early)


def test_resize_does_not_take_another_scale_than_the_profiles():
    with pytest.raises(StepError, match="take frame_px_per_mm out"):
        step("resize", frame_px_per_mm=2.0)(step()(frame()))


def test_depth_comes_after_what_it_needs(tmp_path):
    made = Measurement(measured_at=datetime.now(UTC), with_what="board", program="shellmark")
    PROFILE.model_copy(update={"made": {"lens": made, "plane": made}}).write(tmp_path / "top.json")
    box = {"middle_mm": [100, 80], "size_mm": [150, 100], "edge_mm": 20}
    undistort, depth = {"step": "undistort"}, {"step": "depth", "box": box}
    for steps, fault in (([depth], "put a step undistort"), ([depth, undistort], "put a step undistort")):
        with pytest.raises(RecipeError, match=fault):
            build_steps(spec(*steps, profile="top.json"), tmp_path)
    cv2.imwrite(str(tmp_path / "west.png"), np.random.default_rng(0).integers(0, 255, (300, 400), dtype=np.uint8))
    late = spec(undistort, depth, {"step": "align"}, profile="top.json", reference={"west": "west.png"})
    with pytest.raises(RecipeError, match="put depth after align"):
        build_steps(late, tmp_path)
    faults = (
        ({}, "points or a box"),
        ({"box": box | {"edge_mm": 90}}, "half its shorter side"),
        ({"box": box | {"top_mm": 5000}}, "it reaches 5000 mm over the plane, the camera is at"),
    )
    for wrong, fault in faults:
        with pytest.raises(RecipeError, match=fault):
            build_steps(spec(undistort, {"step": "depth"} | wrong, profile="top.json"), tmp_path)


def test_depth_gives_the_view_its_surface_and_a_reference_stays_flat():
    box = {"middle_mm": [150, 100], "size_mm": [300, 200], "top_mm": 20}
    with_depth = step("depth", before=[{"step": "undistort"}], box=box)
    view = with_depth(step()(frame()))
    at = np.array([[100.0, 100.0], [110.0, 100.0]])
    a, b = view.on_shell(at)
    assert a[2] == pytest.approx(20)
    assert np.linalg.norm(b - a) == pytest.approx(10 * (1 - 20 / view.eye.height_mm))
    assert with_depth(frame()).surface is None


def test_a_lens_without_distortion_is_a_homography():
    lens = Lens(focal_px=(400, 400), middle_px=(239.5, 179.5), distortion=(0, 0, 0, 0, 0), rms_px=0)
    flat = Profile(camera="top", size_px=SIZE, lens=lens, plane=Plane(turn=(0, 0, 0), shift_mm=(0, 0, 400), rms_px=0))
    pixels = np.random.default_rng(0).integers(0, 255, SIZE[::-1], dtype=np.uint8)
    view = step(profile=flat, area_mm=(-239.5, -179.5, 480, 360))(frame(pixels))
    # one pixel per millimetre straight above: nothing moves
    assert view.size == (360, 480)
    assert np.abs(view.planes["west"].astype(int) - pixels).max() <= 1


def test_the_kept_map_lies_where_the_frame_shows_it():
    view = step(px_per_mm=1.5)(frame())
    at = np.array([[400.0, 300.0], [60.0, 200.0]])
    anomaly = np.zeros(view.size, np.float32)
    for x, y in np.round(view.of_frame(at)).astype(int):
        anomaly[y, x] = 1.4
    found = score_map(anomaly, view, SIZE[::-1])
    assert found.shape == SIZE[::-1]
    assert found.max() == 140
    for x, y in at.astype(int):
        assert found[y - 2 : y + 3, x - 2 : x + 3].max() == 140
    assert (found > 0).sum() < 60
