"""Naming a region: what is known of it, and the classifier that reads it.

A region is described by four sources: its measures (`measures`) and three looks of the pretrained network (`looks`).
Each source has its own linear classifier (Fisher's, shrunk); their votes are added. The classifier answers UNKNOWN far
from every class and between classes. It is a text in the metadata of the model's own file, which also keeps the
descriptions it was taught from, so that crops can be added later without the old ones.
"""

from __future__ import annotations

import base64
import io
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np

from shellmark_models.errors import BundleError
from shellmark_models.looks import LOOK, PICTURES, backbone, looks
from shellmark_models.measures import MEASURES, measured
from shellmark_models.types import UNKNOWN, Crop, Naming

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

NAMER_KEY = "shellmark.namer"
SOURCES = (slice(0, MEASURES), *(slice(MEASURES + i * LOOK, MEASURES + (i + 1) * LOOK) for i in range(PICTURES)))
"""Where each source lies in a description: measures, excess, colour, colour's excess."""
DESCRIPTION = MEASURES + PICTURES * LOOK
MOST_PX = 640
"""A larger crop is shrunk before it is described: a region of half a metre is no finer for being seen in full."""
SURE = 1 / 3  # of crops left out, more than half of those at least so sure were right
_SOFT = 0.15  # how gradually a region becomes unknown, in decades of e of its distance


def describe(crop: Crop) -> Floats:
    """What the classifier reads of a crop (DESCRIPTION,); raises InferenceError."""
    crop = _shrunk(crop)
    return np.concatenate([measured(crop), looks(crop)]).astype(np.float32)


