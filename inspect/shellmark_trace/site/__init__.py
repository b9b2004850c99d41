"""The verify site: stations upload to it, buyers, dealers and inspectors ask it. Needs the extra `verify`."""

from .access import Tokens, site_key
from .alarms import check_batches
from .app import build_app
from .claims import PIN_LENGTH, TRIES, Claimed, new_pin, pin_hash
from .database import Database
from .findings import VERDICTS, Finding, Standing, by_counting, without_counting
from .issued import IssuedPapers
from .limits import Rate
from .parts import IssuedCheck, Site, SiteSettings
from .retention import Erased, erase_old
from .uploads import Batch, EventIn, Taken
from .words import FINDINGS

__all__ = [
    "FINDINGS",
    "PIN_LENGTH",
    "TRIES",
    "VERDICTS",
    "Batch",
    "Claimed",
    "Database",
    "Erased",
    "EventIn",
    "Finding",
    "IssuedCheck",
    "IssuedPapers",
    "Rate",
    "Site",
    "SiteSettings",
    "Standing",
    "Taken",
    "Tokens",
    "build_app",
    "by_counting",
    "check_batches",
    "erase_old",
    "new_pin",
    "pin_hash",
    "site_key",
    "without_counting",
]
