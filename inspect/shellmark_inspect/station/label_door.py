"""The labels of a station, as its screen uses them: the labeller, what it saw, and what people do beside it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from shellmark_inspect.labelling import Labeller, Labelling, Settings, Sight, Watch
from shellmark_trace import States, Suspicion

if TYPE_CHECKING:
    from shellmark_inspect.station.keeper import Keeper

Keep = Callable[[Callable[["Keeper"], Any]], Future[Any]]
"""Does something with the station's records on their own thread."""


class LabelDoor:
    """Every call is thread-safe and returns at once. A future fails with `ShellmarkError` when it cannot be done.

    `labeller` was given `watch.parts`.
    """

    def __init__(self, labeller: Labeller, watch: Watch, settings: Settings, keep: Keep) -> None:
        self._labeller, self._watch, self._keep = labeller, watch, keep
        self.settings = settings

    def status(self) -> Labelling:
        """What the labeller does or wants at this instant; cheap."""
        return self._labeller.status()

    def sight(self) -> Sight:
        """What it last drew, saw, read and counted; cheap, nothing is copied."""
        return self._watch.sight()

    def stuck(self, operator: str = "", serial: str = "") -> Future[None]:
        """The label with this serial is on its case and the case under the camera: read it."""
        return self._labeller.stuck(operator, serial)

    def missing(self, operator: str = "", serial: str = "") -> Future[None]:
        """No label came out of the printer."""
        return self._labeller.missing(operator, serial)

    def stripped(self, operator: str, serial: str = "") -> Future[None]:
        """Every label is off the case and destroyed."""
        return self._labeller.stripped(operator, serial)

    def supervise(self, operator: str, second: str) -> Future[None]:
        """Two persons give the case that used up its attempts another round."""
        return self._labeller.supervise(operator, second)

    def reconcile(self, operator: str, second: str = "", *, left: int | None = None, note: str = "") -> Future[None]:
        """The labels were looked for: go on from what the odometer shows now; `left` are labels left on the roll."""
        return self._labeller.reconcile(operator, second, left=left, note=note)

    def relabel(self, case_id: str, first: str, second: str, reason: str) -> Future[str]:
        """Two persons void the label of a case that stands in the house; its new serial, which is printed next."""

        def do(keeper: Keeper) -> str:
            serial = keeper.records.labels.relabel(case_id, first=first, second=second, reason=reason)
            self._labeller.news()
            return serial

        return self._keep(do)

    def load_roll(self, name: str, labels: int, operator: str) -> Future[None]:
        """A roll of labels was put in; `labels` are on it."""
        return self._keep(lambda keeper: keeper.records.stock.load_roll(name, labels, operator=operator))

    def standing(self, serial: str) -> Future[tuple[States, Suspicion]]:
        """Where a code stands, and whether it is in doubt."""
        return self._keep(lambda keeper: keeper.records.labels.standing(serial))
