"""The colour wizard: the card found in the live picture, read, and the camera ΔE of its patches before and after."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QCoreApplication

from shellmark_calibration import CardReading, Measurement, read_card
from shellmark_calibration.colour import COLUMNS, ROWS, CardPlace, find_cards
from shellmark_gui.desks.wizard_desk import WizardDesk
from shellmark_gui.pages.wizard_page import SAVE, TAKE, VIEW, WHAT, Showing, Step
from shellmark_gui.profiles import digest_of, measurement
from shellmark_inspect.types import Frame, project

translate = QCoreApplication.translate
GAMMAS = ("linear", "srgb")


class ColourDesk(WizardDesk):
    """The colour of the view's camera. Every figure is a camera ΔE, never that of a spectrophotometer."""

    def begin(self) -> None:
        """Begin with no card read."""
        self.gamma = getattr(self, "gamma", 0)
        self.places: tuple[CardPlace, ...] = ()
        self.reading: CardReading | None = None
        self.reason = ""
        self._digest = ""
        self._frame: Frame | None = None
        self.page.canvas.show_found()

    def looked_at(self, frame: Frame) -> tuple[CardPlace, ...]:
        """The cards in a frame."""
        return find_cards(frame.pixels) if frame.pixels.ndim == 3 else ()

    def saw(self, frame: Frame, found: tuple[CardPlace, ...]) -> None:
        """Show the outline of the card; one that was read keeps its figures."""
        self.places, self._frame = found, frame
        if self.reading is None:
            whole = [one for one in found if one.whole and not one.mirrored]
            outlines = tuple(np.asarray(one.corners(), np.float64) for one in found)
            self.page.canvas.show_found(outlines=outlines, found=bool(whole))
        else:
            self._draw(self.reading)

    def press(self, name: str) -> None:
        """Do what a button says."""
        if name == WHAT:
            self.gamma = 1 - self.gamma
            self.reading, self.reason = None, ""
        elif name == TAKE and self._frame is not None:
            pixels, gamma = self._frame.pixels, "srgb" if self.gamma else "linear"
            self.reason = ""
            self.work(lambda: (read_card(pixels, gamma=gamma), digest_of(pixels)), self._read)  # type: ignore[arg-type]

    def failed(self, why: str) -> None:
        """Say why the card was not read."""
        self.reason, self.reading = why, None
        super().failed(why)

    def kept(self) -> tuple[dict[str, Any], dict[str, Measurement]] | None:
        """The correction, and the picture it was read from."""
        if self.reading is None:
            return None
        made = measurement(f"24-patch card {self.reading.card.name}", [("card", self._digest)])
        return {"colour": self.reading.fit.correction}, {"colour": made}

    def showing(self) -> Showing:
        """What the page shows now."""
        one = self.reading
        seen = any(place.whole and not place.mirrored for place in self.places)
        kept = one is not None and self.profile is not None and self.profile.colour == one.fit.correction
        found = translate("wizard", "{count} found").format(count=len(self.places)) if self.places else ""
        steps = (
            Step(translate("wizard", "Show a whole 24-patch card"), found, seen or one is not None),
            Step(translate("wizard", "Read it"), self._read_words(), one is not None),
            Step(translate("wizard", "Save in the profile"), "", kept),
        )
        at = next((n for n, step in enumerate(steps) if not step.done), len(steps) - 1)
        enabled = {WHAT} | ({VIEW} if len(self.screen.station.recipe().views) > 1 else set())
        enabled |= {TAKE} if self._frame is not None else set()
        enabled |= {SAVE} if one is not None else set()
        srgb = translate("wizard", "Camera: sRGB") if self.gamma else translate("wizard", "Camera: linear")
        words = {
            VIEW: translate("zones", "Next view"),
            WHAT: srgb,
            TAKE: translate("wizard", "Read it"),
            SAVE: translate("zones", "Save"),
        }
        return Showing(
            translate("wizard", "Colour"), self.about, steps, at, self._instruction(seen=seen), self._figures(), words,
            frozenset() if self.busy else frozenset(enabled),
        )  # fmt: skip

    def _instruction(self, *, seen: bool) -> str:
        if self.busy:
            return translate("zones", "Please wait...")
        if self.reason:
            return self.reason
        if self.reading is not None:
            return translate("wizard", "Each patch shows its camera ΔE after, left out of the fit: save, or read again")
        if seen:
            return translate("wizard", "The card is found: read it")
        return translate("wizard", "Lay the card flat where the shell's front will be, without glare")

    def _read_words(self) -> str:
        if self.reading is None:
            return ""
        fit = self.reading.fit.correction
        words = translate("wizard", "camera ΔE {before:.1f} before, {after:.1f} after (left out)")
        return words.format(before=fit.camera_de_before, after=fit.camera_de_after)

    def _figures(self) -> tuple[str, ...]:
        one = self.reading
        if one is None:
            return ()
        words = translate("wizard", "{card}, {kind}, {patches} of 24 patches used")
        fit = one.fit.correction
        said = words.format(card=one.card.name, kind=fit.kind, patches=fit.patches)
        return (said, *one.warnings[:2])

    def _read(self, found: tuple[CardReading, str]) -> None:
        self.reading, self._digest = found
        self._draw(self.reading)

    def _draw(self, reading: CardReading) -> None:
        """The card's outline, and on each patch its camera ΔE."""
        grid = np.array([[column, row] for row in range(ROWS) for column in range(COLUMNS)], np.float64)
        places = project(np.asarray(reading.place.to_px, np.float64), grid)
        labels = tuple(
            (float(x), float(y), f"{reading.fit.left_out[n]:.1f}") for n, (x, y) in enumerate(places.tolist())
        )
        self.page.canvas.show_found(outlines=(np.asarray(reading.place.corners(), np.float64),), labels=labels)
