"""From good shells to the `above` of a recipe's checks: how high each comes on goods, and what that promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from shellmark_inspect.errors import InputError
from shellmark_inspect.judge import highest
from shellmark_inspect.recipe import ViewSpec
from shellmark_inspect.types import View
from shellmark_models.training.threshold import from_goods

LEAST_GOODS = 10
TOLERATED = 0.01
"""The share of goods that all checks together may stop, at 95 % confidence (design: quality.md R6 wants 3 %)."""
MARGIN = 1.0
"""How far above that `above` is set."""

Place = tuple[str, str]
"""A check's view and channel."""


@dataclass(frozen=True, slots=True)
class Above:
    """What `goods` good cases say of a recipe's checks: `values` is the `above` of each, in deviations.

    `false_reject_bound` is the upper bound, at 95 %, on the share of goods that any of the checks stops; `worst` the
    case each check's highest value is of.
    """

    values: Mapping[Place, float]
    worst: Mapping[Place, str]
    goods: int
    false_reject_bound: float


def heights(shots: Sequence[tuple[ViewSpec, View]]) -> dict[Place, float]:
    """How high each check of each view comes on one case, in deviations; `above` plays no part."""
    return {(spec.name, check.channel): highest(view, check) for spec, view in shots for check in spec.checks}


def above_of(goods: Mapping[str, Mapping[Place, float]], margin: float = MARGIN) -> Above:
    """The `above` of each check from the heights of good cases, all checks together stopping as few as may be had.

    Each check is brought to its own highest good; the highest over the checks then sets one level for all, where no
    more than `TOLERATED` of goods are expected at 95 % confidence, and never below a good that was seen (`from_goods`):
    each check costs one statistically equivalent block (Tukey 1947).

    Raises:
        InputError: fewer than ten goods, or no check.
    """
    if len(goods) < LEAST_GOODS:
        raise InputError(f"{len(goods)} good cases: {LEAST_GOODS} are the least `above` is set from, 60 are useful")
    places = list(next(iter(goods.values())))
    if not places:
        raise InputError("the recipe's views have no checks: add [[views.checks]] with a channel and a label")
    worst = {place: max(goods, key=lambda case: goods[case][place]) for place in places}
    tops = {place: max(goods[worst[place]][place], 1e-3) for place in places}
    together = [max(heights[place] / tops[place] for place in places) for heights in goods.values()]
    level = from_goods(together, margin, measures=len(places), tolerated_share=TOLERATED)
    return Above(
        MappingProxyType({place: top * level.value for place, top in tops.items()}),
        MappingProxyType(worst),
        level.goods,
        level.false_reject_bound,
    )
