"""One teaching from its plan to a bundle on disk."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from shellmark_inspect.errors import CameraError, InputError, StepError
from shellmark_inspect.inspector import Inspector
from shellmark_inspect.recipe import Recipe
from shellmark_models import (
    COLOUR,
    LabelledCrop,
    MissedCase,
    Names,
    TaughtBundle,
    TaughtNames,
    TeachCancelled,
    TeachCase,
    TeachOptions,
    learn_names,
    load,
    teach_bundle,
)
from shellmark_models.card import digest_of
from shellmark_models.evaluation.parity import PARITY_FILE, Sample, parity_bytes, samples_of
from shellmark_models.registry import FILE_NAME
from shellmark_models.training.teach import names_in

from .bundle import Workplace, on_disk
from .checks import check_names, check_sketches, outlier_remark, outliers
from .clock import Advance, Clock
from .course import LEAST_GOODS, Course, read_course
from .goods import Goods, Learned, Prepared, learned_now
from .kept import LEARNED_FILE, RECIPE_FOLDER, Former, learned_bytes
from .marked import known_defects, labelled_crops, missed_cases
from .plan import TeachPlan
from .report import GoodsReport, Kind, Remark

REPORT_FILE, METRICS_FILE = "goods.json", "metrics.json"
_MOST_SAMPLES, _SAMPLES_MP = 3, 24.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A bundle that was written: its folder, the digest of its model, and what teaching says of the goods."""

    folder: Path
    digest: str
    report: GoodsReport


