"""From the frames of one case to one inspection; every failure becomes REVIEW, and why."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import metadata
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from shellmark_calibration import Profile
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.judge import (
    Found,
    Measured,
    checked,
    colour_notes,
    deviations,
    find_regions,
    judge,
    measure,
    overlap,
    score_map,
    zone_areas_cm2,
)
from shellmark_inspect.recipe import COLOUR_LABELS, Recipe, ViewSpec
from shellmark_inspect.said import Said, said_by
from shellmark_inspect.steps import (
    Step,
    build_steps,
    check_first_article,
    colour_of,
    evidence,
    first_article,
    good_view,
    light_of,
    pictures,
    read_profile,
    stacked,
)
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
    ZoneColour,
)
from shellmark_models import COLOUR, UNKNOWN, Crop, Model, ModelError, Naming, Prediction

log = logging.getLogger(__name__)

SCALE_TOLERANCE = 0.02
"""How far a view's px/mm may be from the model's: features of 3 px change little within 2 %."""
WELL_POSSIBLE = 0.5
"""The share of the best class's score from which another class is not to be excluded."""
LEAST_JUDGED = 0.01
"""The share of a view that must be left to judge: a view that is masked away was not inspected."""


Watch = Callable[[ViewSpec, View, Prediction], None]
"""Who is shown what the model said of a view."""


