"""The quantities drift is told by: which notes of a record they are, and when each is too far off."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from shellmark_calibration import Baseline, Grade, Track, grade, share
from shellmark_inspect.recipe import DriftSpec
from shellmark_inspect.records import Reading
from shellmark_inspect.types import Verdict

Subject = Literal["tile", "goods"]
SCORE_FLOOR = 0.01
"""The least spread of scores: goods that score alike to the third digit are no reason to warn of the next digit."""


class Kind(StrEnum):
    """What a quantity is a measure of."""

    LIGHT = "light"
    SHARPNESS = "sharpness"
    NOISE = "noise"
    POSITION = "position"
    TURN = "turn"
    SIZE = "size"
    SCORE = "score"
    ALARMS = "alarms"


UNITS: Mapping[Kind, str] = MappingProxyType({Kind.POSITION: "mm", Kind.TURN: "deg"})
OF_THE_MODEL = frozenset({Kind.SCORE, Kind.ALARMS})
"""What rests on the model rather than on the calibration."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number that a record holds.

    `view` and `light` are "" where it is of none; `name` that of the note without its view.
    """

    view: str
    name: str
    kind: Kind
    light: str = ""
    subject: Subject = "goods"


_BY_LIGHT: Mapping[str, tuple[Kind, Subject]] = MappingProxyType(
    {
        "tile_level_": (Kind.LIGHT, "tile"),
        "tile_sharpness_": (Kind.SHARPNESS, "tile"),
        "tile_noise_": (Kind.NOISE, "tile"),
        "shell_level_": (Kind.LIGHT, "goods"),
        "shell_sharpness_": (Kind.SHARPNESS, "goods"),
        "shell_noise_": (Kind.NOISE, "goods"),
        "gain_": (Kind.LIGHT, "goods"),
    }
)
_WHOLE: Mapping[str, tuple[Kind, Subject]] = MappingProxyType(
    {
        "tile_x_mm": (Kind.POSITION, "tile"),
        "tile_y_mm": (Kind.POSITION, "tile"),
        "shift_x_mm": (Kind.POSITION, "goods"),
        "shift_y_mm": (Kind.POSITION, "goods"),
        "turn_deg": (Kind.TURN, "goods"),
        "scale": (Kind.SIZE, "goods"),
    }
)
SCORE = Quantity("", "score", Kind.SCORE)
ALARMS = Quantity("", "alarms", Kind.ALARMS)


def quantity_of(note: str) -> Quantity | None:
    """The quantity of a record's note "<view>.<name>", None for another note."""
    view, _, name = note.rpartition(".")
    if not view:
        return None
    if name in _WHOLE:
        kind, subject = _WHOLE[name]
        return Quantity(view, name, kind, "", subject)
    for start, (kind, subject) in _BY_LIGHT.items():
        if name.startswith(start) and len(name) > len(start):
            return Quantity(view, name, kind, name.removeprefix(start), subject)
    return None


def readings_of(reading: Reading, known: dict[str, Quantity | None]) -> Iterator[tuple[Quantity, float]]:
    """The quantities of a record: the tile's of every one, the shell's of accepted goods only, alarms of production.

    A gain is read as the light it makes up for: 1 / gain. `known` remembers which notes are quantities.
    """
    for note, value in reading.notes.items():
        if note not in known:
            known[note] = quantity_of(note)
        quantity = known[note]
        if quantity is None or (quantity.subject == "goods" and not reading.accepted):
            continue
        inverse = quantity.name.startswith("gain_")
        yield quantity, (1 / value if value > 0 else math.nan) if inverse else value
    if reading.accepted and reading.scores:
        yield SCORE, max(reading.scores.values())
    if not reading.master:
        yield ALARMS, float(not reading.accepted and reading.verdict is not Verdict.PASS)


def fresh_track(quantity: Quantity, spec: DriftSpec) -> Track:
    """The track of a quantity nothing is known of; alarms need no baseline, theirs is none."""
    if quantity.kind is Kind.ALARMS:
        return Track.on(Baseline(0.0, 0.0, 0), spec.alarm_weight)
    return Track(spec.weight, spec.readings)


def amount_of(quantity: Quantity, track: Track) -> float:
    """How far a quantity has drifted, in the measure of its limits; what is no harm (a sharper picture) is 0.

    A jump of light, sharpness or the tile counts after three readings, the rest by its average only: a shell may lie
    anywhere within what the fixture allows.
    """
    if track.baseline is None:
        return 0.0
    return _AMOUNTS[quantity.kind](quantity, track, track.baseline)


_AMOUNTS: Mapping[Kind, Callable[[Quantity, Track, Baseline], float]] = MappingProxyType(
    {
        Kind.LIGHT: lambda _, track, baseline: share(track.departure, baseline),
        Kind.SHARPNESS: lambda _, track, baseline: min(0.0, share(track.departure, baseline)),
        Kind.NOISE: lambda _, track, baseline: max(0.0, share(track.drift, baseline)),
        Kind.POSITION: lambda quantity, track, _: track.departure if quantity.subject == "tile" else track.drift,
        Kind.TURN: lambda _, track, __: track.drift,
        Kind.SIZE: lambda _, track, baseline: share(track.drift, baseline),
        Kind.SCORE: lambda _, track, baseline: max(0.0, track.drift / max(baseline.spread, SCORE_FLOOR)),
        Kind.ALARMS: lambda _, track, __: track.drift,
    }
)


def limits_of(kind: Kind, spec: DriftSpec) -> tuple[float, float | None]:
    """From which amount a kind warns and blocks; None for never."""
    return {
        Kind.LIGHT: (spec.light_warn, spec.light_block),
        Kind.SHARPNESS: (spec.sharpness_warn, spec.sharpness_block),
        Kind.NOISE: (spec.noise_warn, spec.noise_block),
        Kind.POSITION: (spec.shift_warn_mm, spec.shift_block_mm),
        Kind.TURN: (spec.turn_warn_deg, spec.turn_block_deg),
        Kind.SIZE: (spec.growth_warn, spec.growth_block),
        Kind.SCORE: (spec.score_sigmas, None),
        Kind.ALARMS: (spec.alarm_warn, None),
    }[kind]


def grade_of(quantity: Quantity, track: Track, spec: DriftSpec) -> Grade:
    """How far one quantity has drifted."""
    if track.baseline is None:
        return Grade.LEARNING
    return grade(amount_of(quantity, track), *limits_of(quantity.kind, spec))


def bounds_of(quantity: Quantity, baseline: Baseline, limit: float | None) -> tuple[float, float] | None:
    """A limit as a low and a high value in the quantity's own unit; None where there is none."""
    if limit is None:
        return None
    middle = baseline.middle
    match quantity.kind:
        case Kind.LIGHT | Kind.SIZE:
            return middle * (1 - limit), middle * (1 + limit)
        case Kind.SHARPNESS:
            return middle * (1 - limit), math.inf
        case Kind.NOISE:
            return -math.inf, middle * (1 + limit)
        case Kind.SCORE:
            return -math.inf, middle + limit * max(baseline.spread, SCORE_FLOOR)
        case Kind.ALARMS:
            return -math.inf, limit
        case _:
            return middle - limit, middle + limit
