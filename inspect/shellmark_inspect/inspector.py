"""From the frames of one case to one inspection; every failure becomes REVIEW, and why."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.judge import find_regions, judge, measure, zone_areas_cm2
from shellmark_inspect.recipe import Recipe, ViewSpec
from shellmark_inspect.steps import Canvas, Step, Tiling, build_steps, evidence, good_planes
from shellmark_inspect.types import (
    Defect,
    Evidence,
    Frame,
    Frames,
    Inspection,
    Pixels,
    Reason,
    ReasonCode,
    Trigger,
    Verdict,
    Versions,
    View,
)
from shellmark_models import COLOUR, UNKNOWN, Crop, Model, ModelError, Naming, Place

log = logging.getLogger(__name__)

SCALE_TOLERANCE = 0.02
"""How far a view's px/mm may be from the model's: features of 3 px change little within 2 %."""
WELL_POSSIBLE = 0.5
"""The share of the best class's score from which another class is not to be excluded."""
BATCH = 4
"""Tiles per call of the model: enough to keep two cores busy, little enough to keep memory flat."""
LEAST_JUDGED = 0.01
"""The share of a view that must be left to judge: a view that is masked away was not inspected."""


@dataclass
class _Findings:
    """What is gathered while the views of one case are looked at."""

    reasons: list[Reason]
    defects: list[Defect] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    notes: dict[str, float] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)
    areas_cm2: dict[tuple[str, str], float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time of a block to a stage's."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.timings_ms[stage] = self.timings_ms.get(stage, 0.0) + (time.perf_counter() - began) * 1000


class Preparation:
    """A recipe's steps, ready: what the station does to frames before the model sees them, and teaching too.

    Raises:
        RecipeError: a step cannot be built.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._steps = {view.name: build_steps(view, recipe.folder) for view in recipe.views}
        self._good = {view.name: good_planes(view, recipe.folder, self._steps[view.name]) for view in recipe.views}

    def good(self, spec: ViewSpec) -> Mapping[str, Pixels]:
        """The planes of the reference shell as the steps leave them; none when the view is not aligned to one."""
        return self._good[spec.name]

    def good_evidence(self, spec: ViewSpec) -> Pixels | None:
        """The reference shell in the model's channels, as `evidence` shows a view; None without a reference."""
        planes = self._good[spec.name]
        if not set(spec.channels) <= set(planes):
            return None
        return evidence(
            View(spec.name, planes, np.eye(3), np.diag([1 / spec.px_per_mm, 1 / spec.px_per_mm, 1.0])), spec.channels
        )

    def view(self, spec: ViewSpec, frames: Sequence[Frame]) -> View:
        """A view after the recipe's steps.

        Raises:
            StepError: a step failed; its text begins with the step's name.
        """
        view = first_view(spec, frames)
        for name, step in self._steps[spec.name]:
            view = _stepped(name, step, view)
        if view.shell is not None and (share := float(view.shell.mean())) < LEAST_JUDGED:
            raise StepError(
                f"shell_mask: {share:.2%} of the view is left to judge, {LEAST_JUDGED:.0%} is the least: "
                f"mend the outline, its margin_mm or the ignore polygons"
            )
        return view


class Inspector:
    """One recipe with its open model. One thread inspects; `held` may be called from any.

    Raises:
        RecipeError: the recipe and the model do not belong together, or a step cannot be built.
    """

    def __init__(self, recipe: Recipe, model: Model) -> None:
        self.recipe = recipe
        self.model = model
        self._preparation = Preparation(recipe)
        self._good_evidence = {view.name: self._preparation.good_evidence(view) for view in recipe.views}
        self._tiling = Tiling(model.card.tile_px, model.card.overlap_px)
        self.versions = Versions(
            program=f"shellmark {metadata.version('shellmark')}",
            recipe=recipe.sku,
            recipe_digest=recipe.digest,
            model=f"{model.card.name}/{model.card.version}",
            model_digest=model.digest,
        )
        for view in recipe.views:
            _check_fit(recipe, view, model)

    def held(self, trigger: Trigger, reason: Reason) -> Inspection:
        """A REVIEW without looking."""
        return Inspection(trigger, self.recipe.sku, Verdict.REVIEW, (reason,), (), self.versions)

    def inspect(self, trigger: Trigger, frames: Frames, faults: Sequence[Reason]) -> Inspection:
        """Judge one case; `frames` has one frame per light of each view that could be captured.

        Never raises: a view that is missing or fails, a model that fails, a fault that was reported, each is a REVIEW
        unless another view gives cause to FAIL.
        """
        found = _Findings([*faults, *_mixed(frames)])
        try:
            for spec in self.recipe.views:
                if view_frames := frames.get(spec.name):
                    self._look_at(spec, view_frames, found)
                else:
                    found.reasons.append(Reason(ReasonCode.VIEW_MISSING, {"view": spec.name}))
            with found.timed("judge"):
                judgement = judge(found.defects, self.recipe.limits, found.areas_cm2)
        except Exception as e:  # an unforeseen fault must not cost the record
            log.exception("case %s", trigger.case_id)
            return self.held(trigger, _fault(e))
        verdict = judgement.verdict
        if found.reasons and verdict is Verdict.PASS:
            verdict = Verdict.REVIEW
        return Inspection(
            trigger=trigger,
            sku=self.recipe.sku,
            verdict=verdict,
            reasons=(*judgement.reasons, *found.reasons),
            defects=tuple(found.defects),
            versions=self.versions,
            scores=MappingProxyType(found.scores),
            timings_ms=MappingProxyType(found.timings_ms),
            notes=MappingProxyType(found.notes),
            evidence=tuple(_evidence(frames, found.defects)),
        )

    def anomaly(self, spec: ViewSpec, view: View) -> NDArray[np.float32]:
        """The model's map of a prepared view (h, w); 1.0 is its threshold. Tiled at full resolution.

        Raises:
            ModelError: the model failed.
        """
        image = evidence(view, spec.channels)
        canvas = Canvas(self._tiling, view.size)
        number = self.recipe.views.index(spec)
        for tiles in self._tiling.batches(image, view.shell, BATCH):
            places = [Place(number, x, y, view.size) for x, y in tiles.boxes]
            maps = np.stack([prediction.anomaly for prediction in self.model.predict(tiles.pixels, places)])
            canvas.add(maps, tiles.boxes)
        return canvas.map

    def _look_at(self, spec: ViewSpec, frames: Sequence[Frame], found: _Findings) -> None:
        try:
            with found.timed("steps"):
                view = self._preparation.view(spec, frames)
            with found.timed("infer"):
                anomaly = self.anomaly(spec, view)
            defects = self._defects(spec, view, anomaly, found)
        except StepError as e:
            step, _, detail = str(e).partition(": ")
            found.reasons.append(Reason(ReasonCode.STEP, {"view": spec.name, "step": step, "detail": detail}))
            return
        except ModelError as e:
            found.reasons.append(Reason(ReasonCode.MODEL, {"model": self.versions.model, "detail": str(e)}))
            return
        except Exception as e:  # an unforeseen fault in one view must not hide what another shows
            log.exception("view %s", spec.name)
            found.reasons.append(_fault(e, f"view {spec.name}: "))
            return
        score = float(anomaly.max() if view.shell is None else anomaly.max(where=view.shell, initial=0.0))
        found.scores[spec.name] = score
        found.notes.update({f"{spec.name}.{name}": value for name, value in view.notes.items()})
        found.areas_cm2.update(zone_areas_cm2(view))
        found.defects.extend(defects)
        unsure_from = self.recipe.judge.review_from
        if not defects and unsure_from is not None and score >= unsure_from:
            found.reasons.append(Reason(ReasonCode.NEAR_THRESHOLD, {"view": spec.name, "value": score}))

    def _defects(self, spec: ViewSpec, view: View, anomaly: NDArray[np.float32], found: _Findings) -> list[Defect]:
        rules = self.recipe.judge
        with found.timed("judge"):
            regions = find_regions(
                anomaly,
                view.shell,
                grow=rules.grow,
                merge_mm=rules.merge_mm,
                smallest_mm=rules.smallest_mm,
                px_per_mm=view.px_per_mm,
            )
            measured = measure(view, regions, rules, self._preparation.good(spec))
        if not measured:
            return []
        with found.timed("name"):
            image = evidence(view, spec.channels)
            good = self._good_evidence[spec.name]
            crops = [
                Crop(
                    _cut(image, one.box_px),
                    one.mask,
                    one.crop_px_per_mm,
                    None if good is None else _cut(good, one.box_px),
                )
                for one in measured
            ]
            namings = self.model.name(crops)
        return [
            one.named(naming.label, naming.score, _may_be(naming))
            for one, naming in zip(measured, namings, strict=True)
        ]


def _may_be(naming: Naming) -> tuple[str, ...]:
    """The other classes at least half as likely as the one named: their limits count as well."""
    least = WELL_POSSIBLE * naming.score
    return tuple(k for k, v in naming.scores.items() if v >= least and k not in {naming.label, UNKNOWN})


def first_view(spec: ViewSpec, frames: Sequence[Frame]) -> View:
    """A view of untouched frames: its pixels are the frame's, its millimetres the recipe's nominal scale.

    Raises:
        StepError: the lights are not the recipe's, or their frames are not of one size.
    """
    planes = {frame.light: frame.pixels for frame in frames}
    if missing := [light for light in spec.lights if light not in planes]:
        raise StepError(f"frames: light {missing[0]} is missing")
    sizes = {pixels.shape[:2] for pixels in planes.values()}
    if len(sizes) > 1:
        raise StepError(f"frames: the lights differ in size: {sorted(sizes)}")
    scale = np.diag([1 / spec.px_per_mm, 1 / spec.px_per_mm, 1.0])
    return View(spec.name, MappingProxyType({light: planes[light] for light in spec.lights}), np.eye(3), scale)


def _stepped(name: str, step: Step, view: View) -> View:
    try:
        return step(view)
    except StepError as e:
        raise StepError(f"{name}: {e}") from e
    except Exception as e:
        raise StepError(f"{name}: {type(e).__name__}: {e}") from e


def _check_fit(recipe: Recipe, view: ViewSpec, model: Model) -> None:
    card = model.card
    fits = len(view.channels) == 1 if card.channels == COLOUR else card.channels == view.channels
    if not fits:
        raise RecipeError(
            f"recipe {recipe.sku}, view {view.name}: model {card.name}/{card.version} sees {', '.join(card.channels)}, "
            f"the recipe gives it {', '.join(view.channels)}"
        )
    if card.registered and not any(step.step == "align" for step in view.steps):
        raise RecipeError(
            f"recipe {recipe.sku}, view {view.name}: model {card.name}/{card.version} compares places, "
            f"so the view needs an align step"
        )
    if abs(view.px_per_mm / card.px_per_mm - 1) > SCALE_TOLERANCE:
        raise RecipeError(
            f"recipe {recipe.sku}, view {view.name}: {view.px_per_mm} px/mm, but model {card.name}/{card.version} "
            f"was taught at {card.px_per_mm}: add a resize step or teach again"
        )


def _fault(error: Exception, where: str = "") -> Reason:
    text = " ".join(str(error).split())
    return Reason(ReasonCode.FAULT, {"detail": f"{where}{type(error).__name__}: {text}"})


def _case_names(frames: Frames) -> list[str]:
    """What the sources call the case, each name once."""
    names = (frame.case_id for view in frames.values() for frame in view)
    return list(dict.fromkeys(name for name in names if name is not None))


def _mixed(frames: Frames) -> Iterator[Reason]:
    """A fault when the frames are of several cases: one camera's source has run ahead of another's."""
    if len(names := _case_names(frames)) > 1:
        detail = f"the frames are of different cases ({', '.join(names)}): start the station again"
        yield Reason(ReasonCode.FAULT, {"detail": detail})


def _evidence(frames: Frames, defects: Sequence[Defect]) -> Iterator[Evidence]:
    for i, defect in enumerate(defects):
        if defect.crop is not None:
            yield Evidence("crop", defect.view, defect.light, defect.crop, i)
    for view, exposures in frames.items():
        for frame in exposures:
            yield Evidence("frame", view, frame.light, frame.pixels)


def _cut(image: Pixels, box_px: tuple[int, int, int, int]) -> Pixels:
    x, y, w, h = box_px
    return np.ascontiguousarray(image[y : y + h, x : x + w])
