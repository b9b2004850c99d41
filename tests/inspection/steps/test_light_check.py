"""Lights in the wrong order, dead lamps and bad exposures are found by the frames themselves: on rendered shells."""

from __future__ import annotations

import itertools
import json
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from shellmark_calibration import Lamps, LightError
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.recipe import Recipe, StepSpec
from shellmark_inspect.station import samples_folder
from shellmark_inspect.steps import build_steps
from shellmark_inspect.types import View

LIGHTS = ("west", "north", "diffuse")
SKUS = ("gloss-vertical", "grain-horizontal", "film-print")


@cache
def _step(sku, **keys):
    recipe = Recipe.read(samples_folder() / sku)
    spec = recipe.views[0]
    step = StepSpec.model_validate({"step": "light_check", **keys})
    return build_steps(spec.model_copy(update={"steps": (step,)}), recipe.folder)[0][1]


@cache
def _rows(split):
    rows = json.loads((samples_folder() / "manifest.json").read_text("utf-8"))["cases"]
    return [row for row in rows if row["split"] == split]


@cache
def _frames(sku, k=0, split="test"):
    row = [row for row in _rows(split) if row["sku"] == sku][k]
    return {light: _read(row["frames"]["front"][light]) for light in LIGHTS}


def _read(path):
    return cv2.imread(str(Path(samples_folder()) / path), cv2.IMREAD_UNCHANGED)


def _view(frames):
    return View("front", frames, np.eye(3), np.diag([1 / 6.0, 1 / 6.0, 1.0]))


def _moved(frames, shift_mm=(-4.0, 3.0), degrees=1.8):
    h, w = frames["west"].shape[:2]
    move = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0)
    move[:, 2] += np.array(shift_mm) * 6.0
    return {k: cv2.warpAffine(v, move, (w, h), borderMode=cv2.BORDER_REPLICATE) for k, v in frames.items()}


def _grey(pixels):
    return pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)


def _noisy(pixels, seed=1):
    noise = np.random.default_rng(seed).normal(0, 1.5, pixels.shape)
    return np.clip(np.round(pixels + noise), 0, 255).astype(np.uint8)


def _fault(sku, frames, **keys):
    with pytest.raises(StepError) as caught:
        _step(sku, **keys)(_view(frames))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("sku", SKUS)
def test_good_and_defective_shells_wherever_they_lie_give_no_alarm(sku):
    for k in range(0, 32, 4):
        frames = _frames(sku, k)
        notes = dict(_step(sku)(_view(frames)).notes)
        assert set(notes) == {
            f"{name}_{light}" for name in ("level", "clipped", "black", "lamp_ratio") for light in LIGHTS
        }
        assert all(0.8 < notes[f"lamp_ratio_{light}"] < 1.25 for light in LIGHTS)
    _step(sku)(_view(_moved(frames)))
    _step(sku)(_view(_moved(frames, (4.0, -3.0), -1.8)))


@pytest.mark.parametrize("sku", SKUS)
@pytest.mark.parametrize("order", [order for order in itertools.permutations(LIGHTS) if order != LIGHTS])
def test_every_wrong_order_is_named(sku, order):
    frames = _moved(_frames(sku))
    fault = _fault(sku, {light: frames[other] for light, other in zip(LIGHTS, order, strict=True)})
    wrong = [(light, other) for light, other in zip(LIGHTS, order, strict=True) if light != other]
    if len(wrong) == 2:
        assert f"lights {wrong[0][0]} and {wrong[1][0]} have changed places" in fault
    else:
        assert all(f"{light} shows {other}" in fault for light, other in wrong)


@pytest.mark.parametrize("sku", SKUS)
@pytest.mark.parametrize("light", LIGHTS)
def test_a_dead_lamp_is_named(sku, light):
    frames = _moved(_frames(sku, 1))
    dark = np.full(frames[light].shape[:2], 2.0)
    assert f"lamp {light} is dead: its frame has" in _fault(sku, frames | {light: _noisy(dark)})
    ambient = _noisy(_grey(frames["west" if light == "diffuse" else "diffuse"]) * 0.12)
    assert f"{light} " in _fault(sku, frames | {light: ambient})


