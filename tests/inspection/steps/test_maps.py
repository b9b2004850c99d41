"""Whatever steps do to pixels, the maps find the way back."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.steps import STEPS, Setting, Step
from shellmark_inspect.types import View, project

FRAME = (150, 200)
FRAME_PX_PER_MM = 3.0


def _step(name: str, spec: ViewSpec, **keys: object) -> Step:
    kind = STEPS[name]
    return kind.build(kind.parameters.model_validate(keys), Setting(spec, {}))


@st.composite
def movements(draw: st.DrawFn) -> list[tuple[str, dict[str, object]]]:
    """A few steps that move pixels; the region comes first, in the frame's own pixels, inside the frame."""
    x, y = draw(st.integers(0, 60)), draw(st.integers(0, 40))
    region = ("region", {"rectangle_px": (x, y, draw(st.integers(60, 130)), draw(st.integers(60, 100)))})
    turn = st.sampled_from([0, 90, 180, 270, -90]) | st.floats(-180, 180).map(lambda d: round(d, 3))
    rotate = turn.map(lambda degrees: ("rotate", {"degrees": degrees}))
    resize = st.just(("resize", {})) | st.just(("resize", {"frame_px_per_mm": FRAME_PX_PER_MM}))
    return draw(st.sampled_from([[], [region]])) + draw(st.lists(rotate | resize, max_size=3))


def _after(planes: dict[str, np.ndarray], moves: list[tuple[str, dict[str, object]]], px_per_mm: float) -> View:
    spec = ViewSpec(name="front", camera="top", lights=("west",), channels=("west",), px_per_mm=px_per_mm)
    view = View("front", planes, np.eye(3), np.diag([1 / FRAME_PX_PER_MM, 1 / FRAME_PX_PER_MM, 1.0]))
    for name, keys in moves:
        view = _step(name, spec, **keys)(view)
    return view


@settings(max_examples=60, deadline=None)
@given(moves=movements(), px_per_mm=st.floats(1.5, 6.0))
def test_pixels_go_to_the_frame_and_the_shell_and_back(moves, px_per_mm):
    view = _after({"west": np.zeros(FRAME, np.uint8)}, moves, px_per_mm)
    h, w = view.size
    points = np.array([[0, 0], [w - 1, 0], [0, h - 1], [w - 1, h - 1], [w / 3, h / 2]], np.float64)
    for there in (view.to_frame, view.to_mm):
        assert np.abs(project(np.linalg.inv(there), project(there, points)) - points).max() < 0.05
    # the shell does not care how its picture was moved
    assert np.allclose(project(view.to_mm, points), project(view.to_frame, points) / FRAME_PX_PER_MM, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(moves=movements(), px_per_mm=st.floats(2.0, 6.0), at=st.tuples(st.floats(66, 116), st.floats(46, 92)))
def test_a_painted_dot_lies_where_the_map_says(moves, px_per_mm, at):
    y, x = np.mgrid[: FRAME[0], : FRAME[1]]
    dot = 250 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * 2.0**2))
    view = _after({"west": np.round(dot).astype(np.uint8)}, moves, px_per_mm)
    for name, keys in moves:
        if name == "region" and not _well_inside(at, keys["rectangle_px"]):
            return
    expected = project(np.linalg.inv(view.to_frame), np.array([at]))[0]
    h, w = view.size
    reach = 8 * view.px_per_mm / FRAME_PX_PER_MM
    assert reach < expected[0] < w - reach
    assert reach < expected[1] < h - reach
    plane = view.planes["west"].astype(np.float64)
    y, x = np.mgrid[:h, :w]
    centre = np.array([(plane * x).sum(), (plane * y).sum()]) / plane.sum()
    assert np.abs(centre - expected).max() < 0.1


def _well_inside(at: tuple[float, float], rectangle: tuple[int, int, int, int]) -> bool:
    x, y, w, h = rectangle
    return x + 9 < at[0] < x + w - 9 and y + 9 < at[1] < y + h - 9


def test_quarter_turns_move_pixels_exactly():
    rng = np.random.default_rng(3)
    plane = rng.integers(0, 255, (31, 47), np.uint8)
    for quarters in range(4):
        view = _after({"west": plane}, [("rotate", {"degrees": 90 * quarters})], 3.0)
        assert np.array_equal(view.planes["west"], np.rot90(plane, quarters))
        assert np.array_equal(view.to_frame, np.round(view.to_frame * 2) / 2)


def test_masks_and_zones_move_with_the_pixels():
    zones = np.zeros(FRAME, np.uint8)
    zones[20:60, 30:90] = 1
    spec = ViewSpec(name="front", camera="top", lights=("west",), channels=("west",), px_per_mm=6)
    view = View("front", {"west": zones * 200}, np.eye(3), np.diag([1 / 3, 1 / 3, 1]), shell=zones > 0, zones=zones)
    for step in (_step("rotate", spec, degrees=20), _step("resize", spec), _step("rotate", spec, degrees=90)):
        view = step(view)
    assert view.shell.shape == view.zones.shape == view.size
    inside = cv2.erode((view.planes["west"] > 190).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    assert inside.sum() > 8000
    assert view.shell[inside].all()
    assert (view.zones[inside] == 1).all()
    assert not view.shell[view.planes["west"] < 10].any()


def test_what_comes_from_outside_the_frame_is_no_shell():
    view = _after({"west": np.full(FRAME, 90, np.uint8)}, [("rotate", {"degrees": 30})], 3.0)
    assert view.shell is not None
    assert not view.shell[0, 0]
    assert view.shell[view.size[0] // 2, view.size[1] // 2]
    assert view.shell.sum() == np.prod(FRAME) or abs(view.shell.sum() / np.prod(FRAME) - 1) < 0.02


def test_resize_says_by_how_much(view):
    spec = ViewSpec(name="front", camera="top", lights=("west",), channels=("west",), px_per_mm=2)
    smaller = _step("resize", spec)(view(west=np.zeros((80, 120), np.uint8)))
    assert smaller.size == (40, 60)
    assert smaller.notes["resize"] == 0.5
    assert abs(smaller.px_per_mm - 2) < 1e-9
