"""The labeller: brings every reserved code onto its case, once, and proves it (docs/adr/0007)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from threading import Thread
from typing import Any

from shellmark_inspect.errors import CameraError, ShellmarkError, WrongState
from shellmark_inspect.records import Halted, LastReading, Proof, Reconciliation, Tally, Waiting
from shellmark_inspect.said import Said, said_by
from shellmark_trace import PrinterError, States, TraceError

from .calls import Call, Calls, Closed, Spoken
from .looking import Sightings, labels_seen, see_label, steady_odometer
from .parts import Ledgers, Parts, Settings
from .states import Fault, Labelling, LabelState

log = logging.getLogger(__name__)

_S = LabelState


class Labeller:
    """One printer, one label camera, one thread. Every call is thread-safe and returns at once.

    It begins with what a crash left SENT: such a code is never printed again; it is read or replaced.
    `on_change` is told, on the labeller's thread, that the status is another one.
    """

    def __init__(
        self, parts: Parts, settings: Settings | None = None, on_change: Callable[[], None] = lambda: None
    ) -> None:
        self._parts = parts
        self._settings = settings or Settings()
        self._on_change = on_change
        self._calls = Calls()
        self._status = Labelling(_S.STARTING)
        self._pause_s = self._settings.first_pause_s
        self._operator = ""
        self._sightings = Sightings()
        self._doubted: tuple[str, ...] = ()
        self._thread = Thread(target=self._work, name="labeller", daemon=True)

    def start(self) -> Labeller:
        """Begin; the first thing is what the last run left."""
        self._thread.start()
        return self

    def close(self) -> None:
        """End the thread and let the printer go; a code that is on its way stays SENT for the next start."""
        self._calls.close()
        if self._thread.is_alive():
            self._thread.join()
        self._parts.printer.close()
        self._status = Labelling(_S.CLOSED)

    def status(self) -> Labelling:
        """A frozen snapshot; cheap."""
        return self._status

    # ── what people say; each future fails with InputError when it is not due ───────────────────────────────────

    def news(self) -> None:
        """The records have something new: a case passed, or was judged anew."""
        self._calls.news()

    def stuck(self, operator: str = "", serial: str = "") -> Future[None]:
        """The label is on the case and the case under the camera: read it.

        `serial`, here and below, is that of the status the person saw: a press that comes late is for no other case.
        """
        return self._calls.say(Call.STUCK, operator=operator, serial=serial)

    def missing(self, operator: str = "", serial: str = "") -> Future[None]:
        """No label came out of the printer."""
        return self._calls.say(Call.MISSING, operator=operator, serial=serial)

    def stripped(self, operator: str, serial: str = "") -> Future[None]:
        """Every label is off the case and destroyed."""
        return self._calls.say(Call.STRIPPED, operator=operator, serial=serial)

    def supervise(self, operator: str, second: str) -> Future[None]:
        """Two persons give the case that used up its attempts another round."""
        return self._calls.say(Call.SUPERVISE, operator=operator, second=second)

    def tally(self, left: int | None = None) -> Future[Tally]:
        """What a reconciliation would find now, the printer asked; `left` are labels on the roll. Nothing is kept.

        Due whenever `reconcile` is.
        """
        return self._calls.say(Call.TALLY, left=left)

    def reconcile(
        self, operator: str, second: str = "", *, left: int | None = None, note: str = ""
    ) -> Future[Reconciliation]:
        """The labels were counted, or looked for: go on from what the odometer shows now; `left` are those on the roll.

        Due while nothing waits (the end of a shift), and where printing is refused.
        """
        return self._calls.say(Call.RECONCILE, operator=operator, second=second, left=left, note=note)

    # ── the thread ──────────────────────────────────────────────────────────────────────────────────────────────

    def _work(self) -> None:
        while True:
            try:
                self._calls.check()
                self._round()
            except Closed:
                return
            except PrinterError as e:
                self._rest(_S.OFFLINE, e)
            except WrongState as e:  # the case was judged anew between two steps: the next round sees how it is
                log.info("label: %s", e)
            except (ShellmarkError, TraceError) as e:
                self._rest(_S.HELD, e)
            except Exception as e:  # a bug must neither print nor end in silence
                log.exception("labeller")
                self._rest(_S.HELD, e)

    def _round(self) -> None:
        """What is next: a code that was sent, a case for the supervisor, a code to be printed, or nothing."""
        waiting: list[Waiting] = self._keep(lambda records: records.labels.waiting())
        halted: list[Halted] = self._keep(lambda records: records.labels.halted())
        code = waiting[0] if waiting else None
        self._set(replace(self._status, waiting=len(waiting)))  # also while the printer is away
        if code is not None and code.state is States.SENT:
            self._show(_S.STICK, code, waiting=len(waiting))
            self._settle(code)
        elif (left := self._keep(lambda records: records.labels.left_open())) is not None:
            self._take_off(left)
        elif self._status.state is _S.REFUSED and not self._fits(count := self._odometer()):
            self._refuse(count)
        elif halted:
            self._show(_S.SUPERVISOR, waiting=len(waiting), case_id=halted[0].case_id, serial=halted[0].serial)
            self._supervised(halted[0])
        elif code is not None:
            self._print(code, len(waiting))
        else:
            self._show(_S.IDLE)
            self._watch()

    def _watch(self, *due: Call) -> Spoken | None:
        """Wait for news, or until one of these is said, and let people count meanwhile.

        The odometer is looked at now and then: a copy made after the last proof is to be seen.
        """
        pause_s = self._settings.first_pause_s
        while True:
            said = self._calls.hear(Call.RECONCILE, Call.TALLY, *due, timeout_s=pause_s)
            has_news = self._calls.heard_news
            if said is not None and said.call in due:
                return said
            if said is not None:
                said.carry_out(partial(self._counted, said))
            if has_news or (said is not None and said.call is Call.RECONCILE):
                return None
            if said is None:
                try:
                    count = self._odometer()
                except PrinterError:
                    if not due:
                        raise
                else:  # what is due here goes without a printer, too
                    if not self._fits(count):
                        self._refuse(count)
                        return None
                pause_s = min(2 * pause_s, self._settings.longest_pause_s)

    def _print(self, code: Waiting, waiting: int) -> None:
        """Print a RESERVED code: SENT is committed, then the odometer, then the job is sent (§2 of the design)."""
        picture = self._parts.draw(code)
        count = self._odometer()
        if not self._fits(count):
            self._refuse(count)
            return
        self._show(_S.PRINTING, code, waiting=waiting)
        self._keep(lambda records: records.labels.send(code.serial))
        before = self._counted_anew(code, count)
        self._keep(lambda records: records.labels.count(code.serial, before))
        self._pause_s = self._settings.first_pause_s
        detail = ""
        try:
            self._parts.printer.print(picture)
        except PrinterError as e:  # whether a label came out is for the odometer and the camera to say
            log.warning("label of case %s: %s", code.case_id, e)
            detail = said_by(e)
        self._show(_S.STICK, code, waiting=waiting, detail=detail)
        self._settle(replace(code, state=States.SENT, counted=True, odometer=before))

    def _counted_anew(self, code: Waiting, count: int | None) -> int | None:
        """The odometer again, now that the code is SENT; no byte has left, so it can be given back without a strip."""
        try:
            before = self._odometer()
        except PrinterError:
            self._give_back(code)
            raise
        if before != count:
            self._give_back(code)
            raise WrongState("the odometer went from {count} to {before} by itself", count=count, before=before)
        return before

    def _give_back(self, code: Waiting) -> None:
        self._keep(lambda records: records.labels.replace(code.serial, Fault.PRINTER_GONE, used=False))

    def _settle(self, code: Waiting) -> None:
        """Bring a SENT code to ACTIVE, or void it once every label is off its case. Nothing is printed here."""
        if self._sightings.serial != code.serial:
            self._sightings = Sightings(code.serial)
        try:
            fault = self._stick(code) if self._is_counted(code) else Fault.UNCOUNTED
            if fault is not None:
                self._strip(code, fault)
        except WrongState as e:  # its case was judged anew meanwhile; its label has to come off all the same
            log.info("label of case %s: %s", code.case_id, e)
            self._take_off(code)

    def _stick(self, code: Waiting) -> Fault | None:
        """Wait for the label to be on its case, and read it."""
        said = self._heard(code, Call.STUCK, Call.MISSING)
        return self._check(code) if said is Call.STUCK else Fault.MISSING

    def _heard(self, code: Waiting, *due: Call) -> Call:
        """Wait for one of these, as long as the code is SENT.

        Raises:
            WrongState: it no longer is.
        """
        while True:
            said = self._calls.hear(*due)
            try:
                self._require_sent(code)
            except BaseException as e:
                if said is not None:
                    said.answer.set_exception(e)
                raise
            if said is not None and self._took(said, code):
                return said.call

    def _require_sent(self, code: Waiting) -> None:
        if (now := self._keep(lambda records: records.labels.state(code.serial))) is not States.SENT:
            raise WrongState("code {at_hand} is {now} now: its label has to come off", at_hand=code.serial, now=now)

    def _is_counted(self, code: Waiting) -> bool:
        return code.counted and (code.odometer is not None or self._settings.uncounted)

    def _check(self, code: Waiting) -> Fault | None:
        """Read the label and the odometer; all of it right makes the code ACTIVE, otherwise the fault."""
        self._show(_S.READING, code)
        seen = see_label(code, self._parts, self._settings, self._sightings)
        after = self._patiently(code)
        if seen.fault is not None or seen.read is None:
            return seen.fault
        if after != (None if code.odometer is None else code.odometer + 1):
            return Fault.ODOMETER
        corners = tuple((round(float(x), 1), round(float(y), 1)) for x, y in seen.read.corners_px)
        proof = Proof(seen.read.text, seen.read.uec, after, self._operator, corners)
        least = self._settings.uec_least
        view, frame = self._settings.view, seen.frame
        self._keep(lambda r: r.labels.activate(code.serial, proof, frame, view=view, uec_least=least))
        self._doubted = ()
        return None

    def _strip(self, code: Waiting, fault: Fault) -> None:
        """Wait until every label is off the case, then void the code and draw a new one."""
        shown, why = fault, fault
        due = (Call.STRIPPED, Call.STUCK) if self._is_counted(code) else (Call.STRIPPED,)
        while True:
            self._show(_S.STRIP, code, fault=shown)
            if self._heard(code, *due) is Call.STUCK:
                again = self._check(code)
                if again is None:
                    return
                shown = why = again
            elif not self._is_bare(code):
                shown = Fault.STILL_THERE
            else:
                after = self._patiently(code)
                if why is not Fault.MISSING or after in (None, code.odometer):
                    break
                shown = why = Fault.LATE  # nobody had seen one; read now, it is known whose it is
        operator, most = self._operator, self._settings.attempts
        nobody_has_it = why in (Fault.MISSING, Fault.LATE) or (not self._sightings.any and why is not Fault.NO_PICTURE)
        self._doubt_earlier(code, after, came=not nobody_has_it)
        self._keep(lambda r: r.labels.replace(code.serial, why, operator=operator, odometer=after, attempts=most))

    def _take_off(self, code: Waiting) -> None:
        """Wait until the label of a code that is void already is off its case."""
        while True:
            self._show(_S.STRIP, code, fault=Fault.VOIDED)
            said = self._calls.hear(Call.STRIPPED)
            if said is not None and self._took(said, code) and self._is_bare(code):
                break
        after = self._patiently(code)
        self._doubt_earlier(code, after, came=True)
        self._keep(lambda records: records.labels.counted_after(code.serial, after))

    def _doubt_earlier(self, code: Waiting, after: int | None, *, came: bool) -> None:
        """A label more than is accounted for may be a late copy of the case before; it is asked before the code goes.

        A transaction of its own, the first of the two: a crash between them only doubts once too often.
        """
        seen = self._sightings if self._sightings.serial == code.serial else Sightings()
        own, others = max(seen.own, int(came)), sorted(seen.others)
        doubted = self._keep(lambda r: r.labels.doubt_earlier(code.serial, after, own=own, others=others))
        self._doubted = tuple(dict.fromkeys((*self._doubted, *doubted)))

    def _refuse(self, count: int | None) -> None:
        """The odometer is not where it was left: the last serial goes in doubt, nothing is printed until people act."""
        if count is None:
            self._show(
                _S.REFUSED, fault=Fault.UNCOUNTED, detail=Said("the printer has no odometer: see [label] uncounted")
            )
            self._calls.hear(timeout_s=self._settings.longest_pause_s)
            return
        suspect = self._keep(lambda records: records.labels.odometer_differs(count))
        last: LastReading | None = self._keep(lambda records: records.labels.last_reading())
        detail = Said("the odometer shows {count}, {due} is due", count=count, due=last.value if last else "-")
        self._doubted = (suspect,) if suspect else ()
        self._show(_S.REFUSED, fault=Fault.ODOMETER, serial=suspect or "", detail=detail)
        while (said := self._calls.hear(Call.RECONCILE, Call.TALLY)) is not None:
            if said.carry_out(partial(self._counted, said)) and said.call is Call.RECONCILE:
                return

    def _counted(self, said: Spoken) -> Reconciliation | Tally:
        """Look at the count, or go on from it."""
        found, values = self._odometer(), said.values
        if said.call is Call.TALLY:
            tally: Tally = self._keep(lambda records: records.stock.tally(odometer=found, asked=True, **values))
            return tally
        if not self._fits(found):
            self._keep(lambda records: records.labels.odometer_differs(found))
        kept: Reconciliation = self._keep(lambda records: records.stock.reconcile(found, **values))
        self._doubted = ()
        return kept

    def _supervised(self, halted: Halted) -> None:
        if (said := self._watch(Call.SUPERVISE)) is not None:
            said.carry_out(lambda: self._keep(lambda r: r.labels.supervise(halted.case_id, **said.values)))

    # ── small parts ─────────────────────────────────────────────────────────────────────────────────────────────

    def _keep(self, do: Callable[[Ledgers], Any]) -> Any:
        return self._parts.keep(do).result()

    def _odometer(self) -> int | None:
        return steady_odometer(self._parts.printer)

    def _patiently(self, code: Waiting) -> int | None:
        """The odometer, however long the printer is away; the status comes back as it was."""
        before, pause_s = self._status, self._settings.first_pause_s
        while True:
            try:
                found = self._odometer()
            except PrinterError as e:
                self._show(_S.OFFLINE, code, detail=said_by(e))
                self._calls.hear(timeout_s=pause_s)
                pause_s = min(2 * pause_s, self._settings.longest_pause_s)
                continue
            if self._status is not before:
                self._set(before)
            return found

    def _fits(self, count: int | None) -> bool:
        """Whether the odometer is where the last kept reading left it; the first reading ever is taken as it is."""
        if count is None:
            return self._settings.uncounted
        last: LastReading | None = self._keep(lambda records: records.labels.last_reading())
        return last is None or last.value == count

    def _is_bare(self, code: Waiting) -> bool:
        try:
            return labels_seen(code, self._parts) == 0
        except CameraError as e:  # the person's word has to do
            log.warning("label of case %s: stripped unseen: %s", code.case_id, e)
            return True

    def _took(self, said: Spoken, code: Waiting) -> bool:
        """Whether what was said is of this code; either way it is answered."""
        if not said.is_for(code.serial):
            return False
        self._operator = said.values["operator"]
        said.answer.set_result(None)
        return True

    def _rest(self, state: LabelState, error: Exception) -> None:
        """Say what is wrong, and try again after a pause."""
        detail = said_by(error)
        self._set(replace(self._status, state=state, fault=None, detail=detail))
        try:
            self._calls.hear(timeout_s=self._pause_s)
        except Closed:
            return
        self._pause_s = min(2 * self._pause_s, self._settings.longest_pause_s)

    def _show(self, state: LabelState, code: Waiting | None = None, **more: Any) -> None:
        more = {"waiting": self._status.waiting if code is not None else 0} | more
        case: dict[str, Any] = (
            {} if code is None else {"case_id": code.case_id, "serial": code.serial, "attempt": code.attempt}
        )
        self._set(Labelling(state, doubted=self._doubted, **(case | more)))

    def _set(self, status: Labelling) -> None:
        if status != self._status:
            self._status = status
            self._on_change()
