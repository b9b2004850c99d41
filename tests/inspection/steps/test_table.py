"""The table of steps, and what a recipe can get wrong in it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from shellmark_inspect import steps
from shellmark_inspect.errors import RecipeError
from shellmark_inspect.steps import STEPS, build_steps


def test_the_door_is_what_it_says():
    names = [
        "STEPS",
        "Parameters",
        "Setting",
        "Step",
        "StepKind",
        "build_steps",
        "check_first_article",
        "colour_of",
        "evidence",
        "frame_in_view",
        "first_article",
        "good_planes",
        "good_view",
        "light_of",
        "pictures",
        "read_profile",
        "stacked",
        "unlike_exposures",
    ]
    assert sorted(steps.__all__) == sorted(names)
    assert all(hasattr(steps, name) for name in steps.__all__)


NEEDED = {
    "region": {"rectangle_px": [0, 0, 5, 5]},
    "rotate": {"degrees": 90},
    "tile": {"tile_mm": [[0, 0], [9, 0], [9, 9]]},
    "normals": {"lights": {"a": [0, 0, 1], "b": [0, 1, 1], "c": [1, 0, 1]}},
}


@pytest.mark.parametrize("name", STEPS)
def test_every_step_refuses_an_unknown_key_in_one_line(name, spec, tmp_path):
    with pytest.raises(RecipeError, match=f"view front, step {name}: wheels: unknown key") as caught:
        build_steps(spec({"step": name, "wheels": 4} | NEEDED.get(name, {})), tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", STEPS)
def test_every_steps_parameters_can_be_shown_as_a_schema(name):
    assert json.dumps(STEPS[name].parameters.model_json_schema())


def test_an_unknown_step_is_named_with_those_there_are(spec, tmp_path):
    with pytest.raises(RecipeError, match=r"no step is called wash: there are .*region, rotate"):
        build_steps(spec({"step": "wash"}), tmp_path)


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ({"step": "region"}, "rectangle_px"),
        ({"step": "region", "rectangle_px": [0, 0, 0, 5]}, "rectangle_px"),
        ({"step": "rotate", "degrees": "nan"}, "degrees"),
        ({"step": "resize", "frame_px_per_mm": 0}, "frame_px_per_mm"),
        ({"step": "align", "most_shift_mm": -1}, "most_shift_mm"),
        ({"step": "align"}, "no reference picture"),
        ({"step": "align", "light": "south"}, "no reference picture of light south"),
        ({"step": "shell_mask", "outline": "guessed"}, "outline"),
        ({"step": "shell_mask", "outline": "reference"}, "no reference picture"),
        ({"step": "shell_mask", "outline": [[0, 0], [1, 1]]}, "outline"),
        ({"step": "illumination", "level": 0}, "level"),
        ({"step": "colour"}, "the view has no profile"),
        ({"step": "shell_colour", "first_article": {"A": [120, 0, 0]}}, "first_article"),
        ({"step": "shell_colour", "gamma": "2.2"}, "gamma"),
        ({"step": "zones", "strictest_first": ["not a name!"]}, "strictest_first"),
        ({"step": "normals"}, "lights"),
        ({"step": "normals", "lights": {"west": [0, 0, 1], "b": [0, 1, 1], "c": [1, 0, 1]}}, "light b is not among"),
        ({"step": "difference"}, "needs a reference"),
        ({"step": "bipolar", "azimuths_deg": {"up": 90}}, "light up is not among"),
        ({"step": "bipolar", "over": "diffuse"}, "light diffuse is not among"),
        ({"step": "bipolar", "sizes_mm": []}, "sizes_mm"),
        ({"step": "lines", "lights": ["up"]}, "light up is not among"),
    ],
)
def test_an_impossible_value_is_one_line(step, fault, spec, tmp_path):
    with pytest.raises(RecipeError, match=re.escape(fault)) as caught:
        build_steps(spec(step), tmp_path)
    assert "\n" not in str(caught.value)


def _write(path: Path, kind: str) -> None:
    picture = np.zeros((8, 8), np.uint8)
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("no picture")
    elif kind == "16-bit":
        cv2.imwrite(str(path), picture.astype(np.uint16))
    elif kind == "transparent":
        cv2.imwrite(str(path), np.zeros((8, 8, 4), np.uint8))


@pytest.mark.parametrize("kind", ["missing", "empty", "text", "16-bit", "transparent"])
def test_a_reference_that_is_no_picture_is_one_line(kind, spec, tmp_path):
    _write(tmp_path / "west.png", kind)
    with pytest.raises(RecipeError, match=r"view front: reference .*west\.png") as caught:
        build_steps(spec(reference={"west": "west.png"}), tmp_path)
    assert "\n" not in str(caught.value)


def test_steps_come_in_the_recipes_order(spec, tmp_path):
    recipe = spec({"step": "zones"}, {"step": "rotate", "degrees": 90}, {"step": "zones"})
    assert [name for name, _ in build_steps(recipe, tmp_path)] == ["zones", "rotate", "zones"]
