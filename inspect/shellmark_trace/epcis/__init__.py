"""What happened to a shell as GS1 EPCIS 2.0 events in JSON-LD: built, named by hash, checked, put in a document."""

from .checking import check_event, check_words
from .document import CONTEXT, document, write_document
from .events import events_of
from .hashing import event_hash, pre_hash
from .plant import Plant
from .words import BIZ_STEPS, DISPOSITIONS, ERROR_REASONS, TRANSACTION_TYPES

__all__ = [
    "BIZ_STEPS",
    "CONTEXT",
    "DISPOSITIONS",
    "ERROR_REASONS",
    "TRANSACTION_TYPES",
    "Plant",
    "check_event",
    "check_words",
    "document",
    "event_hash",
    "events_of",
    "pre_hash",
    "write_document",
]
