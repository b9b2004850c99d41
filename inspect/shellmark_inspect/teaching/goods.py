"""The good cases of a set, prepared as the recipe says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from shellmark_inspect.cameras import read_still
from shellmark_inspect.errors import CameraError, InputError, StepError
from shellmark_inspect.inspector import Preparation
from shellmark_inspect.recipe import Recipe, ViewSpec
from shellmark_inspect.sets import SetCase
from shellmark_inspect.steps import colour_of, evidence
from shellmark_inspect.types import Frame, Mask, Pixels, View
from shellmark_models import TeachCase

from .report import Kind, Remark
from .sketch import Sketch, sketch


@dataclass(frozen=True, slots=True)
class Learned:
    """A case that a bundle has learned: its name there, the digest of its pictures, of where they lay, its score.

    `score` is the held-out one, None where the case set no threshold.
    """

    case: str
    digest: str
    place: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Shot:
    """A view of a case after the recipe's steps; `frame_px` is the (h, w) of the frames it is of."""

    spec: ViewSpec
    view: View
    frame_px: tuple[int, int]

    @property
    def image(self) -> Pixels:
        """What the model sees (h, w, c)."""
        return evidence(self.view, self.spec.channels)

    @property
    def colour(self) -> Pixels | None:
        """The colour plane (h, w, 3) beside what the model sees, None without one."""
        return colour_of(self.view.planes, self.spec.channels)

    @property
    def mask(self) -> Mask:
        """Where the model looks (h, w)."""
        return np.ones(self.view.size, np.bool_) if self.view.shell is None else self.view.shell


class Prepared:
    """A recipe's cases as the model sees them: files to frames, frames to views, views to the model's channels.

    Raises:
        RecipeError: a step of the recipe cannot be built.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._preparation = Preparation(recipe)

    def shots(self, case: SetCase) -> list[Shot]:
        """The case's views after the recipe's steps.

        Raises:
            CameraError: a picture cannot be read.
            InputError: the case lacks a picture.
            StepError: a step failed.
        """
        return [self._shot(spec, case_frames(spec, case)) for spec in self.recipe.views]

    def _shot(self, spec: ViewSpec, frames: Sequence[Frame]) -> Shot:
        height, width = frames[0].pixels.shape[:2]
        return Shot(spec, self._preparation.view(spec, frames), (height, width))

    def good(self, spec: ViewSpec) -> Pixels | None:
        """The reference shell in the model's channels, None without one."""
        return self._preparation.good_evidence(spec)

    def good_colour(self, spec: ViewSpec) -> Pixels | None:
        """The reference shell's colour plane where the model sees stacked lights, None without one."""
        return self._preparation.good_colour(spec)


class Goods:
    """Good cases to learn from, each once; what is not learned is said in `remarks`, what is, is kept in `sketches`.

    `known` are cases learned before, `asked` is called before each case and may raise. `counts` is whether the cases
    have a say in the threshold.
    """

    def __init__(
        self,
        prepared: Prepared,
        cases: Sequence[SetCase],
        *,
        known: Sequence[Learned] = (),
        counts: bool = True,
        asked: Callable[[], None] = lambda: None,
    ) -> None:
        self._prepared = prepared
        self._cases = cases
        self._counts = counts
        self._asked = asked
        self._by_digest = {one.digest: one for one in known}
        self._by_place = {one.place: one for one in known}
        self._names = {one.case for one in known}
        self.sketches: list[Sketch] = []
        self.remarks: list[Remark] = []

    def __len__(self) -> int:
        return len(self._cases)

    def __iter__(self) -> Iterator[TeachCase]:
        for case in self._cases:
            self._asked()
            try:
                shots = self._prepared.shots(case)
                images, masks = [shot.image for shot in shots], [shot.mask for shot in shots]
            except (CameraError, InputError, StepError) as e:
                self.remarks.append(Remark(Kind.LEFT_OUT, (case.name,), f"{case.name} is left out: {e}"))
                continue
            drawn = sketch(case.name, list(case.files.values()), images, masks)
            if (why := self._why_not(drawn)) is not None:
                self.remarks.append(why)
                continue
            drawn = replace(drawn, case=self._new_name(case.name))
            self._keep(drawn)
            yield TeachCase(drawn.case, images, masks, self._counts)

    def _why_not(self, drawn: Sketch) -> Remark | None:
        """Why a case is not learned: it was before, is a copy, or was another picture when it was learned."""
        if (same := self._by_digest.get(drawn.digest)) is not None:
            if same.place == drawn.place or not self._is_of_this_run(same):
                return Remark(Kind.KNOWN, (drawn.case,), f"{drawn.case} was learned before: counted once")
            return Remark(Kind.COPY, (drawn.case, same.case), f"{drawn.case} is a copy of {same.case}: counted once")
        if (other := self._by_place.get(drawn.place)) is not None:
            text = f"{drawn.case} has changed since it was learned as {other.case}: left out, it would count twice"
            return Remark(Kind.CHANGED, (drawn.case,), text)
        return None

    def _is_of_this_run(self, one: Learned) -> bool:
        return any(drawn.case == one.case for drawn in self.sketches)

    def _new_name(self, name: str) -> str:
        """The case's name, with a number where a case learned before has it."""
        number, found = 2, name
        while found in self._names:
            found, number = f"{name} ({number})", number + 1
        return found

    def _keep(self, drawn: Sketch) -> None:
        self.sketches.append(drawn)
        self._names.add(drawn.case)
        learned = Learned(drawn.case, drawn.digest, drawn.place)
        self._by_digest[drawn.digest] = self._by_place[drawn.place] = learned


def learned_now(sketches: Sequence[Sketch], scores: Mapping[str, float]) -> list[Learned]:
    """What a bundle keeps of the cases learned in this run."""
    return [Learned(one.case, one.digest, one.place, scores.get(one.case)) for one in sketches]


def case_frames(spec: ViewSpec, case: SetCase) -> list[Frame]:
    """The stills of a case's view as frames, one per light.

    Raises:
        CameraError: a picture cannot be read.
        InputError: the case lacks one.
    """
    now = time.monotonic_ns()
    of = len(spec.lights)
    return [
        Frame(read_still(case.file_of(spec.name, light, of)), 0, now, spec.camera, light, None, case.name)
        for light in spec.lights
    ]
