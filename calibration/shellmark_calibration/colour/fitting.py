"""A model of a camera's colour fitted to the patches of a card: to all of them, and again without each in turn.

All folds are fitted at once: the first axis of every array is the fold, and a fold's weights (folds, patches) are 0 for
the patches it does not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from .measure import Patches
from .spaces import lab_of_linear, linear_of_lab
from .tone import NUMBERS, curves, places_on

Floats = NDArray[np.float64]
Kind = Literal["linear", "root-polynomial"]

ROBUST_DE = 1.0
"""A patch that is further off than so many camera ΔE pulls by its ΔE, not by the square of it (soft-L1 loss)."""
TONE_SCALE, SLOPE_SCALE = 0.5, 0.2
"""What one of the fit's own units is in a curve's number and in the logarithm of the light over half the card."""
TONE_COST, OWN_TONE_COST, SLOPE_COST, ROOT_COST = 0.3, 0.3, 1.0, 1.0
"""What a unit of the common curve, of a colour's own one, of uneven light and of a root costs, in camera ΔE of a patch.

Half or twice the first, third or last changes the mean over 13 photographs by about 0.02 camera ΔE.
"""
STEP = 1e-5
FIRST_STEPS, FOLD_STEPS = 25, 8
SETTLED = 1e-4
ROOTS = ((0, 1), (1, 2), (0, 2))
"""The pairs of colours whose roots a root-polynomial takes."""


@dataclass(frozen=True, slots=True)
class Model:
    """What is fitted: the kind, and whether each colour has a tone curve of its own."""

    kind: Kind
    own_tones: bool = False

    @property
    def name(self) -> str:
        """What it is called in a report."""
        return self.kind + (", a tone curve per colour" if self.own_tones else "")

    @property
    def costs(self) -> Floats:
        """What a unit of each of the model's numbers costs: tone, own tones, light, matrix, roots."""
        parts = [np.full(NUMBERS, TONE_COST)]
        if self.own_tones:
            parts.append(np.full(3 * NUMBERS, OWN_TONE_COST))
        parts += [np.full(5, SLOPE_COST), np.zeros(9)]
        if self.kind == "root-polynomial":
            parts.append(np.full(9, ROOT_COST))
        return np.concatenate(parts)

    @property
    def before_matrix(self) -> int:
        """How many numbers come before the matrix."""
        return NUMBERS * (4 if self.own_tones else 1) + 5

    def tones(self, numbers: Floats) -> Floats:
        """The curve of each colour (folds, 3, NUMBERS)."""
        common = np.repeat(numbers[:, None, :NUMBERS], 3, axis=1)
        if self.own_tones:
            common = common + numbers[:, NUMBERS : 4 * NUMBERS].reshape(-1, 3, NUMBERS)
        return common * TONE_SCALE

    def light(self, numbers: Floats) -> Floats:
        """The five numbers (folds, 5) of the light over the card, as logarithms."""
        return numbers[:, self.before_matrix - 5 : self.before_matrix] * SLOPE_SCALE

    def matrix(self, numbers: Floats) -> Floats:
        """The matrix (folds, terms, 3)."""
        return numbers[:, self.before_matrix :].reshape(len(numbers), -1, 3)


def terms_of(light: Floats, kind: Kind) -> Floats:
    """The terms (…, 3 or 6) that a matrix takes of light (…, 3): itself, and the roots of its pairs."""
    if kind == "linear":
        return light
    positive = np.maximum(light, 0.0)
    roots = [np.sqrt(positive[..., a] * positive[..., b]) for a, b in ROOTS]
    return np.concatenate([light, np.stack(roots, axis=-1)], axis=-1)


