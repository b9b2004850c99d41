"""What a family is given to teach and what it hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shellmark_models.errors import TeachCancelled

if TYPE_CHECKING:
    from typing import Any

    import onnx
    from numpy.typing import NDArray

    from shellmark_models.card import Backbone
    from shellmark_models.training.threshold import Threshold
    from shellmark_models.types import MissedCase

Progress = Callable[[str, float], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class TeachOptions:
    """How to teach; the defaults are what shellmark ships with.

    ``tile_px`` 0 takes the size that covers the first case with the fewest pixels.
    ``rows`` and ``dims`` size the memory, ``margin`` >= 1 lifts the threshold above the highest good score, ``threads``
    0 uses every core.
    """

    tile_px: int = 0
    overlap_px: int = 64
    rows: int = 2000
    dims: int = 64
    margin: float = 1.0
    seed: int = 0
    threads: int = 0
    licence: str = "Apache-2.0"
    parent: str | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One teaching: what the model shall look at, how, and who listens.

    ``before`` is what a former lesson of the same family kept (``Taught.kept``), so that this one goes on; None begins
    anew. A lesson that goes on may have no new good case. ``missed`` are defects the model passed.
    """

    channels: tuple[str, ...]
    px_per_mm: float
    options: TeachOptions
    progress: Progress | None = None
    cancelled: Cancelled | None = None
    before: Mapping[str, NDArray[Any]] | None = None
    missed: tuple[MissedCase, ...] = ()

    def report(self, stage: str, fraction: float) -> None:
        """Tells how far a stage is, 0..1; raises TeachCancelled when the person asked to stop."""
        if self.cancelled is not None and self.cancelled():
            raise TeachCancelled(f"teaching stopped during {stage}; nothing was written")
        if self.progress is not None:
            self.progress(stage, min(1.0, max(0.0, fraction)))


@dataclass(frozen=True, slots=True)
class Taught:
    """What a family learned: the network and what its card shall say of it.

    ``kept`` are the family's own arrays that let a later lesson go on; empty: it cannot. ``case_scores`` are the
    held-out scores of the good cases that set the threshold, by case (those learned ``before`` too); 1.0 is the
    threshold.
    """

    model: onnx.ModelProto
    threshold: Threshold
    learned_cases: int
    data_digest: str
    labels: tuple[str, ...] = ()
    backbone: Backbone | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    registered: bool = False
    views_px: tuple[tuple[int, int], ...] = ()
    kept: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    case_scores: Mapping[str, float] = field(default_factory=dict)
