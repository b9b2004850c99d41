"""A correction of camera colour: what it is, and how it is chosen by the patches of a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from shellmark_calibration.errors import ColourError
from shellmark_calibration.part import Part

from .cards import Card
from .fitting import Kind, Model, Problem, terms_of
from .measure import Gamma, Patches
from .spaces import difference, lab_of_linear, srgb_of_linear
from .tone import light_of

Floats = NDArray[np.float64]

SIMPLER = 0.95
"""A model with more numbers has to bring the left-out patches to this share of the simpler one's camera ΔE."""
MOST_SATURATED, MOST_MARKED = 0.1, 0.5
"""The shares of a patch at full scale, or unlike the rest, from which it says nothing of its colour."""
DOUBTFUL_DE, DOUBTFUL_TIMES = 6.0, 3.0
"""A patch is doubtful when it is off by so much, left out, and by so many times the median of all."""
LEAST_PATCHES = 18
CLEARLY = 2.0
"""A card fits clearly better when it does so by this many standard errors of the patches' differences."""
TOUCHING = 0.9
"""From this share of the way to the next patch on a patch's side leaves no gap but a line."""
EVEN = ((0.0,) * 3,) * 3


class ColourCorrection(Part):
    """A correction of a camera's colour to linear sRGB under D65, fitted to a 24-patch card.

    A value is made linear by `gamma` and bent by its colour's `tone` (red, green, blue: three numbers each, zeros for a
    camera that is linear, see `tone.curves`); `kind` says which terms of that the columns of `matrix` (3 rows: red,
    green, blue) take: "linear" red, green, blue; "root-polynomial" those and the roots of red-green, green-blue,
    red-blue (Finlayson, Mackiewicz and Hurlbert 2015), so that both hold at any exposure. `camera_de_before` and
    `camera_de_after` are mean camera ΔE00 over `patches` patches, after by leaving each patch out of all that is asked
    about it; `card` the card's name.
    """

    kind: Kind
    matrix: tuple[tuple[float, ...], ...]
    camera_de_before: float
    camera_de_after: float
    card: str
    gamma: Gamma = "srgb"
    tone: tuple[tuple[float, float, float], ...] = EVEN
    patches: int = 24

    @model_validator(mode="after")
    def _matrix_is_of_its_kind(self) -> Self:
        terms = 3 if self.kind == "linear" else 6
        if len(self.matrix) != 3 or any(len(row) != terms for row in self.matrix):
            raise ValueError(f"a {self.kind} correction has 3 rows of {terms} numbers")
        return self

    def linear(self, rgb: NDArray[Any]) -> Floats:
        """Linear sRGB under D65 of camera values 0..1 (…, 3), red first; may lie outside 0..1."""
        light = light_of(np.asarray(rgb, np.float64), self.gamma, self.tone)
        return cast(Floats, terms_of(light, self.kind) @ np.array(self.matrix).T)

    def srgb(self, rgb: NDArray[Any]) -> Floats:
        """sRGB-encoded 0..1 of camera values 0..1 (…, 3), red first; what sRGB cannot show is cut."""
        return srgb_of_linear(self.linear(rgb))


@dataclass(frozen=True, slots=True)
class Fit:
    """A correction with how it did on each patch, in the order of `cards.PATCHES`.

    `before`, `in_sample` and `left_out` (24,) are camera ΔE00; `used` (24,) is False for patches that say nothing of
    their colour; `doubtful` are the indices of patches much further off than the others, which the fit plays down;
    `slope` (2,) by how much the light grows across and down the whole card, as a share; `lab_after` (24, 3).
    `tried` has the mean left-out camera ΔE00 of each model by its name.
    """

    correction: ColourCorrection
    before: Floats
    in_sample: Floats
    left_out: Floats
    used: NDArray[np.bool_]
    doubtful: tuple[int, ...]
    slope: tuple[float, float]
    lab_before: Floats
    lab_after: Floats
    tried: dict[str, float]


