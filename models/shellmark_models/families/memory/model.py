"""An open memory model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from shellmark_models.card import properties
from shellmark_models.errors import BundleError, InferenceError
from shellmark_models.families.memory.evidence import Judgement, Wholes, from_text, local_evidence, whole_evidence
from shellmark_models.families.memory.eyes import see
from shellmark_models.families.memory.graph import INSIDE
from shellmark_models.families.memory.plan import PLAN_KEY, Plan, plan_of, working
from shellmark_models.features import TILES
from shellmark_models.naming import NAMER_KEY, Namer, describe
from shellmark_models.session import Session, require_planes
from shellmark_models.types import UNKNOWN, Crop, Naming, Prediction

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx
    from numpy.typing import NDArray

    from shellmark_models.card import Card

MEMORY_KEY = "shellmark.memory"
"""The metadata that holds how a memory weighs its evidence."""


class MemoryModel:
    """A memory model: see shellmark_models.Model."""

    __slots__ = ("_distances", "_judgement", "_known", "_namer", "_plan", "_session", "_wholes", "card", "digest")

    def __init__(
        self,
        card: Card,
        digest: str,
        session: Session,
        plan: Plan,
        memory: tuple[Judgement, list[Wholes]],
        namer: Namer | None,
    ) -> None:
        self.card = card
        self.digest = digest
        self._session = session
        self._judgement, self._wholes = memory
        self._namer = namer
        self._plan = plan
        self._distances = tuple(f"{name}.distance" for name in self._plan.backbones)
        known = tuple(f"{name}.known" for name in self._plan.backbones)
        self._known = known if set(known) <= set(session.outputs) else ()

    def look(self, image: NDArray[np.uint8], *, view: int = 0, mask: NDArray[np.bool_] | None = None) -> Prediction:
        """Looks at a whole view (h, w, 3) of any size, whichever it is; raises InferenceError.

        The map never says more than the score: where the view as a whole is as goods are, its map stays below 1.0.
        """
        del view
        require_planes(image, mask, self._session.source)
        seen_as = working(self._plan, image, mask, self.card.tile_px, self.card.overlap_px)
        sight = see(self._session, seen_as, self._plan.backbones, self._distances + self._known)
        if not sight.inside.any():
            return Prediction(np.zeros(image.shape[:2], np.float32), 0.0)
        distances = [sight.cells[name] for name in self._distances]
        evidence = local_evidence(distances, sight.inside) + whole_evidence(self._wholes, sight, self._plan.backbones)
        score = self._judgement.raw(np.array(evidence)) / self.card.threshold
        cells = self._judgement.cells(distances) * sight.inside
        highest = float(cells.max())
        cells *= np.float32(min(1.0, score / max(highest, 1e-6)))
        if self._known:
            known = self.near_known(distances, [sight.cells[name] for name in self._known]) * sight.inside
            score = max(score, float(known.max()))
            cells = np.maximum(cells, known)
        return Prediction(self._full(cells, image.shape[:2], mask), score)

    def near_known(
        self, distances: Sequence[NDArray[np.float32]], known: Sequence[NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        """Where cells are as a defect that was once missed, above 1.0; 0 where they are nearer to goods."""
        above = nearer(distances, known) - self._judgement.known_above
        return np.asarray(np.where(above > 0, np.exp(np.minimum(above, 1.0)), 0.0), np.float32)

    def _full(
        self, cells: NDArray[np.float32], size: tuple[int, ...], mask: NDArray[np.bool_] | None
    ) -> NDArray[np.float32]:
        height, width = size[0], size[1]
        if not self._plan.most_px:  # cells of 8 px each, the last ones beyond the picture
            full = cv2.resize(cells, (cells.shape[1] * 8, cells.shape[0] * 8), interpolation=cv2.INTER_LINEAR)
            full = np.ascontiguousarray(full[:height, :width])
        else:
            full = cv2.resize(cells, (width, height), interpolation=cv2.INTER_LINEAR)
        if mask is not None:
            full *= mask
        return np.asarray(full, np.float32)

    def name(self, crops: Sequence[Crop]) -> list[Naming]:
        """Names regions, in order; every one unknown when no classes were taught. Raises InferenceError."""
        self._session.require_open()
        if self._namer is None:
            return [Naming(UNKNOWN, 1.0, {UNKNOWN: 1.0}) for _ in crops]
        return [self._namer.name(describe(crop)) for crop in crops]

    def close(self) -> None:
        """Lets the session go."""
        self._session.close()


def nearer(distances: Sequence[NDArray[np.float32]], known: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """How much nearer cells are to known defects than to goods: mean logarithm of the ratio over the backbones."""
    logs = [np.log((d + 1e-3) / (k + 1e-3)) for d, k in zip(distances, known, strict=True)]
    return np.asarray(np.mean(logs, axis=0), np.float32)


def open_memory(card: Card, digest: str, model: onnx.ModelProto, data: bytes, source: str, threads: int) -> MemoryModel:
    """Opens a memory model and warms it up; raises BundleError when the network is not one of this family."""
    session = Session(data, source=source, threads=threads)
    text = properties(model).get(MEMORY_KEY)
    plan = plan_of(properties(model).get(PLAN_KEY), source)
    wanted = {f"{name}.{of}" for name in plan.backbones for of in ("distance", "sums")}
    if text is None or set(session.inputs) != {TILES, INSIDE} or not wanted <= set(session.outputs):
        raise BundleError(f"{source}: card says family memory, its network has other inputs or outputs; teach it again")
    memory = from_text(text, source)
    named = properties(model).get(NAMER_KEY)
    namer = Namer.from_text(named, source) if named is not None else None
    if namer is not None and namer.labels != card.labels:
        raise BundleError(f"{source}: card names {card.labels}, its classifier {namer.labels}; teach the bundle again")
    opened = MemoryModel(card, digest, session, plan, memory, namer)
    try:
        opened.look(np.full((card.tile_px, card.tile_px, 3), 127, np.uint8))
    except InferenceError as e:
        raise BundleError(f"{source}: its network does not run on tiles of its card: {e}; teach it again") from e
    return opened
