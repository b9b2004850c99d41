"""The versions of the model in use: what each promises, the gate, and which one judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QCoreApplication, pyqtSignal
from PyQt6.QtWidgets import QLabel, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.gate_panel import GatePanel
from shellmark_gui.widgets.version_list import VersionList
from shellmark_inspect.station.workshop import GateCheck, ModelVersion, Shadowing

translate = QCoreApplication.translate
GATE, ACTIVATE, ROLLBACK, SHADOW, FLIPS, TEACH, THRESHOLD, CALIBRATION, FOLLOW = (
    "gate", "activate", "rollback", "shadow", "flips", "teach", "threshold", "calibration", "follow",
)  # fmt: skip


class ModelsPage(WorkPage):
    """The models. `picked` carries the version a person looks at."""

    works = (GATE, ACTIVATE, ROLLBACK, SHADOW, FLIPS, TEACH, THRESHOLD, CALIBRATION, FOLLOW)
    picked = pyqtSignal(str)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.list, self.gate = VersionList(self), GatePanel(self)
        self.shadow_words = QLabel(self)
        self.versions: tuple[ModelVersion, ...] = ()
        self.chosen = ""
        self.shadowing = Shadowing()
        self._model = ""
        self._running_s: int | None = None
        self._busy = False
        self._news = ""
        self.list.picked.connect(self._pick)
        self._lay_out()
        self.put_words()

    def _lay_out(self) -> None:
        self._column = self.beside(self.list, 3, 2)
        self._column.addWidget(self.gate, 1)
        set_role(self.shadow_words, "muted")
        self.shadow_words.setWordWrap(True)
        self._column.addWidget(self.shadow_words)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._column.setSpacing(sizes.px(12))

    def work_word(self, name: str) -> str:
        """The word on a button."""
        return {
            GATE: translate("model", "Gate"),
            ACTIVATE: translate("model", "Put to use"),
            ROLLBACK: translate("model", "Roll back"),
            SHADOW: translate("model", "End shadow") if self.ends_shadow else translate("model", "Run as shadow"),
            FLIPS: translate("model", "Flips {count}").format(count=self.shadowing.flipped),
            TEACH: translate("model", "Teach"),
            THRESHOLD: translate("model", "Threshold"),
            CALIBRATION: translate("calibration", "Calibrate"),
            FOLLOW: translate("model", "Take over"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("model", "Models"))
        self.about.setText(self._model)
        self.shadow_words.setText(self._shadow_line())
        self.list.put_words()

    def show_versions(self, versions: Sequence[ModelVersion], chosen: str) -> None:
        """Show the versions, oldest first, and one of them in full."""
        self.versions, self.chosen = tuple(versions), chosen
        self._model = versions[0].name if versions else ""
        self._put()

    def show_news(self, news: str) -> None:
        """Offer to take over what was activated elsewhere; "" takes the offer away."""
        if news != self._news:
            self._news = news
            self.say(news)
            self._enable()

    def show_gate(self, running_s: int | None, done: tuple[GateCheck, ...] = ()) -> None:
        """Say for how long the chosen version's gate runs, and what it has done so far; None: it does not."""
        self._running_s = running_s
        self.gate.show_version(self.version, running_s, done)
        self._enable()

    def show_shadow(self, shadowing: Shadowing) -> None:
        """Say how the shadow stands."""
        if shadowing != self.shadowing:
            self.shadowing = shadowing
            self._put()

    def show_busy(self, busy: bool) -> None:
        """Rest the keys that change what judges while one of them is at work."""
        self._busy = busy
        self._enable()

    @property
    def version(self) -> ModelVersion | None:
        """The version shown in full."""
        return next((one for one in self.versions if one.version == self.chosen), None)

    @property
    def ends_shadow(self) -> bool:
        """Whether the shadow's key ends it: the version looked at is the shadow, or judges anyway."""
        one = self.version
        return self.shadowing.version is not None and (
            self.chosen == self.shadowing.version or (one is not None and one.active)
        )

    def _pick(self, version: str) -> None:
        self.chosen = version
        self.picked.emit(version)
        self._put()

    def _put(self) -> None:
        self.list.show_versions(self.versions, self.chosen, self.shadowing.version or "")
        self.gate.show_version(self.version, self._running_s)
        self.put_words()
        self._enable()

    def _enable(self) -> None:
        one = self.version
        usable = one is not None and not one.broken and not self._busy
        idle = usable and self._running_s is None
        passed = one is not None and one.gate is not None and one.gate.passed
        other = one is not None and not one.active
        enabled = {
            GATE: idle,
            ACTIVATE: idle and passed and other,
            ROLLBACK: len(self.versions) > 1 and not self._busy,
            SHADOW: self.ends_shadow or (usable and other),
            FLIPS: self.shadowing.version is not None or self.shadowing.flipped > 0,
            TEACH: True,
            THRESHOLD: bool(self.versions),
            CALIBRATION: True,
            FOLLOW: bool(self._news) and not self._busy,
        }
        self.work_buttons[FOLLOW].setVisible(bool(self._news))
        for name, button in self.work_buttons.items():
            button.setEnabled(enabled[name])

    def _shadow_line(self) -> str:
        one = self.shadowing
        if one.version is None:
            return one.message
        words = translate(
            "model",
            "Shadow {version}: {seen} cases seen, {flipped} judged differently, {dropped} not seen for want of time",
        )
        said = words.format(version=one.version, seen=one.seen, flipped=one.flipped, dropped=one.dropped)
        if one.failed:
            said += "  " + translate("model", "{failed} failed").format(failed=one.failed)
        return f"{said}  {one.message}".rstrip()
