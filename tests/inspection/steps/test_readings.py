"""The steps tile and shell_reading write what drift is told by."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shellmark_inspect.errors import RecipeError, StepError

TILE_MM = [[10, 10], [30, 10], [30, 25], [10, 25]]


def _frame(shift_px=(0, 0), level=150, colour=False):
    picture = np.full((200, 260), 40, np.float32)
    x, y = shift_px
    picture[40 + y : 100 + y, 40 + x : 120 + x] = level
    picture = cv2.GaussianBlur(picture, (0, 0), 0.8) + np.random.default_rng(2).normal(0, 1, picture.shape)
    grey = np.clip(np.round(picture), 0, 255).astype(np.uint8)
    return cv2.merge([grey, grey, grey]) if colour else grey


def test_the_tile_is_noted_under_every_light_and_its_place_once(built, view):
    step = built("tile", tile_mm=TILE_MM)
    before = view(west=_frame(level=120), diffuse=_frame(level=160, colour=True))
    after = step(before)
    each = {f"tile_{name}_{light}" for name in ("level", "noise", "sharpness") for light in ("west", "diffuse")}
    colour = {f"tile_{name}_diffuse" for name in ("blue", "green", "red")}
    assert set(after.notes) == each | colour | {"tile_x_mm", "tile_y_mm"}
    assert after.notes["tile_level_west"] == pytest.approx(120, abs=0.3)
    assert after.notes["tile_level_diffuse"] == pytest.approx(160, abs=0.3)
    assert after.planes is before.planes


def test_a_camera_that_moved_is_seen_in_millimetres(built, view):
    step = built("tile", tile_mm=TILE_MM)
    usual, moved = (step(view(west=_frame(shift))).notes for shift in ((0, 0), (4, -8)))
    assert moved["tile_x_mm"] - usual["tile_x_mm"] == pytest.approx(1.0, abs=0.03)
    assert moved["tile_y_mm"] - usual["tile_y_mm"] == pytest.approx(-2.0, abs=0.03)


def test_no_tile_is_a_review_that_names_the_light(built, view):
    step = built("tile", tile_mm=TILE_MM)
    with pytest.raises(StepError, match="view front, light north: no tile stands out at its place"):
        step(view(west=_frame(), north=np.zeros((200, 260), np.uint8)))
    with pytest.raises(StepError, match="not whole in the frame of 100 x 90 px"):
        step(view(west=_frame()[:90, :100]))


def test_a_tile_after_align_is_refused(spec, tmp_path):
    from shellmark_inspect.steps import build_steps

    cv2.imwrite(str(tmp_path / "west.png"), _frame())
    recipe = spec({"step": "align"}, {"step": "tile", "tile_mm": TILE_MM}, reference={"west": "west.png"})
    with pytest.raises(RecipeError, match="step tile: it comes after align, which moves the tile"):
        build_steps(recipe, tmp_path)


def test_the_shell_is_noted_where_it_is(built, view):
    picture = _frame()
    masked = built("shell_mask", outline=[[12, 12], [28, 12], [28, 23], [12, 23]], margin_mm=0)(view(west=picture))
    notes = built("shell_reading")(masked).notes
    assert notes["shell_level_west"] == pytest.approx(150, abs=0.5)
    assert {"shell_noise_west", "shell_sharpness_west"} <= set(notes)


def test_a_shell_reading_after_illumination_is_refused(spec, tmp_path):
    from shellmark_inspect.steps import build_steps

    with pytest.raises(RecipeError, match="it comes after illumination, which takes a lamp's drift out"):
        build_steps(spec({"step": "illumination"}, {"step": "shell_reading"}), tmp_path)
