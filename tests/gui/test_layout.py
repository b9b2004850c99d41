"""Sizes: large enough for a thumb in a glove at 1080p, and nothing cut at 1366 x 768, in both languages."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from memory_station import drawn_shell
from memory_workshop import goods_folder, goods_report
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from shellmark_gui.drawing import Begun
from shellmark_gui.keys import Action
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.button import LEAST_WORDS_PX, ActionButton
from shellmark_inspect.labelling import Fault, LabelState
from shellmark_inspect.records import Answer
from shellmark_inspect.types import Disposition, Verdict

DECIDING = (Action.OK, Action.NG, Action.FALSE_ALARM)
GAP_PX = 24
CODE = "HTTPS://EXAMPLE.COM/01/09520000001018/21/7K3M9Q0X00002"


def place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def pages(window):
    return {
        "station": window.station_page,
        "record": window.record_page,
        "choice": window.choice_page,
        "operator": window.operator_page,
        "error": window.error_page,
        "region": window.region_page,
        "models": window.engineer.models_page,
        "flips": window.engineer.flips_page,
        "threshold": window.engineer.threshold_page,
        "teach": window.engineer.teach_page,
        "teaching": window.engineer.teach_page,
        "taught": window.engineer.teach_page,
        "folder": window.engineer.folder_page,
        "calibration": window.engineer.calibration.page,
        "zones": window.engineer.calibration.zones_page,
        "check": window.engineer.calibration.check_page,
        "checked": window.engineer.calibration.check_page,
        "suspects": window.engineer.calibration.suspects_page,
        "drift": window.engineer.calibration.drift_page,
        "blocked": window.station_page,
        "lens": window.engineer.calibration.wizard_page,
        "scale": window.engineer.calibration.wizard_page,
        "light": window.engineer.calibration.wizard_page,
        "colour": window.engineer.calibration.wizard_page,
        "stick": window.station_page,
        "strip": window.station_page,
        "strip-blocked": window.station_page,
        "labels": window.labels.page,
        "entry": window.labels.entry_page,
        "count": window.labels.count.page,
    }


PAGES = [
    "station", "record", "choice", "operator", "error",
    "region", "models", "flips", "threshold", "teach", "teaching", "taught", "folder",
    "calibration", "zones", "check", "checked", "suspects", "drift", "blocked", "lens", "scale", "light", "colour",
    "stick", "strip", "strip-blocked", "labels", "entry", "count",
]  # fmt: skip


def taught(window) -> None:
    """A teaching that has come to its end, its report on the screen."""
    workshop, page = window.station.workshop, window.engineer.teach_page
    files = goods_folder(Path(window.station.folder.name) / "goods", [drawn_shell(n, (60, 80)) for n in range(12)])
    page.show_folder("goods", Path("/home/operator/goods-of-the-20-inch-shell"))
    page.work_buttons["start"].click()
    while not workshop.jobs:
        QTest.qWait(10)
    workshop.jobs[-1].end(workshop.candidate(12), goods_report(files))


def teaching(window) -> None:
    """A teaching on its way."""
    page = window.engineer.teach_page
    page.show_folder("goods", Path("/home/operator/goods-of-the-20-inch-shell"))
    page.work_buttons["start"].click()
    page.show_progress("folds", 0.42, 18.0)
    while not window.station.workshop.jobs:
        QTest.qWait(10)


def flips(window) -> None:
    """A shadow that judged ten cases differently: more than a page."""
    workshop = window.station.workshop
    workshop.shadow("3")
    for number in range(10):
        workshop.flip(f"20-{number:05d}", drawn_shell(number, (60, 80)), Verdict.PASS, Verdict.FAIL)
    window.engineer.open()
    window.engineer.models.poll()
    window.engineer.models_page.work_buttons["flips"].click()


def zones(window) -> None:
    """A zone and a fitting drawn."""
    calibration = window.engineer.calibration
    calibration.zones.open()
    while calibration.zones_page.sheet is None:
        QTest.qWait(10)
    for kind, name in (("zone", "A"), ("ignore", "logo")):
        calibration.zones_page.drawing.begin(Begun(kind, name))
        for corner in ((10, 8), (50, 8), (50, 40)):
            calibration.zones_page.drawing.tap(corner, 1.0)
        calibration.zones_page.drawing.close()
    calibration.zones_page.refresh()


def checked(window) -> None:
    """A check that has failed, its suspects."""
    checks = window.station.checks
    checks.give_masters()
    checks.begin("张三").result(10)
    checks.answers = [(Answer.RIGHT, ""), (Answer.WRONG, "a bad master is PASS: FAIL for dent is wanted")]
    for _ in range(4):
        checks.place().result(10)
    window.engineer.calibration.check.open()


def drift(window) -> None:
    """Drift that warns."""
    window.station.drift.give_charts()
    window.engineer.calibration.drift.open()


def blocked(window) -> None:
    """The station's page under a banner."""
    window.station.checks.give_masters()
    window.home()
    while not window.station_page.banner.isVisible():
        QTest.qWait(10)


def wizard(window, name: str) -> None:
    """A wizard that looks at a picture without a board or a card."""
    desk = window.engineer.calibration.wizards[name]
    desk.open()
    desk.poll()
    QTest.qWait(100)


