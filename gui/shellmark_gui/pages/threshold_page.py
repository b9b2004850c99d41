"""The threshold: what another one would change on stored cases, with their pictures, before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QCoreApplication, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.button import ActionButton
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.tiles import PictureTiles, Tile
from shellmark_gui.workwords import rate_words
from shellmark_inspect.station.workshop import Preview
from shellmark_inspect.types import Disposition

translate = QCoreApplication.translate
KEEP, RESET = "keep", "reset"
LEAST, MOST, STEP = 50, 200, 5
"""In hundredths of the present threshold."""

ASK_AFTER_MS = 250
"""So long the slider has to rest before the station is asked."""

PRESENT = 100
_GOOD = frozenset({Disposition.OK, Disposition.B_GRADE})


class ThresholdPage(WorkPage):
    """The preview. `asked` carries the factor to preview, `wanted` the case whose picture is due."""

    works = (RESET, KEEP)
    asked = pyqtSignal(float)
    wanted = pyqtSignal(str)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.less, self.more = ActionButton(key="-", parent=self), ActionButton(key="+", parent=self)
        self.value, self.count = QLabel(self), QLabel(self)
        self.names = [QLabel(self) for _ in range(2)]
        self.rates = [QLabel(self) for _ in range(2)]
        self.to_pass, self.to_stop = (ActionButton(parent=self) for _ in range(2))
        self.tiles = PictureTiles(parent=self)
        self.preview: Preview | None = None
        self._stops = False
        self._busy = False
        self._decided: dict[str, Disposition] = {}
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(ASK_AFTER_MS)
        self._waiting.timeout.connect(lambda: self.asked.emit(self.times))
        self._set_slider()
        self._connect()
        self._lay_out()
        self.put_words()

    def _set_slider(self) -> None:
        self.slider.setRange(LEAST, MOST)
        self.slider.setSingleStep(1)
        self.slider.setPageStep(STEP)
        self.slider.setValue(PRESENT)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _connect(self) -> None:
        self.slider.valueChanged.connect(self._moved)
        self.less.clicked.connect(lambda: self.slider.setValue(self.slider.value() - STEP))
        self.more.clicked.connect(lambda: self.slider.setValue(self.slider.value() + STEP))
        self.to_pass.clicked.connect(lambda: self._show_kind(stops=False))
        self.to_stop.clicked.connect(lambda: self._show_kind(stops=True))
        self.tiles.wanted.connect(self.wanted)

    def _lay_out(self) -> None:
        middle = QWidget(self)
        whole = QVBoxLayout(middle)
        whole.setContentsMargins(0, 0, 0, 0)
        self._knob = QHBoxLayout()
        set_role(self.value, "figure")
        for part, share in ((self.value, 0), (self.less, 1), (self.slider, 6), (self.more, 1)):
            self._knob.addWidget(part, share)
        whole.addLayout(self._knob)
        self._facts = QGridLayout()
        set_role(self.count, "about")
        self._facts.addWidget(self.count, 0, 0, 2, 1)
        for row, (name, rate) in enumerate(zip(self.names, self.rates, strict=True)):
            set_role(name, "muted")
            self._facts.addWidget(name, row, 1)
            self._facts.addWidget(rate, row, 2)
        self._facts.setColumnStretch(0, 2)
        self._facts.setColumnStretch(2, 3)
        whole.addLayout(self._facts)
        self._kinds = QHBoxLayout()
        for button in (self.to_pass, self.to_stop):
            button.setCheckable(True)
            self._kinds.addWidget(button, 1)
        whole.addLayout(self._kinds)
        whole.addWidget(self.tiles, 1)
        self._middle = whole
        self.frame(middle)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._middle.setSpacing(sizes.px(16))
        self._knob.setSpacing(sizes.px(24))
        self._kinds.setSpacing(sizes.px(24))
        self._facts.setHorizontalSpacing(sizes.px(24))
        self.value.setMinimumWidth(sizes.px(330))
        self.slider.setFixedHeight(sizes.touch(81))

    @property
    def times(self) -> float:
        """The factor on the slider."""
        return self.slider.value() / PRESENT

    def work_word(self, name: str) -> str:
        """The word on a button."""
        return {
            RESET: translate("threshold", "As it is now"),
            KEEP: translate("threshold", "Keep as a new version"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("threshold", "Threshold"))
        self.about.setText(translate("threshold", "Nothing changes here: a new version has to pass the gate"))
        for button, words in ((self.less, "−"), (self.more, "+")):
            button.setText(words)
            button.setShortcut(QKeySequence(button.key))  # setText takes a shortcut away
        self.value.setText(translate("threshold", "{times:.2f} x the present").format(times=self.times))
        self.names[0].setText(translate("threshold", "overkill, of cases people called good"))
        self.names[1].setText(translate("threshold", "escapes, of cases people called bad"))
        self._put_preview()

    def show_preview(self, preview: Preview) -> None:
        """Show what the station says of the factor, if the slider still stands there."""
        if abs(preview.times - self.times) > 1e-6:
            return
        self.preview = preview
        if not (preview.to_stop if self._stops else preview.to_pass):
            self._stops = bool(preview.to_stop)
        self._put_preview()

    def show_failed(self, why: str) -> None:
        """Say why there is no preview."""
        self.say(why)
        self.count.setText("")

    def show_decided(self, case_id: str, disposition: Disposition | None) -> None:
        """Say with a case what people decided about it."""
        if disposition is not None and self._decided.get(case_id) is not disposition:
            self._decided[case_id] = disposition
            self._put_tiles()

    def show_busy(self, busy: bool) -> None:
        """Rest the key while a new version is made."""
        self._busy = busy
        self._enable()

    def begin(self) -> None:
        """Begin at the present threshold."""
        self.preview, self._decided = None, {}
        self.slider.setValue(PRESENT)
        self.put_words()
        self.asked.emit(self.times)

    def _moved(self) -> None:
        self.preview = None
        self.put_words()
        self._waiting.start()

    def _show_kind(self, *, stops: bool) -> None:
        self._stops = stops
        self._put_preview()

    def _put_preview(self) -> None:
        one = self.preview
        counting = translate("threshold", "counting...")
        if one is None:
            self.count.setText(counting)
        else:
            self.count.setText(translate("threshold", "on the last {n} stored cases").format(n=one.n))
        for label, pair in zip(self.rates, (one.overkill, one.escapes) if one else (None, None), strict=True):
            label.setText("" if pair is None else self._change(*(rate_words(rate) for rate in pair)))
        passes, stops = (len(one.to_pass), len(one.to_stop)) if one else (0, 0)
        self.to_pass.setText(translate("threshold", "Would pass: {count}").format(count=passes))
        self.to_stop.setText(translate("threshold", "Would be stopped at most: {count}").format(count=stops))
        self.to_pass.setChecked(not self._stops)
        self.to_stop.setChecked(self._stops)
        self._put_tiles()
        self._enable()

    @staticmethod
    def _change(now: str, then: str) -> str:
        return now if now == then else f"{now}  →  {then}"

    def _put_tiles(self) -> None:
        one = self.preview
        cases = () if one is None else one.to_stop if self._stops else one.to_pass
        self.tiles.show_tiles(
            [self._tile(case) for case in cases],
            "" if one is None else translate("threshold", "No stored case would be judged differently"),
        )

    def _tile(self, case: str) -> Tile:
        decided = self._decided.get(case)
        if decided is None:
            return Tile(case, case)
        against = (decided in _GOOD) == self._stops
        words = (
            translate("threshold", "people said: good")
            if decided in _GOOD
            else translate("threshold", "people said: bad")
        )
        return Tile(case, case, words, alarming=against)

    def _enable(self) -> None:
        moved = self.slider.value() != PRESENT
        self.work_buttons[KEEP].setEnabled(moved and self.preview is not None and not self._busy)
        self.work_buttons[RESET].setEnabled(moved)
