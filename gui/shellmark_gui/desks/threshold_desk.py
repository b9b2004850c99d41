"""The threshold: its preview on stored cases, their pictures, and a new version with another one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtGui import QImage

from shellmark_gui.desks.models_desk import TILE_PX
from shellmark_gui.desks.screen import Screen
from shellmark_gui.doors import StationDoor
from shellmark_gui.pages.threshold_page import KEEP, PRESENT, RESET, ThresholdPage
from shellmark_gui.pictures import Picture, best_shot, load
from shellmark_inspect.station.workshop import ModelVersion, Preview
from shellmark_inspect.types import Disposition

translate = QCoreApplication.translate


class ThresholdDesk:
    """What the keys of the threshold's page do. `gate` puts the new version through the gate and shows it."""

    def __init__(
        self, screen: Screen, page: ThresholdPage, back: Callable[[], None], gate: Callable[[str], None]
    ) -> None:
        self._screen, self._page, self._gate = screen, page, gate
        page.left.connect(back)
        page.asked.connect(self._preview)
        page.wanted.connect(self._want_picture)
        page.pressed.connect(self._pressed)

    def open(self) -> None:
        """Show the page, at the present threshold."""
        self._page.say("")
        self._screen.show_page(self._page)
        self._page.begin()

    def _preview(self, times: float) -> None:
        request = partial(self._screen.station.workshop.preview, times)
        self._screen.bridge.ask(request, self._page.show_preview, self._page.show_failed)

    def _pressed(self, name: str) -> None:
        if name == RESET:
            self._page.slider.setValue(PRESENT)
        elif name == KEEP:
            self._page.show_busy(True)
            request = partial(self._screen.station.workshop.rescale, self._page.times)
            self._screen.bridge.ask(request, self._made, self._not_made)

    def _made(self, version: ModelVersion) -> None:
        self._page.show_busy(False)
        self._gate(version.version)
        words = translate("threshold", "Version {version} is made, a candidate; the gate checks it")
        self._screen.say(words.format(version=version.version))

    def _not_made(self, why: str) -> None:
        self._page.show_busy(False)
        self._screen.say(why)

    def _want_picture(self, case_id: str) -> None:
        preview: Preview | None = self._page.preview
        row = preview.rows.get(case_id) if preview is not None else None
        if row is not None:
            work = partial(_picture_of, self._screen.station, row)
            self._screen.bridge.fetch(work, partial(self._got, case_id), lambda _: self._got(case_id, (None, None)))

    def _got(self, case_id: str, found: tuple[Picture | None, Disposition | None]) -> None:
        picture, disposition = found
        self._page.show_decided(case_id, disposition)
        image = picture.image if picture is not None else self._thumbnail(case_id)
        self._page.tiles.show_picture(case_id, image)

    def _thumbnail(self, case_id: str) -> QImage | None:
        """What the screen still remembers of a case whose pictures the save policy did not keep."""
        cases = self._screen.cases.newest()
        return next((one.thumbnail for one in cases if one.record.inspection.trigger.case_id == case_id), None)


def _picture_of(station: StationDoor, row: int) -> tuple[Picture | None, Disposition | None]:
    """A stored case's picture, if one was kept, and what people decided about it; on the bridge's thread."""
    reader = station.reader()
    try:
        record = reader.get(row)
    finally:
        reader.close()
    shot = best_shot(record)
    return (load(shot, TILE_PX, station.picture) if shot is not None else None), record.disposition
