"""Zones: the recipe read, drawn on, the outline found in a folder of goods, the recipe written and taken into use."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from pydantic import ValidationError
from PyQt6.QtCore import QCoreApplication

from shellmark_gui.calibrationwords import FITTINGS, ZONES, fitting_name, shape_name
from shellmark_gui.desks.folder_desk import FolderDesk
from shellmark_gui.desks.screen import Screen
from shellmark_gui.drawing import Begun, Drawing
from shellmark_gui.pages.choice_page import Choice, Question
from shellmark_gui.pages.zones_page import DRAW, FIND, KIND, SAVE, VIEW, Sheet, ZonesPage
from shellmark_gui.pictures import HELD_PX, smooth
from shellmark_inspect.recipe import Recipe, first_fault
from shellmark_inspect.sets import read_set
from shellmark_inspect.types import Frame
from shellmark_inspect.zoning import (
    FILM_EDGE,
    FoundOutline,
    SavedRecipe,
    ViewZones,
    ZoneFile,
    backdrop,
    find_outline,
    save_zones,
    zones_of,
)

translate = QCoreApplication.translate
WIDTHS_MM = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20)
"""Widths of a band along a film's edge that are offered."""


class ZonesDesk:
    """What the keys of the zones' page do."""

    def __init__(self, screen: Screen, page: ZonesPage, folders: FolderDesk, back: Callable[[], None]) -> None:
        self._screen, self._page, self._folders, self._back = screen, page, folders, back
        self._recipe: Recipe | None = None
        self._path = Path()
        self._sheets: list[Sheet] = []
        self._at = 0
        self._busy = False
        page.left.connect(self._leave)
        page.pressed.connect(self._pressed)
        page.changed.connect(self._tell)

    def open(self) -> None:
        """Read the recipe in use and show its first view; what is drawn and not saved is still there."""
        self._page.say("")
        self._screen.show_page(self._page)
        if self._recipe is not None and self._recipe.sku == self._screen.station.status().sku and self._unsaved():
            self._show()
            return
        self._page.show_loading()
        self._path = self._screen.station.recipe_place()
        work = partial(_read, self._path, dict(self._screen.station.live()))
        self._screen.bridge.fetch(work, self._got, self._failed)

    def _got(self, found: tuple[Recipe, list[Sheet]]) -> None:
        self._recipe, self._sheets = found
        self._at = min(self._at, len(self._sheets) - 1)
        self._show()

    def _failed(self, why: str) -> None:
        self._busy = False
        self._tell()
        self._screen.say(why)

    def _show(self) -> None:
        self._page.show_sheet(self._sheets[self._at], len(self._sheets))
        self._tell()

    def _unsaved(self) -> frozenset[str]:
        return frozenset(one.view for one in self._sheets if one.drawing.changed)

    def _tell(self) -> None:
        self._page.show_changed(self._unsaved(), busy=self._busy)

    def _pressed(self, name: str) -> None:
        if name == DRAW:
            self._ask_kind(translate("zones", "What do you draw?"), self._begin, with_outline=True)
        elif name == KIND:
            self._ask_kind(translate("zones", "What is it?"), self._rename, with_outline=False)
        elif name == VIEW and self._sheets:
            self._at = (self._at + 1) % len(self._sheets)
            self._show()
        elif name == FIND:
            words = lambda: translate("zones", "In which folder are 20 good shells?")  # noqa: E731
            self._folders.ask(words, self._find, self.open_again)
        elif name == SAVE:
            self._save()

    def open_again(self) -> None:
        """Come back to the page from a question."""
        self._screen.show_page(self._page)

    # what is drawn

    def _ask_kind(self, words: str, then: Callable[[str], None], *, with_outline: bool) -> None:
        choices = [Choice(f"zone:{zone}", partial(shape_name, "zone", zone)) for zone in ZONES]
        choices += [Choice(f"ignore:{name}", partial(fitting_name, name)) for name in FITTINGS]
        if with_outline:
            choices.append(Choice("outline:", partial(shape_name, "outline", "")))
        view = self._sheets[self._at].view
        self._screen.ask(Question(lambda: words, view, choices, then), self.open_again)

    def _begin(self, value: str) -> None:
        kind, _, name = value.partition(":")
        if name == FILM_EDGE:
            self._ask_width(name)
            return
        drawing = self._page.drawing
        if kind == "zone":
            drawing.begin(Begun("zone", name))
        else:
            drawing.begin(Begun("ignore", name) if kind == "ignore" else Begun("outline", ""))
        self._drawn()

    def _ask_width(self, name: str) -> None:
        def chosen(width: str) -> None:
            self._page.drawing.begin(Begun("ignore", name, float(width)))
            self._drawn()

        choices = [Choice(str(width), partial("{} mm".format, width)) for width in WIDTHS_MM]
        words = lambda: translate("zones", "How wide is the band along the film's edge?")  # noqa: E731
        self._screen.ask(Question(words, "", choices, chosen), self.open_again)

    def _rename(self, value: str) -> None:
        kind, _, name = value.partition(":")
        self._page.drawing.rename("zone" if kind == "zone" else "ignore", name)
        self._drawn()

    def _drawn(self) -> None:
        self.open_again()
        self._page.refresh()
        self._tell()

    # the outline of many goods

    def _find(self, folder: Path) -> None:
        self.open_again()
        recipe, at = self._recipe, self._at
        if recipe is None:
            return
        self._set_busy(busy=True)
        self._page.say(translate("zones", "Looking for the outline in the good shells..."))
        self._screen.bridge.fetch(partial(_find_in, recipe, at, folder), partial(self._found, at), self._failed)

    def _found(self, at: int, found: FoundOutline) -> None:
        self._set_busy(busy=False)
        self._sheets[at].drawing.set_outline(found.polygon_mm)
        self._page.refresh()
        self._tell()
        words = translate("zones", "Outline from {count} good shells, {spread:.1f} mm of spread; {refused} had no say")
        said = words.format(count=len(found.cases), spread=found.spread_mm, refused=len(found.refused))
        self._screen.say("   ".join((said, *found.remarks[:1])))

    # the recipe

    def _save(self) -> None:
        recipe = self._recipe
        if recipe is None:
            return
        try:
            drawn = {one.view: one.drawing.drawn() for one in self._sheets if one.drawing.changed}
        except ValueError as e:
            self._screen.say(_first_line(e))
            return
        self._set_busy(busy=True)
        work = partial(_write, self._path, drawn, recipe)
        self._screen.bridge.fetch(work, self._saved, self._failed)

    def _saved(self, saved: SavedRecipe) -> None:
        self._recipe = saved.recipe
        for one in self._sheets:
            one.drawing.kept()
        words = translate("zones", "Saved; the former recipe is {former}").format(former=saved.former.name)
        self._screen.bridge.ask(self._screen.station.take_recipe, lambda _: self._taken(words), self._not_taken)

    def _taken(self, words: str) -> None:
        self._set_busy(busy=False)
        self._screen.say(f"{words}   {translate('zones', 'It judges from now on')}")

    def _not_taken(self, why: str) -> None:
        self._set_busy(busy=False)
        self._screen.say(f"{translate('zones', 'Saved, but not in use')}: {why}")

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self._tell()

    def _leave(self) -> None:
        if self._unsaved():
            self._ask_leave()
        else:
            self._back()

    def _ask_leave(self) -> None:
        choices = [
            Choice("stay", lambda: translate("zones", "Go on drawing")),
            Choice("leave", lambda: translate("zones", "Leave without saving")),
        ]

        def chosen(value: str) -> None:
            if value == "stay":
                self.open_again()
            else:
                self._recipe, self._sheets = None, []
                self._back()

        words = lambda: translate("zones", "What was drawn is not saved")  # noqa: E731
        self._screen.ask(Question(words, "", choices, chosen), self.open_again)


