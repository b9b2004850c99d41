"""The loop's rule: every trigger ends in exactly one record, under any mix of faults."""

from __future__ import annotations

import tempfile
from collections import Counter
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_parts import ScriptedCamera, ScriptedInspector, ScriptedRecords

from shellmark_inspect.cameras import Guarded
from shellmark_inspect.errors import BadFrame, RecordsError, ShellmarkError, StorageFull
from shellmark_inspect.loop import MOVES, CameraThread, Loop, NotReady, Overrun, Plan, StationState
from shellmark_inspect.records import RecordReader, Records
from shellmark_inspect.types import Inspection, ReasonCode, Record, Trigger, Verdict

CAMERA = st.lists(
    st.sampled_from(["good", "good", "lost", "timeout", "bad", "error", "bug", "hang", "gap"]), max_size=12
)
MODEL = st.lists(st.sampled_from(["good", "good", "model", "raise"]), max_size=12)
COMMIT = st.lists(st.sampled_from(["good"] * 6 + ["slow", "full", "gone", "bug", "input"]), max_size=30)


def build(camera, inspector, records, *, room=3, overrun=Overrun.RECORD, answer_within_s=0.1, **more) -> Loop:
    thread = CameraThread(Guarded(camera, repeats=True), look_every_s=0)
    thread.start().result(5)
    plan = Plan(inspector, {camera.name: {"front": ["a", "b"]}}, {camera.name: thread})
    return Loop(plan, records, room=room, overrun=overrun, answer_within_s=answer_within_s, station="st", **more)


def stop(loop: Loop) -> list:
    unstored = loop.stop()
    for thread in loop._plan.cameras.values():
        assert thread.stop()
    return unstored


def fire(loop: Loop, count: int) -> list[Future[Record]]:
    futures = []
    for _ in range(count):
        try:
            futures.append(loop.trigger())
        except NotReady:
            break
    return futures


@settings(max_examples=150, deadline=None)
@given(
    camera=CAMERA,
    model=MODEL,
    commits=COMMIT,
    count=st.integers(0, 12),
    room=st.integers(1, 4),
    overrun=st.sampled_from(Overrun),
    stop_early=st.booleans(),
)
def test_every_trigger_ends_in_exactly_one_record(camera, model, commits, count, room, overrun, stop_early):
    records = ScriptedRecords(commits)
    told: list[int] = []
    loop = build(
        ScriptedCamera("c", camera),
        ScriptedInspector(model),
        records,
        room=room,
        overrun=overrun,
        on_record=lambda r: told.append(r.inspection.trigger.number),
    )
    loop.start()
    futures = fire(loop, count)
    if not stop_early:
        for future in futures:
            future.exception(10)
    unstored = stop(loop)

    kept = Counter(r.inspection.trigger.number for r in records.stored)
    held = Counter(i.trigger.number for i in unstored)
    begun = Counter(records.begun)
    assert set((kept + held).values()) <= {1}, "no trigger has two records"
    assert kept + held == begun, "every begun trigger has its record, kept or waiting to be stored"
    assert told == [r.inspection.trigger.number for r in records.stored]
    assert all(f.done() for f in futures)
    good = [f.result().inspection.trigger.number for f in futures if f.exception() is None]
    assert Counter(good) == kept
    assert all(isinstance(f.exception(), ShellmarkError | None) for f in futures)
    for record in records.stored:
        assert record.verdict is Verdict.PASS or record.inspection.reasons
    assert loop.open_cases == 0


class FaultyRecords:
    """Real records on SQLite; `script` says which calls fail, before they are kept or just after."""

    def __init__(self, records: Records, script: list[str]) -> None:
        self.records = records
        self.script = list(script)
        self.begun: set[int] = set()

    def begin(self, trigger: Trigger, inspects) -> None:
        def do() -> None:
            self.records.begin(trigger, "sku", inspects.versions)
            self.begun.add(trigger.number)

        self._faulty(do)

    def store(self, inspection: Inspection) -> Record:
        return self._faulty(lambda: self.records.store(inspection))

    def _faulty(self, do):
        what = self.script.pop(0) if self.script else "good"
        if what == "full":
            raise StorageFull("disk full")
        done = do()
        if what == "after":
            raise RecordsError("the answer was lost")
        return done


