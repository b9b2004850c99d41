"""Durable, append-only records; the only SQL. One thread writes with `Records`, any reads with `RecordReader`."""

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
from .export import COLUMNS, TEXT_COLUMNS, Progress, record_json, write_csv, write_epcis, write_jsonl, write_xlsx
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
    "CheckFacts",
    "CheckRecord",
    "DatabaseFacts",
    "Event",
    "KeptBaseline",
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
    "write_epcis",
    "write_jsonl",
    "write_xlsx",
]
