"""Bundles on disk: finding them, opening them, keeping a new one."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from shellmark_models.card import Card, digest_of, parse_model, read_card
from shellmark_models.errors import BundleError
from shellmark_models.families import FAMILIES

if TYPE_CHECKING:
    from shellmark_models.types import Model

FILE_NAME = "model.onnx"


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A bundle in a store: ``path`` is its ONNX file."""

    name: str
    version: str
    path: Path
    card: Card


def load(path: Path, *, digest: str | None = None, threads: int = 0) -> Model:
    """Opens the model in an ONNX file and warms it up; ``threads`` 0 uses every core.

    ``digest`` is the one a recipe pinned; None accepts any. Raises BundleError naming the file and what to do.
    """
    data = _read(path)
    found = digest_of(data)
    if digest is not None and digest != found:
        raise BundleError(f"{path}: is {found}, the recipe wants {digest}; restore that file or change the recipe")
    model = parse_model(data, path)
    card = read_card(model, path)
    if card.family not in FAMILIES:
        raise BundleError(f"{path}: family {card.family!r} is not one of {', '.join(FAMILIES)}; update the program")
    return FAMILIES[card.family].open(card, found, model, data, str(path), threads)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise BundleError(f"{path}: cannot be read ({e.strerror}); check the model's name and the store") from e


def write_bundle(data: bytes, root: Path) -> Path:
    """Keeps a model as ``root/<name>/<version>/model.onnx``, whole or not at all; returns its path.

    Raises BundleError when the bytes are no model, when another file holds that version, or when the disk refuses.
    """
    card = read_card(parse_model(data, Path(FILE_NAME)), Path(FILE_NAME))
    path = root / card.name / card.version / FILE_NAME
    if path.exists() and path.read_bytes() != data:
        raise BundleError(f"{path}: exists and differs; give the new model another version")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, data)
    except OSError as e:
        raise BundleError(f"{path}: cannot be written ({e.strerror}); check space and rights") from e
    return path


def _write_whole(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".model-", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def bundle_roots() -> tuple[Path, ...]:
    """Where bundles live: the user's own store first, then those that came with the program."""
    here = Path(__file__).resolve().parent
    packaged = here / "store"  # in a wheel
    if not packaged.is_dir():
        packaged = here.parent / "store"  # in an editable install
    return (platformdirs.user_data_path("shellmark", appauthor=False) / "models", packaged)


class Store:
    """Bundles below some folders, each ``<name>/<version>/model.onnx``; an earlier folder hides a later one."""

    def __init__(self, *roots: Path) -> None:
        self._roots = roots

    def list(self) -> list[StoredModel]:
        """Every bundle, by name and version, oldest version first; raises BundleError at a broken one."""
        found: dict[tuple[str, str], StoredModel] = {}
        for root in reversed(self._roots):
            for path in sorted(root.glob(f"*/*/{FILE_NAME}")):
                stored = _stored(path)
                found[stored.name, stored.version] = stored
        return sorted(found.values(), key=lambda stored: (stored.name, _order(stored.version)))

    def find(self, wanted: str) -> StoredModel:
        """The bundle ``name/version``, or the newest of ``name``; raises BundleError when there is none."""
        name, _, version = wanted.partition("/")
        every = [path for root in self._roots for path in sorted(root.glob(f"*/*/{FILE_NAME}"))]
        paths = [path for path in every if path.parts[-3] == name and version in ("", path.parts[-2])]
        if not paths:
            looked = ", ".join(str(root) for root in self._roots)
            raise BundleError(f"model {wanted}: not in {looked}; teach it or copy its bundle there")
        newest = max(_order(path.parent.name) for path in paths)
        return _stored(next(path for path in paths if _order(path.parent.name) == newest))


def _stored(path: Path) -> StoredModel:
    card = read_card(parse_model(_read(path), path), path)
    name, version = path.parent.parent.name, path.parent.name
    if (card.name, card.version) != (name, version):
        raise BundleError(f"{path}: its card says {card.name}/{card.version}; put it into the folder of that name")
    return StoredModel(name, version, path, card)


def _order(version: str) -> tuple[tuple[int, int | str], ...]:
    """Versions in the order people count them: 2 before 10, 1.9 before 1.10."""
    parts = version.replace("-", ".").split(".")
    return tuple((1, int(part)) if part.isdigit() else (0, part) for part in parts)
