"""The cases the shadow judges differently, with their pictures: the active version's verdict, then the shadow's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QWidget

from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.widgets.tiles import PictureTiles, Tile
from shellmark_inspect.station.workshop import Flip, Shadowing

translate = QCoreApplication.translate


class FlipsPage(WorkPage):
    """The flips, newest first."""

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.tiles = PictureTiles(parent=self)
        self.flips: dict[str, Flip] = {}
        self._shadowing = Shadowing()
        self.frame(self.tiles)
        self.put_words()

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("model", "Judged differently by the shadow"))
        words = translate("model", "version {version}: {flipped} of {seen} cases")
        one = self._shadowing
        self.about.setText(
            words.format(version=one.version, flipped=one.flipped, seen=one.seen) if one.version is not None else ""
        )
        self._put_tiles()

    def show_flips(self, flips: Sequence[Flip], shadowing: Shadowing) -> None:
        """Show the flips, newest first."""
        found = {flip.case_id: flip for flip in flips}
        if (found.keys(), shadowing) == (self.flips.keys(), self._shadowing):
            return
        self.flips, self._shadowing = found, shadowing
        self.put_words()

    def _put_tiles(self) -> None:
        words = translate("model", "scores {active:.2f} → {shadow:.2f}")
        self.tiles.show_tiles(
            [
                Tile(
                    flip.case_id,
                    flip.case_id,
                    words.format(active=flip.active_score, shadow=flip.shadow_score),
                    (flip.active_verdict, flip.shadow_verdict),
                )
                for flip in self.flips.values()
            ],
            translate("model", "No case was judged differently yet"),
        )
        self.tiles.put_words()
