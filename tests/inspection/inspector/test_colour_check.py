"""A shell of another colour fails by camera ΔE, from the frames to the record's notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_station import Place, good

from shellmark_inspect.errors import RecipeError
from shellmark_inspect.inspector import Inspector
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.types import Frame, Inspection, Pixels, ReasonCode, Trigger, Verdict
from shellmark_models import Model, Store, load

TRIGGER = Trigger(7, 0, "st01-00000007")
LIMITS = [
    {"zone": "A", "label": "*", "length_mm": 2.0},
    {"zone": "A", "label": "colour_difference", "camera_de": 1.5},
    {"zone": "A", "label": "colour_mismatch", "camera_de": 1.0},
]


@pytest.fixture(scope="module")
def model(noise_store: Path) -> Iterator[Model]:
    opened = load(Store(noise_store).find("noise").path, threads=1)
    yield opened
    opened.close()


def recipe_of(place: Place, **step: Any) -> Recipe:
    steps = [{"step": "shell_colour", "tile_mm": 4.0, "repeatability_de": 0.3, **step}]
    front = Recipe.read(place.recipe()).views[0].model_dump(mode="json", exclude_none=True) | {"steps": steps}
    views = [front, front | {"name": "back"}]
    return Recipe.read(place.recipe(views=views, limits=LIMITS, colour={"against": {"front": "back"}}))


def look(inspector: Inspector, front: Pixels, back: Pixels) -> Inspection:
    frames = {
        name: [Frame(pixels, 1, 1, "front", "top", TRIGGER.number)]
        for name, pixels in (("front", front), ("back", back))
    }
    return inspector.inspect(TRIGGER, frames, ())


def warmer(pixels: Pixels, by: int) -> Pixels:
    """The same shell, yellower."""
    return np.clip(pixels.astype(int) - (by, 0, 0), 0, 255).astype(np.uint8)


def test_a_case_is_judged_by_its_colour(place, model):
    plain = look(Inspector(recipe_of(place, first_article={"A": [50, 0, 0]}), model), good(1), good(2))
    article = [plain.notes[f"front.lab_{name}_A"] for name in "lab"]
    inspector = Inspector(recipe_of(place, first_article={"A": article}), model)
    same = look(inspector, good(1), good(2))
    assert same.verdict is Verdict.PASS
    assert same.notes["front.camera_de_A"] < 0.3
    assert same.notes["front.camera_de_to_back"] < 0.5
    other = look(inspector, warmer(good(1), 12), good(2))
    told = {str(reason).split(" (")[0].rsplit(" ", 1)[0] for reason in other.reasons if reason.defect is None}
    assert other.verdict is Verdict.FAIL
    assert {"colour_difference camera ΔE", "colour_mismatch camera ΔE"} <= told
    assert other.notes["front.camera_de_A"] > 2


def test_a_grey_frame_is_review_and_never_a_pass(place, model):
    inspector = Inspector(recipe_of(place, first_article={"A": [50, 0, 0]}), model)
    seen = look(inspector, good(1)[..., 1].copy(), good(2))
    assert ReasonCode.STEP in [reason.code for reason in seen.reasons]
    assert seen.verdict is not Verdict.PASS


def test_a_limit_without_a_first_article_is_refused(place, model):
    with pytest.raises(RecipeError, match=r"nothing says what it should be: give first_article\.A"):
        Inspector(recipe_of(place), model)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"limits": LIMITS[:2]}, "no view has a step shell_colour"),
        ({"limits": [LIMITS[0], LIMITS[2]]}, "colour.against names no views"),
        ({"colour": {"against": {"front": "back"}}}, "front is no view with a step shell_colour"),
    ],
)
def test_a_colour_that_is_never_measured_is_refused(place, changes, reason):
    with pytest.raises(RecipeError, match=reason):
        Recipe.read(place.recipe(**changes))
