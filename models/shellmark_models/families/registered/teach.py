"""Teaching the registered family: the classical one's filters, and the network's view of every place as one more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shellmark_models.card import COLOUR, NETWORK_PLANES
from shellmark_models.errors import TeachError
from shellmark_models.families.classical.teach import teach_places
from shellmark_models.families.registered.context import cells_of, features_of
from shellmark_models.families.registered.reference import Reference, Sums
from shellmark_models.features import feature_graph, load_backbone
from shellmark_models.session import Session
from shellmark_models.training.spool import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from shellmark_models.training.lesson import Lesson, Taught
    from shellmark_models.types import LabelledCrop, TeachCase

    Floats = NDArray[np.float32]


def network_channels(channels: tuple[str, ...]) -> tuple[str, ...]:
    """The channels the network is given."""
    return channels if channels == COLOUR else channels[:NETWORK_PLANES]


def teach_registered(goods: Iterable[TeachCase], labelled: Iterable[LabelledCrop], lesson: Lesson) -> Taught:
    """Learns good cases, all aligned to one reference, and the names of labelled crops.

    Raises TeachError, TeachCancelled.
    """
    backbone, origin = load_backbone()
    network = feature_graph(backbone, network_channels(lesson.channels))
    session = Session(network.SerializeToString(), source="backbone", threads=lesson.options.threads)
    try:
        with Shelf() as shelf:
            context = Context(session, shelf, lesson.before)
            return replace(teach_places(goods, labelled, lesson, network, context), backbone=origin)
    finally:
        session.close()


@dataclass(slots=True)
class _Known:
    """Sums of one view's features, and what they say until one more is added."""

    sums: Sums
    reference: Reference | None = None


class Context:
    """The network's measure of a view, as `teach_places` wants it; goes on from what a former lesson kept."""

    def __init__(self, session: Session, shelf: Shelf, before: Mapping[str, NDArray[Any]] | None) -> None:
        self._session = session
        self._shelf = shelf
        self._views: list[_Known] = []
        for number in range(sum(key.endswith(".features") for key in before or ())):
            total, squares = (before or {})[f"{number}.features"].copy()
            count = int((before or {})[f"{number}.size"][2])
            self._views.append(_Known(Sums(count, total, squares)))

    def add(self, view: int, image: NDArray[np.uint8]) -> int:
        """Learns an image (h, w, c) of a good shell; returns its number."""
        features = features_of(self._session, image)
        if view == len(self._views):
            self._views.append(_Known(Sums.of_none(features.shape)))
        known = self._views[view]
        if known.sums.total.shape != features.shape:
            raise TeachError(f"view {view + 1} is of another size than in the cases before: align the views")
        kept = features.astype(np.float16)
        self._views[view] = _Known(known.sums.add(kept.astype(np.float32)))
        return self._shelf.put(kept)

    def cells(self, view: int, number: int | None, image: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Floats:
        """How far an image is in every cell; of a good shell (its number) without what it taught."""
        known = self._views[view]
        if number is None:
            return cells_of(self._reference(view), features_of(self._session, image), mask)
        features = self._shelf.get(number).astype(np.float32)
        return cells_of(Reference.of(*known.sums.without(features)), features, mask)

    def kept(self) -> dict[str, NDArray[Any]]:
        """What a later lesson goes on from."""
        return {
            f"{view}.features": np.stack([known.sums.total, known.sums.squares])
            for view, known in enumerate(self._views)
        }

    def constants(self, view: int) -> dict[str, NDArray[Any]]:
        """What a model has to know of a view."""
        reference = self._reference(view)
        return {
            "feature_mean": reference.mean,
            "feature_scale": reference.scale,
            "feature_spread": reference.spread,
        }

    def _reference(self, view: int) -> Reference:
        known = self._views[view]
        if known.reference is None:
            known.reference = Reference.of(*known.sums.moments())
        return known.reference
