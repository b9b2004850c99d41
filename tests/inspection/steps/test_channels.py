"""Channels that steps make of a stack: signs, print, shadows, the reference, and what a recipe can get wrong."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.steps import build_steps, evidence
from shellmark_inspect.steps.bipolar import slopes
from shellmark_inspect.steps.lines import ridges
from shellmark_inspect.types import View

SIZE = (120, 160)
PX_PER_MM = 2.0
AZIMUTHS = {"north": (0.0, 1.0), "east": (1.0, 0.0), "south": (0.0, -1.0), "west": (-1.0, 0.0)}
LIGHTS = ("diffuse", *AZIMUTHS)
LOW = np.radians(20)
DIRECTIONS = {name: (x * np.cos(LOW), y * np.cos(LOW), np.sin(LOW)) for name, (x, y) in AZIMUTHS.items()}


def planes(height: np.ndarray, albedo: np.ndarray | float = 1.0, seed: int = 0) -> dict[str, np.ndarray]:
    """Lambert's frames of a height field in mm, each lamp at a level of its own."""
    rng = np.random.default_rng(seed)
    down, right = np.gradient(height, 1 / PX_PER_MM)
    normal = np.stack([-right, down, np.ones_like(height)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    shade = {name: np.maximum(normal @ np.array(d), 0) / np.sin(LOW) for name, d in DIRECTIONS.items()}
    shade["diffuse"] = (1 + normal[..., 2]) / 2
    frames = {name: 100 * albedo * level + rng.normal(0, 1, SIZE) for name, level in shade.items()}
    return {name: np.clip(np.rint(frames[name]), 0, 255).astype(np.uint8) for name in LIGHTS}


def mound(height_mm: float, x: float = 80, y: float = 60, size_mm: float = 12.0) -> np.ndarray:
    yy, xx = np.mgrid[: SIZE[0], : SIZE[1]]
    return height_mm * np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / (2 * (size_mm * PX_PER_MM / 4) ** 2))


def spec_of(*steps: dict, **changes) -> ViewSpec:
    plain = {"name": "front", "camera": "top", "lights": LIGHTS, "channels": ("diffuse",), "px_per_mm": PX_PER_MM}
    return ViewSpec.model_validate(plain | {"steps": steps} | changes)


def view_of(frames: dict[str, np.ndarray]) -> View:
    return View("front", frames, np.eye(3), np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1.0]))


def after(frames, tmp_path, *steps: dict, **changes) -> View:
    view = view_of(frames)
    for _, step in build_steps(spec_of(*steps, **changes), tmp_path):
        view = step(view)
    return view


@pytest.mark.parametrize("light", AZIMUTHS)
@pytest.mark.parametrize("print_", [False, True])
def test_a_dent_is_above_and_a_bump_below_under_every_light(light, print_, tmp_path):
    albedo = np.ones(SIZE)
    if print_:
        albedo[:, 100:130] = 0.5
    steps = {"step": "bipolar", "px_per_mm": 2.0, "full": 0.5, "over": "diffuse" if print_ else None}
    dent = after(planes(mound(-0.4), albedo), tmp_path, steps).channels[f"bipolar.{light}"].astype(int) - 128
    bump = after(planes(mound(0.4), albedo), tmp_path, steps).channels[f"bipolar.{light}"].astype(int) - 128
    assert dent.shape == SIZE
    assert np.unravel_index(dent.argmax(), SIZE) == pytest.approx((60, 80), abs=3)
    assert np.unravel_index(bump.argmin(), SIZE) == pytest.approx((60, 80), abs=3)
    away = np.abs(dent)[:, :40].max()
    assert dent[60, 80] > 30 > 3 * away
    if print_:
        assert np.abs(dent)[:20, 95:135].max() < 10


def test_the_filter_gives_the_slopes_own_height():
    x = np.arange(-60, 61, dtype=np.float32)
    sigma = 5.0
    ideal = -np.outer(np.exp(-(x**2) / 50), x * np.exp(-(x**2) / 50) / sigma * np.exp(0.5)).astype(np.float32)
    assert slopes(0.2 * ideal, 0.0, [20.0])[60, 60] == pytest.approx(0.2, rel=0.01)
    assert slopes(0.2 * ideal, 180.0, [20.0])[60, 60] == pytest.approx(-0.2, rel=0.01)
    assert abs(slopes(0.2 * ideal, 90.0, [20.0])[60, 60]) < 0.01


