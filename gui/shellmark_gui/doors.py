"""What the screen needs of a station, as protocols: a real one and a scripted one fit alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from shellmark_inspect.labelling import Labelling, Settings, Sight
from shellmark_inspect.loop.status import Status
from shellmark_inspect.recipe import MasterSpec, Recipe
from shellmark_inspect.records import Order, Reconciliation, Suspect, Tally
from shellmark_inspect.station import Chart, CheckState, Due, Quantity, Trouble
from shellmark_inspect.station.workshop import (
    Correction,
    Flip,
    GateCheck,
    GateReport,
    ModelVersion,
    Preview,
    Shadowing,
    TeachJob,
    TeachRequest,
)
from shellmark_inspect.types import Disposition, Frame, ImageRef, Mask, Record
from shellmark_trace import States, Suspicion


class ReaderDoor(Protocol):
    """What the screen needs of a reader of records: used off the GUI thread, and closed."""

    def get(self, row: int) -> Record:
        """The record of a row."""
        ...

    def close(self) -> None:
        """Let the database go."""
        ...


class WorkshopDoor(Protocol):
    """What the engineer's pages need of a station (`shellmark_inspect.station.workshop` says what each does)."""

    def versions(self) -> Sequence[ModelVersion]:
        """The versions of the model in use, oldest first; reads the disk."""
        ...

    def teach(self, request: TeachRequest) -> TeachJob:
        """Teach a candidate."""
        ...

    def gate(self, version: str) -> Future[GateReport]:
        """Put a version through the gate."""
        ...

    def gating(self) -> tuple[GateCheck, ...]:
        """The checks the last gate has done so far; cheap."""
        ...

    def activate(self, version: str, by: str) -> Future[ModelVersion]:
        """Let a version judge from the next case on."""
        ...

    def rollback(self, by: str) -> Future[ModelVersion]:
        """Go back to the version before."""
        ...

    def news(self) -> str:
        """What was activated elsewhere while the station ran, "" for nothing; reads the disk."""
        ...

    def follow(self) -> Future[ModelVersion]:
        """Take over what was activated elsewhere."""
        ...

    def shadow(self, version: str | None) -> Future[None]:
        """Let a version see every case without a say; None ends it."""
        ...

    def shadowing(self) -> Shadowing:
        """How the shadow stands; cheap."""
        ...

    def flips(self) -> Sequence[Flip]:
        """The last cases the shadow judged differently, newest first; cheap."""
        ...

    def preview(self, times: float) -> Future[Preview]:
        """What a threshold `times` the present one would change on stored records."""
        ...

    def rescale(self, times: float) -> Future[ModelVersion]:
        """A candidate with `times` the threshold."""
        ...

    def correct(self, row: int, kind: Correction, masks: Mapping[str, Mask] | None = None) -> Future[None]:
        """Queue a stored case for the next teaching."""
        ...


class ChecksDoor(Protocol):
    """What the screen needs of the daily checks (`shellmark_inspect.station.checks` says what each does)."""

    def masters(self) -> tuple[MasterSpec, ...]:
        """The recipe's masters."""
        ...

    def due(self) -> tuple[Due, ...]:
        """Why a check is due."""
        ...

    def state(self) -> CheckState | None:
        """The open check, else the last one."""
        ...

    def begin(self, operator: str) -> Future[CheckState]:
        """Begin a check."""
        ...

    def place(self, master: str | None = None) -> Future[CheckState]:
        """Inspect the master before the cameras."""
        ...

    def break_off(self, operator: str, reason: str) -> Future[CheckState]:
        """End the open check before every master was placed."""
        ...

    def note_work(self, kind: str, operator: str, reason: str) -> Future[None]:
        """Say that lamps, cameras or the like were worked on."""
        ...

    def suspects(self) -> Sequence[Suspect]:
        """The cases in doubt; reads the database."""
        ...

    def clear(
        self, rows: Sequence[int] | None, disposition: Disposition, *, operator: str, reason_code: str, note: str = ""
    ) -> Future[int]:
        """Decide about suspects, None for every one."""
        ...


class DriftDoor(Protocol):
    """What the screen needs of drift."""

    def quantities(self) -> tuple[Quantity, ...]:
        """What has been read so far."""
        ...

    def chart(self, quantity: Quantity) -> Chart | None:
        """The chart of a quantity."""
        ...

    def reset_baseline(self, operator: str, reason: str) -> Future[None]:
        """Begin every baseline anew."""
        ...


class ClearanceDoor(Protocol):
    """What stands between the station and automatic mode."""

    def troubles(self) -> tuple[Trouble, ...]:
        """Everything that is wrong, what blocks first; cheap."""
        ...