def teach_plan(
    plan: TeachPlan,
    *,
    begun: Callable[[Path], None] = lambda _: None,
    advance: Callable[[Advance], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Teach what the plan says; the bundle is there whole when this returns, and not at all when it raises.

    `begun` is told where the bundle will be, `advance` how far teaching is, `cancelled` is asked between steps.

    Raises:
        ShellmarkError: something about the plan, its files or the disk; one line.
        ModelError: nothing can be learned; `TeachCancelled` when `cancelled` said so.
    """
    course = read_course(plan)
    begun(course.target)
    with Workplace(course.target) as place, on_disk(course.target):
        return _Teacher(course, advance, cancelled).teach(place)


class _Teacher:
    """A course while it is held."""

    def __init__(self, course: Course, advance: Callable[[Advance], None], cancelled: Callable[[], bool]) -> None:
        self._course = course
        self._advance = advance
        self._cancelled = cancelled
        self._clock = Clock()
        self._prepared = Prepared(course.recipe)
        known = course.former.learned if course.former else ()
        self._crops: Counter[str] = Counter()
        self._missed_cases: list[str] = []
        self._goods = Goods(self._prepared, course.goods, known=known, asked=self._ask)
        self._false_calls = Goods(self._prepared, course.false_calls, known=known, counts=False, asked=self._ask)

    def teach(self, place: Workplace) -> Outcome:
        """Learn, write everything into the workplace, and give it its name."""
        self._tell("goods", 0.0)
        taught = self._name(self._course.former) if self._course.plan.names_only else self._learn()
        learned = self._learned(taught)
        report = self._report(taught, learned)
        self._write(place.folder, taught, learned, report)
        self._tell("parity", 0.0)
        self._write_parity(place.folder)
        self._ask()
        folder = place.finish()
        self._tell("done", 1.0)
        return Outcome(folder, digest_of(taught.model), report)

    def _name(self, former: Former | None) -> TaughtBundle:
        """The bundle gone on from, with further names: its finder stays as it is."""
        if former is None:
            raise InputError("names alone are taught to a bundle: give it with --continue")
        named = self._named(former)
        scores = {one.case: one.score for one in former.learned if one.score is not None}
        return TaughtBundle(named.model, named.card, former.before, scores)

    def _named(self, former: Former) -> TaughtNames:
        self._tell("names", 0.0)
        course = self._course
        with _as_input():
            return learn_names(
                former.folder, self._labelled(), version=course.version, name=course.name, cancelled=self._cancelled
            )

    def _names(self, former: Former) -> Names:
        """The names the new bundle begins with: those of the old one, and the crops given now."""
        if not self._course.labelled and self._course.names_from is None:
            return former.names
        return names_in(self._named(former).model, former.folder)

    def _learn(self) -> TaughtBundle:
        course, former = self._course, self._course.former
        view = course.recipe.views[0]
        names = self._names(former) if former else None
        with _as_input():
            return teach_bundle(
                _Cases(self._goods, self._false_calls, least=0 if former else LEAST_GOODS),
                () if former else self._labelled(),
                name=course.name,
                version=course.version,
                channels=COLOUR if len(view.channels) == 1 else tuple(view.channels),
                px_per_mm=view.px_per_mm,
                family=course.family,
                options=_options(course),
                missed=self._missed(),
                before=former.before if former else None,
                names=names,
                progress=self._hear,
                cancelled=self._cancelled,
            )

    def _missed(self) -> Iterator[MissedCase]:
        for case in missed_cases(self._prepared, self._course.missed, self._ask):
            self._missed_cases.append(case.case)
            yield case

    def _labelled(self) -> Iterator[LabelledCrop]:
        course = self._course
        found = (
            known_defects(course.recipe, course.names_from, self._ask)
            if course.names_from is not None
            else labelled_crops(self._prepared, course.labelled, self._ask)
        )
        for crop in found:
            self._crops[crop.label] += 1
            yield crop

    def _learned(self, taught: TaughtBundle) -> list[Learned]:
        former = self._course.former.learned if self._course.former else ()
        before = [
            Learned(one.case, one.digest, one.place, taught.case_scores.get(one.case, one.score)) for one in former
        ]
        now = learned_now([*self._goods.sketches, *self._false_calls.sketches], taught.case_scores)
        return [*before, *now]

    def _report(self, taught: TaughtBundle, learned: list[Learned]) -> GoodsReport:
        goods, calls = self._goods, self._false_calls
        names, scores = list(taught.case_scores), list(taught.case_scores.values())
        remarks = [
            *outlier_remark(outliers(names, scores)),
            *check_sketches(goods.sketches, taught.card.goods),
            *check_names(self._crops),
            *goods.remarks,
            *calls.remarks,
            *self._course.remarks,
            *_scale(self._course),
        ]
        return GoodsReport(
            goods=taught.card.goods,
            learned=len(learned),
            new=len(goods.sketches) + len(calls.sketches),
            false_reject_bound=taught.card.false_reject_bound,
            scores=taught.case_scores,
            remarks=tuple(remarks),
            files={one.case: one.files for one in (*goods.sketches, *calls.sketches)},
            missed=tuple(self._missed_cases),
        )

    def _write(self, folder: Path, taught: TaughtBundle, learned: list[Learned], report: GoodsReport) -> None:
        (folder / FILE_NAME).write_bytes(taught.model)
        if taught.kept:
            (folder / LEARNED_FILE).write_bytes(learned_bytes(taught.kept, learned))
        write_recipe(self._course.recipe, folder / RECIPE_FOLDER)
        told = report.as_json()
        (folder / REPORT_FILE).write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
        metrics: dict[str, Any] = {key: told[key] for key in ("goods", "false_reject_bound")}
        metrics["good_scores"] = told["scores"]
        (folder / METRICS_FILE).write_text(json.dumps(metrics, ensure_ascii=False, indent=1), "utf-8")

    def _write_parity(self, folder: Path) -> None:
        """A few of the goods and the model's answers to them, as a station will ask for them."""
        model = load(folder / FILE_NAME, threads=self._course.plan.threads)
        try:
            Inspector(self._course.recipe, model)  # refuses what would not run on a station
            data = parity_bytes(model, self._samples(model.card.planes))
        finally:
            model.close()
        (folder / PARITY_FILE).write_bytes(data)

    def _samples(self, planes: int) -> Iterator[Sample]:
        """Views of goods taught now, in the planes the model sees; those the old bundle kept where there are none."""
        former = self._course.former
        if former is not None and not (self._goods.sketches or self._false_calls.sketches):
            yield from samples_of(former.folder / PARITY_FILE)
            return
        left_mp, given = _SAMPLES_MP, 0
        for case in (*self._course.goods, *self._course.false_calls):
            try:
                shots = self._prepared.shots(case)
            except (CameraError, InputError, StepError):
                continue
            for number, shot in enumerate(shots):
                self._ask()
                left_mp -= shot.image.shape[0] * shot.image.shape[1] / 1e6
                if given and (left_mp < 0 or given == _MOST_SAMPLES):
                    return
                given += 1
                yield Sample(np.ascontiguousarray(shot.image[..., :planes]), number, shot.mask)

    def _ask(self) -> None:
        if self._cancelled():
            raise TeachCancelled("teaching stopped; nothing was written")

    def _hear(self, stage: str, fraction: float) -> None:
        """What a family tells; its end is not yet that of teaching."""
        if stage != "done":
            self._tell(stage, fraction)

    def _tell(self, stage: str, fraction: float) -> None:
        self._advance(self._clock.advance(stage, fraction))


class _Cases:
    """Goods and false calls, one after the other, with their number."""

    def __init__(self, *parts: Goods, least: int) -> None:
        self._parts = parts
        self._least = least

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[TeachCase]:
        yield from chain.from_iterable(self._parts)
        usable = sum(len(part.sketches) for part in self._parts)
        if usable < self._least:
            why = next((remark.text for part in self._parts for remark in part.remarks), "")
            raise InputError(f"{usable} of {len(self)} good cases can be used, {self._least} are the least: {why}")


@contextmanager
def _as_input() -> Iterator[None]:
    """A marked picture that cannot be used ends the teaching; a good one is only left out."""
    try:
        yield
    except (CameraError, StepError) as e:
        raise InputError(str(e)) from e


def _options(course: Course) -> TeachOptions:
    plan, former = course.plan, course.former
    if former is None:
        return TeachOptions(threads=plan.threads, notes=plan.notes)
    card = former.card
    return TeachOptions(
        threads=plan.threads,
        notes=plan.notes,
        tile_px=card.tile_px,
        overlap_px=card.overlap_px,
        licence=card.licence,
        parent=str(former),
    )


def _scale(course: Course) -> Iterable[Remark]:
    if not course.plain:
        return ()
    text = "no recipe given: pictures as they are, scale unknown (1 px counts as 1 mm), nothing above 1.0 passes"
    return (Remark(Kind.SCALE, (), text),)


def write_recipe(recipe: Recipe, folder: Path) -> None:
    """The recipe into a folder of its own, with the reference pictures it names, which may lie anywhere.

    Raises:
        OSError: the disk refuses.
    """
    folder.mkdir()
    views = []
    for view in recipe.views:
        reference = {}
        for light, name in view.reference.items():
            reference[light] = f"{view.name}_{light}{Path(name).suffix}"
            shutil.copyfile(recipe.folder / name, folder / reference[light])
        views.append(view.model_copy(update={"reference": reference}))
    recipe.model_copy(update={"views": tuple(views)}).write(folder / "recipe.toml")
