"""The lens wizard: board pictures taken by themselves when still and new, solved as they come, kept in the profile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from PyQt6.QtCore import QCoreApplication

from shellmark_calibration import Board, BoardError, BoardSession, Measurement, Refusal, Sighting, Solution, plane_of
from shellmark_gui.desks.screen import Screen
from shellmark_gui.desks.wizard_desk import WizardDesk
from shellmark_gui.pages.choice_page import Choice, Question
from shellmark_gui.pages.wizard_page import AUTO, DROP, SAVE, SOLVE, TAKE, VIEW, WHAT, Showing, Step
from shellmark_gui.profiles import digest_of, measurement
from shellmark_inspect.types import Frame, Pixels

translate = QCoreApplication.translate
BOARDS: tuple[tuple[str, float | None], ...] = (
    ("9x6", 25.0),
    ("9x6", 20.0),
    ("9x6", 15.0),
    ("9x6", 30.0),
    ("11x8", 15.0),
    ("11x8", 20.0),
    ("charuco:11x8:15:11:5X5_100", None),
    ("charuco:11x8:20:15:5X5_100", None),
    ("charuco:12x9:30:22:5X5_100", None),
)
"""Boards that are offered: inner corners and the side of a square, or ChArUco as the command line writes it."""
ENOUGH = 10
"""Pictures that make a good lens (OpenCV's guide)."""
STILL_SHARE = 0.0012
"""A board whose corners move less than this share of the frame's diagonal between two frames is held still."""


def choose_board(screen: Screen, then: Callable[[Board], None], back: Callable[[], None]) -> None:
    """Ask which board it is."""
    boards = {str(n): Board.parse(text, side) for n, (text, side) in enumerate(BOARDS)}
    choices = [Choice(key, partial(_title, board)) for key, board in boards.items()]
    words = lambda: translate("wizard", "Which board is it?")  # noqa: E731
    about = translate("wizard", "inner corners and the side of a square")
    screen.ask(Question(words, about, choices, lambda key: then(boards[key])), back)


def _title(board: Board) -> str:
    kind = "ChArUco " if board.markers is not None else ""
    return f"{kind}{board.columns} x {board.rows}\n{board.square_mm:g} mm"


class LensDesk(WizardDesk):
    """The lens of the view's camera."""

    def begin(self) -> None:
        """Begin with no picture."""
        self.session = BoardSession(getattr(self, "board", Board.parse(*BOARDS[0])))
        self.board = self.session.board
        self.automatic = True
        self.solution: Solution | None = None
        self.reason = ""
        self.residual_px: float | None = None
        self._last: Sighting | None = None
        self._frames: dict[str, str] = {}
        self._pixels: Pixels | None = None
        self.page.canvas.show_found(self.session.coverage)

    def looked_at(self, frame: Frame) -> tuple[Sighting | Refusal, float | None]:
        """The board in a frame, and how far it is off the lens so far."""
        found = self.session.look(frame.pixels, f"{frame.number}")
        lens = self.solution.lens if self.solution is not None else None
        if isinstance(found, Refusal) or lens is None:
            return found, None
        try:
            return found, plane_of(self.board, found, lens).rms_px
        except BoardError:
            return found, None

    def saw(self, frame: Frame, found: tuple[Sighting | Refusal, float | None]) -> None:
        """Show what was found; take it when it is still and new."""
        sighting, self.residual_px = found
        if isinstance(sighting, Refusal):
            self.reason, self._last = sighting.reason, None
            self.page.canvas.show_found(self.session.coverage, found=False)
            return
        alike = self.session.alike(sighting)
        still = self._last is not None and _moved_share(self._last, sighting) < STILL_SHARE
        self._last = sighting
        self.reason = alike.reason if alike else "" if still else translate("wizard", "hold the board still")
        self._pixels = frame.pixels
        if self.automatic and still and alike is None:
            self._take(sighting)
        self.page.canvas.show_found(self.session.coverage, sighting.corners_px, found=alike is None)

    def press(self, name: str) -> None:
        """Do what a button says."""
        if name == WHAT:
            choose_board(self.screen, self._with_board, self.open)
        elif name == TAKE and self._last is not None:
            self._take(self._last)
        elif name == AUTO:
            self.automatic = not self.automatic
        elif name == DROP and self.session.taken:
            self.session.drop(self.session.taken[-1].name)
            self.solution = None
            self.page.canvas.show_found(self.session.coverage)
        elif name == SOLVE:
            self._solve()

    def kept(self) -> tuple[dict[str, Any], dict[str, Measurement]] | None:
        """The lens, and the pictures it was solved from."""
        if self.solution is None:
            return None
        names = [view.sighting.name for view in self.solution.views]
        pictures = [(name, self._frames.get(name, "")) for name in names]
        return {"lens": self.solution.lens}, {"lens": measurement(self.board.title, pictures)}

    def showing(self) -> Showing:
        """What the page shows now."""
        taken, solution = len(self.session.taken), self.solution
        covered = float(np.mean(self.session.coverage > 0))
        steps = (
            Step(translate("wizard", "Choose the board"), self.board.title, True),
            Step(
                translate("wizard", "Show it everywhere, tilted"),
                translate("wizard", "{taken} pictures, {covered:.0f} % of the frame covered").format(
                    taken=taken, covered=100 * covered
                ),
                taken >= ENOUGH and covered >= 0.5,
            ),
            Step(translate("wizard", "Solve"), self._solved_words(), solution is not None),
            Step(translate("wizard", "Save in the profile"), self._profile_words(), self._is_kept()),
        )
        at = next((n for n, step in enumerate(steps) if not step.done), len(steps) - 1)
        enabled = {WHAT, AUTO} | ({VIEW} if len(self.screen.station.recipe().views) > 1 else set())
        enabled |= {TAKE} if self._last is not None and self.session.alike(self._last) is None else set()
        enabled |= {DROP} if taken else set()
        enabled |= {SOLVE} if self.session.can_solve else set()
        enabled |= {SAVE} if solution is not None else set()
        return Showing(
            translate("wizard", "Lens"), self.about, steps, at, self._instruction(taken), self._figures(),
            self._words(), frozenset() if self.busy else frozenset(enabled),
        )  # fmt: skip

    def _words(self) -> dict[str, str]:
        auto = translate("wizard", "By itself: on") if self.automatic else translate("wizard", "By itself: off")
        return {
            VIEW: translate("zones", "Next view"),
            WHAT: translate("wizard", "Board"),
            TAKE: translate("wizard", "Take"),
            AUTO: auto,
            DROP: translate("wizard", "Drop last"),
            SOLVE: translate("wizard", "Solve"),
            SAVE: translate("zones", "Save"),
        }

    def _instruction(self, taken: int) -> str:
        if self.busy:
            return translate("zones", "Please wait...")
        if self.reason:
            return self.reason
        if taken < ENOUGH:
            return translate("wizard", "Move the board to a place that is not green yet, tilt it by 20 to 30 degrees")
        if self.solution is None:
            return translate("wizard", "Enough pictures: solve, or take more")
        return "   ".join(self.solution.warnings[:1]) or translate("wizard", "The lens is good: save it")

    def _figures(self) -> tuple[str, ...]:
        said = []
        if self.residual_px is not None:
            words = translate("wizard", "this picture is {px:.2f} px off the lens so far")
            said.append(words.format(px=self.residual_px))
        if self.solution is not None:
            worst = max(self.solution.views, key=lambda view: view.rms_px)
            words = translate("wizard", "worst picture {name}: {px:.2f} px; {refused} refused")
            said.append(words.format(name=worst.sighting.name, px=worst.rms_px, refused=len(self.solution.refused)))
        return tuple(said)

    def _solved_words(self) -> str:
        one = self.solution
        if one is None:
            return ""
        held_out = "-" if one.lens.held_out_px is None else f"{one.lens.held_out_px:.3f}"
        words = translate("wizard", "RMS {rms:.3f} px, held out {held_out} px, tilt {tilt:.0f} deg")
        return words.format(rms=one.lens.rms_px, held_out=held_out, tilt=one.tilt_deg)

    def _profile_words(self) -> str:
        lens = self.profile.lens if self.profile is not None else None
        if lens is None:
            return translate("wizard", "none yet")
        return translate("wizard", "there is one with RMS {rms:.3f} px").format(rms=lens.rms_px)

    def _is_kept(self) -> bool:
        return self.solution is not None and self.profile is not None and self.profile.lens == self.solution.lens

    def _with_board(self, board: Board) -> None:
        self.board = board
        self.open()

    def _take(self, sighting: Sighting) -> None:
        refusal = self.session.take(sighting)
        if refusal is not None:
            self.reason = refusal.reason
            return
        if self._pixels is not None:
            self._frames[sighting.name] = digest_of(self._pixels)
        if len(self.session.taken) >= ENOUGH:
            self._solve()

    def _solve(self) -> None:
        self.work(self.session.solve, self._solved)

    def _solved(self, solution: Solution) -> None:
        self.solution, self.reason = solution, ""


def _moved_share(one: Sighting, other: Sighting) -> float:
    """How far the corners moved, root mean square, as a share of the frame's diagonal; infinite for other corners."""
    _, mine, theirs = np.intersect1d(one.ids, other.ids, return_indices=True)
    if len(mine) < 4:
        return float("inf")
    moved = ((one.corners_px[mine] - other.corners_px[theirs]) ** 2).sum(1).mean()
    return float(np.sqrt(moved) / np.hypot(*one.size_px))
