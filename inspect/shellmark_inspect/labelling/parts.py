"""What the labeller is built of: settings, the records' thread, and how a label is drawn, looked at and read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.records import ATTEMPTS, Labels, Stock, Waiting
from shellmark_inspect.types import Pixels
from shellmark_trace.printers import Printer
from shellmark_trace.readback import UEC_LEAST, LabelRead

T = TypeVar("T")


class Ledgers(Protocol):
    """The part of the records the labeller uses; `Records` is one."""

    @property
    def labels(self) -> Labels:
        """The codes on their way."""

    @property
    def stock(self) -> Stock:
        """Orders, rolls and counts."""


Keep = Callable[[Callable[[Ledgers], Any]], Future[Any]]
"""Does something with the records on their own thread."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the labeller is given.

    `draw` makes the picture of a code's label; `look` gives frames of the case that lies under the label's camera;
    `read` finds every symbol in a frame.
    """

    keep: Keep
    printer: Printer
    draw: Callable[[Waiting], NDArray[np.bool_]]
    look: Callable[[Waiting], Sequence[Pixels]]
    read: Callable[[Pixels], Sequence[LabelRead]]


@dataclass(frozen=True, slots=True)
class Settings:
    """How strict the labeller is.

    `uec_least` is the least unused error correction, never below 0.37; `attempts` the serials a case may use up;
    `uncounted` allows a printer without an odometer; `looks` the frames looked at before a label counts as not read;
    `view` names the pictures that are enrolled. Pauses in seconds, the first doubling up to the longest.
    """

    uec_least: float = UEC_LEAST
    attempts: int = ATTEMPTS
    uncounted: bool = False
    looks: int = 3
    view: str = "label"
    first_pause_s: float = 1.0
    longest_pause_s: float = 30.0
