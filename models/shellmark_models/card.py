"""The card of a model, which travels in the metadata of its own ONNX file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Self

import onnx
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from shellmark_models.errors import BundleError

if TYPE_CHECKING:
    from pathlib import Path

CARD_KEY = "shellmark.card"
COLOUR = ("bgr",)
"""Channels of a model that looks at one colour frame as it is."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Backbone(BaseModel):
    """The pretrained network inside a model and where it came from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    source: str
    licence: str
    digest: Digest


class Card(BaseModel):
    """What a model is, what it looks at, and what may be promised of it.

    ``threshold`` is in the graph's own units; ``goods`` cases set it, and at 95 % confidence no more than
    ``false_reject_bound`` of goods like them score above it. ``learned_cases`` is how many cases it learned from.
    ``registered`` models compare places, so the views they look at must be aligned to one reference.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Name
    version: Name
    family: str
    created: AwareDatetime
    tile_px: int = Field(ge=32, le=4096)
    overlap_px: int = Field(ge=0)
    channels: tuple[str, ...]
    px_per_mm: float = Field(gt=0)
    labels: tuple[str, ...] = ()
    threshold: float = Field(gt=0, allow_inf_nan=False)
    goods: int = Field(ge=1)
    false_reject_bound: float = Field(gt=0, le=1)
    learned_cases: int = Field(ge=1)
    data_digest: Digest
    graph_digest: Digest
    backbone: Backbone | None = None
    licence: str
    parent: str | None = None
    registered: bool = False
    program: str
    notes: str = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.channels != COLOUR and len(set(self.channels)) != 3:
            raise ValueError(f'channels {self.channels}: either ("bgr",) or three different lights')
        if self.overlap_px >= self.tile_px:
            raise ValueError(f"overlap_px {self.overlap_px} leaves nothing of tile_px {self.tile_px}")
        if len(set(self.labels)) != len(self.labels):
            raise ValueError(f"labels {self.labels}: each once")
        return self


def digest_of(data: bytes) -> str:
    """``sha256:`` and the hexadecimal digest of some bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def graph_digest(model: onnx.ModelProto) -> str:
    """Digest of the network alone, so that the card beside it in the file can state it."""
    return digest_of(model.graph.SerializeToString(deterministic=True))


def parse_model(data: bytes, path: Path) -> onnx.ModelProto:
    """Reads an ONNX file's bytes; raises BundleError when they are none or point to other files."""
    try:
        model = onnx.load_model_from_string(data)
    except Exception as e:  # protobuf's errors differ between its builds
        raise BundleError(f"{path}: not an ONNX file ({len(data)} bytes); copy or teach the bundle again") from e
    outside = [w.name for w in model.graph.initializer if w.data_location == onnx.TensorProto.EXTERNAL]
    if outside:
        raise BundleError(f"{path}: weights lie in other files ({outside[0]}); export it as one file")
    return model


def properties(model: onnx.ModelProto) -> dict[str, str]:
    """The metadata of an ONNX file."""
    return {entry.key: entry.value for entry in model.metadata_props}


def read_card(model: onnx.ModelProto, path: Path) -> Card:
    """The card inside a model; raises BundleError when it is missing, wrong, or tells of another network."""
    text = properties(model).get(CARD_KEY)
    if text is None:
        raise BundleError(f"{path}: carries no card; teach it with this program, or import it")
    try:
        card = Card.model_validate_json(text)
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "card"
        raise BundleError(f"{path}: card is wrong at {where}: {first['msg']}; teach the bundle again") from e
    found = graph_digest(model)
    if found != card.graph_digest:
        raise BundleError(f"{path}: network is {found}, its card says {card.graph_digest}; copy the bundle again")
    return card
