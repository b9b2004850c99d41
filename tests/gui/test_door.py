"""What the room's door lets out, and that the station's own class fits through it."""

from __future__ import annotations

import inspect

import shellmark_gui
from shellmark_gui import StationDoor
from shellmark_inspect.station import Station


def test_the_door_lets_out_these_names():
    assert shellmark_gui.__all__ == ["StationDoor", "open_window"]


def test_the_station_has_every_method_the_screen_calls():
    for name, wanted in inspect.getmembers(StationDoor, inspect.isfunction):
        if name.startswith("_"):
            continue
        has = getattr(Station, name)
        assert list(inspect.signature(has).parameters) == list(inspect.signature(wanted).parameters), name
