"""An open memory model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shellmark_models.card import properties
from shellmark_models.errors import BundleError, InferenceError
from shellmark_models.families.memory.graph import SCORE
from shellmark_models.features import FEATURES, TILES
from shellmark_models.naming import NAMER_KEY, Namer, describe
from shellmark_models.session import Session, finite
from shellmark_models.types import UNKNOWN, Crop, Naming, Place, Prediction

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx
    from numpy.typing import NDArray

    from shellmark_models.card import Card

BATCH = 4
"""Tiles run at once; a few keep every core busy, more only take memory."""


class MemoryModel:
    """A memory model: see shellmark_models.Model."""

    __slots__ = ("_namer", "_score", "card", "digest")

    def __init__(self, card: Card, digest: str, score: Session, namer: Namer | None) -> None:
        self.card = card
        self.digest = digest
        self._score = score
        self._namer = namer

    def predict(self, tiles: NDArray[np.uint8], places: Sequence[Place] | None = None) -> list[Prediction]:
        """Looks at tiles (n, tile_px, tile_px, 3), wherever they lie; raises InferenceError."""
        del places
        side = self.card.tile_px
        if tiles.dtype != np.uint8 or tiles.ndim != 4 or tiles.shape[1:] != (side, side, 3):
            raise InferenceError(
                f"{self._score.source}: wanted uint8 tiles (n, {side}, {side}, 3), got {tiles.dtype} {tiles.shape}; "
                f"cut them with the card's tile_px"
            )
        found: list[Prediction] = []
        for at in range(0, len(tiles), BATCH):
            (score,) = self._score.run([SCORE], {TILES: np.ascontiguousarray(tiles[at : at + BATCH])})
            maps = finite(score, self._score.source) / np.float32(self.card.threshold)
            found += [Prediction(plane) for plane in maps]
        return found

    def name(self, crops: Sequence[Crop]) -> list[Naming]:
        """Names regions, in order; every one unknown when no classes were taught. Raises InferenceError."""
        self._score.require_open()
        if self._namer is None:
            return [Naming(UNKNOWN, 1.0, {UNKNOWN: 1.0}) for _ in crops]
        return [self._namer.name(describe(crop)) for crop in crops]

    def close(self) -> None:
        """Lets the session go."""
        self._score.close()


def open_memory(card: Card, digest: str, model: onnx.ModelProto, data: bytes, source: str, threads: int) -> MemoryModel:
    """Opens a memory model and warms it up; raises BundleError when the network is not one of this family."""
    score = Session(data, source=source, threads=threads)
    if set(score.inputs) != {TILES} or not {SCORE, FEATURES} <= set(score.outputs):
        raise BundleError(f"{source}: card says family memory, its network has other inputs or outputs; teach it again")
    text = properties(model).get(NAMER_KEY)
    namer = Namer.from_text(text, source) if text is not None else None
    if namer is not None and namer.labels != card.labels:
        raise BundleError(f"{source}: card names {card.labels}, its classifier {namer.labels}; teach the bundle again")
    blank = np.zeros((1, card.tile_px, card.tile_px, 3), np.uint8)
    try:
        score.warm_up([SCORE], {TILES: blank})
    except InferenceError as e:
        raise BundleError(f"{source}: its network does not run on tiles of its card: {e}; teach it again") from e
    return MemoryModel(card, digest, score, namer)
