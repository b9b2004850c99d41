"""Keys: what they do, that they can be changed, and that each primary button shows and obeys its own."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence

from shellmark_gui.keys import CHOICE_KEYS, DEFAULT_KEYS, Action, keys_with
from shellmark_gui.window import StationWindow
from shellmark_inspect.errors import ConfigError
from shellmark_inspect.loop.status import StationState


def test_every_action_has_one_key_of_its_own():
    assert set(DEFAULT_KEYS) == set(Action)
    assert len(set(DEFAULT_KEYS.values())) == len(Action)
    assert all(QKeySequence(key).count() == 1 for key in (*DEFAULT_KEYS.values(), *CHOICE_KEYS))


def test_a_pedal_takes_over_an_action():
    assert keys_with({"trigger": "F13"})[Action.TRIGGER] == "F13"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lift": "F13"}, "no action is called lift"),
        ({"trigger": "Pedal"}, "no key 'Pedal'"),
        ({"trigger": ""}, "no key ''"),
        ({"trigger": "F1"}, "F1 is given to two actions"),
        ({"trigger": "Ctrl+K, Ctrl+C"}, "one key"),
    ],
)
def test_keys_that_cannot_be_used_are_named(changes, said):
    with pytest.raises(ConfigError, match=said):
        keys_with(changes)


def test_every_button_of_every_page_shows_its_key(window):
    for page in (window.station_page, window.record_page, window.error_page):
        for action, button in page.buttons.items():
            assert button.key == DEFAULT_KEYS[action]


def test_the_space_bar_inspects_a_case(qtbot, window, station):
    with qtbot.waitSignal(window.bridge.recorded, timeout=5000):
        qtbot.keyClick(window, Qt.Key.Key_Space)
    assert station.status().counts.cases == 1


def test_a_pedal_of_ones_own_inspects_a_case(qtbot, station, language):
    window = StationWindow(station, language, {"trigger": "F13"})
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    with qtbot.waitSignal(window.bridge.recorded, timeout=5000):
        qtbot.keyClick(window, Qt.Key.Key_F13)
    window.close()


def test_f5_runs_and_holds(qtbot, window, station):
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert station.status().state is StationState.CONTINUOUS_EXECUTION
    qtbot.waitUntil(lambda: station.status().counts.cases >= 2)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: station.status().state is StationState.READY)


@pytest.mark.parametrize(
    ("key", "page"),
    [
        (Qt.Key.Key_F6, "record_page"),
        (Qt.Key.Key_F7, "choice_page"),
        (Qt.Key.Key_F8, "operator_page"),
    ],
)
def test_a_key_opens_its_page_and_escape_leaves_it(qtbot, window, judged, key, page):
    judged()
    qtbot.keyClick(window, key)
    assert window.page is getattr(window, page)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.page is window.station_page


def test_the_focus_goes_round_every_button_and_is_never_trapped(qtbot, window, judged):
    judged()
    qtbot.waitUntil(lambda: window.station_page.buttons[Action.OK].isEnabled())
    wanted = {button for button in window.station_page.buttons.values() if button.isEnabled()}
    reached = set()
    for _ in range(60):
        qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        reached.add(window.focusWidget())
    assert wanted <= reached


def test_enter_presses_the_button_in_focus(qtbot, window, station):
    button = window.station_page.buttons[Action.TRIGGER]
    button.setFocus()
    with qtbot.waitSignal(window.bridge.recorded, timeout=5000):
        qtbot.keyClick(button, Qt.Key.Key_Return)


def test_on_other_pages_the_space_bar_does_not_trigger(qtbot, window, station):
    window._key(Action.OPERATOR)
    qtbot.keyClicks(window.operator_page.entry, "Li Si")
    assert window.operator_page.entry.text() == "Li Si"
    assert station.status().open_cases == station.status().counts.cases == 0
