"""Which planes of a view are compared, and how: the grey level of each light, and the colour of one that has colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from shellmark_models.card import COLOUR, is_chroma

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Layout:
    """What the planes of a model's images are: ``chroma`` (p,) is true for a plane of colour, false for a grey one.

    ``from_colour``: the images are one colour frame (BGR), of which grey and both chromas are made here.
    """

    chroma: tuple[bool, ...]
    from_colour: bool = False

    @classmethod
    def of(cls, channels: tuple[str, ...]) -> Layout:
        """The layout of a card's channels."""
        if channels == COLOUR:
            return cls((False, True, True), from_colour=True)
        return cls(tuple(is_chroma(name) for name in channels))

    def planes(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The planes (h, w, p) of an image (h, w, c) in the model's channels."""
        if not self.from_colour:
            return image
        lab = cv2.cvtColor(image, cv2.COLOR_BGR2LAB)
        lab[..., 0] = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        return np.asarray(lab, np.uint8)
