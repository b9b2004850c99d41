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
from shellmark_inspect.station.clearance import Clearance
from shellmark_inspect.types import Counts, Disposition, Inspection, Record, Trigger, Verdict

log = logging.getLogger(__name__)

LAST = 50
"""Records kept in memory for the thumbnails; only the newest has its pixels, and the last one people called missed."""


class Keeper:
    """The records of a run. `begin`, `store` and `overrule` are called on one thread, the rest from any.

    `gtins` maps a SKU to the GTIN its passes get a code of. `reader` counts a case that came before.
    `clearance` says whether a pass may be given, and is told of every record.
    """

    def __init__(
        self, records: Records, reader: RecordReader, gtins: Mapping[str, str | None], clearance: Clearance
    ) -> None:
        self.records = records
        self.reader = reader
        self._gtins = gtins
        self._clearance = clearance
        self._lock = Lock()
        self._last: deque[Record] = deque(maxlen=LAST)
        self._counts = Counts(since=datetime.now(UTC))

    def begin(self, trigger: Trigger, inspects: Inspects) -> None:
        """Keep that a case was triggered."""
        self.records.begin(trigger, inspects.recipe.sku, inspects.versions)

    def store(self, inspection: Inspection) -> Record:
        """Keep what was found; the record comes back with the inspection's pixels."""
        inspection = self._clearance.hold(inspection)
        answer = self._clearance.checks.answer_of(inspection)
        kept = self.records.store(inspection, gtin=self._gtins.get(inspection.sku), answer=answer)
        try:
            self._count(kept)
        except RecordsError as e:  # the record is kept; a wrong count is no reason to stop
            log.warning("counting: %s", e)
        record = replace(kept, inspection=inspection)
        self._remember(record)
        try:
            self._clearance.see(record, self)
        except Exception:  # the record is kept; what else it says must not cost the next one
            log.exception("record %d", record.row)
        return record

    def overrule(
        self, row: int, disposition: Disposition, *, operator: str, reason_code: str, note: str = ""
    ) -> Record:
        """Keep a person's decision as a further record."""
        kept = self.records.overrule(row, disposition, operator=operator, reason_code=reason_code, note=note)
        counts = self.reader.counts(self._counts.since)
        with self._lock:
            self._counts = counts
            newest = self._last[0] if self._last else None
        if newest is not None and newest.row == row:  # it is still the newest case: a missed defect is taught from it
            kept = replace(kept, inspection=replace(kept.inspection, evidence=newest.inspection.evidence))
        self._remember(kept)
        return kept

    def prune(self) -> None:
        """Delete the pictures the save policy is done with; one that stays is no reason to stop."""
        try:
            self.records.prune()
        except RecordsError as e:
            log.warning("old pictures: %s", e)

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
            kept = [_missed(one) for one in (record, *self._last)]
            pinned = kept.index(True) - 1 if True in kept else -1  # its defect may be drawn while the line goes on
            for place, one in enumerate(self._last):
                if one.inspection.evidence and place != pinned:
                    self._last[place] = _bare(one)
            self._last.appendleft(record)

    def _count(self, record: Record) -> None:
        if record.master:
            return
        if record.previous is not None:
            counts = self.reader.counts(self._counts.since)
        else:
            counts = _COUNT[record.verdict](self._counts)
        with self._lock:
            self._counts = counts


def _missed(record: Record) -> bool:
    """Whether a person called bad what passed, and its pixels are still here to teach from."""
    called_bad = record.disposition is Disposition.NG and record.verdict is Verdict.PASS
    return called_bad and bool(record.inspection.evidence)


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
