"""The station's door to drift: what a screen or a command asks and tells."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from shellmark_inspect.errors import RecordsError
from shellmark_inspect.records import BASELINE
from shellmark_inspect.station.drift import Chart, Monitor
from shellmark_inspect.station.quantities import Quantity
from shellmark_inspect.station.troubles import Trouble

if TYPE_CHECKING:
    from shellmark_inspect.station.keeper import Keeper
    from shellmark_inspect.station.station import Station

log = logging.getLogger(__name__)


class Drift:
    """Drift of the SKU in use. Every call is thread-safe and returns at once."""

    def __init__(self, station: Station, changed: Callable[[], None]) -> None:
        self._station = station
        self._changed = changed
        self.monitor: Monitor | None = None

    def quantities(self) -> tuple[Quantity, ...]:
        """What has been read so far."""
        return self.monitor.quantities() if self.monitor else ()

    def chart(self, quantity: Quantity) -> Chart | None:
        """The chart of a quantity, None when it has not been read."""
        return self.monitor.chart(quantity) if self.monitor else None

    def troubles(self) -> tuple[Trouble, ...]:
        """What has drifted too far, worst first."""
        return self.monitor.troubles() if self.monitor else ()

    def reset_baseline(self, operator: str, reason: str) -> Future[None]:
        """Begin every baseline of the SKU anew with the next cases; kept, and a daily check is due.

        The future fails with `InputError` when operator or reason is missing.
        """
        sku = self._station.recipe().sku

        def do(keeper: Keeper) -> None:
            keeper.records.checks.note_work(BASELINE, sku, operator=operator, reason=reason)
            if (old := self.monitor) is not None and old.sku == sku:
                self.monitor = old.anew()
            self._station.checks.reread(keeper)
            self._changed()

        return self._station.keep(do)

    def keep(self, monitor: Monitor, keeper: Keeper) -> None:
        """Put baselines that have become whole into the records; one that fails is tried again with the next case."""
        if whole := monitor.unkept():
            try:
                keeper.records.checks.keep_baselines(monitor.sku, whole)
                monitor.forget(whole)
            except RecordsError as e:  # the record is kept; a baseline that is not is no reason to stop
                log.warning("baselines: %s", e)
