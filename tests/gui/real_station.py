"""The real station on the rendered sample images, where a SKU of theirs has a model."""

from __future__ import annotations

from pathlib import Path

from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station import Station, StationConfig, samples_folder
from shellmark_models import ModelError, Store, bundle_roots


def sample_recipes() -> list[Path]:
    """The sample SKUs' recipe folders whose models are in a store."""
    try:
        folders = sorted(path.parent for path in samples_folder().glob("*/recipe.toml"))
    except InputError:
        return []
    store = Store(*bundle_roots())
    return [folder for folder in folders if _has_model(store, folder)]


def _has_model(store: Store, folder: Path) -> bool:
    try:
        store.find(Recipe.read(folder).model)
    except ModelError:
        return False
    return True


def sample_station(data: Path, recipes: list[Path]) -> Station:
    """A station on the sample images, its records in `data`; one thread of the model, so that the screen has a core."""
    front = {"kind": "folder", "path": str(samples_folder() / "manifest.json")}
    config = StationConfig(station="screen", data=data, cameras={"front": front}, recipes=tuple(recipes), threads=1)
    return Station(config)
