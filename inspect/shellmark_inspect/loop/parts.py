"""What the loop needs of the parts around it; the concrete ones are named in `station` only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from shellmark_inspect.recipe import Recipe
from shellmark_inspect.types import Disposition, Frames, Inspection, Reason, Record, Trigger, Versions


class Inspects(Protocol):
    """One recipe with its open model. `inspect` never raises: every failure becomes REVIEW and why."""

    @property
    def recipe(self) -> Recipe:
        """The recipe."""

    @property
    def versions(self) -> Versions:
        """Every version that judges."""

    def inspect(self, trigger: Trigger, frames: Frames, faults: Sequence[Reason]) -> Inspection:
        """Judge one case from its frames; `faults` say what went wrong before."""

    def held(self, trigger: Trigger, reason: Reason) -> Inspection:
        """A REVIEW without looking."""


class Keeps(Protocol):
    """Durable records; every method is called on one thread and raises `RecordsError` when it cannot keep its word."""

    def begin(self, trigger: Trigger, inspects: Inspects) -> None:
        """Keep that a case was triggered."""

    def store(self, inspection: Inspection) -> Record:
        """Keep what was found, and close the trigger."""

    def overrule(
        self, row: int, disposition: Disposition, *, operator: str, reason_code: str, note: str = ""
    ) -> Record:
        """Keep a person's decision as a further record."""


OnRecord = Callable[[Record], None]
"""Told of every stored record, on the records thread."""
