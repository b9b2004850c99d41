"""Parity: does a network answer here as it did where it was taught? A few views and the answers travel with it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from shellmark_models.errors import BundleError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shellmark_models.types import Model

PARITY_FILE = "parity.npz"
MOST_BYTES = 2**29
"""What the arrays of one file may take in memory: a small file can claim to unpack to anything."""
_SIDE_PX = 160
_DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Sample:
    """One view a model looked at: the image as ``Model.look`` takes it, the view's number, and where to look."""

    image: NDArray[np.uint8]
    view: int = 0
    mask: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Parity:
    """How far a model's answers are from those kept: the largest difference of ``views`` scores and maps.

    Scores and maps are in units of the threshold; above it the difference is a share of the kept value.
    """

    views: int
    score_off: float
    map_off: float


def parity_bytes(model: Model, samples: Iterable[Sample]) -> bytes:
    """The file that goes into a bundle: the samples and what the model says of them now; two or three views will do.

    Raises InferenceError when the model fails on one.
    """
    arrays: dict[str, NDArray[Any]] = {_DIGEST: np.array(model.digest)}
    for number, sample in enumerate(samples):
        found = model.look(sample.image, view=sample.view, mask=sample.mask)
        arrays[f"image_{number}"] = sample.image
        arrays[f"view_{number}"] = np.array(sample.view)
        if sample.mask is not None:
            arrays[f"mask_{number}"] = np.packbits(sample.mask, axis=1)
        arrays[f"anomaly_{number}"] = _small(found.anomaly).astype(np.float16)
        arrays[f"score_{number}"] = np.array(found.score, np.float64)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def samples_of(path: Path) -> list[Sample]:
    """The views kept in a bundle's ``parity.npz``, none where it has no such file; raises BundleError."""
    return [sample for sample, _, _ in _kept(path, None)]


def compare(model: Model, path: Path) -> Parity | None:
    """Lets the model look again at what its bundle keeps; None when it keeps nothing.

    Raises BundleError when the file is damaged or of another model, InferenceError when the model fails.
    """
    kept = _kept(path, model.digest)
    if not kept:
        return None
    score_off = map_off = 0.0
    for sample, anomaly, score in kept:
        found = model.look(sample.image, view=sample.view, mask=sample.mask)
        small = _small(found.anomaly)
        if small.shape != anomaly.shape:
            raise BundleError(
                f"{path}: a map is {anomaly.shape}, the model gives {small.shape}; teach the bundle again"
            )
        score_off = max(score_off, abs(found.score - score) / max(1.0, score))
        map_off = max(map_off, float((np.abs(small - anomaly) / np.maximum(1.0, anomaly)).max()))
    return Parity(len(kept), score_off, map_off)


def _small(anomaly: NDArray[np.float32]) -> NDArray[np.float32]:
    """A map of at most 160 px a side, each pixel the mean of those it stands for, so that every one counts."""
    height, width = anomaly.shape
    share = min(1.0, _SIDE_PX / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(cv2.resize(anomaly, size, interpolation=cv2.INTER_AREA), np.float32)


def _kept(path: Path, digest: str | None) -> list[tuple[Sample, NDArray[np.float32], float]]:
    if not path.is_file():
        return []
    arrays = read_arrays(path)
    try:
        if digest is not None and str(arrays[_DIGEST]) != digest:
            raise BundleError(f"{path}: belongs to another model ({arrays[_DIGEST]}); teach the bundle again")
        return [_one(arrays, number) for number in range(sum(key.startswith("image_") for key in arrays))]
    except (KeyError, ValueError, TypeError, IndexError) as e:
        raise BundleError(f"{path}: is damaged ({e}); teach the bundle again") from e


def _one(arrays: Mapping[str, NDArray[Any]], number: int) -> tuple[Sample, NDArray[np.float32], float]:
    image = arrays[f"image_{number}"]
    packed = arrays.get(f"mask_{number}")
    mask = None if packed is None else np.unpackbits(packed, axis=1, count=image.shape[1]).astype(np.bool_)
    anomaly = arrays[f"anomaly_{number}"].astype(np.float32)
    score = float(arrays[f"score_{number}"])
    if not np.isfinite(anomaly).all() or not np.isfinite(score):
        raise ValueError("a kept answer is not finite")
    return Sample(image, int(arrays[f"view_{number}"]), mask), anomaly, score


def read_arrays(path: Path, most_bytes: int = MOST_BYTES) -> dict[str, NDArray[Any]]:
    """The arrays of an ``.npz`` file, whose sizes are looked at before any is unpacked; nothing pickled is read.

    Raises BundleError.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, path, most_bytes)
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError, KeyError, MemoryError, zipfile.BadZipFile, NotImplementedError) as e:
        raise BundleError(f"{path}: is damaged ({' '.join(str(e).split())}); teach the bundle again") from e


def _check_sizes(archive: zipfile.ZipFile, path: Path, most_bytes: int) -> None:
    total = sum(entry.file_size for entry in archive.infolist())
    if total > most_bytes:
        raise BundleError(f"{path}: unpacks to {total / 2**20:,.0f} MiB, the most is {most_bytes / 2**20:,.0f}")
    for entry in archive.infolist():
        with archive.open(entry) as file:
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, _, dtype = read(file)
        if int(np.prod([int(n) for n in shape], dtype=object)) * dtype.itemsize > entry.file_size:
            raise BundleError(f"{path}: {entry.filename} claims {shape} but holds less; copy the bundle again")
