"""The clone rule: arithmetic over scans, with no clock, no database and no network in it.

A score adds up over the scans of one code and alarms at 4. It finds codes that were copied many times; a code copied
once is found in a few cases of a hundred, because few buyers scan at all (docs/verify-site.md has the table).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from shellmark_trace.states import States

ALARM_AT = 4.0
"""The score from which a code is thought to be copied."""

FASTEST_KM_H = 500.0
"""Two devices further apart than this speed allows were not carried by one buyer."""

LEAST_H = 0.05
"""Scans closer in time than this count as this far apart: clocks and cell borders are not exact."""

BASE_SHARE = 0.0104
"""Share of a batch's genuine codes seen by two devices or more in two cities or more."""

BATCH_Z = 3.1
"""Standard deviations over the base share from which a batch alarms: one false alarm in a thousand batches."""

_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Place:
    """A city, coarsely: its name and its middle in degrees."""

    city: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where and when a device last asked for a code; `place` None where nothing is known of it."""

    at_s: float
    place: Place | None


@dataclass(frozen=True, slots=True)
class Scan:
    """A query of a code: when (Unix seconds), which device, where, and whether it brought the right PIN."""

    at_s: float
    device: str
    place: Place | None = None
    pin: bool = False


class HardRule(StrEnum):
    """What is wrong whatever the score says."""

    BEFORE_SHIPPING = "before_shipping"
    AFTER_RETIRING = "after_retiring"
    VOID = "void"
    PIN_CONFLICT = "pin_conflict"


HARD_STATES: Mapping[States, HardRule] = MappingProxyType(
    {
        States.RESERVED: HardRule.BEFORE_SHIPPING,
        States.SENT: HardRule.BEFORE_SHIPPING,
        States.ACTIVE: HardRule.BEFORE_SHIPPING,
        States.RETIRED: HardRule.AFTER_RETIRING,
        States.VOID: HardRule.VOID,
    }
)
"""States in which nobody outside the factory should be able to scan the code."""


def hard_rule(state: States, scan: Scan, claimer: str | None) -> HardRule | None:
    """The rule a scan of a code in that state breaks, None for none."""
    if state in HARD_STATES:
        return HARD_STATES[state]
    return HardRule.PIN_CONFLICT if scan.pin and claimer not in (None, scan.device) else None


def gain(scan: Scan, known: Mapping[str, Sighting], claimer: str | None = None) -> float:
    """What a scan adds to its code's score.

    `known` are the last sightings of every device that asked before, `claimer` the device that gave the PIN first.
    """
    others = [seen for device, seen in known.items() if device != scan.device]
    new = scan.device not in known
    points = 2.0 * sum(_too_fast(scan, seen) for seen in others)
    if new and others:
        points += 1.0
    if new:
        points += 0.7 * min(3, sum(_elsewhere(scan.place, seen.place) for seen in others))
    if claimer not in (None, scan.device):
        points += 3.0 if scan.pin else 0.5 * new
    return points


def score(scans: Iterable[Scan]) -> float:
    """The score of a code after all its scans, in the order they came; the first right PIN claims it."""
    known: dict[str, Sighting] = {}
    claimer: str | None = None
    total = 0.0
    for scan in scans:
        total += gain(scan, known, claimer)
        known[scan.device] = Sighting(scan.at_s, scan.place)
        if scan.pin and claimer is None:
            claimer = scan.device
    return total


def spread_out(sightings: Sequence[tuple[str, str]]) -> bool:
    """Whether pairs of device and city show two devices or more in two cities or more."""
    return len({device for device, _ in sightings}) >= 2 and len({city for _, city in sightings if city}) >= 2


def batch_z(spread: int, codes: int, base: float = BASE_SHARE) -> float:
    """Standard deviations by which `spread` of a batch's codes lie over the base share; 0 for an empty batch."""
    if codes == 0:
        return 0.0
    return (spread - codes * base) / math.sqrt(codes * base * (1 - base))


def distance_km(a: Place, b: Place) -> float:
    """Along the great circle (haversine)."""
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.longitude - a.longitude) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, h)))


def _elsewhere(a: Place | None, b: Place | None) -> bool:
    return a is not None and b is not None and a.city != b.city


def _too_fast(scan: Scan, seen: Sighting) -> bool:
    if scan.place is None or seen.place is None or scan.place.city == seen.place.city:
        return False
    hours = max(abs(scan.at_s - seen.at_s) / 3600, LEAST_H)
    return distance_km(scan.place, seen.place) / hours > FASTEST_KM_H
