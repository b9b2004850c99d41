"""The seam to a label printer: one job, one label, and how many labels it has printed in its life."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Printer(Protocol):
    """One label printer. Not thread-safe; one thread prints."""

    @property
    def dots_per_mm(self) -> float:
        """The resolution labels are drawn at: 11.811 for 300 dpi."""
        ...

    def odometer(self) -> int | None:
        """Labels printed over the printer's whole life; None for a printer that does not count.

        Raises:
            PrinterError: it does not answer.
        """
        ...

    def print(self, picture: NDArray[np.bool_]) -> None:
        """Print one label, once; (height, width) dots, True is black. Returning proves nothing: read the label back.

        Raises:
            PrinterError: the job could not be handed over whole; a label may have come out all the same.
        """
        ...

    def close(self) -> None:
        """Let the printer go; a second call does nothing."""
        ...
