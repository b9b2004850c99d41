"""Teaching the memory family: features of good shells, the few that stand for all, the threshold goods alone set."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

from shellmark_models.card import COLOUR, Backbone, digest_of
from shellmark_models.errors import TeachError
from shellmark_models.families.memory.bank import bank_of, choose
from shellmark_models.families.memory.evidence import (
    Judgement,
    Wholes,
    held_out_wholes,
    joined,
    local_evidence,
    thinned,
    to_text,
    weigh,
)
from shellmark_models.families.memory.former import Learned
from shellmark_models.families.memory.gather import Gathering
from shellmark_models.families.memory.graph import Bank, memory_graph
from shellmark_models.families.memory.model import MEMORY_KEY, nearer
from shellmark_models.families.memory.plan import LEAN, PLAN_KEY, Plan, plan_for, plan_text
from shellmark_models.features import Seen, learn_names, load_backbone
from shellmark_models.naming import NAMER_KEY
from shellmark_models.session import Session
from shellmark_models.training.coreset import coreset, nearest
from shellmark_models.training.lesson import Lesson, Taught
from shellmark_models.training.threshold import folds, from_goods

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from shellmark_models.types import LabelledCrop, TeachCase

MOST_FOLDS = 6
MOST_DEFECTS = 400
"""Features of missed defects that are remembered, the newest lesson's included."""
MOST_STOPPED = 20
"""Cases picked for being stopped that are kept whole, the newest."""
_KNOWN_MARGIN = 0.1


def teach_memory(
    goods: Iterable[TeachCase], labelled: Iterable[LabelledCrop], lesson: Lesson, plan: Plan | None = None
) -> Taught:
    """Learns good cases, missed defects and the names of labelled crops; raises TeachError, TeachCancelled.

    ``plan`` None is what suits the channels.
    """
    plan = plan or plan_for(lesson.channels)
    learned = Learned() if lesson.before is None else Learned.from_arrays(lesson.before, plan.backbones)
    seen = Seen()
    seen.resume(learned.cases, learned.pictures, learned.digest)
    network = memory_graph(plan, lesson.channels).SerializeToString()
    session = Session(network, source="memory", threads=lesson.options.threads)
    try:
        with Gathering(plan, session, lesson, learned) as gathering:
            gathering.look(goods, seen)
            learner = _Learner(plan, learned, lesson, gathering)
            learner.take_missed(seen)
            learner.take_goods()
        namer = learn_names(labelled, seen, lesson)
    finally:
        session.close()
    learned.cases, learned.pictures, learned.digest = seen.cases, seen.pictures, seen.digest
    judgement, wholes, scores = learner.judge()
    threshold = from_goods(scores.tolist(), lesson.options.margin)
    counted = [seen.cases[number] for number in learned.counted]
    metadata = {MEMORY_KEY: to_text(judgement, wholes), PLAN_KEY: plan_text(plan)}
    if namer is not None:
        metadata[NAMER_KEY] = namer.to_text()
    return Taught(
        model=memory_graph(plan, lesson.channels, learner.banks()),
        threshold=threshold,
        learned_cases=len(seen.cases),
        data_digest=seen.digest,
        labels=namer.labels if namer is not None else (),
        backbone=_origin(plan),
        metadata=metadata,
        kept=learned.arrays(),
        case_scores=threshold.of(counted, scores.tolist()),
    )


def teach_lean(goods: Iterable[TeachCase], labelled: Iterable[LabelledCrop], lesson: Lesson) -> Taught:
    """As `teach_memory`, at a tenth of the cost per look or less, for photographs; raises TeachError for lights."""
    if lesson.channels != COLOUR:
        raise TeachError("memory-lean looks at one colour frame; for lights take memory, registered or classical")
    return teach_memory(goods, labelled, lesson, LEAN)


def _origin(plan: Plan) -> Backbone:
    """Where the networks came from, as one: their digest is that of their digests where they are several."""
    origins = [load_backbone(name)[1] for name in plan.backbones]
    if len(origins) == 1:
        return origins[0]
    return Backbone(
        name=" + ".join(origin.name for origin in origins),
        source=", ".join(origin.source for origin in origins),
        licence=" AND ".join(origin.licence for origin in origins),
        digest=digest_of("".join(origin.digest for origin in origins).encode()),
    )


