"""Pictures from the bridge's threads: thumbnails, the judged frame, an opened case's pictures and maps, codes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from shellmark_gui.cases import Case
from shellmark_gui.desks.screen import Screen
from shellmark_gui.heat import load_heat
from shellmark_gui.pages.record_page import RecordPage
from shellmark_gui.pages.station_page import StationPage
from shellmark_gui.pictures import HELD_PX, THUMBNAIL_PX, Picture, Shot, best_shot, load
from shellmark_gui.widgets.code_panel import CodePanel, symbol_of

PENDING_THUMBNAILS = 6


class PictureDesk:
    """Fetches what the pages want to show; `came` is told when a case has its thumbnail."""

    def __init__(self, screen: Screen, station: StationPage, record: RecordPage, came: Callable[[], None]) -> None:
        self._screen, self._station, self._record, self._came = screen, station, record, came
        self._thumbnails: deque[Future[Picture]] = deque()
        self._smooth: Future[Picture] | None = None
        station.live.wanted.connect(self._want_smooth)
        record.wanted.connect(self._want_picture)
        record.heat_wanted.connect(self._want_heat)
        for panel in (station.code, record.code):
            panel.wanted.connect(partial(self._want_symbol, panel))

    def want_thumbnail(self, case: Case) -> None:
        """Fetch a case's thumbnail; of many the newest are fetched."""
        shot = best_shot(case.record)
        if shot is None:
            return
        while len(self._thumbnails) >= PENDING_THUMBNAILS:
            self._thumbnails.popleft().cancel()
        work = partial(load, shot, THUMBNAIL_PX, self._screen.station.picture)
        self._thumbnails.append(self._screen.bridge.fetch(work, partial(self._got_thumbnail, case)))

    def _got_thumbnail(self, case: Case, picture: Picture) -> None:
        case.thumbnail = picture.image
        self._came()

    def _want_smooth(self, shot: Shot) -> None:
        if self._smooth is not None:
            self._smooth.cancel()
        work = partial(load, shot, HELD_PX, self._screen.station.picture)
        self._smooth = self._screen.bridge.fetch(work, partial(self._station.live.show_smooth, shot))

    def _want_picture(self, shot: Shot) -> None:
        work = partial(load, shot, HELD_PX, self._screen.station.picture)
        done = partial(self._record.show_picture, shot)
        self._screen.bridge.fetch(work, done, partial(self._record.show_missing, shot))

    def _want_heat(self, shot: Shot) -> None:
        work = partial(load_heat, shot, self._screen.station.picture)
        self._screen.bridge.fetch(work, partial(self._record.show_heat, shot), self._screen.say)

    def _want_symbol(self, panel: CodePanel, text: str) -> None:
        self._screen.bridge.fetch(partial(symbol_of, text), partial(panel.show_symbol, text))