MODELS = (
    Model("linear"),
    Model("linear", own_tones=True),
    Model("root-polynomial"),
    Model("root-polynomial", own_tones=True),
)
"""What may be tried; within a kind from fewest numbers to most."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """A model fitted to all used patches, and again without each: fold by fold.

    `lab` (folds, 24, 3) is what the fold makes of the patches, `score` (folds,) the mean camera ΔE it expects of
    patches it has not seen, found from its own patches only.
    """

    model: Model
    numbers: Floats
    lab: Floats
    score: Floats

    @classmethod
    def of(cls, model: Model, patches: Patches, card: Card, weights: Floats) -> _Trial:
        problem = Problem(model, patches, card.lab)
        numbers = problem.fitted(weights)
        return cls(model, numbers, problem.lab(numbers), problem.left_out(numbers, weights))


def usable(patches: Patches) -> NDArray[np.bool_]:
    """Which patches say something of their colour: not at full scale, not covered."""
    return (patches.saturated <= MOST_SATURATED) & (patches.marked <= MOST_MARKED)


def best_card(patches: Patches, cards: Sequence[Card]) -> tuple[Card, dict[str, float]]:
    """The usual card, or the one that fits clearly better than it; and each one's mean left-out camera ΔE00.

    Usual is the first one, or the first of those whose patches touch when these do. Clearly is by the spread of what
    the patches, one by one, say of the two.
    """
    used, model = usable(patches), Model("root-polynomial")
    off = {card.name: _left_out([_Trial.of(model, patches, card, _folds(used))], card, used)[used] for card in cards}
    touching = patches.side >= TOUCHING
    first, *others = sorted(cards, key=lambda card: card.touching != touching)
    best = first
    for other in others:
        better = off[first.name] - off[other.name]
        clear = better.mean() > CLEARLY * better.std(ddof=1) / np.sqrt(better.size)
        if clear and off[other.name].mean() < off[best.name].mean():
            best = other
    return best, {name: float(one.mean()) for name, one in off.items()}


def fit_card(patches: Patches, card: Card, gamma: Gamma = "srgb", kinds: Sequence[Kind] = ("root-polynomial",)) -> Fit:
    """The correction whose model does best on left-out patches; a simpler one is kept when it is about as good.

    The choice is part of what each patch is left out of: it is made anew in every fold.

    Raises:
        ColourError: too few patches say anything of their colour.
    """
    used = usable(patches)
    if used.sum() < LEAST_PATCHES:
        raise ColourError(
            f"only {int(used.sum())} of 24 patches of the card say anything of their colour, the others are at full "
            f"scale, black or covered: {LEAST_PATCHES} are the least: set the exposure so that white is near 230"
        )
    trials = [_Trial.of(model, patches, card, _folds(used)) for model in MODELS if model.kind in kinds]
    left_out = _left_out(trials, card, used)
    chosen = trials[_choice(trials, 0)]
    lab_before = lab_of_linear(patches.linear)
    before = difference(lab_before, card.lab)
    across, down = (float(np.expm1(2 * one)) for one in chosen.model.light(chosen.numbers)[0, :2])
    far = max(DOUBTFUL_DE, DOUBTFUL_TIMES * float(np.median(left_out[used])))
    return Fit(
        correction=_correction(chosen, gamma, card, used, before, left_out),
        before=before,
        in_sample=difference(chosen.lab[0], card.lab),
        left_out=left_out,
        used=used,
        doubtful=tuple(int(i) for i in np.flatnonzero(used & (left_out > far))),
        slope=(across, down),
        lab_before=lab_before,
        lab_after=chosen.lab[0],
        tried={one.model.name: float(_left_out([one], card, used)[used].mean()) for one in trials},
    )


def _correction(
    chosen: _Trial, gamma: Gamma, card: Card, used: NDArray[np.bool_], before: Floats, left_out: Floats
) -> ColourCorrection:
    matrix = chosen.model.matrix(chosen.numbers)[0].T
    return ColourCorrection(
        kind=chosen.model.kind,
        matrix=tuple(tuple(float(x) for x in row) for row in matrix),
        tone=tuple((float(a), float(b), float(c)) for a, b, c in chosen.model.tones(chosen.numbers)[0]),
        gamma=gamma,
        camera_de_before=float(before[used].mean()),
        camera_de_after=float(left_out[used].mean()),
        card=card.name,
        patches=int(used.sum()),
    )


def _folds(used: NDArray[np.bool_]) -> Floats:
    """The weights (1 + used, 24): all used patches, then without each in turn."""
    without = np.flatnonzero(used)
    weights = np.repeat(used[None].astype(np.float64), len(without) + 1, axis=0)
    weights[np.arange(len(without)) + 1, without] = 0.0
    return weights


def _choice(trials: Sequence[_Trial], fold: int) -> int:
    """Which trial a fold would choose by its own patches."""
    chosen = 0
    for i, one in enumerate(trials):
        if one.score[fold] < SIMPLER * trials[chosen].score[fold]:
            chosen = i
    return chosen


def _left_out(trials: Sequence[_Trial], card: Card, used: NDArray[np.bool_]) -> Floats:
    """The camera ΔE00 (24,) of each patch by the fold that has not seen it and by what that fold would choose."""
    fold = np.where(used, np.cumsum(used), 0)
    lab = np.stack([trials[_choice(trials, int(f))].lab[f, i] for i, f in enumerate(fold)])
    return difference(lab, card.lab)
