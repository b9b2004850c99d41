"""The light wizard: dark frames, then an even surface under each light, and the picture before and after."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from PyQt6.QtCore import QCoreApplication

from shellmark_calibration import LightFrame, MeasuredLight, Measurement, flattened, measure_light
from shellmark_gui.desks.wizard_desk import WizardDesk
from shellmark_gui.pages.wizard_page import AUTO, DROP, SAVE, TAKE, VIEW, WHAT, Showing, Step
from shellmark_gui.pictures import HELD_PX, Picture, smooth
from shellmark_gui.profiles import digest_of, measurement
from shellmark_gui.wording import lighting_name
from shellmark_inspect.types import Frame

translate = QCoreApplication.translate
FRAMES = 8
"""Frames that are averaged; fewer are said to be too noisy."""
DARK = ""
"""What is taken with every lamp off."""


class LightDesk(WizardDesk):
    """The lights of the view: each is measured by itself, with dark frames for all."""

    def begin(self) -> None:
        """Begin with no frame, at the dark."""
        self.which = 0
        self.frames: dict[str, list[LightFrame]] = {DARK: []}
        self.digests: dict[str, list[tuple[str, str]]] = {}
        self.measured: dict[str, MeasuredLight] = {}
        self.wanted = self._since_ns = 0
        self.after = False
        self.reason = self.under = ""
        self.page.canvas.show_found()

    @property
    def lights(self) -> tuple[str, ...]:
        """The dark, then the view's lights in their order."""
        return (DARK, *self.spec.lights)

    @property
    def light(self) -> str:
        """What is taken now."""
        return self.lights[min(self.which, len(self.lights) - 1)]

    def looked_at(self, frame: Frame) -> tuple[LightFrame, str, Picture | None]:
        """What is kept of a frame, its digest, and the picture with the light taken out where that is to be seen."""
        name = f"{self.light or 'dark'}-{frame.number}"
        one = self.measured.get(self.light)
        after = None
        if self.after and one is not None:
            height, width = frame.pixels.shape[:2]
            after = smooth(flattened(frame.pixels, one.field.dark, one.field.gain_map((width, height))), HELD_PX)
        return LightFrame.of(name, frame.pixels), digest_of(frame.pixels), after

    def saw(self, frame: Frame, found: tuple[LightFrame, str, Picture | None]) -> None:
        """Keep a frame while frames are taken; after the last one the light is measured."""
        kept, digest, after = found
        self.under = frame.light
        if after is not None:
            self.page.canvas.show_picture(after, (), None)
        if self.wanted == 0 or frame.taken_ns < self._since_ns:  # exposed before the key was pressed
            return
        self.frames.setdefault(self.light, []).append(kept)
        self.digests.setdefault(self.light, []).append((kept.name, digest))
        self.wanted -= 1
        if self.wanted == 0 and self.light != DARK:
            self._measure(self.light)
        elif self.wanted == 0:
            self.which = 1

    def shows_live(self) -> bool:
        """The live picture stays away while the corrected one is shown."""
        return not (self.after and self.light in self.measured)

    def press(self, name: str) -> None:
        """Do what a button says."""
        if name == WHAT:
            self.which, self.wanted, self.reason = (self.which + 1) % len(self.lights), 0, ""
        elif name == TAKE:
            self.frames[self.light], self.digests[self.light] = [], []
            self.measured.pop(self.light, None)
            self.wanted, self.reason, self._since_ns = FRAMES, "", time.monotonic_ns()
        elif name == AUTO:
            self.after = not self.after
        elif name == DROP:
            self.begin()

    def failed(self, why: str) -> None:
        """Say why a light was not measured."""
        self.reason = why
        super().failed(why)

    def kept(self) -> tuple[dict[str, Any], dict[str, Measurement]] | None:
        """The lights that were measured; those measured before stay."""
        if not self.measured:
            return None
        before = dict(self.profile.lights) if self.profile is not None else {}
        fields = {light: one.field for light, one in self.measured.items()}
        dark = self.digests.get(DARK, [])
        made = {
            f"light.{light}": measurement("even matte sheet", [*self.digests[light], *dark]) for light in self.measured
        }
        return {"lights": {**before, **fields}}, made

    def showing(self) -> Showing:
        """What the page shows now."""
        steps = tuple(self._step(light) for light in self.lights)
        enabled = {WHAT, TAKE} if self.wanted == 0 else set()
        enabled = enabled if self.light == DARK or self.frames[DARK] else enabled - {TAKE}
        enabled |= {VIEW} if len(self.screen.station.recipe().views) > 1 else set()
        enabled |= {AUTO} if self.light in self.measured else set()
        enabled |= {DROP} if self.frames[DARK] else set()
        enabled |= {SAVE} if self.measured else set()
        after = translate("wizard", "Before") if self.after else translate("wizard", "After")
        words = {
            VIEW: translate("zones", "Next view"),
            WHAT: translate("wizard", "Next light"),
            TAKE: translate("wizard", "Take {count}").format(count=FRAMES),
            AUTO: after,
            DROP: translate("wizard", "Anew"),
            SAVE: translate("zones", "Save"),
        }
        return Showing(
            translate("wizard", "Light"), self.about, steps, min(self.which, len(self.lights) - 1),
            self._instruction(), self._figures(), words, frozenset() if self.busy else frozenset(enabled),
        )  # fmt: skip

    def _step(self, light: str) -> Step:
        if light == DARK:
            taken = self.frames[DARK]
            level = f"{np.mean([one.level for one in taken]):.1f}" if taken else ""
            facts = translate("wizard", "level {level}").format(level=level) if taken else ""
            return Step(translate("wizard", "Dark: every lamp off"), facts, len(taken) >= FRAMES)
        one = self.measured.get(light)
        words = translate("wizard", "Even surface, only {light}").format(light=lighting_name(light))
        if one is None:
            return Step(words)
        field = one.field
        facts = translate("wizard", "level {level:.0f}, unevenness {before:.1f} % to {after:.1f} %")
        said = facts.format(
            level=field.level, before=100 * (field.uneven_before or 0), after=100 * (field.uneven_after or 0)
        )
        return Step(words, said, True)

    def _instruction(self) -> str:
        if self.busy:
            return translate("zones", "Please wait...")
        if self.wanted:
            return translate("wizard", "Taking frames: {left} to go, touch nothing").format(left=self.wanted)
        if self.reason:
            return self.reason
        if self.light == DARK:
            return translate("wizard", "Switch every lamp off or cover the lens, then take")
        if self.light in self.measured:
            return translate("wizard", "Good: on to the next light, or save")
        words = translate("wizard", "Lay the even matte sheet over the whole view, light only {light}, then take")
        return words.format(light=lighting_name(self.light))

    def _figures(self) -> tuple[str, ...]:
        said = []
        if self.under and self.light not in (DARK, self.under):
            words = translate("wizard", "the live picture says that it is under {light}")
            said.append(words.format(light=lighting_name(self.under)))
        one = self.measured.get(self.light)
        if one is not None:
            said += [f"{translate('wizard', 'dust spots left out')}: {len(one.spots)}", *one.remarks[:2]]
        return tuple(said)

    def _measure(self, light: str) -> None:
        flats, darks = list(self.frames[light]), list(self.frames[DARK])
        size = self.profile.size_px if self.profile is not None else None
        self.work(lambda: (light, measure_light(light, flats, darks, size_px=size)), self._got)

    def _got(self, found: tuple[str, MeasuredLight]) -> None:
        light, one = found
        self.measured[light] = one
