"""An open registered model: the classical family's filters everywhere, the network at a quarter of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shellmark_models.errors import BundleError, InferenceError
from shellmark_models.families.classical.model import PlacesModel, read_namer, read_views, view_arrays
from shellmark_models.families.registered.context import cells_of, features_of, places_of
from shellmark_models.families.registered.reference import Reference
from shellmark_models.features import FEATURE_COUNT, FEATURES, TILES, feature_part
from shellmark_models.session import Session

if TYPE_CHECKING:
    import onnx
    from numpy.typing import NDArray

    from shellmark_models.card import Card


def open_registered(
    card: Card, digest: str, model: onnx.ModelProto, data: bytes, source: str, threads: int
) -> PlacesModel:
    """Opens a registered model and warms it up; raises BundleError when the file is not one of this family."""
    del data  # the features' part of the network is all that is run
    namer = read_namer(model, source)
    views = read_views(model, card, source, more=1)
    try:
        arrays = view_arrays(model)
        parts = ("feature_mean", "feature_scale", "feature_spread")
        references = [Reference(*(arrays[number][part] for part in parts)) for number in sorted(arrays)]
        for known, reference in zip(views, references, strict=True):
            places = (*places_of(known.size), FEATURE_COUNT)
            if reference.mean.shape != places:
                raise ValueError(f"features of {reference.mean.shape} places for a mean of {known.mean.shape}")
        session = Session(feature_part(model).SerializeToString(), source=source, threads=threads)
        session.warm_up([FEATURES], {TILES: np.zeros((1, 256, 256, 3), np.uint8)})
    except (KeyError, ValueError, InferenceError) as e:
        raise BundleError(
            f"{source}: card says family registered, but its parts are missing: {e}; teach it again"
        ) from e

    def more(view: int, image: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        return cells_of(references[view], features_of(session, image, mask), mask)

    return PlacesModel(card, digest, source, views, namer, threads=threads, more=more, close=session.close)
