"""What the loop keeps its cases with: the records, and the last ones in memory for the screen."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock

from shellmark_inspect.errors import RecordsError
from shellmark_inspect.loop import Inspects
from shellmark_inspect.records import RecordReader, Records
from shellmark_inspect.types import Counts, Disposition, Inspection, Record, Trigger, Verdict

log = logging.getLogger(__name__)

LAST = 50
"""Records kept in memory for the thumbnails; only the newest has its pixels."""


class Keeper:
    """The records of a run. `begin`, `store` and `overrule` are called on one thread, the rest from any.

    `gtins` maps a SKU to the GTIN its passes get a code of. `reader` counts a case that came before.
    """

    def __init__(self, records: Records, reader: RecordReader, gtins: Mapping[str, str | None]) -> None:
        self.records = records
        self.reader = reader
        self._gtins = gtins
        self._lock = Lock()
        self._last: deque[Record] = deque(maxlen=LAST)
        self._counts = Counts(since=datetime.now(UTC))

    def begin(self, trigger: Trigger, inspects: Inspects) -> None:
        """Keep that a case was triggered."""
        self.records.begin(trigger, inspects.recipe.sku, inspects.versions)

    def store(self, inspection: Inspection) -> Record:
        """Keep what was found; the record comes back with the inspection's pixels."""
        kept = self.records.store(inspection, gtin=self._gtins.get(inspection.sku))
        try:
            self._count(kept)
        except RecordsError as e:  # the record is kept; a wrong count is no reason to stop
            log.warning("counting: %s", e)
        record = replace(kept, inspection=inspection)
        self._remember(record)
        return record

    def overrule(
        self, row: int, disposition: Disposition, *, operator: str, reason_code: str, note: str = ""
    ) -> Record:
        """Keep a person's decision as a further record."""
        kept = self.records.overrule(row, disposition, operator=operator, reason_code=reason_code, note=note)
        counts = self.reader.counts(self._counts.since)
        with self._lock:
            self._counts = counts
        self._remember(kept)
        return kept

    def last(self) -> tuple[Record, ...]:
        """The newest records of this run, newest first."""
        with self._lock:
            return tuple(self._last)

    def counts(self) -> Counts:
        """The cases of this run."""
        with self._lock:
            return self._counts

    def _remember(self, record: Record) -> None:
        with self._lock:
            if self._last:
                self._last[0] = _bare(self._last[0])
            self._last.appendleft(record)

    def _count(self, record: Record) -> None:
        if record.previous is not None:
            counts = self.reader.counts(self._counts.since)
        else:
            counts = _COUNT[record.verdict](self._counts)
        with self._lock:
            self._counts = counts


def _bare(record: Record) -> Record:
    """A record without pixels: fifty 20 MP cases would not fit in memory."""
    inspection = record.inspection
    found = tuple(replace(defect, crop=None) for defect in inspection.defects)
    return replace(record, inspection=replace(inspection, defects=found, evidence=()))


_COUNT: Mapping[Verdict, Callable[[Counts], Counts]] = {
    Verdict.PASS: lambda counts: replace(counts, passed=counts.passed + 1),
    Verdict.FAIL: lambda counts: replace(counts, failed=counts.failed + 1),
    Verdict.REVIEW: lambda counts: replace(counts, review=counts.review + 1),
}
