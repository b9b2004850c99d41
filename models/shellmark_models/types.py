"""Values that cross this room's door: plain arrays and plain facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

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
        value.dtype == np.uint8 and value.ndim == 3 and value.shape[2] == 3 and value.size > 0,
        f"{what}: wanted uint8 (h, w, 3), got {value.dtype} {value.shape}",
    )


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one tile, in that tile's own pixels.

    ``anomaly`` is float32 (h, w), >= 0, read-only; 1.0 is the decision threshold.
    """

    anomaly: NDArray[np.float32]

    def __post_init__(self) -> None:
        good = self.anomaly.dtype == np.float32 and self.anomaly.ndim == 2
        _require(good, f"anomaly: wanted float32 (h, w), got {self.anomaly.dtype} {self.anomaly.shape}")
        self.anomaly.setflags(write=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tile lies: the number of the view in its case, and its top-left pixel in the aligned view.

    ``view_px`` is the view's own (h, w), so that a view of another size than was taught is refused; None: not said.
    """

    view: int
    left_px: int
    top_px: int
    view_px: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Crop:
    """One region to be named, cut at full resolution with its surroundings.

    ``pixels`` is uint8 (h, w, 3) in the model's channels, ``mask`` bool (h, w), true on the region. ``good`` is
    what a good shell shows there, as ``pixels``: a far better background than the ring round the region, which is
    what None takes.
    """

    pixels: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    px_per_mm: float
    good: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        _pixels(self.pixels, "crop")
        if self.good is not None:
            _pixels(self.good, "good crop")
            same = self.good.shape == self.pixels.shape
            _require(same, f"good crop: is {self.good.shape}, the crop {self.pixels.shape}")
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
    """

    case: str
    images: Sequence[NDArray[np.uint8]]
    masks: Sequence[NDArray[np.bool_]] | None = None

    def __post_init__(self) -> None:
        _require(len(self.images) > 0, f"case {self.case}: has no image")
        for image in self.images:
            _pixels(image, f"case {self.case}")
        if self.masks is not None:
            shapes = [image.shape[:2] for image in self.images]
            fits = [mask.shape for mask in self.masks] == shapes and all(m.dtype == np.bool_ for m in self.masks)
            _require(fits, f"case {self.case}: masks must be bool and of the images' sizes {shapes}")


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

    def predict(self, tiles: NDArray[np.uint8], places: Sequence[Place] | None = None) -> list[Prediction]:
        """Looks at tiles (n, tile_px, tile_px, 3); raises InferenceError.

        ``places`` says where each tile lies; a model whose card is ``registered`` needs them, others do without.
        """

    def name(self, crops: Sequence[Crop]) -> list[Naming]:
        """Names regions, in order; raises InferenceError."""

    def close(self) -> None:
        """Lets the session go; a closed model raises InferenceError."""
