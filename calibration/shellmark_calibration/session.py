"""Calibrating with a live camera: each picture judged as it comes, what is still missing, the lens so far."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .board import Board
from .poses import covered, too_alike
from .sighting import Refusal, Sighting, look
from .solving import LEAST_PICTURES, Solution, solve


class BoardSession:
    """The pictures of one board before one camera, for a window; not to be shared by threads without a lock.

    `size_px` is the (width, height) every picture must have, None to take that of the first one.
    """

    def __init__(self, board: Board, size_px: tuple[int, int] | None = None) -> None:
        self.board = board
        self._size_px = size_px
        self._taken: list[Sighting] = []

    @property
    def taken(self) -> tuple[Sighting, ...]:
        """The pictures that count."""
        return tuple(self._taken)

    @property
    def size_px(self) -> tuple[int, int] | None:
        """The (width, height) of the camera's pictures; None before the first."""
        return self._size_px

    def look(self, pixels: NDArray[Any] | None, name: str = "", *, quick: bool = True) -> Sighting | Refusal:
        """What a live picture (h, w[, 3]) shows; nothing is kept. A sighting may still be refused by `take`."""
        found = look(self.board, pixels, name, size_px=self._size_px, quick=quick)
        if isinstance(found, Sighting) and self._size_px is None:
            self._size_px = found.size_px
        return found

    def alike(self, sighting: Sighting) -> Refusal | None:
        """Refused when a picture already taken shows the board in the same place."""
        return too_alike(sighting, self._taken)

    def take(self, sighting: Sighting) -> Refusal | None:
        """Keep a sighting for the solution, or say why not."""
        refusal = self.alike(sighting)
        if refusal is None:
            self._taken.append(sighting)
        return refusal

    def drop(self, name: str) -> None:
        """Take a picture out again; nothing happens when none is called so."""
        self._taken = [one for one in self._taken if one.name != name]

    @property
    def coverage(self) -> NDArray[np.int64]:
        """How many corners fell into each cell of the frame, (6, 8); zeros before the first picture."""
        return covered(self._taken, self._size_px or (1, 1))

    @property
    def can_solve(self) -> bool:
        """Whether there are enough pictures to try."""
        return len(self._taken) >= LEAST_PICTURES

    def solve(self) -> Solution:
        """The lens of the pictures taken: seconds of work, not for the thread of a window.

        Raises:
            BoardError: the pictures are too few or too similar.
        """
        return solve(self.board, self._taken)
