"""What the records say of labels: codes that wait for one, what proves one, orders, and what a reconciliation found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shellmark_trace import States


@dataclass(frozen=True, slots=True)
class Waiting:
    """A code that is RESERVED or SENT, or void while its label is still on its way.

    `attempt` counts the serials of its case from 1, anew after a supervisor has acted; `counted` says that the reading
    before its print command is kept, `odometer` is that reading, None for a printer that does not count.
    """

    serial: str
    text: str
    gtin: str
    case_id: str
    sku: str
    order: str
    batch: str
    state: States
    row: int
    attempt: int
    counted: bool
    odometer: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves that a case carries its label.

    `text` is what the camera read, `uec` the share of error correction that was left unused (1.0 undamaged),
    `odometer` the printer's reading afterwards, None for a printer that does not count. `corners_px` are the symbol's
    corners (x, y) in the read-back picture, for whoever shows where on the case the label sits; () when not known.
    """

    text: str
    uec: float
    odometer: int | None
    operator: str = ""
    corners_px: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Halted:
    """A case whose attempts are used up: it gets no further code until a supervisor has acted."""

    case_id: str
    serial: str


@dataclass(frozen=True, slots=True)
class Order:
    """What a station makes: the order's number and quantity, the batch, and how many of its codes are not void."""

    number: str
    quantity: int
    batch: str
    issued: int

    @property
    def has_room(self) -> bool:
        """Whether a further code may be issued."""
        return self.issued < self.quantity


@dataclass(frozen=True, slots=True)
class LastReading:
    """A kept reading of the odometer, and the serial it belongs to; None after a reconciliation.

    `is_open` says that it was taken before a job and that no reading after the job is kept.
    """

    value: int | None
    serial: str | None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Odometer, records and roll laid side by side, counted since the reconciliation before.

    `printed` is what the odometer says, None for a printer that does not count; `jobs` are the print commands, `known`
    the labels the records account for; `used` is what the roll says, None when nobody counted it. `agrees` is True when
    all that is there says the same.
    """

    at: datetime
    operator: str
    second_operator: str
    note: str
    odometer: int | None
    printed: int | None
    jobs: int
    known: int
    roll: str
    left: int | None
    used: int | None
    agrees: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """What a shift's labels are counted against, as it stands; nothing is kept of it.

    `counts` is what a reconciliation would find now, `since` and `by` say when and by whom the last one was signed
    (None and "" before the first). Of the labels that were sent since then `on_cases` are proven, `void` were stripped
    and `on_way` are neither yet; `reserved` codes wait to be printed. `asked` says that the printer was asked for its
    odometer; otherwise `counts` goes by the last kept reading.
    """

    counts: Reconciliation
    since: datetime | None
    by: str
    on_cases: int
    void: int
    on_way: int
    reserved: int
    asked: bool

    @property
    def in_bin(self) -> int:
        """Labels that have to be in the bin: all that were printed and are on no case nor on their way to one."""
        printed = self.counts.known if self.counts.printed is None else self.counts.printed
        return printed - self.on_cases - self.on_way
