"""Teaching: folders chosen, a job started, watched, cancelled, and what it says shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QCoreApplication

from shellmark_gui.desks.models_desk import TILE_PX
from shellmark_gui.desks.screen import Screen
from shellmark_gui.folders import Listing, drives, listing
from shellmark_gui.pages.folder_page import FolderPage
from shellmark_gui.pages.teach_page import TeachPage
from shellmark_gui.pictures import Picture, read
from shellmark_inspect.station.workshop import ModelVersion, TeachJob, TeachRequest
from shellmark_inspect.teaching.report import GoodsReport
from shellmark_models import FAMILIES

translate = QCoreApplication.translate
OFFERED = tuple(name for name, family in FAMILIES.items() if family.anew)
"""The kinds of model a person may choose from."""


class TeachDesk:
    """What the keys of the teaching page do. `gate` puts the candidate through the gate and shows it."""

    def __init__(
        self,
        screen: Screen,
        page: TeachPage,
        folders: FolderPage,
        back: Callable[[], None],
        gate: Callable[[str], None],
    ) -> None:
        self._screen, self._page, self._folders = screen, page, folders
        self._job: TeachJob | None = None
        self._began_at: float | None = None
        self._cancelled = False
        self._start = Path.home()
        self._listed: object = None
        self._sku = ""
        page.left.connect(back)
        page.gated.connect(gate)
        page.folder.connect(self._ask_folder)
        page.started.connect(self._begin)
        page.cancelled.connect(self.cancel)
        page.wanted.connect(self._want_picture)
        folders.left.connect(self.open)
        folders.wanted.connect(self._list)

    def open(self) -> None:
        """Show the page; a job that runs goes on. After a changeover it begins anew."""
        sku = self._screen.station.status().sku
        if sku != self._sku and self._began_at is None:
            self._sku = sku
            self._page.forget()
        self._screen.show_page(self._page)
        self._screen.bridge.fetch(self._screen.station.workshop.versions, self._got_versions, self._screen.say)

    def poll(self) -> None:
        """Bring the progress up to date."""
        if self._job is not None and self._began_at is not None and self._screen.page is self._page:
            self._page.show_progress(*self._job.progress(), time.monotonic() - self._began_at)

    def cancel(self) -> None:
        """Stop the job that runs."""
        if self._began_at is None:
            return
        self._cancelled = True
        self._page.show_cancelling()
        if self._job is not None:  # one that is still being set going is stopped as soon as it is there
            self._screen.bridge.fetch(self._job.cancel, lambda _: None, self._screen.say)

    def _got_versions(self, versions: Sequence[ModelVersion]) -> None:
        active = next((one for one in versions if one.active and not one.broken), None)
        self._page.show_models(OFFERED, active)

    # the folder

    def _ask_folder(self, which: str) -> None:
        words = {
            "goods": lambda: translate("teach", "In which folder are the good shells?"),
            "labelled": lambda: translate("teach", "In which folder are the named defects?"),
        }[which]
        self._screen.show_page(self._folders)
        self._folders.ask(words, self._start, partial(self._took, which))

    def _list(self, path: Path | None) -> None:
        """Lists a folder; of several asked for one after the other only the last is shown, whichever answers first."""
        self._listed = asked = object()

        def show(found: Listing) -> None:
            if self._listed is asked:
                self._folders.show_listing(found)

        work = drives if path is None else partial(listing, path)
        self._screen.bridge.fetch(work, show, self._folders.say)

    def _took(self, which: str, path: Path) -> None:
        self._start = path.parent
        self._page.show_folder(which, path)
        self.open()

    # the job

    def _begin(self, request: TeachRequest) -> None:
        if self._began_at is not None:
            return
        self._began_at, self._cancelled = time.monotonic(), False
        self._page.say("")
        self._page.show_progress("start", 0.0, 0.0)
        work = partial(self._screen.station.workshop.teach, request)
        self._screen.bridge.fetch(work, self._started, self._refused)

    def _started(self, job: TeachJob) -> None:
        self._job = job
        if self._cancelled:
            self._screen.bridge.fetch(job.cancel, lambda _: None, self._screen.say)
        self._screen.bridge.ask(lambda: job.result, partial(self._taught, job), partial(self._not_taught, job))

    def _refused(self, why: str) -> None:
        self._began_at = None
        self._page.show_result(None, None, why)

    def _taught(self, job: TeachJob, version: ModelVersion) -> None:
        self._job = self._began_at = None
        if self._screen.station.status().sku == self._sku:
            self._page.show_result(version, _report_of(job))
        else:  # the version is another SKU's: its gate waits until that is changed over to again
            self._page.forget()
        if self._screen.page is not self._page:
            self._screen.say(translate("teach", "Version {version} is taught").format(version=version.version))

    def _not_taught(self, job: TeachJob, why: str) -> None:
        self._job = self._began_at = None
        self._page.show_result(None, _report_of(job), why)
        self._screen.say(why)

    def _want_picture(self, case: str) -> None:
        files = self._page.report.files.get(case, ()) if self._page.report is not None else ()
        missing = partial(self._page.tiles.show_picture, case, None)
        if files:
            work = partial(read, Path(files[0]), TILE_PX)
            self._screen.bridge.fetch(work, partial(self._got_picture, case), lambda _: missing())
        else:
            missing()

    def _got_picture(self, case: str, picture: Picture) -> None:
        self._page.tiles.show_picture(case, picture.image)


def _report_of(job: TeachJob) -> GoodsReport | None:
    report = job.report()
    return report if isinstance(report, GoodsReport) else None