@dataclass
class _Findings:
    """What is gathered while the views of one case are looked at."""

    reasons: list[Reason]
    defects: list[Defect] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    notes: dict[str, float] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)
    areas_cm2: dict[tuple[str, str], float] = field(default_factory=dict)
    maps: list[Evidence] = field(default_factory=list)
    colours: dict[str, Mapping[str, ZoneColour]] = field(default_factory=dict)

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
        self.profiles = {view.name: read_profile(view, recipe.folder) for view in recipe.views}
        """The calibration of each view's camera; None where the recipe names none."""
        good = {view.name: good_view(view, recipe.folder, self._steps[view.name]) for view in recipe.views}
        self._good = {name: {} if view is None else pictures(view) for name, view in good.items()}
        self.first_article = {name: first_article(self._steps[name], view) for name, view in good.items()}
        """The colour to be of each view's zones; empty where nothing measures it."""

    @property
    def calibration(self) -> str:
        """The digests of the profiles, each once, in the order of the views; "" without any."""
        return " ".join(dict.fromkeys(profile.digest for profile in self.profiles.values() if profile is not None))

    def good(self, spec: ViewSpec) -> Mapping[str, Pixels]:
        """The planes of the reference shell as the steps leave them; none when the view is not aligned to one."""
        return self._good[spec.name]

    def good_evidence(self, spec: ViewSpec) -> Pixels | None:
        """The reference shell in the model's channels, as `evidence` shows a view; None without a reference."""
        planes = self._good[spec.name]
        if not {light_of(name) for name in spec.channels} <= set(planes):
            return None
        return evidence(
            View(spec.name, planes, np.eye(3), np.diag([1 / spec.px_per_mm, 1 / spec.px_per_mm, 1.0])), spec.channels
        )

    def good_colour(self, spec: ViewSpec) -> Pixels | None:
        """The reference shell's colour plane, as `colour_of` shows a view's; None without one."""
        return colour_of(self._good[spec.name], spec.channels)

    def view(self, spec: ViewSpec, frames: Sequence[Frame]) -> View:
        """A view after the recipe's steps.

        Raises:
            StepError: a step failed; its text begins with the step's name.
        """
        view = first_view(spec, frames)
        for name, step in self._steps[spec.name]:
            view = _stepped(name, step, view)
        if view.shell is not None and (share := float(view.shell.mean())) < LEAST_JUDGED:
            raise _of_step(
                "shell_mask",
                Said(
                    "{share:.2%} of the view is left to judge, {least:.0%} is the least: mend the outline, its "
                    "margin_mm or the ignore polygons",
                    share=share,
                    least=LEAST_JUDGED,
                ),
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
        self.versions = Versions(
            program=f"shellmark {metadata.version('shellmark')}",
            recipe=recipe.sku,
            recipe_digest=recipe.digest,
            model=f"{model.card.name}/{model.card.version}",
            model_digest=model.digest,
            calibration=self._preparation.calibration,
        )
        for view in recipe.views:
            _check_fit(recipe, view, model)
            check_first_article(recipe, view, self._preparation.first_article[view.name])
        if strange := unknown_labels(recipe, model.card.labels):
            log.warning(
                "recipe %s limits %s, which model %s does not name (it names %s): a misspelt class is never found",
                recipe.sku, ", ".join(strange), self.versions.model, ", ".join(model.card.labels),
            )  # fmt: skip

    @property
    def profiles(self) -> Mapping[str, Profile]:
        """The calibration of each view's camera; a view without one is left out."""
        return {view: one for view, one in self._preparation.profiles.items() if one is not None}

    def held(self, trigger: Trigger, reason: Reason) -> Inspection:
        """A REVIEW without looking."""
        return Inspection(trigger, self.recipe.sku, Verdict.REVIEW, (reason,), (), self.versions)

    def inspect(
        self, trigger: Trigger, frames: Frames, faults: Sequence[Reason], *, watch: Watch | None = None
    ) -> Inspection:
        """Judge one case; `frames` has one frame per light of each view that could be captured.

        `watch` sees every prepared view with what the model said of it, on this thread; it must not raise.
        Never raises: a view that is missing or fails, a model that fails, a fault that was reported, each is a REVIEW
        unless another view gives cause to FAIL.
        """
        found = _Findings([*faults, *_mixed(frames)])
        try:
            for spec in self.recipe.views:
                if view_frames := frames.get(spec.name):
                    self._look_at(spec, view_frames, found, watch)
                else:
                    found.reasons.append(Reason(ReasonCode.VIEW_MISSING, {"view": spec.name}))
            with found.timed("judge"):
                off = deviations(found.colours, self._preparation.first_article, self.recipe.colour.against)
                found.notes.update(colour_notes(off))
                judgement = judge(found.defects, self.recipe.limits, found.areas_cm2, off)
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
            evidence=(*_evidence(frames, found.defects), *found.maps),
        )

    def look(self, spec: ViewSpec, view: View) -> Prediction:
        """What the model says of a prepared view.

        Raises:
            ModelError: the model failed.
        """
        number = self.recipe.views.index(spec)
        return self.model.look(evidence(view, self._channels(spec)), view=number, mask=view.shell)

    def _channels(self, spec: ViewSpec) -> tuple[str, ...]:
        """The channels of a view that the model sees: the first ones, as many as its card has."""
        return spec.channels[: len(self.model.card.channels)]

    def _look_at(self, spec: ViewSpec, frames: Sequence[Frame], found: _Findings, watch: Watch | None) -> None:
        try:
            with found.timed("steps"):
                view = self._preparation.view(spec, frames)
            with found.timed("infer"):
                prediction = self.look(spec, view)
            if watch is not None:
                watch(spec, view, prediction)
            with found.timed("map"):
                found.maps.append(
                    Evidence("map", spec.name, "", score_map(prediction.anomaly, view, frames[0].pixels.shape[:2]))
                )
            defects = self._defects(spec, view, prediction.anomaly, found)
        except StepError as e:
            step, detail = str(e.facts.get("step", "evidence")), e.facts.get("why")
            values = {"view": spec.name, "step": step, "detail": detail if isinstance(detail, str) else said_by(e)}
            found.reasons.append(Reason(ReasonCode.STEP, values))
            return
        except ModelError as e:
            found.reasons.append(Reason(ReasonCode.MODEL, {"model": self.versions.model, "detail": said_by(e)}))
            return
        except Exception as e:  # an unforeseen fault in one view must not hide what another shows
            log.exception("view %s", spec.name)
            found.reasons.append(_fault(e, f"view {spec.name}: "))
            return
        found.scores[spec.name] = score = prediction.score
        found.notes.update({f"{spec.name}.{name}": value for name, value in view.notes.items()})
        found.areas_cm2.update(zone_areas_cm2(view))
        found.colours[spec.name] = view.colours
        found.defects.extend(defects)
        unsure_from = self.recipe.judge.review_from
        near = not defects and unsure_from is not None and score >= unsure_from
        if near or _unlike_as_a_whole(prediction, view):
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
            besides = [one for check in spec.checks for one in checked(view, check, rules)]
        named = self._named(spec, view, measured, found) if measured else []
        return _with_checks(measured, named, besides)

    def _named(self, spec: ViewSpec, view: View, measured: Sequence[Measured], found: _Findings) -> list[Defect]:
        with found.timed("name"):
            channels, colour = self._channels(spec), colour_of(view.planes, spec.channels)
            good = self._good_evidence[spec.name]
            good_colour = None if colour is None else self._preparation.good_colour(spec)
            number = self.recipe.views.index(spec)
            crops = [
                Crop(
                    stacked(pictures(view), channels, one.box_px),
                    one.mask,
                    one.crop_px_per_mm,
                    None if good is None else _cut(good[..., : self.model.card.planes], one.box_px),
                    (number, *one.box_px[:2]),
                    None if colour is None else _cut(colour, one.box_px),
                    None if good_colour is None else _cut(good_colour, one.box_px),
                )
                for one in measured
            ]
            namings = self.model.name(crops)
        return [
            one.named(naming.label, naming.score, _may_be(naming))
            for one, naming in zip(measured, namings, strict=True)
        ]


