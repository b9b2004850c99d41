"""The colour correction of a profile on a view's planes, and the colour of the shell's zones."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shellmark_calibration import ColourCorrection, Profile, camera_de, lab_of_srgb
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.steps import STEPS, Setting
from shellmark_inspect.types import View

SWAP = ColourCorrection(
    kind="linear", matrix=((0, 0, 1), (0, 1, 0), (1, 0, 0)), camera_de_before=9, camera_de_after=1, card="classic"
)
SPEC = ViewSpec(name="front", camera="top", lights=("dome", "west"), channels=("dome",), px_per_mm=2)
PROFILE = Profile(camera="top", size_px=(40, 30), colour=SWAP)


def built(name: str, profile: Profile | None = None, **keys: object):
    kind = STEPS[name]
    return kind.build(kind.parameters.model_validate(keys), Setting(SPEC, {}, profile))


def view(pixels: np.ndarray, **changes: object) -> View:
    planes = MappingProxyType({"dome": pixels, "west": pixels})
    return View("front", planes, np.eye(3), np.diag([0.5, 0.5, 1.0]), **changes)


def flat(bgr: tuple[int, int, int], size: tuple[int, int] = (160, 200)) -> np.ndarray:
    return np.full((*size, 3), bgr, np.uint8)


def test_the_profiles_correction_is_applied_to_the_lights_named():
    seen = built("colour", PROFILE, lights=["dome"])(view(flat((10, 60, 200))))
    assert np.abs(seen.planes["dome"][0, 0].astype(int) - (200, 60, 10)).max() <= 1
    assert (seen.planes["west"] == (10, 60, 200)).all()
    assert not seen.planes["dome"].flags.writeable


def test_a_grey_light_and_a_missing_profile_are_said():
    with pytest.raises(StepError, match="light dome is grey"):
        built("colour", PROFILE)(view(flat((1, 2, 3))[..., 0]))
    with pytest.raises(RecipeError, match="the view has no profile"):
        built("colour")
    with pytest.raises(RecipeError, match="a profile without colour"):
        built("colour", Profile(camera="top", size_px=(40, 30)))
    with pytest.raises(RecipeError, match="light east is not among"):
        built("colour", PROFILE, lights=["east"])


@settings(max_examples=25, deadline=None)
@given(st.tuples(*[st.integers(20, 230)] * 3), st.integers(0, 99))
def test_the_colour_of_a_zone_is_that_of_its_pixels(bgr, seed):
    generator = np.random.default_rng(seed)
    pixels = np.clip(flat(bgr) + generator.normal(0, 2, (160, 200, 3)), 0, 255).round().astype(np.uint8)
    pixels[20:30] = 255  # a highlight
    seen = built("shell_colour")(view(pixels))
    wanted = lab_of_srgb(np.array(bgr[::-1]) / 255)
    assert float(camera_de(np.array(seen.colours["A"].lab), wanted)) < 0.5
    assert seen.colours[""] == seen.colours["A"]
    assert seen.notes["lab_l_A"] == seen.colours["A"].lab[0]
    assert 0.3 <= seen.colours["A"].unsure_de < 0.6


def test_each_zone_has_its_own_colour_and_the_background_none():
    pixels = flat((90, 90, 90))
    pixels[:, 100:] = (60, 90, 140)
    shell = np.ones((160, 200), np.bool_)
    shell[:, :20] = False
    pixels[:, :20] = (0, 0, 250)
    zones = np.zeros((160, 200), np.uint8)
    zones[:, 100:] = 1
    seen = built("shell_colour")(view(pixels, shell=shell, zones=zones, zone_names=("A", "B")))
    for zone, bgr in (("A", (90, 90, 90)), ("B", (60, 90, 140))):
        assert float(camera_de(np.array(seen.colours[zone].lab), lab_of_srgb(np.array(bgr[::-1]) / 255))) < 0.3


def test_the_tile_takes_the_lamps_drift_out():
    bright, dim = flat((100, 110, 120)), flat((90, 99, 108))
    step = built("shell_colour", gamma="linear", tile_level=200)
    then = step(view(bright, notes=MappingProxyType({"tile_level_dome": 200.0}))).colours["A"].lab
    now = step(view(dim, notes=MappingProxyType({"tile_level_dome": 180.0}))).colours["A"].lab
    assert float(camera_de(np.array(then), np.array(now))) < 0.3
    with pytest.raises(StepError, match="the grey tile was not read"):
        step(view(bright))


@pytest.mark.parametrize(
    ("pixels", "keys", "reason"),
    [
        (flat((90, 90, 90))[..., 0], {}, "light dome is grey"),
        (flat((90, 90, 90)), {"light": "north"}, "has no light north"),
        (flat((90, 90, 90), (30, 30)), {}, "1 tiles of 10 mm"),
    ],
)
def test_what_cannot_be_measured_is_said(pixels, keys, reason):
    with pytest.raises(StepError, match=reason):
        built("shell_colour", **keys)(view(pixels))
