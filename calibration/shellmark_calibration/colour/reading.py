"""One picture of a colour card → a fitted correction, or the reason why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shellmark_calibration.errors import ColourError

from .cards import CARDS, PATCHES, Card
from .correction import MOST_MARKED, MOST_SATURATED, Fit, best_card, fit_card
from .detector import CardPlace, find_cards
from .measure import Gamma, Patches, measure_patches

AUTO = "auto"
BLACK_LEVEL, GREY_LEVELS = 12, 4.0
"""The brightest level up to which a picture is black, and the spread between its colours up to which it is grey."""
UNEVEN = 0.1
"""From this share of difference in light over the card on it is said."""
SAME_DE = 0.05
"""Cards whose mean camera ΔE are within so much of each other fit alike."""
SOME_MARKED = 0.2
GOOD_DE = 3.0


@dataclass(frozen=True, slots=True)
class CardReading:
    """What a picture of a card gave: all `places`, the one that was read, what was measured and the `fit`.

    `cards_de` is the mean left-out camera ΔE00 of each card that was considered; `warnings` one line each.
    """

    places: tuple[CardPlace, ...]
    place: CardPlace
    patches: Patches
    card: Card
    cards_de: dict[str, float]
    fit: Fit
    warnings: tuple[str, ...]


def read_card(
    picture: NDArray[np.uint8], card: str = AUTO, gamma: Gamma = "srgb", which: int | None = None
) -> CardReading:
    """Find a 24-patch card in a BGR picture (h, w, 3) of 8 bits and fit a correction to it.

    `card` is one of `CARDS` or "auto"; of several cards the largest is read, or number `which` from 1.

    Raises:
        ColourError: no card, half a card, a mirrored one, a picture that is black, grey or at full scale.
    """
    if card != AUTO and card not in CARDS:
        raise ColourError(f"no card is called {card}: there are {AUTO}, {', '.join(CARDS)}")
    _check_picture(picture)
    places = find_cards(picture)
    place = _chosen(places, which)
    patches = measure_patches(picture, place, gamma)
    cards = list(CARDS.values()) if card == AUTO else [CARDS[card]]
    best, off = best_card(patches, cards)
    fit = fit_card(patches, best, gamma)
    warnings = tuple(_warnings(places, place, patches, off, fit))
    return CardReading(places, place, patches, best, off, fit, warnings)


def _check_picture(picture: NDArray[np.uint8]) -> None:
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ColourError("the picture has no colour: a colour card wants a colour picture of 8 bits")
    brightest = float(np.percentile(picture, 99.9))
    if brightest <= BLACK_LEVEL:
        raise ColourError(f"the picture is black (level {brightest:.0f} of 255): take the cap off, light the card")
    if float(np.percentile(picture, 2)) >= 250:
        raise ColourError("the picture is at full scale all over: shorten the exposure")
    spread = np.ptp(picture[::4, ::4].astype(np.int16), axis=-1)
    if float(np.percentile(spread, 99.5)) <= GREY_LEVELS:
        raise ColourError("the picture is grey: a colour card wants a colour camera")


def _chosen(places: Sequence[CardPlace], which: int | None) -> CardPlace:
    """The card to read: whole, not mirrored."""
    if not places:
        raise ColourError(
            "no 24-patch colour card found: show all of it, in focus, a patch at least 5 px wide, without glare"
        )
    if which is not None:
        if not 1 <= which <= len(places):
            raise ColourError(f"there is no card number {which}: {len(places)} found")
        places = [places[which - 1]]
    straight = [place for place in places if not place.mirrored]
    if not straight:
        raise ColourError("the card is seen in a mirror: take the picture without flipping it")
    whole = [place for place in straight if place.whole]
    if not whole:
        visible = straight[0].visible
        raise ColourError(
            f"only {visible} of 24 patches of the card are in view: bring the whole card into the picture"
        )
    return whole[0]


def _warnings(
    places: Sequence[CardPlace], place: CardPlace, patches: Patches, off: dict[str, float], fit: Fit
) -> Iterator[str]:
    card = fit.correction.card
    if len(places) > 1:
        number = places.index(place) + 1
        yield f"{len(places)} cards found: number {number}, the largest whole one, was read"
    better = min(off, key=lambda name: off[name])
    if off[better] < off[card] - SAME_DE:
        yield (
            f"the values of {better} fit a little better than those of {card} ({off[better]:.2f} against "
            f"{off[card]:.2f}), not clearly: name it with --card if that is the card"
        )
    if cut := _named(np.flatnonzero(patches.saturated > MOST_SATURATED)):
        yield f"at full scale or at nothing, not used: {cut}"
    if covered := _named(np.flatnonzero(patches.marked > MOST_MARKED)):
        yield f"covered, not used: {covered}"
    if marked := _named(np.flatnonzero((patches.marked > SOME_MARKED) & (patches.marked <= MOST_MARKED))):
        yield f"marks, dirt or glare on: {marked}"
    if fit.doubtful:
        yield f"unlike the card, played down: {_named(fit.doubtful)}"
    if max(map(abs, fit.slope)) > UNEVEN:
        across, down = fit.slope
        yield f"the light is uneven over the card: {across:+.0%} across, {down:+.0%} down: glare or shadow"
    if fit.correction.camera_de_after > GOOD_DE:
        yield f"camera ΔE {fit.correction.camera_de_after:.2f} after is over {GOOD_DE:g}: take the picture anew"


def _named(indices: Sequence[int] | NDArray[np.intp]) -> str:
    return ", ".join(PATCHES[int(i)] for i in indices)
