"""The seam to the outside: an output takes events, the delivery keeps its place in the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

from pydantic import BaseModel, ConfigDict

from shellmark_inspect.errors import ShellmarkError


class OutputError(ShellmarkError):
    """An output could not take an event; it is offered again later, nothing is lost."""


class Event(Protocol):
    """An event of the outbox, as the records hand it out.

    `number` counts up without gaps; `key` is the same whenever the same thing is told again.
    """

    @property
    def number(self) -> int:
        """The place in the outbox."""

    @property
    def key(self) -> str:
        """What tells a repeat."""

    @property
    def kind(self) -> str:
        """ "inspection", "overrule" or "code"."""  # noqa: D210 - the quote would close the text

    @property
    def at(self) -> datetime:
        """When it happened, UTC."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """What there is to tell, as plain JSON values."""


class Outbox(Protocol):
    """Where events wait; `Records` is one."""

    def pending(self, target: str, limit: int = 100) -> Sequence[Event]:
        """The first events the target has not had yet, oldest first."""

    def delivered(self, target: str, number: int) -> None:
        """Say that the target has had every event up to `number`."""


class Output(Protocol):
    """One receiver of events."""

    def send(self, events: Sequence[Event]) -> None:
        """Take the events for good, in order; the same ones may come again, known by their keys.

        Raises:
            OutputError: not all of them could be taken; they will be offered again.
        """


@runtime_checkable
class ProofTaker(Protocol):
    """An output that also takes proofs that codes are in the station's log."""

    def unproven(self) -> Sequence[tuple[str, int]]:
        """The serials it lacks a proof of, each with the leaf in the log.

        Raises:
            OutputError: it is not there.
        """

    def send_proof(self, serial: str, index: int, text: str) -> None:
        """Take a code's proof file for leaf `index`.

        Raises:
            OutputError: it could not be taken.
        """


class OutputSettings(BaseModel):
    """What a station's configuration says of one output; `kind` is its key in `OUTPUTS`."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    kind: str

    def rooted(self, folder: Path) -> Self:
        """The settings with relative paths taken from `folder`, the place of the configuration file."""
        del folder
        return self


@dataclass(frozen=True, slots=True)
class OutputKind:
    """One line of `OUTPUTS`: the settings' model, and what makes an output of such settings."""

    settings: type[OutputSettings]
    output: Callable[[Any], Output]


def deliver(outbox: Outbox, target: str, output: Output, *, batch: int = 100) -> int:
    """Bring a target everything that waits for it; how many events that was.

    The cursor moves after the output has taken a batch, so an event comes at least once.

    Raises:
        OutputError: the output could not take a batch; what came before stays delivered.
        RecordsError: the outbox could not be read or the cursor not moved.
    """
    count = 0
    while events := outbox.pending(target, batch):
        output.send(events)
        outbox.delivered(target, events[-1].number)
        count += len(events)
    return count