class _Learner:
    """From what was gathered to banks, and the evidence of every case by banks that did not see it."""

    def __init__(self, plan: Plan, learned: Learned, lesson: Lesson, gathering: Gathering) -> None:
        self._plan = plan
        self._learned = learned
        self._lesson = lesson
        self._new = gathering
        self._old_cases = len(learned.cases)
        self._rows: dict[str, NDArray[np.intp]] = {}
        self._whole: dict[str, Bank] = {}
        self._known_above = 0.0

    def take_missed(self, seen: Seen) -> None:
        """Features of defects the model passed; raises TeachError when one looks as goods do."""
        learned = self._learned
        for name, (projection, _) in learned.spaces.items():
            learned.defects.setdefault(name, np.zeros((0, projection.shape[1]), np.float32))
        for missed in self._lesson.missed:
            self._lesson.report("missed", 0.0)
            for image, defect in zip(missed.images, missed.defects, strict=True):
                if not defect.any():
                    continue
                seen.add(missed.case, image, defect)
                sight = self._new.sight(image, None)
                cells = cv2.resize(defect.astype(np.float32), sight.inside.shape[::-1], interpolation=cv2.INTER_AREA)
                z = self._new.project(sight, cells >= min(0.3, float(cells.max())))
                self._remember(z)

    def _remember(self, z: dict[str, NDArray[np.float32]]) -> None:
        defects = self._learned.defects
        together = {name: np.concatenate([values, defects[name]]) for name, values in z.items()}
        first = next(iter(together.values()))
        kept = np.sort(coreset(first, MOST_DEFECTS, self._lesson.options.seed))
        for name, values in together.items():
            defects[name] = values[kept]

    def take_goods(self) -> None:
        """Candidates, rows, and the held-out evidence of the new cases; the former ones keep theirs."""
        learned, new = self._learned, self._new
        learned.cells = max(learned.cells, *(int(inside.sum()) for inside in new.inside), 1)
        self._thin()
        check = partial(self._lesson.report, "memory", 0.5)
        check()
        views = len(learned.view_case) + len(new.view_case)
        rows = self._plan.rows(self._lesson.options.rows, learned.cells, views)
        for name in self._plan.backbones:
            self._rows[name] = choose(learned.z[name], rows, self._lesson.options.seed, check)
        local, highest = self._held_out()
        shape = (len(learned.highest), 2 * len(self._plan.backbones))
        learned.local = np.concatenate([learned.local.reshape(shape), np.array(local).reshape(-1, shape[1])])
        learned.highest = np.concatenate([learned.highest, highest])
        learned.view_case = np.concatenate([learned.view_case, np.array(new.view_case, np.intp)])
        for name in self._plan.backbones:
            parts = [learned.wholes[name]] if name in learned.wholes else []
            learned.wholes[name] = np.concatenate([*parts, *(whole[None] for whole in new.wholes[name])])

    def _thin(self) -> None:
        """Joins former and new candidates: as many of each view, as many in all as the plan says."""
        learned, new = self._learned, self._new
        views = len(learned.view_case) + len(new.view_case)
        share = self._plan.candidates(self._lesson.options.rows, learned.cells, views) / max(1, views)
        parts: dict[str, list[NDArray[np.float32]]] = {name: [] for name in self._plan.backbones}
        cases: list[NDArray[np.intp]] = []
        random = np.random.default_rng(self._lesson.options.seed)
        fresh = np.concatenate(new.chosen_case) if new.chosen_case else np.zeros(0, np.intp)
        for case, count, source in (
            (learned.z_case, len(learned.view_case), learned.z),
            (fresh, len(new.view_case), {name: new.chosen[name] for name in self._plan.backbones}),
        ):
            if not len(case):
                continue
            kept = (random.random(len(case)) < share * count / len(case)) | np.isin(
                case, learned.uncounted[-MOST_STOPPED:]
            )
            cases.append(case[kept])
            for name in self._plan.backbones:
                z = source[name]
                parts[name].append((np.concatenate(z) if isinstance(z, list) else z)[kept])
        learned.z_case = np.concatenate(cases)
        learned.z = {name: np.concatenate(z).astype(np.float16).astype(np.float32) for name, z in parts.items()}

    def _bank(self, name: str, without: NDArray[np.intp] | None = None) -> Bank:
        """The bank of one backbone, without some cases."""
        rows, learned = self._rows[name], self._learned
        if name not in self._whole:
            self._whole[name] = bank_of(learned.spaces[name], learned.z[name][rows], learned.defects[name])
        bank = self._whole[name]
        if without is None:
            return bank
        kept = ~np.isin(learned.z_case[rows], without)  # the scales stay: finding them anew for each fold costs most
        return replace(bank, rows=bank.rows[kept], scales=bank.scales[kept])

    def banks(self) -> dict[str, Bank]:
        """The banks of all cases."""
        return {name: self._bank(name) for name in self._plan.backbones}

    def _held_out(self) -> tuple[list[list[float]], list[float]]:
        """Local evidence and highest cell of each new view by banks that did not see its case."""
        new, count = self._new, len(set(self._new.view_case))
        if not count:
            self._watch_known({})
            return [], []
        names = sorted(set(new.view_case))
        fold = dict(zip(names, folds(count, MOST_FOLDS), strict=True))
        maps: dict[int, list[NDArray[np.float32]]] = {}
        local: dict[int, list[float]] = {}
        last = max(fold.values())
        for number in range(last + 1):
            held = np.array([case for case in names if fold[case] == number])
            banks = {name: self._bank(name, held) for name in self._plan.backbones}
            for index in (i for i, case in enumerate(new.view_case) if fold[case] == number):
                self._lesson.report("threshold", number / (last + 1))
                maps[index] = [nearest(new.z[n][index], b.rows, b.scales)[0] for n, b in banks.items()]
                local[index] = local_evidence(maps[index], np.ones(len(maps[index][0]), np.bool_))
        every = range(len(new.view_case))
        if not len(self._learned.levels):
            tops = np.exp([local[i][: len(self._plan.backbones)] for i in every])
            self._learned.levels = np.median(tops, axis=0).astype(np.float32)
        scale = partial(joined, levels=self._learned.levels)
        self._watch_known(maps)
        return [local[i] for i in every], [float(scale(maps[i]).max()) for i in every]

    def _watch_known(self, maps: dict[int, list[NDArray[np.float32]]]) -> None:
        """How near goods come to defects once missed, beside how near they come to other goods."""
        learned = self._learned
        if not len(next(iter(learned.defects.values()))):
            return
        above = []
        for index, distances in maps.items():
            known = [nearest(self._new.z[name][index], learned.defects[name])[0] for name in self._plan.backbones]
            above.append(float(nearer(distances, known).max()))
        cases = np.unique(learned.z_case)
        for group in np.array_split(cases, min(MOST_FOLDS, len(cases))):
            self._lesson.report("missed", 0.5)
            inside = np.isin(learned.z_case, group)
            distances, known = [], []
            for name in self._plan.backbones:
                bank = self._bank(name, group)
                distances.append(nearest(learned.z[name][inside], bank.rows, bank.scales)[0])
                known.append(nearest(learned.z[name][inside], learned.defects[name])[0])
            above.append(float(nearer(distances, known).max()))
        self._known_above = max(*above, 0.0) + _KNOWN_MARGIN

    def judge(self) -> tuple[Judgement, list[Wholes], NDArray[np.float64]]:
        """How evidence is weighed, the wholes of good views, and one raw score per case that counts."""
        learned = self._learned
        backbones = self._plan.backbones
        far = np.stack([held_out_wholes(learned.wholes[name], learned.view_case) for name in backbones], axis=1)
        evidence = np.concatenate([learned.local, far], axis=1)
        told = ~np.isin(learned.view_case, learned.uncounted)
        judgement = weigh(evidence[told], self._plan.weights, learned.levels, self._known_above)
        raw = np.array([judgement.raw(row) for row in evidence])
        shown = [learned.view_case == case for case in learned.counted]
        highest = [float(learned.highest[views].max()) for views in shown if views.any()]
        judgement = replace(judgement, limit=from_goods(highest).value)
        scores = np.array([float(raw[views].max()) if views.any() else float(raw.min()) for views in shown])
        return judgement, [Wholes.of(thinned(learned.wholes[name])) for name in backbones], scores
