"""Durable, append-only records; the only SQL. One thread writes with `Records`, any reads with `RecordReader`."""

from .export import COLUMNS, TEXT_COLUMNS, Progress, record_json, write_csv, write_xlsx
from .ledger import Event
from .policy import SavePolicy
from .reader import DatabaseFacts, RecordReader, Search
from .writer import VOIDING, Records

__all__ = [
    "COLUMNS",
    "TEXT_COLUMNS",
    "VOIDING",
    "DatabaseFacts",
    "Event",
    "Progress",
    "RecordReader",
    "Records",
    "SavePolicy",
    "Search",
    "record_json",
    "write_csv",
    "write_xlsx",
]
