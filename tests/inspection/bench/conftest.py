"""A set of noise shells and the small bundle with its recipe, as every test of the benchmark needs them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import small_sets
from small_station import Place

from shellmark_inspect.bench import Contestant, read_contestant
from shellmark_inspect.sets import ImageSet, read_set
from shellmark_models import Store


@pytest.fixture(scope="session")
def bundle(noise_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The noise model as a bundle with its recipe beside it."""
    folder = tmp_path_factory.mktemp("bundle")
    place = Place(folder, noise_store)
    shutil.copy(Store(noise_store).find("noise").path, folder / "model.onnx")
    (folder / "recipe").mkdir()
    place.recipe().rename(folder / "recipe" / "recipe.toml")
    return folder


@pytest.fixture(scope="session")
def contestant(bundle: Path) -> Contestant:
    return read_contestant(bundle)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set in MVTec's layout: 4 goods to judge, 3 scratched and 3 spotted ones with masks."""
    return small_sets.mvtec(tmp_path / "lid", learn=1)


@pytest.fixture
def image_set(folder: Path) -> ImageSet:
    return read_set(folder)
