"""A folder is chosen: by taps through folders, or by its path. Nothing is read on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PyQt6.QtCore import QCoreApplication, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from shellmark_gui.folders import Listing
from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.button import ActionButton

translate = QCoreApplication.translate
ABOVE, FURTHER, TAKE = "above", "further", "take"
COLUMNS, ROWS = 4, 5
PAGE = COLUMNS * ROWS


class FolderPage(WorkPage):
    """Asks for one folder. `wanted` carries the path to list (None: the drives); `ask` says what for."""

    works = (ABOVE, FURTHER, TAKE)
    wanted = pyqtSignal(object)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.entry = QLineEdit(self)
        self.folders = [ActionButton(role="quiet", growing=True, parent=self) for _ in range(PAGE)]
        self.listing: Listing | None = None
        self._first = 0
        self._words: Callable[[], str] = str
        self._then: Callable[[Path], None] = lambda _path: None
        self.entry.returnPressed.connect(self._typed)
        self.pressed.connect(self._press)
        for place, button in enumerate(self.folders):
            button.clicked.connect(lambda _=False, at=place: self._enter(at))
        self._lay_out()
        self.put_words()

    def _lay_out(self) -> None:
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.entry)
        self._grid = QGridLayout()
        for place, button in enumerate(self.folders):
            self._grid.addWidget(button, place // COLUMNS, place % COLUMNS)
        for column_at in range(COLUMNS):
            self._grid.setColumnStretch(column_at, 1)
        column.addLayout(self._grid)
        column.addStretch(1)
        self._column = column
        self.frame(middle)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._column.setSpacing(sizes.px(20))
        self._grid.setSpacing(sizes.px(24))
        for button in self.folders:
            button.setMaximumHeight(sizes.touch(96))

    def work_word(self, name: str) -> str:
        """The word on a button."""
        return {
            ABOVE: translate("folder", "Folder above"),
            FURTHER: translate("folder", "Further folders"),
            TAKE: translate("folder", "Take this folder"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(self._words())
        self.entry.setPlaceholderText(translate("folder", "Path of the folder"))
        one = self.listing
        words = translate("folder", "folders: {folders}, pictures: {pictures}")
        self.about.setText(words.format(folders=len(one.folders), pictures=one.pictures) if one else "")
        shown = one.folders[self._first : self._first + PAGE] if one else ()
        for place, button in enumerate(self.folders):
            here = place < len(shown)
            button.setVisible(here)
            button.setText(_short(shown[place].name or str(shown[place])) if here else "")
        self.work_buttons[ABOVE].setEnabled(one is not None and (one.above is not None or one.drives))
        self.work_buttons[FURTHER].setEnabled(one is not None and len(one.folders) > PAGE)
        self.work_buttons[TAKE].setEnabled(one is not None and one.path is not None)

    def ask(self, words: Callable[[], str], start: Path, then: Callable[[Path], None]) -> None:
        """Ask for a folder, beginning at one."""
        self._words, self._then, self.listing = words, then, None
        self.say("")
        self.entry.setText(str(start))
        self.put_words()
        self.wanted.emit(start)

    def show_listing(self, listing: Listing) -> None:
        """Show what is in a folder."""
        self.listing, self._first = listing, 0
        self.entry.setText(str(listing.path) if listing.path else "")
        self.say("")
        self.put_words()

    def _typed(self) -> None:
        if text := self.entry.text().strip():
            self.wanted.emit(Path(text))

    def _enter(self, place: int) -> None:
        at = self._first + place
        if self.listing is not None and at < len(self.listing.folders):
            self.wanted.emit(self.listing.folders[at])

    def _press(self, name: str) -> None:
        one = self.listing
        if one is None:
            return
        if name == ABOVE:
            self.wanted.emit(one.above)
        elif name == FURTHER:
            self._first = self._first + PAGE if self._first + PAGE < len(one.folders) else 0
            self.put_words()
        elif one.path is not None:
            self._then(one.path)


def _short(name: str, most: int = 28) -> str:
    """A folder's name as it fits a button: its middle goes first."""
    return name if len(name) <= most else f"{name[: most // 2]}…{name[-most // 2 + 1 :]}"
