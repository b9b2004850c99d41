"""The card of a model, which travels in the metadata of its own ONNX file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Self

import onnx
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from shellmark_models.errors import BundleError
from shellmark_models.whole import require_whole

if TYPE_CHECKING:
    from pathlib import Path

CARD_KEY = "shellmark.card"
COLOUR = ("bgr",)
"""Channels of a model that looks at one colour frame as it is."""
NETWORK_PLANES = 3
"""A network sees the first three channels; what comes after them is for families that compare planes themselves."""

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
    ``false_reject_bound`` of goods like them score above it. ``learned_cases`` is how many cases it learned from. No
    goods (an imported network whose maker stated the threshold) promise nothing: the bound is 1.
    ``registered`` models compare places, so the views they look at must be aligned to one reference, and be of the
    (h, w) in ``views_px``, in the order of the case's views; empty: any size will do.
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
    goods: int = Field(ge=0)
    false_reject_bound: float = Field(gt=0, le=1)
    learned_cases: int = Field(ge=0)
    data_digest: Digest
    graph_digest: Digest
    backbone: Backbone | None = None
    licence: str
    parent: str | None = None
    registered: bool = False
    views_px: tuple[tuple[int, int], ...] = ()
    program: str
    notes: str = ""

    @property
    def planes(self) -> int:
        """How many planes (h, w, planes) its model is shown: a colour frame's three, or one a channel."""
        return max(NETWORK_PLANES, len(self.channels))

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.channels != COLOUR:
            lights = [name for name in self.channels[:NETWORK_PLANES] if not is_chroma(name)]
            if len(lights) != NETWORK_PLANES or len(set(self.channels)) != len(self.channels):
                raise ValueError(
                    f'channels {self.channels}: either ("bgr",) or three different lights, and after them what more is '
                    f"to be compared, each once"
                )
        if not self.goods and self.false_reject_bound < 1:
            raise ValueError("false_reject_bound: no goods set the threshold, so nothing is promised of it")
        if self.overlap_px >= self.tile_px:
            raise ValueError(f"overlap_px {self.overlap_px} leaves nothing of tile_px {self.tile_px}")
        if len(set(self.labels)) != len(self.labels):
            raise ValueError(f"labels {self.labels}: each once")
        return self


def is_chroma(channel: str) -> bool:
    """Whether a channel is a light's colour: ``<light>.a`` (green to red) or ``<light>.b`` (blue to yellow)."""
    return channel.endswith((".a", ".b"))


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
    require_whole(model, str(path))
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
