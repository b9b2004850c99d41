"""Values that cross this room's door: plain arrays and plain facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shellmark_models.card import Card

UNKNOWN = "unknown"
"""The label of a region that is like none of the classes taught, or not surely like one."""


def _require(ok: bool, text: str) -> None:
    if not ok:
        raise ValueError(text)


def _pixels(value: NDArray[np.uint8], what: str) -> None:
    _require(
        value.dtype == np.uint8 and value.ndim == 3 and value.shape[2] >= 3 and value.size > 0,
        f"{what}: wanted uint8 (h, w, c) of three planes or more, got {value.dtype} {value.shape}",
    )


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one view, in that view's own pixels; 1.0 is the decision threshold of both.

    ``anomaly`` is float32 (h, w), >= 0, read-only. ``score`` is what the whole view is decided by: mostly the highest
    of the map where the model looked, but a family may know more of a view than its map shows.
    """

    anomaly: NDArray[np.float32]
    score: float

    def __post_init__(self) -> None:
        good = self.anomaly.dtype == np.float32 and self.anomaly.ndim == 2
        _require(good, f"anomaly: wanted float32 (h, w), got {self.anomaly.dtype} {self.anomaly.shape}")
        _require(bool(np.isfinite(self.score)) and self.score >= 0, f"score: wanted a number >= 0, got {self.score}")
        self.anomaly.setflags(write=False)

    @classmethod
    def of_map(cls, anomaly: NDArray[np.float32], mask: NDArray[np.bool_] | None = None) -> Self:
        """A prediction whose score is the highest of its map within the mask (None: everywhere)."""
        return cls(anomaly, float(anomaly.max() if mask is None else anomaly.max(where=mask, initial=0.0)))


@dataclass(frozen=True, slots=True)
class Crop:
    """One region to be named, cut at full resolution with its surroundings.

    ``pixels`` is uint8 (h, w, 3) in the model's channels, ``mask`` bool (h, w), true on the region. ``good`` is
    what a good shell shows there, as ``pixels``: a far better background than the ring round the region, which is
    what None takes. ``place`` is the view's number and the crop's left and top pixel in the view last looked at, for a
    model that said there what it saw; None: not known. ``colour`` is the colour frame there (BGR) where the model's
    channels are stacked lights, and ``good_colour`` the good shell's; they help to name, not to find.
    """

    pixels: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    px_per_mm: float
    good: NDArray[np.uint8] | None = None
    place: tuple[int, int, int] | None = None
    colour: NDArray[np.uint8] | None = None
    good_colour: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        _pixels(self.pixels, "crop")
        size, tint = self.pixels.shape, (*self.pixels.shape[:2], 3)
        others = (("good", self.good, size), ("colour", self.colour, tint), ("good colour", self.good_colour, tint))
        for what, other, wanted in others:
            if other is not None:
                _pixels(other, f"{what} crop")
                _require(other.shape == wanted, f"{what} crop: is {other.shape}, the crop {size}")
        _require(self.good_colour is None or self.colour is not None, "good colour crop: needs the colour crop as well")
        fits = self.mask.dtype == np.bool_ and self.mask.shape == self.pixels.shape[:2]
        _require(fits, f"crop mask: wanted bool {self.pixels.shape[:2]}, got {self.mask.dtype} {self.mask.shape}")
        _require(bool(self.mask.any()), "crop mask: no pixel is set, so there is no region to name")
        _require(bool(np.isfinite(self.px_per_mm)) and self.px_per_mm > 0, f"crop: px_per_mm is {self.px_per_mm}")


@dataclass(frozen=True, slots=True)
class Naming:
    """The name of one region: ``label`` is one of the card's labels or UNKNOWN, ``score`` 0..1 its probability."""

    label: str
    score: float
    scores: Mapping[str, float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "scores", MappingProxyType(dict(self.scores)))


@dataclass(frozen=True, slots=True)
class TeachCase:
    """One good shell to learn from: all its views in the model's channels.

    ``images`` are uint8 (h, w, 3). ``masks`` are bool (h, w), true where the model shall look; None is everywhere.
    A case that does not count (``counts`` False) is learned but has no say in the threshold: it was picked because the
    model stopped it, so it is not like any good shell to come.
    """

    case: str
    images: Sequence[NDArray[np.uint8]]
    masks: Sequence[NDArray[np.bool_]] | None = None
    counts: bool = True

    def __post_init__(self) -> None:
        _require(len(self.images) > 0, f"case {self.case}: has no image")
        for image in self.images:
            _pixels(image, f"case {self.case}")
        if self.masks is not None:
            shapes = [image.shape[:2] for image in self.images]
            fits = [mask.shape for mask in self.masks] == shapes and all(m.dtype == np.bool_ for m in self.masks)
            _require(fits, f"case {self.case}: masks must be bool and of the images' sizes {shapes}")


@dataclass(frozen=True, slots=True)
class MissedCase:
    """A shell with a defect that the model passed.

    ``images`` are its views as in TeachCase, ``defects`` bool (h, w) per view, true on the defect (nowhere in a view
    that shows none).
    """

    case: str
    images: Sequence[NDArray[np.uint8]]
    defects: Sequence[NDArray[np.bool_]]

    def __post_init__(self) -> None:
        _require(len(self.images) > 0, f"case {self.case}: has no image")
        for image in self.images:
            _pixels(image, f"case {self.case}")
        shapes = [image.shape[:2] for image in self.images]
        fits = [mask.shape for mask in self.defects] == shapes and all(m.dtype == np.bool_ for m in self.defects)
        _require(fits, f"case {self.case}: defects must be bool and of the images' sizes {shapes}")
        _require(any(mask.any() for mask in self.defects), f"case {self.case}: no pixel is marked as its defect")


@dataclass(frozen=True, slots=True)
class LabelledCrop:
    """One region whose name a person gave."""

    label: str
    crop: Crop

    def __post_init__(self) -> None:
        _require(bool(self.label) and self.label != UNKNOWN, f"label {self.label!r}: a class needs a name of its own")


class Model(Protocol):
    """An open model: finds what is unlike the goods it learned, and names what is found."""

    @property
    def card(self) -> Card:
        """What the model is."""

    @property
    def digest(self) -> str:
        """``sha256:`` and the hexadecimal digest of the model's file."""

    def look(self, image: NDArray[np.uint8], *, view: int = 0, mask: NDArray[np.bool_] | None = None) -> Prediction:
        """Looks at one whole view (h, w, c) in the card's channels; raises InferenceError.

        ``view`` is its number in the case, which a model whose card is ``registered`` knows it by. ``mask`` (h, w) is
        where to look, None everywhere.
        """

    def name(self, crops: Sequence[Crop]) -> list[Naming]:
        """Names regions, in order; raises InferenceError."""

    def close(self) -> None:
        """Lets the session go; a closed model raises InferenceError."""
