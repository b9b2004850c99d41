"""What a model sees of a view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np

from shellmark_inspect.errors import StepError
from shellmark_inspect.types import Pixels, View

from .moving import grey


def evidence(view: View, channels: Sequence[str]) -> Pixels:
    """The model's planes of a view, stacked as (h, w, 3) uint8.

    One channel: the plane as it is (BGR; a grey one three times). Three channels: their grey planes in that order.

    Raises:
        StepError: the view has no such plane, or the channels are neither one nor three.
    """
    if missing := [name for name in channels if name not in view.planes]:
        raise StepError(f"view {view.name} has no plane {missing[0]}: it has {', '.join(view.planes)}")
    if len(channels) == 1:
        plane = view.planes[channels[0]]
        return plane if plane.ndim == 3 else cast(Pixels, cv2.cvtColor(plane, cv2.COLOR_GRAY2BGR))
    if len(channels) != 3:
        raise StepError(f"view {view.name}: a model sees one plane or three, not {len(channels)}")
    h, w = view.size
    stacked = np.empty((h, w, 3), np.uint8)
    for i, name in enumerate(channels):
        stacked[..., i] = grey(view.planes[name])
    return stacked
