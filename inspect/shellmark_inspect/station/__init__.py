"""The station: built from a configuration, the one place that names concrete parts."""

from .checks import WORKS, Checks, CheckState, Place
from .clearance import Clearance
from .comparing import Compared, compare
from .config import CheckSpec, StationConfig
from .drift import Chart, Monitor
from .drift_door import Drift
from .due import Due, DueWhy
from .gating import GateProcess, GateTask
from .golden import golden_places
from .inclusion import published_leaf
from .label_desk import LabelDesk
from .label_spec import LabelSpec, OrderSpec
from .log_check import Checked, check_log
from .log_config import LogSpec, WitnessSpec
from .plans import judging_versions, read_recipes
from .proving import note_with, proof_text, send_proofs
from .publishing import Notary, log_spec, log_verifier, open_log, publish
from .quantities import Kind, Quantity
from .samples import samples_folder
from .station import Station
from .stored import StoredCase, folder_cases, record_cases
from .troubles import TROUBLES, Trouble, TroubleCode
from .wishes import FOLDER as WISHES
from .wishes import Answer, Spool, Taken, Wish, as_rows, take_step

__all__ = [
    "TROUBLES",
    "WISHES",
    "WORKS",
    "Answer",
    "Chart",
    "CheckSpec",
    "CheckState",
    "Checked",
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
    "LogSpec",
    "Monitor",
    "Notary",
    "OrderSpec",
    "Place",
    "Quantity",
    "Spool",
    "Station",
    "StationConfig",
    "StoredCase",
    "Taken",
    "Trouble",
    "TroubleCode",
    "Wish",
    "WitnessSpec",
    "as_rows",
    "check_log",
    "compare",
    "folder_cases",
    "golden_places",
    "judging_versions",
    "log_spec",
    "log_verifier",
    "note_with",
    "open_log",
    "proof_text",
    "publish",
    "published_leaf",
    "read_recipes",
    "record_cases",
    "samples_folder",
    "send_proofs",
    "take_step",
]