def _read(path: Path, frames: dict[str, Frame]) -> tuple[Recipe, list[Sheet]]:
    """A recipe and a sheet per view; on the bridge's thread."""
    recipe = Recipe.read(path)
    drawn = zones_of(recipe)
    return recipe, [_sheet(recipe, index, drawn.views[spec.name], frames) for index, spec in enumerate(recipe.views)]


def _sheet(recipe: Recipe, index: int, drawn: ViewZones, frames: dict[str, Frame]) -> Sheet:
    spec = recipe.views[index]
    found = backdrop(recipe, spec, frames.get(spec.name))
    drawing = Drawing(drawn)
    if found is None:
        return Sheet(spec.name, None, np.eye(3), "", False, drawing, drawn.default_zone)
    picture = smooth(found.pixels, HELD_PX)
    return Sheet(spec.name, picture, found.to_mm, found.light, found.from_reference, drawing, drawn.default_zone)


def _find_in(recipe: Recipe, index: int, folder: Path) -> FoundOutline:
    return find_outline(recipe, recipe.views[index], read_set(folder).to_learn)


def _write(path: Path, drawn: dict[str, ViewZones], recipe: Recipe) -> SavedRecipe:
    return save_zones(path, ZoneFile(sku=recipe.sku, views=drawn), recipe.digest)


def _first_line(fault: ValueError) -> str:
    """What is wrong, of a validation's several lines."""
    return first_fault(fault) if isinstance(fault, ValidationError) else str(fault)