@pytest.mark.parametrize("sku", SKUS)
def test_a_lamp_that_does_not_go_out_is_named(sku):
    frames = _frames(sku, 2)
    fault = _fault(sku, frames | {"north": _noisy(frames["west"])})
    assert "the frame of light north shows light west: lamp north is dead, or lamp west does not go out" in fault


def test_all_lamps_dead_are_all_named():
    dark = _noisy(np.full((640, 896), 2.0))
    fault = _fault(SKUS[1], dict.fromkeys(LIGHTS, dark))
    assert all(f"lamp {light} is dead" in fault for light in LIGHTS)


def test_one_light_alone_is_compared_with_its_own_reference():
    lamps = Lamps({"west": _read(f"{SKUS[0]}/reference_west.jpg")}, 6.0)
    frames = _frames(SKUS[0])
    assert lamps.read({"west": frames["west"]}).faults == ()
    assert "like the reference under no light" in str(lamps.read({"west": frames["north"]}).faults[0])


def test_a_weak_lamp_is_noted_and_left_to_drift():
    frames = _frames(SKUS[0], 3)
    usual, weak = (
        _step(SKUS[0])(_view(one)).notes["lamp_ratio_diffuse"]
        for one in (frames, frames | {"diffuse": _noisy(frames["diffuse"] * 0.85)})
    )
    assert weak / usual == pytest.approx(0.85, abs=0.02)


def test_another_shell_is_no_light_of_this_one():
    assert "like the reference under no light" in _fault(SKUS[0], _frames(SKUS[1]))


def test_a_saturated_frame_and_a_black_one_are_named():
    frames = _frames(SKUS[1])
    bright = np.clip(frames["diffuse"].astype(int) * 2 + 60, 0, 255).astype(np.uint8)
    assert "light diffuse is saturated" in _fault(SKUS[1], frames | {"diffuse": bright})
    assert "view front: light west is saturated" in _fault(
        SKUS[1], frames | {"west": np.full_like(frames["west"], 255)}
    )
    with pytest.raises(StepError, match=r"light diffuse is black: level 2\.0, 8 is the least"):
        _step(SKUS[1], order=False)(_view(frames | {"diffuse": np.full_like(frames["diffuse"], 2)}))
    with pytest.raises(StepError, match=r"light west is too dark: 100% of the shell is black, 2[0-9]% is the most"):
        _step(SKUS[1], order=False, least_level=0)(_view(frames | {"west": np.ones((640, 896), np.uint8)}))


def test_with_a_mask_only_the_shell_counts():
    frames = {"west": np.full((64, 96), 100, np.uint8)}
    frames["west"][:32] = 255
    shell = np.zeros((64, 96), np.bool_)
    shell[32:] = True
    view = View("front", frames, np.eye(3), np.diag([1 / 2.0, 1 / 2.0, 1.0]), shell=shell)
    assert _step(SKUS[0], order=False)(view).notes == {"level_west": 100.0, "clipped_west": 0.0, "black_west": 0.0}


def test_a_frame_of_another_size_than_the_reference_is_named():
    frames = {light: np.ascontiguousarray(pixels[:600]) for light, pixels in _frames(SKUS[0]).items()}
    assert "896 x 600 px cannot be compared with a reference of 896 x 640 px" in _fault(SKUS[0], frames)


def test_a_light_without_a_reference_is_refused(built):
    with pytest.raises(RecipeError, match="step light_check: there is no reference picture of light west"):
        built("light_check")
    assert built("light_check", order=False)


def test_references_that_look_alike_are_refused():
    pictures = {light: _read(f"{SKUS[0]}/reference_{light}.jpg") for light in ("west", "north")}
    assert Lamps(pictures, 6.0).lights == ("west", "north")
    with pytest.raises(LightError, match=r"reference pictures of light west and north are alike \(spread 0\.\d+"):
        Lamps(pictures | {"north": _noisy(pictures["west"] * 0.9)}, 6.0)
    with pytest.raises(LightError, match="black under every light"):
        Lamps({"west": np.zeros((64, 96), np.uint8)}, 6.0)
