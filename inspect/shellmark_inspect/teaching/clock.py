"""How far teaching is and how long it will take, from the stages a family reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

SHARES: Mapping[str, float] = MappingProxyType(
    {
        "goods": 0.01,
        "features": 0.57,
        "usual": 0.08,
        "missed": 0.01,
        "memory": 0.08,
        "threshold": 0.16,
        "names": 0.02,
        "parity": 0.06,
    }
)
"""The share of the time a stage takes, in the order they come; as measured on 30 goods of 5 MP.

One that is not listed takes `_OTHER`.
"""
_OTHER = 0.05
_SURE_FROM = 0.02


@dataclass(frozen=True, slots=True)
class Advance:
    """Where a teaching stands: the stage, the share of all its work that is done 0..1, seconds left or None."""

    stage: str
    done: float
    left_s: float | None = None


class Clock:
    """Turns a family's (stage, fraction) into an `Advance` that never goes back."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began = now()
        self._stages: dict[str, float] = {}
        self._done = 0.0

    def advance(self, stage: str, fraction: float) -> Advance:
        """The stage's own fraction 0..1 as a share of the whole; a stage that begins ends those before it."""
        if stage not in self._stages:
            self._stages = dict.fromkeys(self._stages, 1.0)
        self._stages[stage] = max(fraction, self._stages.get(stage, 0.0))
        done = sum(SHARES.get(name, _OTHER) * part for name, part in self._stages.items())
        listed = list(SHARES)
        passed = max((listed.index(name) for name in self._stages if name in listed), default=0)
        done += sum(SHARES[name] for name in listed[:passed] if name not in self._stages)
        self._done = 1.0 if stage == "done" else max(self._done, min(done, 0.99))
        return Advance(stage, self._done, self._left())

    def _left(self) -> float | None:
        if self._done < _SURE_FROM:
            return None
        return (self._now() - self._began) * (1 - self._done) / self._done
