"""The label desk: a station's labeller with its printer and its camera, and what people say to it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.cameras import build_guarded
from shellmark_inspect.errors import CameraError, InputError
from shellmark_inspect.labelling import (
    FAULTS,
    Labeller,
    Labelling,
    LabelState,
    Ledgers,
    Parts,
    Settings,
    Sight,
    Watch,
)
from shellmark_inspect.loop import CameraThread, Lamp, Light, Plan
from shellmark_inspect.records import Order, Reconciliation, Records, Tally, Waiting
from shellmark_inspect.said import Said
from shellmark_inspect.station.plans import CLOSE_WITHIN_S, refused
from shellmark_inspect.types import Pixels, Record, Trigger
from shellmark_trace import States, Suspicion
from shellmark_trace.labels import LabelContent, draw_label
from shellmark_trace.printers import Printer, build_printer
from shellmark_trace.readback import read_labels

if TYPE_CHECKING:
    from shellmark_inspect.station.station import Station

LIGHT = "top"
"""What a label camera of its own calls its one light."""

T = TypeVar("T")
_S = LabelState
_LIGHTS: Mapping[LabelState, Light] = {
    _S.STRIP: Light.YELLOW,
    _S.OFFLINE: Light.YELLOW,
    _S.REFUSED: Light.RED,
    _S.SUPERVISOR: Light.RED,
    _S.HELD: Light.RED,
    _S.CLOSED: Light.OFF,
}


class LabelDesk:
    """The labels of a station. Without `[label]` there are none: codes stay RESERVED. Thread-safe.

    Raises:
        ConfigError: the section cannot be used.
    """

    def __init__(self, station: Station) -> None:
        self._station = station
        self._spec = spec = station.config.label
        self._own: CameraThread | None = None
        self._labeller: Labeller | None = None
        self._watch: Watch | None = None
        self._order: Order | None = None
        self._exposures = itertools.count(1)
        if spec is not None:
            self._printer = spec.printer_settings(station.config.folder)
            self._template = spec.label_template(station.config.folder)
            spec.check_view(station.config.cameras, station.plans.recipes.values())

    # ── life, called by the station ─────────────────────────────────────────────────────────────────────────────

    def open(self, records: Records) -> None:
        """Take the configured order before the first case, unless it was taken before; where the records are opened."""
        spec = self._spec
        if spec is None:
            return
        if (due := spec.order) is not None and not records.stock.knows(due.number):
            operator = self._station.config.operator or "configuration"
            records.stock.take_order(due.number, due.quantity, due.batch, operator=operator)
        self._order = records.stock.order()

    def start(self) -> None:
        """Start labelling, with what the last run left; called once the loop runs."""
        spec = self._spec
        if spec is None:
            return
        config = self._station.config
        if spec.view in config.cameras and not self._views():
            self._own = CameraThread(build_guarded(spec.view, config.cameras[spec.view], config.folder))
            self._own.start()
        printer = build_printer(self._printer)
        self._watch = Watch(Parts(self._keep, printer, self._drawer(printer), self._look, read_labels))
        self._labeller = Labeller(self._watch.parts, spec.settings, self._station.look_now).start()

    def close(self) -> None:
        """End labelling; a code on its way stays SENT for the next start."""
        labeller, self._labeller = self._labeller, None
        if labeller is not None:
            labeller.close()
        own, self._own = self._own, None
        if own is not None:
            own.stop(CLOSE_WITHIN_S)

    def see(self, record: Record, records: Records) -> None:
        """Take notice of a stored record; on the records thread."""
        del record
        if self._spec is not None:
            self._order = records.stock.order()
        if (labeller := self._labeller) is not None:
            labeller.news()

    def news(self) -> None:
        """A code was moved from outside, perhaps the one at hand."""
        if (labeller := self._labeller) is not None:
            labeller.news()

    # ── what the screen pulls ───────────────────────────────────────────────────────────────────────────────────

    def status(self) -> Labelling | None:
        """What the labeller is doing, None without `[label]`; cheap."""
        if self._spec is None:
            return None
        return self._labeller.status() if self._labeller is not None else Labelling(_S.CLOSED)

    def sight(self) -> Sight:
        """What the labeller last drew, saw, read and counted; cheap, nothing is copied."""
        return self._watch.sight() if self._watch is not None else Sight()

    @property
    def settings(self) -> Settings:
        """How strict the labeller is."""
        return self._spec.settings if self._spec is not None else Settings()

    def order(self) -> Order | None:
        """What the station makes, as of the last record; cheap."""
        return self._order

    def blocked(self) -> tuple[str, ...]:
        """Why automatic mode is refused because of labels, a line a cause; cheap."""
        order = self._order
        if self._spec is None or order is None or order.has_room:
            return ()
        return (
            Said(
                "order {number} has all its {quantity} codes: take the next order",
                number=order.number,
                quantity=order.quantity,
            ),
        )

    def lamps(self) -> Mapping[str, Lamp]:
        """The lamp "label", where there is a printer."""
        status = self.status()
        if status is None:
            return {}
        if blocked := self.blocked():
            return {"label": Lamp(Light.RED, blocked[0])}
        light = _LIGHTS.get(status.state, Light.GREEN)
        if light is Light.GREEN:
            return {"label": Lamp(light)}
        why = FAULTS[status.fault][1] if status.fault is not None else status.to_do[1]
        return {"label": Lamp(light, Said("{what}: {why}", what=why, why=status.detail) if status.detail else why)}

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────────

    def stuck(self, operator: str = "", serial: str = "") -> Future[None]:
        """As `Labeller.stuck`."""
        return self._say(lambda labeller: labeller.stuck(operator, serial))

    def missing(self, operator: str = "", serial: str = "") -> Future[None]:
        """As `Labeller.missing`."""
        return self._say(lambda labeller: labeller.missing(operator, serial))

    def stripped(self, operator: str, serial: str = "") -> Future[None]:
        """As `Labeller.stripped`."""
        return self._say(lambda labeller: labeller.stripped(operator, serial))

    def supervise(self, operator: str, second: str) -> Future[None]:
        """As `Labeller.supervise`."""
        return self._say(lambda labeller: labeller.supervise(operator, second))

    def tally(self, left: int | None = None) -> Future[Tally]:
        """How a shift's labels stand, at any time: with the printer's odometer where nothing waits, else as last read.

        `left` are labels on the roll, None where nobody counted them.
        """
        labeller = self._labeller
        if labeller is not None and labeller.status().state in (_S.IDLE, _S.REFUSED):
            return labeller.tally(left)
        return self._keep(lambda records: records.stock.tally(left))

    def reconcile(
        self, operator: str, second: str = "", *, left: int | None = None, note: str = ""
    ) -> Future[Reconciliation]:
        """As `Labeller.reconcile`."""
        return self._say(lambda labeller: labeller.reconcile(operator, second, left=left, note=note))

    def take_order(
        self, number: str, quantity: int, batch: str = "", *, operator: str, second: str = ""
    ) -> Future[Order]:
        """Make another order from the next case on; as `Stock.take_order`."""

        def do(records: Records) -> Order:
            self._order = taken = records.stock.take_order(number, quantity, batch, operator=operator, second=second)
            return taken

        return self._station.keep(lambda keeper: do(keeper.records))

    def relabel(self, case_id: str, *, first: str, second: str, reason: str) -> Future[str]:
        """Void a labelled case's code and print another; two persons. As `Labels.relabel`."""

        def do(records: Records) -> str:
            serial = records.labels.relabel(case_id, first=first, second=second, reason=reason)
            if (labeller := self._labeller) is not None:
                labeller.news()
            return serial

        return self._station.keep(lambda keeper: do(keeper.records))

    def load_roll(self, name: str, labels: int, *, operator: str) -> Future[None]:
        """A roll of labels was put in; `labels` are on it. As `Stock.load_roll`."""
        return self._station.keep(lambda keeper: keeper.records.stock.load_roll(name, labels, operator=operator))

    def standing(self, serial: str) -> Future[tuple[States, Suspicion]]:
        """Where a code stands, and whether it is in doubt. As `Labels.standing`."""
        return self._station.keep(lambda keeper: keeper.records.labels.standing(serial))

    # ── the labeller's parts ────────────────────────────────────────────────────────────────────────────────────

    def _say(self, say: Callable[[Labeller], Future[T]]) -> Future[T]:
        if (labeller := self._labeller) is None:
            return refused(InputError("the station prints no labels: give its configuration a section [label]"))
        return say(labeller)

    def _keep(self, do: Callable[[Ledgers], Any]) -> Future[Any]:
        return self._station.keep(lambda keeper: do(keeper.records))

    def _drawer(self, printer: Printer) -> Callable[[Waiting], NDArray[np.bool_]]:
        dots_per_mm, template = printer.dots_per_mm, self._template

        def draw(code: Waiting) -> NDArray[np.bool_]:
            recipe = self._station.plans.recipes.get(code.sku)
            name = "" if recipe is None else recipe.name_zh or recipe.name
            today = f"{datetime.now().astimezone():%Y-%m-%d}"
            content = LabelContent(code.text, sku=code.sku, name=name, batch=code.batch, date=today)
            return draw_label(template, content, dots_per_mm)

        return draw

    def _look(self, code: Waiting) -> Sequence[Pixels]:
        """Frames of the case that lies under the label's camera now."""
        assert self._spec is not None
        view = self._spec.view
        number = next(self._exposures)
        trigger = Trigger(number, time.monotonic_ns(), code.case_id)
        thread, lights = self._camera(view)
        answer = thread.expose(trigger, {view: lights})
        try:
            exposed = answer.result(self._station.config.answer_within_s)[view]
        except TimeoutError as e:
            answer.cancel()
            raise CameraError("camera {camera}: {why}", camera=thread.camera.name, why=thread.stall_text()) from e
        if isinstance(exposed, CameraError):
            raise exposed
        return [frame.pixels for frame in exposed]

    def _camera(self, view: str) -> tuple[CameraThread, Sequence[str]]:
        if self._own is not None:
            return self._own, (LIGHT,)
        plan = self._station.plan()
        for name, lights in self._views(plan).items():
            assert plan is not None
            return plan.cameras[name], lights
        raise CameraError(
            "the recipe in use has no view {view} to read labels with: name another one in [label]", view=view
        )

    def _views(self, plan: Plan | None = None) -> Mapping[str, Sequence[str]]:
        """Camera name → lights of the view that reads labels, where the recipe in use has it."""
        plan = plan or self._station.plan()
        view = self._spec.view if self._spec is not None else ""
        return {name: views[view] for name, views in plan.views.items() if view in views} if plan else {}
