"""Two versions of a model on the same stored cases: which they judge differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shellmark_inspect.inspector import Inspector
from shellmark_inspect.station.shadow import Flip, flip_of
from shellmark_inspect.station.stored import StoredCase
from shellmark_inspect.types import Verdict


@dataclass(frozen=True, slots=True)
class Compared:
    """One case judged by both; `flip` is None where they agree, `row` the record it is from, if any."""

    case_id: str
    verdicts: tuple[Verdict, Verdict]
    scores: tuple[float, float]
    flip: Flip | None = None
    row: int | None = None


def compare(one: Inspector, other: Inspector, cases: Iterable[StoredCase]) -> Iterator[Compared]:
    """Judge each case with both, one case at a time."""
    for number, case in enumerate(cases, 1):
        trigger = case.trigger(number)
        said = [inspector.inspect(trigger, case.frames, case.faults) for inspector in (one, other)]
        scores = (max(said[0].scores.values(), default=0.0), max(said[1].scores.values(), default=0.0))
        flip = None if said[0].verdict is said[1].verdict else flip_of(said[0], said[1], case.frames)
        yield Compared(case.name, (said[0].verdict, said[1].verdict), scores, flip, case.row)
