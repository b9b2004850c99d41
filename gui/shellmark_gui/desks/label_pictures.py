"""The two pictures of the label's page, made off the GUI thread: dots of the printer, and a frame of the camera."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QSize

from shellmark_gui.desks.screen import Screen
from shellmark_gui.pages.label_page import LabelPage
from shellmark_gui.pictures import HELD_PX, Picture, smooth, zero_copy
from shellmark_inspect.labelling import Sight

LABEL_PX = 900
"""A label is shown about so wide: its dots are repeated, never blurred."""

Pair = tuple[Picture | None, Picture | None]


class LabelPictures:
    """Asks for the pictures whenever the labeller has drawn or seen something else."""

    def __init__(self, screen: Screen, page: LabelPage) -> None:
        self._screen, self._page = screen, page
        self._shown: Sight | None = None
        self._coming: Future[Pair] | None = None

    def show(self, sight: Sight) -> None:
        """Show the pictures of a sight; one that was asked for before is forgotten."""
        before = self._shown
        if before is not None and before.label is sight.label and before.frame is sight.frame:
            return
        self._shown = sight
        if self._coming is not None:
            self._coming.cancel()
        done = partial(self._came, sight)
        self._coming = self._screen.bridge.fetch(partial(pictures_of, sight), done, self._screen.say)

    def _came(self, sight: Sight, pair: Pair) -> None:
        if sight is self._shown:
            self._page.show_pictures(*pair)


def pictures_of(sight: Sight) -> Pair:
    """The label and the frame, ready to be drawn; slow: never on the GUI thread."""
    label = label_picture(sight.label) if sight.label is not None else None
    return label, smooth(sight.frame, HELD_PX) if sight.frame is not None else None


def label_picture(dots: NDArray[np.bool_]) -> Picture:
    """A label's dots, black on white, enlarged by whole dots."""
    times = max(1, LABEL_PX // dots.shape[1])
    grey = np.where(dots, 0, 255).astype(np.uint8)
    large = cv2.resize(grey, None, fx=times, fy=times, interpolation=cv2.INTER_NEAREST)
    return Picture(zero_copy(np.asarray(large, np.uint8)), QSize(large.shape[1], large.shape[0]))
