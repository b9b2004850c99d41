"""What the 24 patches of a colour card should be: names, published CIE Lab values, how they lie on the card."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from .spaces import adapted_to_d65, lab_of_srgb

Floats = NDArray[np.float64]

ROWS, COLUMNS = 4, 6
PATCHES = (
    "dark skin", "light skin", "blue sky", "foliage", "blue flower", "bluish green",
    "orange", "purplish blue", "moderate red", "purple", "yellow green", "orange yellow",
    "blue", "green", "red", "yellow", "magenta", "cyan",
    "white", "neutral 8", "neutral 6.5", "neutral 5", "neutral 3.5", "black",
)  # fmt: skip
"""The patches row by row, the neutral row last, brown at the top left."""
NEUTRALS = slice(18, 24)


@dataclass(frozen=True, slots=True)
class Card:
    """A card's `name` and the CIE Lab (24, 3) of its patches under D65, 2 degrees, in the order of `PATCHES`.

    `touching`: its patches have no gap between them but a line.
    """

    name: str
    lab: Floats
    touching: bool = False

    def __post_init__(self) -> None:
        if self.lab.shape != (ROWS * COLUMNS, 3):
            raise ValueError(f"a card has {ROWS * COLUMNS} patches of L, a, b, not {self.lab.shape}")
        self.lab.setflags(write=False)


_AFTER_2014 = np.array([
    (37.54, 14.37, 14.92), (64.66, 19.27, 17.50), (49.32, -3.82, -22.54),
    (43.46, -12.74, 22.72), (54.94, 9.61, -24.79), (70.48, -32.26, -0.37),
    (62.73, 35.83, 56.50), (39.43, 10.75, -45.17), (50.57, 48.64, 16.67),
    (30.10, 22.54, -20.87), (71.77, -24.13, 58.19), (71.51, 18.24, 67.37),
    (28.37, 15.42, -49.80), (54.38, -39.72, 32.27), (42.43, 51.05, 28.62),
    (81.80, 2.67, 80.41), (50.63, 51.28, -14.12), (49.57, -29.71, -28.32),
    (95.19, -1.03, 2.93), (81.29, -0.57, 0.44), (66.89, -0.75, -0.06),
    (50.76, -0.13, 0.14), (35.63, -0.46, -0.48), (20.64, 0.07, -0.46),
])  # fmt: skip
"""X-Rite, "New color specifications for ColorChecker SG and Classic charts": from November 2014 on; D50, 2 degrees."""

_BEFORE_2014 = np.array([
    (37.986, 13.555, 14.059), (65.711, 18.130, 17.810), (49.927, -4.880, -21.925),
    (43.139, -13.095, 21.905), (55.112, 8.844, -25.399), (70.719, -33.397, -0.199),
    (62.661, 36.067, 57.096), (40.020, 10.410, -45.964), (51.124, 48.239, 16.248),
    (30.325, 22.976, -21.587), (72.532, -23.709, 57.255), (71.941, 19.363, 67.857),
    (28.778, 14.179, -50.297), (55.261, -38.342, 31.370), (42.101, 53.378, 28.190),
    (81.733, 4.039, 79.819), (51.935, 49.986, -14.574), (51.038, -28.631, -28.638),
    (96.539, -0.425, 1.186), (81.257, -0.638, -0.335), (66.766, -0.734, -0.504),
    (50.867, -0.153, -0.270), (35.656, -0.421, -1.231), (20.461, -0.079, -0.973),
])  # fmt: skip
"""X-Rite, the same page: before November 2014; D50, 2 degrees."""

_CAMERA_TRAX_SRGB = np.array([
    (115, 83, 68), (196, 147, 127), (91, 122, 155), (94, 108, 66), (129, 128, 176), (98, 190, 168),
    (223, 124, 47), (58, 92, 174), (194, 82, 96), (93, 60, 103), (162, 190, 62), (229, 158, 41),
    (49, 66, 147), (77, 153, 71), (173, 57, 60), (241, 201, 25), (190, 85, 150), (0, 135, 166),
    (242, 243, 245), (203, 203, 204), (162, 163, 162), (120, 120, 120), (84, 84, 84), (50, 50, 52),
])  # fmt: skip
"""24ColorCard in 8-bit sRGB, as the phenotyping programs of the Australian Plant Phenomics Facility use it."""

CARDS = MappingProxyType(
    {
        card.name: card
        for card in (
            Card("classic", adapted_to_d65(_AFTER_2014)),
            Card("classic-before-2014", adapted_to_d65(_BEFORE_2014)),
            Card("camera-trax", lab_of_srgb(_CAMERA_TRAX_SRGB / 255.0), touching=True),
        )
    }
)
"""Every card whose values are known. Passport, Mini and Nano have the Classic's pigments and its values."""
