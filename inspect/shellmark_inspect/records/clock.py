"""The wall clock watched against the monotonic one: a jump becomes an entry of the log; nothing depends on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

STEP_S = 2.0
"""Seconds the two clocks may differ by between two looks: NTP slews 0.5 ms a second, a step or a suspend is more."""


@dataclass(frozen=True, slots=True)
class Jump:
    """What the wall clock said and what was due; `due` is the last record's time where the program had just begun."""

    due: datetime
    found: datetime

    def told(self) -> dict[str, Any]:
        """As plain JSON values."""
        jumped_s = (self.found - self.due).total_seconds()
        moments = {"due": self.due, "found": self.found}
        told = {name: moment.astimezone(UTC).isoformat(timespec="microseconds") for name, moment in moments.items()}
        return told | {"jumped_s": round(jumped_s, 3)}


class ClockWatch:
    """Looks at both clocks now and then; `newest` is the time of the last record kept by an earlier run, if any."""

    def __init__(
        self,
        newest: datetime | None,
        *,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._newest = newest
        self._last: tuple[datetime, float] | None = None

    def look(self) -> Jump | None:
        """The jump since the last `seen`, or None; before the first only a step back behind the newest record shows."""
        found, ticks = self._wall(), self._monotonic()
        if self._last is None:
            back = self._newest is not None and found < self._newest - timedelta(seconds=STEP_S)
            return Jump(self._newest, found) if back and self._newest is not None else None
        wall, monotonic = self._last
        due = wall + timedelta(seconds=ticks - monotonic)
        return Jump(due, found) if abs((found - due).total_seconds()) > STEP_S else None

    def seen(self) -> None:
        """Go on from here: what `look` found is kept."""
        self._last = (self._wall(), self._monotonic())