@dataclass(frozen=True, slots=True)
class Metric:
    """CIEDE2000 near a card's own colours (n, 3), as lengths along lightness, chroma and hue."""

    lab: Floats
    stretch: Floats
    chroma: Floats
    scale: Floats
    turn: Floats

    @classmethod
    def of(cls, lab: Floats) -> Metric:
        """Its weights at `lab`; the formulae are those of Sharma, Wu and Dalal 2005, equations 4 to 22."""
        own = np.hypot(lab[:, 1], lab[:, 2])
        stretch = 1.5 - 0.5 * np.sqrt(own**7 / (own**7 + 25.0**7))
        a, b = lab[:, 1] * stretch, lab[:, 2]
        c = np.maximum(np.hypot(a, b), 1e-6)
        hue = np.degrees(np.arctan2(b, a)) % 360
        weights = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63))
        t = 1 + sum(w * np.cos(np.radians(n * hue + shift)) for w, n, shift in weights)
        lightness = 1 + 0.015 * (lab[:, 0] - 50) ** 2 / np.sqrt(20 + (lab[:, 0] - 50) ** 2)
        blue = np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))
        turn = -2 * np.sqrt(c**7 / (c**7 + 25.0**7)) * np.sin(blue)
        scale = np.stack([lightness, 1 + 0.045 * c, 1 + 0.015 * c * t], axis=-1)
        return cls(lab, stretch, np.stack([a, b], axis=-1) / c[:, None], scale, turn)

    def off(self, lab: Floats) -> Floats:
        """How far off colours (…, n, 3) are: three numbers whose length is about their camera ΔE00."""
        d = lab - self.lab
        da, db = d[..., 1] * self.stretch, d[..., 2]
        cos, sin = self.chroma.T
        lightness, chroma = d[..., 0] / self.scale[:, 0], (da * cos + db * sin) / self.scale[:, 1]
        hue = (db * cos - da * sin) / self.scale[:, 2]
        return np.stack([lightness, chroma + self.turn / 2 * hue, np.sqrt(1 - self.turn**2 / 4) * hue], axis=-1)


