"""Teaching names: crops with a name to a classifier, in a model that finds or in one that only names.

taught = learn_names(bundle, crops, version="2")    # the finder stays as it is, bit for bit
write_names(bundle, taught, folder)
"""

from __future__ import annotations

import datetime
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from pydantic import ValidationError

from shellmark_models.card import CARD_KEY, Card, digest_of, graph_digest, parse_model, properties, read_card
from shellmark_models.errors import BundleError, TeachCancelled, TeachError
from shellmark_models.families.classifier import classifier_network
from shellmark_models.looks import SIDE_PX, backbone
from shellmark_models.naming import NAMER_KEY, Namer
from shellmark_models.registry import FILE_NAME, model_file, read_model
from shellmark_models.training.album import Album
from shellmark_models.writing import write_folder

if TYPE_CHECKING:
    from shellmark_models.types import LabelledCrop

FEW = 5
"""Crops of a class below which its naming is a guess."""
_PARITY, _DIGEST = "parity.npz", "digest"
_NOT_TAKEN = frozenset({FILE_NAME, "gate.json", "metrics.json"})  # they are of the very model they were made with


@dataclass(frozen=True, slots=True)
class TaughtNames:
    """A model with its names: its file, its card, crops by class, and a line for each class of too few."""

    model: bytes
    card: Card
    crops: Mapping[str, int]
    remarks: tuple[str, ...]


def learn_names(
    bundle: Path,
    labelled: Iterable[LabelledCrop],
    *,
    version: str,
    name: str | None = None,
    add: bool = True,
    cancelled: Any = None,
) -> TaughtNames:
    """The model of a bundle (its folder or file) with names; what it finds stays as it is.

    ``add`` keeps the crops it was taught before, False forgets them. ``name`` None keeps the bundle's. Raises
    TeachError for fewer than two classes, TeachCancelled when ``cancelled()`` says so between crops, BundleError,
    InferenceError.
    """
    file = model_file(bundle)
    model = parse_model(read_model(file), file)
    card = read_card(model, file)
    text = properties(model).get(NAMER_KEY)
    album = Album(Namer.from_text(text, str(file)) if add and text is not None else None)
    digest = _gather(album, labelled, cancelled)
    namer = album.namer()
    new = {
        "name": name or card.name,
        "version": version,
        "created": datetime.datetime.now(datetime.UTC),
        "labels": namer.labels,
        "parent": f"{card.name}/{card.version}",
        "data_digest": digest_of(f"{card.data_digest} {digest}".encode()),
        "program": f"shellmark {metadata.version('shellmark')}",
    }
    return _taught(model, {**card.model_dump(), **new}, namer, album)


def teach_names(
    labelled: Iterable[LabelledCrop],
    *,
    name: str,
    version: str,
    channels: tuple[str, ...],
    px_per_mm: float,
    licence: str = "Apache-2.0",
    cancelled: Any = None,
) -> TaughtNames:
    """A model of the family ``classifier``, which only names; raises as ``learn_names``."""
    album = Album()
    digest = _gather(album, labelled, cancelled)
    namer = album.namer()
    model = classifier_network(namer.labels)
    facts = {
        "name": name,
        "version": version,
        "family": "classifier",
        "created": datetime.datetime.now(datetime.UTC),
        "tile_px": SIDE_PX,
        "overlap_px": 0,
        "channels": channels,
        "px_per_mm": px_per_mm,
        "labels": namer.labels,
        "threshold": 1.0,
        "goods": 0,
        "false_reject_bound": 1.0,
        "learned_cases": 0,
        "data_digest": digest,
        "graph_digest": graph_digest(model),
        "backbone": backbone(),
        "licence": licence,
        "program": f"shellmark {metadata.version('shellmark')}",
    }
    return _taught(model, facts, namer, album)


def write_names(taught: TaughtNames, folder: Path, *, beside: Path | None = None) -> None:
    """Writes the bundle whole or not at all, with what lies beside the old model in the bundle ``beside``.

    What the old model answered stays true of the new one, so its parity file is taken over under the new digest.
    Raises BundleError when the folder has a model already, or the disk refuses.
    """
    files = {FILE_NAME: taught.model}
    if beside is not None and beside.is_dir():
        try:
            for path in sorted(beside.rglob("*")):
                if path.is_file() and path.name not in _NOT_TAKEN:
                    files[path.relative_to(beside).as_posix()] = path.read_bytes()
        except OSError as e:
            raise BundleError(f"{beside}: cannot be read ({e.strerror}); check its rights") from e
    if _PARITY in files:
        files[_PARITY] = _with_digest(files[_PARITY], digest_of(taught.model), f"{beside}/{_PARITY}")
    write_folder(files, folder, holds=FILE_NAME)


def remarks_on(crops: Mapping[str, int]) -> tuple[str, ...]:
    """A line for each class of too few crops."""
    return tuple(
        f"{label}: {count} crop{'s' if count > 1 else ''}; "
        + ("its name is a guess nobody could check" if count == 1 else f"{FEW} or more are needed to trust its name")
        for label, count in crops.items()
        if count < FEW
    )


def _gather(album: Album, labelled: Iterable[LabelledCrop], cancelled: Any) -> str:
    found = hashlib.sha256()
    for sample in labelled:
        if cancelled is not None and cancelled():
            raise TeachCancelled("teaching stopped during names; nothing was written")
        album.add(sample)
        for part in (sample.label.encode(), sample.crop.pixels.tobytes(), sample.crop.mask.tobytes()):
            found.update(part)
    return f"sha256:{found.hexdigest()}"


def _taught(model: onnx.ModelProto, facts: Mapping[str, Any], namer: Namer, album: Album) -> TaughtNames:
    try:
        card = Card.model_validate(facts)
    except ValidationError as e:
        first = e.errors()[0]
        raise TeachError(f"card of {facts['name']}/{facts['version']}: {first['loc']}: {first['msg']}") from e
    old = properties(model)
    onnx.helper.set_model_props(model, {**old, CARD_KEY: card.model_dump_json(), NAMER_KEY: namer.to_text()})
    data = bytes(model.SerializeToString(deterministic=True))
    return TaughtNames(data, card, album.crops, remarks_on(album.crops))


def _with_digest(data: bytes, digest: str, source: str) -> bytes:
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays: dict[str, Any] = dict(file)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as e:
        raise BundleError(f"{source}: is damaged; teach the bundle again") from e
    again = io.BytesIO()
    np.savez_compressed(again, **{**arrays, _DIGEST: np.array(digest)})
    return again.getvalue()
