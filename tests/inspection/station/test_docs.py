"""What the documents show can be read by the program."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from shellmark_inspect.cameras import CAMERAS, read_camera_settings
from shellmark_inspect.loop import StationState
from shellmark_inspect.outputs import OUTPUTS, read_output_settings
from shellmark_inspect.recipe import Limit, Recipe
from shellmark_inspect.station import StationConfig, read_recipes
from shellmark_inspect.steps import STEPS

DOCS = Path(__file__).resolve().parents[3] / "docs"


def blocks(name: str) -> list[str]:
    found = re.findall(r"```toml\n(.*?)```", (DOCS / name).read_text("utf-8"), re.S)
    assert found
    return found


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The documented configuration and recipe as files."""
    config, recipe = blocks("station.md")
    (tmp_path / "station.toml").write_text(config, "utf-8")
    (tmp_path / "recipes" / "gloss-20").mkdir(parents=True)
    (tmp_path / "recipes" / "gloss-20" / "recipe.toml").write_text(recipe, "utf-8")
    (tmp_path / "recipes" / "grain-24.toml").write_text(recipe.replace("gloss-20", "grain-24"), "utf-8")
    return tmp_path / "station.toml"


def test_the_documented_configuration_can_be_read(written: Path) -> None:
    config = StationConfig.read(written)
    for name, settings in config.cameras.items():
        assert read_camera_settings(name, settings).kind in CAMERAS
    for name, settings in config.outputs.items():
        assert read_output_settings(name, settings).kind in OUTPUTS
    assert list(read_recipes(config)) == ["gloss-20", "grain-24"]


def test_the_documented_configuration_shows_every_key(written: Path) -> None:
    text = written.read_text("utf-8")
    for key in StationConfig.model_fields:
        assert re.search(rf"^(# |\[)?{key}\b", text, re.M), f"{key} is not in docs/station.md"


def test_the_documented_recipe_lays_over_the_documented_camera(written: Path) -> None:
    config = StationConfig.read(written)
    recipe = Recipe.read(written.parent / "recipes" / "gloss-20")
    view = recipe.views[0]
    settings = config.cameras[view.camera] | recipe.cameras[view.camera]
    assert read_camera_settings(view.camera, settings).model_dump()["exposure_us"]["west"] == 4000
    for step in view.steps:
        assert step.step in STEPS


def test_every_state_is_explained() -> None:
    text = (DOCS / "station.md").read_text("utf-8")
    assert [state for state in StationState if state.value not in text] == []


def test_the_proposed_limits_can_be_read_and_no_row_is_given_twice() -> None:
    (proposal,) = blocks("limits.md")
    rows = [Limit.model_validate(row) for row in tomllib.loads(proposal)["limits"]]
    keys = [(row.zone, row.label) for row in rows]
    assert len(set(keys)) == len(keys)
    assert ("*", "crack") in keys


def test_every_measure_of_a_limit_is_explained() -> None:
    text = (DOCS / "limits.md").read_text("utf-8")
    assert [key for key in Limit.model_fields if f"`{key}" not in text] == []