def _shrunk(crop: Crop) -> Crop:
    """A crop of a very large region at so few pixels as still tell what it is."""
    times = MOST_PX / max(crop.mask.shape)
    if times >= 1:
        return crop
    size = tuple(max(1, round(side * times)) for side in crop.mask.shape[::-1])

    def small(picture: NDArray[np.uint8] | None) -> NDArray[np.uint8] | None:
        return (
            None if picture is None else np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        )

    share = cv2.resize(crop.mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return replace(
        crop,
        pixels=np.asarray(cv2.resize(crop.pixels, size, interpolation=cv2.INTER_AREA), np.uint8),
        mask=np.asarray(share > min(0.3, 0.9 * float(share.max())), np.bool_),
        px_per_mm=crop.px_per_mm * times,
        good=small(crop.good),
        colour=small(crop.colour),
        good_colour=small(crop.good_colour),
    )


@dataclass(frozen=True, slots=True)
class Source:
    """One source's classifier, where all classes scatter alike: k = classes - 1 directions.

    ``projection`` (n, k) and ``offset`` (k,) bring it there, ``centres`` (c, k) are the classes. ``weight`` is its
    voice, ``scale`` what its squared distances are divided by to be comparable.
    """

    projection: Floats
    offset: Floats
    centres: Floats
    weight: float
    scale: float

    def squares(self, part: Floats) -> Doubles:
        """Squared distances (r, c) of r parts of descriptions to the classes."""
        z = (part @ self.projection - self.offset).astype(np.float64)
        return np.asarray(np.square(z[:, None] - self.centres).sum(axis=2))


@dataclass(frozen=True, slots=True)
class Kept:
    """The descriptions (m, n) a classifier was taught from, whose label (m,) and of which crop (m,).

    ``marks`` are the crops' own digests, to know one that is given again; empty: not kept.
    """

    descriptions: NDArray[np.float16]
    codes: NDArray[np.int64]
    groups: NDArray[np.int64]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Namer:
    """A taught classifier of c classes.

    ``sharpness`` turns votes into probabilities, ``reach`` is the mean log squared distance at which a region is as
    likely of no class as of one. ``backbone`` is the digest of the network its looks are of.
    """

    labels: tuple[str, ...]
    sources: tuple[Source, ...]
    sharpness: float
    reach: float
    backbone: str
    kept: Kept

    def name(self, description: Floats) -> Naming:
        """Names one description (n,)."""
        squares = np.stack(
            [source.squares(description[None, part])[0] for source, part in zip(self.sources, SOURCES, strict=True)]
        )
        weights = np.array([source.weight for source in self.sources])
        scales = np.array([source.scale for source in self.sources])
        share, away = verdicts(squares[:, None], weights, scales, self.sharpness)
        nothing = float(1 / (1 + np.exp(-np.clip((away[0] - self.reach) / _SOFT, -50, 50))))
        scores = {label: float(p) * (1 - nothing) for label, p in zip(self.labels, share[0], strict=True)}
        scores[UNKNOWN] = nothing
        best = self.labels[int(share[0].argmax())]
        if scores[best] >= SURE:
            return Naming(best, scores[best], scores)
        return Naming(UNKNOWN, 1 - scores[best], scores)

    def to_text(self) -> str:
        """The classifier as text for the metadata of an ONNX file."""
        arrays: dict[str, Any] = {
            "labels": np.array(self.labels),
            "numbers": np.array([self.sharpness, self.reach]),
            "backbone": np.array(self.backbone),
            **_in_steps(self.kept.descriptions),
            "codes": self.kept.codes,
            "groups": self.kept.groups,
            "marks": np.array(self.kept.marks, np.str_),
        }
        for i, source in enumerate(self.sources):
            arrays |= {f"projection{i}": source.projection, f"offset{i}": source.offset, f"centres{i}": source.centres}
            arrays[f"voice{i}"] = np.array([source.weight, source.scale])
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        return base64.b64encode(file.getvalue()).decode()

    @classmethod
    def from_text(cls, text: str, source: str) -> Self:
        """Reads it back; raises BundleError naming ``source``."""
        try:
            with np.load(io.BytesIO(base64.b64decode(text, validate=True)), allow_pickle=False) as file:
                found = cls._read(dict(file))
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as e:
            raise BundleError(f"{source}: the classifier inside cannot be read; teach its names again") from e
        if found.backbone != backbone().digest:
            raise BundleError(
                f"{source}: its names were learned with backbone {found.backbone}, this program has "
                f"{backbone().digest}; teach its names again"
            )
        return found

    @classmethod
    def _read(cls, arrays: dict[str, Any]) -> Self:
        sources = [
            Source(
                *(arrays[f"{part}{i}"].astype(np.float32) for part in ("projection", "offset", "centres")),
                *map(float, arrays[f"voice{i}"]),
            )
            for i in range(len(SOURCES))
        ]
        if any(len(each.projection) != part.stop - part.start for each, part in zip(sources, SOURCES, strict=True)):
            raise ValueError("sources of another length")
        described = arrays["low"] + arrays["step"] * arrays["descriptions"]
        codes, groups = arrays["codes"].astype(np.int64), arrays["groups"].astype(np.int64)
        kept = Kept(described.astype(np.float16), codes, groups, tuple(map(str, arrays["marks"])))
        labels = tuple(map(str, arrays["labels"]))
        sharpness, reach = map(float, arrays["numbers"])
        return cls(labels, tuple(sources), sharpness, reach, str(arrays["backbone"]), kept)


def _in_steps(descriptions: NDArray[np.float16]) -> dict[str, Any]:
    """Descriptions in 255 steps of each number's range: a quarter of the bytes, far finer than two crops agree."""
    x = descriptions.astype(np.float32)
    low = x.min(axis=0)
    step = (x.max(axis=0) - low) / 255
    counts = np.round((x - low) / np.where(step > 0, step, 1)).astype(np.uint8)
    return {"descriptions": counts, "low": low, "step": step}


def verdicts(squares: Doubles, weights: Doubles, scales: Doubles, sharpness: float) -> tuple[Doubles, Doubles]:
    """Probability of each class (r, c), and how far the likeliest is (r,), from squared distances (s, r, c).

    A class whose distance is infinite was not there to be chosen.
    """
    spoken = weights > 0
    squares, weights, scales = squares[spoken], weights[spoken], scales[spoken]
    votes = -(squares * (weights / scales)[:, None, None]).sum(axis=0) * sharpness
    likely = np.exp(votes - votes.max(axis=1, keepdims=True))
    winner = votes.argmax(axis=1)
    near = np.log(np.take_along_axis(squares, winner[None, :, None], axis=2)[..., 0] + 1e-9)
    return likely / likely.sum(axis=1, keepdims=True), (near * weights[:, None]).sum(axis=0) / weights.sum()
