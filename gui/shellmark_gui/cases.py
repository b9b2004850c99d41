"""The last cases as the screen remembers them: newest first, a decision in the place of what it decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PyQt6.QtGui import QImage

from shellmark_inspect.types import Record

KEPT = 50
WITH_CROPS = 12


@dataclass(slots=True)
class Case:
    """One case: its newest record, and its thumbnail once there is one."""

    record: Record
    thumbnail: QImage | None = None


class Cases:
    """The last 50 cases; only the newest keeps its frames in memory, only the last twelve their crops."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._cases: list[Case] = []
        for record in sorted(records, key=lambda one: one.row):
            self.add(record)

    def add(self, record: Record) -> Case:
        """Take a new record: a new case in front, or a decision about a case that is there."""
        known = self.of(record)
        if known is not None:
            known.record = _with_pictures_of(record, known.record)
            return known
        case = Case(record)
        self._cases.insert(0, case)
        del self._cases[KEPT:]
        for place, older in enumerate(self._cases[1 : WITH_CROPS + 2], 1):
            older.record = _lighter(older.record, crops=place < WITH_CROPS)
        return case

    def of(self, record: Record) -> Case | None:
        """The case a record belongs to: the same row, or the one it decides about."""
        rows = {record.row} if record.disposition is None else {record.row, record.previous}
        for case in self._cases:
            if case.record.row in rows or (
                record.disposition is not None and case.record.inspection.trigger == record.inspection.trigger
            ):
                return case
        return None

    def newest(self) -> list[Case]:
        """All, newest first."""
        return list(self._cases)

    def beside(self, record: Record, step: int) -> Record:
        """The record so many places older (or, below zero, newer); the same at either end."""
        rows = [case.record.row for case in self._cases]
        place = rows.index(record.row) if record.row in rows else 0
        return self._cases[min(max(place + step, 0), len(rows) - 1)].record


def _with_pictures_of(record: Record, before: Record) -> Record:
    """A decision's record with the pictures its case already had, where it brings none itself."""
    inspection = record.inspection
    if not inspection.evidence and before.inspection.evidence:
        inspection = replace(inspection, evidence=before.inspection.evidence)
    if not any(defect.crop is not None for defect in inspection.defects):
        inspection = replace(inspection, defects=before.inspection.defects or inspection.defects)
    return replace(record, inspection=inspection, images=record.images or before.images)


def _lighter(record: Record, *, crops: bool) -> Record:
    inspection = replace(record.inspection, evidence=())
    if not crops:
        defects = tuple(replace(defect, crop=None) for defect in inspection.defects)
        inspection = replace(inspection, defects=defects)
    return replace(record, inspection=inspection)
