"""The station's states, the moves between them, and the frozen snapshot the screen pulls.

The states are those of OPC 40100-1 (VDMA 40100-1), section 7: Preoperational until configured, Initialized once every
part is open, Ready to take a trigger, SingleExecution for one case, ContinuousExecution while cases follow each
other, Halted when stopped, Error when a record could not be kept: then nothing is judged until a person has acted.

    Preoperational ─▶ Initialized ─▶ Ready ⇄ SingleExecution
          ▲   │                        ⇅  ╲
          │   ▼                        ⇅   ▶ ContinuousExecution
          └ Halted ◀── any ──▶ Error ──▶ Halted | Initialized
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from shellmark_inspect.types import Counts


class StationState(StrEnum):
    """What the station is doing (OPC 40100-1)."""

    PREOPERATIONAL = "Preoperational"
    HALTED = "Halted"
    ERROR = "Error"
    INITIALIZED = "Initialized"
    READY = "Ready"
    SINGLE_EXECUTION = "SingleExecution"
    CONTINUOUS_EXECUTION = "ContinuousExecution"


_S = StationState
MOVES: Mapping[StationState, frozenset[StationState]] = MappingProxyType(
    {
        _S.PREOPERATIONAL: frozenset({_S.INITIALIZED, _S.ERROR, _S.HALTED}),
        _S.INITIALIZED: frozenset({_S.READY, _S.ERROR, _S.HALTED}),
        _S.READY: frozenset({_S.SINGLE_EXECUTION, _S.CONTINUOUS_EXECUTION, _S.INITIALIZED, _S.ERROR, _S.HALTED}),
        _S.SINGLE_EXECUTION: frozenset({_S.READY, _S.ERROR, _S.HALTED}),
        _S.CONTINUOUS_EXECUTION: frozenset({_S.READY, _S.ERROR, _S.HALTED}),
        _S.ERROR: frozenset({_S.INITIALIZED, _S.HALTED}),
        _S.HALTED: frozenset({_S.PREOPERATIONAL}),
    }
)
"""Where each state may go."""

TAKES_TRIGGERS = frozenset({_S.READY, _S.SINGLE_EXECUTION, _S.CONTINUOUS_EXECUTION})


class Light(StrEnum):
    """The colour of a lamp on the screen."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Lamp:
    """One lamp: its colour, and in words why it is not green."""

    light: Light
    text: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """What the station is doing, at one instant.

    `message` says in one line why the state is Error, else "". `lamps` has "camera" (the worst of all), "disk", "model"
    and "database", and where they apply "light", "calibration", "check" and "label". `open_cases` counts triggers that
    have no record yet. `ended` is True once a finite source is through. `blocked` says, a line a cause, why automatic
    mode is refused and no pass or no code is given; it is empty when the station is free.
    """

    state: StationState
    sku: str = ""
    message: str = ""
    lamps: Mapping[str, Lamp] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    open_cases: int = 0
    ended: bool = False
    blocked: tuple[str, ...] = ()
