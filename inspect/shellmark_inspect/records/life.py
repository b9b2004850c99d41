"""The life of a code once its label is proven: each step one transaction with its event, its proof and its log leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import InputError, WrongState
from shellmark_inspect.said import Said
from shellmark_trace import LIVE, SUSPICIONS, States, Suspicion

from . import rows
from .codes import Cause, Codes
from .ledger import Ledger
from .pictures import Pictures
from .schema import code_events
from .stock import Stock

Write = Callable[[str, Callable[[], Any]], Any]

_S = States
IN_HOUSE = frozenset({_S.ACTIVE, _S.RETURNED, _S.REWORKED})
"""The states of a labelled case that stands in the factory."""


class Life:
    """Steps people take with a code. Call it on the records thread."""

    def __init__(
        self,
        connection: Connection,
        codes_: Codes,
        stock: Stock,
        ledger: Ledger,
        pictures: Pictures,
        write: Write,
        station: str,
    ) -> None:
        self._connection = connection
        self._codes = codes_
        self._stock = stock
        self._ledger = ledger
        self._pictures = pictures
        self._write = write
        self._station = station
        self._request = ""

    @contextmanager
    def asked(self, request: str) -> Iterator[None]:
        """Within, every step keeps among its facts that this request asked for it."""
        self._request = request
        try:
            yield
        finally:
            self._request = ""

    def was_asked(self, request: str, serial: str) -> bool:
        """Whether a code has taken a step that this request asked for."""
        query = sa.select(code_events.c.facts).where(code_events.c.serial == serial)

        def do() -> bool:
            return any((facts or {}).get("request") == request for facts in self._connection.scalars(query))

        return bool(self._write(Said("look at {serial}", serial=serial), do))

    def void(self, serial: str, *, operator: str, reason: str, odometer: int | None = None) -> None:
        """Any living code → VOID, for ever; nothing is drawn in its place."""
        need_reason(reason, Said("a void of {serial}", serial=serial))
        need_operator(operator, Said("a void of {serial}", serial=serial))
        living = tuple(sorted(LIVE))
        self._step(serial, _S.VOID, living, operator=operator, reason=reason, facts=_odometer(odometer))

    def ship(self, serial: str, *, target: str, operator: str, reason: str = "ship") -> None:
        """ACTIVE, RETURNED or REWORKED → SHIPPED, once `target`, the verify site's output, has the code's last step.

        A buyer's query must never come before the site knows the code.

        Raises:
            InputError: nobody is named.
            WrongState: the target has not been told yet, or the state is another one.
        """
        need_operator(operator, Said("shipping {serial}", serial=serial))

        def told(found: Mapping[str, Any]) -> None:
            e = code_events.c
            last = sa.select(e.step, e.after).where(e.serial == serial, e.subject == "state")
            step, after = self._connection.execute(last.order_by(e.step.desc()).limit(1)).one()
            place = self._ledger.told(f"{found['serial']}:{step}:{after}")
            if place is None or self._ledger.cursor(target, place[0]) < place[1]:
                raise WrongState(
                    "code {serial} is not at {target} yet: let the output deliver, then ship",
                    serial=serial,
                    target=target,
                )

        self._step(serial, _S.SHIPPED, sorted(IN_HOUSE), operator=operator, reason=reason, check=told)

    def claim(self, serial: str, *, operator: str = "", reason: str = "claim") -> None:
        """SHIPPED → CLAIMED: a buyer has claimed it on the verify site."""
        self._step(serial, _S.CLAIMED, (_S.SHIPPED,), operator=operator, reason=reason)

    def take_back(self, serial: str, *, operator: str, reason: str) -> None:
        """SHIPPED or CLAIMED → RETURNED."""
        need_reason(reason, Said("a return of {serial}", serial=serial))
        need_operator(operator, Said("a return of {serial}", serial=serial))
        self._step(serial, _S.RETURNED, (_S.SHIPPED, _S.CLAIMED), operator=operator, reason=reason)

    def rework(self, serial: str, *, operator: str, reason: str) -> None:
        """RETURNED → REWORKED."""
        need_reason(reason, Said("a rework of {serial}", serial=serial))
        need_operator(operator, Said("a rework of {serial}", serial=serial))
        self._step(serial, _S.REWORKED, (_S.RETURNED,), operator=operator, reason=reason)

    def retire(self, serial: str, *, operator: str, reason: str) -> None:
        """ACTIVE or anything later → RETIRED, for ever."""
        need_reason(reason, Said("retiring {serial}", serial=serial))
        need_operator(operator, Said("retiring {serial}", serial=serial))
        allowed = (_S.ACTIVE, _S.SHIPPED, _S.CLAIMED, _S.RETURNED, _S.REWORKED)
        self._step(serial, _S.RETIRED, allowed, operator=operator, reason=reason)

    def suspect(self, serial: str, *, operator: str = "", reason: str, facts: Mapping[str, Any] | None = None) -> None:
        """Put a code in doubt; its state stays. One that is in doubt stays so."""
        self._doubt(serial, Suspicion.SUSPECT, operator, reason, facts or {})

    def clear(self, serial: str, *, operator: str, reason: str) -> None:
        """Take a code out of doubt.

        Raises:
            InputError: nobody is named.
            WrongState: it is in none.
        """
        need_operator(operator, Said("clearing {serial}", serial=serial))
        self._doubt(serial, Suspicion.CLEARED, operator, reason, {})

    def copied(self, serial: str, *, operator: str, reason: str) -> None:
        """Say for ever that a code in doubt was copied.

        Raises:
            InputError: nobody is named.
            WrongState: it is in no doubt.
        """
        need_operator(operator, Said("saying that {serial} was copied", serial=serial))
        self._doubt(serial, Suspicion.COPIED, operator, reason, {})

    # ── within a transaction ────────────────────────────────────────────────────────────────────────────────────

    def _step(
        self,
        serial: str,
        after: States,
        allowed: Any,
        *,
        operator: str = "",
        reason: str,
        facts: Mapping[str, Any] | None = None,
        check: Callable[[Mapping[str, Any]], None] = lambda _: None,
    ) -> None:
        def do() -> None:
            found = self._get(serial, *allowed)
            check(found)
            kept = self._with_request(facts or {})
            cause = Cause(found["row"], datetime.now(UTC), rows.text(operator), rows.text(reason), facts=kept)
            self._codes.move(found, after, cause)

        self._write(Said("{reason} {serial}", reason=reason, serial=serial), do)

    def _doubt(self, serial: str, after: Suspicion, operator: str, reason: str, facts: Mapping[str, Any]) -> None:
        need_reason(reason, f"{after.lower()} {serial}")

        def do() -> None:
            found = self._get(serial)
            before = Suspicion(found["suspicion"])
            if after not in SUSPICIONS[before] | {before}:
                raise WrongState(
                    "code {serial} is {before} and cannot become {after}", serial=serial, before=before, after=after
                )
            kept = self._with_request(facts)
            cause = Cause(found["row"], datetime.now(UTC), rows.text(operator), rows.text(reason), facts=kept)
            if after is Suspicion.SUSPECT:
                self._codes.doubt_itself(found, cause)
            elif after is not before:
                self._codes.suspect(found, after, cause)

        self._write(Said("{after} {serial}", after=after.lower(), serial=serial), do)

    def _with_request(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {**facts, **({"request": self._request} if self._request else {})}

    def _get(self, serial: str, *allowed: States) -> dict[str, Any]:
        if (found := self._codes.find(serial)) is None:
            raise InputError(
                "there is no code {serial!r} here: look for its case with `shellmark records list`", serial=serial[:40]
            )
        if allowed and found["state"] not in allowed:
            raise WrongState(
                "code {serial} is {state}: {due} is due for this step",
                serial=serial,
                state=found["state"],
                due=" or ".join(allowed),
            )
        return found


def _odometer(value: int | None) -> dict[str, Any]:
    return {} if value is None else {"odometer": value}


def need_reason(reason: str, what: str) -> None:
    """Refuse a step without a reason.

    Raises:
        InputError: there is none.
    """
    if not reason.strip():
        raise InputError("{what} needs a reason", what=what)


def need_operator(operator: str, what: str) -> None:
    """Refuse a step that nobody takes.

    Raises:
        InputError: nobody is named.
    """
    if not operator.strip():
        raise InputError("{what} needs an operator: say who does it", what=what)
