"""Which bundle a command means: the one at a path, or NAME or NAME/VERSION of a store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shellmark_inspect.errors import InputError
from shellmark_models import Store, StoredModel, bundle_roots
from shellmark_models.registry import model_file, stored_at


def stores(roots: Sequence[Path] | None) -> Store:
    """The stores to look in: those named, the user's own, the one that came with the program."""
    return Store(*(roots or ()), *bundle_roots())


def sought(model: str, roots: Sequence[Path] | None) -> tuple[Store, StoredModel]:
    """The bundle meant, and the stores to look in for its ancestors: also its own, where its path lies in one.

    Raises:
        InputError: no bundle lies at the path.
        ModelError: it is damaged, or in no store.
    """
    path = path_meant(model, stores(roots))
    if path is None:
        store = stores(roots)
        return store, store.find(model)
    one = stored_at(path)
    return stores([*(roots or ()), *([one.root] if one.in_store else [])]), one


def path_meant(model: str, store: Store) -> Path | None:
    """The path that was given, None where `model` is a name for a store to look up.

    A folder that holds no bundle does not hide a model of the same name.

    Raises:
        InputError: no bundle lies at the path.
    """
    path = Path(model)
    try:
        if model_file(path).is_file():
            return path
        there = path.exists()
    except OSError as e:
        raise InputError(f"model {model} cannot be read ({e.strerror or e}): give a bundle's folder") from e
    named = not path.is_absolute() and len(path.parts) in {1, 2} and not model.startswith(".")
    if named and not (there and not store.versions(path.parts[0])):
        return None
    what = "holds no model.onnx" if there else "is missing"
    raise InputError(f"model {model} {what}: give a bundle's folder, or NAME/VERSION of a store")
