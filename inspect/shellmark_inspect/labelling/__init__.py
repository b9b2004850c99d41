"""Labels onto cases: printed once, read back, counted, proven or voided. One driver with its own thread."""

from .labeller import Labeller
from .looking import steady_odometer
from .parts import Keep, Ledgers, Parts, Settings
from .sight import Sight, Watch
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
    "Sight",
    "Watch",
    "steady_odometer",
]
