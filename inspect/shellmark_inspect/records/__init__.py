"""Durable, append-only records; the only SQL. One thread writes with `Records`, any reads with `RecordReader`."""

from .audit import Audit, Edit
from .check_values import (
    BASELINE,
    Answer,
    CheckFacts,
    CheckRecord,
    KeptBaseline,
    MasterAnswer,
    Outcome,
    Reading,
    Suspect,
    Work,
)
from .export import COLUMNS, TEXT_COLUMNS, Progress, record_json, write_csv, write_xlsx
from .issued import Issued, IssuedCode
from .leaves import Leaf, Leaves
from .ledger import Event
from .policy import SavePolicy
from .reader import DatabaseFacts, RecordReader, Search
from .writer import VOIDING, Records

__all__ = [
    "BASELINE",
    "COLUMNS",
    "TEXT_COLUMNS",
    "VOIDING",
    "Answer",
    "Audit",
    "CheckFacts",
    "CheckRecord",
    "DatabaseFacts",
    "Edit",
    "Event",
    "Issued",
    "IssuedCode",
    "KeptBaseline",
    "Leaf",
    "Leaves",
    "MasterAnswer",
    "Outcome",
    "Progress",
    "Reading",
    "RecordReader",
    "Records",
    "SavePolicy",
    "Search",
    "Suspect",
    "Work",
    "record_json",
    "write_csv",
    "write_xlsx",
]