def label(window, name: str) -> None:
    """A label that waits to be stuck on, one that has to come off beside a FAIL, the label's page, a question."""
    station = window.station
    labels = station.give_labels()
    labels.stick("20-00002", "7K3M9Q0X00002", CODE)
    if name in ("strip", "strip-blocked"):
        labels.go(LabelState.STRIP, fault=Fault.VOIDED)
    elif name in ("stick", "labels"):
        station.plan = (Verdict.PASS,)
        row = station.trigger().result(10).row
        while window.station_page.target.row != row:
            QTest.qWait(10)
    if name == "strip-blocked":
        blocked(window)
    while not window.station_page.label.isVisible():
        QTest.qWait(10)
    window.labels._rests_until_s = 0.0
    window.labels.poll()
    if name == "labels":
        labels.go(LabelState.OFFLINE, detail="printer 192.0.2.7:9100 does not answer: see to power and cable" * 2)
        window.labels.open()
    elif name == "count":
        window.labels.count.open()
        while window.labels.count.page.tally is None:
            QTest.qWait(10)
    elif name == "entry":
        window._signed_in("张三")
        window.labels.open()
        window.labels.page.work_buttons["roll"].click()


def open_page(window, name):
    {
        "station": window.home,
        "record": window._open_newest,
        "choice": lambda: window.decisions.ask_why(window.station_page.target, Disposition.OK),
        "operator": lambda: window._key(Action.OPERATOR),
        "error": lambda: window.show_page(window.error_page),
        "region": lambda: window.show_page(window.region_page),
        "models": window.engineer.open,
        "flips": lambda: flips(window),
        "threshold": window.engineer.threshold.open,
        "teach": window.engineer.teaching.open,
        "teaching": lambda: (window.engineer.teaching.open(), teaching(window)),
        "taught": lambda: (window.engineer.teaching.open(), taught(window)),
        "folder": lambda: window.engineer.teaching._ask_folder("goods"),
        "calibration": window.engineer.calibration.open,
        "zones": lambda: zones(window),
        "check": lambda: (window.station.checks.give_masters(), window.engineer.calibration.check.open()),
        "checked": lambda: checked(window),
        "suspects": lambda: (checked(window), window.engineer.calibration.check_page.work_buttons["suspects"].click()),
        "drift": lambda: drift(window),
        "blocked": lambda: blocked(window),
        "lens": lambda: wizard(window, "lens"),
        "scale": lambda: wizard(window, "scale"),
        "light": lambda: wizard(window, "light"),
        "colour": lambda: wizard(window, "colour"),
        **{one: partial(label, window, one) for one in ("stick", "strip", "strip-blocked", "labels", "entry", "count")},
    }[name]()
    QApplication.processEvents()
    return pages(window)[name]


@pytest.mark.parametrize("name", PAGES)
def test_buttons_are_20_mm_and_6_mm_apart_at_1080p(window, station, judged, name):
    station.plan = (Verdict.FAIL,)
    judged()
    page = open_page(window, name)
    shown = [button for button in page.findChildren(QPushButton) if button.isVisible()]
    assert shown
    for button in shown:
        assert button.height() >= 81, button.text()
        assert button.width() >= 81, button.text()
    for action in DECIDING:
        if action in page.buttons:
            assert page.buttons[action].height() >= 101
    rects = [place(button, window) for button in shown]
    for at, one in enumerate(rects):
        grown = one.adjusted(-GAP_PX + 1, -GAP_PX + 1, GAP_PX - 1, GAP_PX - 1)
        assert not [other for other in rects[at + 1 :] if grown.intersects(other)], shown[at].text()


def test_thumbnails_are_twelve_and_can_be_touched(window):
    thumbnails = window.station_page.history.thumbnails
    assert len(thumbnails) >= 12
    for one, other in pairwise(thumbnails):
        assert min(one.width(), one.height()) >= 81
        assert place(other, window).left() - place(one, window).right() >= GAP_PX


def what_is_cut(page) -> list[str]:
    """The parts that reach beyond the page, and the words that do not fit their part."""
    cut = []
    for part in page.findChildren(QWidget):
        if not part.isVisible():
            continue
        if not page.rect().contains(place(part, page)):
            cut.append(f"{type(part).__name__} {place(part, page)}")
        if isinstance(part, ActionButton) and part.text():
            room = part.width() - part._sizes.px(20) - (part._sizes.px(56) if part._shape else 0)
            size = part.words_px(room)
            if part._words_width(size) > room or size <= LEAST_WORDS_PX:
                cut.append(part.text())
        if isinstance(part, QLabel) and not part.wordWrap() and part.sizeHint().width() > part.width() + 1:
            cut.append(part.text())
    return cut


@pytest.mark.parametrize("language_code", ["zh", "en"])
@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut(qtbot, window, station, judged, language, name, size, language_code):
    station.plan = (Verdict.FAIL,)
    judged()
    language.use(language_code)
    window._signed_in("欧阳建国" if language_code == "zh" else "Operator 1234")
    window.resize(*size)
    qtbot.waitUntil(lambda: (window.width(), window.height()) == size)
    page = open_page(window, name)
    qtbot.waitUntil(lambda: not what_is_cut(page))  # the layout follows the words a turn of the event loop later


def test_the_window_does_not_refuse_1366_by_768(window):
    window.resize(1366, 768)
    hint = window.minimumSizeHint()
    assert hint.width() <= 1366
    assert hint.height() <= 768


def test_what_is_touched_shrinks_less_than_what_is_read():
    small = Sizes.of_window(1366, 768)
    assert small.px(81) == 58
    assert small.touch(81) == 66
    assert Sizes.of_window(1920, 1080).touch(81) == 81
    assert Sizes.of_window(3840, 2160).touch(81) == 162
