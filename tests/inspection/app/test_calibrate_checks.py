"""`shellmark calibrate checks`: the `above` of a recipe's checks from good shells."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
import tomli_w
from typer.testing import CliRunner

from shellmark_inspect.app.cli import app
from shellmark_inspect.errors import InputError
from shellmark_inspect.judge import checked, highest
from shellmark_inspect.recipe import JudgeSpec, Recipe
from shellmark_inspect.sets import read_set
from shellmark_inspect.teaching.above import above_of, heights
from shellmark_inspect.teaching.goods import Prepared

CHECK = {"channel": "bipolar.north", "above": 99.0, "label": "dent", "label_below": "bump"}


def frames(seed: int, dent: float = 0.0) -> dict[str, np.ndarray]:
    """A diffuse and a low frame of a plain shell, 60 mm a side at 2 px/mm; `dent` is the contrast of its slopes."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:120, 0:120].astype(np.float64)
    slope = (y - 70) * np.exp(-((x - 60) ** 2 + (y - 70) ** 2) / (2 * 5.0**2)) / 5.0 * 1.65
    level = {"diffuse": 120 + 0 * x, "north": 100 * (1 + dent * slope)}
    return {k: np.clip(np.rint(v + rng.normal(0, 3, v.shape)), 0, 255).astype(np.uint8) for k, v in level.items()}


@pytest.fixture
def place(tmp_path):
    recipe = {
        "sku": "S1", "name": "Shell", "model": "none", "limits": [{"label": "*", "length_mm": 2.0}],
        "views": [{
            "name": "front", "camera": "front", "lights": ["diffuse", "north"], "channels": ["diffuse"],
            "px_per_mm": 2.0, "steps": [{"step": "bipolar", "over": "diffuse"}], "checks": [CHECK],
        }],
    }  # fmt: skip
    (tmp_path / "recipe.toml").write_text(tomli_w.dumps(recipe))
    for i in range(12):
        case = tmp_path / "goods" / f"shell{i:02}"
        case.mkdir(parents=True)
        for light, pixels in frames(i).items():
            cv2.imwrite(str(case / f"front_{light}.png"), pixels)
    return tmp_path


def call(*given: object, code: int = 0):
    result = CliRunner().invoke(app, ["calibrate", "checks", *map(str, given)])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result


def test_above_lies_just_over_the_goods_and_under_a_dent(place):
    said = json.loads(
        call(place / "recipe.toml", "--goods", place / "goods", "--out", place / "new.toml", "--json").stdout
    )
    assert said["goods"] == 12
    assert 0.2 < said["false_reject_bound"] < 0.25
    recipe = Recipe.read(place / "new.toml")
    (check,) = recipe.views[0].checks
    assert check.above == said["checks"][0]["above"] < 99
    prepared = Prepared(recipe)
    views = [prepared.shots(case)[0].view for case in read_set(place / "goods").cases]
    assert max(highest(view, check) for view in views) < check.above
    assert not any(checked(view, check, JudgeSpec()) for view in views)
    for light, pixels in frames(77, dent=0.08).items():
        cv2.imwrite(str(place / "goods" / "shell00" / f"front_{light}.png"), pixels)
    (dented,) = [c for c in read_set(place / "goods").cases if c.name.endswith("shell00")]
    shots = prepared.shots(dented)
    found = checked(shots[0].view, check, JudgeSpec())
    strongest = max(found, key=lambda one: one.measured.score)
    assert strongest.label == "dent"
    assert strongest.measured.centre_mm == pytest.approx((30, 35), abs=4)
    assert heights([(shot.spec, shot.view) for shot in shots])["front", "bipolar.north"] > check.above


def test_a_case_that_cannot_be_looked_at_is_named_and_left_out(place):
    (place / "goods" / "shell03" / "front_north.png").write_bytes(b"no picture")
    result = call(place / "recipe.toml", "--goods", place / "goods")
    assert "shell03 is left out" in result.output
    assert "n = 11" in result.stdout


def test_too_few_goods_and_a_recipe_without_checks_are_one_line():
    with pytest.raises(InputError, match="8 good cases: 10 are the least"):
        above_of({str(i): {("front", "a"): 1.0} for i in range(8)})
    with pytest.raises(InputError, match="no checks"):
        above_of({str(i): {} for i in range(12)})


def test_two_checks_share_one_promise():
    rng = np.random.default_rng(5)
    goods = {str(i): {("front", "a"): 4 + rng.random(), ("front", "b"): 8 + rng.random()} for i in range(60)}
    both = above_of(goods)
    one = above_of({case: {("front", "a"): row["front", "a"]} for case, row in goods.items()})
    assert both.false_reject_bound > one.false_reject_bound
    assert both.values["front", "a"] >= max(row["front", "a"] for row in goods.values())
    lifted = above_of(goods, 1.2)
    assert lifted.values["front", "a"] == pytest.approx(1.2 * both.values["front", "a"])
    assert both.worst["front", "b"] == max(goods, key=lambda case: goods[case]["front", "b"])
