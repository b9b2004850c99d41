"""Looking at good cases once: features into a file, candidates for the bank, statistics of whole views."""

from __future__ import annotations

from collections.abc import Sized
from typing import TYPE_CHECKING

import numpy as np

from shellmark_models.errors import TeachError
from shellmark_models.families.memory.bank import fit_space
from shellmark_models.families.memory.eyes import see
from shellmark_models.families.memory.grids import Grids
from shellmark_models.families.memory.plan import Plan, working

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from shellmark_models.families.memory.eyes import Sight
    from shellmark_models.families.memory.former import Learned
    from shellmark_models.features import Seen
    from shellmark_models.session import Session
    from shellmark_models.training.lesson import Lesson
    from shellmark_models.types import TeachCase

_FIT_CASES = 12
"""Cases the space of the features is fitted on; those that come later are brought into it as they come."""
_UNKNOWN_COUNT = 100
STOPPED = 3000
"""Cells kept of a case that was picked for being stopped: what stopped it must be among them."""


class Gathering:
    """What new good cases show: ``z`` per backbone is a file of (cells, d) per view, in the order of ``inside``."""

    def __init__(self, plan: Plan, session: Session, lesson: Lesson, learned: Learned) -> None:
        self.inside: list[NDArray[np.bool_]] = []
        self.view_case: list[int] = []
        self.z = {name: Grids() for name in plan.backbones}
        self.wholes: dict[str, list[NDArray[np.float32]]] = {name: [] for name in plan.backbones}
        self.chosen: dict[str, list[NDArray[np.float32]]] = {name: [] for name in plan.backbones}
        self.chosen_case: list[NDArray[np.intp]] = []
        self._raw = {name: Grids() for name in plan.backbones}
        self._raw_chosen: list[NDArray[np.intp]] = []
        self._plan, self._session, self._lesson, self._learned = plan, session, lesson, learned
        self._random = np.random.default_rng(lesson.options.seed + len(learned.cases))

    def __enter__(self) -> Gathering:
        return self

    def __exit__(self, *_: object) -> None:
        for grids in (*self.z.values(), *self._raw.values()):
            grids.__exit__(None, None, None)

    def sight(self, image: NDArray[np.uint8], mask: NDArray[np.bool_] | None) -> Sight:
        """The features of one view."""
        options = self._lesson.options
        view = working(self._plan, image, mask, options.tile_px, options.overlap_px)
        return see(
            self._session, view, self._plan.backbones, tuple(f"{name}.features" for name in self._plan.backbones)
        )

    def project(self, sight: Sight, where: NDArray[np.bool_]) -> dict[str, NDArray[np.float32]]:
        """The features (n, d) of some cells of a view, in the space of the bank."""
        found = {}
        for name in self._plan.backbones:
            projection, offset = self._learned.spaces[name]
            found[name] = sight.cells[f"{name}.features"][where] @ projection + offset
        return found

    def look(self, goods: Iterable[TeachCase], seen: Seen) -> None:
        """Goes through the cases; raises TeachError for a case given twice, TeachCancelled."""
        count = len(goods) if isinstance(goods, Sized) else None
        known = len(seen.cases)
        for index, case in enumerate(goods):
            self._lesson.report("features", index / count if count else 0.0)
            seen.begin(case)
            masks = case.masks if case.masks is not None else [None] * len(case.images)
            views = len(self._learned.view_case) + (count or _UNKNOWN_COUNT) * len(case.images)
            if not case.counts:
                self._learned.uncounted.append(known + index)
            for image, mask in zip(case.images, masks, strict=True):
                seen.add(case.case, image, *([] if mask is None else [mask]))
                sight = self.sight(image, mask)
                share = self._plan.candidates(self._lesson.options.rows, int(sight.inside.sum()), views) // views
                if not case.counts:
                    share = max(share, STOPPED // len(case.images))
                self._take(known + index, sight, max(share, 32))
            if not self._learned.spaces and index + 1 == _FIT_CASES:
                self._fit()
        if not self._learned.spaces:
            self._fit()
        if len(seen.cases) < 2:
            raise TeachError(f"{len(seen.cases)} good case(s) given; at least 2 are needed, 20 to 30 are useful")
        if not self._learned.spaces:
            raise TeachError("the masks leave nothing to look at in any good case; check the shell mask of the recipe")

    def _take(self, case: int, sight: Sight, share: int) -> None:
        cells = int(sight.inside.sum())
        if not cells:
            return
        chosen = np.sort(self._random.permutation(cells)[:share])
        self.inside.append(sight.inside)
        self.view_case.append(case)
        self.chosen_case.append(np.full(len(chosen), case))
        for name in self._plan.backbones:
            self.wholes[name].append(sight.whole[name])
        if self._learned.spaces:
            self._keep(self.project(sight, sight.inside), chosen)
            return
        self._raw_chosen.append(chosen)
        for name in self._plan.backbones:
            self._raw[name].append(sight.cells[f"{name}.features"][sight.inside])

    def _keep(self, z: dict[str, NDArray[np.float32]], chosen: NDArray[np.intp]) -> None:
        for name, values in z.items():
            self.z[name].append(values)
            self.chosen[name].append(values[chosen])

    def _fit(self) -> None:
        """Fits the spaces to what was chosen so far, and brings all that was seen into them."""
        if not self._raw_chosen:
            return
        options = self._lesson.options
        for name in self._plan.backbones:
            raw = self._raw[name]
            sample = np.concatenate([raw[i][chosen] for i, chosen in enumerate(self._raw_chosen)])
            self._lesson.report("features", 1.0)
            self._learned.spaces[name] = fit_space(sample, options.dims * self._plan.dims_factor, options.seed)
        for index, chosen in enumerate(self._raw_chosen):
            self._lesson.report("features", 1.0)
            z = {}
            for name in self._plan.backbones:
                projection, offset = self._learned.spaces[name]
                z[name] = self._raw[name][index] @ projection + offset
            self._keep(z, chosen)
        for grids in self._raw.values():
            grids.__exit__(None, None, None)
        self._raw = {}
