"""Bundles on disk: finding them, opening them, keeping a new one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import platformdirs

from shellmark_models.activation import read_active
from shellmark_models.card import Card, digest_of, parse_model, read_card
from shellmark_models.errors import BundleError
from shellmark_models.families import FAMILIES
from shellmark_models.writing import UNFINISHED, write_folder

if TYPE_CHECKING:
    from shellmark_models.types import Model

FILE_NAME = "model.onnx"
MOST_BYTES = 2**30
"""The largest model file that is read: a file cannot fill the memory before anyone has looked at it."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A bundle: ``path`` is its ONNX file, ``digest`` that file's, ``root`` the store it lies in.

    One that was read from its path (``stored_at``) may lie outside any store; ``in_store`` tells.
    """

    name: str
    version: str
    path: Path
    card: Card
    digest: str

    @property
    def folder(self) -> Path:
        """The bundle."""
        return self.path.parent

    @property
    def in_store(self) -> bool:
        """Whether it lies in a store: in a folder of its version within one of its name."""
        return (self.folder.parent.name, self.folder.name) == (self.name, self.version)

    @property
    def root(self) -> Path:
        """The store it lies in."""
        return self.path.parents[2]

    def __str__(self) -> str:
        return f"{self.name}/{self.version}"


@dataclass(frozen=True, slots=True)
class BrokenModel:
    """A bundle that cannot be used, and in one line why."""

    name: str
    version: str
    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.name}/{self.version}"


Kept = StoredModel | BrokenModel


def model_file(path: Path) -> Path:
    """The ONNX file of a bundle, given the bundle's folder or that file."""
    return path / FILE_NAME if path.is_dir() else path


def stored_at(path: Path) -> StoredModel:
    """The bundle at a path (its folder, or its ONNX file), in a store or not; its card says name and version.

    Raises BundleError.
    """
    file = model_file(path)
    file = file.parent.resolve() / file.name
    if file.name != FILE_NAME:
        raise BundleError(f"{path}: a bundle's file is called {FILE_NAME}; give the bundle's folder")
    data = read_model(file)
    card = read_card(parse_model(data, file), file)
    return StoredModel(card.name, card.version, file, card, digest_of(data))


def load(path: Path, *, digest: str | None = None, threads: int = 0) -> Model:
    """Opens the model of a bundle (its folder, or its ONNX file) and warms it up; ``threads`` 0 uses every core.

    ``digest`` is the one a recipe or an activation pinned; None accepts any. Raises BundleError naming the file and
    what to do.
    """
    path = model_file(path)
    data = read_model(path)
    found = digest_of(data)
    if digest is not None and digest != found:
        raise BundleError(f"{path}: is {found}, the recipe wants {digest}; restore that file or change the recipe")
    model = parse_model(data, path)
    card = read_card(model, path)
    if card.family not in FAMILIES:
        raise BundleError(f"{path}: family {card.family!r} is not one of {', '.join(FAMILIES)}; update the program")
    return FAMILIES[card.family].open(card, found, model, data, str(path), threads)


def read_model(path: Path) -> bytes:
    """The bytes of a model file; raises BundleError when it cannot be read or is too large to be one."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise BundleError(
                f"{path}: {size / 2**20:,.0f} MiB, the most is {MOST_BYTES / 2**20:,.0f}; make it smaller"
            )
        return path.read_bytes()
    except OSError as e:
        raise BundleError(f"{path}: cannot be read ({e.strerror}); check the model's name and the store") from e


def write_bundle(data: bytes, root: Path) -> Path:
    """Keeps a model as ``root/<name>/<version>/model.onnx``, whole or not at all; returns its path.

    Raises BundleError when the bytes are no model, when another file holds that version, or when the disk refuses.
    """
    card = read_card(parse_model(data, Path(FILE_NAME)), Path(FILE_NAME))
    folder = root / card.name / card.version
    path = folder / FILE_NAME
    if path.exists():
        if read_model(path) != data:
            raise BundleError(f"{path}: exists and differs; give the new model another version")
        return path
    write_folder({FILE_NAME: data}, folder, holds=FILE_NAME)
    return path


def packaged_store() -> Path:
    """The store that came with the program; nothing is ever written there."""
    here = Path(__file__).resolve().parent
    packaged = here / "store"  # in a wheel
    return packaged if packaged.is_dir() else here.parent / "store"  # in an editable install


def bundle_roots() -> tuple[Path, ...]:
    """Where bundles live: the user's own store first, then those that came with the program."""
    return (platformdirs.user_data_path("shellmark", appauthor=False) / "models", packaged_store())


