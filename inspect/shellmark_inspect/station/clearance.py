"""Clearance: whether a station may work by itself now, and if not, why, in lines that say what to do.

Four things take it away: a daily check that is due or failed, a drift beyond its limit, a calibration that has
expired or is dated in the future, a log that does not continue what was signed. Automatic mode is then refused, one
that runs is held, and a PASS becomes REVIEW, so that no code is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from shellmark_inspect.inspector import Inspector
from shellmark_inspect.loop import Lamp, Light
from shellmark_inspect.records import Reading
from shellmark_inspect.station.checks import Checks
from shellmark_inspect.station.drift import Monitor
from shellmark_inspect.station.drift_door import Drift
from shellmark_inspect.station.publishing import LOG_LAMP, Notary
from shellmark_inspect.station.troubles import Trouble, TroubleCode
from shellmark_inspect.types import Inspection, Reason, ReasonCode, Record, Verdict

if TYPE_CHECKING:
    from shellmark_inspect.station.keeper import Keeper
    from shellmark_inspect.station.station import Station

LAMPS = ("light", "calibration", "check", LOG_LAMP)
_DAY_S = 86400.0


class Clearance:
    """What stands between a station and automatic mode; `hold` is called on the records thread, the rest from any."""

    def __init__(self, station: Station, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._station = station
        self._now = now
        self._inspector: Inspector | None = None
        self._troubles: tuple[Trouble, ...] = ()
        self._looking = Lock()
        self.checks = Checks(station, self.look, now)
        self.drift = Drift(station, self.look)
        self.notary: Notary | None = None

    def take(self, keeper: Keeper, inspector: Inspector) -> None:
        """Look after a recipe and its model from now on; reads the records.

        Raises:
            RecordsError: they cannot be read.
        """
        sku, versions, config = inspector.recipe.sku, inspector.versions, self._station.config
        monitor = Monitor(sku, inspector.recipe.drift or config.drift, versions)
        monitor.restore(*keeper.reader.drift(config.station, sku, monitor.bases, last=monitor.needs))
        self.drift.monitor = monitor
        self.checks.take(keeper, inspector)
        self._inspector = inspector
        self.look()

    def hold(self, inspection: Inspection) -> Inspection:
        """The inspection as it may be recorded: without clearance production has no PASS."""
        if inspection.verdict is not Verdict.PASS or inspection.trigger.placed is not None:
            return inspection
        if not (lines := self.blocked()):
            return inspection
        return replace(inspection, verdict=Verdict.REVIEW, reasons=(Reason(ReasonCode.BLOCKED, {"detail": lines[0]}),))

    def see(self, record: Record, keeper: Keeper) -> None:
        """Take what a stored record says of drift, and of the check it may be of; on the records thread."""
        monitor = self.drift.monitor
        if monitor is not None and record.inspection.sku == monitor.sku:
            monitor.see(_reading(record))
            self.drift.keep(monitor, keeper)
        if record.inspection.trigger.placed is not None:
            self.checks.see(record, keeper)
        self.look()

    def troubles(self) -> tuple[Trouble, ...]:
        """Everything that is wrong, what blocks first; cheap."""
        return self._troubles

    def blocked(self) -> tuple[str, ...]:
        """Why automatic mode is refused, a line a cause; cheap."""
        return tuple(trouble.line for trouble in self._troubles if trouble.blocks)

    def look(self) -> None:
        """Find out anew what is wrong; a run that may not go on is held."""
        with self._looking:  # an older look must not end after a newer one
            found = [*self.checks.troubles(), *self.drift.troubles(), *self._ages(), *self._of_log()]
            self._troubles = tuple(sorted(found, key=lambda trouble: not trouble.blocks))
        if any(trouble.blocks for trouble in found):
            self._station.hold()

    def lamps(self) -> Mapping[str, Lamp]:
        """The lamps "light", "calibration", "check" and "log", each where it applies."""
        inspector, monitor = self._inspector, self.drift.monitor
        there = {
            "light": monitor is not None and monitor.is_fed,
            "calibration": inspector is not None and bool(inspector.profiles),
            "check": bool(self.checks.masters()),
            LOG_LAMP: self.notary is not None,
        }
        return {name: lamp for name in LAMPS if (lamp := self._lamp(name)).text or there[name]}

    def _lamp(self, name: str) -> Lamp:
        mine = [trouble for trouble in self._troubles if trouble.lamp == name]
        if not mine:
            return Lamp(Light.GREEN)
        return Lamp(Light.RED if mine[0].blocks else Light.YELLOW, mine[0].line)

    def watch(self, notary: Notary | None) -> None:
        """Take the station's log, and what is wrong with it at once, before anything else is known; None for none."""
        self.notary = notary
        others = tuple(trouble for trouble in self._troubles if trouble.lamp != LOG_LAMP)
        self._troubles = (*self._of_log(), *others)

    def log_holds(self) -> bool:
        """Whether nothing is known against the log; where it does not hold nothing may be printed either."""
        return not any(trouble.blocks for trouble in self._of_log())

    def _of_log(self) -> tuple[Trouble, ...]:
        return self.notary.troubles() if self.notary is not None else ()

    def _ages(self) -> Iterator[Trouble]:
        """Calibrations that are dated in the future, too old, or soon will be."""
        if (inspector := self._inspector) is None:
            return
        now, warn_days = self._now(), self._station.config.expiry_warn_days
        for view, profile in inspector.profiles.items():
            if (expires := profile.expires_at) is None:
                continue
            days = (expires - now).total_seconds() / _DAY_S
            day = f"{expires.astimezone():%Y-%m-%d}"
            values: dict[str, str | float] = {"sku": inspector.recipe.sku, "view": view, "camera": profile.camera}
            values |= {"days": days, "day": day}
            if ahead := profile.ahead(now):
                dated = max(profile.made[part].measured_at for part in ahead).astimezone()
                yield Trouble(TroubleCode.AHEAD, "calibration", True, {**values, "day": f"{dated:%Y-%m-%d}"})
            if days < 0:
                yield Trouble(TroubleCode.EXPIRED, "calibration", True, values)
            elif days <= warn_days:
                yield Trouble(TroubleCode.EXPIRES, "calibration", False, values)


def _reading(record: Record) -> Reading:
    """What a record says of drift, as the records would tell it after a restart."""
    said, master = record.inspection, record.inspection.trigger.placed is not None
    held = said.verdict is Verdict.REVIEW and all(reason.code is ReasonCode.BLOCKED for reason in said.reasons)
    good = not master and (said.verdict is Verdict.PASS or held)
    versions = said.versions
    return Reading(
        row=record.row,
        at=record.recorded_at,
        calibration=versions.calibration,
        model_digest=versions.model_digest,
        verdict=said.verdict,
        accepted=good,
        master=master,
        notes=said.notes,
        scores=said.scores,
    )