class LabelDoor(Protocol):
    """What the screen needs of the labels of a station (`shellmark_inspect.station.LabelDesk` says what each does).

    A future of what people say fails with `InputError` when the labeller does not wait for that now.
    """

    @property
    def settings(self) -> Settings:
        """How strict the labeller is."""
        ...

    def status(self) -> Labelling | None:
        """What the labeller does or wants at this instant, None for a station that prints no labels; cheap."""
        ...

    def sight(self) -> Sight:
        """What it last drew, saw, read and counted; cheap, nothing is copied."""
        ...

    def order(self) -> Order | None:
        """What the station makes, as of the last record, None where it was told none; cheap."""
        ...

    def stuck(self, operator: str = "", serial: str = "") -> Future[None]:
        """The label with this serial is on its case and the case under the camera."""
        ...

    def missing(self, operator: str = "", serial: str = "") -> Future[None]:
        """No label came out of the printer."""
        ...

    def stripped(self, operator: str, serial: str = "") -> Future[None]:
        """Every label is off the case and destroyed."""
        ...

    def supervise(self, operator: str, second: str) -> Future[None]:
        """Two persons give a case another round of labels."""
        ...

    def tally(self, left: int | None = None) -> Future[Tally]:
        """How the shift's labels stand; `left` are labels on the roll."""
        ...

    def reconcile(
        self, operator: str, second: str = "", *, left: int | None = None, note: str = ""
    ) -> Future[Reconciliation]:
        """The labels were counted, or looked for: go on from what the printer counts now."""
        ...

    def take_order(
        self, number: str, quantity: int, batch: str = "", *, operator: str, second: str = ""
    ) -> Future[Order]:
        """Make another order from the next case on."""
        ...

    def relabel(self, case_id: str, *, first: str, second: str, reason: str) -> Future[str]:
        """Two persons void the label of a case that stands in the house; its new serial."""
        ...

    def load_roll(self, name: str, labels: int, *, operator: str) -> Future[None]:
        """A roll of labels was put in."""
        ...

    def standing(self, serial: str) -> Future[tuple[States, Suspicion]]:
        """Where a code stands, and whether it is in doubt."""
        ...


class StationDoor(Protocol):
    """What the screen needs of a station; every call is thread-safe and returns at once unless it says otherwise."""

    @property
    def workshop(self) -> WorkshopDoor:
        """The engineer's door."""
        ...

    @property
    def checks(self) -> ChecksDoor:
        """The daily checks of the SKU in use."""
        ...

    @property
    def drift(self) -> DriftDoor:
        """The drift of the SKU in use."""
        ...

    @property
    def clearance(self) -> ClearanceDoor:
        """What stands between the station and automatic mode."""
        ...

    @property
    def labels(self) -> LabelDoor:
        """The labels, where the station prints any."""
        ...

    def status(self) -> Status:
        """The station's state at this instant; cheap."""
        ...

    def live(self) -> Mapping[str, Frame]:
        """The newest frame per view, without a copy; never judged."""
        ...

    def records(self) -> Sequence[Record]:
        """The last 50 records of this run, newest first, from memory."""
        ...

    def recipe(self) -> Recipe:
        """The recipe in use."""
        ...

    def skus(self) -> Sequence[tuple[str, str, str]]:
        """Every SKU with a recipe: (sku, name, Chinese name)."""
        ...

    def trigger(self, case_id: str | None = None) -> Future[Record]:
        """Inspect one case."""
        ...

    def run(self) -> None:
        """Inspect case after case until `hold` or the source ends."""
        ...

    def hold(self) -> None:
        """Back to Ready after the open cases."""
        ...

    def select(self, sku: str) -> Future[None]:
        """Change over to another SKU, between two cases."""
        ...

    def overrule(
        self, row: int, disposition: Disposition, *, operator: str, reason_code: str, note: str = ""
    ) -> Future[Record]:
        """Keep a person's decision on a record as a new row."""
        ...

    def recipe_place(self) -> Path:
        """Where the file of the recipe in use lies."""
        ...

    def take_recipe(self) -> Future[None]:
        """Read the recipe in use anew and let it judge, between two cases."""
        ...

    def acknowledge(self) -> Future[None]:
        """Leave the Error state: build everything again."""
        ...

    def subscribe(self, callback: Callable[[Record], None]) -> Callable[[], None]:
        """Call back with every new record, on the records thread; returns what unsubscribes."""
        ...

    def picture(self, image: ImageRef) -> Path:
        """Where a kept picture is."""
        ...

    def reader(self) -> ReaderDoor:
        """A reader of stored records, to be closed by the caller; opens the database."""
        ...

    def close(self) -> None:
        """Stop; blocks until every open case has its record."""
        ...