@settings(max_examples=40, deadline=None)
@given(
    camera=CAMERA,
    model=MODEL,
    calls=st.lists(st.sampled_from(["good"] * 8 + ["full", "after"]), max_size=20),
    count=st.integers(0, 8),
    room=st.integers(1, 3),
    stop_early=st.booleans(),
    remembers=st.booleans(),
)
def test_every_begun_trigger_has_one_row_after_the_next_start(camera, model, calls, count, room, stop_early, remembers):
    """On real records, as `Station` goes on: what waits in memory first, unless the program ended; then recovery."""
    with tempfile.TemporaryDirectory() as name:
        where = Path(name)
        records = Records.open(where / "r.db", where / "i", station="st", host="x.cn")
        keeps = FaultyRecords(records, calls)
        loop = build(ScriptedCamera("c", camera), ScriptedInspector(model), keeps, room=room)
        loop.start()
        futures = fire(loop, count)
        if not stop_early:
            for future in futures:
                future.exception(10)
        unstored = stop(loop)
        records.close()

        again = Records.open(where / "r.db", where / "i", station="st", host="x.cn")
        for inspection in unstored if remembers else ():
            if again.is_open(inspection.trigger):
                again.store(inspection)
        again.recover()
        assert not again.recover()
        again.close()
        reader = RecordReader(where / "r.db", where / "i")
        rows = list(reader.iterate())
        reader.close()
    assert Counter(r.inspection.trigger.number for r in rows) == Counter(keeps.begun)
    by_number = {r.inspection.trigger.number: r for r in rows}
    for future in futures:
        if future.exception() is None:
            said = future.result()
            assert by_number[said.inspection.trigger.number].row == said.row, "what was told stays as it was told"
    for inspection in unstored if remembers else ():
        assert by_number[inspection.trigger.number].verdict is inspection.verdict, "what was found is not forgotten"


