"""Sizes: large enough for a thumb in a glove at 1080p, and nothing cut at 1366 x 768, in both languages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from shellmark_gui.keys import Action
from shellmark_gui.theme import Sizes
from shellmark_gui.widgets.button import LEAST_WORDS_PX, ActionButton
from shellmark_inspect.types import Disposition, Verdict

DECIDING = (Action.OK, Action.NG, Action.FALSE_ALARM)
GAP_PX = 24


def place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def pages(window):
    return {
        "station": window.station_page,
        "record": window.record_page,
        "choice": window.choice_page,
        "operator": window.operator_page,
        "error": window.error_page,
    }


def open_page(window, name):
    {
        "station": window._home,
        "record": window._open_newest,
        "choice": lambda: window._ask_why(window.station_page.target, Disposition.OK),
        "operator": lambda: window._key(Action.OPERATOR),
        "error": lambda: window._show(window.error_page),
    }[name]()
    QApplication.processEvents()
    return pages(window)[name]


@pytest.mark.parametrize("name", ["station", "record", "choice", "operator", "error"])
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
@pytest.mark.parametrize("name", ["station", "record", "choice", "operator", "error"])
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
