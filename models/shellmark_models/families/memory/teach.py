"""Teaching the memory family: features of good shells, the few that stand for all, the threshold goods alone set."""

from __future__ import annotations

import hashlib
from collections.abc import Sized
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING

import cv2
import numpy as np
import onnx

from shellmark_models.card import Backbone, digest_of, properties
from shellmark_models.errors import TeachError
from shellmark_models.families.memory.graph import (
    FEATURE_COUNT,
    FEATURES,
    STRIDE,
    TILES,
    Bank,
    feature_graph,
    memory_graph,
)
from shellmark_models.families.memory.model import describe_crop
from shellmark_models.naming import NAMER_KEY, Namer
from shellmark_models.session import Session
from shellmark_models.training import classifier
from shellmark_models.training.coreset import coreset, nearest
from shellmark_models.training.lesson import Lesson, Taught, TeachOptions
from shellmark_models.training.spool import Spool, SpooledTile
from shellmark_models.training.threshold import folds, from_goods
from shellmark_models.training.tiles import cut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from shellmark_models.types import Crop, LabelledCrop, TeachCase

BACKBONE = "mobilenet_v2"
CANDIDATES = 40_000
"""Features the coreset is chosen from; a bound on memory and time whatever the number of cases."""
MOST_FOLDS = 8
_RINGS = 6  # grid cells from a tile's rim whose scores are held against the middle's
_SCALE_RANGE = (0.6, 2.5)
_GROWN_PX = (0, 3, 8)  # a found region is larger than the region a person marks


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Features chosen at random: ``z`` (n, d) in the bank's space, the case and rim distance of each."""

    z: NDArray[np.float32]
    case: NDArray[np.intp]
    ring: NDArray[np.intp]


def teach_memory(goods: Iterable[TeachCase], labelled: Iterable[LabelledCrop], lesson: Lesson) -> Taught:
    """Learns good cases and the names of labelled crops; raises TeachError, TeachCancelled."""
    backbone, origin = load_backbone()
    network = feature_graph(backbone, lesson.channels).SerializeToString()
    session = Session(network, source=BACKBONE, threads=lesson.options.threads)
    try:
        with Spool() as spool:
            seen = _look(goods, session, spool, lesson)
            bank, scores = _Learner(spool, len(seen.cases), lesson).learn()
        namer = _learn_names(labelled, session, seen, lesson)
    finally:
        session.close()
    labels = namer.labels if namer is not None else ()
    metadata = {NAMER_KEY: namer.to_text()} if namer is not None else {}
    return Taught(
        model=memory_graph(backbone, lesson.channels, bank),
        threshold=from_goods(scores, lesson.options.margin),
        learned_cases=len(seen.cases),
        data_digest=seen.digest,
        labels=labels,
        backbone=origin,
        metadata=metadata,
    )


def load_backbone() -> tuple[onnx.ModelProto, Backbone]:
    """The pretrained network that travels with this package, and what its file says of its origin."""
    data = resources.files("shellmark_models").joinpath("backbones", f"{BACKBONE}.onnx").read_bytes()
    model = onnx.load_model_from_string(data)
    facts = properties(model)
    return model, Backbone(name=facts["name"], source=facts["source"], licence=facts["licence"], digest=digest_of(data))


class _Seen:
    """The cases looked at, and a digest of all that was taught."""

    def __init__(self) -> None:
        self.cases: list[str] = []
        self._hash = hashlib.sha256()

    def add(self, name: str, *arrays: NDArray[np.uint8] | NDArray[np.bool_]) -> None:
        self._hash.update(name.encode())
        for array in arrays:
            self._hash.update(repr(array.shape).encode())
            self._hash.update(np.ascontiguousarray(array).tobytes())

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


def _look(goods: Iterable[TeachCase], session: Session, spool: Spool, lesson: Lesson) -> _Seen:
    """Puts the features of every tile of every case into the spool."""
    seen = _Seen()
    count = len(goods) if isinstance(goods, Sized) else None
    for index, case in enumerate(goods):
        lesson.report("features", index / count if count else 0.0)
        if case.case in seen.cases:
            raise TeachError(f"case {case.case} is given twice; a case may count once")
        seen.cases.append(case.case)
        masks = case.masks if case.masks is not None else [None] * len(case.images)
        for number, (image, mask) in enumerate(zip(case.images, masks, strict=True)):
            seen.add(case.case, image, *([] if mask is None else [mask]))
            _spool_image(image, mask, (index, number), session, spool, lesson.options)
    if len(seen.cases) < 2:
        raise TeachError(f"{len(seen.cases)} good case(s) given; at least 2 are needed, 20 to 30 are useful")
    if not any(tile.used.any() for tile in spool.tiles):
        raise TeachError("the masks leave nothing to look at in any good case; check the shell mask of the recipe")
    return seen