@settings(max_examples=30, deadline=None)
@given(camera=CAMERA, callers=st.integers(2, 4), each=st.integers(1, 6))
def test_many_callers_at_once(camera, callers, each):
    records = ScriptedRecords()
    loop = build(ScriptedCamera("c", camera), ScriptedInspector(), records, room=2)
    loop.start()
    futures: list[Future[Record]] = []
    threads = [Thread(target=lambda: futures.extend(fire(loop, each))) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [f.result(20).inspection.trigger.number for f in futures]
    stop(loop)
    assert sorted(numbers) == list(range(1, callers * each + 1))


def test_a_full_station_says_so():
    camera = ScriptedCamera("c", ["hang"] * 5)
    loop = build(camera, ScriptedInspector(), ScriptedRecords(), room=1, answer_within_s=5)
    loop.start()
    first, second = loop.trigger(), loop.trigger()
    reasons = second.result(5).inspection.reasons
    assert [r.code for r in reasons] == [ReasonCode.OVERRUN]
    assert first.result(5).verdict is Verdict.PASS
    stop(loop)


def test_waiting_for_room_lets_nothing_go_past():
    loop = build(ScriptedCamera("c"), ScriptedInspector(), ScriptedRecords(["slow"] * 99), room=1, overrun=Overrun.WAIT)
    loop.start()
    verdicts = [f.result(10).verdict for f in [loop.trigger() for _ in range(8)]]
    stop(loop)
    assert verdicts == [Verdict.PASS] * 8


def test_a_record_that_cannot_be_kept_stops_the_station():
    records = ScriptedRecords(["good", "full"])
    loop = build(ScriptedCamera("c"), ScriptedInspector(), records)
    loop.start()
    lost = loop.trigger()
    assert loop.wait_state(StationState.ERROR, timeout_s=5)
    assert loop.message == "disk full"
    with pytest.raises(NotReady, match="disk full"):
        loop.trigger()
    unstored = stop(loop)
    assert [i.trigger.number for i in unstored] == records.begun, "what could not be stored is not lost"
    assert isinstance(lost.exception(), RecordsError)


@pytest.mark.parametrize("calls", [["gone"], ["good", "gone"], ["good", "input"]])
def test_the_state_is_error_before_the_caller_hears_of_it(calls):
    loop = build(ScriptedCamera("c"), ScriptedInspector(), ScriptedRecords(calls))
    loop.start()
    future, states = loop.trigger(), []
    future.add_done_callback(lambda _: states.append(loop.state))
    assert isinstance(future.exception(5), RecordsError)
    stop(loop)
    assert states == [StationState.ERROR]


def test_a_camera_whose_thread_has_ended_holds_nothing_up():
    camera = ScriptedCamera("c")
    loop = build(camera, ScriptedInspector(), ScriptedRecords())
    loop.start()
    assert all(thread.stop() for thread in loop._plan.cameras.values())
    records = [loop.trigger().result(5) for _ in range(3)]
    assert {record.verdict for record in records} == {Verdict.REVIEW}
    assert "start the station again" in str(records[-1].inspection.reasons[0])
    stop(loop)


def test_a_lost_camera_is_opened_again():
    camera = ScriptedCamera("c", ["lost", "good"])
    loop = build(camera, ScriptedInspector(), ScriptedRecords(), answer_within_s=5)
    loop.start()
    lost = loop.trigger().result(5)
    assert camera.reopened.wait(5), "the guard's first pause is 1 s"
    back = loop.trigger().result(5)
    stop(loop)
    assert "unplugged" in str(lost.inspection.reasons[0])
    assert back.verdict is Verdict.PASS


def test_a_hanging_camera_costs_its_case_only():
    camera = ScriptedCamera("c", ["hang", "good", "good"])
    loop = build(camera, ScriptedInspector(), ScriptedRecords(), answer_within_s=0.05)
    loop.start()
    hung = loop.trigger().result(5)
    camera.let_go.set()
    later = [loop.trigger().result(5) for _ in range(2)]
    stop(loop)
    assert hung.verdict is Verdict.REVIEW
    assert "no answer" in str(hung.inspection.reasons[0])
    assert later[-1].verdict is Verdict.PASS


def test_lost_frames_are_a_review():
    loop = build(ScriptedCamera("c", ["good", "gap"]), ScriptedInspector(), ScriptedRecords())
    loop.start()
    loop.trigger().result(5)
    record = loop.trigger().result(5)
    stop(loop)
    assert [r.code for r in record.inspection.reasons] == [ReasonCode.FRAMES_LOST]


def test_states_move_as_the_table_says():
    seen: list[StationState] = []
    loop = build(ScriptedCamera("c"), ScriptedInspector(), ScriptedRecords(), on_state=lambda s, _m: seen.append(s))
    loop.start()
    loop.trigger().result(5)
    loop.run()
    loop.trigger().result(5)
    loop.hold()
    stop(loop)
    path = [StationState.INITIALIZED, *seen]
    assert all(after in MOVES[before] for before, after in zip(path, seen, strict=False))
    assert seen[0] is StationState.READY
    assert seen[-1] is StationState.HALTED
    assert StationState.SINGLE_EXECUTION in seen
    assert StationState.CONTINUOUS_EXECUTION in seen


def test_a_pause_ends_though_triggers_keep_coming():
    records = ScriptedRecords()
    loop = build(ScriptedCamera("c"), ScriptedInspector(), records, room=2)
    loop.start()
    ended, futures = Event(), []

    def keep_firing() -> None:
        while not ended.wait(0.001):
            futures.append(loop.trigger())

    firing = Thread(target=keep_firing)
    firing.start()
    for _ in range(3):
        pausing = Thread(target=loop.pause)
        pausing.start()
        pausing.join(5)
        assert not pausing.is_alive(), "the cases inside come to their end whatever waits outside"
        held = loop.trigger().result(5)
        assert [r.code for r in held.inspection.reasons] == [ReasonCode.OVERRUN]
        loop.resume()
    ended.set()
    firing.join()
    assert all(f.result(5) for f in futures)
    stop(loop)
    assert Counter(r.inspection.trigger.number for r in records.stored) == Counter(records.begun)


def test_a_case_goes_by_the_callers_name_else_by_its_sources_even_when_its_frame_is_bad():
    class Named(ScriptedCamera):
        def expose(self, trigger, view, lights):
            try:
                return [replace(frame, case_id="folder-7") for frame in super().expose(trigger, view, lights)]
            except BadFrame as e:
                e.case_id = "folder-8"
                raise

    loop = build(Named("c", ["good", "bad", "good"]), ScriptedInspector(), ScriptedRecords(), answer_within_s=5)
    loop.start()
    records = [loop.trigger().result(5), loop.trigger().result(5), loop.trigger("SHELL-1").result(5)]
    stop(loop)
    assert [r.inspection.trigger.case_id for r in records] == ["folder-7", "folder-8", "SHELL-1"]