def _with_checks(measured: Sequence[Measured], named: Sequence[Defect], besides: Sequence[Found]) -> list[Defect]:
    """The model's defects and those of the checks, one of each place: the model's, by the check's name if unknown.

    Where two checks find a place, the one that stands higher over its own threshold counts.
    """
    defects = list(named)
    kept: list[Measured] = []
    for one in sorted(besides, key=lambda each: -each.measured.score):
        same = [i for i, other in enumerate(measured) if overlap(one.measured, other)]
        for i in same:
            if defects[i].label == UNKNOWN:
                defects[i] = replace(defects[i], label=one.label, label_score=1.0, light=one.measured.light)
        if not same and not any(overlap(one.measured, other) for other in kept):
            kept.append(one.measured)
            defects.append(one.measured.named(one.label, 1.0))
    return defects


def _unlike_as_a_whole(prediction: Prediction, view: View) -> bool:
    """Whether a view is unlike good ones though no place in it is: nothing can be measured, so a person looks."""
    return prediction.score >= 1.0 > Prediction.of_map(prediction.anomaly, view.shell).score


def unknown_labels(recipe: Recipe, labels: Sequence[str]) -> tuple[str, ...]:
    """The classes a recipe limits that a model with these labels never names; none for a model that names nothing."""
    limited = dict.fromkeys(limit.label for limit in recipe.limits)
    return tuple(label for label in limited if labels and label not in {*labels, "*", UNKNOWN, *COLOUR_LABELS})


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
        raise _of_step("frames", Said("light {light} is missing", light=missing[0]))
    sizes = {pixels.shape[:2] for pixels in planes.values()}
    if len(sizes) > 1:
        raise _of_step("frames", Said("the lights differ in size: {sizes}", sizes=sorted(sizes)))
    scale = np.diag([1 / spec.px_per_mm, 1 / spec.px_per_mm, 1.0])
    return View(spec.name, MappingProxyType({light: planes[light] for light in spec.lights}), np.eye(3), scale)


def _stepped(name: str, step: Step, view: View) -> View:
    try:
        return step(view)
    except StepError as e:
        raise _of_step(name, said_by(e)) from e
    except Exception as e:
        raise _of_step(name, f"{type(e).__name__}: {e}") from e


def _of_step(step: str, why: str) -> StepError:
    return StepError("{step}: {why}", step=step, why=why)


def _check_fit(recipe: Recipe, view: ViewSpec, model: Model) -> None:
    card = model.card
    same = card.channels == view.channels[: len(card.channels)]
    fits = len(view.channels) == 1 if card.channels == COLOUR else same
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
        detail = Said("the frames are of different cases ({cases}): start the station again", cases=", ".join(names))
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
