"""Drift: what is read of light, sharpness, noise and position, how far each is from its baseline, and its chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QLabel, QWidget

from shellmark_gui.calibrationwords import grade_look, quantity_words, trouble_sentence
from shellmark_gui.keys import Action
from shellmark_gui.pages.work_page import WorkPage
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.drift_chart import DriftChart
from shellmark_gui.widgets.fitted import set_role
from shellmark_gui.widgets.rows import Row, RowList
from shellmark_inspect.station import Chart, Quantity, Trouble

translate = QCoreApplication.translate
RESET, CHECK = "reset", "check"
ROWS = 7


class DriftPage(WorkPage):
    """The quantities and the chart of one; `chosen` is its key."""

    works = (RESET, CHECK)

    def __init__(self, keys: Mapping[Action, str], parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.list, self.chart = RowList(ROWS, self), DriftChart(self)
        self.name, self.facts, self.todo = QLabel(self), QLabel(self), QLabel(self)
        self.charts: dict[str, Chart] = {}
        self.troubles: tuple[Trouble, ...] = ()
        self.chosen = ""
        self._busy = False
        self.list.picked.connect(self._pick)
        self._lay_out()
        self.put_words()

    def _lay_out(self) -> None:
        self._column = self.beside(self.list, 2, 3)
        set_role(self.name, "about")
        set_role(self.facts, "muted")
        set_role(self.todo, "said")
        for label in (self.name, self.facts, self.todo):
            label.setWordWrap(True)
        self._column.addWidget(self.name)
        self._column.addWidget(self.facts)
        self._column.addWidget(self.chart, 1)
        self._column.addWidget(self.todo)

    def fit(self, sizes: Sizes) -> None:
        """Take the window's scale."""
        super().fit(sizes)
        self._column.setSpacing(sizes.px(10))

    def work_word(self, name: str) -> str:
        """The word on a button."""
        return {
            RESET: translate("drift", "Begin baselines anew"),
            CHECK: translate("calibration", "Daily check"),
        }[name]

    def put_words(self) -> None:
        """Put the words again."""
        super().put_words()
        self.title.setText(translate("drift", "Drift"))
        self.about.setText(translate("drift", "averages of the last cases against what they were when all was well"))
        self._put()

    def show_charts(self, charts: Sequence[Chart], troubles: Sequence[Trouble]) -> None:
        """Show the charts, and what is wrong with any of them."""
        self.charts = {key_of(one.quantity): one for one in charts}
        self.troubles = tuple(one for one in troubles if one.lamp != "check")
        if self.chosen not in self.charts:
            self.chosen = next(iter(self.charts), "")
        self._put()

    def show_busy(self, busy: bool) -> None:
        """Rest the key while baselines are begun anew."""
        self._busy = busy
        self._enable()

    def _pick(self, key: str) -> None:
        self.chosen = key
        self._put()

    def _put(self) -> None:
        rows = [self._row_of(key, chart) for key, chart in self.charts.items()]
        nothing = translate("drift", "Nothing has been read yet: it comes with the cases")
        self.list.show_rows(rows, self.chosen, nothing)
        chart = self.charts.get(self.chosen)
        self.chart.show_chart(chart)
        self.name.setText(" · ".join(part for part in quantity_words(chart.quantity) if part) if chart else "")
        self.facts.setText(self._facts(chart) if chart else "")
        self.todo.setText("\n".join(trouble_sentence(one) for one in self.troubles[:2]))
        self.todo.setVisible(bool(self.troubles))
        self._enable()

    @staticmethod
    def _row_of(key: str, chart: Chart) -> Row:
        title, where = quantity_words(chart.quantity)
        word, shape, colour = grade_look(chart.grade)
        return Row(key, title, where, word, shape, colour)

    @staticmethod
    def _facts(chart: Chart) -> str:
        unit = f" {chart.unit}" if chart.unit else ""
        if chart.baseline is None:
            words = translate("drift", "the baseline is being learnt: {learnt} of {needed} readings")
            return words.format(learnt=chart.learnt, needed=chart.needed)
        parts = [
            translate("drift", "baseline {value:.4g}{unit} from {count} readings").format(
                value=chart.baseline.middle, unit=unit, count=chart.baseline.readings
            )
        ]
        if len(chart.ewma) and chart.ewma[-1] == chart.ewma[-1]:
            words = translate("drift", "average now {value:.4g}{unit}")
            parts.append(words.format(value=float(chart.ewma[-1]), unit=unit))
        return "   ".join(parts)

    def _enable(self) -> None:
        self.work_buttons[RESET].setEnabled(bool(self.charts) and not self._busy)


def key_of(quantity: Quantity) -> str:
    """The key of a quantity's row."""
    return f"{quantity.view}.{quantity.name}"
