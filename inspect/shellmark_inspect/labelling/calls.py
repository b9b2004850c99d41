"""What people tell the labeller, and the labeller's waiting for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Condition
from typing import Any

from shellmark_inspect.errors import InputError
from shellmark_inspect.said import joined


class Call(StrEnum):
    """What people can say."""

    STUCK = "stuck"
    MISSING = "missing"
    STRIPPED = "stripped"
    SUPERVISE = "supervise"
    RECONCILE = "reconcile"
    TALLY = "tally"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing somebody said, and the answer that waits."""

    call: Call
    values: Mapping[str, Any]
    answer: Future[Any] = field(default_factory=Future)

    def is_for(self, serial: str) -> bool:
        """Whether it was said of this code; otherwise it is answered so."""
        if (meant := self.values["serial"]) in ("", serial):
            return True
        self.answer.set_exception(
            InputError(
                "{call} of {serial} came late: {at_hand} is at hand now",
                call=self.call,
                serial=meant,
                at_hand=serial,
            )
        )
        return False

    def carry_out(self, do: Callable[[], Any]) -> bool:
        """Do what was asked for and answer it; whether it was done.

        What is wrong with it is the answer; what is wrong here is the answer and raised.
        """
        try:
            done = do()
        except Exception as e:
            self.answer.set_exception(e)
            if not isinstance(e, InputError):
                raise
            return False
        self.answer.set_result(done)
        return True


class Closed(Exception):
    """The labeller is to end."""


class Calls:
    """What was said and not yet heard. People speak from any thread, the labeller listens on its own."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._due: Collection[Call] = ()
        self._said: Spoken | None = None
        self._news = False
        self._closed = False
        self.heard_news = False
        """Whether the last `hear` ended because of news."""

    def say(self, call: Call, **values: Any) -> Future[Any]:
        """Tell the labeller something; the future fails with `InputError` when it does not wait for that now."""
        said = Spoken(call, values)
        with self._changed:
            if self._closed or self._said is not None or call not in self._due:
                said.answer.set_exception(_not_due(call, self._due))
                return said.answer
            self._said, self._due = said, ()
            self._changed.notify_all()
        return said.answer

    def news(self) -> None:
        """Say that the records have something new."""
        with self._changed:
            self._news = True
            self._changed.notify_all()

    def close(self) -> None:
        """Let every waiting end."""
        with self._changed:
            self._closed = True
            if self._said is not None:
                self._said.answer.set_exception(InputError("the station is stopping"))
                self._said = None
            self._changed.notify_all()

    def hear(self, *due: Call, timeout_s: float | None = None) -> Spoken | None:
        """Wait for one of these; None when the records have news or the time is over first.

        Raises:
            Closed: the labeller is to end.
        """
        with self._changed:
            self._due = due
            self._changed.wait_for(lambda: self._closed or self._said is not None or self._news, timeout_s)
            self.heard_news = self._news
            self._due, self._news = (), False
            said, self._said = self._said, None
            if self._closed:
                raise Closed
            return said

    def check(self) -> None:
        """Go on, unless the labeller is to end.

        Raises:
            Closed: it is.
        """
        if self._closed:
            raise Closed


def _not_due(call: Call, due: Collection[Call]) -> InputError:
    if not due:
        return InputError("{call} is not due now: the labeller waits for nothing", call=call)
    return InputError("{call} is not due now: the labeller waits for {due}", call=call, due=joined([*due], " or "))
