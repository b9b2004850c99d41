"""The colour of one view: from a camera's BGR to what a colour card says it should be.

All differences are of three-channel cameras: camera ΔE, never that of a spectrophotometer.
"""

from .cards import CARDS, COLUMNS, PATCHES, ROWS, Card
from .correction import ColourCorrection, Fit, best_card, fit_card
from .detector import CardPlace, find_cards
from .measure import Gamma, Patches, measure_patches
from .reading import AUTO, CardReading, read_card
from .report import colour_sections
from .spaces import difference, lab_of_linear, lab_of_srgb, linear_of_srgb, srgb_of_linear
from .table import ColourTable

__all__ = [
    "AUTO",
    "CARDS",
    "COLUMNS",
    "PATCHES",
    "ROWS",
    "Card",
    "CardPlace",
    "CardReading",
    "ColourCorrection",
    "ColourTable",
    "Fit",
    "Gamma",
    "Patches",
    "best_card",
    "colour_sections",
    "difference",
    "find_cards",
    "fit_card",
    "lab_of_linear",
    "lab_of_srgb",
    "linear_of_srgb",
    "measure_patches",
    "read_card",
    "srgb_of_linear",
]
