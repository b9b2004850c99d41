"""The step flat_field, and exposures that are not those the lights were measured at."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from shellmark_calibration import LightField, Measurement, Profile
from shellmark_calibration.light import cells_of, encoded
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.steps import unlike_exposures

SIZE = (96, 64)


def _field(gain=1.5, dark=2.0, exposure_us=None, size=SIZE):
    return LightField(
        dark=dark, level=100, gain=encoded(np.full(cells_of(size), gain, np.float32), 2.0), most_gain=2.0,
        exposure_us=exposure_us,
    )  # fmt: skip


@pytest.fixture
def changes(tmp_path):
    """The changes to a view's spec that name a profile with these lights."""

    def make(lights=("west",), **fields):
        now = Measurement(measured_at=datetime.now(UTC), with_what="sheet", program="test")
        made = {f"light.{name}": now for name in fields}
        Profile(camera="top", size_px=SIZE, lights=fields, made=made).write(tmp_path / "top.json")
        return {"profile": "top.json", "lights": lights, "channels": lights[:1]}

    return make


def _frame(level=100):
    return np.full(SIZE[::-1], level, np.uint8)


def test_every_light_has_its_own_field(built, view, changes):
    step = built("flat_field", changes=changes(("west", "north"), west=_field(1.5), north=_field(0.5, dark=0)))
    after = step(view(west=_frame(), north=_frame()))
    assert np.unique(after.planes["west"]).tolist() == [147]
    assert np.unique(after.planes["north"]).tolist() == [50]


def test_without_a_profile_it_is_refused(built):
    with pytest.raises(RecipeError, match="view front, step flat_field: the view names no profile"):
        built("flat_field")


def test_a_light_that_was_not_measured_is_refused_or_left(built, view, changes):
    lights = changes(("west", "north"), west=_field())
    with pytest.raises(RecipeError, match="the profile has no flat field of light north: measure it with"):
        built("flat_field", changes=lights)
    after = built("flat_field", changes=lights, missing="leave")(view(west=_frame(), north=_frame()))
    assert np.unique(after.planes["north"]).tolist() == [100]


def test_a_gain_that_does_not_fit_the_profile_is_refused(built, changes):
    with pytest.raises(RecipeError, match="the gain map has 40 x 30 cells"):
        built("flat_field", changes=changes(west=_field(size=(640, 480))))


def test_a_frame_of_another_size_or_one_that_was_moved_is_no_frame_of_the_camera(built, view, changes):
    step = built("flat_field", changes=changes(west=_field()))
    with pytest.raises(StepError, match="32 x 64 px are not the camera's own frame of 96 x 64 px: let flat_field come"):
        step(view(west=_frame()[:, :32]))
    turned = view(west=_frame()).moved({"west": _frame()}, np.array([[-1, 0, 95], [0, -1, 63], [0, 0, 1]]))
    with pytest.raises(StepError, match="let flat_field come first"):
        step(turned)


@pytest.mark.parametrize(
    ("camera", "lines"),
    [
        ({}, 0),
        ({"exposure_us": {"west": 2500, "north": 900}}, 0),
        ({"exposure_us": {"*": 2500}}, 0),
        ({"exposure_us": {"west": 4000, "*": 2500}}, 1),
        ({"exposure_us": "strange"}, 0),
    ],
)
def test_an_exposure_that_is_not_the_measured_one_is_said(spec, camera, lines):
    profile = Profile(camera="top", size_px=SIZE, lights={"west": _field(exposure_us=2500), "north": _field()})
    said = unlike_exposures(spec(lights=("west", "north")), profile, camera)
    assert len(said) == lines
    assert all("light west: exposed 4000 us, its flat field was measured at 2500 us" in line for line in said)
