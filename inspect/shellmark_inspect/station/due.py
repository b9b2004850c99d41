"""When a daily check is due, and why: pure arithmetic over what the records say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from shellmark_inspect.records import CheckFacts, CheckRecord, Outcome
from shellmark_inspect.station.config import CheckSpec
from shellmark_inspect.types import Versions


class DueWhy(StrEnum):
    """Why a check is due."""

    FIRST = "first"
    SHIFT_START = "shift_start"
    SHIFT_END = "shift_end"
    CHANGEOVER = "changeover"
    MODEL = "model"
    CALIBRATION = "calibration"
    RECIPE = "recipe"
    WORK = "work"
    FAILED = "failed"
    BROKEN_OFF = "broken_off"


@dataclass(frozen=True, slots=True)
class Due:
    """One cause of a check; `since` is when it became due or will be, None where no moment is known."""

    why: DueWhy
    blocks: bool
    since: datetime | None = None


def due(facts: CheckFacts, spec: CheckSpec, versions: Versions, now: datetime) -> tuple[Due, ...]:
    """Why a check is due now (an aware time); those that block come first."""
    found = [*_after(facts)]
    if facts.good is None:
        found.append(Due(DueWhy.FIRST, blocks=True))
    else:
        found += [*_by_time(facts.good, spec, now), *_by_change(facts, facts.good, spec, versions)]
    return tuple(sorted(found, key=lambda one: not one.blocks))


def shift_around(now: datetime, shifts: Sequence[time]) -> tuple[datetime, datetime]:
    """The last moment a shift began, and the next one, in local time; `shifts` holds at least one."""
    today = now.astimezone().date()
    days = (today + timedelta(days=day) for day in (-1, 0, 1))
    begins = [datetime.combine(day, shift).astimezone() for day in days for shift in shifts]
    return max(begin for begin in begins if begin <= now), min(begin for begin in begins if begin > now)


def _after(facts: CheckFacts) -> Iterator[Due]:
    if facts.last is not None and facts.last.outcome is Outcome.FAILED:
        yield Due(DueWhy.FAILED, blocks=True, since=facts.last.ended_at)
    if facts.last is not None and facts.last.outcome is Outcome.BROKEN_OFF:
        yield Due(DueWhy.BROKEN_OFF, blocks=True, since=facts.last.ended_at)


def _by_time(good: CheckRecord, spec: CheckSpec, now: datetime) -> Iterator[Due]:
    if not spec.shifts or good.ended_at is None:
        return
    early = timedelta(minutes=spec.early_min)
    began, ends = shift_around(now, spec.shifts)
    if good.ended_at < began - early:
        yield Due(DueWhy.SHIFT_START, blocks=True, since=began)
    elif good.ended_at < ends - early <= now:
        yield Due(DueWhy.SHIFT_END, blocks=False, since=ends)


def _by_change(facts: CheckFacts, good: CheckRecord, spec: CheckSpec, versions: Versions) -> Iterator[Due]:
    if spec.changeover and facts.other_sku:
        yield Due(DueWhy.CHANGEOVER, blocks=True)
    if facts.work is not None:
        yield Due(DueWhy.WORK, blocks=True, since=facts.work.at)
    if spec.changes:
        for part, same in good.fits(versions).items():
            if not same:
                yield Due(DueWhy(part), blocks=True)
