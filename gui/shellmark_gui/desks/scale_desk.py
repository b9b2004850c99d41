"""The scale wizard: one picture of the board where the shell's front will be, and the smallest defect that follows."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QCoreApplication

from shellmark_calibration import (
    CLAIMS_PX,
    Board,
    Measurement,
    MmMap,
    Refusal,
    Sighting,
    look,
    measured_lengths,
    plane_of,
)
from shellmark_gui.desks.lens_desk import BOARDS, choose_board
from shellmark_gui.desks.wizard_desk import WizardDesk
from shellmark_gui.pages.wizard_page import SAVE, TAKE, VIEW, WHAT, Showing, Step
from shellmark_gui.profiles import digest_of, measurement
from shellmark_inspect.types import Frame

translate = QCoreApplication.translate


class ScaleDesk(WizardDesk):
    """The plane of the view."""

    def begin(self) -> None:
        """Begin with no picture."""
        self.board: Board = getattr(self, "board", Board.parse(*BOARDS[0]))
        self.found: Sighting | None = None
        self.reason = ""
        self.map: MmMap | None = None
        self._pixels_digest, self._off = "", 0.0
        self._frame: Frame | None = None
        self.page.canvas.show_found()

    def looked_at(self, frame: Frame) -> Sighting | Refusal:
        """The board in a frame."""
        return look(self.board, frame.pixels, f"{frame.number}", quick=True)

    def saw(self, frame: Frame, found: Sighting | Refusal) -> None:
        """Show the board's corners, or why there are none."""
        self.found = found if isinstance(found, Sighting) else None
        self.reason = "" if isinstance(found, Sighting) else found.reason
        self._frame = frame
        self.page.canvas.show_found(points=self.found.corners_px if self.found else None)

    def press(self, name: str) -> None:
        """Do what a button says."""
        if name == WHAT:
            choose_board(self.screen, self._with_board, self.open)
        elif name == TAKE and self.found is not None and self._frame is not None:
            self._measure(self.found, self._frame)

    def kept(self) -> tuple[dict[str, Any], dict[str, Measurement]] | None:
        """The plane, and the picture it was measured from."""
        if self.map is None:
            return None
        made = measurement(self.board.title, [("plane", self._pixels_digest)])
        return {"plane": self.map.plane}, {"plane": made}

    def showing(self) -> Showing:
        """What the page shows now."""
        lens = self.profile.lens if self.profile is not None else None
        steps = (
            Step(translate("wizard", "The lens is measured"), "" if lens else self._no_lens(), lens is not None),
            Step(translate("wizard", "Choose the board"), self.board.title, True),
            Step(translate("wizard", "Lay it where the shell's front will be, and take it"), "", self.map is not None),
            Step(translate("wizard", "Save in the profile"), "", self._is_kept()),
        )
        at = next((n for n, step in enumerate(steps) if not step.done), len(steps) - 1)
        enabled = {WHAT} | ({VIEW} if len(self.screen.station.recipe().views) > 1 else set())
        enabled |= {TAKE} if self.found is not None and lens is not None else set()
        enabled |= {SAVE} if self.map is not None else set()
        words = {
            VIEW: translate("zones", "Next view"),
            WHAT: translate("wizard", "Board"),
            TAKE: translate("wizard", "Take"),
            SAVE: translate("zones", "Save"),
        }
        return Showing(
            translate("wizard", "Scale"), self.about, steps, at, self._instruction(lens is not None), self._figures(),
            words, frozenset() if self.busy else frozenset(enabled),
        )  # fmt: skip

    @staticmethod
    def _no_lens() -> str:
        return translate("wizard", "none yet: measure the lens first")

    def _instruction(self, has_lens: bool) -> str:
        if self.busy:
            return translate("zones", "Please wait...")
        if not has_lens:
            return self._no_lens()
        if self.map is not None:
            return translate("wizard", "Look at the smallest defect, then save")
        return self.reason or translate("wizard", "Lay the board flat at the height of the shell's front, then take it")

    def _figures(self) -> tuple[str, ...]:
        one = self.map
        if one is None:
            return ()
        px_per_mm = 1 / float(one.mm_per_px(one.middle_px).mean())
        claims = "   ".join(f"{px:g} px: {one.smallest_mm(px):.2f} mm" for px in CLAIMS_PX)
        return (
            translate("wizard", "{scale:.2f} px/mm in the middle, tilt {tilt:.1f} deg").format(
                scale=px_per_mm, tilt=one.tilt_deg
            ),
            translate("wizard", "smallest defect that may be claimed: {claims}").format(claims=claims),
            translate("wizard", "the board's own lengths come out {percent:+.2f} % off").format(percent=self._off),
        )

    def _is_kept(self) -> bool:
        return self.map is not None and self.profile is not None and self.profile.plane == self.map.plane

    def _with_board(self, board: Board) -> None:
        self.board = board
        self.open()

    def _measure(self, found: Sighting, frame: Frame) -> None:
        profile, board = self.profile, self.board
        if profile is None or profile.lens is None:
            return
        lens = profile.lens

        def measured() -> tuple[MmMap, float, str]:
            height, width = frame.pixels.shape[:2]
            profile.check_fits(self.spec.camera, (width, height))
            to_mm = MmMap(lens, plane_of(board, found, lens), profile.size_px)
            return to_mm, 100 * measured_lengths(board, found, to_mm).scale_error, digest_of(frame.pixels)

        self.work(measured, self._measured)

    def _measured(self, found: tuple[MmMap, float, str]) -> None:
        self.map, self._off, self._pixels_digest = found
