"""When a daily check is due: by the clock, by what changed, by how the last one ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shellmark_inspect.recipe import MasterSpec
from shellmark_inspect.records import Answer, CheckFacts, CheckRecord, MasterAnswer, Outcome, Work
from shellmark_inspect.station import CheckSpec, DueWhy
from shellmark_inspect.station.due import due, shift_around
from shellmark_inspect.station.masters import answer_of, in_order, outcome_of
from shellmark_inspect.types import Inspection, Reason, ReasonCode, Trigger, Verdict, Versions

VERSIONS = Versions("p", "r", "sha256:r", "m/1", "sha256:m", "sha256:c")
SPEC = CheckSpec()


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute).astimezone()


def check(ended: datetime | None, outcome: Outcome | None = Outcome.PASSED, **changes: Any) -> CheckRecord:
    found = CheckRecord(1, "s", "w", "", local(1, 0), 0, ("a",), "sha256:m", "sha256:r", "sha256:c")
    return replace(found, outcome=outcome, ended_at=ended, end_row=3, **changes)


def whys(facts: CheckFacts, now: datetime, spec: CheckSpec = SPEC, **versions: str) -> list[tuple[DueWhy, bool]]:
    return [(one.why, one.blocks) for one in due(facts, spec, replace(VERSIONS, **versions), now)]


@pytest.mark.parametrize(
    ("ended", "now", "expected"),
    [
        (local(5, 8, 5), local(5, 12), []),
        (local(5, 7, 30), local(5, 12), []),
        (local(5, 7, 29), local(5, 12), [(DueWhy.SHIFT_START, True)]),
        (local(4, 20, 5), local(5, 7, 29), []),
        (local(4, 20, 5), local(5, 7, 30), [(DueWhy.SHIFT_END, False)]),
        (local(4, 20, 5), local(5, 8), [(DueWhy.SHIFT_START, True)]),
        (local(5, 7, 45), local(5, 7, 50), []),
        (local(1, 8), local(5, 12), [(DueWhy.SHIFT_START, True)]),
    ],
)
def test_shifts_begin_and_end_with_a_check(ended: datetime, now: datetime, expected: list[Any]) -> None:
    good = check(ended)
    assert whys(CheckFacts(good, good), now) == expected


def test_a_station_without_shifts_is_never_due_by_the_clock() -> None:
    good = check(local(1, 8))
    assert whys(CheckFacts(good, good), local(28, 8), CheckSpec(shifts=())) == []


def test_what_changed_since_the_last_good_check_makes_one_due() -> None:
    good = check(local(5, 8))
    work = Work("lamp", "", 9, local(5, 9), "e1", "new bar")
    facts = CheckFacts(good, good, other_sku=True, work=work)
    assert [why for why, _ in whys(facts, local(5, 10), model_digest="x", calibration="y", recipe_digest="z")] == [
        DueWhy.CHANGEOVER, DueWhy.WORK, DueWhy.MODEL, DueWhy.RECIPE, DueWhy.CALIBRATION,
    ]  # fmt: skip
    lax = CheckSpec(changeover=False, changes=False)
    assert whys(facts, local(5, 10), lax, model_digest="x") == [(DueWhy.WORK, True)]


def test_a_failed_or_broken_check_is_due_until_a_good_one() -> None:
    good, bad = check(local(5, 8)), check(local(5, 9), Outcome.FAILED, number=2)
    assert whys(CheckFacts(bad, good), local(5, 10)) == [(DueWhy.FAILED, True)]
    assert whys(CheckFacts(replace(bad, outcome=Outcome.BROKEN_OFF), good), local(5, 10)) == [(DueWhy.BROKEN_OFF, True)]
    assert whys(CheckFacts(bad, None), local(5, 10)) == [(DueWhy.FAILED, True), (DueWhy.FIRST, True)]
    assert whys(CheckFacts(), local(5, 10)) == [(DueWhy.FIRST, True)]


@given(
    st.datetimes(datetime(2026, 1, 2), datetime(2027, 1, 1)),
    st.lists(st.times(), min_size=1, max_size=4, unique=True),
)
def test_now_lies_between_the_shifts_around_it(moment: datetime, shifts: list[time]) -> None:
    now = moment.replace(tzinfo=UTC)
    began, ends = shift_around(now, CheckSpec(shifts=tuple(shifts)).shifts)
    assert began <= now < ends
    assert ends - began <= timedelta(hours=26), "a day, and an hour of summer time on either side"


@pytest.mark.parametrize("shifts", [["08:00", "08:00"], ["08:00Z"], ["25:00"], ["morning"]])
def test_shifts_that_cannot_be_are_refused(shifts: list[str]) -> None:
    with pytest.raises(ValidationError):
        CheckSpec.model_validate({"shifts": shifts})


# ── masters ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FINE = MasterSpec(name="fine", kind="ok")
DENT = MasterSpec(name="dent", kind="ng", label="dent")
DENT_A = MasterSpec(name="dent", kind="ng", label="dent", zone="A")
OVER = {"label": "dent", "measure": "length", "value": 3.0, "unit": "mm", "zone": "B", "limit": 2.0}
NEAR = OVER | {"uncertainty": 1.0}
CAMERA = Reason(ReasonCode.CAMERA, {"camera": "c", "detail": "gone"})


def said(verdict: Verdict, *reasons: Reason) -> Inspection:
    return Inspection(Trigger(1, 1, "x"), "s", verdict, reasons, (), VERSIONS)


@pytest.mark.parametrize(
    ("master", "inspection", "expected"),
    [
        (FINE, said(Verdict.PASS), Answer.RIGHT),
        (FINE, said(Verdict.REVIEW, Reason(ReasonCode.NEAR_LIMIT, NEAR)), Answer.WRONG),
        (FINE, said(Verdict.FAIL, Reason(ReasonCode.OVER_LIMIT, OVER)), Answer.WRONG),
        (FINE, said(Verdict.REVIEW, CAMERA), Answer.VOID),
        (DENT, said(Verdict.PASS), Answer.WRONG),
        (DENT, said(Verdict.REVIEW, Reason(ReasonCode.NEAR_LIMIT, NEAR)), Answer.WRONG),
        (DENT, said(Verdict.FAIL, Reason(ReasonCode.OVER_LIMIT, OVER)), Answer.RIGHT),
        (DENT, said(Verdict.FAIL, Reason(ReasonCode.OVER_LIMIT, OVER), CAMERA), Answer.RIGHT),
        (DENT, said(Verdict.FAIL, Reason(ReasonCode.OVER_LIMIT, OVER | {"label": "scratch"})), Answer.WRONG),
        (DENT_A, said(Verdict.FAIL, Reason(ReasonCode.OVER_LIMIT, OVER)), Answer.WRONG),
        (DENT, said(Verdict.REVIEW, Reason(ReasonCode.NEAR_LIMIT, NEAR), CAMERA), Answer.VOID),
    ],
)
def test_what_a_masters_verdict_says_of_the_station(
    master: MasterSpec, inspection: Inspection, expected: Answer
) -> None:
    answer, why = answer_of(master, inspection)
    assert answer is expected
    assert bool(why) == (expected is not Answer.RIGHT)
    assert "\n" not in why


def test_good_masters_frame_the_check() -> None:
    scratch = MasterSpec(name="scratch", kind="ng", label="scratch")
    assert [one.name for one in in_order([FINE, DENT, scratch])] == ["fine", "dent", "scratch", "fine"]
    assert in_order([]) == ()


@pytest.mark.parametrize(
    ("answers", "going_on", "ending"),
    [
        ([], None, Outcome.BROKEN_OFF),
        ([(1, "right")], None, Outcome.BROKEN_OFF),
        ([(1, "wrong")], None, Outcome.FAILED),
        ([(1, "right"), (2, "right")], Outcome.PASSED, Outcome.PASSED),
        ([(1, "right"), (2, "wrong")], Outcome.FAILED, Outcome.FAILED),
        ([(1, "right"), (2, "void")], None, Outcome.BROKEN_OFF),
        ([(1, "void"), (1, "right"), (2, "right")], Outcome.PASSED, Outcome.PASSED),
        ([(1, "right"), (1, "wrong"), (1, "right"), (2, "right")], Outcome.FAILED, Outcome.FAILED),
    ],
)
def test_how_a_check_ends(answers: list[tuple[int, str]], going_on: Outcome | None, ending: Outcome) -> None:
    said = tuple(MasterAnswer(place, row, Answer(answer), "") for row, (place, answer) in enumerate(answers, 1))
    found = check(None, None, masters=("fine", "dent"), answers=said)
    assert outcome_of(found, ending=False) is going_on
    assert outcome_of(found, ending=True) is ending


@pytest.mark.parametrize(
    ("master", "match"),
    [
        ({"name": "d", "kind": "ng"}, "say the label it must fail with"),
        ({"name": "d", "kind": "ok", "label": "dent"}, "has no label"),
        ({"name": "d", "kind": "perhaps"}, "kind"),
        ({"name": "d", "kind": "ok", "times": 0}, "times"),
    ],
)
def test_masters_that_cannot_be_are_refused(master: dict[str, Any], match: str) -> None:
    with pytest.raises(ValidationError, match=match):
        MasterSpec.model_validate(master)
