"""The loop: every trigger ends in exactly one record, whatever goes wrong.

    trigger ─▶ records thread: begin ─▶ [captures] ─▶ capture thread ─▶ [cases] ─▶ inspect thread ─┐
                     ▲   camera threads, one each: expose ◀─┘                                     │
                     └──────────────────────── [jobs] ◀── store ◀─────────────────────────────────┘

At most `room` cases are open at once; every channel has room for all of them, so no thread of the loop ever waits for
another in a circle. A trigger that finds no room is recorded as REVIEW (overrun), or waits, as `Overrun` says. When a
record cannot be kept the loop stops in `Error`; what could not be stored is held in memory and stored first when a
person has mended the cause.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from threading import Condition, Thread
from typing import Any, TypeVar

from shellmark_inspect.errors import CameraError, InputError, RecordsError, ShellmarkError
from shellmark_inspect.loop.camera_thread import CameraThread, Exposures
from shellmark_inspect.loop.channel import Channel, ChannelClosed
from shellmark_inspect.loop.parts import Inspects, Keeps, OnRecord
from shellmark_inspect.loop.status import MOVES, TAKES_TRIGGERS, StationState
from shellmark_inspect.said import said_by
from shellmark_inspect.types import Frame, Inspection, Placed, Reason, ReasonCode, Record, Trigger

log = logging.getLogger(__name__)
T = TypeVar("T")


class NotReady(ShellmarkError):
    """The station takes no trigger in its present state."""


class Overrun(StrEnum):
    """What becomes of a trigger that comes while the loop is full."""

    RECORD = "record"
    """It is recorded as REVIEW at once: the shell went past unseen."""
    WAIT = "wait"
    """Its caller waits for room: nothing goes past meanwhile (a folder, a turntable)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a case is captured and judged with; a case keeps the plan it was triggered under.

    `views` maps a camera's name to the views it sees, and each view to its lights in order.
    """

    inspects: Inspects
    views: Mapping[str, Mapping[str, Sequence[str]]]
    cameras: Mapping[str, CameraThread]


@dataclass(frozen=True, slots=True)
class _Case:
    trigger: Trigger
    plan: Plan
    answer: Future[Record]


@dataclass(frozen=True, slots=True)
class _Captured:
    case: _Case
    trigger: Trigger
    frames: Mapping[str, Sequence[Frame]]
    faults: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Job:
    """Something the records thread shall do; `answer` gets what came of it."""

    do: Callable[[], Any]
    answer: Future[Any]


class Loop:
    """The threads, the channels, the state.

    `number` is the next trigger's. `answer_within_s` is how long a camera may take for one case before the case goes to
    REVIEW without it. `on_record` is called on the records thread, `on_state` on whichever thread moved the state.
    """

    def __init__(
        self,
        plan: Plan,
        keeps: Keeps,
        *,
        number: int = 1,
        station: str = "station",
        room: int = 3,
        overrun: Overrun = Overrun.RECORD,
        answer_within_s: float = 10.0,
        on_record: OnRecord = lambda _: None,
        on_state: Callable[[StationState, str], None] = lambda _state, _message: None,
    ) -> None:
        self._plan = plan
        self._keeps = keeps
        self._numbers = itertools.count(number)
        self._station = station
        self._room = room
        self._overrun = overrun
        self._answer_within_s = answer_within_s
        self._on_record = on_record
        self._on_state = on_state
        self._changed = Condition()
        self._state = StationState.INITIALIZED
        self._message = ""
        self._open: dict[int, _Case] = {}
        self._admitted: set[int] = set()
        self._uncaptured: set[int] = set()
        self._paused = False
        self._unstored: list[Inspection] = []
        self._stopping = False
        self._jobs: Channel[_Job] = Channel(2 * room + 8)
        self._captures: Channel[_Case] = Channel(room)
        self._cases: Channel[_Captured] = Channel(room)
        self._records_thread = Thread(target=self._keep, name="records", daemon=True)
        self._stages = [
            Thread(target=self._capture, name="capture", daemon=True),
            Thread(target=self._judge, name="inspect", daemon=True),
        ]

    # ── from any thread ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def state(self) -> StationState:
        """What the loop is doing."""
        return self._state

    @property
    def message(self) -> str:
        """Why the state is Error, in one line."""
        return self._message

    @property
    def open_cases(self) -> int:
        """Triggers that have no record yet."""
        return len(self._open)

    def start(self) -> None:
        """Start the threads; the cameras' threads run already."""
        for thread in (self._records_thread, *self._stages):
            thread.start()
        self._move(StationState.READY)

    def trigger(
        self, case_id: str | None = None, *, wait: bool = False, placed: Placed | None = None
    ) -> Future[Record]:
        """Open one case; the future gives its record, or `RecordsError` when it could not be kept.

        `wait` waits for room whatever the overrun policy is: for a caller that sets the pace itself. `placed` says that
        it is a master of a daily check.

        Raises:
            NotReady: the state takes no trigger.
        """
        with self._changed:
            if wait or self._overrun is Overrun.WAIT:
                self._changed.wait_for(lambda: not self._takes_triggers() or self._has_room())
            if not self._takes_triggers():
                raise self._not_ready()
            number = next(self._numbers)
            name = case_id or f"{self._station}-{number:08d}"
            trigger = Trigger(number, time.monotonic_ns(), name, case_id is not None, placed)
            case = _Case(trigger, self._plan, Future())
            full = not self._has_room()
            self._open[number] = case
            if not full:
                self._admitted.add(number)
                self._uncaptured.add(number)
            if self._state is StationState.READY:
                self._move(StationState.SINGLE_EXECUTION)
        try:
            self._jobs.put(_Job(lambda: self._begin(case, overrun=full), Future()))
        except ChannelClosed:
            self._fail(case, self._not_ready())
        return case.answer

    def run(self) -> None:
        """Say that triggers follow each other until `hold`."""
        with self._changed:
            if self._state is StationState.SINGLE_EXECUTION:
                self._move(StationState.READY)
            if self._state is StationState.READY:
                self._move(StationState.CONTINUOUS_EXECUTION)

    def hold(self) -> None:
        """Go back to Ready; open cases go on to their records."""
        with self._changed:
            if self._state is StationState.CONTINUOUS_EXECUTION:
                self._move(StationState.READY)

    def change(self, plan: Plan) -> Plan:
        """Use another plan for every trigger from now on; gives back the old one, which open cases still use."""
        with self._changed:
            old, self._plan = self._plan, plan
            return old

    def wait_off(self, plan: Plan) -> None:
        """Wait until no open case uses a plan that was changed for another."""
        with self._changed:
            self._changed.wait_for(lambda: all(case.plan is not plan for case in self._open.values()))

    def pause(self) -> None:
        """Have no room until `resume`: triggers are treated as when the loop is full. Waits for the cases inside.

        Between the two the plan may be changed and cameras exchanged.
        """
        with self._changed:
            self._paused = True
            self._changed.wait_for(lambda: not self._admitted)

    def resume(self) -> None:
        """Have room again."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def wait_captured(self) -> None:
        """Wait until every open case has its frames (then `Camera.ended` holds)."""
        with self._changed:
            self._changed.wait_for(lambda: not self._uncaptured)

    def wait_idle(self, timeout_s: float | None = None) -> bool:
        """Wait until no case is open; False when `timeout_s` passed first."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, timeout_s)

    def wait_state(self, *states: StationState, timeout_s: float | None = None) -> bool:
        """Wait until the state is one of these; False when `timeout_s` passed first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._state in states, timeout_s)

    def keep(self, do: Callable[[Keeps], T]) -> Future[T]:
        """Do something with the records on their own thread (an overrule, a clean-up)."""
        answer: Future[T] = Future()
        try:
            self._jobs.put(_Job(lambda: do(self._keeps), answer))
        except ChannelClosed:
            answer.set_exception(self._not_ready())
        return answer

    def stop(self) -> list[Inspection]:
        """Take no more triggers, bring every open case to its record, end the threads.

        A case not yet captured becomes REVIEW (stopped). What could not be stored is returned, to be stored later.
        """
        with self._changed:
            if self._stopping or not self._records_thread.is_alive():
                return []
            self._stopping = True
            self._changed.notify_all()
        self.keep(lambda _: None).exception()  # every begin before this one is through
        self._captures.close()
        for thread in self._stages:
            if thread.is_alive():
                thread.join()
        self._jobs.close()
        if self._records_thread.is_alive():
            self._records_thread.join()
        if self._state is not StationState.HALTED:
            self._move(StationState.HALTED)
        return list(self._unstored)

    # ── the records thread ──────────────────────────────────────────────────────────────────────────────────────

    def _keep(self) -> None:
        while True:
            try:
                job = self._jobs.get()
            except ChannelClosed:
                return
            assert job is not None
            try:
                job.answer.set_result(job.do())
            except InputError as e:  # a person's request that cannot be met: nothing is wrong with the records
                job.answer.set_exception(e)
            except Exception as e:  # the records thread must outlive any one job
                log.debug("records", exc_info=True)
                self._halt_on(_as_records_error(e))
                job.answer.set_exception(e)

    def _begin(self, case: _Case, *, overrun: bool) -> None:
        try:
            self._keeps.begin(case.trigger, case.plan.inspects)
        except Exception as e:  # noqa: BLE001 - the records thread must outlive any one case
            self._lose(case, e)
            return
        if overrun:
            self._store(case, case.plan.inspects.held(case.trigger, Reason(ReasonCode.OVERRUN)))
        elif self._stopping:
            self._store(case, case.plan.inspects.held(case.trigger, Reason(ReasonCode.STOPPED)))
        else:
            self._captures.put(case)

    def _store(self, case: _Case, inspection: Inspection) -> None:
        try:
            record = self._keeps.store(inspection)
        except Exception as e:  # noqa: BLE001 - whatever it is, the record is not kept
            self._unstored.append(inspection)
            self._lose(case, e)
            return
        self._tell(record)
        self._close_case(case)
        case.answer.set_result(record)

    def _tell(self, record: Record) -> None:
        try:
            self._on_record(record)
        except Exception:  # a listener's bug must not cost the next record
            log.exception("listener")

    # ── the capture thread ──────────────────────────────────────────────────────────────────────────────────────

    def _capture(self) -> None:
        while True:
            try:
                case = self._captures.get()
            except ChannelClosed:
                self._cases.close()
                return
            assert case is not None
            if self._stopping or self._state is StationState.ERROR:
                captured = _Captured(case, case.trigger, {}, (Reason(ReasonCode.STOPPED),))
            else:
                captured = self._expose(case)
            self._note_captured(case)
            self._cases.put(captured)

    def _expose(self, case: _Case) -> _Captured:
        deadline = time.monotonic() + self._answer_within_s
        plan = case.plan
        asked = {name: plan.cameras[name].expose(case.trigger, views) for name, views in plan.views.items()}
        frames: dict[str, Sequence[Frame]] = {}
        faults: list[Reason] = []
        names: set[str | None] = set()
        for name, answer in asked.items():
            for view, got in _await(plan, name, answer, deadline).items():
                if isinstance(got, CameraError):
                    faults.append(Reason(ReasonCode.CAMERA, {"camera": name, "detail": said_by(got)}))
                else:
                    frames[view] = got
                    if lost := sum(frame.gap for frame in got):
                        faults.append(Reason(ReasonCode.FRAMES_LOST, {"camera": name, "value": float(lost)}))
                names |= {got.case_id} if isinstance(got, CameraError) else {frame.case_id for frame in got}
        return _Captured(case, _named(case.trigger, names - {None}), frames, tuple(faults))

    # ── the inspect thread ──────────────────────────────────────────────────────────────────────────────────────

    def _judge(self) -> None:
        while True:
            try:
                captured = self._cases.get()
            except ChannelClosed:
                return
            assert captured is not None
            case, inspection = captured.case, self._look_at(captured)
            self._jobs.put(_Job(partial(self._store, case, inspection), Future()))

    def _look_at(self, captured: _Captured) -> Inspection:
        trigger, inspects = captured.trigger, captured.case.plan.inspects
        if captured.faults and captured.faults[0].code is ReasonCode.STOPPED:
            return inspects.held(trigger, captured.faults[0])
        try:
            return inspects.inspect(trigger, captured.frames, captured.faults)
        except Exception as e:  # an inspector's bug must not cost a record
            log.exception("inspect")
            return inspects.held(trigger, Reason(ReasonCode.FAULT, {"detail": f"{type(e).__name__}: {e}"}))

    # ── state ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _takes_triggers(self) -> bool:
        return self._state in TAKES_TRIGGERS and not self._stopping

    def _not_ready(self) -> NotReady:
        facts = {"station": self._station, "state": self._state}
        if self._message:
            return NotReady("station {station} is {state}: {why}", **facts, why=self._message)
        return NotReady("station {station} is {state}", **facts)

    def _has_room(self) -> bool:
        return not self._paused and len(self._admitted) < self._room

    def _note_captured(self, case: _Case) -> None:
        with self._changed:
            self._uncaptured.discard(case.trigger.number)
            self._changed.notify_all()

    def _close_case(self, case: _Case) -> None:
        with self._changed:
            self._open.pop(case.trigger.number, None)
            self._admitted.discard(case.trigger.number)
            self._uncaptured.discard(case.trigger.number)
            if not self._open and self._state is StationState.SINGLE_EXECUTION:
                self._move(StationState.READY)
            self._changed.notify_all()

    def _lose(self, case: _Case, error: Exception) -> None:
        """A case that could not be kept: the state is Error before its caller hears of it."""
        log.debug("records", exc_info=error)
        self._halt_on(_as_records_error(error))
        self._fail(case, _as_records_error(error))

    def _fail(self, case: _Case, error: ShellmarkError) -> None:
        self._close_case(case)
        if not case.answer.done():
            case.answer.set_exception(error)

    def _halt_on(self, error: RecordsError) -> None:
        with self._changed:
            self._message = said_by(error)
            if self._state is not StationState.ERROR and self._state is not StationState.HALTED:
                log.warning("station %s stops: %s", self._station, error)  # the state says it to everyone
                self._move(StationState.ERROR)

    def _move(self, state: StationState) -> None:
        with self._changed:
            if state not in MOVES[self._state]:
                raise AssertionError(f"{self._state} does not go to {state}")
            self._state = state
            self._changed.notify_all()
        self._on_state(state, self._message)


def _as_records_error(error: Exception) -> RecordsError:
    return error if isinstance(error, RecordsError) else RecordsError(f"{type(error).__name__}: {error}")


def _named(trigger: Trigger, names: AbstractSet[str | None]) -> Trigger:
    """The trigger under the name its source gives the case, unless the caller named it or the source gives several."""
    (name, *others) = names or {None}
    return trigger if trigger.named or others or name is None else replace(trigger, case_id=name)


def _await(plan: Plan, name: str, answer: Future[Exposures], deadline: float) -> Exposures:
    """One camera's frames, or a fault per view when no answer came before the deadline (monotonic, s)."""
    try:
        return answer.result(max(0.0, deadline - time.monotonic()))
    except FutureTimeout:
        answer.cancel()
        return dict.fromkeys(plan.views[name], CameraError(plan.cameras[name].stall_text()))
