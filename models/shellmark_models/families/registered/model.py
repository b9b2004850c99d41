"""An open registered model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from onnx import numpy_helper

from shellmark_models.card import properties
from shellmark_models.errors import BundleError, InferenceError
from shellmark_models.families.registered.reference import Reference
from shellmark_models.features import FEATURES, TILES, feature_part
from shellmark_models.naming import NAMER_KEY, Namer, describe
from shellmark_models.session import Session, finite
from shellmark_models.types import UNKNOWN, Crop, Naming, Place, Prediction

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx
    from numpy.typing import NDArray

    from shellmark_models.card import Card

BATCH = 4
LIMITS = "registered.limits"
PARTS = ("pixel_mean", "pixel_spread", "feature_mean", "feature_scale", "feature_spread", "usual")
_NAME = re.compile(r"registered\.(\d+)\.(\w+)")


class RegisteredModel:
    """A registered model: see shellmark_models.Model. It wants the place of every tile in its aligned view."""

    __slots__ = ("_limits", "_namer", "_references", "_session", "card", "digest")

    def __init__(
        self,
        card: Card,
        digest: str,
        session: Session,
        references: Sequence[Reference],
        limits: tuple[float, float],
        namer: Namer | None,
    ) -> None:
        self.card = card
        self.digest = digest
        self._session = session
        self._references = references
        self._limits = limits
        self._namer = namer

    def predict(self, tiles: NDArray[np.uint8], places: Sequence[Place] | None = None) -> list[Prediction]:
        """Looks at tiles (n, tile_px, tile_px, 3) at their places; raises InferenceError."""
        side, source = self.card.tile_px, self._session.source
        if tiles.dtype != np.uint8 or tiles.shape[1:] != (side, side, 3):
            raise InferenceError(
                f"{source}: wanted uint8 tiles (n, {side}, {side}, 3), got {tiles.dtype} {tiles.shape}"
            )
        if places is None or len(places) != len(tiles):
            raise InferenceError(f"{source}: compares places of an aligned view, so each tile needs its place")
        found: list[Prediction] = []
        for first in range(0, len(tiles), BATCH):
            batch = np.ascontiguousarray(tiles[first : first + BATCH])
            (grids,) = self._session.run([FEATURES], {TILES: batch})
            grids = finite(grids, source).transpose(0, 2, 3, 1)
            here = places[first : first + BATCH]
            found += [self._one(*each) for each in zip(batch, grids, here, strict=True)]
        return found

    def _one(self, tile: NDArray[np.uint8], features: NDArray[np.float32], place: Place) -> Prediction:
        if not 0 <= place.view < len(self._references):
            raise InferenceError(
                f"{self._session.source}: knows {len(self._references)} view(s), not view {place.view}"
            )
        reference = self._references[place.view]
        height, width = reference.pixel_mean.shape[:2]
        if not (0 <= place.left_px < width and 0 <= place.top_px < height):
            raise InferenceError(
                f"{self._session.source}: a tile at ({place.left_px}, {place.top_px}) lies outside the "
                f"{width} x {height} px it was taught on: align the view to the same reference"
            )
        if place.view_px is not None and place.view_px != (height, width):
            raise InferenceError(
                f"{self._session.source}: the view is {place.view_px[1]} x {place.view_px[0]} px, it was taught on "
                f"{width} x {height} px: take the reference picture it was taught with, or teach it again"
            )
        distance = reference.distance(tile, features, place.left_px, place.top_px, self._limits)
        return Prediction(distance / np.float32(self.card.threshold))

    def name(self, crops: Sequence[Crop]) -> list[Naming]:
        """Names regions, in order; every one unknown when no classes were taught. Raises InferenceError."""
        self._session.require_open()
        if self._namer is None:
            return [Naming(UNKNOWN, 1.0, {UNKNOWN: 1.0}) for _ in crops]
        return [self._namer.name(describe(crop)) for crop in crops]

    def close(self) -> None:
        """Lets the session go."""
        self._session.close()


def open_registered(
    card: Card, digest: str, model: onnx.ModelProto, data: bytes, source: str, threads: int
) -> RegisteredModel:
    """Opens a registered model and warms it up; raises BundleError when the file is not one of this family."""
    del data  # the features' part of the network is all that is run
    arrays = {
        constant.name: constant for constant in model.graph.initializer if constant.name.startswith("registered.")
    }
    text = properties(model).get(NAMER_KEY)
    namer = Namer.from_text(text, source) if text is not None else None
    try:
        views = sorted({int(found[1]) for name in arrays if (found := _NAME.fullmatch(name))})
        references = [
            Reference(*(numpy_helper.to_array(arrays[f"registered.{view}.{part}"]) for part in PARTS)) for view in views
        ]
        pixel_limit, feature_limit = numpy_helper.to_array(arrays[LIMITS]).tolist()
        session = Session(feature_part(model).SerializeToString(), source=source, threads=threads)
        session.warm_up([FEATURES], {TILES: np.zeros((1, card.tile_px, card.tile_px, 3), np.uint8)})
    except (KeyError, ValueError, InferenceError) as e:
        raise BundleError(
            f"{source}: card says family registered, but its parts are missing: {e}; teach it again"
        ) from e
    return RegisteredModel(card, digest, session, references, (pixel_limit, feature_limit), namer)
