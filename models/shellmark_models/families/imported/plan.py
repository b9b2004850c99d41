"""What is known of a foreign network: how a view becomes its input, and what its outputs mean."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shellmark_models.errors import BundleError
from shellmark_models.types import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAN_KEY = "shellmark.imported"
GREATEST_SIDE_PX = 4096
Label = Annotated[str, Field(pattern=r"^\w[\w .+()-]{0,63}$")]
"""What a class may be called: it may end up in the name of a file."""
Output = Annotated[str, Field(min_length=1, max_length=256)]
Triple = tuple[float, float, float]


class Kind(StrEnum):
    """What a network answers with."""

    ANOMALY = "anomaly"
    """A map of how unusual each place is, a number for the whole, or both."""
    CLASSES = "classes"
    """One number per class for the whole picture."""
    BOXES = "boxes"
    """Boxes with a class each."""
    SEGMENTS = "segments"
    """Boxes with a class and a mask each, the masks mixed from prototypes."""
    PIXELS = "pixels"
    """One number per class for every pixel, or the class's number."""


class Fit(StrEnum):
    """How a view meets the network's input size."""

    STRETCH = "stretch"
    """The whole view is resized to it."""
    LETTERBOX = "letterbox"
    """The whole view is resized within it, its sides in proportion, the rest filled."""
    TILES = "tiles"
    """The view is cut into tiles of it, at full resolution."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Picture(_Part):
    """How pixels become the input tensor: ``(value * scale - mean) / std``.

    ``size_px`` is (height, width), ``batch`` how many pictures the network takes at once (0: any number).
    """

    name: str
    size_px: tuple[int, int]
    fit: Fit = Fit.STRETCH
    overlap_px: int = Field(default=32, ge=0)
    order: Literal["rgb", "bgr", "grey"] = "rgb"
    layout: Literal["nchw", "nhwc"] = "nchw"
    dtype: Literal["float32", "float16", "uint8"] = "float32"
    scale: float = Field(default=1 / 255, gt=0, allow_inf_nan=False)
    mean: Triple = (0.0, 0.0, 0.0)
    std: Triple = (1.0, 1.0, 1.0)
    fill: int = Field(default=114, ge=0, le=255)
    batch: int = Field(default=1, ge=0, le=64)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not all(8 <= side <= GREATEST_SIDE_PX for side in self.size_px):
            raise ValueError(f"size_px {self.size_px}: sides of 8 to {GREATEST_SIDE_PX} px, height first")
        if min(self.std) <= 0:
            raise ValueError(f"std {self.std}: each above 0")
        if self.fit is Fit.TILES and self.size_px[0] != self.size_px[1]:
            raise ValueError(f"size_px {self.size_px}: tiles are square")
        if self.fit is Fit.TILES and self.overlap_px > self.size_px[0] // 2:
            raise ValueError(f"overlap_px {self.overlap_px}: at most half of a tile of {self.size_px[0]}")
        if self.dtype == "uint8" and (self.scale, *self.mean, *self.std) != (1, 0, 0, 0, 1, 1, 1):
            raise ValueError("dtype uint8: takes pixels as they are, so scale 1, mean 0, std 1")
        return self


class Answer(_Part):
    """Which outputs mean what; a name is None where the network has no such output.

    A value v becomes (v - lowest) before it is held against the card's threshold; the map's is multiplied by
    ``map_gain`` as well, so that one threshold serves both.
    """

    map: Output | None = None
    score: Output | None = None
    map_lowest: float = Field(default=0.0, allow_inf_nan=False)
    score_lowest: float = Field(default=0.0, allow_inf_nan=False)
    map_gain: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    values: Output | None = None
    """Classes, boxes or pixels."""
    form: Literal["logits", "probabilities", "numbers"] = "probabilities"
    """``numbers``: each pixel is the number of its class."""
    prototypes: Output | None = None
    suppressed: bool = False
    """Whether the network itself keeps one box of several on one thing: rows x1, y1, x2, y2, confidence, class."""
    objectness: bool = False
    """Whether a fifth number before the classes says that there is anything at all (Ultralytics v5)."""
    rows_first: bool = False
    """Whether boxes come as (n, numbers) instead of (numbers, n)."""
    overlap: float = Field(default=0.45, gt=0, lt=1)
    """Boxes of one class that share more of their union than this are one."""
    least: float = Field(default=0.05, gt=0, lt=1)
    """Boxes less sure than this are not looked at."""


class Plan(_Part):
    """All that looking with a foreign network needs beside its card.

    ``classes`` are the network's own in order, ``good`` those of them that are no defect.
    """

    kind: Kind
    input: Picture
    output: Answer
    classes: tuple[Label, ...] = Field(default=(), max_length=200)
    good: tuple[Label, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        known = set(self.classes)
        if len(known) != len(self.classes) or UNKNOWN in known:
            raise ValueError(f"classes {self.classes}: each once, and none is called {UNKNOWN}")
        if stray := set(self.good) - known:
            raise ValueError(f"good {sorted(stray)}: not among the classes {self.classes}")
        if self.kind is Kind.ANOMALY:
            if self.classes or not (self.output.map or self.output.score):
                raise ValueError("kind anomaly: a map or a score among the outputs, and no classes")
        elif not self.output.values or not self.labels:
            raise ValueError(f"kind {self.kind}: an output of values, and at least one class that is not good")
        if (self.kind is Kind.SEGMENTS) != (self.output.prototypes is not None):
            raise ValueError("prototypes: an output of segments, and of nothing else")
        if self.kind in {Kind.CLASSES, Kind.PIXELS} and not self.good:
            raise ValueError(f"kind {self.kind}: say which class is good")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes that are defects."""
        return tuple(name for name in self.classes if name not in self.good)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs to be computed."""
        out = self.output
        return tuple(name for name in (out.map, out.score, out.values, out.prototypes) if name)

    @property
    def bounded(self) -> bool:
        """Whether the answers are probabilities."""
        return self.kind is not Kind.ANOMALY


def read_plan(properties: Mapping[str, str], source: str) -> Plan:
    """The plan in a model's metadata; raises BundleError naming ``source``."""
    text = properties.get(PLAN_KEY)
    if text is None:
        raise BundleError(f"{source}: card says family imported, but the file says nothing of its outputs; import it")
    try:
        return Plan.model_validate_json(text)
    except ValidationError as e:
        raise BundleError(f"{source}: what it says of its outputs is wrong: {first_fault(e)}; import it again") from e


def first_fault(error: ValidationError) -> str:
    """The first thing wrong, in one line."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    what = " ".join(first["msg"].removeprefix("Value error, ").split())
    return f"{where}: {what}" if where else what