class Problem:
    """A model, the patches it is fitted to and what they should be: Lab (n, 3) under D65."""

    def __init__(self, model: Model, patches: Patches, lab: Floats) -> None:
        self.model = model
        self._below, self._share = places_on(patches.linear)
        across, down = patches.places.T
        self._places = np.stack([across, down, across**2 - 0.5, down**2 - 0.5, across * down], axis=-1)
        self._wanted = linear_of_lab(lab)
        self._metric = Metric.of(lab)
        self._costs = model.costs

    def fitted(self, weights: Floats) -> Floats:
        """The numbers (folds, k) for each fold's weights (folds, n); the first fold is where the others start."""
        first = self._descended(self._start(weights[0]), weights[:1], FIRST_STEPS)
        return self._descended(np.repeat(first, len(weights), axis=0), weights, FOLD_STEPS)

    def lab(self, numbers: Floats) -> Floats:
        """The Lab (folds, n, 3) that a fit makes of the patches, the uneven light taken out."""
        return lab_of_linear(self._made(numbers))

    def left_out(self, numbers: Floats, weights: Floats) -> Floats:
        """The mean camera ΔE (folds,) of each fold's own patches, each left out of its fit, by their leverage.

        What a least-squares fit misses a patch by when it has not seen it is (I - H)^-1 of what it misses it by when it
        has, H being the patch's own part of the hat matrix.
        """
        off, slopes = self._slopes(numbers)
        square, _ = self._normal(off, slopes, weights, numbers)
        inverse = np.linalg.inv(square + 1e-10 * _diagonal(square).max(1)[:, None, None] * np.eye(square.shape[1]))
        hat = np.einsum("fnai,fij,fnbj->fnab", slopes, inverse, slopes, optimize=True)
        alone = np.linalg.solve(np.eye(3) * (1 + 1e-9) - hat, off[..., None])[..., 0]
        damped = np.linalg.norm(alone, axis=-1) / ROBUST_DE
        length = ROBUST_DE * np.sqrt((1 + damped**2 / 2) ** 2 - 1)
        return cast(Floats, (length * weights).sum(1) / weights.sum(1))

    def _start(self, weights: Floats) -> Floats:
        """The best (1, k) of a few tone curves, each with its least-squares matrix weighted as Lab does."""
        seen = weights > 0
        pull = (np.maximum(self._wanted @ np.array([0.2126, 0.7152, 0.0722]), 0.01) ** (-2 / 3))[seen, None]
        tried = []
        for power in (-1.0, -0.5, 0.0, 0.5, 1.0):
            numbers = np.zeros((1, len(self._costs)))
            numbers[0, 0] = power
            light = np.exp(self._log_light(numbers)[0])[0, seen]
            matrix = np.linalg.lstsq(light * pull, self._wanted[seen] * pull, rcond=None)[0]
            at = self.model.before_matrix
            numbers[0, at : at + 9] = matrix.ravel()
            tried.append((float(self._cost(numbers, weights[None])[0]), numbers))
        return min(tried, key=lambda one: one[0])[1]

    def _descended(self, numbers: Floats, weights: Floats, most_steps: int) -> Floats:
        """Levenberg's and Marquardt's steps, each fold at its own pace."""
        brake, cost = np.full(len(numbers), 1e-3), self._cost(numbers, weights)
        for _ in range(most_steps):
            square, downhill = self._normal(*self._slopes(numbers), weights, numbers)
            braked = square + (brake[:, None] * _diagonal(square) + 1e-12)[..., None] * np.eye(square.shape[1])
            there = numbers - np.linalg.solve(braked, downhill[..., None])[..., 0]
            new = self._cost(there, weights)
            better = new < cost
            gain = np.where(better, cost - new, 0.0)
            numbers, cost = np.where(better[:, None], there, numbers), np.where(better, new, cost)
            brake = np.where(better, np.maximum(brake / 10, 1e-7), brake * 10)
            if better.all() and (gain < SETTLED * cost).all():
                break
        return numbers

    def _normal(self, off: Floats, slopes: Floats, weights: Floats, numbers: Floats) -> tuple[Floats, Floats]:
        """The normal equations' square (folds, k, k) and right side (folds, k)."""
        weighted = (slopes * weights[:, :, None, None]).reshape(len(numbers), -1, len(self._costs))
        missed = (off * weights[:, :, None]).reshape(len(numbers), -1)
        square = np.swapaxes(weighted, 1, 2) @ weighted + np.diag(self._costs**2)
        return square, np.einsum("fij,fi->fj", weighted, missed) + self._costs**2 * numbers

    def _cost(self, numbers: Floats, weights: Floats) -> Floats:
        off = self._damped(self._made(numbers)) * weights[..., None]
        return cast(Floats, (off**2).sum((1, 2)) + ((self._costs * numbers) ** 2).sum(1))

    def _made(self, numbers: Floats) -> Floats:
        light = np.exp(self._log_light(numbers)[0])
        return terms_of(light, self.model.kind) @ self.model.matrix(numbers)

    def _log_light(self, numbers: Floats) -> tuple[Floats, Floats]:
        """The logarithm of the patches' light (folds, n, 3) and its slopes (folds, n, 3, NUMBERS) by each curve's."""
        log, slopes = curves(self.model.tones(numbers))
        colour, share = np.arange(3)[None], self._share
        here = log[:, colour, self._below] * (1 - share) + log[:, colour, self._below + 1] * share
        by_tone = slopes[:, colour, self._below] * (1 - share)[..., None]
        by_tone = by_tone + slopes[:, colour, self._below + 1] * share[..., None]
        uneven = self.model.light(numbers) @ self._places.T
        return here - uneven[..., None], by_tone * TONE_SCALE

    def _damped(self, made: Floats) -> Floats:
        """How far off colours are, a far one less than in proportion: soft-L1 on the patch, not on each of three."""
        off = self._metric.off(lab_of_linear(made))
        length = np.linalg.norm(off, axis=-1)
        damped = ROBUST_DE * np.sqrt(2 * (np.sqrt(1 + (length / ROBUST_DE) ** 2) - 1))
        return cast(Floats, off * (damped / np.maximum(length, 1e-9))[..., None])

    def _slopes(self, numbers: Floats) -> tuple[Floats, Floats]:
        """How far off (folds, n, 3) the patches are, and the slopes (folds, n, 3, k) by each number."""
        log, by_tone = self._log_light(numbers)
        matrix, light = self.model.matrix(numbers), np.exp(log)
        terms = terms_of(light, self.model.kind)
        made = terms @ matrix
        off = self._damped(made)
        by_made = np.stack([(self._damped(made + STEP * unit) - off) / STEP for unit in np.eye(3)], axis=-1)
        by_log = by_made @ self._made_by_log(terms, matrix)
        shape = (*off.shape, -1)
        columns = [np.einsum("fnac,fncj->fnaj", by_log, by_tone)]
        if self.model.own_tones:
            columns.append(np.einsum("fnac,fncj->fnacj", by_log, by_tone).reshape(shape))
        columns.append(-by_log.sum(-1)[..., None] * self._places[None, :, None, :] * SLOPE_SCALE)
        columns.append(np.einsum("fnak,fnt->fnatk", by_made, terms).reshape(shape))
        return off, np.concatenate(columns, axis=-1)

    def _made_by_log(self, terms: Floats, matrix: Floats) -> Floats:
        """The slopes (folds, n, 3, 3) of what is made by the logarithm of each colour's light."""
        slopes = terms[:, :, None, :3] * np.swapaxes(matrix[:, :3], 1, 2)[:, None]
        if self.model.kind == "root-polynomial":
            for k, pair in enumerate(ROOTS, 3):
                half = 0.5 * terms[..., k, None] * matrix[:, None, k]
                for colour in pair:
                    slopes[..., colour] += half
        return slopes


def _diagonal(square: Floats) -> Floats:
    return cast(Floats, np.einsum("fii->fi", square))
