"""Teaching the memory family: features of good shells, the few that stand for all, the threshold goods alone set."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import cv2
import numpy as np

from shellmark_models.errors import TeachError
from shellmark_models.families.memory.graph import Bank, levelled, memory_graph
from shellmark_models.features import (
    BACKBONE,
    FEATURE_COUNT,
    FEATURES,
    STRIDE,
    TILES,
    Seen,
    feature_graph,
    learn_names,
    load_backbone,
)
from shellmark_models.naming import NAMER_KEY
from shellmark_models.session import Session
from shellmark_models.training.coreset import coreset, nearest
from shellmark_models.training.lesson import Lesson, Taught, TeachOptions
from shellmark_models.training.spool import Spool, SpooledTile
from shellmark_models.training.threshold import folds, from_goods
from shellmark_models.training.tiles import Blend, cut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from shellmark_models.types import LabelledCrop, TeachCase

CANDIDATES = 40_000
"""Features the coreset is chosen from; a bound on memory and time whatever the number of cases."""
MOST_FOLDS = 8
_SCALE_RANGE = (0.6, 2.5)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Features chosen at random: ``z`` (n, d) in the bank's space, the case of each."""

    z: NDArray[np.float32]
    case: NDArray[np.intp]


def teach_memory(goods: Iterable[TeachCase], labelled: Iterable[LabelledCrop], lesson: Lesson) -> Taught:
    """Learns good cases and the names of labelled crops; raises TeachError, TeachCancelled."""
    backbone, origin = load_backbone()
    network = feature_graph(backbone, lesson.channels, level=levelled(lesson.channels)).SerializeToString()
    session = Session(network, source=BACKBONE, threads=lesson.options.threads)
    try:
        with Spool(lesson.options.tile_px, STRIDE, FEATURE_COUNT) as spool:
            seen = _look(goods, session, spool, lesson)
            bank, scores = _Learner(spool, len(seen.cases), lesson).learn()
        namer = learn_names(labelled, seen, lesson)
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


def _look(goods: Iterable[TeachCase], session: Session, spool: Spool, lesson: Lesson) -> Seen:
    """Puts the features of every tile of every case into the spool."""
    seen = Seen()
    count = len(goods) if isinstance(goods, Sized) else None
    for index, case in enumerate(goods):
        lesson.report("features", index / count if count else 0.0)
        seen.begin(case)
        masks = case.masks if case.masks is not None else [None] * len(case.images)
        for number, (image, mask) in enumerate(zip(case.images, masks, strict=True)):
            seen.add(case.case, image, *([] if mask is None else [mask]))
            _spool_image(image, mask, (index, number), session, spool, lesson.options)
    if len(seen.cases) < 2:
        raise TeachError(f"{len(seen.cases)} good case(s) given; at least 2 are needed, 20 to 30 are useful")
    return seen


def _spool_image(
    image: NDArray[np.uint8],
    mask: NDArray[np.bool_] | None,
    where: tuple[int, int],
    session: Session,
    spool: Spool,
    options: TeachOptions,
) -> None:
    size = (image.shape[0], image.shape[1])
    looked_at = np.ones(size, np.bool_) if mask is None else mask
    side = options.tile_px
    for top, left, tile in cut(image, side, options.overlap_px):
        (grid,) = session.run([FEATURES], {TILES: tile[None]})
        part = np.zeros((side, side), np.bool_)
        shown = looked_at[top : top + side, left : left + side]
        part[: shown.shape[0], : shown.shape[1]] = shown
        spool.append(SpooledTile(*where, size, top, left), grid[0].transpose(1, 2, 0), part)


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
        rows_without = [self._rows(chosen.z[self._fold[chosen.case] != fold]) for fold in range(self._fold.max() + 1)]
        apart = self._held_out_distances(chosen, rows_without)
        scores = np.zeros(self._cases)
        for fold, rows in enumerate(rows_without):
            inside = self._fold[chosen.case] != fold
            scales = _scales(apart[inside], nearest(chosen.z[inside], rows)[1], len(rows))
            self._score_fold(fold, Bank(projection, offset, rows, scales), scores)
        rows = self._rows(chosen.z)
        scales = _scales(apart, nearest(chosen.z, rows)[1], len(rows))
        return Bank(projection, offset, rows, scales), [float(score) for score in scores]

    def _choose(self) -> _Candidates:
        """Features at random, as many from every tile as its share of all that is looked at."""
        used = [np.flatnonzero(self._spool.used(index)) for index in range(len(self._spool.tiles))]
        share = CANDIDATES / max(1, sum(map(len, used)))
        generator = np.random.default_rng(self._options.seed)
        z, case = [], []
        for index, (tile, cells) in enumerate(zip(self._spool.tiles, used, strict=True)):
            chosen = cells[generator.random(len(cells)) < share]
            z.append(self._spool.grid(index).reshape(-1, FEATURE_COUNT)[chosen])
            case.append(np.full(len(chosen), tile.case))
        found = _Candidates(np.concatenate(z), np.concatenate(case))
        if not len(found.z):
            raise TeachError("the masks leave nothing to look at in any good case; check the shell mask of the recipe")
        return found

    def _held_out_distances(self, chosen: _Candidates, rows_without: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Distance of each candidate to a bank of the other folds' cases."""
        apart = np.zeros(len(chosen.z), np.float32)
        for fold, rows in enumerate(rows_without):
            self._lesson.report("folds", fold / len(rows_without))
            held = self._fold[chosen.case] == fold
            apart[held] = nearest(chosen.z[held], rows)[0]
        return apart

    def _rows(self, z: NDArray[np.float32]) -> NDArray[np.float32]:
        """The few of ``z`` that stand for all."""

        def check() -> None:
            self._lesson.report("memory", 0.5)

        check()
        return z[coreset(z, self._options.rows, self._options.seed, check=check)]

    def _score_fold(self, fold: int, bank: Bank, scores: NDArray[np.float64]) -> None:
        """Raises each held-out case's score to the highest of its maps, as the graph would draw them."""
        for (case, _), group in groupby(enumerate(self._spool.tiles), lambda each: (each[1].case, each[1].image)):
            if self._fold[case] == fold:
                self._lesson.report("threshold", fold / (self._fold.max() + 1))
                scores[case] = max(scores[case], self._score_image(bank, list(group)))

    def _score_image(self, bank: Bank, tiles: list[tuple[int, SpooledTile]]) -> float:
        """The highest of one image's map where it is looked at."""
        side, size = self._options.tile_px, tiles[0][1].size
        blend = Blend(size, side, self._options.overlap_px)
        looked_at = np.zeros(size, np.bool_)
        for index, tile in tiles:
            grid = self._spool.grid(index)
            z = grid.reshape(-1, FEATURE_COUNT) @ bank.projection + bank.offset
            near = nearest(z, bank.rows, bank.scales)[0].reshape(grid.shape[:2])
            full = cv2.resize(near, (side, side), interpolation=cv2.INTER_LINEAR)
            blend.add(tile.top_px, tile.left_px, np.asarray(full, np.float32))
            seen = looked_at[tile.top_px : tile.top_px + side, tile.left_px : tile.left_px + side]
            seen |= self._spool.mask(index)[: seen.shape[0], : seen.shape[1]]
        return float(blend.map[looked_at].max(initial=0.0))


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
