"""What another threshold would change, told from records alone: the scores, defects and reasons that were kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shellmark_inspect.errors import InputError
from shellmark_inspect.records import RecordReader
from shellmark_inspect.types import Disposition, Reason, ReasonCode, Record, Verdict
from shellmark_models import Rate, rate

MOST = 5000
"""Records looked through, newest first."""
TIMES = (0.01, 1000.0)
_PAGE = 500
_FAILS = frozenset(
    {
        ReasonCode.OVER_LIMIT,
        ReasonCode.NOT_ALLOWED,
        ReasonCode.TOO_MANY,
        ReasonCode.TOO_CLOSE,
        ReasonCode.TOO_DENSE,
    }
)
_TOGETHER = frozenset({ReasonCode.TOO_MANY, ReasonCode.TOO_CLOSE, ReasonCode.TOO_DENSE})
_TRUTH: Mapping[Disposition, bool] = {
    Disposition.OK: True,
    Disposition.NG: False,
    Disposition.SCRAP: False,
    Disposition.REWORK: False,
    Disposition.B_GRADE: False,
}
"""Whether a person's decision says that the shell is good; RECHECK says nothing."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a threshold `times` the present one would change on the newest `n` stored cases of the model in use.

    `to_pass` and `to_stop` are case ids, `rows` the record of each. `to_stop` is an upper bound: what is found newly
    may turn out to be within its limits. Rates are over cases people decided about: `overkill` of those they called
    good, `escapes` of those they called bad; each as it was and as it would be.
    """

    times: float
    n: int
    to_pass: tuple[str, ...]
    to_stop: tuple[str, ...]
    rows: Mapping[str, int]
    overkill: tuple[Rate, Rate]
    escapes: tuple[Rate, Rate]


def preview(reader: RecordReader, sku: str, model_digest: str, times: float) -> Preview:
    """Go through the newest records of a SKU that one model judged.

    Raises:
        InputError: `times` is not within reason.
    """
    if not TIMES[0] <= times <= TIMES[1]:
        raise InputError(f"threshold x {times:g}: give a factor of {TIMES[0]:g} to {TIMES[1]:g}")
    return preview_of(newest(reader, sku, model_digest), times)


def newest(reader: RecordReader, sku: str, model_digest: str, most: int = MOST) -> list[Record]:
    """The newest record of each case that a model judged, newest first, with what people decided last."""
    found: dict[str, Record] = {}
    for offset in range(0, most, _PAGE):
        page = reader.find(limit=_PAGE, offset=offset, sku=sku, model_digest=model_digest)
        for record in page:
            found.setdefault(record.inspection.trigger.case_id, record)
        if len(page) < _PAGE:
            break
    return list(found.values())


def preview_of(records: Iterable[Record], times: float) -> Preview:
    """The same of records at hand, one a case."""
    told = [(record, record.verdict, verdict_at(record, times)) for record in records]
    flips = [(record, now) for record, was, now in told if (was is Verdict.PASS) != (now is Verdict.PASS)]
    goods = [(was, now) for record, was, now in told if _is_good(record) is True]
    bads = [(was, now) for record, was, now in told if _is_good(record) is False]
    return Preview(
        times=times,
        n=len(told),
        to_pass=tuple(_name(record) for record, now in flips if now is Verdict.PASS),
        to_stop=tuple(_name(record) for record, now in flips if now is not Verdict.PASS),
        rows={_name(record): record.row for record, _ in flips},
        overkill=(_stopped(was for was, _ in goods), _stopped(now for _, now in goods)),
        escapes=(_passed(was for was, _ in bads), _passed(now for _, now in bads)),
    )


def verdict_at(record: Record, times: float) -> Verdict:
    """What a case would have come to, as far as its record tells.

    A defect whose peak stays below the threshold vanishes, and with it the reasons it gave; sizes are taken as they
    were. A view that newly reaches the threshold is REVIEW.
    """
    inspection = record.inspection
    stays = [defect.score >= times for defect in inspection.defects]
    reasons = [reason for reason in inspection.reasons if _stands(reason, record, stays, times)]
    if any(reason.code in _FAILS for reason in reasons):
        return Verdict.FAIL
    newly = any(score < 1 and score >= times for score in inspection.scores.values())
    return Verdict.REVIEW if reasons or newly else Verdict.PASS


def _stands(reason: Reason, record: Record, stays: list[bool], times: float) -> bool:
    if reason.defect is not None and reason.defect < len(stays):
        return stays[reason.defect]
    if reason.code is ReasonCode.NEAR_THRESHOLD:
        score = reason.values.get("value")
        return not isinstance(score, float) or score >= times
    if reason.code in _TOGETHER:
        label = reason.values.get("label")
        return any(stay for stay, defect in zip(stays, record.inspection.defects, strict=True) if defect.label == label)
    return True


def _is_good(record: Record) -> bool | None:
    return None if record.disposition is None else _TRUTH.get(record.disposition)


def _name(record: Record) -> str:
    return record.inspection.trigger.case_id


def _stopped(verdicts: Iterable[Verdict]) -> Rate:
    every = list(verdicts)
    return rate(sum(verdict is not Verdict.PASS for verdict in every), len(every))


def _passed(verdicts: Iterable[Verdict]) -> Rate:
    every = list(verdicts)
    return rate(sum(verdict is Verdict.PASS for verdict in every), len(every))
