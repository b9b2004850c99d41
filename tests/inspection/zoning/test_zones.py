"""Zones, ignore areas and outlines: polygons in mm in a file and in the recipe; the outline found in good shells."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from shellmark_inspect.app.cli import app
from shellmark_inspect.errors import InputError, RecipeError
from shellmark_inspect.recipe import Ignore, Recipe, Zone
from shellmark_inspect.sets import SetCase, read_set
from shellmark_inspect.station import samples_folder
from shellmark_inspect.zoning import (
    ViewZones,
    ZoneFile,
    band,
    find_outline,
    polygon_area,
    polygon_fault,
    save_zones,
    zones_of,
)

SQUARE = ((10.0, 10.0), (30.0, 10.0), (30.0, 25.0), (10.0, 25.0))
BOW_TIE = '{"views": {"front": {"zones": [{"zone": "A", "polygon_mm": [[0, 0], [9, 9], [9, 0], [0, 9]]}]}}}'
RECIPE = """# The small shell.
# A second line about it.
sku = "small"
name = "small shell"
model = "none"

[[views]]
name = "front"
camera = "front"
lights = ["diffuse"]
channels = ["diffuse"]
px_per_mm = 4.0
frame_px = [320, 240]

[[limits]]
diameter_mm = 0.5

[judge]
unsure_share = 0.2
"""


@pytest.fixture
def recipe(tmp_path) -> Path:
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE, "utf-8")
    return path


def moved(right: float, down: float) -> tuple[tuple[float, float], ...]:
    return tuple((x + right, y + down) for x, y in SQUARE)


def put(recipe: Path, **drawn: object) -> Recipe:
    zones = ZoneFile(views={"front": ViewZones(**drawn)})
    return save_zones(recipe, zones, Recipe.read(recipe).digest).recipe


def shells(folder: Path, count: int, *, seed: int = 0) -> list[SetCase]:
    """Bright shells of 60 x 40 mm on a dark table, at 4 px/mm, each a little elsewhere; (10, 10) mm is the corner."""
    rng = np.random.default_rng(seed)
    cases = []
    for number in range(count):
        pixels = rng.normal(30, 2, (240, 320))
        x, y = (int(one) for one in rng.integers(-1, 2, 2))
        cv2.rectangle(pixels, (40 + x, 40 + y), (279 + x, 199 + y), 140, -1)
        path = folder / f"s{number:02d}.png"
        cv2.imwrite(str(path), np.clip(pixels, 0, 255).astype(np.uint8))
        cases.append(SetCase(path.stem, {"": path}, "good"))
    return cases


@pytest.mark.parametrize(
    ("polygon", "words"),
    [
        (SQUARE, ""),
        (((0, 0), (20, 20), (20, 0), (0, 20)), r"crosses itself at \(10.0, 10.0\)"),
        (((0, 0), (0.5, 0), (0.5, 0.5)), "less than 1 mm²"),
        (((0, 0), (10, 0), (20, 0)), "less than 1 mm²"),
    ],
)
def test_a_polygon_that_cannot_be_is_named(polygon, words):
    if words:
        with pytest.raises(ValueError, match=words):
            ViewZones(zones=(Zone(zone="A", polygon_mm=polygon),))
    else:
        assert polygon_fault(polygon) == ""


@given(st.lists(st.floats(5, 50), min_size=3, max_size=40))
@settings(max_examples=50, deadline=None)
def test_a_star_round_a_point_never_crosses_itself(radii):
    angles = np.arange(len(radii)) / len(radii) * 2 * np.pi
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1) * np.array(radii)[:, None]
    fault = polygon_fault([tuple(point) for point in points.tolist()])
    assert "crosses" not in fault


def test_a_band_has_the_length_and_width_of_its_line():
    polygon = np.array(band(((10, 10), (110, 10), (110, 60)), 4.0))
    assert polygon_area(polygon) == pytest.approx(150 * 4, rel=0.05)
    assert polygon.min(axis=0) == pytest.approx([8, 8], abs=0.3)
    assert polygon.max(axis=0) == pytest.approx([112, 62], abs=0.3)


@pytest.mark.parametrize("line", [((0, 0),), ((0, 0), (50, 0), (50, 50), (0, 50), (0, 0))])
def test_a_band_that_cannot_be_is_refused(line):
    with pytest.raises(ValueError, match=r"two points|closes on itself"):
        band(line, 3.0)


def test_drawings_go_into_the_recipe_with_the_steps_they_need(recipe):
    written = put(recipe, zones=(Zone(zone="C", polygon_mm=SQUARE),), ignore=(Ignore(name="logo", polygon_mm=SQUARE),))
    view = written.views[0]
    assert [step.step for step in view.steps] == ["shell_mask", "zones"]
    assert view.steps[0].parameters == {"margin_mm": 0.0, "outline": "whole"}
    assert view.zones[0].polygon_mm == SQUARE
    assert written == Recipe.read(recipe)
    assert written.judge.unsure_share == 0.2


def test_the_former_recipe_and_its_comments_are_kept(recipe):
    put(recipe, outline=SQUARE, margin_mm=3.0)
    put(recipe, outline="found")
    assert recipe.read_text("utf-8").startswith("# The small shell.\n# A second line about it.\n")
    assert (recipe.parent / "recipe.toml.1.bak").read_text("utf-8") == RECIPE
    assert Recipe.read(recipe.parent / "recipe.toml.2.bak").views[0].steps[0].parameters["margin_mm"] == 3.0
    assert Recipe.read(recipe).views[0].steps[0].parameters == {"outline": "found", "margin_mm": 3.0}
    assert not list(recipe.parent.glob("*.part"))


def test_what_is_taken_out_goes_in_again_unchanged(tmp_path):
    for sku in ("gloss-vertical", "film-print"):
        folder = tmp_path / sku
        folder.mkdir()
        for path in (samples_folder() / sku).glob("*.*"):
            shutil.copy(path, folder)
        before = Recipe.read(folder)
        zones_of(before).write(folder / "zones.json")
        save_zones(folder, ZoneFile.read(folder / "zones.json"), before.digest)
        assert Recipe.read(folder).digest == before.digest


def test_a_recipe_changed_meanwhile_is_not_overwritten(recipe):
    digest = Recipe.read(recipe).digest
    put(recipe, outline="whole")
    text = recipe.read_text("utf-8")
    with pytest.raises(RecipeError, match="changed by someone else"):
        save_zones(recipe, ZoneFile(views={"front": ViewZones()}), digest)
    assert recipe.read_text("utf-8") == text


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ({"back": ViewZones()}, "no view back"),
        ({"front": ViewZones(zones=(Zone(zone="A", polygon_mm=moved(90, 0)),))}, "outside the view"),
        ({"front": ViewZones(ignore=(Ignore(name="lock", polygon_mm=moved(0, -40)),))}, "lock lies outside"),
    ],
)
def test_a_drawing_that_does_not_fit_writes_nothing(recipe, drawn, words):
    with pytest.raises(RecipeError, match=words):
        save_zones(recipe, ZoneFile(views=drawn), Recipe.read(recipe).digest)
    assert [path.name for path in recipe.parent.iterdir()] == ["recipe.toml"]
    assert recipe.read_text("utf-8") == RECIPE


def test_a_zone_that_a_limit_names_cannot_go(recipe):
    put(recipe, zones=(Zone(zone="C", polygon_mm=SQUARE),))
    recipe.write_text(recipe.read_text("utf-8").replace("{ diameter_mm", '{ zone = "C", diameter_mm'), "utf-8")
    assert tomllib.loads(recipe.read_text("utf-8"))["limits"][0]["zone"] == "C"
    with pytest.raises(RecipeError, match=r"zone C, which no view has.*nothing was written"):
        put(recipe)


def test_the_outline_of_many_shells_is_theirs(recipe, tmp_path):
    found = find_outline(Recipe.read(recipe), Recipe.read(recipe).views[0], shells(tmp_path, 20))
    points = np.array(found.polygon_mm)
    assert len(found.cases) == 20
    assert found.refused == ()
    assert points.min(axis=0) == pytest.approx([10, 10], abs=0.3)
    assert points.max(axis=0) == pytest.approx([70, 50], abs=0.3)
    assert polygon_area(points) == pytest.approx(60 * 40, rel=0.02)
    assert found.spread_mm <= 0.6
    assert found.remarks == (
        "the view has no align step: the outline holds only as exactly as the shells are put down",
    )


def test_a_shell_unlike_the_others_and_an_empty_table_have_no_say(recipe, tmp_path):
    cases = shells(tmp_path, 6)
    half = cv2.imread(str(cases[1].files[""]), cv2.IMREAD_GRAYSCALE)
    half[:, 160:] = 30
    cv2.imwrite(str(cases[1].files[""]), half)
    cv2.imwrite(str(cases[2].files[""]), np.full((240, 320), 30, np.uint8))
    cases[3].files[""].write_bytes(b"no picture")
    found = find_outline(Recipe.read(recipe), Recipe.read(recipe).views[0], cases)
    refused = dict(found.refused)
    assert set(refused) == {"s01", "s02", "s03"}
    assert "unlike" in refused["s01"]
    assert "no shell found" in refused["s02"]
    assert np.array(found.polygon_mm).max(axis=0) == pytest.approx([70, 50], abs=0.4)
    assert found.remarks[0].startswith("3 good shells had a say, 20 are wanted")


def test_too_few_shells_have_no_outline(recipe, tmp_path):
    with pytest.raises(InputError, match="a shell was found in 2 good cases, 3 is the least"):
        find_outline(Recipe.read(recipe), Recipe.read(recipe).views[0], shells(tmp_path, 2))


def test_the_outline_of_rendered_shells_lies_within_2_mm_of_the_true_one():
    folder = samples_folder() / "grain-horizontal"
    recipe = Recipe.read(folder)
    cases = read_set(folder / "learn" / "good").to_learn[:5]
    found = find_outline(recipe, recipe.views[0], cases)
    true = np.array(json.loads((folder / "shell.json").read_text("utf-8"))["outline_mm"], np.float32)
    away = [abs(cv2.pointPolygonTest(true, point, True)) for point in found.polygon_mm]
    assert len(found.cases) == 5
    assert max(away) <= 2.0
    assert np.median(away) <= 1.2


def test_the_command_finds_writes_and_lists(recipe, tmp_path):
    goods = tmp_path / "goods"
    goods.mkdir()
    shells(goods, 4)
    run = CliRunner().invoke(
        app, ["calibrate", "zones", str(recipe), "--goods", str(goods), "--margin-mm", "2.5", "--json"]
    )
    said = json.loads(run.stdout)
    assert run.exit_code == 0
    assert len(said["found"]["front"]["cases"]) == 4
    assert Path(said["former"]).name == "recipe.toml.1.bak"
    assert Recipe.read(recipe).views[0].steps[0].parameters["margin_mm"] == 2.5
    listed = CliRunner().invoke(app, ["calibrate", "zones", str(recipe)])
    assert "outline" in listed.stdout
    assert "drawn" in listed.stdout


def test_a_dry_run_writes_nothing(recipe, tmp_path):
    drawn = tmp_path / "zones.json"
    ZoneFile(views={"front": ViewZones(zones=(Zone(zone="A", polygon_mm=SQUARE),))}).write(drawn)
    run = CliRunner().invoke(app, ["calibrate", "zones", str(recipe), "--import", str(drawn), "--dry-run"])
    assert run.exit_code == 0
    assert recipe.read_text("utf-8") == RECIPE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Invalid JSON"),
        ('{"views": {}}', "views"),
        (BOW_TIE, "crosses itself"),
        ('{"views": {"front": {"zone": []}}}', "unknown key"),
        (None, "is missing"),
    ],
)
def test_a_bad_file_of_zones_is_one_line(tmp_path, text, words):
    path = tmp_path / "zones.json"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=words) as fault:
        ZoneFile.read(path)
    assert "\n" not in str(fault.value)
