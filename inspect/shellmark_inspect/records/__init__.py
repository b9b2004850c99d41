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
from .codes import ATTEMPTS_USED
from .database import sync_folder
from .export import COLUMNS, TEXT_COLUMNS, Progress, record_json, write_csv, write_epcis, write_jsonl, write_xlsx
from .issued import Issued, IssuedCode
from .label_values import Halted, LastReading, Order, Proof, Reconciliation, Tally, Waiting
from .labels import ATTEMPTS, Labels
from .leaves import Leaf, Leaves
from .ledger import Event
from .policy import SavePolicy
from .reader import DatabaseFacts, RecordReader, Search
from .stock import Stock
from .story import CodeStep, CodeStory, Delivery, SeenLeaf, Stories, Story, Told
from .telling import Tellings
from .writer import VOIDING, Records

__all__ = [
    "ATTEMPTS",
    "ATTEMPTS_USED",
    "BASELINE",
    "COLUMNS",
    "TEXT_COLUMNS",
    "VOIDING",
    "Answer",
    "Audit",
    "CheckFacts",
    "CheckRecord",
    "CodeStep",
    "CodeStory",
    "DatabaseFacts",
    "Delivery",
    "Edit",
    "Event",
    "Halted",
    "Issued",
    "IssuedCode",
    "KeptBaseline",
    "Labels",
    "LastReading",
    "Leaf",
    "Leaves",
    "MasterAnswer",
    "Order",
    "Outcome",
    "Progress",
    "Proof",
    "Reading",
    "Reconciliation",
    "RecordReader",
    "Records",
    "SavePolicy",
    "Search",
    "SeenLeaf",
    "Stock",
    "Stories",
    "Story",
    "Suspect",
    "Tally",
    "Tellings",
    "Told",
    "Waiting",
    "Work",
    "record_json",
    "sync_folder",
    "write_csv",
    "write_epcis",
    "write_jsonl",
    "write_xlsx",
]
