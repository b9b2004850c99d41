"""Which key does what: a foot switch or a USB keypad is a key like any other."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from PyQt6.QtGui import QKeySequence

from shellmark_inspect.errors import ConfigError


class Action(StrEnum):
    """What an operator can do by one key."""

    TRIGGER = "trigger"
    RUN = "run"
    OK = "ok"
    NG = "ng"
    FALSE_ALARM = "false_alarm"
    MORE = "more"
    RECORDS = "records"
    SKU = "sku"
    OPERATOR = "operator"
    LANGUAGE = "language"
    FULL_SCREEN = "full_screen"
    ACKNOWLEDGE = "acknowledge"
    BACK = "back"
    NEXT_VIEW = "next_view"
    NEXT_LIGHT = "next_light"
    NEWER = "newer"
    OLDER = "older"
    HEAT = "heat"
    LESSON = "lesson"
    MODELS = "models"
    CHECK = "check"
    LABEL_DONE = "label_done"
    LABEL_NONE = "label_none"
    LABELS = "labels"


DEFAULT_KEYS: Mapping[Action, str] = MappingProxyType(
    {
        Action.TRIGGER: "Space",
        Action.OK: "F1",
        Action.NG: "F2",
        Action.FALSE_ALARM: "F3",
        Action.MORE: "F4",
        Action.RUN: "F5",
        Action.RECORDS: "F6",
        Action.SKU: "F7",
        Action.OPERATOR: "F8",
        Action.LANGUAGE: "F9",
        Action.FULL_SCREEN: "F11",
        Action.ACKNOWLEDGE: "F12",
        Action.BACK: "Esc",
        Action.NEXT_VIEW: "V",
        Action.NEXT_LIGHT: "L",
        Action.NEWER: "Left",
        Action.OLDER: "Right",
        Action.HEAT: "H",
        Action.LESSON: "T",
        Action.MODELS: "F10",
        Action.CHECK: "C",
        Action.LABEL_DONE: "B",
        Action.LABEL_NONE: "N",
        Action.LABELS: "P",
    }
)

CHOICE_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "-", "=")
"""The keys of the up to twelve buttons of a page of choices, in reading order."""


def keys_with(changes: Mapping[str, str] | None) -> dict[Action, str]:
    """The default keys with a station's own ones, action name to Qt's name of a key (a pedal is often "F13").

    Raises:
        ConfigError: an action or a key nobody knows, or one key for two actions.
    """
    keys = dict(DEFAULT_KEYS)
    for name, key in (changes or {}).items():
        if name not in set(Action):
            raise ConfigError(f"keys: no action is called {name}; there are {', '.join(Action)}")
        if QKeySequence(key).count() != 1 or not QKeySequence(key).toString():
            raise ConfigError(f"keys: {name} has no key {key!r}; give Qt's name of one key, such as F13")
        keys[Action(name)] = QKeySequence(key).toString()
    taken = list(keys.values())
    if doubled := sorted({key for key in taken if taken.count(key) > 1}):
        raise ConfigError(f"keys: {doubled[0]} is given to two actions")
    return keys