def test_lines_of_both_signs_and_no_spots():
    picture = np.zeros((80, 80), np.float32)
    cv2.line(picture, (10, 10), (70, 40), 0.3, 1, cv2.LINE_AA)
    cv2.line(picture, (10, 60), (70, 70), -0.3, 1, cv2.LINE_AA)
    cv2.circle(picture, (20, 40), 2, 0.3, -1)
    found = ridges(picture, [1.2, 2.4])
    assert found[25, 40] > 0.05
    assert found[65, 40] < -0.05
    assert abs(found[40, 20]) < 0.5 * found[25, 40]


def test_normals_lean_as_the_mound_does_and_the_albedo_is_its_own(tmp_path):
    albedo = np.ones(SIZE)
    albedo[:, :30] = 0.6
    view = after(planes(mound(1.0, size_mm=24), albedo), tmp_path,
                 {"step": "normals", "lights": DIRECTIONS, "px_per_mm": 2.0})  # fmt: skip
    tilt_x, tilt_y = (view.channels[f"normals.{axis}"].astype(int) - 128 for axis in "xy")
    assert tilt_x[60, 92] > 15 > -15 > tilt_x[60, 68]
    assert tilt_y[48, 80] > 15 > -15 > tilt_y[72, 80]
    assert view.channels["normals.relief"][60, 80] > 140
    lightness = view.channels["normals.albedo"].astype(float)
    assert lightness[:, 5:25].mean() / lightness[:, 120:].mean() == pytest.approx(0.6, abs=0.03)


def test_what_the_reference_shows_too_vanishes(tmp_path):
    ribs = 1.0 * np.cos(np.arange(SIZE[1]) / 10)[None] + np.zeros((SIZE[0], 1)) + mound(1.5, x=30, y=30)
    for name, pixels in planes(ribs, seed=1).items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), pixels)
    reference = {name: f"{name}.png" for name in LIGHTS}
    steps = ({"step": "align", "light": "west", "most_doubt": 1.0}, {"step": "difference"},
             {"step": "bipolar", "over": "diffuse"},
             {"step": "lines"}, {"step": "normals", "lights": DIRECTIONS})  # fmt: skip
    view = after(planes(ribs + mound(-0.4, x=110, y=70), seed=2), tmp_path, *steps, reference=reference,
                 channels=("diffuse", "bipolar.north", "difference.south", "normals.relief"))  # fmt: skip
    for name in ("bipolar.north", "difference.south", "normals.relief"):
        level = cv2.GaussianBlur(np.abs(view.channels[name].astype(np.float32) - 128), (0, 0), 3)
        y, x = np.unravel_index(level[10:-10, 10:-10].argmax(), (SIZE[0] - 20, SIZE[1] - 20))
        assert np.hypot(x + 10 - 110, y + 10 - 70) < 12, name
    seen = evidence(view, ("diffuse", "bipolar.north", "difference.south", "normals.relief"))
    assert seen.shape == (*SIZE, 4)
    assert (seen[..., 1] == view.channels["bipolar.north"]).all()
    assert set(view.channels) >= {"lines.diffuse", "difference.diffuse", "bipolar.west", "normals.albedo"}
    small = {name: pixels[:80] for name, pixels in view.planes.items()}
    step = build_steps(spec_of(*steps, reference=reference), tmp_path)[1][1]
    with pytest.raises(StepError, match="let align come before"):
        step(view_of(small))


def test_black_lights_are_an_error_and_no_normals(tmp_path):
    black = {name: np.zeros(SIZE, np.uint8) for name in LIGHTS}
    with pytest.raises(StepError, match="every light is black"):
        after(black, tmp_path, {"step": "normals", "lights": DIRECTIONS})


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        (("diffuse", "north", "bipolar.up"), "no step makes channel bipolar.up: there are bipolar.north"),
        (("diffuse", "north", "normals.x"), "is not among its lights"),
    ],
)
def test_a_channel_no_step_makes_is_refused(channels, said, tmp_path):
    with pytest.raises((RecipeError, ValueError), match=said):
        build_steps(spec_of({"step": "bipolar"}, channels=channels), tmp_path)


def test_a_check_of_a_channel_no_step_makes_is_refused(tmp_path):
    check = {"channel": "bipolar.west", "above": 5.0, "label": "dent"}
    assert build_steps(spec_of({"step": "bipolar"}, checks=(check,)), tmp_path)
    with pytest.raises(RecipeError, match=r"no step makes channel bipolar\.west"):
        build_steps(spec_of(checks=(check,)), tmp_path)


def test_lights_without_a_known_place_need_azimuths(spec, tmp_path):
    with pytest.raises(RecipeError, match="give azimuths_deg"):
        build_steps(spec({"step": "bipolar"}, lights=("bar",), channels=("bar",)), tmp_path)
