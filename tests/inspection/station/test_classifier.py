"""Names taught once, to a bundle of their own, and used beside a model that finds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_sets import mvtec
from small_station import MODEL, Place

from shellmark_inspect.app.names import names
from shellmark_inspect.errors import InputError, RecipeError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station import Station
from shellmark_models import Store, load

Open = Callable[..., Station]
WITHIN_S = 60.0


@pytest.fixture(scope="module")
def named_store(noise_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small model's store with a classifier beside it."""
    folder = tmp_path_factory.mktemp("named")
    store = shutil.copytree(noise_store, folder / "store")
    names(mvtec(folder / "set", each=5), Place(folder, store).recipe(), store / "names" / "1", None)
    return store


def test_one_bundle_finds_and_another_names(tmp_path: Path, named_store: Path, opened: Open, place: Place) -> None:
    place.fill(["scratched", "good"])
    recipe = place.recipe(classifier="names/1")
    station = opened(recipe, models=[str(named_store)])
    inspection = station.trigger().result(WITHIN_S).inspection
    assert [defect.label for defect in inspection.defects] == ["scratch"]
    assert inspection.versions.model == f"{MODEL}/1"
    assert inspection.versions.model_digest == Store(named_store).find(f"{MODEL}/1").digest
    assert station.trigger().result(WITHIN_S).inspection.defects == ()


def test_a_classifier_is_not_a_model(named_store: Path, opened: Open, place: Place) -> None:
    place.fill(["good"])
    with pytest.raises(RecipeError, match="give it as classifier"):
        opened(place.recipe(model="names/1"), models=[str(named_store)])


def test_a_classifier_that_is_missing_is_named(named_store: Path, opened: Open, place: Place) -> None:
    place.fill(["good"])
    with pytest.raises(RecipeError, match="names/7"):
        opened(place.recipe(classifier="names/7"), models=[str(named_store)])


def test_a_classifier_is_pinned_by_its_version(place: Place) -> None:
    with pytest.raises(RecipeError, match="classifier"):
        Recipe.read(place.recipe(classifier="names"))


def test_names_are_added_to_a_bundle_that_finds(tmp_path: Path, named_store: Path, place: Place) -> None:
    old = named_store / MODEL / "1"
    names(mvtec(tmp_path / "set", each=2), place.recipe(), tmp_path / MODEL / "2", old)
    model = load(tmp_path / MODEL / "2")
    assert model.card.labels == ("scratch", "spot")
    assert (model.card.version, model.card.parent, model.card.family) == ("2", f"{MODEL}/1", "memory")
    model.close()


def test_a_folder_without_defects_is_refused(tmp_path: Path, place: Place) -> None:
    with pytest.raises(InputError):
        names(tmp_path / "nothing", place.recipe(), tmp_path / "names" / "1", None)
    assert not (tmp_path / "names").exists()