def _spool_image(
    image: NDArray[np.uint8],
    mask: NDArray[np.bool_] | None,
    where: tuple[int, int],
    session: Session,
    spool: Spool,
    options: TeachOptions,
) -> None:
    height, width = image.shape[:2]
    looked_at = np.ones((height, width), np.bool_) if mask is None else mask
    for top, left, tile in cut(image, options.tile_px, options.overlap_px):
        (grid,) = session.run([FEATURES], {TILES: tile[None]})
        part = np.zeros((options.tile_px, options.tile_px), np.bool_)
        shown = looked_at[top : top + options.tile_px, left : left + options.tile_px]
        part[: shown.shape[0], : shown.shape[1]] = shown
        side = options.tile_px // STRIDE
        used = np.asarray(part.reshape(side, STRIDE, side, STRIDE).any(axis=(1, 3)), np.bool_)
        spool.append(SpooledTile(*where, top, left, used), grid[0].transpose(1, 2, 0))


class _Learner:
    """From spooled features to a bank, and the score of every case by a bank that did not see it."""

    def __init__(self, spool: Spool, cases: int, lesson: Lesson) -> None:
        self._spool = spool
        self._cases = cases
        self._lesson = lesson
        self._options = lesson.options
        self._fold = folds(cases, MOST_FOLDS)

    def learn(self) -> tuple[Bank, list[float]]:
        """The bank of all cases, and one score per case, in the graph's units, from the folds."""
        chosen = self._choose()
        projection, offset = _project(chosen.z, self._options.dims, self._options.seed)
        chosen = replace(chosen, z=chosen.z @ projection + offset)
        apart = self._held_out_distances(chosen)
        edge = _edge(apart, chosen.ring, self._options.tile_px // STRIDE)
        scores = np.zeros(self._cases)
        for fold in range(self._fold.max() + 1):
            self._lesson.report("threshold", fold / (self._fold.max() + 1))
            inside = self._fold[chosen.case] != fold
            rows, scales = self._memorise(chosen.z[inside], apart[inside])
            bank = Bank(projection, offset, rows, scales, edge)
            self._score_fold(fold, bank, scores)
        self._lesson.report("memory", 0.0)
        rows, scales = self._memorise(chosen.z, apart)
        return Bank(projection, offset, rows, scales, edge), [float(score) for score in scores]

    def _choose(self) -> _Candidates:
        """Features at random, as many from every tile as its share of all that is looked at."""
        tiles = self._spool.tiles
        total = sum(int(tile.used.sum()) for tile in tiles)
        generator = np.random.default_rng(self._options.seed)
        z, case, ring = [], [], []
        rim = _ring_of(self._options.tile_px // STRIDE)
        for index, tile in enumerate(tiles):
            cells = np.flatnonzero(tile.used.ravel())
            cells = cells[generator.random(len(cells)) < CANDIDATES / total]
            z.append(self._spool.grid(index).reshape(-1, FEATURE_COUNT)[cells])
            case.append(np.full(len(cells), tile.case))
            ring.append(rim.ravel()[cells])
        return _Candidates(np.concatenate(z), np.concatenate(case), np.concatenate(ring))

    def _held_out_distances(self, chosen: _Candidates) -> NDArray[np.float32]:
        """Distance of each candidate to a bank of the other folds' cases."""
        apart = np.zeros(len(chosen.z), np.float32)
        for fold in range(self._fold.max() + 1):
            self._lesson.report("folds", fold / (self._fold.max() + 1))
            held = self._fold[chosen.case] == fold
            rows = chosen.z[~held][self._coreset(chosen.z[~held])]
            apart[held] = nearest(chosen.z[held], rows)[0]
        return apart

    def _coreset(self, z: NDArray[np.float32]) -> NDArray[np.intp]:
        def check() -> None:
            self._lesson.report("memory", 0.5)

        return coreset(z, self._options.rows, self._options.seed, check=check)

    def _memorise(
        self, z: NDArray[np.float32], apart: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Rows for the bank, and how far unseen goods stray from each, relative to all."""
        rows = z[self._coreset(z)]
        return rows, _scales(apart, nearest(z, rows)[1], len(rows))

    def _score_fold(self, fold: int, bank: Bank, scores: NDArray[np.float64]) -> None:
        """Raises each held-out case's score to the highest of its maps, as the graph would draw them."""
        for index, tile in enumerate(self._spool.tiles):
            if self._fold[tile.case] != fold or not tile.used.any():
                continue
            self._lesson.report("threshold", fold / (self._fold.max() + 1))
            z = self._spool.grid(index).reshape(-1, FEATURE_COUNT) @ bank.projection + bank.offset
            grid = nearest(z, bank.rows, bank.scales)[0].reshape(tile.used.shape) * bank.edge
            scores[tile.case] = max(scores[tile.case], float(grid[tile.used].max()))


def _project(features: NDArray[np.float32], dims: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Projection (c, d) and offset (d,): channels to mean 0 and deviation 1, then few random directions.

    Random directions keep distances (Johnson, Lindenstrauss 1984), principal ones only how goods differ.
    """
    count = features.shape[1]
    mean, deviation = features.mean(0), features.std(0) + 1e-3
    directions = np.eye(count)
    if dims < count:
        noise = np.random.default_rng(seed).normal(size=(count, count))
        directions = np.linalg.qr(noise)[0][:, :dims] * np.sqrt(count / dims)
    projection = (directions / deviation[:, None]).astype(np.float32)
    return projection, (-mean @ projection).astype(np.float32)


def _scales(apart: NDArray[np.float32], which: NDArray[np.intp], rows: int) -> NDArray[np.float32]:
    """How far goods stray from each row (rows,), 1 on the whole: a high quantile, drawn to the overall one when few."""
    overall = float(np.quantile(apart, 0.95))
    scales = np.ones(rows, np.float32)
    order = np.argsort(which, kind="stable")
    bounds = np.searchsorted(which[order], np.arange(rows + 1))
    for row in range(rows):
        own = apart[order[bounds[row] : bounds[row + 1]]]
        if own.size:
            trust = own.size / (own.size + 10)
            scales[row] = trust * np.quantile(own, 0.95) / overall + (1 - trust)
    return np.clip(scales, *_SCALE_RANGE)


def _ring_of(side: int) -> NDArray[np.intp]:
    """Cells to the nearest rim of a tile (side, side), 0 at the rim."""
    line = np.minimum(np.arange(side), np.arange(side)[::-1])
    return np.minimum(line[:, None], line[None])


def _edge(apart: NDArray[np.float32], ring: NDArray[np.intp], side: int) -> NDArray[np.float32]:
    """What the score is damped by near a tile's rim (side, side): goods shall score there as in the middle."""
    rim = _ring_of(side)
    edge = np.ones((side, side), np.float32)
    middle = apart[ring >= _RINGS]
    if middle.size < 100:
        return edge
    for distance in range(_RINGS):
        own = apart[ring == distance]
        if own.size >= 100:
            edge[rim == distance] = min(1.0, float(np.quantile(middle, 0.99) / np.quantile(own, 0.99)))
    return edge


def _learn_names(labelled: Iterable[LabelledCrop], session: Session, seen: _Seen, lesson: Lesson) -> Namer | None:
    """The classifier of the labelled crops; None when there are none."""
    descriptions, labels, groups = [], [], []
    for number, sample in enumerate(labelled):
        lesson.report("names", 0.0)
        seen.add(sample.label, sample.crop.pixels, sample.crop.mask)
        for crop in _variants(sample.crop):
            descriptions.append(describe_crop(session, crop, lesson.px_per_mm))
            labels.append(sample.label)
            groups.append(number)
    if not labels:
        return None
    return classifier.fit(np.stack(descriptions), labels, groups)


def _variants(crop: Crop) -> list[Crop]:
    """The crop with its region as marked and grown, since a region found is larger than one marked."""
    grown = []
    for radius in _GROWN_PX:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        grown.append(replace(crop, mask=cv2.dilate(crop.mask.astype(np.uint8), kernel) > 0))
    return grown
