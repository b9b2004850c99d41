"""The station: built from a configuration, the one place that names concrete parts."""

from .checks import WORKS, Checks, CheckState, Place
from .clearance import Clearance
from .comparing import Compared, compare
from .config import CheckSpec, StationConfig, data_folder
from .drift import Chart, Monitor
from .drift_door import Drift
from .due import Due, DueWhy
from .gating import GateProcess, GateTask
from .golden import golden_places
from .label_desk import LabelDesk
from .label_spec import LabelSpec, OrderSpec
from .plans import judging_versions, read_recipes
from .quantities import Kind, Quantity
from .samples import samples_folder
from .station import Station
from .stored import StoredCase, folder_cases, record_cases
from .troubles import TROUBLES, Trouble, TroubleCode

__all__ = [
    "TROUBLES",
    "WORKS",
    "Chart",
    "CheckSpec",
    "CheckState",
    "Checks",
    "Clearance",
    "Compared",
    "Drift",
    "Due",
    "DueWhy",
    "GateProcess",
    "GateTask",
    "Kind",
    "LabelDesk",
    "LabelSpec",
    "Monitor",
    "OrderSpec",
    "Place",
    "Quantity",
    "Station",
    "StationConfig",
    "StoredCase",
    "Trouble",
    "TroubleCode",
    "compare",
    "data_folder",
    "folder_cases",
    "golden_places",
    "judging_versions",
    "read_recipes",
    "record_cases",
    "samples_folder",
]
