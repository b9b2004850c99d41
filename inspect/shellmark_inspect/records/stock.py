"""What limits labels and what they are counted against: orders, odometer, rolls, the reconciliation of a shift."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shellmark_inspect.errors import InputError
from shellmark_inspect.said import Said, joined
from shellmark_trace import States

from . import rows
from .label_tables import odometers, orders, reconciliations, rolls
from .label_values import LastReading, Order, Reconciliation, Tally
from .ledger import Ledger
from .schema import codes

Write = Callable[[str, Callable[[], Any]], Any]

MOST_OF_A_JOB = 20
"""Labels one print command can bring out; an odometer that went on by more is another printer's."""
MOST_LEFT = 1_000_000
"""Labels a roll can have left."""


class Stock:
    """The orders, rolls and counts of one station. Every public call of a person is one transaction."""

    def __init__(self, connection: Connection, station: str, ledger: Ledger, write: Write) -> None:
        self._connection = connection
        self._station = station
        self._ledger = ledger
        self._write = write

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────────

    def take_order(self, number: str, quantity: int, batch: str = "", *, operator: str, second: str = "") -> Order:
        """Make an order from now on; at most `quantity` of its codes are ever live or have been.

        A number that is known keeps its quantity, unless two persons change it.

        Raises:
            InputError: no number, quantity or operator, or another quantity without a second person.
        """
        _need(number, Said("an order needs its number"))
        _need(operator, Said("order {number} needs an operator: say who takes it", number=number))
        if quantity < 1:
            raise InputError(
                "order {number}: a quantity of {quantity} is none: give the pieces to be made",
                number=number,
                quantity=quantity,
            )

        def do() -> Order:
            known = self._quantity(number)
            if known is not None and known != quantity:
                two_persons(
                    operator,
                    second,
                    Said("order {number} has {known} pieces, and changing that", number=number, known=known),
                )
            at = datetime.now(UTC)
            values = {"number": rows.text(number), "quantity": quantity, "batch": rows.text(batch)}
            who = {"operator": rows.text(operator), "second_operator": rows.text(second)}
            self._connection.execute(orders.insert(), {"station": self._station, "at": at, **values, **who})
            self._ledger.note("order", at, {**values, **who}, {"number": values["number"], "quantity": quantity})
            found = self.current()
            assert found is not None
            return found

        taken: Order = self._write(Said("take order {number}", number=number), do)
        return taken

    def order(self) -> Order | None:
        """What the station makes, None when nobody said."""
        found: Order | None = self._write("read the order", self.current)
        return found

    def knows(self, number: str) -> bool:
        """Whether an order was ever taken."""
        return bool(
            self._write(Said("look for order {number}", number=number), lambda: self._quantity(number) is not None)
        )

    def load_roll(
        self, name: str, labels: int, *, operator: str, first: str = "", last: str = "", odometer: int | None = None
    ) -> None:
        """Keep that a roll of labels was put in; `first` and `last` are the numbers on it, where it has any.

        Raises:
            InputError: no name, number of labels or operator, or the roll is known.
        """
        _need(name, Said("a roll of labels needs its name or number"))
        _need(operator, Said("roll {name} needs an operator: say who puts it in", name=name))
        if labels < 1:
            raise InputError("roll {name}: {labels} labels are none: give how many are on it", name=name, labels=labels)

        def do() -> None:
            if self._connection.scalar(sa.select(rolls.c.roll).where(rolls.c.name == name)) is not None:
                raise InputError("roll {name} was put in before: give the one that is in the printer now", name=name)
            at = datetime.now(UTC)
            values = {"name": rows.text(name), "labels": labels, "first": first, "last": last, "odometer": odometer}
            values |= {"operator": rows.text(operator)}
            self._connection.execute(rolls.insert(), {"station": self._station, "at": at, **values})
            self._ledger.note("roll", at, values, {})

        self._write(Said("load roll {name}", name=name), do)

    def reconcile(
        self, odometer: int | None, *, operator: str, second: str = "", left: int | None = None, note: str = ""
    ) -> Reconciliation:
        """Lay odometer, records and roll side by side and go on from this reading; `left` are labels on the roll.

        Raises:
            InputError: no operator; or they differ and there is no second person or no note that says why.
        """
        _need(operator, Said("a reconciliation needs an operator: say who makes it"))

        def do() -> Reconciliation:
            found = self._laid_out(odometer, left, operator, second, note)
            if not found.agrees:
                what = Said("{counts}: a reconciliation that does not agree", counts=_differing(found))
                two_persons(operator, second, what)
                _need(note, Said("{what} needs a note: say where the labels are", what=what))
            self._keep(found)
            return found

        kept: Reconciliation = self._write("reconcile labels", do)
        return kept

    def look(self, odometer: int | None, left: int | None = None) -> Reconciliation:
        """What `reconcile` would find; nothing is kept."""
        found: Reconciliation = self._write("look at labels", lambda: self._laid_out(odometer, left, "", "", ""))
        return found

    def tally(self, left: int | None = None, *, odometer: int | None = None, asked: bool = False) -> Tally:
        """How the labels since the last reconciliation stand; nothing is kept.

        `odometer` counts where the printer was `asked`, else the last kept reading stands for it.
        """

        def do() -> Tally:
            last = self.last_reading()
            now = odometer if asked or last is None else last.value
            signed = self._last_signed()
            states = self._sent_since()
            live = sum(count for state, count in states.items() if state not in (States.SENT, States.VOID))
            return Tally(
                self._laid_out(now, left, "", "", ""),
                signed.at if signed is not None else None,
                " ".join(filter(None, (signed.operator, signed.second_operator))) if signed is not None else "",
                on_cases=live,
                void=states.get(States.VOID, 0),
                on_way=states.get(States.SENT, 0),
                reserved=self._reserved(),
                asked=asked,
            )

        found: Tally = self._write("look at labels", do)
        return found

    def reconciled(self, limit: int = 20) -> list[Reconciliation]:
        """The last reconciliations, newest first."""
        c = reconciliations.c
        query = sa.select(reconciliations).where(c.station == self._station)
        query = query.order_by(c.reconciliation.desc()).limit(limit)

        def do() -> list[Reconciliation]:
            kept = self._connection.execute(query).mappings()
            return [Reconciliation(**{name: row[name] for name in Reconciliation.__slots__}) for row in kept]

        found: list[Reconciliation] = self._write("read reconciliations", do)
        return found

    # ── within a transaction ────────────────────────────────────────────────────────────────────────────────────

    def current(self) -> Order | None:
        """What the station makes; within the caller's transaction, which then issues alone on a server."""
        c = orders.c
        last = sa.select(c.number, c.batch).where(c.station == self._station).order_by(c.entry.desc()).limit(1)
        if (found := self._connection.execute(last).one_or_none()) is None:
            return None
        return self.of(found.number, found.batch)

    def of(self, number: str, batch: str = "") -> Order | None:
        """A known order, None for any other; within the caller's transaction, as `current`."""
        if (quantity := self._quantity(number)) is None:
            return None
        issued = sa.select(sa.func.count()).where(codes.c.order_no == number, codes.c.state != str(States.VOID))
        return Order(number, quantity, batch, self._connection.scalar(issued) or 0)

    def note_reading(self, cause: str, serial: str | None, value: int | None, at: datetime) -> None:
        """Keep a reading of the odometer."""
        values = {"station": self._station, "cause": cause, "serial": serial, "value": value, "at": at}
        self._connection.execute(odometers.insert(), values)

    def last_reading(self) -> LastReading | None:
        """The last kept reading, None before the first."""
        c = odometers.c
        last = sa.select(c.value, c.serial, c.cause).where(c.station == self._station)
        found = self._connection.execute(last.order_by(c.reading.desc()).limit(1)).one_or_none()
        return None if found is None else LastReading(found.value, found.serial, found.cause == "before")

    def before(self, serial: str) -> LastReading | None:
        """The reading before a serial's print command, None when the command was never given."""
        c = odometers.c
        found = self._connection.execute(sa.select(c.value, c.serial).where(c.serial == serial, c.cause == "before"))
        row = found.one_or_none()
        return None if row is None else LastReading(*row)

    def printed_before(self, serial: str | None = None) -> str | None:
        """The code whose label came out of this printer last, or last before another code's job; None for none.

        A copy that comes late is of that code. A void code counts where the odometer went on with its job, otherwise it
        is passed over, as are reconciliations: nothing came out with them.
        """
        c = odometers.c
        query = sa.select(c.cause, c.serial, c.value, codes.c.state).join(codes, codes.c.serial == c.serial)
        query = query.where(c.station == self._station).order_by(c.reading.desc())
        if serial is not None:
            its = sa.select(c.reading).where(c.serial == serial, c.cause == "before").scalar_subquery()
            query = query.where(c.reading < its)
        ended: dict[str, int | None] = {}
        with closing(self._connection.execute(query.execution_options(yield_per=20))) as found:
            for row in found:
                if row.cause == "after":
                    ended[row.serial] = row.value
                    continue
                after = ended.get(row.serial)
                has_come = after is not None and row.value is not None and after > row.value
                if row.state != str(States.VOID) or has_come:
                    return str(row.serial)
        return None

    def was_owed(self, serial: str) -> bool:
        """Whether a code of this printer went void before its label had come, as the odometer said then."""
        c = odometers.c
        query = sa.select(c.cause, c.value).join(codes, codes.c.serial == c.serial)
        mine = (c.serial == serial, c.station == self._station, codes.c.state == str(States.VOID))
        kept = {row.cause: row.value for row in self._connection.execute(query.where(*mine))}
        return kept.get("before") is not None and kept.get("before") == kept.get("after")

    def left_open(self) -> str | None:
        """A void code of this printer whose last reading is that before its job: its label may be on its case."""
        last = self.last_reading()
        if last is None or not last.is_open or last.serial is None:
            return None
        state = self._connection.scalar(sa.select(codes.c.state).where(codes.c.serial == last.serial))
        return last.serial if state == str(States.VOID) else None

    def _quantity(self, number: str) -> int | None:
        """The pieces of an order; on a server its first entry is locked, so that two stations count one by one."""
        c = orders.c
        lock = sa.select(c.entry).where(c.number == number).order_by(c.entry).limit(1).with_for_update()
        if self._connection.scalar(lock) is None:
            return None
        newest = sa.select(c.quantity).where(c.number == number).order_by(c.entry.desc()).limit(1)
        found: int | None = self._connection.scalar(newest)
        return found

    def _laid_out(
        self, odometer: int | None, left: int | None, operator: str, second: str, note: str
    ) -> Reconciliation:
        if left is not None and not 0 <= left <= MOST_LEFT:
            raise InputError("{left} labels left on the roll cannot be: count them", left=left)
        start, readings = self._since()
        jobs = sum(cause == "before" for cause, _, _ in readings)
        known = _accounted(readings) if odometer is not None else jobs
        base = start if start is not None else next((value for _, _, value in readings if value is not None), odometer)
        printed = None if odometer is None or base is None else odometer - base
        roll, used = self._used(left)
        counts = {count for count in (printed, known, used) if count is not None}
        who = (datetime.now(UTC), rows.text(operator), rows.text(second), rows.text(note))
        return Reconciliation(*who, odometer, printed, jobs, known, roll, left, used, len(counts) == 1)

    def _since(self) -> tuple[int | None, list[tuple[str, str | None, int | None]]]:
        """The value of the last reconciliation (None without one), and the readings after it."""
        c = odometers.c
        mine = c.station == self._station
        last = sa.select(c.reading, c.value).where(mine, c.cause == "reconciled").order_by(c.reading.desc()).limit(1)
        found = self._connection.execute(last).one_or_none()
        query = sa.select(c.cause, c.serial, c.value).where(mine, c.reading > (found.reading if found else 0))
        readings = [(row.cause, row.serial, row.value) for row in self._connection.execute(query.order_by(c.reading))]
        return (found.value if found else None), readings

    def _last_signed(self) -> Any:
        c = reconciliations.c
        query = sa.select(c.at, c.operator, c.second_operator).where(c.station == self._station)
        return self._connection.execute(query.order_by(c.reconciliation.desc()).limit(1)).one_or_none()

    def _sent_since(self) -> dict[States, int]:
        """Where the codes stand that were sent since the last reconciliation, and how many stand there."""
        c = odometers.c
        mine = c.station == self._station
        last = sa.select(sa.func.max(c.reading)).where(mine, c.cause == "reconciled").scalar_subquery()
        query = sa.select(codes.c.state, sa.func.count()).join(odometers, c.serial == codes.c.serial)
        query = query.where(mine, c.cause == "before", c.reading > sa.func.coalesce(last, 0)).group_by(codes.c.state)
        return {States(state): count for state, count in self._connection.execute(query)}

    def _reserved(self) -> int:
        mine = codes.c.station == self._station
        query = sa.select(sa.func.count()).where(mine, codes.c.state == str(States.RESERVED))
        return self._connection.scalar(query) or 0

    def _used(self, left: int | None) -> tuple[str, int | None]:
        """The roll that is in, and how many labels went from it since the reconciliation before.

        A roll changed in between was used up before the next was put in.
        """
        c, r = rolls.c, reconciliations.c
        past = sa.select(r.at, r.roll, r.left).where(r.station == self._station)
        last = self._connection.execute(past.order_by(r.reconciliation.desc()).limit(1)).one_or_none()
        mine = sa.select(c.name, c.labels).where(c.station == self._station).order_by(c.roll)
        put_in = [(row.name, row.labels) for row in self._connection.execute(mine)]
        if not put_in:
            return "", None
        name = put_in[-1][0]
        if left is None:
            return name, None
        if last is None or not last.roll:
            return name, sum(labels for _, labels in put_in) - left
        if last.left is None:
            return name, None
        names = [one for one, _ in put_in]
        later = put_in[names.index(last.roll) + 1 :]
        return name, int(last.left) + sum(labels for _, labels in later) - left

    def _keep(self, found: Reconciliation) -> None:
        names = [name for name in found.__slots__ if name != "at"]
        values = {name: getattr(found, name) for name in names}
        self._connection.execute(reconciliations.insert(), {"station": self._station, "at": found.at, **values})
        self.note_reading("reconciled", None, found.odometer, found.at)
        self._ledger.note("reconciliation", found.at, values, {"agrees": found.agrees})


def two_persons(first: str, second: str, what: str) -> None:
    """Refuse what only two different persons may do.

    Raises:
        InputError: one is missing, or both are the same.
    """
    if not first.strip() or not second.strip() or first.strip().casefold() == second.strip().casefold():
        raise InputError("{what} needs two different persons: give both names", what=what)


def _need(value: str, what: str) -> None:
    if not value.strip():
        raise InputError(what)


def _accounted(readings: list[tuple[str, str | None, int | None]]) -> int:
    """Labels the records know of: what the odometer went on between the readings of each job.

    Where it jumped, another printer was put in; the job then counts as one label, and the counts differ.
    """
    known, begun = 0, {}
    for cause, serial, value in readings:
        if cause == "before" and value is not None:
            begun[serial] = value
        elif cause == "after" and value is not None and serial in begun:
            come = value - begun.pop(serial)
            known += come if 0 <= come <= MOST_OF_A_JOB else 1
    return known


def _differing(found: Reconciliation) -> str:
    counts = [Said("the records know {count} labels", count=found.known)]
    counts += [] if found.printed is None else [Said("the odometer {count}", count=found.printed)]
    counts += [] if found.used is None else [Said("the roll {count}", count=found.used)]
    return joined(counts, ", ")
