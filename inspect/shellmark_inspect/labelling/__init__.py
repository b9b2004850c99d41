"""Labels onto cases: printed once, read back, counted, proven or voided. One driver with its own thread."""

from .labeller import Labeller
from .parts import Keep, Ledgers, Parts, Settings
from .states import FAULTS, TO_DO, Fault, Labelling, LabelState

__all__ = [
    "FAULTS",
    "TO_DO",
    "Fault",
    "Keep",
    "LabelState",
    "Labeller",
    "Labelling",
    "Ledgers",
    "Parts",
    "Settings",
]
