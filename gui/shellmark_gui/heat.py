"""The map of scores over a picture, on one fixed scale tied to the threshold: a good shell never looks red.

Nothing is drawn below half the limit, yellow grows denser towards it, red begins at it. The scale is never stretched.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PyQt6.QtGui import QColor, QImage, qRgba

from shellmark_gui.pictures import Shot
from shellmark_gui.theme import FAIL_COLOUR, REVIEW_COLOUR
from shellmark_inspect.types import MAP_LIMIT, ImageRef, Pixels

SHOWN_FROM = 0.5
"""The share of the limit below which nothing is drawn."""

DENSEST_YELLOW, FIRST_RED, DENSEST_RED = 150, 170, 220


def _colour(value: int) -> int:
    share = value / MAP_LIMIT
    if share < SHOWN_FROM:
        return qRgba(0, 0, 0, 0)
    if share < 1.0:
        colour, alpha = QColor(REVIEW_COLOUR), DENSEST_YELLOW * (share - SHOWN_FROM) / (1.0 - SHOWN_FROM)
    else:
        colour, alpha = QColor(FAIL_COLOUR), FIRST_RED + (DENSEST_RED - FIRST_RED) * min(share - 1.0, 1.0)
    return qRgba(colour.red(), colour.green(), colour.blue(), round(alpha))


SCALE = [_colour(value) for value in range(256)]
"""The colour of each value of a map."""


LEGEND = ((0.5, "0.5"), (1.0, "1.0"), (1.5, "1.5"))
"""The scores written under the picture, and where the legend begins and ends."""


def legend_colour(share: float) -> QColor:
    """The colour at a share of the legend's width, as it looks on the screen's ground."""
    score = LEGEND[0][0] + share * (LEGEND[-1][0] - LEGEND[0][0])
    return QColor.fromRgba(SCALE[min(int(MAP_LIMIT * score), len(SCALE) - 1)])


def heat_image(scores: Pixels) -> QImage:
    """A map (h, w) as a picture to lay over its frame."""
    scores = np.ascontiguousarray(scores)
    height, width = scores.shape
    indexed = QImage(scores.data, width, height, scores.strides[0], QImage.Format.Format_Indexed8)  # type: ignore[call-overload]
    indexed.setColorTable(SCALE)
    image: QImage = indexed.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return image


def load_heat(shot: Shot, find: Callable[[ImageRef], Path]) -> QImage:
    """The map of a shot, from memory or from its file.

    Raises:
        OSError: its file is missing or no picture.
    """
    if shot.pixels is not None:
        return heat_image(shot.pixels)
    if shot.image is None:
        raise OSError("a map that is neither in memory nor kept")
    path = find(shot.image)
    scores = cv2.imdecode(np.frombuffer(path.read_bytes() or b"?", np.uint8), cv2.IMREAD_GRAYSCALE)
    if scores is None:
        raise OSError(f"map {path} cannot be shown: it is damaged")
    return heat_image(np.asarray(scores, np.uint8))
