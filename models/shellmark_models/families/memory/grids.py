"""Grids of numbers on a shelf, so that memory stays bounded however many views are learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shellmark_models.training.spool import Shelf

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Grids(Shelf):
    """Arrays at half precision, in the order they came."""

    def append(self, grid: NDArray[np.float32]) -> None:
        """Adds one; raises OSError when the disk is full."""
        self.put(grid.astype(np.float16))

    def __getitem__(self, index: int) -> NDArray[np.float32]:
        return self.get(index).astype(np.float32)
