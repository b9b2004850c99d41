"""Who is judged: a bundle with the recipe it belongs to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from shellmark_inspect.errors import InputError
from shellmark_inspect.inspector import Inspector
from shellmark_inspect.recipe import Recipe
from shellmark_models import Card, load

SCHEMA = 2
"""Counted up when a row means something else, so that no older row is taken for a new one."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A bundle and its recipe, as paths, so that any process can open them; `key` changes when either's content does.

    `name` is "name/version" of the card; `sku` the recipe's.
    """

    name: str
    bundle: Path
    recipe: Path
    card: Card
    digest: str
    sku: str
    key: str

    def open(self, threads: int) -> Inspector:
        """The inspector, as the station opens it; its model is to be closed.

        Raises:
            RecipeError: recipe and model do not belong together.
            ModelError: the bundle cannot be opened, or is another one meanwhile.
        """
        model = load(self.bundle, digest=self.digest, threads=threads)
        try:
            return Inspector(Recipe.read(self.recipe), model)
        except BaseException:
            model.close()
            raise


def read_contestant(bundle: Path, recipe: Path | None = None) -> Contestant:
    """A bundle (its folder or its ONNX file) with `recipe`, or with the one it was taught with.

    Raises:
        InputError: there is no such bundle or no recipe.
        RecipeError: the recipe cannot be used, or not with this model.
        ModelError: the bundle cannot be opened.
    """
    folder = bundle if bundle.is_dir() else bundle.parent
    if not bundle.exists():
        raise InputError(f"model {bundle} is missing: give a bundle's folder or its model.onnx")
    own = folder / "recipe"
    if recipe is None and not own.is_dir():
        raise InputError(f"bundle {folder} has no recipe beside its model: give one with --recipe")
    path = (recipe or own).resolve()
    read = Recipe.read(path)
    model = load(bundle, threads=1)
    try:
        Inspector(read, model)
        name = f"{model.card.name}/{model.card.version}"
        key = _key(model.digest, read)
        return Contestant(name, bundle.resolve(), path, model.card, model.digest, read.sku, key)
    finally:
        model.close()


def _key(digest: str, recipe: Recipe) -> str:
    whole = hashlib.sha256(f"{SCHEMA} {metadata.version('shellmark')} {digest} {recipe.digest}".encode())
    for view in recipe.views:
        for light in sorted(view.reference):
            try:
                whole.update((recipe.folder / view.reference[light]).read_bytes())
            except OSError as e:
                raise InputError(f"reference {view.reference[light]} of view {view.name}: {e.strerror}") from e
    return whole.hexdigest()