class Store:
    """Bundles below some folders, each ``<name>/<version>/model.onnx``; an earlier folder hides a later one.

    Any thread may ask; a file is read again only when it has changed.
    """

    def __init__(self, *roots: Path) -> None:
        self.roots = roots
        self._lock = Lock()
        self._read: dict[Path, tuple[tuple[int, int, int], Kept]] = {}

    def list(self) -> list[StoredModel]:
        """Every bundle that can be used, by name and version, oldest version first."""
        return [one for one in self.everything() if isinstance(one, StoredModel)]

    def everything(self) -> Sequence[Kept]:
        """Every bundle, also those that cannot be used and why; by name and version, oldest version first."""
        return [self._look(path) for path in self._paths()]

    def versions(self, name: str) -> Sequence[Kept]:
        """Every version of one model, oldest first."""
        return [self._look(path) for path in self._paths() if path.parts[-3] == name]

    def find(self, wanted: str) -> StoredModel:
        """The bundle ``name/version``, or the active version of ``name``: the oldest until one was activated.

        Raises BundleError when there is none, or when it is broken: another one is never taken in its place.
        """
        name, _, version = wanted.partition("/")
        if version:
            return self._at(name, version, wanted)
        if not _NAME.fullmatch(name):
            raise self._missing(wanted)
        active = read_active(self.roots, name)
        if active is None:
            return self._first(name)
        found = self._at(name, active.version, f"{name}/{active.version}, which is active,")
        if active.digest is not None and active.digest != found.digest:
            raise BundleError(
                f"{found.path}: is {found.digest}, but {active.digest} was activated; restore that file, or put this "
                f"one through the gate and activate it"
            )
        return found

    def _at(self, name: str, version: str, wanted: str) -> StoredModel:
        for path in self._paths():
            if (path.parts[-3], path.parts[-2]) == (name, version):
                return self._usable(path)
        raise self._missing(wanted)

    def _first(self, name: str) -> StoredModel:
        """The version taught first; one that cannot be read may have been, so it is an error where it sorts before."""
        every = self.versions(name)
        whole = [one for one in every if isinstance(one, StoredModel)]
        if not whole:
            raise self._missing(name) if not every else BundleError(_reason(every[0]))
        first = min(whole, key=lambda one: one.card.created)
        for one in every[: every.index(first)]:
            if isinstance(one, BrokenModel):
                raise BundleError(one.reason)
        return first

    def _missing(self, wanted: str) -> BundleError:
        looked = ", ".join(str(root) for root in self.roots)
        return BundleError(f"model {wanted}: not in {looked}; teach it or copy its bundle there")

    def _usable(self, path: Path) -> StoredModel:
        found = self._look(path)
        if isinstance(found, BrokenModel):
            raise BundleError(found.reason)
        return found

    def _paths(self) -> Sequence[Path]:
        """The files of all bundles in order; a folder without one (half written, a gate's result) is none."""
        found: dict[tuple[str, str], Path] = {}
        for root in reversed(self.roots):
            for path in root.glob(f"*/*/{FILE_NAME}"):
                if not any(part.startswith(UNFINISHED) for part in path.parts[-3:-1]):
                    found[path.parts[-3], path.parts[-2]] = path
        return [found[key] for key in sorted(found, key=lambda key: (key[0], order_of(key[1])))]

    def _look(self, path: Path) -> Kept:
        try:
            facts = path.stat()
            stamp = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
        except OSError:
            stamp = (0, 0, 0)
        with self._lock:
            kept = self._read.get(path)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        found = _described(path)
        with self._lock:
            self._read[path] = (stamp, found)
        return found


def _described(path: Path) -> Kept:
    name, version = path.parts[-3], path.parts[-2]
    try:
        return _stored(path)
    except BundleError as e:
        shown = [part if _NAME.fullmatch(part) else ascii(part) for part in (name, version)]
        return BrokenModel(shown[0], shown[1], path, " ".join(str(e).split()))


def _stored(path: Path) -> StoredModel:
    name, version = path.parts[-3], path.parts[-2]
    for part in (name, version):
        if not _NAME.fullmatch(part):
            raise BundleError(f"{str(path)!a}: {part!a} is no name; rename the folder as its card says")
    data = read_model(path)
    card = read_card(parse_model(data, path), path)
    if (card.name, card.version) != (name, version):
        raise BundleError(f"{path}: its card says {card.name}/{card.version}; put it into the folder of that name")
    return StoredModel(name, version, path, card, digest_of(data))


def _reason(one: Kept) -> str:
    return one.reason if isinstance(one, BrokenModel) else str(one)


def order_of(version: str) -> tuple[tuple[int, int | str], ...]:
    """Versions in the order people count them: 2 before 10, 1.9 before 1.10."""
    parts = version.replace("-", ".").split(".")
    return tuple((1, int(part)) if part.isdecimal() else (0, part) for part in parts)


def next_version(store: Store, name: str) -> str:
    """A version no bundle of that name has: one more than the highest whole number."""
    return str(max((int(v) for v in _versions_taken(store, name) if v.isdecimal()), default=0) + 1)


def _versions_taken(store: Store, name: str) -> Iterator[str]:
    for root in store.roots:
        yield from (path.name for path in root.glob(f"{name}/*") if path.is_dir())
