"""The colours of one case's zones → how far each is off: from the first article, and from another view."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from shellmark_calibration import camera_de
from shellmark_inspect.types import COLOUR_DIFFERENCE, COLOUR_MISMATCH, ZoneColour

FIRST_ARTICLE = "first article"
WHOLE = ""
Colours = Mapping[str, ZoneColour]


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far a whole zone is off, which has no outline: in colour, as camera ΔE00.

    `label` is `COLOUR_DIFFERENCE` or `COLOUR_MISMATCH`; `against` what it was compared with: "first article", or the
    other view's name; `unsure_de` half the width of the 95 % interval.
    """

    view: str
    zone: str
    label: str
    against: str
    camera_de: float
    unsure_de: float


def deviations(
    seen: Mapping[str, Colours], first_article: Mapping[str, Colours], against: Mapping[str, str]
) -> tuple[Deviation, ...]:
    """The camera ΔE00 of each view's zones to the first article's, and of the views that have to match.

    `seen` and `first_article` are by view and zone; "" is all of a shell, by which views are compared. A view that was
    not seen, or a zone without a first article, gives none.
    """
    return (*_to_first_article(seen, first_article), *_between_views(seen, against))


def _to_first_article(seen: Mapping[str, Colours], first_article: Mapping[str, Colours]) -> Iterator[Deviation]:
    for view, colours in seen.items():
        for zone, colour in colours.items():
            wanted = first_article.get(view, {}).get(zone)
            if wanted is not None and zone != WHOLE:
                off = _off(colour, wanted)
                yield Deviation(view, zone, COLOUR_DIFFERENCE, FIRST_ARTICLE, off, colour.unsure_de)


def _between_views(seen: Mapping[str, Colours], against: Mapping[str, str]) -> Iterator[Deviation]:
    """Judged by the limit of the first view's strictest zone."""
    for view, other in against.items():
        one, two = seen.get(view, {}).get(WHOLE), seen.get(other, {}).get(WHOLE)
        if one is not None and two is not None:
            zone = next((zone for zone in seen[view] if zone != WHOLE), "A")
            unsure = math.hypot(one.unsure_de, two.unsure_de)
            yield Deviation(view, zone, COLOUR_MISMATCH, other, _off(one, two), unsure)


def _off(one: ZoneColour, other: ZoneColour) -> float:
    return float(camera_de(np.array(one.lab), np.array(other.lab)))


def colour_notes(found: tuple[Deviation, ...]) -> Mapping[str, float]:
    """What the record says of them: "<view>.camera_de_<zone>" and "<view>.camera_de_to_<other view>"."""
    return {
        f"{one.view}.camera_de_{one.zone if one.label == COLOUR_DIFFERENCE else f'to_{one.against}'}": one.camera_de
        for one in found
    }
